use crate::OptimizerConfig;
use std::f64::consts::PI;

/// The learning rate of a step (from 1): a linear rise over the warm-up, then a cosine down to the least rate, which the
/// last step has.
pub fn learning_rate(config: &OptimizerConfig, step: u64, steps: u64) -> f64 {
    if step <= config.warm_up_steps {
        return config.learning_rate * step as f64 / config.warm_up_steps as f64;
    }
    let progress = (step - config.warm_up_steps) as f64 / (steps - config.warm_up_steps) as f64;
    let cosine = (1.0 + (PI * progress.min(1.0)).cos()) / 2.0;
    config.min_learning_rate + (config.learning_rate - config.min_learning_rate) * cosine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_to_the_peak_and_falls_to_the_least() {
        let config = OptimizerConfig {
            learning_rate: 1.0,
            min_learning_rate: 0.1,
            warm_up_steps: 10,
            ..OptimizerConfig::default()
        };
        let rates: Vec<f64> = (1..=110).map(|step| learning_rate(&config, step, 110)).collect();
        assert_eq!((rates[0], rates[4], rates[9]), (0.1, 0.5, 1.0));
        assert!((rates[59] - 0.55).abs() < 1e-12);
        assert!((rates[109] - 0.1).abs() < 1e-12);
        assert!(rates[9..].windows(2).all(|pair| pair[0] > pair[1]));
    }

    #[test]
    fn without_warm_up_the_first_step_is_already_on_the_cosine() {
        let config = OptimizerConfig { warm_up_steps: 0, ..OptimizerConfig::default() };
        let first = learning_rate(&config, 1, 1000);
        assert!(first < config.learning_rate && first > 0.99 * config.learning_rate);
    }
}
