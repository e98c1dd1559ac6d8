//! Promises that other circumstances must not break.

use super::check_clusters;
use super::corpus::{
    Document, Fates, Numbers, altered, dedup, document, fates, prose, publish, session, session_with, try_dedup,
};
use crate::{DedupConfig, DedupError};
use malmoi_engine::{Cancel, EngineError, Event, EventSink};
use malmoi_schemas::Manifest;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Documents of which most have exact or near copies in both sources.
fn documents() -> Vec<Document> {
    let mut numbers = Numbers(11);
    let mut documents = Vec::new();
    for group in 0..40 {
        let length = 20 + numbers.below(150);
        let page = prose(&mut numbers, length);
        for copy in 0..1 + group % 5 {
            let source = ["web", "dictionary"][numbers.below(2)];
            let changes = [0, 0, 1, 3][numbers.below(4)];
            let text = altered(&mut numbers, &page, changes).join([" ", "  "][numbers.below(2)]);
            documents.push(document(source, group * 10 + copy, text));
        }
    }
    documents
}

fn split(documents: &[Document], parts: usize) -> Vec<Vec<Document>> {
    documents.chunks(documents.len().div_ceil(parts)).map(<[Document]>::to_vec).collect()
}

fn manifest_with(folder: &Path, threads: usize) -> Manifest {
    let session = session(folder, threads);
    try_dedup(&session, &split(&documents(), 5), &DedupConfig::default()).unwrap().manifest
}

/// The manifest holds the digest of every file: equal manifests are equal bytes.
#[test]
fn the_number_of_threads_changes_nothing() {
    let folders = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let [one, two, seven] = [1, 2, 7].map(|threads| manifest_with(folders[threads / 3].path(), threads));
    assert!(one.counts.removed_total() > 20, "{:?}", one.counts);
    assert_eq!(one, two);
    assert_eq!(one, seven);
}

/// Another order and another split change which part a document is in, and nothing else.
#[test]
fn order_and_split_change_nothing() {
    let outcome = |documents: &[Document], parts: usize| -> Fates {
        let folder = tempfile::tempdir().unwrap();
        let (_, fates) = dedup(folder.path(), &split(documents, parts), &DedupConfig::default());
        check_clusters(&fates);
        fates
    };
    let mut documents = documents();
    let expected = outcome(&documents, 1);
    documents.reverse();
    assert_eq!(outcome(&documents, 4), expected);
    documents.sort_by(|a, b| a.text.cmp(&b.text));
    assert_eq!(outcome(&documents, 9), expected);
}

#[test]
fn finished_work_is_not_repeated_and_other_settings_are_other_work() {
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 2);
    let parts = split(&documents(), 2);
    let first = try_dedup(&session, &parts, &DedupConfig::default()).unwrap();
    assert_eq!(try_dedup(&session, &parts, &DedupConfig::default()).unwrap(), first);
    let other = try_dedup(&session, &parts, &DedupConfig { seed: 2, ..DedupConfig::default() }).unwrap();
    assert_ne!(other.manifest.version, first.manifest.version);
    let ingest = publish(&session, &parts);
    let turned = crate::run(
        &session,
        &ingest,
        &["web".to_owned(), "dictionary".to_owned()],
        &DedupConfig::default(),
        Path::new("."),
    );
    assert_ne!(turned.unwrap().manifest.version, first.manifest.version);
}

/// Asks for a stop when the `at`th unit has finished.
struct StopAfter {
    at: usize,
    seen: AtomicUsize,
    reused: AtomicUsize,
    cancel: Cancel,
}

impl EventSink for StopAfter {
    fn emit(&self, event: Event<'_>) {
        if let Event::UnitFinished { reused, .. } = event {
            self.reused.fetch_add(usize::from(reused), Ordering::Relaxed);
            if self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.at {
                self.cancel.cancel();
            }
        }
    }
}

/// Stopped after every unit of every phase in turn and started again: the same manifest, and finished units are reused.
#[test]
fn a_stopped_run_goes_on_to_the_same_result() {
    let stops = stopped_everywhere(&split(&documents(), 5), DedupConfig::default());
    assert!(stops >= 6, "the run was stopped only {stops} times");
}

/// Stops runs at every third unit, each time in another version, and checks that they go on to the same result. Gives how
/// often that was.
pub(super) fn stopped_everywhere(parts: &[Vec<Document>], mut config: DedupConfig) -> usize {
    let folder = tempfile::tempdir().unwrap();
    drop(publish(&session(folder.path(), 2), parts));
    let mut stops = 0;
    for at in (1..).step_by(3) {
        // Another seed is another version: every attempt but the last resumes one that stopped.
        config.seed = 100 + at as u64;
        let cancel = Cancel::default();
        let (seen, reused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let sink = Arc::new(StopAfter { at, seen, reused, cancel: cancel.clone() });
        let stopped =
            try_dedup(&session_with(folder.path(), 2, Arc::clone(&sink) as Arc<dyn EventSink>, cancel), parts, &config);
        if stopped.is_ok() {
            break;
        }
        assert!(matches!(stopped, Err(DedupError::Engine(EngineError::Interrupted))), "{stopped:?}");
        stops += 1;
        let sink = Arc::new(StopAfter {
            at: usize::MAX,
            seen: AtomicUsize::new(0),
            reused: AtomicUsize::new(0),
            cancel: Cancel::default(),
        });
        let session = session_with(folder.path(), 2, Arc::clone(&sink) as Arc<dyn EventSink>, Cancel::default());
        let resumed = try_dedup(&session, parts, &config).unwrap();
        assert!(sink.reused.load(Ordering::Relaxed) >= at);
        drop(session);
        let fresh = tempfile::tempdir().unwrap();
        let straight = try_dedup(&self::session(fresh.path(), 1), parts, &config).unwrap();
        assert_eq!(resumed.manifest, straight.manifest);
    }
    stops
}

/// Peers pass a shard on undeduplicated when one of their intermediate files is missing. Here each that a stopped run left is
/// taken away in turn: its unit is done again, and the result is the same.
#[test]
fn an_intermediate_file_that_vanished_is_made_again() {
    let parts = split(&documents(), 3);
    let fresh = tempfile::tempdir().unwrap();
    let mut vanished = 0;
    for stop in [4, 9, 13, 16] {
        let folder = tempfile::tempdir().unwrap();
        drop(publish(&session(folder.path(), 2), &parts));
        let cancel = Cancel::default();
        let (seen, reused) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let sink = Arc::new(StopAfter { at: stop, seen, reused, cancel: cancel.clone() });
        let stopped = try_dedup(&session_with(folder.path(), 2, sink, cancel), &parts, &DedupConfig::default());
        assert!(stopped.is_err());
        let version = std::fs::read_dir(folder.path().join("dedup")).unwrap().next().unwrap().unwrap().path();
        let scratch: Vec<_> =
            std::fs::read_dir(version.join("scratch")).unwrap().map(|file| file.unwrap().path()).collect();
        for file in scratch.iter().step_by(2) {
            std::fs::remove_file(file).unwrap();
            vanished += 1;
        }
        let resumed = try_dedup(&session(folder.path(), 2), &parts, &DedupConfig::default()).unwrap();
        let straight = try_dedup(&session(fresh.path(), 1), &parts, &DedupConfig::default()).unwrap();
        assert_eq!(resumed.manifest, straight.manifest);
    }
    assert!(vanished > 15, "{vanished}");
}

#[test]
fn spilling_changes_nothing() {
    let mut numbers = Numbers(12);
    let documents: Vec<Document> = (0..6000)
        .map(|n| {
            let page = prose(&mut Numbers(n / 2), 12);
            let changes = numbers.below(2);
            document("web", n, altered(&mut numbers, &page, changes).join(" "))
        })
        .collect();
    let parts = split(&documents, 3);
    let outcome = |memory: u64| {
        let folder = tempfile::tempdir().unwrap();
        let config = malmoi_engine::EngineConfig {
            threads: 2.try_into().ok(),
            memory: malmoi_schemas::ByteSize(memory).try_into().unwrap(),
            spill: Some(folder.path().join("spill")),
        };
        let run = folder.path().join("run");
        let session = malmoi_engine::Session::open(
            run.to_str().unwrap(),
            &config,
            Arc::new(malmoi_engine::Silent),
            Cancel::default(),
        );
        let session = session.unwrap();
        let published = try_dedup(&session, &parts, &DedupConfig::default()).unwrap();
        check_clusters(&fates(&session, &published));
        published.manifest
    };
    assert_eq!(outcome(64 << 20), outcome(1 << 30));
}

/// The group-by over bands in a pool too small for its groups: it spills and finds the same edges.
#[test]
fn the_plan_of_edges_spills() {
    use crate::{plan, scratch};
    use arrow::array::{AsArray, RecordBatch, UInt64Array};
    use arrow::datatypes::UInt64Type;
    use datafusion::execution::memory_pool::FairSpillPool;
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use datafusion::physical_plan::{ExecutionPlan, collect};
    use datafusion::prelude::{SessionConfig, SessionContext};

    fn spills(plan: &Arc<dyn ExecutionPlan>) -> usize {
        let own = plan.metrics().and_then(|metrics| metrics.spill_count()).unwrap_or(0);
        own + plan.children().into_iter().map(spills).sum::<usize>()
    }
    const ROWS: u64 = 400_000;
    let folder = tempfile::tempdir().unwrap();
    let session = session(folder.path(), 2);
    let mut output = malmoi_engine::UnitOutput::new(&session, "test", "bands", "all".to_owned());
    let mut writer = output.create(malmoi_schemas::FileSet::Scratch, scratch::bands()).unwrap();
    // Each band hash twice, far apart.
    let bands = UInt64Array::from_iter_values((0..ROWS).map(|n| crate::shingle::mix(n % (ROWS / 2))));
    let keys = UInt64Array::from_iter_values(0..ROWS);
    writer.write(&RecordBatch::try_new(scratch::bands(), vec![Arc::new(bands), Arc::new(keys)]).unwrap()).unwrap();
    output.finish(writer).unwrap();
    let url = session.store().url_of("test/scratch/bands-all.parquet");

    let pool = Arc::new(FairSpillPool::new(24 << 20));
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc().unwrap();
    let context = SessionContext::new_with_config_rt(SessionConfig::new().with_target_partitions(2), runtime);
    let batches = session.block_on(async {
        let plan = plan::edges(context.clone(), vec![url], 0).await.unwrap().create_physical_plan().await.unwrap();
        let batches = collect(Arc::clone(&plan), context.task_ctx()).await.unwrap();
        assert!(spills(&plan) > 0, "the pool was large enough: the test shows nothing");
        batches
    });
    let mut edges = 0;
    for batch in batches {
        let [least, key] = [0, 1].map(|column| batch.column(column).as_primitive::<UInt64Type>());
        assert!(least.values().iter().zip(key.values()).all(|(least, key)| least + ROWS / 2 == *key));
        edges += batch.num_rows() as u64;
    }
    assert_eq!(edges, ROWS / 2);
}
