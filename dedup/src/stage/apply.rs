use super::earlier::Earlier;
use super::edit::{EditReader, Edited, Edits};
use super::entries::{Entries, Verdict};
use super::keyed::{self, KeyedPart};
use super::rank::Ranks;
use super::rows::Rows;
use super::substring::{Cutter, Place};
use super::{Corpus, InputPart, Rules, phase};
use crate::scratch::{Key, column as scratch};
use crate::{DedupError, Rank};
use arrow::array::Array;
use malmoi_engine::{EngineError, StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{
    ByteSize, DOCUMENTS, FileSet, Reason, RepeatDetails, column, documents, ledger, repeats as repeat_rows,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Writes the documents that survive, and the ledger.
pub(super) fn map(
    work: &StageWork<'_>,
    corpus: &Corpus,
    rules: &Rules,
    edits: Option<&Edits>,
    decided: &UnitReport,
    agreements: Option<&UnitReport>,
    spans: Option<&UnitReport>,
) -> Result<Vec<UnitReport>, DedupError> {
    let decisions = KeyedPart::open(work, decided)?;
    let agreements = agreements.map(|report| KeyedPart::open(work, report)).transpose()?;
    let spans = spans.map(|report| KeyedPart::open(work, report)).transpose()?;
    let units = corpus.parts.iter().map(|part| {
        let edits = edits.map(|edits| edits.of_part(work, part.ordinal)).transpose()?;
        let (earlier, decisions) = (&corpus.earlier, &decisions);
        Ok(Apply { part, earlier, rules, edits, decisions, agreements: agreements.as_ref(), spans: spans.as_ref() })
    });
    work.map(phase("apply", Some(corpus.bytes())), units)
}

/// Documents that go on with another text than they came with.
pub(super) fn documents_cut(work: &StageWork<'_>, reports: &[UnitReport]) -> Result<u64, DedupError> {
    let cut = reports.iter().map(|report| Ok(keyed::facts::<Facts>(work, report)?.documents_cut));
    cut.sum()
}

/// What was found of repeated spans, if they were looked for.
pub(super) fn repeats(work: &StageWork<'_>, reports: &[UnitReport]) -> Result<Option<RepeatDetails>, DedupError> {
    let mut sum: Option<RepeatDetails> = None;
    for report in reports {
        let Some(found) = keyed::facts::<Facts>(work, report)?.repeats else { continue };
        let sum = sum.get_or_insert_default();
        sum.documents += found.documents;
        sum.spans += found.spans;
        sum.characters += found.characters;
        sum.removed += found.removed;
    }
    Ok(sum)
}

#[derive(Serialize, Deserialize)]
struct Facts {
    documents_cut: u64,
    #[serde(default)]
    repeats: Option<RepeatDetails>,
}

struct Apply<'a> {
    part: &'a InputPart,
    earlier: &'a Earlier,
    rules: &'a Rules,
    edits: Option<String>,
    decisions: &'a KeyedPart<'a>,
    agreements: Option<&'a KeyedPart<'a>>,
    spans: Option<&'a KeyedPart<'a>>,
}

/// What becomes of a document that has duplicates.
#[derive(Debug, Clone, Copy)]
struct Decision {
    survivor: Key,
    survivor_rank: Rank,
    cluster_size: u32,
    same_text: bool,
    same_address: bool,
    /// Whether only embeddings tie it to the survivor.
    by_meaning: bool,
    /// Cosine with the survivor's embedding, where the two were compared.
    cosine: Option<f32>,
}

impl Decision {
    /// How embeddings tie the document to its survivor, in words.
    fn nearness(&self) -> String {
        match self.cosine {
            Some(cosine) => format!("cosine {cosine:.3} with the survivor's embedding"),
            None => "near in meaning to the survivor's duplicates, by embeddings".to_owned(),
        }
    }
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
        let mut edits = EditReader::open(output.session(), self.edits.clone())?;
        let mut kept = output.create(FileSet::Documents, documents())?;
        let mut accounted = output.create(FileSet::Ledger, ledger())?;
        let mut cutter = self.cutter(output.session().memory())?;
        let mut repeated = match cutter {
            Some(_) => Some(output.create(FileSet::Repeats, repeat_rows())?),
            None => None,
        };
        let mut documents_cut = 0;
        let mut next_row = 0;
        for batch in output.session().read_part(&self.part.path, DOCUMENTS, None)? {
            output.check_cancelled()?;
            let batch = batch?;
            let rows = Rows::of(&batch, &self.part.path);
            let mut ranks = Ranks::of(self.rules, &rows, &self.part.path)?;
            let (texts, sources) = (rows.text(column::TEXT)?, rows.text(column::SOURCE)?);
            let mut entries = Entries::default();
            for row in 0..batch.num_rows() {
                let key = Key::new(self.part.ordinal, next_row);
                next_row += 1;
                let edited = edits.of(key)?;
                match (edited, decisions.get(&key.0)) {
                    (Edited::Removed { reason, detail }, _) => entries.take_out(reason, detail),
                    (_, Some(decision)) if decision.survivor != key => {
                        let agreement = self.agreement(&agreements, key, decision)?;
                        entries.remove(&self.verdict(decision, ranks.rank(row)?, agreement))?;
                    }
                    (mut edited, decision) => {
                        if let Some(cutter) = &mut cutter {
                            let place = Place { key, rank: ranks.rank(row)?, source: sources.value(row) };
                            edited = cutter.edit(&place, texts.value(row), edited)?;
                        }
                        match edited {
                            Edited::Removed { reason, detail } => entries.take_out(reason, detail),
                            edited => {
                                let cluster_size = decision.map_or(1, |decision| decision.cluster_size);
                                documents_cut += u64::from(entries.keep(cluster_size, texts.value(row), edited));
                            }
                        }
                    }
                }
            }
            for (row, &outcome) in entries.outcomes.iter().enumerate() {
                output.count(sources.value(row), outcome);
            }
            let onward = entries.documents(&rows)?;
            kept.write(&entries.survivors(&onward)?)?;
            accounted.write(&entries.ledger(&Rows::of(&onward, &self.part.path))?)?;
            if let (Some(cutter), Some(repeated)) = (&mut cutter, &mut repeated) {
                repeated.write(&cutter.take_rows(&rows)?)?;
            }
        }
        output.set_facts(Facts { documents_cut, repeats: cutter.map(|cutter| cutter.details) })?;
        output.finish(kept)?;
        output.finish(accounted)?;
        repeated.map_or(Ok(()), |part| Ok(output.finish(part)?))
    }
}

impl<'a> Apply<'a> {
    /// Cuts repeated spans, where they were looked for.
    fn cutter(&self, limit: ByteSize) -> Result<Option<Cutter<'a>>, DedupError> {
        match (&self.rules.config.substring, self.spans) {
            (Some(config), Some(spans)) => Ok(Some(Cutter::open(config, limit, spans, self.part.ordinal)?)),
            _ => Ok(None),
        }
    }

    fn decisions(&self) -> Result<HashMap<u64, Decision>, DedupError> {
        let columns = [
            scratch::KEY,
            scratch::SURVIVOR,
            scratch::SURVIVOR_RANK,
            column::CLUSTER_SIZE,
            scratch::SAME_TEXT,
            scratch::SAME_ADDRESS,
            scratch::BY_MEANING,
            scratch::COSINE,
        ];
        let mut decisions = HashMap::new();
        for batch in self.decisions.share(self.part.ordinal, &columns)? {
            let batch = batch?;
            let rows = Rows::of(&batch, self.decisions.path());
            let (keys, survivors) = (rows.u64(scratch::KEY)?, rows.u64(scratch::SURVIVOR)?);
            let (ranks, sizes) = (rows.bytes(scratch::SURVIVOR_RANK)?, rows.u32(column::CLUSTER_SIZE)?);
            let (same_text, same_address) = (rows.flag(scratch::SAME_TEXT)?, rows.flag(scratch::SAME_ADDRESS)?);
            let (by_meaning, cosines) = (rows.flag(scratch::BY_MEANING)?, rows.f32(scratch::COSINE)?);
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
                    by_meaning: by_meaning.value(row),
                    cosine: cosines.is_valid(row).then(|| cosines.value(row)),
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
            None if !decision.same_text && !decision.by_meaning && !self.rules.config.same_address => {
                Err(EngineError::Damaged {
                    path: self.agreements.unwrap_or(self.decisions).path().to_owned(),
                    what: format!("row {} of `{}` was not compared with its survivor", key.row(), self.part.path),
                })
            }
            agreement => Ok(agreement.copied()),
        }
    }

    /// Why a document gives way to its survivor.
    fn verdict(&self, decision: &Decision, rank: Rank, agreement: Option<u32>) -> Verdict {
        let hashes = self.rules.family.hashes();
        let similarity = agreement.map(|agreeing| agreeing as f32 / hashes as f32);
        let (reason, similarity, found) = match (decision.same_text, decision.same_address, agreement) {
            _ if decision.by_meaning => (Reason::SemanticDuplicate, None, decision.nearness()),
            (true, ..) => (Reason::ExactDuplicate, Some(1.0), "same text as the survivor, whitespace aside".to_owned()),
            (_, true, _) => (Reason::SameAddress, similarity, "same address as the survivor".to_owned()),
            (.., Some(agreeing)) => {
                (Reason::NearDuplicate, similarity, format!("{agreeing} of {hashes} hashes agree with the survivor's"))
            }
            (.., None) => (Reason::NearDuplicate, None, "a duplicate of the survivor's duplicates".to_owned()),
        };
        let rule = self.rules.config.keep.decisive(decision.survivor_rank.as_slice(), rank.as_slice());
        let cluster_size = decision.cluster_size;
        let of_run = match self.earlier.run_of(decision.survivor.part()) {
            Some(run) => format!("; it is in `{}`", run.name),
            None => String::new(),
        };
        let detail = format!("{found}; cluster of {cluster_size}; kept by {rule}{of_run}");
        Verdict { reason, similarity, detail, cluster_size, survivor: decision.survivor_rank.id() }
    }
}
