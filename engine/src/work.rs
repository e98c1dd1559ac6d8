use crate::session::THREAD_STACK;
use crate::sweep::Leftovers;
use crate::{
    EngineError, Event, Published, Resources, Session, StageRequest, Unit, UnitOutput, UnitReport, sweep, unit,
};
use malmoi_schemas::{ByteSize, FileEntry};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A round of map work inside a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Phase {
    /// The name, unique in the stage and fit for a file name.
    pub name: &'static str,
    /// Upper bound on the memory that one running unit holds: fewer workers run where the limit asks for it.
    pub unit_memory: ByteSize,
    /// Input of the whole phase in bytes, if known, for progress.
    pub total_bytes: Option<u64>,
}

/// A stage whose version is not published yet.
pub struct StageWork<'a> {
    pub(crate) session: &'a Session,
    pub(crate) request: StageRequest,
    pub(crate) version: String,
    pub(crate) folder: String,
    pub(crate) resources: Resources,
    pub(crate) input_bytes: AtomicU64,
    pub(crate) resumed: bool,
    /// Reports of units that earlier processes finished, by phase and unit.
    finished: BTreeMap<(String, String), UnitReport>,
}

impl<'a> StageWork<'a> {
    pub(crate) fn open(
        session: &'a Session,
        request: StageRequest,
        version: String,
        leftovers: Leftovers,
    ) -> Result<Self, EngineError> {
        let folder = format!("{}/{version}", request.stage);
        let finished = sweep::before_working(session, &folder, leftovers)?;
        session.emit(Event::StageStarted { stage: request.stage, version: &version, finished_units: finished.len() });
        Ok(Self {
            session,
            request,
            version,
            folder,
            resources: Resources::start(),
            input_bytes: AtomicU64::new(0),
            resumed: !finished.is_empty(),
            finished,
        })
    }

    /// Reads the published input of the stage back before it is worked on: see [`Session::verify`].
    pub fn check_input(&self, input: &Published) -> Result<(), EngineError> {
        self.session.verify(input)
    }

    /// The session the stage runs in.
    pub fn session(&self) -> &'a Session {
        self.session
    }

    /// The version's folder inside the run.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The path inside the run of a file that this version wrote.
    pub fn path(&self, file: &FileEntry) -> String {
        format!("{}/{}", self.folder, file.path)
    }

    /// Runs every unit that no earlier process finished, and returns the reports of all, sorted by unit.
    ///
    /// Units are taken from the iterator one at a time under a lock, by the worker that will run them: an iterator that
    /// reads input holds one unit per worker in memory and no queue. The first error stops the phase; what was finished stays.
    pub fn map<U: Unit>(
        &self,
        phase: Phase,
        units: impl Iterator<Item = Result<U, U::Error>> + Send,
    ) -> Result<Vec<UnitReport>, U::Error> {
        let stage = self.request.stage;
        self.session.emit(Event::PhaseStarted { stage, phase: phase.name, total_bytes: phase.total_bytes });
        let queue = Mutex::new(units.fuse());
        let outcome = Mutex::new(Ok(Vec::new()));
        let stop = AtomicBool::new(false);
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let next = lock(&queue).next();
                let Some(unit) = next else { break };
                let report = self.session.cancel().check().map_err(U::Error::from).and(unit);
                let report = report.and_then(|unit| self.run_or_reuse(phase.name, unit));
                match (report, &mut *lock(&outcome)) {
                    (Ok(report), Ok(reports)) => reports.push(report),
                    (Err(error), outcome) => {
                        stop.store(true, Ordering::Relaxed);
                        if outcome.is_ok() {
                            *outcome = Err(error);
                        }
                    }
                    (Ok(_), Err(_)) => {}
                }
            }
        };
        self.on_workers(phase.unit_memory, &work)?;
        let mut reports: Vec<UnitReport> = outcome.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())?;
        reports.sort_by(|a, b| a.unit.cmp(&b.unit));
        self.session.emit(Event::PhaseFinished { stage, phase: phase.name });
        Ok(reports)
    }

    /// Runs one piece of work that is not split, such as a plan, unless an earlier process finished it.
    pub fn once<E: std::error::Error + From<EngineError> + Send>(
        &self,
        phase: Phase,
        work: impl FnOnce(&mut UnitOutput<'_>) -> Result<(), E> + Send,
    ) -> Result<UnitReport, E> {
        let stage = self.request.stage;
        self.session.emit(Event::PhaseStarted { stage, phase: phase.name, total_bytes: phase.total_bytes });
        self.session.cancel().check()?;
        let report = self.run_or_reuse(phase.name, Whole { work, error: std::marker::PhantomData })?;
        self.session.emit(Event::PhaseFinished { stage, phase: phase.name });
        Ok(report)
    }

    /// Runs `work` on as many threads as the memory limit lets units run at once, at least one.
    fn on_workers(&self, unit_memory: ByteSize, work: &(dyn Fn() + Sync)) -> Result<(), EngineError> {
        let fitting = self.session.memory().0 / unit_memory.0.max(1);
        let workers = self.session.threads().min(usize::try_from(fitting).unwrap_or(usize::MAX)).max(1);
        std::thread::scope(|scope| {
            for number in 0..workers {
                std::thread::Builder::new()
                    .name(format!("unit-{number}"))
                    .stack_size(THREAD_STACK)
                    .spawn_scoped(scope, work)
                    .map_err(EngineError::Threads)?;
            }
            Ok(())
        })
    }

    fn run_or_reuse<U: Unit>(&self, phase: &'static str, unit: U) -> Result<UnitReport, U::Error> {
        let (name, bytes) = (unit.name(), unit.input_bytes());
        let known = self.finished.get(&(phase.to_owned(), name)).cloned();
        let reused = known.is_some();
        let report = match known {
            Some(report) => report,
            None => self.run_unit(phase, bytes, unit)?,
        };
        let records = report.records();
        self.session.emit(Event::UnitFinished { stage: self.request.stage, phase, bytes, records, reused });
        Ok(report)
    }

    fn run_unit<U: Unit>(&self, phase: &'static str, bytes: u64, unit: U) -> Result<UnitReport, U::Error> {
        let report = unit::run(self.session, &self.folder, phase, unit)?;
        self.input_bytes.fetch_add(bytes, Ordering::Relaxed);
        Ok(report)
    }
}

/// Name of the only unit of a phase that is not split.
pub(crate) const WHOLE: &str = "all";

/// A closure as the only unit of its phase.
struct Whole<F, E> {
    work: F,
    error: std::marker::PhantomData<fn() -> E>,
}

impl<F, E> Unit for Whole<F, E>
where
    F: FnOnce(&mut UnitOutput<'_>) -> Result<(), E> + Send,
    E: std::error::Error + From<EngineError> + Send,
{
    type Error = E;

    fn name(&self) -> String {
        WHOLE.to_owned()
    }

    fn input_bytes(&self) -> u64 {
        0
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), E> {
        (self.work)(output)
    }
}

/// Locks a mutex whose data stays whole when a worker panics: the panic itself goes on when the scope ends.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
