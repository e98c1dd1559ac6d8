use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A number of bytes, written in recipes and on the command line as `"4 GiB"`, `"512 MiB"` or `"64 kB"`.
///
/// Binary (KiB, MiB, GiB, TiB) and decimal (kB, MB, GB, TB) units are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByteSize(pub u64);

/// A size that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a size; write a number and a unit, such as \"512 MiB\" or \"4 GiB\"")]
pub struct ByteSizeError(String);

const UNITS: [(&str, u64); 9] = [
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("B", 1),
];

impl ByteSize {
    /// The size in bytes as a `usize`, saturating where the platform's is smaller.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl FromStr for ByteSize {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || ByteSizeError(text.to_owned());
        let text = text.trim();
        let (number, unit) = UNITS
            .iter()
            .find_map(|&(suffix, scale)| text.strip_suffix(suffix).map(|rest| (rest.trim_end(), scale)))
            .ok_or_else(wrong)?;
        if let Ok(whole) = number.parse::<u64>() {
            return whole.checked_mul(unit).map(Self).ok_or_else(wrong);
        }
        let fraction: f64 = number.parse().map_err(|_| wrong())?;
        let bytes = fraction * unit as f64;
        if !bytes.is_finite() || bytes < 0.0 || bytes > u64::MAX as f64 {
            return Err(wrong());
        }
        Ok(Self(bytes as u64))
    }
}

/// Prints with one decimal in the largest binary unit that fits, exactly where the size is a whole number of units.
impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scale) = UNITS[..4].iter().rev().find(|&&(_, scale)| self.0 >= scale).copied().unwrap_or(("B", 1));
        if self.0.is_multiple_of(scale) {
            write!(f, "{} {name}", self.0 / scale)
        } else {
            write!(f, "{:.1} {name}", self.0 as f64 / scale as f64)
        }
    }
}

/// Serialised as plain bytes: the canonical form must not lose digits.
impl Serialize for ByteSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{} B", self.0))
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_binary_and_decimal_units() {
        assert_eq!("4 GiB".parse(), Ok(ByteSize(4 << 30)));
        assert_eq!("1.5MB".parse(), Ok(ByteSize(1_500_000)));
        assert_eq!("7 B".parse(), Ok(ByteSize(7)));
    }

    #[test]
    fn refuses_what_is_not_a_size() {
        for wrong in ["", "4", "GiB", "4 gib", "-1 MiB", "nan GiB", "99999999999999999999 TiB"] {
            assert!(wrong.parse::<ByteSize>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn canonical_form_reads_back(bytes in any::<u64>()) {
            let canonical = serde_json::to_string(&ByteSize(bytes)).unwrap();
            prop_assert_eq!(serde_json::from_str::<ByteSize>(&canonical).unwrap(), ByteSize(bytes));
        }
    }
}
