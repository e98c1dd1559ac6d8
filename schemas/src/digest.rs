use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A BLAKE3 digest of 32 bytes: of a file, of a stage's recipe or of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A digest that cannot be read or a value that has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum DigestError {
    /// Not 64 hexadecimal digits.
    #[error("`{0}` is not a digest of 64 hexadecimal digits")]
    NotHex(String),
    /// The value cannot be serialised, for example a map whose keys are not strings.
    #[error("the value has no canonical form: {0}")]
    NotCanonical(#[from] serde_json::Error),
}

impl Digest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest of a value's canonical bytes: its JSON with fields in the order of declaration.
    pub fn of_canonical<T: Serialize + ?Sized>(value: &T) -> Result<Self, DigestError> {
        Ok(Self::of(&serde_json::to_vec(value)?))
    }

    /// The first 16 hexadecimal digits, enough to name a version of a stage among its siblings.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(16);
        hex
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(text).map(Self::from).map_err(|_| DigestError::NotHex(text.to_owned()))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_reads_back() {
        let digest = Digest::of("말모이".as_bytes());
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert!("말모이".parse::<Digest>().is_err());
    }
}
