use super::*;
use crate::config::Digits;
use crate::learn::WordCounts;
use crate::vocabulary::splitter;
use crate::{END_OF_TEXT, TokenizeConfig};
use proptest::prelude::*;
use std::sync::LazyLock;
use tokenizers::{OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer};

static ENCODER: LazyLock<Encoder> = LazyLock::new(|| Encoder::new(vocabulary()));

fn vocabulary() -> Vocabulary {
    let config = TokenizeConfig { vocabulary: 500.try_into().unwrap(), ..TokenizeConfig::default() };
    let mut words = WordCounts::new(config.digits).unwrap();
    words.add(include_str!("../../tests/reference/corpus.txt")).unwrap();
    Vocabulary::learn(words, &config, || Ok(())).unwrap()
}

fn encode(text: &str) -> Vec<u32> {
    let mut ids = Vec::new();
    ENCODER.encode(text, &mut ids).unwrap();
    ids
}

fn pre_tokens(text: &str, digits: Digits) -> Vec<String> {
    let mut splits = PreTokenizedString::from(text);
    splitter(digits).unwrap().pre_tokenize(&mut splits).unwrap();
    let splits = splits.get_splits(OffsetReferential::Original, OffsetType::None);
    splits.iter().map(|(word, _, _)| (*word).to_owned()).collect()
}

/// Text of everything that gets into Korean documents: syllables, old Hangul, Hanja, jamo, emoji, digits, white space, specials.
fn korean() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        6 => prop::char::range('가', '힣'),
        1 => prop::char::range('\u{1100}', '\u{11ff}'),
        1 => prop::char::range('\u{a960}', '\u{a97c}'),
        1 => prop::char::range('ㄱ', '\u{318e}'),
        1 => prop::char::range('一', '龥'),
        1 => prop::char::range('😀', '🙏'),
        1 => prop::char::range('0', '9'),
        1 => prop::char::range('a', 'z'),
        3 => prop::sample::select(vec![' ', '\n', '\t', '\r', '\u{a0}', '\u{3000}', '\u{85}', '\u{2028}', '\u{feff}']),
        1 => prop::sample::select(vec!['.', ',', '(', '”', '…', '\u{302e}', '\u{200d}', '\u{fe0f}', '\u{0301}']),
        1 => any::<char>(),
    ];
    prop::collection::vec(character, 0..120).prop_map(String::from_iter)
}

proptest! {
    #[test]
    fn decoding_gives_the_text_back(text in korean()) {
        prop_assert_eq!(ENCODER.decode(&encode(&text)).unwrap(), text);
    }

    #[test]
    fn pre_tokens_of_pieces_are_those_of_the_text(text in korean(), least in 0usize..40) {
        let pieces: Vec<&str> = pieces_of(&text, least).collect();
        prop_assert_eq!(pieces.concat(), text.clone());
        let of_pieces: Vec<String> = pieces.iter().flat_map(|piece| pre_tokens(piece, Digits::Triples)).collect();
        prop_assert_eq!(of_pieces, pre_tokens(&text, Digits::Triples));
    }
}

#[test]
fn josa_part_from_other_scripts_and_jamo_from_syllables() {
    let pre_tokens = |text| pre_tokens(text, Digits::Single).join("|");
    assert_eq!(pre_tokens("AI는 民法을 좋아해ㅋㅋㅋ"), "AI|는| 民法|을| 좋아해|ㅋㅋㅋ");
    assert_eq!(pre_tokens("2024년 \"봄\"\n\n나들이"), "2|0|2|4|년| \"|봄|\"\n\n|나들이");
    assert_eq!(pre_tokens("말〯ᄊᆞ미 갔다…  그래"), "말〯ᄊᆞ미| 갔다|…| | 그래");
    assert_eq!(super::tests::pre_tokens("12345원", Digits::Triples).join("|"), "123|45|원");
}

#[test]
fn the_name_of_a_special_token_in_a_document_is_text() {
    let ids = encode(&format!("끝{END_OF_TEXT}시작"));
    assert!(!ids.contains(&0), "{ids:?}");
    assert_eq!(ENCODER.decode(&ids).unwrap(), format!("끝{END_OF_TEXT}시작"));
}

#[test]
fn a_document_of_800_000_characters_is_cut_without_a_trace() {
    let text: String = include_str!("../../tests/reference/corpus.txt").chars().cycle().take(800_000).collect();
    assert!(pieces(&text).count() > 10);
    assert!(pieces(&text).all(|piece| piece.len() < PIECE_BYTES + 200));
    let whole = ENCODER.tokenizer.encode_fast(text.as_str(), false).unwrap();
    assert!(encode(&text) == whole.get_ids());
}

#[test]
fn a_document_without_any_place_to_cut_is_encoded_whole() {
    let text = "가".repeat(100_000);
    assert_eq!(pieces(&text).count(), 1);
    assert_eq!(ENCODER.decode(&encode(&text)).unwrap(), text);
}
