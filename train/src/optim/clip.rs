use super::CHUNK;
use rayon::prelude::*;

/// The Euclidean norm of all gradients together.
///
/// Squares are summed in f64, chunk by chunk of a fixed size and the chunks in order: the same for any number of threads.
pub fn global_norm(gradients: &[Vec<f32>]) -> f64 {
    let square = |chunk: &[f32]| chunk.iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>();
    let sums = gradients.iter().map(|gradient| gradient.par_chunks(CHUNK).map(square).collect::<Vec<_>>());
    sums.map(|chunks| chunks.iter().sum::<f64>()).sum::<f64>().sqrt()
}

/// What gradients are multiplied with so that their norm is at most `clip`.
pub(crate) fn clip_scale(norm: f64, clip: f64) -> f32 {
    if norm > clip { (clip / norm) as f32 } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn clipped_gradients_are_no_longer_than_the_limit(
            gradients in prop::collection::vec(prop::collection::vec(-1e3f32..1e3, 0..50), 1..5),
            clip in 0.1f64..10.0,
        ) {
            let scale = clip_scale(global_norm(&gradients), clip);
            let clipped: Vec<Vec<f32>> = gradients.iter().map(|g| g.iter().map(|g| g * scale).collect()).collect();
            prop_assert!(global_norm(&clipped) <= clip * (1.0 + 1e-6));
        }
    }

    #[test]
    fn norm_is_the_same_for_any_number_of_threads() {
        let gradients = vec![(0..3 * CHUNK + 5).map(|i| (i as f32).sin()).collect::<Vec<_>>(), vec![0.5; 7]];
        let norms = [1, 2, 7].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| global_norm(&gradients)).to_bits()
        });
        assert!(norms.iter().all(|&norm| norm == norms[0]));
    }
}
