use super::GenerateOptions;
use crate::random::Stream;

/// Chooses a token from logits.
pub(super) struct Chooser {
    temperature: f64,
    top_k: usize,
    stream: Stream,
}

impl Chooser {
    pub(super) fn new(options: &GenerateOptions) -> Self {
        Self { temperature: options.temperature, top_k: options.top_k, stream: Stream::new("generate", options.seed) }
    }

    /// The token of draw number `draw`: the likeliest at temperature 0, else one of the likeliest `top_k` by chance.
    ///
    /// Ties go to the smaller token.
    pub(super) fn choose(&self, logits: &[f32], draw: u64) -> u32 {
        let mut order: Vec<u32> = (0..logits.len() as u32).collect();
        let likelier = |&a: &u32, &b: &u32| logits[b as usize].total_cmp(&logits[a as usize]).then(a.cmp(&b));
        let among = match self.top_k {
            _ if self.temperature == 0.0 => 1,
            0 => order.len(),
            k => k.min(order.len()),
        };
        if among < order.len() {
            order.select_nth_unstable_by(among, likelier);
            order.truncate(among);
        }
        order.sort_unstable_by(likelier);
        let Some(&best) = order.first() else { return 0 };
        if among == 1 {
            return best;
        }
        let weight = |token: u32| (f64::from(logits[token as usize] - logits[best as usize]) / self.temperature).exp();
        let mut left = self.stream.uniform(draw) * order.iter().map(|&token| weight(token)).sum::<f64>();
        for &token in &order {
            left -= weight(token);
            if left <= 0.0 {
                return token;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chooser(temperature: f64, top_k: usize) -> Chooser {
        Chooser::new(&GenerateOptions { tokens: 0, temperature, top_k, seed: 1 })
    }

    #[test]
    fn temperature_zero_takes_the_likeliest_and_the_first_of_equals() {
        assert_eq!(chooser(0.0, 0).choose(&[0.1, 3.0, 3.0, -1.0], 0), 1);
    }

    #[test]
    fn frequencies_follow_the_softmax_of_the_likeliest() {
        let logits = [0.0, 2f32.ln(), -50.0, -1.0];
        let mut counts = [0u32; 4];
        for draw in 0..30_000 {
            counts[chooser(1.0, 2).choose(&logits, draw) as usize] += 1;
        }
        assert_eq!((counts[2], counts[3]), (0, 0));
        // 1/3 and 2/3, within five standard deviations.
        assert!((f64::from(counts[0]) - 10_000.0).abs() < 5.0 * (30_000.0f64 * 2.0 / 9.0).sqrt(), "{counts:?}");
    }

    #[test]
    fn a_lower_temperature_is_less_varied() {
        let logits = [0.0, 1.0, 2.0];
        let best = |temperature| (0..3000).filter(|&draw| chooser(temperature, 0).choose(&logits, draw) == 2).count();
        assert!(best(0.2) > best(1.0) && best(1.0) > best(5.0));
    }
}
