//! Figures on real data for `docs/ingest/models.md`; they take minutes and are run by hand:
//! `cargo test --release -p malmoi-ingest models::figures -- --ignored --nocapture --test-threads 1`.

use super::quality::area_under_curve;
use super::sample::Random;
use super::*;
use std::io::BufRead;
use std::path::PathBuf;
use std::time::Duration;

fn data() -> PathBuf {
    std::env::var_os("MALMOI_DATA")
        .map_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into(), PathBuf::from)
}

/// Up to `most` texts of at least `characters` characters.
fn texts(name: &str, most: usize, characters: usize) -> Vec<String> {
    let path = data().join(format!("text/{name}.jsonl.zst"));
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("SKIPPED: no {} (set MALMOI_DATA)", path.display());
        return Vec::new();
    };
    let lines = std::io::BufReader::new(zstd::Decoder::new(file).unwrap()).lines();
    lines
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(&line.unwrap()).unwrap()["text"].as_str().unwrap().to_owned()
        })
        .filter(|text| text.chars().nth(characters.max(1) - 1).is_some())
        .take(most)
        .collect()
}

fn megabytes(texts: &[String]) -> f64 {
    texts.iter().map(String::len).sum::<usize>() as f64 / 1e6
}

/// Time this thread has spent on a processor: other work on the machine does not count.
fn clock() -> Duration {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(spent.split(' ').next().unwrap().parse().unwrap())
}

fn speed(what: &str, texts: &[String], mut run: impl FnMut(&str)) {
    let started = clock();
    texts.iter().for_each(|text| run(text));
    println!(
        "{what:<34} {:8.1} MB/s over {:.1} MB",
        megabytes(texts) / (clock() - started).as_secs_f64(),
        megabytes(texts)
    );
}

const SOURCES: [&str; 6] =
    ["kowiki", "naver_movie_reviews", "news_comments", "court_precedents", "msdocs_sql_2020", "novels_wikisource"];

#[test]
#[ignore = "needs real data and minutes"]
fn language_is_told_fast() {
    let Ok(bytes) = std::fs::read(data().join("models/lid.176.ftz")) else { return };
    let model = FastText::read(&bytes[..], "lid.176.ftz").unwrap();
    let korean = model.label("ko").unwrap();
    let mut scratch = Scratch::default();
    for source in SOURCES {
        let texts = texts(source, 30_000, 1);
        let mut found = 0;
        speed(&format!("language, windows, {source}"), &texts, |text| {
            let seen = model.look_at(text, &mut scratch);
            found +=
                usize::from(seen.is_some_and(|seen| seen.best().label == "ko" && seen.probability(korean).is_some()));
        });
        println!("  told Korean: {found} of {}", texts.len());
        speed(&format!("language, whole, {source}"), &texts, |text| {
            std::hint::black_box(model.predict(text, &mut scratch));
        });
    }
}

fn quality(what: &str, good: &[String], bad: &[String]) {
    let started = clock();
    let (model, report) = learn_quality(good, bad, &QualitySettings::default()).unwrap();
    println!("--- {what}, learnt in {:.1} s\n{report}", (clock() - started).as_secs_f64());
    if let Some(folder) = std::env::var_os("MALMOI_FIGURES") {
        let path = PathBuf::from(folder).join(format!("{}.bin", what.replace(' ', "_")));
        model.write(std::fs::File::create(path).map(std::io::BufWriter::new).unwrap()).unwrap();
    }
    let mut scratch = Scratch::default();
    speed("scored", good, |text| {
        std::hint::black_box(model.score(text, &mut scratch));
    });
}

#[test]
#[ignore = "needs real data and minutes"]
fn quality_is_learnt() {
    let cut =
        |texts: Vec<String>| -> Vec<String> { texts.iter().map(|text| text.chars().take(60).collect()).collect() };
    let wiki = texts("kowiki", 30_000, 200);
    let mut bad = texts("news_comments", 30_000, 10);
    bad.extend(texts("naver_movie_reviews", 30_000, 10));
    let mut good = wiki.clone();
    good.extend(texts("novels_wikisource", 5_000, 10));
    if good.is_empty() {
        return;
    }
    quality("wiki and novels against comments and reviews", &good, &bad);
    quality("the same cut to 60 characters", &cut(good), &cut(bad));
    quality("comments against reviews", &texts("news_comments", 30_000, 10), &texts("naver_movie_reviews", 30_000, 10));
    quality(
        "sql docs against visual studio docs",
        &texts("msdocs_sql_2020", 5_000, 200),
        &texts("msdocs_visualstudio_2021", 5_000, 200),
    );
    let mut random = Random(1);
    let shuffled: Vec<String> = wiki.iter().skip(15_000).map(|text| shuffle_words(text, &mut random)).collect();
    quality("wiki against wiki with shuffled eojeol", &wiki[..15_000], &shuffled);
}

fn shuffle_words(text: &str, random: &mut Random) -> String {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    random.shuffle(&mut words);
    words.join(" ")
}

fn shuffle_syllables(text: &str, random: &mut Random) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    random.shuffle(&mut characters);
    characters.into_iter().collect()
}

/// What fingers on the home row of a Korean keyboard type.
fn mash(length: usize, random: &mut Random) -> String {
    let keys: Vec<char> = "ㅁㄴㅇㄹㅎㅗㅓㅏㅣㅂㅈㄷㄱㅅㅋㅌㅊㅍ ".chars().collect();
    (0..length).map(|_| keys[(random.next() % keys.len() as u64) as usize]).collect()
}

#[test]
#[ignore = "needs real data and minutes"]
fn perplexity_tells_broken_text() {
    let wiki = texts("kowiki", 200_000, 100);
    if wiki.is_empty() {
        return;
    }
    let (learnt, held): (Vec<_>, Vec<_>) = wiki.into_iter().enumerate().partition(|(number, _)| number % 20 != 0);
    let [learnt, held] = [learnt, held].map(|texts| texts.into_iter().map(|(_, text)| text).collect::<Vec<String>>());
    for ngrams in [PerplexitySettings::default().ngrams, 8_000_000] {
        println!("--- at most {ngrams} n-grams");
        perplexity(&learnt, &held, &PerplexitySettings { ngrams, ..PerplexitySettings::default() });
    }
}

fn perplexity(learnt: &[String], held: &[String], settings: &PerplexitySettings) {
    let started = clock();
    let model = learn_perplexity(learnt, settings).unwrap();
    println!("learnt from {:.1} MB in {:.1} s", megabytes(learnt), (clock() - started).as_secs_f64());
    let mut file = Vec::new();
    model.write(&mut file).unwrap();
    println!("file {:.1} MB", file.len() as f64 / 1e6);
    let of = |texts: &[String]| -> Vec<f32> { texts.iter().filter_map(|text| model.perplexity(text)).collect() };
    let mut random = Random(2);
    let clean = of(held);
    let show = |what: &str, broken: &[String]| {
        let mut found = of(broken);
        let curve = area_under_curve(&found, &clean);
        found.sort_unstable_by(f32::total_cmp);
        let at = |share: f64| found.get((found.len() as f64 * share) as usize).copied().unwrap_or(f32::NAN);
        println!(
            "{what:<26} perplexity 10 % {:8.1}  median {:8.1}  90 % {:8.1}   AUC against clean {curve:.4}",
            at(0.1),
            at(0.5),
            at(0.9)
        );
    };
    show("held-out Wikipedia", held);
    show("shuffled eojeol", &held.iter().map(|text| shuffle_words(text, &mut random)).collect::<Vec<_>>());
    show("shuffled syllables", &held.iter().map(|text| shuffle_syllables(text, &mut random)).collect::<Vec<_>>());
    show("mashed keys", &held.iter().map(|text| mash(text.chars().count().min(200), &mut random)).collect::<Vec<_>>());
    for source in &SOURCES[1..] {
        show(source, &texts(source, 5_000, 20));
    }
    for source in SOURCES {
        speed(&format!("perplexity, {source}"), &texts(source, 30_000, 1), |text| {
            std::hint::black_box(model.perplexity(text));
        });
    }
    let whole: Vec<String> = held.iter().map(|text| text.chars().take(2_500).collect()).collect();
    speed("perplexity, read whole", &whole, |text| {
        std::hint::black_box(model.perplexity(text));
    });
}
