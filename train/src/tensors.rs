//! Tensors to safetensors and back, bit for bit.

use crate::TrainError;
use bytes::Bytes;
use candle_core::{Device, Tensor};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use std::collections::HashMap;

/// A tensor to be written: name, shape, values.
pub(crate) type Named<'a> = (String, Vec<usize>, &'a [f32]);

/// The bytes of a safetensors file; the same for the same tensors.
pub(crate) fn encode(path: &str, tensors: &[Named<'_>]) -> Result<Bytes, TrainError> {
    let wrong = |error| TrainError::content(path, format!("cannot be written: {error}"));
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|(_, _, values)| values.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let mut views = Vec::with_capacity(tensors.len());
    for ((name, shape, _), bytes) in tensors.iter().zip(&bytes) {
        views.push((name, TensorView::new(Dtype::F32, shape.clone(), bytes).map_err(wrong)?));
    }
    // What transformers looks for before it believes a file.
    let metadata = HashMap::from([("format".to_owned(), "pt".to_owned())]);
    safetensors::serialize(views, Some(metadata)).map(Bytes::from).map_err(wrong)
}

/// A safetensors file of f32 tensors.
pub(crate) struct Decoded<'a> {
    path: &'a str,
    tensors: SafeTensors<'a>,
}

impl<'a> Decoded<'a> {
    pub(crate) fn new(path: &'a str, bytes: &'a [u8]) -> Result<Self, TrainError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|error| TrainError::content(path, error))?;
        Ok(Self { path, tensors })
    }

    /// Checks that a tensor is there and of this shape.
    pub(crate) fn check(&self, name: &str, shape: &[usize]) -> Result<TensorView<'a>, TrainError> {
        let view = self.tensors.tensor(name).map_err(|error| TrainError::content(self.path, error))?;
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            let message = format!("`{name}` is {:?} {:?}, expected F32 {shape:?}", view.dtype(), view.shape());
            return Err(TrainError::content(self.path, message));
        }
        Ok(view)
    }

    /// The values of a tensor that must have this shape.
    pub(crate) fn values(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, TrainError> {
        let view = self.check(name, shape)?;
        let values = view.data().chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        Ok(values.collect())
    }

    /// The same as a tensor.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor, TrainError> {
        Ok(Tensor::from_vec(self.values(name, shape)?, shape, &Device::Cpu)?)
    }
}
