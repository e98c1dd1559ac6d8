use super::real::{tensor, with_values};
use crate::ops::Real;
use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

/// The sum over tokens of −log p(target): `logits` `[tokens, vocabulary]`, `targets` `[tokens]` of u32; a scalar.
///
/// A sum and not a mean, so that portions of a batch are weighted by their tokens.
pub(crate) fn cross_entropy(logits: &Tensor, targets: &Tensor) -> Result<Tensor> {
    let max = logits.max_keepdim(D::Minus1)?.detach();
    let log_sum = (logits.broadcast_sub(&max)?.exp()?.sum_keepdim(D::Minus1)?.log()? + max)?;
    (log_sum - logits.gather(&targets.unsqueeze(1)?, 1)?)?.sum_all()
}

/// [`cross_entropy`] and, times `factor`, its gradient for the logits: both from one exponential per logit.
pub(crate) fn forward_backward<T: Real>(logits: &Tensor, targets: &[u32], factor: f64) -> Result<(f64, Tensor)> {
    let (rows, vocabulary) = logits.dims2()?;
    let factor = T::from_f64(factor);
    let (losses, gradient) = with_values::<T, _>(logits, |logits| {
        let mut gradient = vec![T::zero(); logits.len()];
        let rows = gradient.par_chunks_mut(vocabulary).zip(logits.par_chunks(vocabulary)).zip(targets.par_iter());
        let losses: Vec<f64> = rows.map(|((g, logits), &target)| row(g, logits, target as usize, factor)).collect();
        (losses, gradient)
    })?;
    Ok((losses.iter().sum(), tensor(gradient, (rows, vocabulary))?))
}

/// [`cross_entropy`] alone.
pub(crate) fn forward<T: Real>(logits: &Tensor, targets: &[u32]) -> Result<f64> {
    let (_, vocabulary) = logits.dims2()?;
    let losses: Vec<f64> = with_values::<T, _>(logits, |logits| {
        let rows = logits.par_chunks(vocabulary).zip(targets.par_iter());
        let unused = || vec![T::zero(); vocabulary];
        rows.map_init(unused, |unused, (logits, &target)| row(unused, logits, target as usize, T::zero())).collect()
    })?;
    Ok(losses.iter().sum())
}

fn row<T: Real>(gradient: &mut [T], logits: &[T], target: usize, factor: T) -> f64 {
    let most = maximum(logits);
    for (g, &logit) in gradient.iter_mut().zip(logits) {
        *g = (logit - most).exp();
    }
    let sum = super::real::sum(gradient);
    let inverse = factor / sum;
    gradient.iter_mut().for_each(|g| *g *= inverse);
    gradient[target] -= factor;
    sum.ln().to_f64() + (most - logits[target]).to_f64()
}

fn maximum<T: Real>(values: &[T]) -> T {
    let mut lanes = [values[0]; 16];
    for chunk in values.chunks(lanes.len()) {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = lane.larger(value);
        }
    }
    lanes.into_iter().fold(values[0], T::larger)
}
