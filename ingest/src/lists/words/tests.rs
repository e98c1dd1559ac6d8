use super::*;
use proptest::prelude::*;

const LIST: &str = "# test\n시발\t3\n*카지노\t2\n!강원랜드카지노\n바카라*\t1.5 # and what follows\n카톡 문의\t1\ncasino\t2\n바카라사이트\t4\n";

fn found(text: &str) -> Vec<&str> {
    BadWords::read("words", LIST.as_bytes()).unwrap().hits(text).map(|hit| &text[hit.range]).collect()
}

#[test]
fn a_word_stands_with_its_josa() {
    for text in
        ["시발", "아 시발.", "시발이라고 했다", "시발!", "“시발”", "시발들아", "시발ㅋㅋㅋ", "2024시발", "시발은커녕"]
    {
        assert_eq!(found(text), ["시발"], "{text}");
    }
    for text in
        ["시발점", "시발역", "시발점이다", "서울역은 경부선의 시발역이다", "택시발전", "시발택시를 탔다", "다시발견"]
    {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn stars_open_a_side_and_exceptions_cover() {
    assert_eq!(found("온라인카지노에서 카지노를"), ["카지노", "카지노"]);
    assert_eq!(found("강원랜드카지노에 갔다가 카지노에"), ["카지노"]);
    assert_eq!(found("카지노장"), [""; 0]);
    assert_eq!(found("바카라하는법"), ["바카라"]);
    // The longest word goes first; where it does not stand, a shorter one may.
    assert_eq!(found("바카라사이트는"), ["바카라사이트"]);
    assert_eq!(found("바카라사이트모음"), ["바카라"]);
    assert_eq!(found("지금 카톡 문의 주세요, 카톡  문의"), ["카톡 문의"]);
}

#[test]
fn latin_words_end_at_latin_letters() {
    assert_eq!(found("CASINO에서 Casino, casino24"), ["CASINO", "Casino", "casino"]);
    assert_eq!(found("casinos mycasino"), [""; 0]);
}

#[test]
fn one_hit_weighs_little() {
    let words = BadWords::read("words", LIST.as_bytes()).unwrap();
    assert_eq!(words.score("시발"), 3.0);
    let long = words.score(&format!("시발{}", " 좋은 글".repeat(1999)));
    assert!((0.29..0.31).contains(&long), "{long}");
    assert_eq!(words.score("시발점은 서울역이다"), 0.0);
    assert_eq!(words.score(""), 0.0);
    assert_eq!(words.hits("아 시발").next(), Some(Hit { range: 4..10, weight: 3.0, line: 2 }));
}

#[test]
fn broken_lines_are_named() {
    for line in ["시발", "시발\t", "시발\t0", "시발\tx", "시발\t101", "시발\tNaN", "*\t1", "욕\t1", "!", "가*나\t1"]
    {
        let error = BadWords::read("words.tsv", format!("카지노\t1\n{line}\n").as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("list `words.tsv`, line 2: expected a word, a tab"), "{error}");
    }
}

#[test]
fn the_list_that_comes_along_finds_spam_and_spares_news() {
    let words = BadWords::spam().unwrap();
    let spam = "온라인카지노 먹튀검증 완료! 안전놀이터추천 바카라사이트 첫충전 30% 텔레그램 문의 주세요";
    let news = "경찰은 불법 도박 사이트를 운영하며 바카라 등을 하게 한 일당을 붙잡았다고 밝혔다. 강원랜드 카지노는 영업을 계속한다.";
    assert!(words.score(spam) > 10.0, "{}", words.score(spam));
    assert!(words.score(news) <= 1.0, "{}", words.score(news));
}

#[test]
fn endings_are_chains() {
    for (rest, expected) in
        [("", true), ("에서는", true), ("이라고는", true), ("점", false), ("에서점", false), ("들에게까지도", true)]
    {
        assert_eq!(is_ending(rest), expected, "{rest}");
    }
    assert!(!is_ending(&"이".repeat(1000)));
}

proptest! {
    #[test]
    fn hits_are_apart_and_in_order(text in "(시발|점|이|카지노|강원랜드|바카라|사이트| |casino|a|ㅋ|.){0,30}") {
        let words = BadWords::read("words", LIST.as_bytes()).unwrap();
        let mut end = 0;
        for hit in words.hits(&text) {
            prop_assert!(hit.range.start >= end && !text[hit.range.clone()].is_empty());
            end = hit.range.end;
        }
        prop_assert!(words.score(&text).is_finite());
    }
}

/// The figures of `docs/ingest/lists.md`: run it with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn measure() {
    let data = std::env::var("MALMOI_DATA").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let Ok(folder) = std::fs::read_dir(std::path::Path::new(&data).join("text")) else {
        eprintln!("SKIPPED: no {data}; set MALMOI_DATA");
        return;
    };
    let mut files: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let words = BadWords::spam().unwrap();
    for path in files {
        let mut lines = Vec::new();
        let decoder = zstd::Decoder::new(std::fs::File::open(&path).unwrap()).unwrap();
        decoder.take(40 << 20).read_to_end(&mut lines).unwrap();
        let text =
            |line: &str| Some(serde_json::from_str::<serde_json::Value>(line).ok()?["text"].as_str()?.to_owned());
        let texts: Vec<String> = String::from_utf8_lossy(&lines).lines().filter_map(text).collect();
        let bytes: usize = texts.iter().map(String::len).sum();
        let start = std::time::Instant::now();
        let scores: Vec<f32> = texts.iter().map(|text| words.score(text)).collect();
        let rate = bytes as f64 / 1e6 / start.elapsed().as_secs_f64();
        let above = |least: f32| scores.iter().filter(|&&score| score >= least).count();
        println!(
            "{}: {} documents, {rate:.0} MB/s; any hit {}, 1 {}, 3 {}, 5 {}",
            path.display(),
            texts.len(),
            above(f32::MIN_POSITIVE),
            above(1.0),
            above(3.0),
            above(5.0)
        );
    }
}
