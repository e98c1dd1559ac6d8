use super::keyed::KeyedPart;
use super::rank::Ranks;
use super::rows::Rows;
use super::{Corpus, InputPart, Rules, phase};
use crate::scratch::{Key, column as scratch};
use crate::{DedupError, Rank};
use arrow::array::{
    ArrayRef, BooleanArray, FixedSizeBinaryBuilder, Float32Builder, RecordBatch, StringBuilder, UInt32Array,
    new_null_array,
};
use arrow::compute::filter_record_batch;
use malmoi_engine::{EngineError, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{DOCUMENTS, DocumentId, FileSet, Outcome, Reason, column, documents, ledger};
use std::collections::HashMap;
use std::sync::Arc;

/// Writes the documents that survive, and the ledger.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    decided: &UnitReport,
    agreements: Option<&UnitReport>,
) -> Result<Vec<UnitReport>, DedupError> {
    let decisions = KeyedPart::open(work, decided)?;
    let agreements = agreements.map(|report| KeyedPart::open(work, report)).transpose()?;
    let units = corpus
        .parts
        .iter()
        .map(|part| Ok(Apply { part, rules, decisions: &decisions, agreements: agreements.as_ref() }));
    work.map(phase("apply", Some(corpus.bytes())), units)
}

struct Apply<'a> {
    part: &'a InputPart,
    rules: &'a Rules,
    decisions: &'a KeyedPart<'a>,
    agreements: Option<&'a KeyedPart<'a>>,
}

/// What becomes of a document that has duplicates.
#[derive(Debug, Clone, Copy)]
struct Decision {
    survivor: Key,
    survivor_rank: Rank,
    cluster_size: u32,
    same_text: bool,
    same_address: bool,
}

impl Unit for Apply<'_> {
    type Error = DedupError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), DedupError> {
        let (decisions, agreements) = (self.decisions()?, self.agreements()?);
        let mut kept = output.create(FileSet::Documents, documents())?;
        let mut accounted = output.create(FileSet::Ledger, ledger())?;
        let mut next_row = 0;
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, None)? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let mut ranks = Ranks::of(self.rules, &rows, &self.part.path)?;
            let mut entries = Entries::default();
            for row in 0..batch.num_rows() {
                let key = Key::new(self.part.ordinal, next_row);
                next_row += 1;
                match decisions.get(&key.0).filter(|decision| decision.survivor != key) {
                    None => entries.keep(decisions.get(&key.0).map_or(1, |decision| decision.cluster_size)),
                    Some(decision) => {
                        let agreement = self.agreement(&agreements, key, decision)?;
                        entries.remove(&self.verdict(decision, ranks.rank(row)?, agreement))?;
                    }
                }
            }
            let sources = rows.text(column::SOURCE)?;
            for (row, &outcome) in entries.outcomes.iter().enumerate() {
                output.count(sources.value(row), outcome);
            }
            kept.write(&entries.survivors(&batch, &rows)?)?;
            accounted.write(&entries.ledger(&rows)?)?;
        }
        output.finish(kept)?;
        Ok(output.finish(accounted)?)
    }
}

impl Apply<'_> {
    fn decisions(&self) -> Result<HashMap<u64, Decision>, DedupError> {
        let columns = [
            scratch::KEY,
            scratch::SURVIVOR,
            scratch::SURVIVOR_RANK,
            column::CLUSTER_SIZE,
            scratch::SAME_TEXT,
            scratch::SAME_ADDRESS,
        ];
        let mut decisions = HashMap::new();
        for batch in self.decisions.share(self.part.ordinal, &columns)? {
            let batch = batch?;
            let rows = Rows::of(&batch, self.decisions.path());
            let (keys, survivors) = (rows.u64(scratch::KEY)?, rows.u64(scratch::SURVIVOR)?);
            let (ranks, sizes) = (rows.bytes(scratch::SURVIVOR_RANK)?, rows.u32(column::CLUSTER_SIZE)?);
            let (same_text, same_address) = (rows.flag(scratch::SAME_TEXT)?, rows.flag(scratch::SAME_ADDRESS)?);
            for row in 0..batch.num_rows() {
                let survivor_rank = Rank::from_slice(ranks.value(row)).ok_or_else(|| DedupError::Column {
                    path: self.decisions.path().to_owned(),
                    column: scratch::SURVIVOR_RANK,
                })?;
                let decision = Decision {
                    survivor: Key(survivors.value(row)),
                    survivor_rank,
                    cluster_size: sizes.value(row),
                    same_text: same_text.value(row),
                    same_address: same_address.value(row),
                };
                decisions.insert(keys.value(row), decision);
            }
        }
        Ok(decisions)
    }

    fn agreements(&self) -> Result<HashMap<u64, u32>, DedupError> {
        let mut agreements = HashMap::new();
        let Some(part) = self.agreements else { return Ok(agreements) };
        for batch in part.share(self.part.ordinal, &[scratch::KEY, scratch::AGREEMENT])? {
            let batch = batch?;
            let rows = Rows::of(&batch, part.path());
            let (keys, counts) = (rows.u64(scratch::KEY)?, rows.u32(scratch::AGREEMENT)?);
            agreements.extend(keys.values().iter().copied().zip(counts.values().iter().copied()));
        }
        Ok(agreements)
    }

    /// In how many hashes the document agrees with its survivor. Not known of a document that is as little as a shingle, or
    /// whose survivor is; only through an address do such get into a cluster with other texts.
    fn agreement(
        &self,
        agreements: &HashMap<u64, u32>,
        key: Key,
        decision: &Decision,
    ) -> Result<Option<u32>, EngineError> {
        match agreements.get(&key.0) {
            None if !decision.same_text && !self.rules.config.same_address => Err(EngineError::Damaged {
                path: self.agreements.unwrap_or(self.decisions).path().to_owned(),
                what: format!("row {} of `{}` was not compared with its survivor", key.row(), self.part.path),
            }),
            agreement => Ok(agreement.copied()),
        }
    }

    /// Why a document gives way to its survivor.
    fn verdict(&self, decision: &Decision, rank: Rank, agreement: Option<u32>) -> Verdict {
        let hashes = self.rules.family.hashes();
        let similarity = agreement.map(|agreeing| agreeing as f32 / hashes as f32);
        let (reason, similarity, found) = match (decision.same_text, decision.same_address, agreement) {
            (true, ..) => (Reason::ExactDuplicate, Some(1.0), "same text as the survivor, whitespace aside".to_owned()),
            (_, true, _) => (Reason::SameAddress, similarity, "same address as the survivor".to_owned()),
            (.., Some(agreeing)) => {
                (Reason::NearDuplicate, similarity, format!("{agreeing} of {hashes} hashes agree with the survivor's"))
            }
            (.., None) => (Reason::NearDuplicate, None, "a duplicate of the survivor's duplicates".to_owned()),
        };
        let rule = self.rules.config.keep.decisive(decision.survivor_rank.as_slice(), rank.as_slice());
        let cluster_size = decision.cluster_size;
        let detail = format!("{found}; cluster of {cluster_size}; kept by {rule}");
        Verdict { reason, similarity, detail, cluster_size, survivor: decision.survivor_rank.id() }
    }
}

/// Why a document is removed, as the ledger says it.
struct Verdict {
    reason: Reason,
    similarity: Option<f32>,
    detail: String,
    cluster_size: u32,
    survivor: DocumentId,
}

/// Ledger columns of a batch of documents, and what is to be written of it.
struct Entries {
    outcomes: Vec<Outcome>,
    cluster_sizes: Vec<u32>,
    details: StringBuilder,
    survivors: FixedSizeBinaryBuilder,
    similarities: Float32Builder,
}

impl Default for Entries {
    fn default() -> Self {
        Self {
            outcomes: Vec::new(),
            cluster_sizes: Vec::new(),
            details: StringBuilder::new(),
            survivors: FixedSizeBinaryBuilder::new(DocumentId::LEN as i32),
            similarities: Float32Builder::new(),
        }
    }
}

impl Entries {
    fn keep(&mut self, cluster_size: u32) {
        self.outcomes.push(Outcome::Kept);
        self.cluster_sizes.push(cluster_size);
        self.details.append_null();
        self.survivors.append_null();
        self.similarities.append_null();
    }

    fn remove(&mut self, verdict: &Verdict) -> Result<(), DedupError> {
        self.outcomes.push(Outcome::Removed(verdict.reason));
        self.cluster_sizes.push(verdict.cluster_size);
        self.details.append_value(&verdict.detail);
        self.similarities.append_option(verdict.similarity);
        // Sixteen bytes into a builder of sixteen bytes.
        let appended = self.survivors.append_value(verdict.survivor.0);
        appended.map_err(|error| DedupError::Rows { path: "the ledger".to_owned(), error })
    }

    /// The kept documents, with the size of the cluster they stand for.
    fn survivors(&self, batch: &RecordBatch, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let schema = documents();
        let sizes: ArrayRef = Arc::new(UInt32Array::from(self.cluster_sizes.clone()));
        let columns = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .map(|(field, column)| Arc::clone(if field.name() == column::CLUSTER_SIZE { &sizes } else { column }));
        let batch = rows.assemble(&schema, columns.collect())?;
        let kept = BooleanArray::from_iter(self.outcomes.iter().map(|&outcome| Some(outcome == Outcome::Kept)));
        filter_record_batch(&batch, &kept).map_err(|error| DedupError::Rows { path: "kept".to_owned(), error })
    }

    /// One row per document, in the columns of [`ledger`].
    fn ledger(mut self, rows: &Rows<'_>) -> Result<RecordBatch, DedupError> {
        let schema = ledger();
        let count = self.outcomes.len();
        let outcomes = self.outcomes.iter().map(|outcome| Some(outcome.as_str()));
        let reasons = self.outcomes.iter().map(|outcome| outcome.reason().map(Reason::as_str));
        let mut own: HashMap<&str, ArrayRef> = HashMap::from([
            (column::OUTCOME, Arc::new(arrow::array::StringArray::from_iter(outcomes)) as ArrayRef),
            (column::REASON, Arc::new(arrow::array::StringArray::from_iter(reasons)) as ArrayRef),
            (column::DETAIL, Arc::new(self.details.finish()) as ArrayRef),
            (column::SURVIVOR, Arc::new(self.survivors.finish()) as ArrayRef),
            (column::SIMILARITY, Arc::new(self.similarities.finish()) as ArrayRef),
        ]);
        for name in [column::ID, column::SOURCE, column::FILE, column::RECORD, column::URL] {
            own.insert(name, Arc::clone(rows.array(name)?));
        }
        for name in [column::CHARACTERS, column::EOJEOL] {
            own.insert(name, Arc::clone(rows.array(name)?));
        }
        let columns = schema
            .fields()
            .iter()
            .map(|field| own.remove(field.name().as_str()).unwrap_or_else(|| new_null_array(field.data_type(), count)));
        let columns = columns.collect();
        rows.assemble(&schema, columns)
    }
}
