use super::double_byte::{EUC_KR_CODE, Pair};
use super::syllables::BANDS;
use std::sync::LazyLock;

/// Bits of a syllable of KS X 1001 that is too rare to be listed.
const RARE: i8 = -6;
/// Bits of the 8,822 syllables that only CP949 has. They are used, seldom, in words such as 뷁 and 똠방각하.
const EXTENDED: i8 = -9;
/// Bits of a byte or pair that means nothing.
const MALFORMED: i64 = -12;

const FIRST_SYLLABLE: u32 = 0xac00;
const SYLLABLES: usize = 11_172;

static BITS: LazyLock<Box<[i8]>> = LazyLock::new(|| {
    let mut bits = vec![EXTENDED; SYLLABLES];
    for lead in 0xb0..=0xc8 {
        for trail in 0xa1..=0xfe {
            if let Pair::Character(c) = EUC_KR_CODE.pair(lead, trail) {
                bits[(c as u32 - FIRST_SYLLABLE) as usize] = RARE;
            }
        }
    }
    for (band, syllables) in BANDS {
        for c in syllables.chars() {
            bits[(c as u32 - FIRST_SYLLABLE) as usize] = band;
        }
    }
    bits.into()
});

/// By how many bits a character speaks for Korean text, against any code of a double-byte charset being as likely.
pub(super) fn bits(c: char) -> i64 {
    match c {
        '\0'..='\x7f' => 0,
        '가'..='힣' => i64::from(BITS[(c as u32 - FIRST_SYLLABLE) as usize]),
        'ㅋ' | 'ㅎ' | 'ㅜ' | 'ㅠ' => 2,
        // EUC-JP has its kana where EUC-KR has letters.
        'ㄱ'..='ㅣ' => 0,
        '·' | '‘' | '’' | '“' | '”' | '…' | '「' | '」' | '『' | '』' | '※' | '○' | '●' | '△' | '▲' | '■' | '□' => {
            1
        }
        char::REPLACEMENT_CHARACTER => MALFORMED,
        _ => -3,
    }
}

/// Whether KS X 1001 has the syllable: 2,350 of them do, and nearly all of any text is made of these.
pub(super) fn is_common(syllable: char) -> bool {
    bits(syllable) > i64::from(EXTENDED)
}

/// How far a text looks Korean.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    /// The sum over all characters.
    pub(super) bits: i64,
    pub(super) hangul: usize,
    /// Characters outside ASCII, Hangul syllables among them.
    pub(super) wide: usize,
    pub(super) malformed: usize,
}

impl Evidence {
    pub(super) fn of(text: &str) -> Self {
        let mut evidence = Self::default();
        for c in text.chars().filter(|c| !c.is_ascii()) {
            evidence.bits += bits(c);
            evidence.hangul += usize::from(('가'..='힣').contains(&c));
            evidence.wide += 1;
            evidence.malformed += usize::from(c == char::REPLACEMENT_CHARACTER);
        }
        evidence
    }

    /// Whether the bits are enough in sum and for each character. Korean text has four to five for a syllable; text of
    /// another charset, read as Korean, has fewer than none.
    pub(super) fn is_korean(&self, least: i64) -> bool {
        self.hangul > 0 && self.bits >= least && self.bits >= self.wide as i64
    }
}
