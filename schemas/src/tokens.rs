use crate::FormatId;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The format of token shards: one row per document, in the order of the global shuffle.
pub const TOKENS: FormatId = FormatId { name: "tokens", version: 1 };

/// The integer type that holds a token id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenWidth {
    /// Vocabularies of up to 65,536 entries.
    U16,
    /// Any larger vocabulary.
    U32,
}

impl TokenWidth {
    /// The narrowest type for a vocabulary.
    pub fn for_vocabulary(size: usize) -> Self {
        if size <= usize::from(u16::MAX) + 1 { Self::U16 } else { Self::U32 }
    }

    /// The Arrow type of one token id.
    pub fn data_type(self) -> DataType {
        match self {
            Self::U16 => DataType::UInt16,
            Self::U32 => DataType::UInt32,
        }
    }
}

/// The Arrow schema of token shards whose ids have the given width.
pub fn tokens(width: TokenWidth) -> SchemaRef {
    use crate::column::*;
    let item = Arc::new(Field::new_list_field(width.data_type(), false));
    Arc::new(Schema::new_with_metadata(
        vec![
            Field::new(ID, DataType::FixedSizeBinary(16), false),
            Field::new(SOURCE, DataType::Utf8, false),
            Field::new(CHARACTERS, DataType::UInt32, false),
            Field::new(CLUSTER_SIZE, DataType::UInt32, false),
            Field::new(TOKENS, DataType::List(item), false),
        ],
        crate::TOKENS.metadata(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_sixteen_bit_vocabulary_has_65536_entries() {
        assert_eq!(TokenWidth::for_vocabulary(65_536), TokenWidth::U16);
        assert_eq!(TokenWidth::for_vocabulary(65_537), TokenWidth::U32);
    }
}
