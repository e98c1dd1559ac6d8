use super::*;
use crate::source::Fields;
use proptest::prelude::*;
use std::io::Cursor;

fn config(json: &str) -> ThreadConfig {
    serde_json::from_str(json).unwrap()
}

/// Messages of JSON lines; each must be one.
fn messages(lines: &[&str], config: &ThreadConfig) -> Vec<Message> {
    let read = |(at, line): (usize, &&str)| {
        read_message(line, &Fields::default(), config, (at as u64, at as u64 * 100)).unwrap()
    };
    lines.iter().enumerate().map(read).collect()
}

fn grouped(messages: Vec<Message>, config: &ThreadConfig, room: u64) -> Vec<ThreadRecord> {
    let mut grouper = Grouper::new(config.clone(), room, || Ok(Cursor::new(Vec::new())));
    messages.into_iter().for_each(|message| grouper.push(message).unwrap());
    let mut records = grouper.into_records().unwrap();
    std::iter::from_fn(|| records.next_record().unwrap()).collect()
}

fn texts(records: &[ThreadRecord]) -> String {
    let one = |record: &ThreadRecord| {
        let title = record.fields.title.as_deref().unwrap_or("-");
        format!("[{} {title}: {}]\n{}", record.ordinal, record.detail(), record.fields.text.as_deref().unwrap_or("?"))
    };
    records.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

#[test]
fn a_service_chat() {
    let config = config(r#"{"key": "/room/id", "order": "sent", "speaker": "role", "labels": "as-written"}"#);
    let lines = [
        r#"{"room": {"id": 71}, "sent": "2024-03-02T10:00:05+09:00", "role": "고객", "text": "주문한 컵이 깨져서 왔어요."}"#,
        r#"{"room": {"id": 72}, "sent": "2024-03-02T10:00:07+09:00", "role": "고객", "text": "영업시간이 어떻게 되나요?"}"#,
        r#"{"room": {"id": 71}, "sent": "2024-03-02T01:00:00Z", "role": "상담사", "text": "안녕하세요, 무엇을 도와드릴까요?", "title": "파손 문의", "url": "https://example.kr/71"}"#,
        r#"{"room": {"id": 72}, "sent": "2024-03-02T10:01:00+09:00", "role": "상담사", "text": "평일 9시부터 6시까지입니다."}"#,
        r#"{"room": {"id": 71}, "sent": "2024-03-02T10:00:40+09:00", "role": "상담사", "text": " 사진을 보내 주시면\n바로 교환해 드리겠습니다. "}"#,
        r#"{"room": {"id": 71}, "sent": "2024-03-02T10:00:41+09:00", "text": "(사진)"}"#,
    ];
    let records = grouped(messages(&lines, &config), &config, 1 << 20);
    insta::assert_snapshot!(texts(&records), @r"
    [1 -: 2 messages]
    고객: 영업시간이 어떻게 되나요?
    상담사: 평일 9시부터 6시까지입니다.

    [2 파손 문의: 4 messages]
    상담사: 안녕하세요, 무엇을 도와드릴까요?
    고객: 주문한 컵이 깨져서 왔어요.
    상담사: 사진을 보내 주시면
    바로 교환해 드리겠습니다.
    (사진)
    ");
    assert_eq!(records[1].fields.group.as_deref(), Some("71"));
    assert_eq!(records[1].fields.url.as_deref(), Some("https://example.kr/71"));
    assert_eq!(records[1].offset, 200);
}

#[test]
fn comments_under_a_post() {
    let lines = [
        r#"{"post": "p1", "n": 1, "user": "별바라기", "title": "첫눈", "text": "첫눈이 왔습니다."}"#,
        r#"{"post": "p1", "n": 10, "user": "두루미", "text": "저희 동네도요."}"#,
        r#"{"post": "p1", "n": 9, "user": "나그네", "text": "부럽네요."}"#,
        r#"{"post": "p1", "n": 11, "user": "별바라기", "text": "곧 올 거예요!"}"#,
        r#"{"post": "p1", "n": 12, "user": "두루미", "text": "  "}"#,
    ];
    let letters = config(r#"{"key": "post", "order": "n", "speaker": "user"}"#);
    insta::assert_snapshot!(texts(&grouped(messages(&lines, &letters), &letters, 1 << 20)), @r"
    [0 첫눈: 5 messages]
    A: 첫눈이 왔습니다.
    B: 부럽네요.
    C: 저희 동네도요.
    A: 곧 올 거예요!
    ");
    let numbers = config(
        r#"{"key": "post", "order": "n", "speaker": "user", "labels": "numbers", "template": "<{speaker}> {text}", "separator": " / "}"#,
    );
    insta::assert_snapshot!(texts(&grouped(messages(&lines, &numbers), &numbers, 1 << 20)), @r"
    [0 첫눈: 5 messages]
    <화자1> 첫눈이 왔습니다. / <화자2> 부럽네요. / <화자3> 저희 동네도요. / <화자1> 곧 올 거예요!
    ");
}

#[test]
fn questions_and_answers_without_speakers() {
    let config = config(r#"{"key": "질문번호", "speaker": "user", "labels": "omit", "separator": "\n\n"}"#);
    let lines = [
        r#"{"질문번호": 5, "user": "ㄱ", "text": "김치찌개에 설탕을 넣나요?"}"#,
        r#"{"질문번호": 6, "user": "ㄴ", "text": "고양이가 물을 안 마셔요."}"#,
        r#"{"질문번호": 5, "user": "ㄷ", "text": "신김치라면 조금 넣으면 좋아요."}"#,
    ];
    insta::assert_snapshot!(texts(&grouped(messages(&lines, &config), &config, 1 << 20)), @r"
    [0 -: 2 messages]
    김치찌개에 설탕을 넣나요?

    신김치라면 조금 넣으면 좋아요.

    [1 -: 1 message]
    고양이가 물을 안 마셔요.
    ");
}

#[test]
fn a_long_thread_becomes_several_documents() {
    let lines: Vec<String> =
        (0..5).map(|n| format!(r#"{{"k": 1, "who": "가{}", "title": "끝말잇기", "text": "말{n}"}}"#, n % 2)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let few = config(r#"{"key": "k", "speaker": "who", "max_messages": 2}"#);
    insta::assert_snapshot!(texts(&grouped(messages(&lines, &few), &few, 1 << 20)), @r"
    [0 끝말잇기: 2 messages, part 1 of 3 of its thread]
    A: 말0
    B: 말1

    [2 끝말잇기: 2 messages, part 2 of 3 of its thread]
    A: 말2
    B: 말3

    [4 끝말잇기: 1 message, part 3 of 3 of its thread]
    A: 말4
    ");
    let short = config(r#"{"key": "k", "speaker": "who", "max_characters": 11}"#);
    let parts = |max: u64| {
        let config = ThreadConfig { max_characters: max.try_into().unwrap(), ..short.clone() };
        let records = grouped(messages(&lines, &config), &config, 1 << 20);
        records.iter().map(|record| record.messages).collect::<Vec<_>>()
    };
    assert_eq!((parts(11), parts(10), parts(1)), (vec![2, 2, 1], vec![1; 5], vec![1; 5]));
}

#[test]
fn what_is_no_message_is_told() {
    let config = config(r#"{"key": "/a/b", "order": "o"}"#);
    let told = |line| read_message(line, &Fields::default(), &config, (0, 0)).unwrap_err().to_string();
    assert_eq!(told(r#"{"text": "말", "a": {"b": null}}"#), "no thread key in `/a/b`");
    assert_eq!(told(r#"{"text": "말", "a": {"b": " "}}"#), "no thread key in `/a/b`");
    assert_eq!(told(r#"{"a": {"b": 1}}"#), "no text in the record's text field");
    assert!(told(r#"{"a": "#).contains("EOF"));
}

#[test]
fn orders() {
    let sorted = ["-3", "-2.5", "0", "0.5", "9", "10", "12345678901234567890", "12345678901234567891"];
    for pair in sorted.windows(2) {
        assert!(Order::parse(pair[0]) < Order::parse(pair[1]), "{pair:?}");
    }
    let same = [
        "2024-02-29T13:05:00+09:00",
        "2024-02-29T04:05:00Z",
        "2024-02-29 04:05",
        "2024.02.29. 04:05:00",
        "1709179500",
        "2024-02-29T04:05:00.000+0000",
        "2024-2-29 4:05",
        "2024. 2. 29. 오전 4:05",
        "2024년 2월 29일 오전 4:05",
        "2024년 02월 29일 04:05:00",
    ];
    for time in same {
        assert_eq!(Order::parse(time), Order::At(1_709_179_500_000_000_000), "{time}");
    }
    let noon =
        ["2024-02-29 오전 12:05", "2024-02-29 00:05", "2024-02-29 오후 12:05", "2024-02-29 12:05"].map(Order::parse);
    assert!(noon[0] == noon[1] && noon[1] < noon[2] && noon[2] == noon[3], "{noon:?}");
    // Found by hostile use: hours and zones that no integer holds.
    let endless = "9".repeat(38);
    for hostile in
        [format!("2024-01-01T{endless}:00"), format!("2024-01-01T01:00+{endless}:00"), endless.clone() + ".1"]
    {
        assert_eq!(Order::parse(&hostile), Order::Unknown, "{hostile}");
    }
    for none in [
        "2024-02-29 오후 13:05",
        "2024-02-29T01:00+25:00",
        "2024년 2월",
        "20245-1-1",
        "어제",
        "2024-13-01",
        "2024-02-29T",
        "1e5",
        "--1",
        "1.",
        "2024-02-29T25:61",
        "12:30",
        "가나다라마바사",
    ] {
        let read = Order::parse(none);
        assert!(read == Order::Unknown || none == "1." || none == "2024-02-29T", "{none}: {read:?}");
    }
}

#[test]
fn settings() {
    let wrong = [
        r#"{"order": "n"}"#,
        r#"{"key": "k", "template": "{speaker}"}"#,
        r#"{"key": "k", "template": "{text}{text}"}"#,
        r#"{"key": "k", "max_messages": 0}"#,
        r#"{"key": "k", "labels": "names"}"#,
        r#"{"key": "k", "sort": "n"}"#,
    ];
    for json in wrong {
        assert!(serde_json::from_str::<ThreadConfig>(json).is_err(), "{json}");
    }
    let read = config(r#"{"key": "/a/b", "speaker": "who", "template": "[{speaker}] {text}"}"#);
    let written = serde_json::to_string(&read).unwrap();
    assert_eq!(config(&written), read);
    assert_eq!(config(r#"{"key": "k"}"#), ThreadConfig::by_key("k".to_owned().try_into().unwrap()));
}

#[test]
fn a_changed_scratch_file_is_an_error() {
    let config = config(r#"{"key": "k"}"#);
    let mut scatter = Scatter::new(vec![Vec::new()], 0);
    for message in messages(&[r#"{"k": 1, "text": "말"}"#, r#"{"k": 2, "text": "글", "url": "u"}"#], &config) {
        scatter.write(&message).unwrap();
    }
    let bucket = scatter.finish().unwrap().remove(0);
    for cut in 0..bucket.len() {
        let mut reader = &bucket[..cut];
        let mut read = 0;
        let ended = loop {
            match read_scattered(&mut reader) {
                Ok(Some(_)) => read += 1,
                other => break other,
            }
        };
        assert!(read < 2 && (ended.is_err() || reader.is_empty()));
    }
    let mut endless = bucket;
    endless[37..45].fill(0x7f);
    assert!(read_scattered(&mut endless.as_slice()).is_err());
}

/// Threads of messages whose order says all: thread, place in it, speaker, text.
fn any_messages() -> impl Strategy<Value = Vec<Message>> {
    let message = (0..6u8, 0..4u8, "[가-힣 ]{0,20}");
    prop::collection::vec(message, 0..60).prop_map(|messages| {
        let one = |(at, (thread, speaker, text)): (usize, (u8, u8, String))| Message {
            key: format!("대화{thread}"),
            order: Order::At(at as i128),
            speaker: (speaker > 0).then(|| format!("사람{speaker}")),
            text,
            title: None,
            url: None,
            date: None,
            ordinal: at as u64,
            offset: at as u64 * 7,
            replaced: 0,
        };
        messages.into_iter().enumerate().map(one).collect()
    })
}

/// Documents whatever their place: thread, part, text, messages.
fn documents(records: &[ThreadRecord]) -> Vec<(String, u64, String, u64)> {
    let one = |record: &ThreadRecord| {
        let fields = &record.fields;
        (fields.group.clone().unwrap(), record.part, fields.text.clone().unwrap(), record.messages)
    };
    let mut documents: Vec<_> = records.iter().map(one).collect();
    documents.sort();
    documents
}

proptest! {
    #[test]
    fn any_mixture_gives_the_same_documents(
        messages in any_messages(),
        seed in any::<u64>(),
        max_messages in 1..8u64,
        max_characters in 1..60u64,
    ) {
        let config = ThreadConfig {
            max_messages: max_messages.try_into().unwrap(),
            max_characters: max_characters.try_into().unwrap(),
            ..config(r#"{"key": "k", "order": "o", "speaker": "s"}"#)
        };
        let straight = grouped(messages.clone(), &config, 1 << 20);
        let mut shuffled = messages.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        for (place, message) in shuffled.iter_mut().enumerate() {
            (message.ordinal, message.offset) = (place as u64, place as u64 * 9);
        }
        let mixed = grouped(shuffled.clone(), &config, 1 << 20);
        prop_assert_eq!(documents(&mixed), documents(&straight));
        // Every message is counted once, whatever the room, and no two documents stand at one place.
        for room in [0, 300, 3000, 1 << 20] {
            let records = grouped(shuffled.clone(), &config, room);
            prop_assert_eq!(records.iter().map(|record| record.messages).sum::<u64>(), messages.len() as u64);
            let mut places: Vec<_> = records.iter().map(|record| record.ordinal).collect();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), records.len());
        }
        // Room for the longest thread is room enough: scratch files change nothing.
        let longest = 6 + messages.iter().map(|message| 200 + message.text.len() as u64).sum::<u64>();
        prop_assert_eq!(documents(&grouped(shuffled, &config, longest / 2 + 6000)), documents(&straight));
    }

    #[test]
    fn scratch_files_give_back_what_they_were_given(messages in any_messages()) {
        let mut scatter = Scatter::new(vec![Vec::new(), Vec::new(), Vec::new()], 7);
        messages.iter().for_each(|message| scatter.write(message).unwrap());
        let mut read = Vec::new();
        for bucket in scatter.finish().unwrap() {
            let mut reader = bucket.as_slice();
            while let Some(message) = read_scattered(&mut reader).unwrap() {
                read.push(message);
            }
        }
        read.sort_by_key(|message| message.ordinal);
        prop_assert_eq!(read, messages);
    }

    #[test]
    fn any_text_is_an_order_or_none(text in any::<String>(), digits in "[0-9.:TZ+ /-]{0,40}") {
        Order::parse(&text);
        Order::parse(&digits);
    }
}
