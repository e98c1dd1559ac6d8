//! Paragraphs pasted from page to page: whatever the threads, the files and their order, and however often the run is killed,
//! the same texts are left.

use crate::pipeline::{malmoi, outlast_kills, published};
use arrow::array::AsArray;
use malmoi_engine::{Cancel, EngineConfig, Session, Silent};
use malmoi_schemas::{DOCUMENTS, Details, FileSet, RepeatDetails, Stage, column};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PASTED: [&str; 3] = [
    "두레마을 도서관은 다달이 둘째 토요일에 책 읽는 모임을 엽니다. 누구나 올 수 있고, 읽을 책은 보름 전에 알림판에 붙입니다. \
     자리를 마련해야 하니 오실 분은 하루 전까지 전화로 알려 주시면 고맙겠습니다.",
    "김장은 배추를 절이는 일에서 반이 갈린다. 굵은소금을 물에 풀어 줄기 사이에 뿌리고, 여덟 시간쯤 지나면 위아래를 뒤집는다. \
     잎이 낭창하게 휘면 찬물에 세 번 헹구어 소쿠리에 엎어 물기를 뺀다.",
    "산길에서는 해가 지기 두 시간 전에 내려오기 시작하는 것이 좋다. 골짜기는 평지보다 먼저 어두워지고, 젖은 낙엽 밑의 돌은 \
     보이지 않는다. 손전등과 겉옷 한 벌은 맑은 날에도 챙긴다.",
];

const PLACES: [&str; 7] = ["강릉", "통영", "안동", "서귀포", "담양", "제천", "군산"];
const SEEN: [&str; 5] = ["오래된 방앗간", "바닷가 우체국", "돌담이 긴 골목", "손님이 적은 찻집", "언덕 위의 작은 학교"];
const FELT: [&str; 4] =
    ["한참을 서 있었다", "사진을 여러 장 찍었다", "주인과 이야기를 나누었다", "다음에 또 오기로 했다"];

/// Diaries of their own words and of unequal lengths, most with one or two paragraphs that others have too.
fn texts() -> Vec<String> {
    let day = |number: usize| {
        let (place, seen, felt) = (PLACES[number % 7], SEEN[number % 5], FELT[number % 4]);
        format!("{place}에서 보낸 {number}번째 날이다. 아침 일찍 나가 {seen}을 다시 찾았고, 거기서 {felt}.")
    };
    let diary = |number: usize| {
        let mut parts: Vec<String> = (0..2 + number / 2).map(|line| day(1000 * number + 7 * line)).collect();
        parts.insert(1, PASTED[number % 3].to_owned());
        if number.is_multiple_of(4) {
            parts.push(PASTED[(number + 1) % 3].to_owned());
        }
        parts.join("\n\n")
    };
    (1..40).map(diary).collect()
}

/// Writes the texts in files of `size` lines, and a recipe that reads them.
fn recipe(folder: &Path, texts: &[String], size: usize) -> PathBuf {
    for (number, texts) in texts.chunks(size).enumerate() {
        let lines: Vec<String> = texts.iter().map(|text| serde_json::json!({"text": text}).to_string()).collect();
        std::fs::write(folder.join(format!("{number:03}.jsonl")), lines.join("\n")).unwrap();
    }
    let recipe = folder.join("recipe.toml");
    let tables = "[run]\nfolder = \"run\"\nseed = 1\n[[source]]\nname = \"diaries\"\npaths = \"*.jsonl\"\nformat = \"jsonl\"\n\
                  [dedup]\nnear = false\n[dedup.substring]\nmin_characters = 60\n";
    std::fs::write(&recipe, tables).unwrap();
    recipe
}

fn dedup(recipe: &Path, run: &Path, threads: &str) {
    for stage in ["ingest", "dedup"] {
        let output =
            malmoi().arg(stage).arg(recipe).arg("--run").arg(run).args(["--threads", threads]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The texts that are left, sorted, and what was found.
fn left(run: &Path) -> (Vec<String>, RepeatDetails) {
    let config = EngineConfig::default();
    let session = Session::open_to_read(run.to_str().unwrap(), &config, Arc::new(Silent), Cancel::default()).unwrap();
    let published = session.published(Stage::Dedup).unwrap().unwrap();
    let mut texts = Vec::new();
    for file in published.manifest.files_of(FileSet::Documents) {
        for batch in session.read_part(&published.path(file), DOCUMENTS, None).unwrap() {
            let batch = batch.unwrap();
            let column = batch.column_by_name(column::TEXT).unwrap().as_string::<i32>();
            texts.extend(column.iter().map(|text| text.unwrap().to_owned()));
        }
    }
    texts.sort();
    let Details::Dedup(details) = published.manifest.details else { panic!("not the details of dedup") };
    (texts, details.repeats.unwrap())
}

#[test]
fn threads_files_and_order_change_nothing() {
    let mut texts = texts();
    let outcome = |texts: &[String], threads: &str, size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        dedup(&recipe(folder.path(), texts, size), &run, threads);
        left(&run)
    };
    let (expected, found) = outcome(&texts, "1", 100);
    for pasted in PASTED {
        let copies = expected.iter().filter(|text| text.contains(pasted)).count();
        assert_eq!(copies, 1, "{pasted}");
        let longest =
            texts.iter().filter(|text| text.contains(pasted)).max_by_key(|text| text.chars().count()).unwrap();
        assert!(expected.iter().any(|text| text.contains(pasted) && text.len() <= longest.len()));
    }
    assert_eq!((expected.len(), found.removed), (39, 0));
    assert!(found.documents >= 36, "{found:?}");
    texts.reverse();
    assert_eq!(outcome(&texts, "2", 9), (expected.clone(), found));
    texts.rotate_left(13);
    texts.swap(3, 30);
    assert_eq!(outcome(&texts, "7", 4), (expected, found));
}

#[test]
fn a_search_killed_at_many_moments_ends_like_an_undisturbed_one() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(folder.path(), &texts(), 8);
    let (undisturbed, disturbed) = (folder.path().join("undisturbed"), folder.path().join("disturbed"));
    dedup(&recipe, &undisturbed, "2");
    let command = |stage: &str| {
        let mut command = malmoi();
        command.arg(stage).arg(&recipe).arg("--run").arg(&disturbed).args(["--threads", "2"]);
        command
    };
    assert!(command("ingest").status().unwrap().success());
    outlast_kills(|| command("dedup"));
    assert_eq!(published(&disturbed), published(&undisturbed));
}
