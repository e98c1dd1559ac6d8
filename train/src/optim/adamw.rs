use super::CHUNK;
use super::clip::clip_scale;
use crate::OptimizerConfig;
use crate::model::Parameters;
use candle_core::{CpuStorage, Error, InplaceOp1, Layout, Result};
use rayon::prelude::*;
use std::cell::RefCell;

/// Running means of a parameter's gradient and of its square.
#[derive(Debug, Clone, PartialEq)]
pub struct Moments {
    /// Of the gradient.
    pub first: Vec<f32>,
    /// Of its square.
    pub second: Vec<f32>,
}

/// AdamW (Loshchilov and Hutter, 2019) with the arithmetic of PyTorch's, in one pass over each parameter in place.
///
/// The moments are f32 whatever the parameters are: in a narrower type the second one would stop moving.
#[derive(Debug, Clone)]
pub struct AdamW {
    config: OptimizerConfig,
    moments: Vec<Moments>,
}

impl AdamW {
    /// An optimiser that has seen no gradient.
    pub fn new(config: &OptimizerConfig, parameters: &Parameters) -> Self {
        let zeros = |count: usize| Moments { first: vec![0.0; count], second: vec![0.0; count] };
        let moments = parameters.iter().map(|(_, var)| zeros(var.elem_count())).collect();
        Self { config: config.clone(), moments }
    }

    /// An optimiser that goes on from saved moments, in the order of the parameters' names.
    pub(crate) fn resume(config: &OptimizerConfig, moments: Vec<Moments>) -> Self {
        Self { config: config.clone(), moments }
    }

    /// The moments, in the order of the parameters' names.
    pub fn moments(&self) -> &[Moments] {
        &self.moments
    }

    /// Moves the parameters against their gradients, which have the global norm `norm`, at step `step` (from 1).
    pub fn step(
        &mut self,
        parameters: &Parameters,
        gradients: &[Vec<f32>],
        norm: f64,
        step: u64,
        learning_rate: f64,
    ) -> Result<()> {
        let [beta1, beta2] = self.config.betas;
        let correction = |beta: f64| 1.0 - beta.powf(step as f64);
        let scale = clip_scale(norm, self.config.clip);
        for (((name, var), moments), gradient) in parameters.iter().zip(&mut self.moments).zip(gradients) {
            let decay = if crate::model::decays(name, var.dims()) { self.config.weight_decay } else { 0.0 };
            let rule = Rule {
                scale,
                keep: (1.0 - learning_rate * decay) as f32,
                betas: [beta1 as f32, beta2 as f32],
                rests: [(1.0 - beta1) as f32, (1.0 - beta2) as f32],
                rate: (learning_rate / correction(beta1)) as f32,
                root: correction(beta2).sqrt() as f32,
                epsilon: self.config.epsilon as f32,
            };
            var.inplace_op1(&Update { moments: RefCell::new(moments), gradient, rule })?;
        }
        Ok(())
    }
}

/// One parameter's update. candle lends an operation only shared, hence the cell.
struct Update<'a> {
    moments: RefCell<&'a mut Moments>,
    gradient: &'a [f32],
    rule: Rule,
}

/// What is the same for all elements of a parameter.
#[derive(Clone, Copy)]
struct Rule {
    scale: f32,
    keep: f32,
    betas: [f32; 2],
    rests: [f32; 2],
    rate: f32,
    root: f32,
    epsilon: f32,
}

impl Rule {
    fn apply(self, parameter: &mut [f32], first: &mut [f32], second: &mut [f32], gradient: &[f32]) {
        let elements = parameter.iter_mut().zip(first).zip(second).zip(gradient);
        for (((p, m), v), g) in elements {
            let g = g * self.scale;
            *m = self.betas[0] * *m + self.rests[0] * g;
            *v = self.betas[1] * *v + self.rests[1] * (g * g);
            *p = *p * self.keep - self.rate * *m / (v.sqrt() / self.root + self.epsilon);
        }
    }
}

impl InplaceOp1 for Update<'_> {
    fn name(&self) -> &'static str {
        "adamw"
    }

    fn cpu_fwd(&self, storage: &mut CpuStorage, layout: &Layout) -> Result<()> {
        let CpuStorage::F32(parameter) = storage else {
            return Err(Error::Msg("AdamW moves f32 parameters only".to_owned()));
        };
        let Some((start, end)) = layout.contiguous_offsets() else {
            return Err(Error::Msg("AdamW moves contiguous parameters only".to_owned()));
        };
        let mut moments = self.moments.borrow_mut();
        let Moments { first, second } = &mut **moments;
        if [first.len(), second.len(), self.gradient.len()] != [end - start; 3] {
            return Err(Error::Msg("the moments or the gradient have another length than the parameter".to_owned()));
        }
        let rule = self.rule;
        parameter[start..end]
            .par_chunks_mut(CHUNK)
            .zip(first.par_chunks_mut(CHUNK))
            .zip(second.par_chunks_mut(CHUNK))
            .zip(self.gradient.par_chunks(CHUNK))
            .for_each(|(((p, m), v), g)| rule.apply(p, m, v, g));
        Ok(())
    }
}
