//! The mapped fields of one JSON line, without building the rest of it.

use crate::read::FieldRecord;
use crate::source::{FieldPath, Fields};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::borrow::Cow;
use std::fmt;

/// Reads the mapped fields of a line that holds one JSON object.
///
/// Two faults that whole corpora have are mended, since each would cost a document: escapes of half a surrogate pair
/// (text cut in the middle of an emoji) become U+FFFD, and raw control characters inside strings are taken as they are.
pub fn parse_line(line: &str, fields: &Fields) -> Result<FieldRecord, serde_json::Error> {
    parse(line, fields).or_else(|error| match mend(line) {
        Some(mended) => parse(&mended, fields).map_err(|_| error),
        None => Err(error),
    })
}

fn parse(line: &str, fields: &Fields) -> Result<FieldRecord, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let record = FieldsSeed(fields).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(record)
}

struct FieldsSeed<'f>(&'f Fields);

impl<'de> DeserializeSeed<'de> for FieldsSeed<'_> {
    type Value = FieldRecord;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<FieldRecord, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FieldsSeed<'_> {
    type Value = FieldRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<FieldRecord, A::Error> {
        let Fields { id, group, text, html, url, title, date, .. } = self.0;
        let paths = [id, group, text, html, url, title, date];
        let mut found: [Option<String>; 7] = Default::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            let wanted = |path: &Option<FieldPath>| path.as_ref().is_some_and(|path| path.key() == key);
            let Some(first) = paths.iter().position(|path| wanted(path)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let only = paths.iter().filter(|path| wanted(path)).count() == 1;
            if only && paths[first].as_ref().is_some_and(|path| path.below().is_empty()) {
                found[first] = map.next_value_seed(TextSeed)?;
                continue;
            }
            let value: Value = map.next_value()?;
            for (path, found) in paths.iter().zip(&mut found) {
                if let Some(path) = path.as_ref().filter(|path| path.key() == key) {
                    *found = value.pointer(path.below()).map(text_of).transpose()?.flatten();
                }
            }
        }
        let [id, group, text, html, url, title, date] = found;
        Ok(FieldRecord { id, group, text, html, url, title, date, ..FieldRecord::default() })
    }
}

fn text_of<E: Error>(value: &Value) -> Result<Option<String>, E> {
    Ok(match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(match number.as_f64() {
            Some(float) if number.is_f64() => exact(float)?,
            _ => number.to_string(),
        }),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    })
}

/// A number as text. One that JSON's reader has rounded is refused: as the key of a thread it would join two of them.
fn exact<E: Error>(number: f64) -> Result<String, E> {
    /// From here on floating-point numbers leave out integers.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    if number.abs() >= LIMIT {
        return Err(E::custom("a number too large to be read exactly; write it as a string"));
    }
    Ok(number.to_string())
}

/// A value as text: strings, numbers and truths; nothing else is text.
struct TextSeed;

impl<'de> DeserializeSeed<'de> for TextSeed {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextSeed {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        exact(number).map(Some)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Some(truth.to_string()))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>().map_err(A::Error::custom)?.is_some() {}
        Ok(None)
    }
}

/// The line with raw control characters escaped and halves of surrogate pairs replaced, or `None` if it has neither.
fn mend(line: &str) -> Option<String> {
    let mut out = String::with_capacity(line.len() + 16);
    let mut changed = false;
    let mut in_string = false;
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let (_, after) = rest.split_at(c.len_utf8());
        match c {
            '\\' if in_string => {
                let (escape, after, mended) = read_escape(rest);
                out.push_str(if mended { "\\ufffd" } else { escape });
                changed |= mended;
                rest = after;
                continue;
            }
            '"' => in_string = !in_string,
            '\0'..='\u{1f}' if in_string => {
                out.push_str(&format!("\\u{:04x}", c as u32));
                changed = true;
                rest = after;
                continue;
            }
            _ => {}
        }
        out.push(c);
        rest = after;
    }
    changed.then_some(out)
}

/// The escape that `text` begins with, what follows it, and whether it is half a surrogate pair.
fn read_escape(text: &str) -> (&str, &str, bool) {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let split = |at: usize, mended: bool| (&text[..at], &text[at..], mended);
    match unit(text) {
        Some(0xd800..=0xdbff) if text.get(6..).and_then(unit).is_some_and(|low| (0xdc00..=0xdfff).contains(&low)) => {
            split(12, false)
        }
        Some(0xd800..=0xdfff) => split(6, true),
        Some(_) => split(6, false),
        None => split(text.chars().take(2).map(char::len_utf8).sum(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(line: &str) -> Result<Option<String>, String> {
        parse_line(line, &Fields::default()).map(|record| record.text).map_err(|e| e.to_string())
    }

    #[test]
    fn only_mapped_fields_are_read() {
        let line = r#"{"id": 7, "extra": {"text": "아님"}, "text": "말\n모이", "url": "https://example.kr/7", "date": 20240229}"#;
        let record = parse_line(line, &Fields::default()).unwrap();
        let expected = FieldRecord {
            id: Some("7".to_owned()),
            text: Some("말\n모이".to_owned()),
            url: Some("https://example.kr/7".to_owned()),
            date: Some("20240229".to_owned()),
            ..FieldRecord::default()
        };
        assert_eq!(record, expected);
    }

    #[test]
    fn pointers_reach_below() {
        let fields: Fields =
            serde_json::from_str(r#"{"text": "/글/본문/1", "title": "/글/제목", "url": "a/b"}"#).unwrap();
        let record = parse_line(r#"{"글": {"제목": "봄", "본문": ["하나", "둘"]}, "a/b": null}"#, &fields).unwrap();
        assert_eq!((record.text.as_deref(), record.title.as_deref(), record.url), (Some("둘"), Some("봄"), None));
    }

    #[test]
    fn what_is_no_text_is_missing() {
        for line in [r#"{"text": null}"#, r#"{"text": ["가"]}"#, r#"{"text": {"가": 1}}"#, r#"{"글": "가"}"#] {
            assert_eq!(text(line), Ok(None), "{line}");
        }
    }

    /// Two keys of 21 digits were read as one.
    #[test]
    fn a_number_that_would_be_rounded_is_an_error() {
        for (line, read) in [
            (r#"{"text": 18446744073709551615}"#, Some("18446744073709551615")),
            (r#"{"text": -9223372036854775808}"#, Some("-9223372036854775808")),
            (r#"{"text": 0.25}"#, Some("0.25")),
            (r#"{"text": 100000000000000000001}"#, None),
            (r#"{"text": 1e300}"#, None),
        ] {
            assert_eq!(text(line).ok().flatten().as_deref(), read, "{line}");
        }
        let fields: Fields = serde_json::from_str(r#"{"text": "/a/b"}"#).unwrap();
        let message = parse_line(r#"{"a": {"b": 100000000000000000001}}"#, &fields).unwrap_err().to_string();
        assert!(message.contains("write it as a string"), "{message}");
        assert!(parse_line(r#"{"extra": 100000000000000000001, "text": "가"}"#, &Fields::default()).is_ok());
    }

    #[test]
    fn common_faults_are_mended() {
        assert_eq!(text(r#"{"text": "웃음 \ud83d"}"#), Ok(Some("웃음 \u{fffd}".to_owned())));
        assert_eq!(
            text(r#"{"text": "\ude00 웃음 \ud83d\ude00 \\ud83d"}"#),
            Ok(Some("\u{fffd} 웃음 😀 \\ud83d".to_owned()))
        );
        assert_eq!(text("{\"text\": \"칸\t나눔\"}"), Ok(Some("칸\t나눔".to_owned())));
    }

    #[test]
    fn the_rest_is_an_error() {
        for line in ["", "[1]", "\"글\"", "{\"text\": \"끊긴", "{} {}", "{\"text\": \"가\",}", &"[".repeat(100_000)]
        {
            assert!(text(line).is_err());
        }
        let deep = format!("{{\"x\": {}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(text(&deep), Ok(None), "what is not mapped may be as deep as it likes");
    }

    proptest! {
        #[test]
        fn any_text_comes_through(original in any::<String>()) {
            let line = serde_json::json!({ "text": original }).to_string();
            prop_assert_eq!(text(&line), Ok(Some(original)));
        }

        #[test]
        fn mending_never_panics_and_keeps_what_is_right(line in r#"[\\"u{}a-f0-9가:, \t]{0,40}"#) {
            let _ = text(&line);
            if let Some(mended) = mend(&line) {
                prop_assert_eq!(mend(&mended), None);
            }
        }
    }
}
