use super::*;

fn read(json: &str) -> Result<SourceConfig, String> {
    serde_json::from_str(json).map_err(|e| e.to_string())
}

#[test]
fn one_path_or_many() {
    let one = read(r#"{"name": "news", "paths": "news/*.warc.gz", "format": "warc"}"#).unwrap();
    let many = read(r#"{"name": "news", "paths": ["news/*.warc.gz"], "format": "warc"}"#).unwrap();
    assert_eq!(one, many);
}

#[test]
fn the_canonical_form_reads_back() {
    let fields = r#"{"text": "/본문/0", "url": "a/b", "date": "/when"}"#;
    let source = read(&format!(r#"{{"name": "qna", "paths": "q", "format": "jsonl", "fields": {fields}}}"#)).unwrap();
    let text = source.fields.text.clone().unwrap();
    assert_eq!((text.key(), text.below()), ("본문", "/0"));
    assert_eq!(source.fields.title, Fields::default().title);
    assert_eq!(read(&serde_json::to_string(&source).unwrap()), Ok(source));
}

#[test]
fn html_stands_in_for_the_text() {
    let source = read(r#"{"name": "w", "paths": "w", "format": "jsonl", "fields": {"html": "page"}}"#).unwrap();
    assert_eq!(source.fields.text, None);
}

#[test]
fn wrong_tables_are_told_in_words() {
    let wrong = [
        r#"{"name": "뉴스", "paths": "a", "format": "text"}"#,
        r#"{"name": "a", "paths": [], "format": "text"}"#,
        r#"{"name": "a", "paths": 3, "format": "text"}"#,
        r#"{"name": "a", "paths": " ", "format": "text"}"#,
        r#"{"name": "a", "paths": "a", "format": "csv"}"#,
        r#"{"name": "a", "paths": "a", "format": "text", "fields": {"text": "b"}}"#,
        r#"{"name": "a", "paths": "a", "format": "jsonl", "fields": {"text": "/"}}"#,
        r#"{"name": "a", "paths": "a", "format": "jsonl", "fields": {"body": "b"}}"#,
        r#"{"name": "a", "paths": "a", "format": "jsonl", "fields": {"embedding": "vector"}}"#,
    ];
    let messages: Vec<_> = wrong.iter().map(|json| read(json).unwrap_err()).collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    `뉴스` is not a source name: use lower-case letters, digits, `-` and `_`, 64 at most at line 1 column 17
    `paths` is empty; name a file or a pattern at line 1 column 25
    invalid type: integer `3`, expected a path or an array of paths at line 1 column 24
    a path is empty; name a file or a pattern at line 1 column 26
    unknown variant `csv`, expected one of `jsonl`, `text`, `html`, `warc`, `parquet`, `wiki` at line 1 column 43
    `fields` is only for format = "jsonl" or "parquet"
    `/` is neither a field name nor a JSON pointer such as `/article/body` at line 1 column 70
    unknown field `body`, expected one of `id`, `group`, `text`, `html`, `url`, `title`, `date`, `embedding` at line 1 column 64
    `embedding` is only for format = "parquet": write texts and embeddings as one Parquet file, a row for each document
    "#);
}
