use super::{Items, ReadError, Row};
use std::io::BufRead;

/// What begins a comment in CoNLL-like files.
const COMMENT: &str = "## ";

/// Reads rows by tabulators under a header. Quotes are letters like others: KorNLI leaves them unbalanced.
///
/// KLUE's tagging tasks put id and sentence in comments above the rows of the words: there, the comments are the items.
pub(super) fn tsv<F: FnMut(&str, &[&str])>(input: impl BufRead, items: &mut Items<'_, F>) -> Result<(), ReadError> {
    let mut header: Option<Vec<String>> = None;
    let mut commented = false;
    for (line, text) in (1..).zip(input.lines()) {
        let text = text.map_err(|error| ReadError::Read { line, error })?;
        let text = text.trim_start_matches('\u{feff}').trim_end_matches('\r');
        if let Some(comment) = text.strip_prefix(COMMENT) {
            commented = true;
            let mut cells = comment.split('\t');
            if let (Some(id), Some(sentence), None) = (cells.next(), cells.next(), cells.next()) {
                items.emit(id, &[&untagged(sentence)]);
            }
            continue;
        }
        if commented || text.is_empty() {
            continue;
        }
        let cells: Vec<&str> = text.split('\t').collect();
        match &header {
            None => header = Some(cells.into_iter().map(str::to_owned).collect()),
            Some(header) => items.add(&Row::Columns { header, cells: &cells }),
        }
    }
    Ok(())
}

/// A sentence without the tags that KLUE-NER puts around names: `<말모이:OG>는` becomes `말모이는`.
fn untagged(sentence: &str) -> String {
    let mut parts = sentence.split('<');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let tagged = part.split_once('>').and_then(|(inside, after)| Some((inside.rsplit_once(':')?, after)));
        match tagged {
            Some(((name, tag), after)) if tag.len() == 2 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                plain.extend([name, after]);
            }
            _ => plain.extend(["<", part]),
        }
    }
    plain
}

/// Reads rows by commas under a header.
pub(super) fn csv<F: FnMut(&str, &[&str])>(input: impl BufRead, items: &mut Items<'_, F>) -> Result<(), ReadError> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header: Vec<String> =
        reader.headers()?.iter().map(|column| column.trim_start_matches('\u{feff}').to_owned()).collect();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record)? {
        let cells: Vec<&str> = record.iter().collect();
        items.add(&Row::Columns { header: &header, cells: &cells });
    }
    Ok(())
}
