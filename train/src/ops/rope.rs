use super::real::{tensor, with_values};
use crate::ops::Real;
use candle_core::{D, DType, Device, Result, Tensor};
use rayon::prelude::*;

/// Rotary position embedding (Su et al., 2021) in the half-split layout of Llama checkpoints.
#[derive(Debug)]
pub(crate) struct Rope {
    /// `[positions, head width / 2]`.
    cos: Tensor,
    sin: Tensor,
}

impl Rope {
    /// Angles in f64, so that far positions are exact in every type.
    pub(crate) fn new(positions: usize, head_width: usize, base: f64, dtype: DType) -> Result<Self> {
        let half = head_width / 2;
        let angle = |i: usize| (i / half) as f64 / base.powf((i % half) as f64 / half as f64);
        let table = |f: fn(f64) -> f64| {
            let values: Vec<f64> = (0..positions * half).map(|i| f(angle(i))).collect();
            Tensor::from_vec(values, (positions, half), &Device::Cpu)?.to_dtype(dtype)
        };
        Ok(Self { cos: table(f64::cos)?, sin: table(f64::sin)? })
    }

    /// Rotates `x` `[batch, heads, tokens, head width]`, whose first token is at position `start`.
    pub(crate) fn apply(&self, x: &Tensor, start: usize) -> Result<Tensor> {
        let (_, _, tokens, width) = x.dims4()?;
        let (cos, sin) = (self.cos.narrow(0, start, tokens)?, self.sin.narrow(0, start, tokens)?);
        let (a, b) = (x.narrow(D::Minus1, 0, width / 2)?, x.narrow(D::Minus1, width / 2, width / 2)?);
        let first = (a.broadcast_mul(&cos)? - b.broadcast_mul(&sin)?)?;
        let second = (b.broadcast_mul(&cos)? + a.broadcast_mul(&sin)?)?;
        Tensor::cat(&[first, second], D::Minus1)
    }

    /// [`Self::apply`] from position 0, in one pass.
    pub(crate) fn forward<T: Real>(&self, x: &Tensor) -> Result<Tensor> {
        self.rotate(x, T::one())
    }

    /// The gradient of the argument of [`Self::forward`]: the rotation back.
    pub(crate) fn backward<T: Real>(&self, gradient: &Tensor) -> Result<Tensor> {
        self.rotate(gradient, T::zero() - T::one())
    }

    fn rotate<T: Real>(&self, x: &Tensor, direction: T) -> Result<Tensor> {
        let (_, _, tokens, width) = x.dims4()?;
        let half = width / 2;
        let rotated = with_values::<T, _>(x, |x| {
            with_values::<T, _>(&self.cos, |cos| {
                with_values::<T, _>(&self.sin, |sin| {
                    let mut y = x.to_vec();
                    y.par_chunks_mut(tokens * width).for_each(|head| {
                        for ((y, cos), sin) in head.chunks_exact_mut(width).zip(cos.chunks(half)).zip(sin.chunks(half))
                        {
                            let (first, second) = y.split_at_mut(half);
                            for (((a, b), &cos), &sin) in first.iter_mut().zip(second).zip(cos).zip(sin) {
                                let sin = sin * direction;
                                (*a, *b) = (*a * cos - *b * sin, *b * cos + *a * sin);
                            }
                        }
                    });
                    y
                })
            })
        })???;
        tensor(rotated, x.dims())
    }
}
