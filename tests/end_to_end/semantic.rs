//! Embeddings that a corpus brings along: whatever the threads, the files and their order, and however often the run is killed,
//! the same texts are left.

use crate::pipeline::{malmoi, outlast_kills, published};
use arrow::array::{Array, ArrayRef, AsArray, Float32Builder, ListBuilder, RecordBatch, StringArray};
use malmoi_engine::{Cancel, EngineConfig, Session, Silent};
use malmoi_schemas::{Details, FileSet, LEDGER, SemanticDetails, Stage, column};
use parquet::arrow::ArrowWriter;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

/// What happened, in words of which no five follow one another twice.
const TOPICS: [[&str; 3]; 4] = [
    [
        "군청은 어제 강 위에 새 다리를 열고 주민들과 함께 첫걸음을 떼었다.",
        "어제 개통식을 마친 다리로 마을 사람들이 처음 강을 건넜다고 한다.",
        "새로 놓인 다리 덕분에 이제 배를 타지 않고도 읍내로 갈 수 있다.",
    ],
    [
        "올해 사과는 봄 서리를 맞아 지난해보다 수확이 크게 줄었다.",
        "늦서리 탓에 과수원마다 열매가 적게 달려 농민들의 시름이 깊다.",
        "사과 농사가 흉년이라 도매시장의 경매 값이 껑충 뛰어올랐다.",
    ],
    [
        "도서관은 저녁에도 책을 읽으려는 직장인을 위해 밤 열 시까지 문을 연다.",
        "퇴근하고 들르는 이들이 늘자 구립 도서관이 닫는 시각을 늦추었다.",
        "이달부터 열람실은 밤늦도록 불을 끄지 않기로 하였다.",
    ],
    [
        "겨울 철새 떼가 간척지에 내려앉아 낟알을 주워 먹고 있다.",
        "갯벌을 메운 들판에 기러기가 가득하다는 소식이 들려왔다.",
        "추위를 피해 날아온 새들이 논바닥에서 먹이를 찾는다.",
    ],
];

/// What every report goes on with, for as long as it is.
const REST: &str =
    "자세한 소식은 다음 호에 사진과 함께 싣기로 하였으니 기다려 주시고, 덧붙일 말씀이 있는 분은 편지를 보내 주십시오";

const DIMENSION: usize = 32;

/// SplitMix64 (Steele, Lea and Flood 2014) as a number from -1 to 1.
fn uniform(state: &mut u64) -> f32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (((z ^ (z >> 31)) >> 40) as f32) / (1u64 << 23) as f32 - 1.0
}

struct Row {
    text: String,
    embedding: Option<Vec<f32>>,
}

/// Reports on four matters, those of one at nearly one place, and rows without a usable embedding.
fn rows() -> Vec<Row> {
    let mut state = 11;
    let mut rows = Vec::new();
    for (topic, sentences) in TOPICS.iter().enumerate() {
        let centre: Vec<f32> = (0..DIMENSION).map(|_| uniform(&mut state)).collect();
        for edition in 0..8 {
            let noise = |state: &mut u64| 0.06 * uniform(state);
            let embedding = centre.iter().map(|x| x + noise(&mut state)).collect();
            // The longest is kept: no two of a matter are equally long, for ids, which would decide then, name files.
            let rest: String = REST.chars().take(60 + edition - sentences[edition % 3].chars().count()).collect();
            let text = format!("{} {topic}{edition}면. {rest}.", sentences[edition % 3]);
            rows.push(Row { text, embedding: Some(embedding) });
        }
    }
    let mut lone = |text: &str, embedding| rows.push(Row { text: text.to_owned(), embedding });
    lone("임베딩이 없는 글은 그대로 둔다.", None);
    lone("길이가 다른 벡터를 가진 글도 남는다.", Some(vec![1.0; DIMENSION - 1]));
    lone("수가 아닌 값이 든 벡터는 세어 두기만 한다.", Some(vec![f32::NAN; DIMENSION]));
    lone("영벡터에는 방향이 없으므로 견줄 수 없다.", Some(vec![0.0; DIMENSION]));
    rows
}

fn write(path: &Path, rows: &[Row]) {
    let mut lists = ListBuilder::new(Float32Builder::new());
    for row in rows {
        lists.values().append_slice(row.embedding.as_deref().unwrap_or_default());
        lists.append(row.embedding.is_some());
    }
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.text.as_str())));
    let batch =
        RecordBatch::try_from_iter([("text", texts), ("vector", Arc::new(lists.finish()) as ArrayRef)]).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Writes the rows in files of `size`, and a recipe that reads them.
fn recipe(folder: &Path, rows: &[Row], size: usize, column: &str) -> PathBuf {
    for (number, rows) in rows.chunks(size).enumerate() {
        write(&folder.join(format!("{number:03}.parquet")), rows);
    }
    let recipe = folder.join("recipe.toml");
    let tables = format!(
        "[run]\nfolder = \"run\"\nseed = 1\n[ingest.rules]\nmin_characters = 1\n[[source]]\nname = \"news\"\npaths = \"*.parquet\"\n\
         format = \"parquet\"\nfields.embedding = \"{column}\"\n[dedup]\nnear = false\n[dedup.semantic]\n"
    );
    std::fs::write(&recipe, tables).unwrap();
    recipe
}

fn stage(stage: &str, recipe: &Path, run: &Path, threads: &str) -> Output {
    malmoi().arg(stage).arg(recipe).arg("--run").arg(run).args(["--threads", threads]).output().unwrap()
}

fn dedup(recipe: &Path, run: &Path, threads: &str) -> String {
    let outputs = ["ingest", "dedup"].map(|name| stage(name, recipe, run, threads));
    let said = outputs.map(|output| {
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    });
    said[1].clone()
}

/// What became of each text, sorted: the reason and what the survivor begins with do not depend on ids, which name files.
fn outcome(run: &Path) -> (Vec<(String, String)>, SemanticDetails) {
    let config = EngineConfig::default();
    let session = Session::open_to_read(run.to_str().unwrap(), &config, Arc::new(Silent), Cancel::default()).unwrap();
    let stages = [Stage::Ingest, Stage::Dedup].map(|stage| session.published(stage).unwrap().unwrap());
    let mut texts = std::collections::HashMap::new();
    for file in stages[0].manifest.files_of(FileSet::Documents) {
        for batch in session.read_part(&stages[0].path(file), malmoi_schemas::DOCUMENTS, None).unwrap() {
            let batch = batch.unwrap();
            let ids = batch.column_by_name(column::ID).unwrap().as_fixed_size_binary();
            let column = batch.column_by_name(column::TEXT).unwrap().as_string::<i32>();
            texts.extend((0..batch.num_rows()).map(|row| (ids.value(row).to_vec(), column.value(row).to_owned())));
        }
    }
    let mut fates = Vec::new();
    for file in stages[1].manifest.files_of(FileSet::Ledger) {
        for batch in session.read_part(&stages[1].path(file), LEDGER, None).unwrap() {
            let batch = batch.unwrap();
            let ids = batch.column_by_name(column::ID).unwrap().as_fixed_size_binary();
            let reasons = batch.column_by_name(column::REASON).unwrap().as_string::<i32>();
            let survivors = batch.column_by_name(column::SURVIVOR).unwrap().as_fixed_size_binary();
            for row in 0..batch.num_rows() {
                let reason = if reasons.is_valid(row) { reasons.value(row) } else { "kept" };
                let survivor = survivors.is_valid(row).then(|| texts[survivors.value(row)].as_str());
                fates.push((texts[ids.value(row)].clone(), format!("{reason} {}", survivor.unwrap_or_default())));
            }
        }
    }
    fates.sort();
    let Details::Dedup(details) = &stages[1].manifest.details else { panic!("not the details of dedup") };
    (fates, *details.semantic.clone().unwrap())
}

#[test]
fn threads_files_and_order_change_nothing() {
    let mut rows = rows();
    let run_over = |rows: &[Row], threads: &str, size: usize| {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        let said = dedup(&recipe(folder.path(), rows, size, "vector"), &run, threads);
        (outcome(&run), said)
    };
    let ((fates, found), said) = run_over(&rows, "1", 100);
    let kept = fates.iter().filter(|(_, fate)| fate == "kept ").count();
    assert_eq!((fates.len(), kept, found.clusters), (36, 8, 4), "{fates:#?}");
    assert!(
        fates
            .iter()
            .all(|(text, fate)| fate == "kept " || fate.starts_with("semantic-duplicate ") && !fate.contains(text))
    );
    assert_eq!((found.missing, found.other_length, found.not_finite, found.zero), (1, 1, 1, 1));
    let line = "4 clusters by embeddings of 32 numbers; 4 documents without a usable one (missing 1, of another length 1, not finite 1, all zeros 1)";
    assert!(said.contains(line), "{said}");
    rows.reverse();
    assert_eq!(run_over(&rows, "2", 9).0, (fates.clone(), found));
    rows.rotate_left(13);
    rows.swap(3, 30);
    assert_eq!(run_over(&rows, "7", 4).0, (fates, found));
}

#[test]
fn a_search_killed_at_many_moments_ends_like_an_undisturbed_one() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = recipe(folder.path(), &rows(), 8, "vector");
    let (undisturbed, disturbed) = (folder.path().join("undisturbed"), folder.path().join("disturbed"));
    dedup(&recipe, &undisturbed, "2");
    assert!(stage("ingest", &recipe, &disturbed, "2").status.success());
    outlast_kills(|| {
        let mut command = malmoi();
        command.arg("dedup").arg(&recipe).arg("--run").arg(&disturbed).args(["--threads", "2"]);
        command
    });
    assert_eq!(published(&disturbed), published(&undisturbed));
}

#[test]
fn a_column_that_holds_no_vectors_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (column, found) in [("text", "found BYTE_ARRAY (String)"), ("vektor", "found no such column")] {
        let recipe = recipe(folder.path(), &rows(), 100, column);
        let output = stage("ingest", &recipe, &folder.path().join("run"), "1");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{said}");
        for part in
            ["000.parquet", &format!("column `{column}` of `fields.embedding`"), "expected a list of 32-bit", found]
        {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}
