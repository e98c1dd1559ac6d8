use crate::scratch::{self, column};
use crate::stage::{Rules, phase, relate};
use crate::{DedupError, plan};
use arrow::datatypes::SchemaRef;
use datafusion::prelude::SessionContext;
use malmoi_engine::{StageWork, UnitReport};

/// What documents can have in common. Its hashes are sorted and kept, so that later runs find theirs among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::stage) enum Posting {
    Texts,
    Addresses,
    Bands,
}

/// Rows of a row group: what a later run reads at least for a hash that it shares.
const GROUP_ROWS: usize = 1 << 16;

impl Posting {
    /// The columns of the hash, upper half first.
    pub(super) fn hash(self) -> &'static [&'static str] {
        match self {
            Self::Texts => &[column::TEXT_HIGH, column::TEXT_LOW],
            Self::Addresses => &[column::ADDRESS_HIGH, column::ADDRESS_LOW],
            Self::Bands => &[column::BAND],
        }
    }

    /// Name of the kept file and of the phase that writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Texts => "texts",
            Self::Addresses => "addresses",
            Self::Bands => "bands",
        }
    }

    fn phase(self) -> &'static str {
        match self {
            Self::Texts => "text-postings",
            Self::Addresses => "address-postings",
            Self::Bands => "band-postings",
        }
    }

    pub(super) fn match_phase(self) -> &'static str {
        match self {
            Self::Texts => "text-matches",
            Self::Addresses => "address-matches",
            Self::Bands => "band-matches",
        }
    }

    pub(super) fn schema(self) -> SchemaRef {
        scratch::postings(self.hash())
    }
}

/// Hashes of all documents with their keys, sorted: from signature parts, or band parts.
pub(in crate::stage) fn postings(
    work: &StageWork<'_>,
    context: SessionContext,
    rules: &Rules,
    posting: Posting,
    parts: &[UnitReport],
) -> Result<UnitReport, DedupError> {
    let urls = relate::urls(work, parts)?;
    work.once(phase(posting.phase(), None), |output| {
        let schema = posting.schema();
        let mut writer = rules.create_kept(output, posting.name(), SchemaRef::clone(&schema))?;
        let plan = |urls| plan::postings(context, urls, posting.hash());
        relate::stream_even(output.session(), &schema, urls, GROUP_ROWS, plan, |batch| {
            writer.write(batch)?;
            Ok(writer.end_row_group()?)
        })?;
        Ok(output.finish(writer)?)
    })
}
