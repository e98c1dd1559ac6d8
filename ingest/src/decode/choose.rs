use super::composed::compose;
use super::double_byte::{EUC_KR_CODE, JOHAB_CODE};
use super::prior::Evidence;
use super::{Charset, decode_counting, iso_2022_kr, utf8, utf16};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{EUC_KR, Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that the detector looks at: it settles within a few hundred, and is slow.
const DETECTION_WINDOW: usize = 64 << 10;
/// Bytes of words outside ASCII by which UTF-8 and the Korean charsets are told apart.
const SAMPLE: usize = 2 << 10;
/// Those that are enough for an ordinary page in EUC-KR.
const FIRST_SAMPLE: usize = 512;
/// How much of a word before its first byte outside ASCII belongs to the sample.
const WORD_START: usize = 64;

/// The charset of bytes that are not simply valid UTF-8 without another label.
pub(super) fn choose(bytes: &[u8], declared: Option<Charset>) -> Charset {
    if declared == Some(Charset::Web(ISO_2022_JP)) && memchr::memchr(0x1b, bytes).is_some() {
        return Charset::Web(ISO_2022_JP);
    }
    if iso_2022_kr::detect(bytes) {
        return Charset::Iso2022Kr;
    }
    if is_euc_kr_beyond_doubt(&sample(bytes, FIRST_SAMPLE)) {
        return Charset::EUC_KR;
    }
    let sample = sample(bytes, SAMPLE);
    let utf8 = utf8::Evidence::of(&sample);
    // Legacy text is hardly ever valid UTF-8 for long, so this much of it is UTF-8 with damage in it. Two bytes of EUC-KR
    // can make one valid UTF-8 character, hardly ever a Hangul syllable, which takes three.
    let is_utf8 = utf8.short + utf8.long >= 3 * utf8.malformed;
    if is_utf8 && utf8.long > 0 {
        return Charset::UTF_8;
    }
    if let Some(charset) = sixteen_bits(bytes, declared) {
        return charset;
    }
    let (korean, evidence) = read_as_korean(&sample, declared);
    if utf8.malformed == 0 {
        let is_hangul = evidence.hangul > 0 && evidence.hangul == evidence.wide;
        let is_legacy = declared == Some(korean) && is_hangul && (utf8.odd > 0 || evidence.is_korean(1));
        return if is_legacy { korean } else { Charset::UTF_8 };
    }
    if is_utf8 && !evidence.is_korean(8) {
        return Charset::UTF_8;
    }
    if evidence.is_korean(least_bits(declared)) { korean } else { choose_other(bytes, declared, evidence) }
}

/// UTF-16 as labelled, if there is a NUL, or as the text shows.
fn sixteen_bits(bytes: &[u8], declared: Option<Charset>) -> Option<Charset> {
    let detected = utf16::detect(&bytes[..bytes.len().min(SAMPLE)]).map(Charset::Web);
    let label = declared.filter(|&label| label == Charset::Web(UTF_16LE) || label == Charset::Web(UTF_16BE));
    detected.or(label.filter(|_| memchr::memchr(0, bytes).is_some()))
}

/// Most legacy pages, without a look at anything else: no byte is wrong, and every syllable speaks for Korean.
fn is_euc_kr_beyond_doubt(sample: &[u8]) -> bool {
    let mut text = String::new();
    let is_sound = EUC_KR_CODE.decode_sound(sample, &mut text);
    let evidence = Evidence::of(&text);
    is_sound && evidence.bits >= 24 && evidence.bits >= 3 * evidence.wide as i64
}

/// The first words with bytes outside ASCII, however much ASCII is between them.
fn sample(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut words = Vec::with_capacity(bytes.len().min(2 * length) + 1);
    let mut from = 0;
    while words.len() < length {
        let high = from + Encoding::ascii_valid_up_to(&bytes[from..]);
        if high == bytes.len() {
            break;
        }
        let earliest = from.max(high.saturating_sub(WORD_START));
        let start =
            bytes[earliest..high].iter().rposition(|&byte| byte <= b' ').map_or(earliest, |at| earliest + at + 1);
        let latest = bytes.len().min(high + length);
        from = bytes[high..latest].iter().position(|&byte| byte <= b' ').map_or(latest, |at| high + at);
        words.extend_from_slice(&bytes[start..from]);
        words.push(b' ');
    }
    words
}

/// Bits that a label is worth between two Korean charsets, and that Johab without a label has to make up for.
const LABEL: i64 = 10;

/// The Korean double-byte charset that explains the bytes better, and how Korean they are in it.
fn read_as_korean(sample: &[u8], declared: Option<Charset>) -> (Charset, Evidence) {
    let euc_kr = Evidence::of(&compose(EUC_KR_CODE.decode(sample).0));
    let johab = Evidence::of(&JOHAB_CODE.decode(sample).0);
    let handicap = if declared == Some(Charset::Johab) { -LABEL } else { LABEL };
    if johab.bits > euc_kr.bits + handicap { (Charset::Johab, johab) } else { (Charset::EUC_KR, euc_kr) }
}

/// The bits that overrule a label. A single-byte charset has no wrong bytes, so its name says little; those of Chinese
/// and Japanese do, and a short text of theirs may happen to look Korean.
fn least_bits(declared: Option<Charset>) -> i64 {
    match declared {
        Some(Charset::Web(encoding)) if encoding.is_single_byte() => 6,
        Some(Charset::Web(encoding)) if encoding != UTF_8 && encoding != EUC_KR => 12,
        _ => 4,
    }
}

/// The charset of bytes that do not look Korean.
fn choose_other(bytes: &[u8], declared: Option<Charset>, evidence: Evidence) -> Charset {
    let window = &bytes[..bytes.len().min(DETECTION_WINDOW)];
    let detected = detect(window, evidence.bits >= -(evidence.wide as i64));
    match declared.filter(|&charset| charset != Charset::UTF_8) {
        Some(Charset::Web(label))
            if label.is_single_byte() && detected == EUC_KR && is_mostly_clean(Charset::EUC_KR, window) =>
        {
            Charset::EUC_KR
        }
        Some(label) if is_mostly_clean(label, window) => label,
        _ => Charset::Web(detected),
    }
}

/// The detector's guess. Between charsets that explain the bytes equally well the one used in Korea wins, if the text could
/// be Korean at all.
fn detect(window: &[u8], may_be_korean: bool) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(window, true);
    detector.guess(may_be_korean.then_some(b"kr".as_slice()), Utf8Detection::Deny)
}

/// Whether at most a twentieth of the bytes outside ASCII are malformed.
fn is_mostly_clean(charset: Charset, window: &[u8]) -> bool {
    let high = window.iter().filter(|&&byte| byte >= 0x80).count();
    let malformed = match charset {
        Charset::Web(encoding) => decode_counting(encoding, window).1,
        Charset::Johab => JOHAB_CODE.decode(window).1,
        Charset::Iso2022Kr => high as u32,
    };
    malformed as usize * 20 <= high
}
