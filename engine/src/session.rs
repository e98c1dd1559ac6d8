use crate::config::processors;
use crate::sweep::Leftovers;
use crate::work::StageWork;
use crate::{
    Access, Bucket, Cancel, EngineConfig, EngineError, Event, EventSink, PartReader, RowGroup, Store, Timing, commit,
    sweep,
};
use bytes::Bytes;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use malmoi_schemas::{ByteSize, Digest, FileEntry, FormatId, Manifest, Stage};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::sync::Arc;

/// Stack of worker and plan threads. Deeply nested input and plans need more than the default; untouched pages cost nothing.
pub(crate) const THREAD_STACK: usize = 16 << 20;

/// Part of the memory limit that plans may hold before they spill. The rest is for decoding, writing and what the pool cannot see.
const PLAN_SHARE_PERCENT: u64 = 50;

/// Where one run's work happens: its folder, its threads, its memory, and who is told.
pub struct Session {
    store: Store,
    threads: usize,
    memory: ByteSize,
    spill: Option<std::path::PathBuf>,
    events: Arc<dyn EventSink>,
    cancel: Cancel,
    may_write: bool,
    /// Held as long as the session lives, so that two processes never write one local run folder.
    _lock: Option<File>,
    runtime: tokio::runtime::Runtime,
}

/// What DataFusion sets aside by default for each merge of spilled sorts.
const SORT_RESERVATION: usize = 10 << 20;

/// What a stage is made from; together these name its version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageRequest {
    /// The stage.
    pub stage: Stage,
    /// Raised by one whenever the stage's code changes what it writes for the same recipe and input.
    pub revision: u32,
    /// Digest of the stage's part of the recipe.
    pub recipe: Digest,
    /// Digest of the input.
    pub inputs: Digest,
}

impl StageRequest {
    /// The name of the version's folder.
    pub fn version(&self) -> String {
        let key = format!("{} {} {} {}", self.stage, self.revision, self.recipe, self.inputs);
        Digest::of(key.as_bytes()).short()
    }
}

/// What [`Session::begin`] found.
pub enum Begin<'a> {
    /// The same stage of the same recipe and inputs stands published: nothing to do.
    Finished(Box<Published>),
    /// There is work, or the rest of it.
    Work(StageWork<'a>),
}

/// A published version of a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// What was published.
    pub manifest: Manifest,
}

impl Published {
    /// The version's folder inside the run.
    pub fn folder(&self) -> String {
        format!("{}/{}", self.manifest.stage, self.manifest.version)
    }

    /// The digest by which the next stage names this one as its input.
    pub fn digest(&self) -> Result<Digest, EngineError> {
        let path = format!("{}/manifest.json", self.folder());
        self.manifest.digest().map_err(|source| EngineError::Manifest { path, source })
    }

    /// The path of one of its files inside the run.
    pub fn path(&self, file: &FileEntry) -> String {
        format!("{}/{}", self.folder(), file.path)
    }
}

/// What stands of a version.
enum Standing {
    Nothing,
    Whole(Box<Published>),
    /// The path of what is missing or cannot be read.
    Damaged(String),
}

/// `RUN/<stage>/current.json`.
#[derive(Serialize, Deserialize)]
struct Current {
    version: String,
}

impl Session {
    /// Opens a run folder (path, `file://` or `s3://`) to work in, and locks it if it is local.
    pub fn open(
        run: &str,
        config: &EngineConfig,
        events: Arc<dyn EventSink>,
        cancel: Cancel,
    ) -> Result<Self, EngineError> {
        let mut session = Self::open_for(Access::Write, run, config, events, cancel)?;
        session._lock = session.lock(run)?;
        Ok(session)
    }

    /// Opens a run folder to look at, without creating or locking it: a run in progress can be looked at.
    pub fn open_to_read(
        run: &str,
        config: &EngineConfig,
        events: Arc<dyn EventSink>,
        cancel: Cancel,
    ) -> Result<Self, EngineError> {
        Self::open_for(Access::Read, run, config, events, cancel)
    }

    fn open_for(
        access: Access,
        run: &str,
        config: &EngineConfig,
        events: Arc<dyn EventSink>,
        cancel: Cancel,
    ) -> Result<Self, EngineError> {
        let threads = config.worker_threads();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads.min(processors()))
            .thread_stack_size(THREAD_STACK)
            .enable_all()
            .build()
            .map_err(EngineError::Threads)?;
        let store = Store::open(run, access, runtime.handle().clone())?;
        Ok(Self {
            store,
            threads,
            memory: config.memory.get(),
            spill: config.spill.clone(),
            events,
            cancel,
            may_write: access == Access::Write,
            _lock: None,
            runtime,
        })
    }

    fn lock(&self, run: &str) -> Result<Option<File>, EngineError> {
        let Some(root) = self.store.local_root() else { return Ok(None) };
        let path = root.join(".lock");
        let failed = |source| EngineError::Io { action: "lock", path: path.display().to_string(), source };
        let file = File::create(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Err(EngineError::Busy { run: run.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Worker threads.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// The memory limit of units and plans together.
    pub fn memory(&self) -> ByteSize {
        self.memory
    }

    /// The run folder.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The folder for data that does not fit the memory limit.
    pub fn spill_folder(&self) -> std::path::PathBuf {
        self.spill.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// Opens an S3 bucket with input.
    pub fn bucket(&self, name: &str) -> Result<Bucket, EngineError> {
        Bucket::open(name, self.runtime.handle().clone())
    }

    /// Tells an event to whoever listens.
    pub fn emit(&self, event: Event<'_>) {
        self.events.emit(event);
    }

    /// The flag that asks for a stop.
    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Runs a future of a plan to its end on the session's threads.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// A DataFusion context whose plans keep to the memory limit and spill into the spill folder.
    pub fn context(&self) -> Result<SessionContext, EngineError> {
        let pool = usize::try_from(self.memory.0 / 100 * PLAN_SHARE_PERCENT).unwrap_or(usize::MAX);
        // More data takes more disk: what bounds spilling is the disk, not DataFusion's default of 100 GB.
        let mut runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(pool)))
            .with_max_temp_directory_size(u64::MAX);
        if let Some(spill) = &self.spill {
            std::fs::create_dir_all(spill).map_err(|source| EngineError::Io {
                action: "create",
                path: spill.display().to_string(),
                source,
            })?;
            runtime = runtime.with_temp_file_path(spill);
        }
        // A sort asks for this much before it merges what it spilled; in a small pool the default of 10 MB is not to be had.
        let partitions = self.threads.min(processors());
        let reservation = (pool / (8 * partitions)).min(SORT_RESERVATION);
        let config =
            SessionConfig::new().with_target_partitions(partitions).with_sort_spill_reservation_bytes(reservation);
        let context = SessionContext::new_with_config_rt(config, runtime.build_arc()?);
        if self.store.local_root().is_none() {
            context.register_object_store(self.store.url(), self.store.objects());
        }
        Ok(context)
    }

    /// Reads a part, all columns or some. The file must be of `format`.
    pub fn read_part(&self, path: &str, format: FormatId, columns: Option<&[&str]>) -> Result<PartReader, EngineError> {
        PartReader::open(&self.store, path, Some(format), columns, None)
    }

    /// Reads some row groups of a stage's own scratch part, whose format nobody else knows.
    pub fn read_scratch(
        &self,
        path: &str,
        columns: Option<&[&str]>,
        row_groups: Option<Vec<usize>>,
    ) -> Result<PartReader, EngineError> {
        PartReader::open(&self.store, path, None, columns, row_groups)
    }

    /// Reads some row groups of a part, all columns or some. The file must be of `format`.
    pub fn read_row_groups(
        &self,
        path: &str,
        format: FormatId,
        columns: Option<&[&str]>,
        row_groups: Vec<usize>,
    ) -> Result<PartReader, EngineError> {
        PartReader::open(&self.store, path, Some(format), columns, Some(row_groups))
    }

    /// The row groups of a part without nested columns, from its footer, with the values of `column`, a column of 64-bit
    /// numbers.
    pub fn row_groups(&self, path: &str, column: Option<&str>) -> Result<Vec<RowGroup>, EngineError> {
        PartReader::row_groups(&self.store, path, column)
    }

    /// Begins a stage: finds it published, or finds what an earlier process left of it, sweeping what does not count.
    pub fn begin(&self, request: &StageRequest) -> Result<Begin<'_>, EngineError> {
        self.begin_with(request, Leftovers::Sweep)
    }

    /// The same for a stage that keeps state of its own in its folder while it works, such as checkpoints: what a killed
    /// process left is not swept.
    pub fn begin_keeping_state(&self, request: &StageRequest) -> Result<Begin<'_>, EngineError> {
        self.begin_with(request, Leftovers::Keep)
    }

    fn begin_with(&self, request: &StageRequest, leftovers: Leftovers) -> Result<Begin<'_>, EngineError> {
        let version = request.version();
        match self.standing(request.stage, &version)? {
            Standing::Whole(published) => {
                sweep::after_publishing(&self.store, &published)?;
                self.point_to(request.stage, &version)?;
                let counts = &published.manifest.counts;
                self.emit(Event::StageSkipped { stage: request.stage, version: &version, counts });
                return Ok(Begin::Finished(published));
            }
            Standing::Damaged(path) => {
                self.emit(Event::StageDamaged { stage: request.stage, path: &path });
                self.store.delete(&format!("{}/{version}/manifest.json", request.stage))?;
            }
            Standing::Nothing => {}
        }
        StageWork::open(self, *request, version, leftovers).map(Begin::Work)
    }

    /// Looks whether a version is published, its manifest readable and each of its files there in full size.
    fn standing(&self, stage: Stage, version: &str) -> Result<Standing, EngineError> {
        match self.manifest_of(stage, version) {
            Ok(None) => Ok(Standing::Nothing),
            Ok(Some(published)) => Ok(match sweep::first_missing(&self.store, &published)? {
                None => Standing::Whole(Box::new(published)),
                Some(path) => Standing::Damaged(path),
            }),
            Err(EngineError::Manifest { path, .. }) => Ok(Standing::Damaged(path)),
            Err(error) => Err(error),
        }
    }

    /// Reads every file of a published version back and compares it with its manifest.
    ///
    /// # Errors
    ///
    /// [`EngineError::Damaged`] for the first file that differs. The manifest is then withdrawn if the session may write,
    /// so that the same command makes the version again.
    pub fn verify(&self, published: &Published) -> Result<(), EngineError> {
        let checked = commit::check_published(self, published);
        if matches!(checked, Err(EngineError::Damaged { .. })) && self.may_write {
            self.store.delete(&format!("{}/manifest.json", published.folder()))?;
        }
        checked
    }

    /// The version of a stage that stands published, if any.
    pub fn published(&self, stage: Stage) -> Result<Option<Published>, EngineError> {
        let path = format!("{stage}/current.json");
        let Some(bytes) = self.store.get_if_exists(&path)? else { return Ok(None) };
        let current: Current = serde_json::from_slice(&bytes).map_err(EngineError::not_json(&path))?;
        self.manifest_of(stage, &current.version)
    }

    /// What the published version of a stage cost, if that was recorded and can be read.
    pub fn timing(&self, published: &Published) -> Result<Option<Timing>, EngineError> {
        let bytes = self.store.get_if_exists(&format!("{}/timing.json", published.folder()))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    fn manifest_of(&self, stage: Stage, version: &str) -> Result<Option<Published>, EngineError> {
        let path = format!("{stage}/{version}/manifest.json");
        let Some(bytes) = self.store.get_if_exists(&path)? else { return Ok(None) };
        let manifest = Manifest::from_json(&bytes).map_err(|source| EngineError::Manifest { path, source })?;
        Ok(Some(Published { manifest }))
    }

    /// Makes a published version the current one.
    pub(crate) fn point_to(&self, stage: Stage, version: &str) -> Result<(), EngineError> {
        let path = format!("{stage}/current.json");
        let current = Current { version: version.to_owned() };
        let bytes = serde_json::to_vec(&current).map_err(EngineError::not_json(&path))?;
        if self.store.get_if_exists(&path)?.is_some_and(|present| present == bytes) {
            return Ok(());
        }
        self.store.put(&path, Bytes::from(bytes))?;
        self.store.sync(&path)
    }
}
