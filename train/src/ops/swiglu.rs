use super::real::{ELEMENTS, tensor, with_values};
use crate::ops::Real;
use candle_core::{Result, Tensor};
use rayon::prelude::*;

/// SwiGLU (Shazeer, 2020): silu(gate) · up.
pub(crate) fn swiglu(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    gate.silu()? * up
}

fn sigmoid<T: Real>(x: T) -> T {
    T::one() / (T::one() + (T::zero() - x).exp())
}

/// [`swiglu`] in one pass.
pub(crate) fn forward<T: Real>(gate: &Tensor, up: &Tensor) -> Result<Tensor> {
    let y = with_values::<T, _>(gate, |gate| {
        with_values::<T, _>(up, |up| {
            let mut y = vec![T::zero(); gate.len()];
            y.par_chunks_mut(ELEMENTS).zip(gate.par_chunks(ELEMENTS)).zip(up.par_chunks(ELEMENTS)).for_each(
                |((y, gate), up)| {
                    for ((y, &gate), &up) in y.iter_mut().zip(gate).zip(up) {
                        *y = gate * sigmoid(gate) * up;
                    }
                },
            );
            y
        })
    })??;
    tensor(y, gate.dims())
}

/// The gradients of `gate` and of `up`.
pub(crate) fn backward<T: Real>(gate: &Tensor, up: &Tensor, gradient: &Tensor) -> Result<(Tensor, Tensor)> {
    let (dgate, dup) = with_values::<T, _>(gate, |gate| {
        with_values::<T, _>(up, |up| with_values::<T, _>(gradient, |gradient| differentiate(gate, up, gradient)))
    })???;
    Ok((tensor(dgate, gate.dims())?, tensor(dup, up.dims())?))
}

fn differentiate<T: Real>(gate: &[T], up: &[T], gradient: &[T]) -> (Vec<T>, Vec<T>) {
    let (mut dgate, mut dup) = (vec![T::zero(); gate.len()], vec![T::zero(); gate.len()]);
    let results = dgate.par_chunks_mut(ELEMENTS).zip(dup.par_chunks_mut(ELEMENTS));
    let arguments = gate.par_chunks(ELEMENTS).zip(up.par_chunks(ELEMENTS)).zip(gradient.par_chunks(ELEMENTS));
    results.zip(arguments).for_each(|((dgate, dup), ((gate, up), gradient))| {
        let arguments = gate.iter().zip(up).zip(gradient);
        for ((dgate, dup), ((&x, &up), &g)) in dgate.iter_mut().zip(dup).zip(arguments) {
            let s = sigmoid(x);
            *dup = g * x * s;
            *dgate = g * up * s * (T::one() + x * (T::one() - s));
        }
    });
    (dgate, dup)
}
