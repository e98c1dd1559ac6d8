use super::*;
use encoding_rs::{EUC_KR, SHIFT_JIS, UTF_16LE, WINDOWS_1252};
use proptest::prelude::*;

mod codes;
mod corpora;
mod damage;
mod labels;

const TEXT: &str = "오늘은 날씨가 맑아서 뒷산에 올랐다. 꽃이 피고 새가 울었다.";

fn euc_kr(text: &str) -> Vec<u8> {
    EUC_KR.encode(text).0.into_owned()
}

fn read(bytes: &[u8], declared: Option<&'static Encoding>) -> (String, &'static str, u32) {
    let Decoded { text, charset, replaced, .. } = decode(bytes.to_vec(), declared.map(Charset::Web));
    (text, charset, replaced)
}

#[test]
fn labels_are_believed_as_far_as_the_bytes_bear_them_out() {
    let utf8 = (TEXT.to_owned(), "UTF-8", 0);
    let legacy = (TEXT.to_owned(), "EUC-KR", 0);
    for declared in [None, Some(UTF_8), Some(EUC_KR), Some(WINDOWS_1252), Some(UTF_16LE)] {
        assert_eq!(read(TEXT.as_bytes(), declared), utf8, "{declared:?}");
        assert_eq!(read(&euc_kr(TEXT), declared), legacy, "{declared:?}");
    }
}

#[test]
fn cp949_syllables_are_read() {
    let text = "똠방각하와 펲시콜라, 뷁! 햏자들이 쓰던 말이다.";
    assert_eq!(read(&euc_kr(text), None), (text.to_owned(), "EUC-KR", 0));
}

#[test]
fn byte_order_marks_decide() {
    let utf16: Vec<u8> = "\u{feff}말모이".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read(&utf16, Some(EUC_KR)), ("말모이".to_owned(), "UTF-16LE", 0));
    assert_eq!(read("\u{feff}말모이".as_bytes(), Some(EUC_KR)), ("말모이".to_owned(), "UTF-8", 0));
}

#[test]
fn short_legacy_text_is_korean_before_anything_else() {
    for text in ["안녕하세요", "감사합니다!", "배송 빨라요", "가나다"] {
        assert_eq!(read(&euc_kr(text), None).0, text);
    }
    // Two bytes of EUC-KR that are a valid Latin letter in UTF-8: only the label can tell.
    let bytes = [0xc7, 0xb1];
    assert_eq!(read(&bytes, Some(EUC_KR)).1, "EUC-KR");
    assert_eq!(read(&bytes, None).1, "UTF-8");
}

#[test]
fn other_languages_keep_their_charset() {
    let japanese = SHIFT_JIS.encode("これは日本語の文章です。山へ行きました。").0.into_owned();
    assert_eq!(read(&japanese, Some(SHIFT_JIS)).1, "Shift_JIS");
    let french =
        WINDOWS_1252.encode("L’été dernier, nous avons déjeuné près de la forêt où il y a des chênes.").0.into_owned();
    assert_eq!(read(&french, None).1, "windows-1252");
}

#[test]
fn a_page_names_its_charset() {
    let page = format!("<html><head><meta charset=\"euc-kr\"></head><body>{TEXT}</body>");
    assert_eq!(decode_page(euc_kr(&page), None).charset, "EUC-KR");
    assert_eq!(decode_page(euc_kr(&page), Some("utf-8")).charset, "EUC-KR");
    assert_eq!(decode_page(page.clone().into_bytes(), None).charset, "UTF-8");
    assert_eq!(decode_page(page.into_bytes(), Some("ks_c_5601-1987")).charset, "UTF-8");
}

/// Real feeds and texts; the name of each begins with its true charset. EUC-KR and CP949 are one on the web.
#[test]
fn legacy_files_are_told_apart() {
    let data = std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let folder = std::path::Path::new(&data).join("web/legacy");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: no {}; set MALMOI_DATA", folder.display());
        return;
    };
    let (mut right, mut files) = (0, 0);
    for entry in entries {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let length = bytes.len();
        // Without what the page says of itself, and with it.
        let found = [decode(bytes.clone(), None), decode_page(bytes, None)];
        for Decoded { text, charset, replaced, .. } in &found {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            eprintln!(
                "{charset:8} {replaced:4} replaced in {length:7} bytes, {:6} characters: {name}",
                text.chars().count()
            );
            files += 1;
            right += usize::from(*charset == "EUC-KR" && (*replaced as usize) * 1000 <= length);
        }
    }
    assert_eq!(right, files);
}

proptest! {
    #[test]
    fn korean_text_comes_back(text in "[가-힣]{4,40}( [가-힣]{1,6}){0,5}[.!?]") {
        prop_assert_eq!(decode(text.clone().into_bytes(), None).text, text.clone());
        let bytes = euc_kr(&text);
        let declared = decode(bytes, Some(Charset::EUC_KR));
        prop_assert_eq!(declared.text, text);
    }

    #[test]
    fn replacements_are_counted(bytes in prop::collection::vec(any::<u8>(), 0..200), declared in 0..4usize) {
        let declared = [None, Some(UTF_8), Some(EUC_KR), Some(SHIFT_JIS)][declared];
        let decoded = decode(bytes, declared.map(Charset::Web));
        let found = decoded.text.chars().filter(|&c| c == '\u{fffd}').count();
        prop_assert!(found >= decoded.replaced as usize);
    }
}

#[test]
fn utf16_needs_no_mark() {
    let long = TEXT.repeat(20);
    let page = format!("<html><head><title>봄</title></head><body><p>{TEXT}</p></body></html>");
    let syllables = "오늘은대문앞에꽃이피었다";
    for text in [TEXT, &long, &page, syllables] {
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for declared in [None, Some(EUC_KR)] {
            assert_eq!(read(&little, declared), (text.to_owned(), "UTF-16LE", 0));
            assert_eq!(read(&big, declared), (text.to_owned(), "UTF-16BE", 0));
        }
        // Nothing else is taken for it, not even with a stray NUL.
        for mut bytes in [euc_kr(text), text.as_bytes().to_vec()] {
            assert_eq!(utf16::detect(&bytes), None);
            bytes.insert(bytes.len() / 2, 0);
            assert_eq!(utf16::detect(&bytes), None);
        }
    }
}
