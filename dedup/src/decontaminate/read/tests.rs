use super::*;

fn items(format: Format, text: &str, fields: &[&str]) -> Result<Vec<(String, Vec<String>)>, ReadError> {
    let fields: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
    let mut items = Vec::new();
    read_items(format, text.as_bytes(), &fields, |id, texts| {
        items.push((id.to_owned(), texts.iter().map(|&text| text.to_owned()).collect()));
    })?;
    Ok(items)
}

fn item(id: &str, texts: &[&str]) -> (String, Vec<String>) {
    (id.to_owned(), texts.iter().map(|&text| text.to_owned()).collect())
}

#[test]
fn the_ending_names_the_format() {
    assert_eq!(Format::of("eval/quiz.jsonl.zst"), Some(Format::JsonLines));
    assert_eq!(Format::of("KorQuAD_v1.0_dev.json"), Some(Format::Json));
    assert_eq!(Format::of("sts-dev.TSV"), Some(Format::Tsv));
    assert_eq!(Format::of("test-00000-of-00001.parquet"), Some(Format::Parquet));
    assert_eq!(Format::of("README"), None);
}

#[test]
fn texts_are_chosen_by_their_shape() {
    let row = r#"{"guid":7,"url":"https://quiz.example/7","label":"참","문제":"책을 베고 잤다.","보기":["잠을 잤다.","일을 했다."]}"#;
    let expected = item("7", &["책을 베고 잤다.", "잠을 잤다.", "일을 했다."]);
    assert_eq!(items(Format::JsonLines, &format!("\u{feff}{row}\n\n"), &[]).unwrap(), [expected]);
    let expected = item("7", &["일을 했다.", "참"]);
    assert_eq!(items(Format::JsonLines, row, &["/보기/1", "label"]).unwrap(), [expected]);
}

#[test]
fn questions_come_with_their_context() {
    let squad = r#"{"version":"1","data":[{"title":"사전","paragraphs":[{"context":"말모이는 말을 모은다.","qas":[
        {"id":"a-0","question":"무엇을 모으나?","answers":[{"text":"말","answer_start":5}]},
        {"question":"누가 모으나?","answers":[]}]}]}]}"#;
    let expected = [
        item("a-0", &["말모이는 말을 모은다.", "무엇을 모으나?"]),
        item("1", &["말모이는 말을 모은다.", "누가 모으나?"]),
    ];
    assert_eq!(items(Format::Json, squad, &[]).unwrap(), expected);
}

#[test]
fn an_array_may_lie_deeper() {
    let expected = [item("0", &["비가 온다."]), item("1", &["눈이 온다."])];
    for json in [
        r#"[{"문장":"비가 온다."},{"문장":"눈이 온다."}]"#,
        r#"{"version":1,"rows":[{"문장":"비가 온다."},{"문장":"눈이 온다."}]}"#,
    ] {
        assert_eq!(items(Format::Json, json, &["문장"]).unwrap(), expected);
    }
}

#[test]
fn quotes_are_letters_in_a_tsv_and_marks_in_a_csv() {
    let tsv = "id\tsentence1\tscore\r\n3\t그는 \"안녕, 하고 말했다.\t2.5\r\n";
    assert_eq!(items(Format::Tsv, tsv, &["sentence1"]).unwrap(), [item("3", &["그는 \"안녕, 하고 말했다."])]);
    let csv = "id,question\n3,\"그는 \"\"안녕\"\",\n하고 말했다.\"\n";
    assert_eq!(items(Format::Csv, csv, &[]).unwrap(), [item("3", &["그는 \"안녕\",\n하고 말했다."])]);
}

#[test]
fn the_sentences_of_a_tagging_task_stand_in_comments() {
    let klue = "## klue-ner-0\t<주시경:PS>은 1 < 2 <라고:> 적었다.\n주\tB-PS\n시\tI-PS\n\n## klue-ner-1\t다음 문장\n";
    let expected = [item("klue-ner-0", &["주시경은 1 < 2 <라고:> 적었다."]), item("klue-ner-1", &["다음 문장"])];
    assert_eq!(items(Format::Tsv, klue, &[]).unwrap(), expected);
}

#[test]
fn what_is_not_read_is_said() {
    let error = |format, text, fields: &[&str]| items(format, text, fields).unwrap_err();
    insta::assert_snapshot!(error(Format::JsonLines, "{\"a\":\"가 나\"}\n{", &[]), @"line 2: EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(error(Format::JsonLines, "{\"a\":\"가 나\"}", &["질문"]), @"no item has a text `질문`");
    insta::assert_snapshot!(error(Format::Json, "{\"data\":[]}", &[]), @"no items: expected an array of objects, or articles with paragraphs and questions");
    insta::assert_snapshot!(error(Format::Parquet, "PAR1", &[]), @"a Parquet file is read by columns");
}
