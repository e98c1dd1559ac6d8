use super::{Items, ReadError, Row};
use serde_json::Value;
use std::io::BufRead;

/// Reads an object per line.
pub(super) fn lines<F: FnMut(&str, &[&str])>(input: impl BufRead, items: &mut Items<'_, F>) -> Result<(), ReadError> {
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|error| ReadError::Read { line, error })?;
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            continue;
        }
        let object = serde_json::from_str(text).map_err(|error| ReadError::Json { line, error })?;
        items.add(&Row::Object(&object));
    }
    Ok(())
}

/// Reads a document: SQuAD's nesting, or else the first array of objects on the way down.
pub(super) fn document<F>(mut input: impl BufRead, items: &mut Items<'_, F>) -> Result<(), ReadError>
where
    F: FnMut(&str, &[&str]),
{
    let mut text = String::new();
    input.read_to_string(&mut text).map_err(|error| ReadError::Read { line: 1, error })?;
    let text = text.trim_start_matches('\u{feff}');
    let document: Value = serde_json::from_str(text).map_err(|error| ReadError::Json { line: error.line(), error })?;
    questions(&document, items);
    if items.count == 0 {
        rows(&document).iter().for_each(|object| items.add(&Row::Object(object)));
    }
    Ok(())
}

/// Every question with its context, wherever an object has both (SQuAD 1.1 and 2.0, KorQuAD 1.0 and 2.0). Answers are spans
/// of the context, so they are no texts of their own.
fn questions<F: FnMut(&str, &[&str])>(value: &Value, items: &mut Items<'_, F>) {
    if let (Some(context), Some(questions)) = (value["context"].as_str(), value["qas"].as_array()) {
        for question in questions {
            let id = Row::Object(question).id().unwrap_or_else(|| items.count.to_string());
            let texts = [Some(context), question["question"].as_str()];
            items.emit(&id, &texts.into_iter().flatten().collect::<Vec<_>>());
        }
        return;
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| questions(value, items)),
        Value::Object(members) => members.values().for_each(|value| questions(value, items)),
        _ => {}
    }
}

/// The objects of an array, or of the first member that is one.
fn rows(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) if values.iter().all(Value::is_object) => values,
        Value::Object(members) => members.values().map(rows).find(|rows| !rows.is_empty()).unwrap_or_default(),
        _ => &[],
    }
}

/// Calls `each` with every string of a value, at any depth.
pub(super) fn strings<'a>(value: &'a Value, each: &mut impl FnMut(&'a str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(values) => values.iter().for_each(|value| strings(value, each)),
        Value::Object(members) => members.values().for_each(|value| strings(value, each)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
