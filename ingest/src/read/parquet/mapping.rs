use super::super::FieldRecord;
use super::column::{Cell, is_text};
use super::list;
use crate::decode::{Decoded, decode, decode_page};
use crate::source::{FieldPath, Fields};
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::SchemaDescriptor;

/// What a column is to the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Id,
    Group,
    Text,
    Html,
    Url,
    Title,
    Date,
    Embedding,
}

/// Which columns of a file are read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mapping {
    /// Roles with the ordinal of their leaf column.
    pub(super) columns: Vec<(Role, usize)>,
    /// Why the file has no text to give.
    pub(super) fault: Option<String>,
    /// Why a column that the recipe names as vectors holds none: a mistake of the recipe, not of a row.
    pub(super) misfit: Option<String>,
}

impl Mapping {
    /// Looks the mapped fields up in a file's schema. Fields that it does not have are missing from every row.
    pub(super) fn new(fields: &Fields, schema: &SchemaDescriptor) -> Self {
        let Fields { id, group, text, html, url, title, date, embedding } = fields;
        let roles = [
            (Role::Id, id),
            (Role::Group, group),
            (Role::Text, text),
            (Role::Html, html),
            (Role::Url, url),
            (Role::Title, title),
            (Role::Date, date),
        ];
        let column = |(role, path): (Role, &Option<FieldPath>)| Some((role, leaf(path.as_ref()?, schema)?));
        let mut columns: Vec<_> = roles.into_iter().filter_map(column).collect();
        let has_text = columns.iter().any(|(role, _)| matches!(role, Role::Text | Role::Html));
        let fault = (!has_text).then(|| {
            let wanted = [text, html].into_iter().flatten().map(|path| format!("`{}`", String::from(path.clone())));
            let there = schema.columns().iter().take(20).map(|column| format!("`{}`", column.path().string()));
            let (wanted, there) = (wanted.collect::<Vec<_>>().join(" or "), there.collect::<Vec<_>>().join(", "));
            format!("no text column {wanted}; the columns are {there}")
        });
        let misfit = match embedding.as_ref().map(|path| list::find(path, schema)) {
            Some(Ok(at)) => {
                columns.push((Role::Embedding, at));
                None
            }
            Some(Err(misfit)) => Some(misfit),
            None => None,
        };
        Self { columns, fault, misfit }
    }

    /// Where the mapped columns of a row group begin in the file.
    pub(super) fn offset(&self, group: &RowGroupMetaData) -> u64 {
        let start = |&(_, at): &(Role, usize)| {
            let column = group.columns().get(at)?;
            u64::try_from(column.dictionary_page_offset().unwrap_or(column.data_page_offset())).ok()
        };
        self.columns.iter().filter_map(start).min().unwrap_or(0)
    }
}

/// The names that lead to a column: as a pointer, and as one name with dots between.
pub(super) fn names(path: &FieldPath) -> (Vec<String>, Vec<String>) {
    let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
    let pointer = std::iter::once(path.key().to_owned()).chain(path.below().split('/').skip(1).map(unescape));
    (pointer.collect(), path.key().split('.').map(str::to_owned).collect())
}

/// The leaf column that a path names: by its name, by a pointer into structs, or by names with dots between. Lists and
/// structs themselves are no text.
fn leaf(path: &FieldPath, schema: &SchemaDescriptor) -> Option<usize> {
    let (pointer, dotted) = names(path);
    let find = |parts: &[String]| schema.columns().iter().position(|column| column.path().parts() == parts);
    let found = find(&pointer).or_else(|| find(&dotted).filter(|_| path.below().is_empty()))?;
    let column = schema.column(found);
    (column.max_rep_level() == 0 && is_text(&column)).then_some(found)
}

impl Role {
    /// Puts a cell into its place. Text in another charset is decoded as that of a file would be.
    pub(super) fn put(self, cell: Cell, record: &mut FieldRecord) {
        let place = match self {
            Self::Text | Self::Html => return put_text(self, cell, record),
            Self::Embedding => {
                record.embedding = if let Cell::Numbers(numbers) = cell { Some(numbers) } else { None };
                return;
            }
            Self::Id => &mut record.id,
            Self::Group => &mut record.group,
            Self::Url => &mut record.url,
            Self::Title => &mut record.title,
            Self::Date => &mut record.date,
        };
        *place = match cell {
            Cell::Null | Cell::Numbers(_) => None,
            Cell::Text(text) => Some(text),
            Cell::Bytes(bytes) => Some(String::from_utf8_lossy(bytes.data()).into_owned()),
        };
    }
}

fn put_text(role: Role, cell: Cell, record: &mut FieldRecord) {
    let text = match cell {
        Cell::Null | Cell::Numbers(_) => None,
        Cell::Text(text) => Some(text),
        Cell::Bytes(bytes) => Some(match std::str::from_utf8(bytes.data()) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                let bytes = bytes.data().to_vec();
                let decoded = if role == Role::Html { decode_page(bytes, None) } else { decode(bytes, None) };
                let Decoded { text, charset, replaced, .. } = decoded;
                (record.charset, record.replaced) = (charset, replaced);
                text
            }
        }),
    };
    let place = if role == Role::Html { &mut record.html } else { &mut record.text };
    *place = text;
}
