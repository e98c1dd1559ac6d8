//! Units and plans on Ballista, in its in-process standalone mode.
//!
//! The same units and the same plans as embedded: a plan is built from another `SessionContext`, and a unit travels as a
//! descriptor (a line of JSON that its stage understands) through the scalar function [`UNIT_FUNCTION`], which executors
//! know by name. Ballista's scheduler hands out the tasks and repeats those that fail; a unit writes the same bytes
//! under the same name whenever it runs, so a repeated one does no harm.

use crate::session::THREAD_STACK;
use crate::{EngineError, Session, Unit, UnitReport, unit};
use arrow::array::{ArrayRef, AsArray, StringArray};
use arrow::datatypes::DataType;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use datafusion::common::cast::as_string_array;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{FunctionRegistry, SessionStateBuilder};
use datafusion::logical_expr::{
    ColumnarValue, LogicalPlanBuilder, Partitioning, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext, ident, lit};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The name by which executors know how to run a unit.
pub const UNIT_FUNCTION: &str = "malmoi_unit";

/// Runs the unit that a descriptor describes and returns its report as JSON: see [`run_unit`].
pub type RunUnit = Arc<dyn Fn(&str) -> std::result::Result<String, String> + Send + Sync>;

/// Starts a scheduler and one executor of `session`'s threads in this process, and returns a context whose plans run there.
///
/// `run_unit` is what [`map`] runs. `functions` are those that plans call by name.
pub fn standalone(
    session: &Session,
    run_unit: RunUnit,
    functions: Vec<Arc<ScalarUDF>>,
) -> Result<SessionContext, EngineError> {
    // Adaptive planning off: with it, a job hangs when an executor dies.
    let config = SessionConfig::new_with_ballista()
        .with_target_partitions(session.threads())
        .with_ballista_standalone_parallelism(session.threads())
        .with_ballista_adaptive_query_planner(false);
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(RuntimeEnvBuilder::new().build_arc()?)
        .with_default_features()
        .build();
    let unit = ScalarUDF::from(UnitFunction {
        run_unit,
        signature: Signature::exact(vec![DataType::Utf8], Volatility::Volatile),
    });
    let functions: Vec<Arc<ScalarUDF>> = functions.into_iter().chain([Arc::new(unit)]).collect();
    for function in &functions {
        state.register_udf(Arc::clone(function))?;
    }
    let context = session.block_on(SessionContext::standalone_with_state(state))?;
    // Scheduler and executor know them from the state; the context that plans are built from was made anew.
    for function in functions {
        context.register_udf(ScalarUDF::clone(&function));
    }
    if session.store().local_root().is_none() {
        context.register_object_store(session.store().url(), session.store().objects());
    }
    Ok(context)
}

/// Runs units as tasks, one for each descriptor but for chance meetings, and returns their reports sorted by unit.
pub fn map(
    session: &Session,
    context: &SessionContext,
    descriptors: &[String],
) -> Result<Vec<UnitReport>, EngineError> {
    const DESCRIPTOR: &str = "descriptor";
    if descriptors.is_empty() {
        return Ok(Vec::new());
    }
    let rows = descriptors.iter().map(|descriptor| vec![lit(descriptor.as_str())]).collect();
    let table = LogicalPlanBuilder::values(rows)?.project(vec![ident("column1").alias(DESCRIPTOR)])?;
    // By hash: Ballista makes tasks of nothing else.
    let tasks = Partitioning::Hash(vec![ident(DESCRIPTOR)], descriptors.len());
    let table = DataFrame::new(context.state(), table.repartition(tasks)?.build()?);
    let unit = context.udf(UNIT_FUNCTION)?;
    let reports = table.select(vec![unit.call(vec![ident(DESCRIPTOR)]).alias("report")])?;
    let mut found: Vec<UnitReport> = Vec::with_capacity(descriptors.len());
    for batch in session.block_on(reports.collect())? {
        let texts = arrow::compute::cast(batch.column(0), &DataType::Utf8).map_err(DataFusionError::from)?;
        for text in texts.as_string::<i32>().iter().flatten() {
            found.push(serde_json::from_str(text).map_err(|e| DataFusionError::External(Box::new(e)))?);
        }
    }
    found.sort_by(|a: &UnitReport, b| a.unit.cmp(&b.unit));
    Ok(found)
}

/// Runs one unit into a version's folder, stores its report as an embedded run would, and returns it as JSON.
pub fn run_unit<U: Unit>(
    session: &Session,
    folder: &str,
    phase: &'static str,
    unit: U,
) -> std::result::Result<String, U::Error> {
    let report = unit::run(session, folder, phase, unit)?;
    Ok(serde_json::to_string(&report).map_err(EngineError::not_json(folder))?)
}

struct UnitFunction {
    run_unit: RunUnit,
    signature: Signature,
}

impl UnitFunction {
    /// Units block on stores, which the asynchronous thread that evaluates a plan must not: each runs on a thread of its own.
    fn on_a_thread(&self, descriptor: &str) -> Result<String> {
        let failed = |what: String| DataFusionError::Execution(format!("unit {descriptor}: {what}"));
        std::thread::scope(|scope| {
            let work = || (self.run_unit)(descriptor);
            let thread = std::thread::Builder::new().name("unit".to_owned()).stack_size(THREAD_STACK);
            let running = thread.spawn_scoped(scope, work).map_err(|e| failed(e.to_string()))?;
            running.join().map_err(|_| failed("panicked".to_owned()))?.map_err(failed)
        })
    }
}

impl ScalarUDFImpl for UnitFunction {
    fn name(&self) -> &str {
        UNIT_FUNCTION
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let descriptors = as_string_array(&arrays[0])?;
        let reports = descriptors.iter().map(|descriptor| descriptor.map(|d| self.on_a_thread(d)).transpose());
        Ok(ColumnarValue::Array(Arc::new(reports.collect::<Result<StringArray>>()?) as ArrayRef))
    }
}

impl fmt::Debug for UnitFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(UNIT_FUNCTION)
    }
}

impl PartialEq for UnitFunction {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.run_unit, &other.run_unit)
    }
}

impl Eq for UnitFunction {}

impl Hash for UnitFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        UNIT_FUNCTION.hash(state);
    }
}
