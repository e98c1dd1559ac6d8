use arrow::datatypes::Schema;
use std::collections::HashMap;
use std::fmt;

/// The key under which every Parquet file of malmoi carries its format in the Arrow schema's metadata.
pub const FORMAT_KEY: &str = "malmoi.format";

/// A format's name and version, written as `documents/1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatId {
    /// What the rows are.
    pub name: &'static str,
    /// Raised by one whenever an older reader would misread a newer file.
    pub version: u32,
}

/// A file whose format this build does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The metadata says nothing.
    #[error("the file carries no `{FORMAT_KEY}`; expected {expected}: it was not written by malmoi")]
    Missing {
        /// What the reader asked for.
        expected: String,
    },
    /// Another name or version.
    #[error("the file is {found}, this build of malmoi reads {expected}: run the stage that wrote it again")]
    Other {
        /// What the reader asked for.
        expected: String,
        /// What the file says.
        found: String,
    },
}

impl FormatId {
    /// The metadata that marks a schema as of this format.
    pub(crate) fn metadata(self) -> HashMap<String, String> {
        HashMap::from([(FORMAT_KEY.to_owned(), self.to_string())])
    }
}

impl fmt::Display for FormatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.version)
    }
}

/// Checks that a file's schema is of the format that the reader expects.
pub fn check_format(schema: &Schema, expected: FormatId) -> Result<(), FormatError> {
    match schema.metadata().get(FORMAT_KEY) {
        None => Err(FormatError::Missing { expected: expected.to_string() }),
        Some(found) if *found == expected.to_string() => Ok(()),
        Some(found) => Err(FormatError::Other { expected: expected.to_string(), found: found.clone() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused_with_a_hint() {
        let newer = FormatId { name: "documents", version: 2 };
        let schema = Schema::empty().with_metadata(newer.metadata());
        let error = check_format(&schema, FormatId { name: "documents", version: 1 }).unwrap_err();
        insta::assert_snapshot!(error, @"the file is documents/2, this build of malmoi reads documents/1: run the stage that wrote it again");
    }
}
