//! Every type and every byte that crosses a stage boundary.
//!
//! This crate is a leaf: it knows Arrow schemas, identifiers, reasons and manifests, and nothing
//! of how work is run. `FORMATS.md` beside it is the specification for readers in other languages.

mod byte_size;
pub mod column;
mod contamination;
mod digest;
mod document;
mod format;
mod id;
mod ledger;
mod manifest;
mod outcome;
mod repeats;
mod signals;
mod superseded;
mod tokens;

pub use byte_size::{ByteSize, ByteSizeError};
pub use contamination::{CONTAMINATION, contamination};
pub use digest::{Digest, DigestError};
pub use document::{DOCUMENTS, change_fields, documents, redaction_fields, signal_fields};
pub use format::{FORMAT_KEY, FormatError, FormatId, check_format};
pub use id::{DocumentId, DocumentIdError};
pub use ledger::{LEDGER, ledger};
pub use manifest::{
    DedupDetails, Details, EvaluationDetails, FileEntry, FileSet, MANIFEST_FORMAT, Manifest, ManifestError,
    RepeatDetails, RowGroupEntry, SIGNATURES_FORMAT, SemanticDetails, SignatureDetails, Stage, TokenizeDetails,
    TrainDetails,
};
pub use outcome::{Counts, Outcome, Reason, UnknownReason};
pub use repeats::{REPEATS, repeats};
pub use signals::{Signal, SignalKind, Signals};
pub use superseded::{SUPERSEDED, superseded};
pub use tokens::{TOKENS, TokenWidth, tokens};
