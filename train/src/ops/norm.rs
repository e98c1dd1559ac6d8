use super::real::{ROWS, dot, tensor, with_values};
use crate::ops::Real;
use candle_core::{D, Result, Tensor};
use rayon::prelude::*;

/// RMSNorm (Zhang and Sennrich, 2019) over the last dimension of `x` `[.., width]`, scaled by `weight` `[width]`.
pub(crate) fn rms_norm(x: &Tensor, weight: &Tensor, epsilon: f64) -> Result<Tensor> {
    let mean_square = x.sqr()?.mean_keepdim(D::Minus1)?;
    let inverse = (mean_square + epsilon)?.sqrt()?.recip()?;
    x.broadcast_mul(&inverse)?.broadcast_mul(weight)
}

/// [`rms_norm`] of `x` `[rows, width]`.
pub(crate) fn forward<T: Real>(x: &Tensor, weight: &Tensor, epsilon: f64) -> Result<Tensor> {
    let y = with_values::<T, _>(x, |x| with_values::<T, _>(weight, |weight| normalise(x, weight, epsilon)))??;
    tensor(y, x.dims())
}

fn normalise<T: Real>(x: &[T], weight: &[T], epsilon: f64) -> Vec<T> {
    let width = weight.len();
    let mut y = vec![T::zero(); x.len()];
    y.par_chunks_mut(width * ROWS).zip(x.par_chunks(width * ROWS)).for_each(|(y, x)| {
        for (y, x) in y.chunks_exact_mut(width).zip(x.chunks_exact(width)) {
            let inverse = inverse_root(x, epsilon);
            for ((y, &x), &w) in y.iter_mut().zip(x).zip(weight) {
                *y = x * inverse * w;
            }
        }
    });
    y
}

fn inverse_root<T: Real>(x: &[T], epsilon: f64) -> T {
    T::one() / (dot(x, x) / T::from_f64(x.len() as f64) + T::from_f64(epsilon)).sqrt()
}

/// The gradient of the residual stream, to which the norm's input adds, and that of the weight.
///
/// `residual` is the gradient that reaches `x` beside the norm, `gradient` the one of the norm's result.
pub(crate) fn backward<T: Real>(
    x: &Tensor,
    weight: &Tensor,
    epsilon: f64,
    gradient: &Tensor,
    residual: &Tensor,
) -> Result<(Tensor, Tensor)> {
    let (dx, dw) = with_values::<T, _>(x, |x| {
        with_values::<T, _>(weight, |w| {
            with_values::<T, _>(gradient, |g| with_values::<T, _>(residual, |r| differentiate(x, w, epsilon, g, r)))
        })
    })????;
    Ok((tensor(dx, x.dims())?, tensor(dw, weight.dims())?))
}

fn differentiate<T: Real>(x: &[T], w: &[T], epsilon: f64, g: &[T], residual: &[T]) -> (Vec<T>, Vec<T>) {
    let width = w.len();
    let mut dx = residual.to_vec();
    let chunks = dx.par_chunks_mut(width * ROWS).zip(x.par_chunks(width * ROWS)).zip(g.par_chunks(width * ROWS));
    let sums: Vec<Vec<T>> = chunks
        .map(|((dx, x), g)| {
            let mut dw = vec![T::zero(); width];
            let mut scaled = vec![T::zero(); width];
            for ((dx, x), g) in dx.chunks_exact_mut(width).zip(x.chunks_exact(width)).zip(g.chunks_exact(width)) {
                let inverse = inverse_root(x, epsilon);
                for i in 0..width {
                    scaled[i] = g[i] * w[i];
                    dw[i] += g[i] * x[i] * inverse;
                }
                let mean = dot(&scaled, x) * inverse * inverse / T::from_f64(width as f64);
                for i in 0..width {
                    dx[i] += inverse * (scaled[i] - x[i] * mean);
                }
            }
            dw
        })
        .collect();
    let mut dw = vec![T::zero(); width];
    for sum in sums {
        dw.iter_mut().zip(sum).for_each(|(dw, sum)| *dw += sum);
    }
    (dx, dw)
}
