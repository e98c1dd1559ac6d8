//! Where work runs: units and plans, object stores, and the stage commit.
//!
//! A stage crate asks a [`Session`] to [`Session::begin`] its stage, hands its map work to
//! [`StageWork::map`] as [`Unit`]s and its relational work to a DataFusion context, and ends with
//! [`StageWork::commit`]. Everything that DESIGN promises of a stage (conservation, all or nothing,
//! determinism, bounded memory) is kept here or checked here.

mod bucket;
mod cancel;
#[cfg(feature = "cluster")]
pub mod cluster;
mod commit;
mod config;
mod error;
mod events;
mod forecast;
mod parts;
mod resources;
mod session;
mod store;
mod sweep;
mod unit;
mod work;

pub use bucket::{Bucket, ObjectSummary};
pub use cancel::Cancel;
pub use config::{EngineConfig, LimitError, MemoryLimit, ThreadCount};
pub use error::EngineError;
pub use events::{Event, EventSink, Silent};
pub use forecast::{PhaseForecast, SetForecast};
pub use parts::{PartReader, PartWriter, RowGroup};
pub use resources::{Resources, Timing};
pub use session::{Begin, Published, Session, StageRequest};
pub use store::{Access, ObjectWriter, Store};
pub use unit::{Unit, UnitOutput, UnitReport};
pub use work::{Phase, StageWork};
