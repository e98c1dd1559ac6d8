use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;
use xxhash_rust::xxh3::Xxh3;

/// A document's 16-byte identifier, made from its source and its place there.
///
/// The same record of the same file of the same source has the same id in every run, whatever the recipe does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(pub [u8; 16]);

/// A text that is no document id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a document id of 32 hexadecimal digits")]
pub struct DocumentIdError(String);

impl DocumentId {
    /// Bytes of an id.
    pub const LEN: usize = 16;

    /// The id of the record with ordinal `record` (from 0) of `file` (its path inside the source) in `source`.
    ///
    /// XXH3-128 over the three, each preceded by its length: no two places share an encoding.
    pub fn of_place(source: &str, file: &str, record: u64) -> Self {
        let mut hash = Xxh3::new();
        for field in [source, file] {
            hash.update(&(field.len() as u64).to_le_bytes());
            hash.update(field.as_bytes());
        }
        hash.update(&record.to_le_bytes());
        Self(hash.digest128().to_be_bytes())
    }

    /// The id held by 16 bytes of an Arrow column, or `None` if there are more or fewer.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// A 64-bit hash of the id under `key`: the order of a reproducible global shuffle.
    pub fn keyed(&self, key: u64) -> u64 {
        xxhash_rust::xxh3::xxh3_64_with_seed(&self.0, key)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

impl FromStr for DocumentId {
    type Err = DocumentIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || DocumentIdError(text.to_owned());
        if text.len() != 2 * Self::LEN || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        u128::from_str_radix(text, 16).map(|n| Self(n.to_be_bytes())).map_err(|_| wrong())
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_keeps_its_id_between_versions_of_malmoi() {
        insta::assert_snapshot!(DocumentId::of_place("news", "2024/01.jsonl", 7), @"295700069223196eb836ed2d162c1140");
    }

    proptest! {
        #[test]
        fn text_form_reads_back(bytes in any::<[u8; 16]>()) {
            let id = DocumentId(bytes);
            prop_assert_eq!(id.to_string().parse::<DocumentId>().unwrap(), id);
        }

        #[test]
        fn moving_a_boundary_changes_the_id(name in "[a-z가-힣/]{2,20}", cut in 1usize..10, record in any::<u64>()) {
            let cuts: Vec<usize> = name.char_indices().map(|(at, _)| at).collect();
            let cut = cuts[cut % cuts.len()];
            let (source, file) = name.split_at(cut);
            prop_assume!(!file.is_empty());
            prop_assert_ne!(DocumentId::of_place(source, file, record), DocumentId::of_place(&name, "", record));
        }
    }
}
