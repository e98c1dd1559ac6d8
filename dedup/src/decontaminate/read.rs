//! Files of evaluation sets as items: an id, and the texts that are searched.

mod delimited;
mod json;

use serde_json::Value;
use std::io::{BufRead, Error};

/// Format of a file of an evaluation set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An item per line, as Hugging Face's `datasets` exports them.
    JsonLines,
    /// An array of items, an object that holds one, or SQuAD's nesting of articles, paragraphs and questions.
    Json,
    /// Columns by tabulators under a header, without quoting; or the sentences that CoNLL-like files of KLUE put in comments.
    Tsv,
    /// Columns by commas under a header (RFC 4180).
    Csv,
    /// Columns of a Parquet file: the stage reads them, this crate's kernels do not.
    Parquet,
}

impl Format {
    /// The format that a file's ending names; a compression's ending behind it does not matter.
    pub fn of(path: &str) -> Option<Self> {
        let path = path.to_ascii_lowercase();
        let path = [".gz", ".zst"].iter().find_map(|ending| path.strip_suffix(ending)).unwrap_or(&path);
        match path.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "tsv" => Some(Self::Tsv),
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// Why a file of an evaluation set cannot be read. A benchmark that is only half read would be half protected, so the first
/// defect counts.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file, or its encoding.
    #[error("line {line}: {error}")]
    Read {
        /// Line from one.
        line: usize,
        /// The system's own words.
        error: Error,
    },
    /// A line that is not JSON.
    #[error("line {line}: {error}")]
    Json {
        /// Line from one.
        line: usize,
        /// The parser's own words.
        error: serde_json::Error,
    },
    /// A row that is not CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A field of the recipe that no item has.
    #[error("no item has a text `{field}`")]
    Field {
        /// As the recipe names it.
        field: String,
    },
    /// A file without items.
    #[error("no items: expected {expected}")]
    Empty {
        /// What the format promises.
        expected: &'static str,
    },
    /// Columns that only the stage reads.
    #[error("a Parquet file is read by columns")]
    Parquet,
}

/// Reads a file, and calls `each` with the id and texts of every item, in order. Gives the number of items.
///
/// An item's id is its member `id`, `guid` or `_id`, or else its number in the file from 0. With `fields` empty, its texts
/// are all strings of two words or more, at any depth: ids, labels and addresses are not.
pub fn read_items(
    format: Format,
    input: impl BufRead,
    fields: &[String],
    each: impl FnMut(&str, &[&str]),
) -> Result<usize, ReadError> {
    let mut items = Items { fields, seen: vec![false; fields.len()], count: 0, each };
    match format {
        Format::JsonLines => json::lines(input, &mut items)?,
        Format::Json => json::document(input, &mut items)?,
        Format::Tsv => delimited::tsv(input, &mut items)?,
        Format::Csv => delimited::csv(input, &mut items)?,
        Format::Parquet => return Err(ReadError::Parquet),
    }
    items.finish(format)
}

/// Takes rows, chooses their texts, and counts.
struct Items<'a, F> {
    fields: &'a [String],
    /// Which fields some item had.
    seen: Vec<bool>,
    count: usize,
    each: F,
}

/// A row of columns, as a JSON object is one of members.
enum Row<'a> {
    Object(&'a Value),
    Columns { header: &'a [String], cells: &'a [&'a str] },
}

impl<F: FnMut(&str, &[&str])> Items<'_, F> {
    fn add(&mut self, row: &Row<'_>) {
        let mut texts = Vec::new();
        if self.fields.is_empty() {
            row.all_texts(&mut texts);
        }
        for (field, seen) in self.fields.iter().zip(&mut self.seen) {
            let before = texts.len();
            row.texts_of(field, &mut texts);
            *seen |= texts.len() > before;
        }
        let id = row.id().unwrap_or_else(|| self.count.to_string());
        self.emit(&id, &texts);
    }

    fn emit(&mut self, id: &str, texts: &[&str]) {
        (self.each)(id, texts);
        self.count += 1;
    }

    fn finish(self, format: Format) -> Result<usize, ReadError> {
        if self.count == 0 {
            return Err(ReadError::Empty { expected: format.promise() });
        }
        match self.fields.iter().zip(&self.seen).find(|(_, seen)| !**seen) {
            Some((field, _)) => Err(ReadError::Field { field: field.clone() }),
            None => Ok(self.count),
        }
    }
}

impl Format {
    fn promise(self) -> &'static str {
        match self {
            Self::JsonLines => "a JSON object per line",
            Self::Json => "an array of objects, or articles with paragraphs and questions",
            Self::Tsv | Self::Csv => "a header and a row per item",
            Self::Parquet => "a row per item",
        }
    }
}

/// Members that name an item, in this order.
const IDS: [&str; 3] = ["id", "guid", "_id"];

impl<'a> Row<'a> {
    fn id(&self) -> Option<String> {
        IDS.iter().find_map(|name| match self {
            Self::Object(object) => match object.get(name)? {
                Value::String(id) => Some(id.clone()),
                Value::Number(id) => Some(id.to_string()),
                _ => None,
            },
            Self::Columns { .. } => self.cell(name).map(str::to_owned),
        })
    }

    fn cell(&self, name: &str) -> Option<&'a str> {
        let Self::Columns { header, cells } = self else { return None };
        cells.get(header.iter().position(|column| column == name)?).copied()
    }

    fn all_texts(&self, into: &mut Vec<&'a str>) {
        match self {
            Self::Object(object) => json::strings(object, &mut |text| into.extend(is_text(text).then_some(text))),
            Self::Columns { cells, .. } => into.extend(cells.iter().filter(|cell| is_text(cell))),
        }
    }

    fn texts_of(&self, field: &str, into: &mut Vec<&'a str>) {
        match self {
            Self::Object(object) => {
                let value = if field.starts_with('/') { object.pointer(field) } else { object.get(field) };
                value.into_iter().for_each(|value| json::strings(value, &mut |text| into.push(text)));
            }
            Self::Columns { .. } => into.extend(self.cell(field)),
        }
    }
}

/// Whether a string is a text rather than an id, a label or an address.
fn is_text(string: &str) -> bool {
    string.split_whitespace().nth(1).is_some()
}

#[cfg(test)]
mod tests;
