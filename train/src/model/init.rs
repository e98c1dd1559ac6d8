use super::parameters::writes_residual;
use crate::ModelConfig;
use crate::random::Stream;
use candle_core::{Device, Result, Tensor};
use rayon::prelude::*;

/// Standard deviation of the matrices (Radford et al., 2019).
const DEVIATION: f64 = 0.02;

/// The initial value of a parameter: ones for norms; for matrices N(0, 0.02²), scaled by 1/√(2·layers) where they write
/// into the residual stream (Radford et al., 2019).
///
/// Each number depends on the seed, the parameter's name and its own index only.
pub fn initial(config: &ModelConfig, seed: u64, name: &str, shape: &[usize]) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    let values: Vec<f32> = if shape.len() == 1 {
        vec![1.0; count]
    } else {
        let scale = if writes_residual(name) { (2.0 * config.layers as f64).powf(-0.5) } else { 1.0 };
        let stream = Stream::new(name, seed);
        let draw = |index| (DEVIATION * scale * stream.normal(index as u64)) as f32;
        (0..count).into_par_iter().map(draw).collect()
    };
    Tensor::from_vec(values, shape, &Device::Cpu)
}
