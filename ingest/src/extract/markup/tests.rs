use super::*;

#[test]
fn ordinary_markup_passes() {
    let rows = "<tr><td>값<td>단위<p>문단<li>항목<br>".repeat(10_000);
    assert_eq!(check(&format!("<!doctype html><html><body><table>{rows}</table>")), Ok(()));
    assert_eq!(check("1 < 2, <b>굵게</b>, </div></p> <"), Ok(()));
    let script = format!("<script>{}</script>", "if (a<b) {}".repeat(100_000));
    assert_eq!(check(&script), Ok(()));
    let unclosed = "<div><span>하나</div>".repeat(10_000);
    assert_eq!(check(&unclosed), Ok(()));
}

#[test]
fn bombs_do_not() {
    assert_eq!(check(&"<div>".repeat(100_000)), Err(ExtractError::TooDeep(MAX_DEPTH)));
    let fonts: String = (0..300).map(|n| format!("<font size={n}>")).collect();
    assert_eq!(check(&(fonts + &"<p>".repeat(100_000))), Err(ExtractError::TooLarge(MAX_ELEMENTS)));
    assert_eq!(check(&"<br>".repeat(1_000_000)), Err(ExtractError::TooLarge(MAX_ELEMENTS)));
}

#[test]
fn what_is_seldom_closed_may_still_nest() {
    for bomb in ["<rt>", "<rp>", "<optgroup>"] {
        assert_eq!(check(&bomb.repeat(100_000)), Err(ExtractError::TooDeep(MAX_DEPTH)), "{bomb}");
    }
    assert_eq!(check(&"<ruby>漢<rp>(<rt>한<rp>)</ruby>".repeat(10_000)), Ok(()));
    assert_eq!(check(&"<select><optgroup label=가><option>나</select>".repeat(10_000)), Ok(()));
}

#[test]
fn everything_nests_in_drawings_and_formulas() {
    for root in ["<svg>", "<math>", "<svg><style>", "<svg><g/>"] {
        let bomb = format!("{root}{}", "<td>".repeat(100_000));
        assert_eq!(check(&bomb), Err(ExtractError::TooDeep(MAX_DEPTH)), "{root}");
    }
    assert_eq!(check(&format!("<svg>{}</svg>", "<path d='M0'/>".repeat(10_000))), Ok(()));
    assert_eq!(check(&"<svg><circle></svg>".repeat(10_000)), Ok(()));
    // A drawing that is never closed ends with the first paragraph.
    assert_eq!(check(&format!("<svg><g>{}", "<p>글<br><td>".repeat(10_000))), Ok(()));
    assert_eq!(check(&format!("<svg><foreignObject>{}</svg>", "<p>글<br>".repeat(10_000))), Ok(()));
}

#[test]
fn attributes_are_bounded() {
    let tag = |count: usize| format!("<p {}>", (0..count).map(|n| format!("a{n}='<b>' ")).collect::<String>());
    assert_eq!(check(&tag(MAX_ATTRIBUTES)), Ok(()));
    assert_eq!(check(&tag(150_000)), Err(ExtractError::TooManyAttributes(MAX_ATTRIBUTES)));
    assert_eq!(check(&format!("<p {}>", "b/".repeat(5_000))), Err(ExtractError::TooManyAttributes(MAX_ATTRIBUTES)));
}

#[test]
fn nothing_hides_behind_what_only_looks_like_a_comment() {
    let bomb = "<div>".repeat(100_000);
    for cover in ["<a title='<!--'>", "<!-- --!>", "<textarea></textareax><!--</textarea>", "<! <a title=\">", "<!-->"]
    {
        assert_eq!(check(&format!("{cover}{bomb}")), Err(ExtractError::TooDeep(MAX_DEPTH)), "{cover}");
    }
    assert_eq!(check(&format!("<!-- {bomb} -->글")), Ok(()));
}

#[test]
fn a_wrong_end_tag_closes_nothing() {
    for bomb in ["<span><div></span>", "<b><div></b>", "<div><table><td></div>", "<svg><desc><div></svg>"] {
        assert_eq!(check(&bomb.repeat(100_000)), Err(ExtractError::TooDeep(MAX_DEPTH)), "{bomb}");
    }
    assert_eq!(check(&"<div><a><div>글</a></div></div>".repeat(10_000)), Ok(()));
    assert_eq!(check(&"<div><table><tr><td><div>값</table></div>".repeat(10_000)), Ok(()));
}
