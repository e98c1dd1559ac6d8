use super::real::{tensor, with_values};
use crate::ops::Real;
use candle_core::{Result, Tensor};
use rayon::prelude::*;

/// `[batch · tokens, heads · width]` to `[batch, heads, tokens, width]`.
pub(crate) fn split<T: Real>(x: &Tensor, batch: usize, heads: usize) -> Result<Tensor> {
    let (rows, all) = x.dims2()?;
    let (tokens, width) = (rows / batch, all / heads);
    let y = with_values::<T, _>(x, |x| {
        let mut y = vec![T::zero(); x.len()];
        y.par_chunks_mut(tokens * width).enumerate().for_each(|(number, head)| {
            let start = number / heads * tokens * all + number % heads * width;
            for (row, y) in head.chunks_exact_mut(width).enumerate() {
                y.copy_from_slice(&x[start + row * all..][..width]);
            }
        });
        y
    })?;
    tensor(y, (batch, heads, tokens, width))
}

/// `[batch, heads, tokens, width]` to `[batch · tokens, heads · width]`.
pub(crate) fn merge<T: Real>(x: &Tensor) -> Result<Tensor> {
    let (batch, heads, tokens, width) = x.dims4()?;
    let all = heads * width;
    let y = with_values::<T, _>(x, |x| {
        let mut y = vec![T::zero(); x.len()];
        y.par_chunks_mut(tokens * all).enumerate().for_each(|(row, y)| {
            for (token, y) in y.chunks_exact_mut(all).enumerate() {
                for (head, y) in y.chunks_exact_mut(width).enumerate() {
                    y.copy_from_slice(&x[((row * heads + head) * tokens + token) * width..][..width]);
                }
            }
        });
        y
    })?;
    tensor(y, (batch * tokens, all))
}
