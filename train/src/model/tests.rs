use super::*;
use crate::loader::Sample;
use crate::ops::Real;
use crate::step::gradient;
use candle_core::Device;

const VOCABULARY: usize = 11;

fn config(tied_embeddings: bool) -> ModelConfig {
    ModelConfig {
        layers: 2,
        width: 8,
        heads: 4,
        key_value_heads: 2,
        feed_forward: 12,
        context: 6,
        tied_embeddings,
        ..ModelConfig::default()
    }
}

fn model(tied_embeddings: bool, dtype: DType) -> Model {
    let config = config(tied_embeddings);
    // Wider than the initial values, so that no part of the network is close to linear.
    let value =
        |name: &str, shape: &[usize]| initial(&config, 3, name, shape)? * if shape.len() == 2 { 15.0 } else { 1.0 };
    Model::new(&config, VOCABULARY, dtype, value).unwrap()
}

fn tokens(rows: &[[u32; 6]]) -> Tensor {
    Tensor::from_vec(rows.concat(), (rows.len(), 6), &Device::Cpu).unwrap()
}

fn batch() -> (Tensor, Tensor) {
    (tokens(&[[1, 4, 2, 9, 10, 0], [3, 3, 8, 1, 7, 5]]), tokens(&[[4, 2, 9, 10, 0, 6], [3, 8, 1, 7, 5, 5]]))
}

#[test]
fn every_parameter_gets_a_finite_gradient_that_is_not_zero() {
    for tied in [true, false] {
        for dtype in [DType::F32, DType::F64] {
            let model = model(tied, dtype);
            let (inputs, targets) = batch();
            let gradients = model.loss(&inputs, &targets).unwrap().backward().unwrap();
            assert_eq!(model.parameters().iter().len(), shapes(model.config(), VOCABULARY).len());
            for (name, var) in model.parameters().iter() {
                let gradient = gradients.get(var).unwrap_or_else(|| panic!("{name} got no gradient"));
                assert_eq!(gradient.dims(), var.dims());
                let values = gradient.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
                assert!(values.iter().all(|g| g.is_finite()), "{name}");
                assert!(values.iter().any(|&g| g != 0.0), "{name}");
            }
        }
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    for tied in [true, false] {
        let model = model(tied, DType::F64);
        let (inputs, targets) = batch();
        let loss = || model.loss(&inputs, &targets).unwrap().to_scalar::<f64>().unwrap();
        let gradients = model.loss(&inputs, &targets).unwrap().backward().unwrap();
        for (name, var) in model.parameters().iter() {
            let gradient = gradients.get(var).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
            let values = var.flatten_all().unwrap().to_vec1::<f64>().unwrap();
            let set = |values: Vec<f64>| var.set(&Tensor::from_vec(values, var.dims(), &Device::Cpu).unwrap()).unwrap();
            for at in (0..values.len()).step_by(values.len().div_ceil(7)) {
                let mut moved = values.clone();
                let step = 1e-5;
                moved[at] += step;
                set(moved.clone());
                let above = loss();
                moved[at] -= 2.0 * step;
                set(moved);
                let difference = (above - loss()) / (2.0 * step);
                let error = (difference - gradient[at]).abs() / (1e-3 + gradient[at].abs());
                assert!(error < 1e-6, "{name}[{at}]: {difference} by difference, {} by backward", gradient[at]);
            }
            set(values);
        }
    }
}

/// The largest difference of a gradient from the reference's, relative to the largest gradient of its parameter.
fn largest_error<T: Real>(model: &Model, reference: &Model, factor: f64) -> f64 {
    let (inputs, targets) = batch();
    let flat = |tensor: &Tensor| tensor.flatten_all().unwrap().to_vec1::<u32>().unwrap();
    let (loss, gradients) = model.loss_and_gradient::<T>(&flat(&inputs), &flat(&targets), 2, factor).unwrap();
    let exact = reference.loss(&inputs, &targets).unwrap();
    let store = exact.backward().unwrap();
    let values = |t: &Tensor| t.to_dtype(DType::F64).unwrap().flatten_all().unwrap().to_vec1::<f64>().unwrap();
    let value = model.loss_value::<T>(&flat(&inputs), &flat(&targets), 2).unwrap();
    assert!((value - loss).abs() <= 1e-12 * loss);
    let mut largest = (loss / exact.to_scalar::<f64>().unwrap() - 1.0).abs();
    assert_eq!(gradients.len(), reference.parameters().iter().len());
    for (name, var) in reference.parameters().iter() {
        let (found, exact) = (values(&gradients[name]), values(store.get(var).unwrap()));
        let scale = exact.iter().fold(0.0, |most: f64, g| most.max(g.abs())) * factor;
        for (found, exact) in found.iter().zip(&exact) {
            largest = largest.max((found - exact * factor).abs() / scale);
        }
    }
    largest
}

#[test]
fn the_walk_gives_the_gradients_of_the_reference() {
    for tied in [true, false] {
        let reference = model(tied, DType::F64);
        let error = largest_error::<f64>(&reference, &reference, 0.125);
        assert!(error < 1e-12, "f64: {error}");
        let error = largest_error::<f32>(&model(tied, DType::F32), &reference, 1.0);
        assert!(error < 2e-5, "f32: {error}");
    }
}

#[test]
fn a_token_changes_no_logits_before_it() {
    let model = model(true, DType::F32);
    let row = [1u32, 4, 2, 9, 10, 0];
    let logits = |row| model.logits(&tokens(&[row])).unwrap().squeeze(0).unwrap().to_vec2::<f32>().unwrap();
    let before = logits(row);
    for t in 0..row.len() {
        let mut other = row;
        other[t] = (other[t] + 1) % VOCABULARY as u32;
        let after = logits(other);
        assert_eq!(after[..t], before[..t], "token {t}");
        assert_ne!(after[t], before[t], "token {t}");
    }
}

#[test]
fn rows_of_a_batch_do_not_see_one_another() {
    let model = model(true, DType::F32);
    let (row, one, two) = ([1u32, 4, 2, 9, 10, 0], [0; 6], [7; 6]);
    let first = |second| model.logits(&tokens(&[row, second])).unwrap().get(0).unwrap().to_vec2::<f32>().unwrap();
    assert_eq!(first(one), first(two));
}

#[test]
fn logits_from_the_cache_are_those_of_the_whole_row() {
    let model = model(false, DType::F64);
    let row = [1u32, 4, 2, 9, 10, 0];
    let whole = model.logits(&tokens(&[row])).unwrap().squeeze(0).unwrap().to_vec2::<f64>().unwrap();
    let mut cache = Cache::default();
    for (range, last) in [(0..3, 2), (3..4, 3), (4..6, 5)] {
        let next = model.next_logits(&row[range], &mut cache).unwrap().to_vec1::<f64>().unwrap();
        let error = next.iter().zip(&whole[last]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(error < 1e-12, "token {last}: {error}");
    }
    assert_eq!(cache.len(), 6);
}

#[test]
fn micro_batches_add_up_to_the_batch() {
    let model = model(true, DType::F32);
    let row = |n: u32| Sample { tokens: (0..7).map(|i| (i * n + n) % 11).collect(), documents: Vec::new() };
    let samples: Vec<Sample> = (1..6).map(row).collect();
    let sample = |row: usize| Ok(samples[row].clone());
    let whole = gradient(&model, 5, 5, sample).unwrap();
    for micro_batch in [1, 2, 3] {
        let parts = gradient(&model, 5, micro_batch, sample).unwrap();
        assert!((parts.loss - whole.loss).abs() < 1e-5);
        for (part, whole) in parts.values.concat().iter().zip(whole.values.concat()) {
            assert!((part - whole).abs() < 1e-5 * (1.0 + whole.abs()), "{part} {whole}");
        }
    }
}

#[test]
fn initial_values_are_as_stated() {
    let config = ModelConfig::default();
    let deviation = |name: &str, shape: &[usize]| {
        let values = initial(&config, 1, name, shape).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
        (values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
    };
    let shapes = shapes(&config, 1000);
    for (name, shape) in &shapes {
        let expected = match shape.len() {
            1 => 1.0,
            _ if name.contains("o_proj") || name.contains("down_proj") => 0.02 / (2.0 * config.layers as f64).sqrt(),
            _ => 0.02,
        };
        let found = deviation(name, shape);
        assert!((found / expected - 1.0).abs() < 0.05, "{name}: {found}");
    }
    let values = |seed| initial(&config, seed, "x", &[4, 4]).unwrap().to_vec2::<f32>().unwrap();
    assert_eq!(values(1), values(1));
    assert_ne!(values(1), values(2));
}
