use crate::TrainError;
use crate::loader::Sample;
use crate::model::Model;
use crate::ops::with_values;
use candle_core::{Error, Tensor};

/// The gradient of one optimiser step, summed over micro-batches.
pub(crate) struct Gradient {
    /// Mean loss over all tokens of the step, in nats.
    pub(crate) loss: f64,
    /// By parameter, in the order of the names.
    pub(crate) values: Vec<Vec<f32>>,
}

/// The mean loss over all tokens of `rows` samples and its gradient, in passes of at most `micro_batch` rows.
///
/// The samples are of one length. Only those of one pass are held at a time: `sample` reads them by their ordinal. Each
/// pass contributes its sum over the step's token count, so that n passes weigh as one would.
pub(crate) fn gradient(
    model: &Model,
    rows: usize,
    micro_batch: usize,
    mut sample: impl FnMut(usize) -> Result<Sample, TrainError>,
) -> Result<Gradient, TrainError> {
    let mut sum = Gradient { loss: 0.0, values: Vec::new() };
    for first in (0..rows).step_by(micro_batch) {
        let pass = (first..rows.min(first + micro_batch)).map(&mut sample).collect::<Result<Vec<_>, _>>()?;
        let (inputs, targets) = (shifted(&pass, 0), shifted(&pass, 1));
        let factor = 1.0 / (rows * (targets.len() / pass.len())) as f64;
        let (loss, mut gradients) = model.loss_and_gradient::<f32>(&inputs, &targets, pass.len(), factor)?;
        sum.loss += loss * factor;
        for (number, (name, _)) in model.parameters().iter().enumerate() {
            let part = gradients.remove(name).ok_or_else(|| Error::Msg(format!("`{name}` got no gradient")))?;
            accumulate(&mut sum.values, number, &part)?;
        }
    }
    Ok(sum)
}

/// All but one token of each row, one row after the other: inputs (`by` 0) lack the last, targets (`by` 1) the first.
pub(crate) fn shifted(samples: &[Sample], by: usize) -> Vec<u32> {
    samples.iter().flat_map(|sample| &sample.tokens[by..sample.tokens.len() - 1 + by]).copied().collect()
}

fn accumulate(sums: &mut Vec<Vec<f32>>, number: usize, part: &Tensor) -> candle_core::Result<()> {
    with_values::<f32, _>(part, |values| match sums.get_mut(number) {
        Some(sum) => sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
        None => sums.push(values.to_vec()),
    })
}
