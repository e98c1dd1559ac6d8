use super::encode::Scattered;
use crate::TokenizeError;
use crate::shard::Shard;
use malmoi_engine::{Unit, UnitOutput};
use malmoi_schemas::{FileSet, TokenWidth, tokens};

/// Gathers a bucket from all scratch files, sorts it by its lots, and writes it as a shard.
pub(super) struct ShardUnit<'a> {
    /// Ordinal of the shard in its set.
    pub(super) number: usize,
    pub(super) bucket: u32,
    pub(super) tokens: u64,
    pub(super) set: FileSet,
    pub(super) sources: &'a [Scattered],
    /// Key of the shuffle.
    pub(super) order: u64,
    pub(super) width: TokenWidth,
    pub(super) row_group_tokens: u64,
}

impl Unit for ShardUnit<'_> {
    type Error = TokenizeError;

    fn name(&self) -> String {
        format!("{:05}", self.number)
    }

    /// Tokens stand for bytes: both passes' share of the progress is in proportion.
    fn input_bytes(&self) -> u64 {
        self.tokens
    }

    fn run(self, output: &mut UnitOutput<'_>) -> Result<(), TokenizeError> {
        let mut batches = Vec::new();
        for source in self.sources {
            let Some(row_group) = source.row_group_of(self.bucket) else { continue };
            output.check_cancelled()?;
            for batch in output.session().read_scratch(&source.path, None, Some(vec![row_group]))? {
                batches.push(batch?);
            }
        }
        let shard = Shard::new(batches, self.order)?;
        let mut part = output.create(self.set, tokens(self.width))?;
        for group in shard.row_groups(self.row_group_tokens) {
            output.check_cancelled()?;
            let (table, tokens) = group?;
            part.write(&table)?;
            part.end_row_group_of(tokens)?;
        }
        Ok(output.finish(part)?)
    }
}
