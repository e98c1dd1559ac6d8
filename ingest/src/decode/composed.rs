//! Syllables that EUC-KR spells in eight bytes: a filler, then initial, vowel and final letter (KS X 1001, annex 3).

use memchr::memmem;

const FILLER: char = '\u{3164}';
const INITIALS: &str = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const FINALS: &str = "\u{3164}ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ";

/// The text with such sequences made into the syllables that they spell.
pub(super) fn compose(text: String) -> String {
    let mut filler = [0; 4];
    let finder = memmem::Finder::new(FILLER.encode_utf8(&mut filler).as_bytes());
    if finder.find(text.as_bytes()).is_none() {
        return text;
    }
    let mut composed = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = finder.find(rest.as_bytes()) {
        composed.push_str(&rest[..at]);
        let spelling = &rest[at..];
        let read = match syllable(spelling) {
            Some((c, length)) => {
                composed.push(c);
                length
            }
            None => {
                composed.push(FILLER);
                FILLER.len_utf8()
            }
        };
        rest = &spelling[read..];
    }
    composed.push_str(rest);
    composed
}

/// The syllable that a text begins to spell, and the bytes of its spelling.
fn syllable(spelling: &str) -> Option<(char, usize)> {
    let mut letters = spelling.chars().skip(1);
    let initial = INITIALS.chars().position(|letter| Some(letter) == letters.clone().next())?;
    letters.next();
    let vowel = (letters.next()? as u32).checked_sub('ㅏ' as u32).filter(|&vowel| vowel < 21)?;
    let last = letters.next()?;
    let last = FINALS.chars().position(|letter| letter == last)?;
    let c = char::from_u32(0xac00 + (initial as u32 * 21 + vowel) * 28 + last as u32)?;
    // All four letters are of the same block and have three bytes each.
    Some((c, 4 * FILLER.len_utf8()))
}
