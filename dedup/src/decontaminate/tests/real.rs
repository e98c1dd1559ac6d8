//! What is known to stand in the real data.

use super::*;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

type Lines = Box<dyn BufRead>;

fn open(file: &str) -> Option<Lines> {
    let data = std::env::var("MALMOI_DATA").unwrap_or_else(|_| "../../shared/data".into());
    let path = PathBuf::from(data).join(file);
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: no {}", path.display());
        return None;
    };
    Some(Box::new(BufReader::new(zstd::Decoder::new(file).unwrap())))
}

fn documents(file: &str) -> Option<impl Iterator<Item = String>> {
    let text =
        |line: String| serde_json::from_str::<serde_json::Value>(&line).unwrap()["text"].as_str().unwrap().to_owned();
    Some(open(file)?.lines().map(move |line| text(line.unwrap())))
}

#[test]
fn klue_took_its_sentences_from_the_reviews_and_not_from_manuals() {
    let Some(eval) = open("eval/klue_dev.jsonl.zst") else { return };
    let mut benchmarks = Benchmarks::default();
    let set = benchmarks.add_set(EvalSet::named("KLUE")).unwrap();
    let count = read_items(Format::JsonLines, eval, &["text".into()], |id, texts| {
        benchmarks.add(set, id, texts.iter().copied()).unwrap();
    });
    assert_eq!(count.unwrap(), 10_519);
    let index = benchmarks.index();
    let found = |file| {
        let mut found = Contamination::default();
        let mut buffers = ScanBuffers::default();
        for text in documents(file)? {
            let findings = index.scan(&text, &mut buffers).to_vec();
            found.record(&findings, &Verdict::Marked);
        }
        Some(found.details(&index)[usize::from(set.0)].found)
    };
    assert_eq!(found("text/naver_movie_reviews.jsonl.zst"), Some(801));
    assert_eq!(found("text/msdocs_powershell.jsonl.zst"), Some(0));
}
