use super::real::{dot, tensor, with_values};
use crate::ops::Real;
use candle_core::{D, DType, Device, Result, Tensor};
use rayon::prelude::*;

/// Adds −∞ where a query may not look: `[tokens, past + tokens]`, query `i` sees keys `0..=past + i`.
pub(crate) fn causal_mask(tokens: usize, past: usize, dtype: DType) -> Result<Tensor> {
    let keys = past + tokens;
    let allowed = |i: usize| i % keys <= past + i / keys;
    let mask: Vec<f32> = (0..tokens * keys).map(|i| if allowed(i) { 0.0 } else { f32::NEG_INFINITY }).collect();
    Tensor::from_vec(mask, (tokens, keys), &Device::Cpu)?.to_dtype(dtype)
}

/// Scaled dot-product attention with shared key-value heads (Ainslie et al., 2023).
///
/// `q` `[batch, heads, tokens, head width]`, `k` and `v` `[batch, key-value heads, keys, head width]`, `mask`
/// `[tokens, keys]`; returns the shape of `q`. Query head `h` reads key-value head `h / (heads / key-value heads)`: the
/// queries of a group are stacked along the tokens, so that keys and values are never copied.
pub(crate) fn attention(q: &Tensor, k: &Tensor, v: &Tensor, mask: &Tensor) -> Result<Tensor> {
    let (batch, heads, tokens, _) = q.dims4()?;
    let (_, shared, keys, _) = k.dims4()?;
    let stacked = (stack(q, k)? * scale(q)?)?;
    let scores = stacked.matmul(&k.t()?)?.reshape((batch, heads, tokens, keys))?.broadcast_add(mask)?;
    let weights = softmax(&scores)?.reshape((batch, shared, heads / shared * tokens, keys))?;
    weights.matmul(v)?.reshape(q.dims())
}

/// The queries of each group one below the other.
fn stack(q: &Tensor, k: &Tensor) -> Result<Tensor> {
    let (batch, heads, tokens, width) = q.dims4()?;
    let shared = k.dim(1)?;
    q.reshape((batch, shared, heads / shared * tokens, width))
}

fn scale(q: &Tensor) -> Result<f64> {
    Ok((q.dim(D::Minus1)? as f64).powf(-0.5))
}

/// Softmax over the last dimension. The maximum is a constant to the gradient, which it does not change: candle would
/// walk back through it for nothing.
fn softmax(x: &Tensor) -> Result<Tensor> {
    let exp = x.broadcast_sub(&x.max_keepdim(D::Minus1)?.detach())?.exp()?;
    exp.broadcast_mul(&exp.sum_keepdim(D::Minus1)?.recip()?)
}

/// Causal [`attention`] over whole rows, and the weights `[batch, key-value heads, group · tokens, tokens]` that
/// [`backward`] needs.
pub(crate) fn forward<T: Real>(q: &Tensor, k: &Tensor, v: &Tensor) -> Result<(Tensor, Tensor)> {
    let tokens = q.dim(2)?;
    let scores = stack(q, k)?.matmul(&k.t()?)?;
    let factor = T::from_f64(scale(q)?);
    let weights = with_values::<T, _>(&scores, |scores| {
        let mut weights = vec![T::zero(); scores.len()];
        // One task is a head: its rows are the tokens in order.
        weights.par_chunks_mut(tokens * tokens).zip(scores.par_chunks(tokens * tokens)).for_each(
            |(weights, scores)| {
                for (token, (weights, scores)) in weights.chunks_mut(tokens).zip(scores.chunks(tokens)).enumerate() {
                    causal_row(&mut weights[..=token], &scores[..=token], factor);
                }
            },
        );
        weights
    })?;
    let weights = tensor(weights, scores.dims())?;
    Ok((weights.matmul(v)?.reshape(q.dims())?, weights))
}

/// Softmax of the scores that a token sees; the others keep the weight 0.
fn causal_row<T: Real>(weights: &mut [T], scores: &[T], factor: T) {
    let most = scores.iter().fold(scores[0], |most, &score| most.larger(score));
    let mut sum = T::zero();
    for (weight, &score) in weights.iter_mut().zip(scores) {
        *weight = ((score - most) * factor).exp();
        sum += *weight;
    }
    let inverse = T::one() / sum;
    weights.iter_mut().for_each(|weight| *weight *= inverse);
}

/// The gradients of `q`, `k` and `v`, from that of the result and the weights of [`forward`].
pub(crate) fn backward<T: Real>(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    weights: &Tensor,
    gradient: &Tensor,
) -> Result<(Tensor, Tensor, Tensor)> {
    let tokens = q.dim(2)?;
    let factor = T::from_f64(scale(q)?);
    let gradient = stack(gradient, k)?;
    let of_values = weights.t()?.matmul(&gradient)?;
    let of_weights = gradient.matmul(&v.t()?)?;
    let of_scores = with_values::<T, _>(weights, |weights| {
        with_values::<T, _>(&of_weights, |of_weights| {
            let mut of_scores = vec![T::zero(); weights.len()];
            let arguments = weights.par_chunks(tokens * tokens).zip(of_weights.par_chunks(tokens * tokens));
            of_scores.par_chunks_mut(tokens * tokens).zip(arguments).for_each(|(of_scores, (weights, of_weights))| {
                let rows = weights.chunks(tokens).zip(of_weights.chunks(tokens));
                for (token, (of_scores, (weights, of_weights))) in of_scores.chunks_mut(tokens).zip(rows).enumerate() {
                    let (weights, of_weights) = (&weights[..=token], &of_weights[..=token]);
                    let mean = dot(weights, of_weights);
                    for ((score, &weight), &of_weight) in of_scores.iter_mut().zip(weights).zip(of_weights) {
                        *score = weight * (of_weight - mean) * factor;
                    }
                }
            });
            of_scores
        })
    })??;
    let of_scores = tensor(of_scores, weights.dims())?;
    let of_queries = of_scores.matmul(k)?.reshape(q.dims())?;
    let of_keys = of_scores.t()?.matmul(&stack(q, k)?)?;
    Ok((of_queries, of_keys, of_values))
}
