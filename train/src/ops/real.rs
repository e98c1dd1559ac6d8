use candle_core::{CpuStorage, Device, Error, Result, Shape, Storage, Tensor, WithDType};
use rayon::prelude::*;

/// f32 or f64 on the CPU: training runs in the first, tests in the second.
pub(crate) trait Real: WithDType {
    /// e to the power of a number.
    fn exp(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// The larger of two numbers.
    fn larger(self, other: Self) -> Self;
}

impl Real for f64 {
    fn exp(self) -> Self {
        self.exp()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn ln(self) -> Self {
        self.ln()
    }

    fn larger(self, other: Self) -> Self {
        self.max(other)
    }
}

impl Real for f32 {
    /// Within two units in the last place, by the polynomial of Cephes' `expf`: unlike the library's function it is
    /// inlined and vectorised, which makes the softmax over a vocabulary several times faster.
    ///
    /// NaN stays NaN. Below −87 the result is that of −87, near the least normal number, and above 88 that of 88.
    #[inline(always)]
    fn exp(self) -> Self {
        // Adding and taking away 1.5·2²³ rounds to an integer.
        const ROUND: f32 = 12_582_912.0;
        let x = self.clamp(-87.0, 88.0);
        let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
        // ln 2 in two parts, so that the product of the first with n is exact.
        let r = x - n * 0.693_359_4 + n * 2.121_944_4e-4;
        let p = 1.987_569_1e-4 * r + 1.398_2e-3;
        let p = (((p * r + 8.333_452e-3) * r + 4.166_579_6e-2) * r + 1.666_666_5e-1) * r + 5.0e-1;
        f32::from_bits(((n as i32 + 127) << 23) as u32) * (p * r * r + r + 1.0)
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }

    fn ln(self) -> Self {
        self.ln()
    }

    #[inline(always)]
    fn larger(self, other: Self) -> Self {
        if self > other { self } else { other }
    }
}

/// Rows that one task handles. A constant, so that no sum depends on the number of threads.
pub(super) const ROWS: usize = 32;

/// Elements that one task handles, where rows do not matter.
pub(super) const ELEMENTS: usize = 1 << 13;

/// Sums run in so many lanes, which fill a vector register.
const LANES: usize = 16;

/// The sum of products of two slices of one length.
#[inline(always)]
pub(super) fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let mut lanes = [T::zero(); LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((lane, &a), &b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    let rest = rest.fold(T::zero(), |sum, (&a, &b)| sum + a * b);
    lanes.into_iter().fold(rest, |sum, lane| sum + lane)
}

/// The sum of a slice.
#[inline(always)]
pub(super) fn sum<T: Real>(values: &[T]) -> T {
    let mut lanes = [T::zero(); LANES];
    for chunk in values.chunks(LANES) {
        lanes.iter_mut().zip(chunk).for_each(|(lane, &value)| *lane += value);
    }
    lanes.into_iter().fold(T::zero(), |sum, lane| sum + lane)
}

/// The sum of two tensors of one shape. candle's own runs on threads that spin while they wait for one another, which
/// on a busy machine costs more than the sum.
pub(crate) fn add<T: Real>(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let sum = with_values::<T, _>(a, |a| {
        with_values::<T, _>(b, |b| {
            let mut sum = a.to_vec();
            sum.par_chunks_mut(ELEMENTS).zip(b.par_chunks(ELEMENTS)).for_each(|(sum, b)| {
                sum.iter_mut().zip(b).for_each(|(sum, &b)| *sum += b);
            });
            sum
        })
    })??;
    tensor(sum, a.dims())
}

/// The numbers of a contiguous tensor.
pub(crate) fn with_values<T: WithDType, R>(tensor: &Tensor, read: impl FnOnce(&[T]) -> R) -> Result<R> {
    let (storage, layout) = tensor.storage_and_layout();
    let Storage::Cpu(storage) = &*storage else {
        return Err(Error::Msg("the tensor is not on the CPU".to_owned()));
    };
    let Some((start, end)) = layout.contiguous_offsets() else {
        return Err(Error::Msg("the tensor is not contiguous".to_owned()));
    };
    Ok(read(&CpuStorage::as_slice::<T>(storage)?[start..end]))
}

/// A tensor that takes over a vector.
pub(super) fn tensor<T: Real>(values: Vec<T>, shape: impl Into<Shape>) -> Result<Tensor> {
    Tensor::from_vec(values, shape.into(), &Device::Cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_accurate_and_keeps_nan() {
        for i in -87_000..88_000 {
            let x = i as f32 / 1000.0;
            let (found, exact) = (f64::from(Real::exp(x)), f64::from(x).exp());
            assert!((found / exact - 1.0).abs() < 2.4e-7, "{x}: {found} {exact}");
        }
        assert_eq!(Real::exp(0.0f32), 1.0);
        assert!(Real::exp(f32::NAN).is_nan());
        assert!(Real::exp(f32::NEG_INFINITY) < 1e-37);
        assert!(Real::exp(f32::INFINITY) > 1e38);
    }

    #[test]
    fn dot_sums_what_the_lanes_leave() {
        let numbers: Vec<f64> = (1..=37).map(f64::from).collect();
        assert_eq!(dot(&numbers, &numbers), (1..=37).map(|i| f64::from(i * i)).sum::<f64>());
    }
}
