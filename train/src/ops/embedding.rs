use super::real::{tensor, with_values};
use crate::ops::Real;
use candle_core::{Result, Tensor};

/// The gradient of an embedding `[vocabulary, width]`: each row's gradient is added to its token's, in the order of the
/// rows, so that the sum is the same each time.
pub(crate) fn backward<T: Real>(tokens: &[u32], gradient: &Tensor, vocabulary: usize) -> Result<Tensor> {
    let (_, width) = gradient.dims2()?;
    let sum = with_values::<T, _>(gradient, |gradient| {
        let mut sum = vec![T::zero(); vocabulary * width];
        for (&token, gradient) in tokens.iter().zip(gradient.chunks_exact(width)) {
            let sum = &mut sum[token as usize * width..][..width];
            sum.iter_mut().zip(gradient).for_each(|(sum, &gradient)| *sum += gradient);
        }
        sum
    })?;
    tensor(sum, (vocabulary, width))
}
