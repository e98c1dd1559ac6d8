//! The network and the optimiser against numbers from `reference/llama_reference.py`, which shares no code with them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use candle_core::{DType, Device, Tensor};
use malmoi_train::model::{Model, shapes};
use malmoi_train::optim::{AdamW, global_norm};
use malmoi_train::{ModelConfig, OptimizerConfig};
use serde_json::Value;
use std::collections::BTreeMap;

fn reference() -> Value {
    serde_json::from_str(include_str!("reference/llama.json")).unwrap()
}

fn config(reference: &Value, tied_embeddings: bool) -> ModelConfig {
    let config: ModelConfig = serde_json::from_value(reference["config"].clone()).unwrap();
    ModelConfig { tied_embeddings, ..config }
}

/// The formula of `value` in the program.
fn model(config: &ModelConfig, vocabulary: usize, dtype: DType) -> Model {
    let names: BTreeMap<String, usize> =
        shapes(config, vocabulary).into_keys().enumerate().map(|(n, k)| (k, n)).collect();
    let value = |name: &str, shape: &[usize]| {
        let number = names[name] as f64;
        let element = |i: usize| match shape.len() {
            1 => 1.0 + 0.1 * (i as f64 + number).cos(),
            _ => 0.4 * (1.0 + 0.37 * i as f64 + 1.3 * number).sin(),
        };
        let values: Vec<f64> = (0..shape.iter().product()).map(element).collect();
        Tensor::from_vec(values, shape, &Device::Cpu)
    };
    Model::new(config, vocabulary, dtype, value).unwrap()
}

fn rows(config: &ModelConfig, vocabulary: usize, shift: usize) -> Tensor {
    let token = |r: usize, t: usize| ((7 * t * t + 3 * t + 5 * r) % vocabulary) as u32;
    let tokens: Vec<u32> = (0..2).flat_map(|r| (0..config.context).map(move |t| token(r, t + shift))).collect();
    Tensor::from_vec(tokens, (2, config.context), &Device::Cpu).unwrap()
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1().unwrap()
}

fn assert_close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= tolerance * (1.0 + expected.abs()),
        "{what}: {found}, the reference {expected}"
    );
}

fn check_network(dtype: DType, tolerance: f64) {
    let reference = reference();
    let vocabulary = reference["vocabulary"].as_u64().unwrap() as usize;
    for network in reference["networks"].as_array().unwrap() {
        let config = config(&reference, network["tied"].as_bool().unwrap());
        let model = model(&config, vocabulary, dtype);
        let (inputs, targets) = (rows(&config, vocabulary, 0), rows(&config, vocabulary, 1));
        let loss = model.loss(&inputs, &targets).unwrap();
        assert_close("loss", numbers(&loss)[0], &network["loss"], tolerance);
        let logits = numbers(&model.logits(&inputs).unwrap());
        let last = logits.len() - vocabulary;
        for token in 0..vocabulary {
            assert_close("first logits", logits[token], &network["first_logits"][token], tolerance);
            assert_close("last logits", logits[last + token], &network["logits"][token], tolerance);
        }
        let gradients = loss.backward().unwrap();
        for (name, var) in model.parameters().iter() {
            let gradient = numbers(gradients.get(var).unwrap());
            for (at, expected) in network["gradients"][name].as_object().unwrap() {
                assert_close(name, gradient[at.parse::<usize>().unwrap()], expected, tolerance);
            }
        }
    }
}

#[test]
fn loss_logits_and_gradients_agree_in_f64() {
    check_network(DType::F64, 1e-11);
}

#[test]
fn loss_logits_and_gradients_agree_in_f32() {
    check_network(DType::F32, 2e-5);
}

#[test]
fn adamw_steps_agree() {
    let reference = reference();
    let adamw = &reference["adamw"];
    let vocabulary = reference["vocabulary"].as_u64().unwrap() as usize;
    let model = model(&config(&reference, true), vocabulary, DType::F32);
    let rate = adamw["options"]["learning_rate"].as_f64().unwrap();
    let mut options = adamw["options"].clone();
    options["min_learning_rate"] = 0.0.into();
    let options: OptimizerConfig = serde_json::from_value(options).unwrap();
    let mut optimizer = AdamW::new(&options, model.parameters());
    for step in 1..=adamw["steps"].as_u64().unwrap() {
        let element = |number: usize, i: usize| (0.05 * (0.11 * (i as f64) * step as f64 + number as f64).cos()) as f32;
        let gradient = |(number, (_, var)): (usize, (&str, &candle_core::Var))| {
            (0..var.elem_count()).map(|i| element(number, i)).collect::<Vec<f32>>()
        };
        let gradients: Vec<Vec<f32>> = model.parameters().iter().enumerate().map(gradient).collect();
        let norm = global_norm(&gradients);
        assert_close("norm", norm, &adamw["norms"][step as usize - 1], 1e-6);
        optimizer.step(model.parameters(), &gradients, norm, step, rate).unwrap();
    }
    for (name, var) in model.parameters().iter() {
        let values = numbers(var);
        for (at, expected) in adamw["parameters"][name].as_object().unwrap() {
            assert_close(name, values[at.parse::<usize>().unwrap()], expected, 1e-6);
        }
    }
}
