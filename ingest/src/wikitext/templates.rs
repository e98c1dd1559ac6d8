//! Templates whose text stands in their arguments.
//!
//! Everything else that a template would show stands on its own page, which is not at hand, so other templates are
//! dropped: boxes of facts, navigation, notices, citations.

use std::borrow::Cow;

/// Which arguments of a template are its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// The first, or the one that is named `text`, `내용`, `인용문` or `1`.
    First,
    /// The second, after a language or a colour.
    Second,
    /// A language and a text: the language's Korean name goes before it.
    Labelled,
    /// A text in the language that the template's own name ends with, as `lang-en`.
    LabelledByName,
    /// The first, and the second in brackets.
    Reading,
    /// English, Japanese, transcription: the first, and the others in brackets.
    Japanese,
    /// A number and its unit.
    Quantity,
    /// Always the same.
    Fixed(&'static str),
}

/// Names are compared without the namespace, case and spaces around.
const TEMPLATES: [(&str, Shows); 62] = [
    ("!", Shows::Fixed("|")),
    ("=", Shows::Fixed("=")),
    ("·", Shows::Fixed("·")),
    ("•", Shows::Fixed("·")),
    ("중점", Shows::Fixed("·")),
    ("-", Shows::Fixed("\n")),
    ("lang", Shows::Second),
    ("언어", Shows::Second),
    ("색", Shows::Second),
    ("color", Shows::Second),
    ("글자색", Shows::Second),
    ("llang", Shows::Labelled),
    ("인용문", Shows::First),
    ("인용문2", Shows::First),
    ("큰따옴표 인용문", Shows::First),
    ("quote", Shows::First),
    ("cquote", Shows::First),
    ("blockquote", Shows::First),
    ("quotation", Shows::First),
    ("시", Shows::First),
    ("poem", Shows::First),
    ("한자", Shows::First),
    ("hanja", Shows::First),
    ("옛한글", Shows::First),
    ("중세 국어", Shows::First),
    ("ruby", Shows::Reading),
    ("루비", Shows::Reading),
    ("한글한자", Shows::Reading),
    ("한글 한자", Shows::Reading),
    ("nihongo", Shows::Japanese),
    ("니혼고", Shows::Japanese),
    ("nowrap", Shows::First),
    ("줄바꿈 없음", Shows::First),
    ("nobr", Shows::First),
    ("small", Shows::First),
    ("작게", Shows::First),
    ("big", Shows::First),
    ("크게", Shows::First),
    ("굵게", Shows::First),
    ("진하게", Shows::First),
    ("기울임", Shows::First),
    ("밑줄", Shows::First),
    ("center", Shows::First),
    ("가운데", Shows::First),
    ("오른쪽", Shows::First),
    ("sub", Shows::First),
    ("sup", Shows::First),
    ("abbr", Shows::First),
    ("약자", Shows::First),
    ("툴팁", Shows::First),
    ("math", Shows::First),
    ("mvar", Shows::First),
    ("수학", Shows::First),
    ("code", Shows::First),
    ("코드", Shows::First),
    ("국기", Shows::First),
    ("국기나라", Shows::First),
    ("flag", Shows::First),
    ("여러 단", Shows::First),
    ("다단", Shows::First),
    ("convert", Shows::Quantity),
    ("단위 변환", Shows::Quantity),
];

/// Languages by their code, as Korean calls them.
const LANGUAGES: [(&str, &str); 34] = [
    ("ar", "아랍어"),
    ("cs", "체코어"),
    ("da", "덴마크어"),
    ("de", "독일어"),
    ("el", "그리스어"),
    ("en", "영어"),
    ("es", "스페인어"),
    ("fa", "페르시아어"),
    ("fi", "핀란드어"),
    ("fr", "프랑스어"),
    ("grc", "고대 그리스어"),
    ("he", "히브리어"),
    ("hi", "힌디어"),
    ("hu", "헝가리어"),
    ("id", "인도네시아어"),
    ("it", "이탈리아어"),
    ("ja", "일본어"),
    ("ko", "한국어"),
    ("la", "라틴어"),
    ("mn", "몽골어"),
    ("ms", "말레이어"),
    ("nl", "네덜란드어"),
    ("no", "노르웨이어"),
    ("pl", "폴란드어"),
    ("pt", "포르투갈어"),
    ("ru", "러시아어"),
    ("sa", "산스크리트어"),
    ("sv", "스웨덴어"),
    ("th", "태국어"),
    ("tr", "튀르키예어"),
    ("uk", "우크라이나어"),
    ("vi", "베트남어"),
    ("zh", "중국어"),
    ("zxx", ""),
];

/// Longest name that is looked up, in bytes.
const MAX_NAME: usize = 64;

/// A template's name and arguments, already turned into text.
pub(super) struct Arguments<'t> {
    text: &'t str,
    /// Place of `text` in the output that `pipes` counts in, less one for the mark before it.
    base: usize,
    pipes: &'t [usize],
}

impl<'t> Arguments<'t> {
    /// `text` follows a one-byte mark at `start`; `pipes` are the places of its `|`.
    pub(super) fn new(text: &'t str, start: usize, pipes: &'t [usize]) -> Self {
        Self { text, base: start + 1, pipes }
    }

    fn name(&self) -> &'t str {
        let end = self.pipes.first().map_or(self.text.len(), |pipe| pipe - self.base);
        self.text[..end].trim()
    }

    /// Each argument as its name, if it has one, and its value.
    fn each(&self) -> impl Iterator<Item = (Option<&'t str>, &'t str)> {
        let ends = self.pipes.iter().skip(1).map(|pipe| pipe - self.base).chain([self.text.len()]);
        self.pipes.iter().zip(ends).map(|(pipe, end)| {
            let argument = &self.text[pipe + 1 - self.base..end];
            match argument.split_once('=') {
                Some((name, value)) if is_parameter(name.trim()) => (Some(name.trim()), value.trim()),
                _ => (None, argument.trim()),
            }
        })
    }

    /// The argument at a place from 1, by order or by a number as its name.
    fn at(&self, place: usize) -> Option<&'t str> {
        let unnamed = self.each().filter(|(name, _)| name.is_none()).nth(place - 1);
        let numbered = || self.each().find(|(name, _)| name.is_some_and(|name| name.parse() == Ok(place)));
        unnamed.or_else(numbered).map(|(_, value)| value).filter(|value| !value.is_empty())
    }

    fn named(&self, names: &[&str]) -> Option<&'t str> {
        self.each().find(|(name, _)| name.is_some_and(|name| names.contains(&name))).map(|(_, value)| value)
    }
}

/// Whether text before `=` is the name of a parameter. In `{{인용문|E=mc²이다}}` and in addresses it is not meant as one,
/// but MediaWiki takes it so; only what no parameter is called stays text.
fn is_parameter(name: &str) -> bool {
    name.len() <= MAX_NAME && !name.contains(['\n', '"', '/', '<', '.', ','])
}

/// What a template shows, if its text stands in its arguments.
pub(super) fn text<'t>(arguments: &Arguments<'t>) -> Option<Cow<'t, str>> {
    let name = arguments.name();
    if name.len() > MAX_NAME {
        return None;
    }
    let name = strip_namespace(name).to_lowercase().replace('_', " ");
    let shows = match TEMPLATES.iter().find(|(known, _)| *known == name) {
        Some((_, shows)) => *shows,
        None if name.starts_with("lang-") => Shows::LabelledByName,
        None => return None,
    };
    let text = match shows {
        Shows::Fixed(text) => Cow::Borrowed(text),
        Shows::First => Cow::Borrowed(arguments.at(1).or_else(|| arguments.named(&["text", "내용", "인용문"]))?),
        Shows::Second => Cow::Borrowed(arguments.at(2)?),
        Shows::Labelled => labelled(arguments.at(1)?, arguments.at(2)?),
        Shows::LabelledByName => labelled(&name["lang-".len()..], arguments.at(1)?).into_owned().into(),
        Shows::Reading => in_brackets(arguments.at(1)?, &[arguments.at(2)]),
        Shows::Japanese => in_brackets(arguments.at(1)?, &[arguments.at(2), arguments.at(3)]),
        Shows::Quantity => format!("{} {}", arguments.at(1)?, arguments.at(2)?).into(),
    };
    Some(text)
}

fn strip_namespace(name: &str) -> &str {
    match name.split_once(':') {
        Some((space, name)) if matches!(space.trim(), "틀" | "템플릿" | "Template" | "template") => name.trim(),
        _ => name,
    }
}

/// `영어: Seoul`. The language is the one before a `-`: `zh-hans` is Chinese.
fn labelled<'t>(code: &str, text: &'t str) -> Cow<'t, str> {
    let language = code.split('-').next().unwrap_or(code);
    match LANGUAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(language)) {
        Some((_, name)) if !name.is_empty() => format!("{name}: {text}").into(),
        _ => Cow::Borrowed(text),
    }
}

fn in_brackets<'t>(text: &'t str, more: &[Option<&str>]) -> Cow<'t, str> {
    let more: Vec<&str> = more.iter().copied().flatten().collect();
    if more.is_empty() { Cow::Borrowed(text) } else { format!("{text}({})", more.join(", ")).into() }
}
