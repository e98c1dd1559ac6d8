use super::survey::ids;
use super::{Part, column, facts};
use crate::TokenizeError;
use crate::encode::Encoder;
use crate::shard::{Row, Scatter};
use crate::shuffle::{Keys, bucket_of, lot};
use crate::survey::Plan;
use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array, new_null_array};
use malmoi_engine::{StageWork, Unit, UnitOutput, UnitReport};
use malmoi_schemas::{DOCUMENTS, DocumentId, FileSet, Outcome, TokenWidth, column as name, ledger, tokens};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Encodes the documents of a part and scatters them: one row group per bucket that gets any.
pub(super) struct EncodeUnit<'a> {
    pub(super) part: Part<'a>,
    pub(super) keys: Keys,
    pub(super) plan: &'a Plan,
    pub(super) encoder: &'a Encoder,
    pub(super) width: TokenWidth,
}

/// What an encoded part holds: the facts of its unit, and sums of them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Encoded {
    /// The scratch file's row groups in order: bucket and tokens.
    row_groups: Vec<(u32, u64)>,
    pub(super) held_out_documents: u64,
    pub(super) tokens_by_source: BTreeMap<String, u64>,
}

/// A scratch file and the buckets of its row groups.
pub(super) struct Scattered {
    pub(super) path: String,
    row_groups: Vec<(u32, u64)>,
}

impl Scattered {
    /// The position of a bucket's row group, if the file has one.
    pub(super) fn row_group_of(&self, bucket: u32) -> Option<usize> {
        self.row_groups.binary_search_by_key(&bucket, |&(of, _)| of).ok()
    }

    /// Tokens of a bucket in the file.
    pub(super) fn tokens_of(&self, bucket: u32) -> u64 {
        self.row_group_of(bucket).map_or(0, |position| self.row_groups[position].1)
    }
}

impl Encoded {
    /// Sums over all parts, without their row groups.
    pub(super) fn sum(reports: &[UnitReport]) -> Result<Self, TokenizeError> {
        let mut all = Self::default();
        for report in reports {
            let part: Self = facts(report)?;
            all.held_out_documents += part.held_out_documents;
            for (source, tokens) in part.tokens_by_source {
                *all.tokens_by_source.entry(source).or_default() += tokens;
            }
        }
        Ok(all)
    }

    /// The scratch files of all parts.
    pub(super) fn scratch_files(reports: &[UnitReport], work: &StageWork<'_>) -> Result<Vec<Scattered>, TokenizeError> {
        let mut scattered = Vec::with_capacity(reports.len());
        for report in reports {
            let part: Self = facts(report)?;
            for file in report.files_of(FileSet::Scratch) {
                scattered.push(Scattered { path: work.path(file), row_groups: part.row_groups.clone() });
            }
        }
        Ok(scattered)
    }
}

impl Unit for EncodeUnit<'_> {
    type Error = TokenizeError;

    fn name(&self) -> String {
        self.part.name.clone()
    }

    fn input_bytes(&self) -> u64 {
        self.part.file.bytes
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), TokenizeError> {
        let path = &self.part.path;
        let (mut scatter, mut facts) = (Scatter::default(), Encoded::default());
        let mut ledger_part = output.create(FileSet::Ledger, ledger())?;
        let columns = [
            name::ID,
            name::SOURCE,
            name::FILE,
            name::RECORD,
            name::URL,
            name::TEXT,
            name::CHARACTERS,
            name::EOJEOL,
            name::CLUSTER_SIZE,
        ];
        for batch in output.session().read_part(path, DOCUMENTS, Some(&columns))? {
            let batch = batch?;
            let first = scatter.rows.len();
            self.encode(&batch, &mut scatter, &mut facts, output)?;
            ledger_part.write(&self.ledger_rows(&batch, &scatter.rows[first..])?)?;
        }
        output.finish(ledger_part)?;
        self.write(scatter, &mut facts, output)?;
        Ok(output.set_facts(facts)?)
    }
}

impl EncodeUnit<'_> {
    /// Encodes the documents of a batch into `scatter`, in order.
    fn encode(
        &self,
        batch: &RecordBatch,
        scatter: &mut Scatter,
        facts: &mut Encoded,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), TokenizeError> {
        let path = &self.part.path;
        let texts: &StringArray = column(batch, name::TEXT, path)?;
        let sources: &StringArray = column(batch, name::SOURCE, path)?;
        let characters: &UInt32Array = column(batch, name::CHARACTERS, path)?;
        let clusters: &UInt32Array = column(batch, name::CLUSTER_SIZE, path)?;
        for (row, id) in ids(batch, path)?.enumerate() {
            output.check_cancelled()?;
            let (id, source) = (id?, sources.value(row));
            let start = scatter.ids.len();
            let tokens = self.encoder.encode(texts.value(row), &mut scatter.ids)?;
            let (bucket, held_out) = self.bucket(id);
            let position = scatter.source(source);
            scatter.rows.push(Row {
                bucket,
                lot: lot(id, self.keys.order),
                source: position,
                characters: characters.value(row),
                cluster_size: clusters.value(row),
                tokens: start..start + tokens,
            });
            output.count(source, Outcome::Kept);
            facts.held_out_documents += u64::from(held_out);
            match facts.tokens_by_source.get_mut(source) {
                Some(sum) => *sum += tokens as u64,
                None => drop(facts.tokens_by_source.insert(source.to_owned(), tokens as u64)),
            }
        }
        Ok(())
    }

    /// The bucket of a document, and whether it is held out: buckets of the held-out set are numbered after the others.
    fn bucket(&self, id: DocumentId) -> (u32, bool) {
        let hash = id.keyed(self.keys.order);
        if self.plan.held_out.holds(lot(id, self.keys.held_out)) {
            (self.plan.token_shards + bucket_of(hash, self.plan.held_out_shards), true)
        } else {
            (bucket_of(hash, self.plan.token_shards), false)
        }
    }

    fn ledger_rows(&self, batch: &RecordBatch, rows: &[Row]) -> Result<RecordBatch, TokenizeError> {
        let schema = ledger();
        let columns = schema.fields().iter().map(|field| match field.name().as_str() {
            name::OUTCOME => Ok(Arc::new(StringArray::from(vec![Outcome::Kept.as_str(); rows.len()])) as ArrayRef),
            name::TOKEN_COUNT => {
                Ok(Arc::new(rows.iter().map(|row| row.tokens.len() as u32).collect::<UInt32Array>()) as ArrayRef)
            }
            shared => Ok(match batch.column_by_name(shared) {
                Some(column) => Arc::clone(column),
                None => new_null_array(field.data_type(), rows.len()),
            }),
        });
        let columns = columns.collect::<Result<Vec<_>, TokenizeError>>()?;
        Ok(RecordBatch::try_new(schema, columns)?)
    }

    /// Writes the scratch file, a row group per bucket.
    fn write(
        &self,
        mut scatter: Scatter,
        facts: &mut Encoded,
        output: &mut UnitOutput<'_>,
    ) -> Result<(), TokenizeError> {
        scatter.sort();
        let mut scratch = output.create(FileSet::Scratch, tokens(self.width))?;
        for rows in scatter.buckets() {
            output.check_cancelled()?;
            scratch.write(&scatter.table(rows, self.width)?)?;
            scratch.end_row_group()?;
            let tokens = rows.iter().map(|row| row.tokens.len() as u64).sum();
            facts.row_groups.extend(rows.first().map(|row| (row.bucket, tokens)));
        }
        Ok(output.finish(scratch)?)
    }
}
