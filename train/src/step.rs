use crate::loader::Sample;
use crate::model::Model;
use crate::ops::with_values;
use candle_core::{Error, Result, Tensor};

/// The gradient of one optimiser step, summed over micro-batches.
pub(crate) struct Gradient {
    /// Mean loss over all tokens of the step, in nats.
    pub(crate) loss: f64,
    /// By parameter, in the order of the names.
    pub(crate) values: Vec<Vec<f32>>,
}

/// The mean loss over all tokens of `samples` and its gradient, in passes of at most `micro_batch` rows.
///
/// Each pass contributes its sum over the step's token count, so that n passes weigh as one would.
pub(crate) fn gradient(model: &Model, samples: &[Sample], micro_batch: usize) -> Result<Gradient> {
    let tokens: usize = samples.iter().map(|sample| sample.tokens.len() - 1).sum();
    let factor = 1.0 / tokens as f64;
    let mut sum = Gradient { loss: 0.0, values: Vec::new() };
    for rows in samples.chunks(micro_batch) {
        let (inputs, targets) = (shifted(rows, 0), shifted(rows, 1));
        let (loss, mut gradients) = model.loss_and_gradient::<f32>(&inputs, &targets, rows.len(), factor)?;
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

fn accumulate(sums: &mut Vec<Vec<f32>>, number: usize, part: &Tensor) -> Result<()> {
    with_values::<f32, _>(part, |values| match sums.get_mut(number) {
        Some(sum) => sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value),
        None => sums.push(values.to_vec()),
    })
}
