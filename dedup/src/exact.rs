use crate::eojeol::Eojeol;
use xxhash_rust::xxh3::xxh3_128;

/// The hash by which two documents are the same: 128-bit XXH3 of the text with whitespace folded.
///
/// Ingest has made the text NFC. At a hundred billion documents the chance of any two different texts sharing a hash is
/// below 10⁻¹⁶, so equal hashes are taken for equal texts.
pub fn text_hash(text: &Eojeol) -> u128 {
    xxh3_128(text.folded())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str) -> u128 {
        let mut eojeol = Eojeol::default();
        eojeol.cut(text);
        text_hash(&eojeol)
    }

    #[test]
    fn whitespace_is_folded_but_not_dropped() {
        assert_eq!(hash("오늘은 날씨가\n 맑다"), hash(" 오늘은  날씨가 맑다\n"));
        assert_ne!(hash("할 수 있다"), hash("할수 있다"));
        assert_ne!(hash("맑다"), hash("맑다."));
    }
}
