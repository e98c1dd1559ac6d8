use encoding_rs::{EUC_KR, Encoding, REPLACEMENT, UTF_8, X_USER_DEFINED};

/// A charset: one of the Encoding Standard's, or one of the two Korean ones that the standard leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// A charset of the WHATWG Encoding Standard. Its `EUC-KR` is CP949, also called UHC.
    Web(&'static Encoding),
    /// KS X 1001 in seven bits (RFC 1557): Korean mail of the 1990s.
    Iso2022Kr,
    /// The combining code of KS X 1001, annex 3, also CP1361: a syllable is three letters of five bits.
    Johab,
}

const EUC_KR_NAMES: [&str; 10] =
    ["cp949", "ms949", "uhc", "x-uhc", "x-windows-949", "euckr", "euc_kr", "ksc5601-1987", "ks_c_5601", "x-euc-kr"];
const ISO_2022_KR_NAMES: [&str; 3] = ["iso-2022-kr", "csiso2022kr", "iso2022kr"];
const JOHAB_NAMES: [&str; 7] =
    ["johab", "x-johab", "ms1361", "cp1361", "windows-1361", "ksc5601-1992", "ksc_5601-1992"];

impl Charset {
    pub(super) const UTF_8: Self = Self::Web(UTF_8);
    pub(super) const EUC_KR: Self = Self::Web(EUC_KR);

    /// The charset that a label means, by the Encoding Standard and by the names that Korean software adds to it.
    ///
    /// Labels whose standard decoder throws the whole text away (`hz-gb-2312`) mean nothing here.
    pub fn for_label(label: &str) -> Option<Self> {
        let label = label.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '"' | '\'' | ';'));
        let is_one_of = |names: &[&str]| names.iter().any(|name| label.eq_ignore_ascii_case(name));
        if is_one_of(&EUC_KR_NAMES) {
            return Some(Self::EUC_KR);
        }
        if is_one_of(&ISO_2022_KR_NAMES) {
            return Some(Self::Iso2022Kr);
        }
        if is_one_of(&JOHAB_NAMES) {
            return Some(Self::Johab);
        }
        let encoding = Encoding::for_label(label.as_bytes())?;
        (encoding != REPLACEMENT && encoding != X_USER_DEFINED).then_some(Self::Web(encoding))
    }

    /// The name: of the Encoding Standard, or `ISO-2022-KR`, `Johab`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Web(encoding) => encoding.name(),
            Self::Iso2022Kr => "ISO-2022-KR",
            Self::Johab => "Johab",
        }
    }

    /// Whether ASCII bytes are ASCII characters in it, so that a declaration in the text can be read before it is known.
    pub(super) fn is_ascii_compatible(self) -> bool {
        match self {
            Self::Web(encoding) => encoding.is_ascii_compatible(),
            Self::Iso2022Kr | Self::Johab => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn korean_names_are_known() {
        for label in ["euc-kr", "KS_C_5601-1987", "cp949", "MS949", "uhc", "windows-949", " \"EUC-KR\""] {
            assert_eq!(Charset::for_label(label), Some(Charset::EUC_KR), "{label}");
        }
        assert_eq!(Charset::for_label("utf8"), Some(Charset::UTF_8));
        assert_eq!(Charset::for_label("ISO-2022-KR"), Some(Charset::Iso2022Kr));
        assert_eq!(Charset::for_label("johab"), Some(Charset::Johab));
        assert_eq!(Charset::for_label("hz-gb-2312"), None);
        assert_eq!(Charset::for_label("없는 이름"), None);
    }
}
