use super::*;
use crate::read::Payload;

fn hash(json: &str) -> Option<u64> {
    content_hash(&Payload::Json(json.as_bytes().to_vec()), 7)
}

#[test]
fn copies_share_their_hash_whatever_surrounds_them() {
    let first = hash(r#"{"id": 1, "text": "봄에는 꽃이 피고 여름에는 비가 온다."}"#);
    assert!(first.is_some());
    assert_eq!(
        first,
        hash(r#"{"id": 99871, "url": "https://example.kr/a", "text": "봄에는 꽃이 피고 여름에는 비가 온다."}"#)
    );
    assert_ne!(first, hash(r#"{"id": 1, "text": "가을에는 낙엽이 지고 겨울에는 눈이 온다."}"#));
    assert_eq!(hash(r#"{"id": 1, "text": "plain"}"#), None);
}

#[test]
fn escaped_letters_are_words_too() {
    let escaped = |tail: &str| hash(&format!(r#"{{"text": "\ubd04\uc5d0 \uaf43\uc774 \ud53c\uace0 {tail}"}}"#));
    assert!(escaped("").is_some());
    assert_ne!(escaped(""), hash(r#"{"text": "\uac00\uc744 \ub099\uc5fd \uc9c0\uace0"}"#));
    // Cut off inside an escape, nothing is read beyond the end.
    assert_eq!(hash(r"\u12"), None);
}

#[test]
fn records_of_one_hash_come_all_or_none() {
    let mut held = Held::new(4096);
    for ordinal in 0..400u64 {
        let place = Place { source: 0, file: 0, name: Arc::from("a") };
        let record = RawRecord { ordinal, offset: 0, payload: Payload::Text(vec![b'a'; 40]) };
        // Groups of four, strewn over the file.
        held.offer(content::seeded(&(ordinal % 100).to_le_bytes(), 0), place, record);
    }
    let records = held.into_records();
    assert!(!records.is_empty() && records.len() < 400);
    let of_group = |group: u64| records.iter().filter(|(_, record)| record.ordinal % 100 == group).count();
    assert!((0..100).all(|group| matches!(of_group(group), 0 | 4)));
}
