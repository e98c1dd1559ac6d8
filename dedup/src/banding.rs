/// How a signature is cut into bands: two documents become candidates if they agree in all rows of any band
/// (Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, section 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Banding {
    bands: u32,
    rows: u32,
}

/// Strips of the integrals below. An eighth of them finds the same bands of 112 hashes as exact integrals do, for
/// thresholds from .5 to .98.
const STRIPS: u32 = 256;

impl Banding {
    /// Bands of rows, at least one of each.
    pub fn new(bands: u32, rows: u32) -> Self {
        Self { bands: bands.max(1), rows: rows.max(1) }
    }

    /// The banding of at most `hashes` hashes that separates best at Jaccard similarity `threshold`: a weighted sum of two
    /// areas is the least possible, the one below the candidate curve left of the threshold (false candidates, for
    /// similarities that are equally likely) and the one above it to its right (missed pairs). `missed` is the weight of the
    /// latter, the former has the rest of one. Of equals the one with the fewest bands, then rows.
    ///
    /// This is the choice of datasketch, with the same outcome. Only arithmetic decides, so every machine comes to the same.
    pub fn solve(threshold: f64, hashes: u32, missed: f64) -> Self {
        let bandings = (1..=hashes).flat_map(|bands| (1..=hashes / bands).map(move |rows| Self { bands, rows }));
        let errors = bandings.map(|banding| (banding.error(threshold, missed), banding));
        let best = errors.reduce(|best, next| if next.0 < best.0 { next } else { best });
        best.map_or(Self::new(1, 1), |(_, banding)| banding)
    }

    /// Number of bands.
    pub fn bands(self) -> usize {
        self.bands as usize
    }

    /// Rows of a band, each one hash.
    pub fn rows(self) -> usize {
        self.rows as usize
    }

    /// Hashes of a signature.
    pub fn hashes(self) -> usize {
        self.bands() * self.rows()
    }

    /// Chance that two documents of Jaccard similarity `jaccard` become candidates: 1 − (1 − sʳ)ᵇ.
    pub fn candidate_probability(self, jaccard: f64) -> f64 {
        1.0 - self.missed(jaccard)
    }

    /// Similarity at which the candidate curve is steepest, nearly: (1/b)^(1/r).
    pub fn threshold(self) -> f64 {
        (1.0 / f64::from(self.bands)).powf(1.0 / f64::from(self.rows))
    }

    fn missed(self, jaccard: f64) -> f64 {
        power(1.0 - power(jaccard, self.rows), self.bands)
    }

    /// Both areas, weighted.
    fn error(self, threshold: f64, missed: f64) -> f64 {
        let threshold = threshold.clamp(0.0, 1.0);
        let false_candidates = threshold - integral(0.0, threshold, |s| self.missed(s));
        (1.0 - missed) * false_candidates + missed * integral(threshold, 1.0, |s| self.missed(s))
    }
}

/// By squaring: `f64::powi` may round differently from machine to machine.
fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

/// Simpson's rule.
fn integral(from: f64, to: f64, of: impl Fn(f64) -> f64) -> f64 {
    let width = (to - from) / f64::from(STRIPS);
    let sum: f64 = (0..STRIPS)
        .map(|strip| {
            let left = from + width * f64::from(strip);
            of(left) + 4.0 * of(left + width / 2.0) + of(left + width)
        })
        .sum();
    sum * width / 6.0
}

#[cfg(test)]
mod tests;
