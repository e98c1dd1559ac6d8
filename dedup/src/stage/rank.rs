use super::Rules;
use super::rows::Rows;
use crate::{Candidate, DedupError, KeepRule, Rank};
use arrow::array::{Array, ArrayRef, AsArray, FixedSizeBinaryArray, StringArray, StructArray, UInt32Array};
use arrow::datatypes::{Float32Type, UInt32Type};
use malmoi_schemas::{DocumentId, Signal, column};

/// Columns of documents that ranks are made from: what every rank needs, and what the chain compares.
pub(super) fn columns(rules: &Rules) -> Vec<&'static str> {
    let mut columns = vec![column::ID, column::SOURCE, column::CHARACTERS];
    let chain = &rules.config.keep;
    if chain.compares(KeepRule::ShortestUrl) {
        columns.push(column::URL);
    }
    if chain.compares(KeepRule::Newest) {
        columns.push(column::DATE);
    }
    if !chain.signals().is_empty() {
        columns.push(column::SIGNALS);
    }
    columns
}

/// The ranks of a batch of documents.
pub(super) struct Ranks<'a> {
    rules: &'a Rules,
    path: &'a str,
    ids: &'a FixedSizeBinaryArray,
    sources: &'a StringArray,
    characters: &'a UInt32Array,
    urls: Option<&'a StringArray>,
    dates: Option<&'a StringArray>,
    /// In the order of the chain's signals.
    signals: Vec<&'a ArrayRef>,
    values: Vec<Option<f64>>,
}

impl<'a> Ranks<'a> {
    /// Of rows that hold [`columns`], from the part at `path`.
    pub(super) fn of(rules: &'a Rules, rows: &Rows<'a>, path: &'a str) -> Result<Self, DedupError> {
        let chain = &rules.config.keep;
        let optional = |rule, name| if chain.compares(rule) { rows.text(name).map(Some) } else { Ok(None) };
        let signals = match chain.signals() {
            [] => Vec::new(),
            wanted => signals(rows.array(column::SIGNALS)?, wanted, path)?,
        };
        Ok(Self {
            rules,
            path,
            ids: rows.bytes(column::ID)?,
            sources: rows.text(column::SOURCE)?,
            characters: rows.u32(column::CHARACTERS)?,
            urls: optional(KeepRule::ShortestUrl, column::URL)?,
            dates: optional(KeepRule::Newest, column::DATE)?,
            signals,
            values: Vec::new(),
        })
    }

    /// The rank of the document in a row.
    pub(super) fn rank(&mut self, row: usize) -> Result<Rank, DedupError> {
        let source = self.sources.value(row);
        let priority = self
            .rules
            .priority
            .get(source)
            .ok_or_else(|| DedupError::UnknownSource { path: self.path.to_owned(), name: source.to_owned() })?;
        let id = DocumentId::from_slice(self.ids.value(row))
            .ok_or_else(|| DedupError::Column { path: self.path.to_owned(), column: column::ID })?;
        self.values.clear();
        self.values.extend(self.signals.iter().map(|values| number(values, row)));
        Ok(self.rules.config.keep.rank(&Candidate {
            priority: *priority,
            characters: self.characters.value(row),
            date: self.dates.and_then(|dates| text(dates, row)),
            url: self.urls.and_then(|urls| text(urls, row)),
            signals: &self.values,
            id,
        }))
    }
}

fn text(values: &StringArray, row: usize) -> Option<&str> {
    values.is_valid(row).then(|| values.value(row))
}

fn signals<'a>(column: &'a ArrayRef, wanted: &[Signal], path: &str) -> Result<Vec<&'a ArrayRef>, DedupError> {
    let missing = || DedupError::Column { path: path.to_owned(), column: column::SIGNALS };
    let measured: &StructArray = column.as_struct_opt().ok_or_else(missing)?;
    wanted.iter().map(|signal| measured.column_by_name(signal.as_str()).ok_or_else(missing)).collect()
}

fn number(values: &ArrayRef, row: usize) -> Option<f64> {
    if values.is_null(row) {
        return None;
    }
    let whole = values.as_primitive_opt::<UInt32Type>().map(|values| f64::from(values.value(row)));
    whole.or_else(|| values.as_primitive_opt::<Float32Type>().map(|values| f64::from(values.value(row))))
}
