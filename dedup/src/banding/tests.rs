use super::*;

/// Threshold, hashes, and (at equal weights) the bands and rows that datasketch 2.0 chooses for them.
const OF_DATASKETCH: &[(f64, u32, u32, u32)] = &[
    (0.3, 16, 8, 2),
    (0.5, 16, 5, 3),
    (0.6, 16, 4, 4),
    (0.7, 16, 3, 5),
    (0.75, 16, 2, 6),
    (0.8, 16, 2, 8),
    (0.85, 16, 2, 8),
    (0.9, 16, 1, 15),
    (0.95, 16, 1, 16),
    (0.3, 64, 21, 3),
    (0.5, 64, 14, 4),
    (0.6, 64, 10, 6),
    (0.7, 64, 8, 8),
    (0.75, 64, 7, 9),
    (0.8, 64, 5, 11),
    (0.85, 64, 4, 15),
    (0.9, 64, 3, 21),
    (0.95, 64, 2, 32),
    (0.3, 112, 37, 3),
    (0.5, 112, 22, 5),
    (0.6, 112, 16, 7),
    (0.7, 112, 12, 9),
    (0.75, 112, 11, 10),
    (0.8, 112, 9, 12),
    (0.85, 112, 7, 16),
    (0.9, 112, 5, 22),
    (0.95, 112, 3, 37),
    (0.3, 128, 37, 3),
    (0.5, 128, 25, 5),
    (0.6, 128, 18, 7),
    (0.7, 128, 14, 9),
    (0.75, 128, 11, 11),
    (0.8, 128, 9, 13),
    (0.85, 128, 8, 16),
    (0.9, 128, 5, 25),
    (0.95, 128, 3, 42),
    (0.3, 256, 64, 4),
    (0.5, 256, 42, 6),
    (0.6, 256, 32, 8),
    (0.7, 256, 25, 10),
    (0.75, 256, 21, 12),
    (0.8, 256, 17, 15),
    (0.85, 256, 13, 19),
    (0.9, 256, 9, 28),
    (0.95, 256, 5, 51),
];

#[test]
fn the_choice_is_that_of_datasketch() {
    for &(threshold, hashes, bands, rows) in OF_DATASKETCH {
        assert_eq!(Banding::solve(threshold, hashes, 0.5), Banding { bands, rows }, "{threshold} with {hashes}");
    }
    for (threshold, missed, bands, rows) in
        [(0.8, 0.7, 10, 11), (0.8, 0.9, 12, 9), (0.8, 0.95, 14, 8), (0.7, 0.9, 18, 6)]
    {
        assert_eq!(Banding::solve(threshold, 112, missed), Banding { bands, rows }, "{threshold} weighted {missed}");
    }
}

/// Against every banding, the areas summed from a hundred thousand points.
#[test]
fn no_other_banding_has_less_error() {
    fn error(threshold: f64, bands: u32, rows: u32) -> f64 {
        let points = 100_000;
        let area = |point: u32| {
            let s = (f64::from(point) + 0.5) / f64::from(points);
            let candidate = 1.0 - (1.0 - s.powi(rows as i32)).powi(bands as i32);
            if s < threshold { candidate } else { 1.0 - candidate }
        };
        (0..points).map(area).sum::<f64>() / f64::from(points)
    }
    for (threshold, hashes) in [(0.5, 20), (0.8, 24), (0.95, 16)] {
        let solved = Banding::solve(threshold, hashes, 0.5);
        assert!((2.0 * solved.error(threshold, 0.5) - error(threshold, solved.bands, solved.rows)).abs() < 1e-5);
        for bands in 1..=hashes {
            for rows in 1..=hashes / bands {
                assert!(
                    error(threshold, bands, rows) > 2.0 * solved.error(threshold, 0.5) - 1e-5,
                    "{bands} bands of {rows}"
                );
            }
        }
    }
}

#[test]
fn the_curve_of_14_bands_of_8_is_the_published_one() {
    let banding = Banding::new(14, 8);
    assert!((banding.candidate_probability(0.8) - 0.924).abs() < 5e-4);
    assert!((banding.threshold() - 0.719).abs() < 5e-4);
}

#[test]
fn extreme_wishes_are_served() {
    assert_eq!(Banding::solve(1.0, 112, 0.5).bands, 1);
    assert_eq!(Banding::solve(0.0, 112, 0.5).rows, 1);
    assert_eq!(Banding::solve(0.8, 0, 0.5), Banding::new(1, 1));
    assert_eq!(Banding::solve(f64::NAN, 4, 0.5), Banding::new(1, 1));
}
