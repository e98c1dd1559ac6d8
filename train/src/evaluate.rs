use crate::TrainError;
use crate::loader::{Loader, Order, Sample};
use crate::model::Model;
use crate::step::shifted;
use crate::{Files, TrainConfig};
use malmoi_schemas::{FileSet, Manifest};

/// The held-out rows, read once: the same at each measurement.
pub(crate) struct HeldOut {
    rows: Vec<Sample>,
    micro_batch: usize,
}

/// A held-out loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// Mean over the tokens, in nats.
    pub(crate) loss: f64,
    /// Tokens predicted.
    pub(crate) tokens: u64,
}

impl HeldOut {
    /// The first `evaluate_rows` rows of the held-out shards in stored order; the last is shorter where the shards end.
    /// `None` if they hold no text to measure a loss on.
    pub(crate) fn read(
        files: &dyn Files,
        folder: &str,
        manifest: &Manifest,
        config: &TrainConfig,
    ) -> Result<Option<Self>, TrainError> {
        let context = config.model.context;
        let mut loader = Loader::open(files, folder, manifest, FileSet::HeldOut, context, Order::Stored)?;
        let stream = loader.index().stream();
        let mut rows = Vec::new();
        for start in (0..stream.saturating_sub(1)).step_by(context).take(config.evaluate_rows) {
            let length = (stream - start).min(context as u64 + 1) as usize;
            rows.push(loader.row(0, start, length)?);
        }
        Ok((!rows.is_empty()).then_some(Self { rows, micro_batch: config.micro_batch }))
    }

    /// The loss of a model: a sum over tokens, so that a shorter row weighs less.
    pub(crate) fn score(&self, model: &Model) -> Result<Score, TrainError> {
        let (mut sum, mut tokens) = (0.0, 0);
        for rows in self.rows.chunk_by(|a, b| a.tokens.len() == b.tokens.len()).flat_map(|r| r.chunks(self.micro_batch))
        {
            let (inputs, targets) = (shifted(rows, 0), shifted(rows, 1));
            sum += model.loss_value::<f32>(&inputs, &targets, rows.len())?;
            tokens += targets.len() as u64;
        }
        Ok(Score { loss: sum / tokens as f64, tokens })
    }
}
