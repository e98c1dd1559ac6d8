//! Charts as inline SVG. Colours come from the page's classes, so that they follow light and dark.

use crate::report::{compact, share, thousands};
use crate::stats::{Bin, Histogram};

/// Length of a full bar in its own units. A bar is stretched to its cell.
const FULL: f64 = 1000.0;

/// The least length at which what is not nothing can still be seen.
const VISIBLE: f64 = 3.0;

/// A stretch of a bar.
#[derive(Clone, Copy)]
pub(super) struct Stretch {
    /// The colour's class.
    pub(super) class: &'static str,
    /// Where it begins, of the whole.
    pub(super) from: u64,
    /// How long it is, of the whole.
    pub(super) length: u64,
}

/// A bar in a table's cell; `whole` is its full length.
pub(super) fn bar(whole: u64, stretches: &[Stretch]) -> String {
    let scale = FULL / whole.max(1) as f64;
    let rectangle = |stretch: &&Stretch| {
        let width = (stretch.length as f64 * scale).clamp(VISIBLE, FULL);
        let x = (stretch.from as f64 * scale).min(FULL - width);
        format!("<rect class=\"{}\" x=\"{x:.1}\" width=\"{width:.1}\" height=\"10\"/>", stretch.class)
    };
    let rectangles: String = stretches.iter().filter(|stretch| stretch.length > 0).map(|s| rectangle(&s)).collect();
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 {FULL} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{rectangles}</svg>"
    )
}

/// Size of a histogram and the margins of its plot.
const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 6.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 26.0;

/// Labels that fit below a histogram.
const LABELS: usize = 8;

/// A histogram of lengths on a logarithmic axis: a column for each bin.
pub(super) fn histogram(histogram: &Histogram, unit: &str) -> String {
    let plot = Plot::of(histogram);
    let mut svg = format!(
        "<svg class=\"plot\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Documents by length in {unit}\">\n"
    );
    svg += &plot.grid();
    for (place, bin) in histogram.bins.iter().enumerate() {
        svg += &plot.column(place, bin, unit);
    }
    svg += &plot.axis();
    svg += &plot.median(unit);
    svg + "</svg>\n"
}

/// The geometry of one histogram.
struct Plot<'a> {
    histogram: &'a Histogram,
    /// Width of a bin.
    step: f64,
    /// Documents at the top grid line.
    top: u64,
    /// Documents between grid lines.
    tick: u64,
}

impl<'a> Plot<'a> {
    fn of(histogram: &'a Histogram) -> Self {
        let highest = histogram.bins.iter().map(|bin| bin.documents).max().unwrap_or(0).max(1);
        let tick = tick(highest);
        let step = (WIDTH - LEFT - RIGHT) / histogram.bins.len().max(1) as f64;
        Self { histogram, step, top: highest.div_ceil(tick) * tick, tick }
    }

    fn y(&self, documents: u64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * documents as f64 / self.top as f64
    }

    fn grid(&self) -> String {
        let mut svg = String::new();
        for documents in (0..=self.top).step_by(usize::try_from(self.tick).unwrap_or(usize::MAX)) {
            let (y, end) = (self.y(documents), WIDTH - RIGHT);
            let class = if documents == 0 { "base" } else { "grid" };
            svg += &format!("<path class=\"{class}\" d=\"M{LEFT} {y:.1}H{end}\"/>");
            let (x, y) = (LEFT - 8.0, y + 3.5);
            svg += &format!("<text class=\"end\" x=\"{x}\" y=\"{y:.1}\">{}</text>\n", compact(documents));
        }
        svg
    }

    fn column(&self, place: usize, bin: &Bin, unit: &str) -> String {
        let (x, y) = (LEFT + self.step * place as f64 + 1.0, self.y(bin.documents));
        let (width, height) = ((self.step - 2.0).max(1.0), HEIGHT - BOTTOM - y);
        let (from, to) = (thousands(bin.from.into()), thousands(bin.to.into()));
        let documents = thousands(bin.documents);
        let part = share(bin.documents, self.histogram.documents);
        format!(
            "<rect class=\"kept\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\">\
             <title>{from} to {to} {unit}: {documents} documents, {part}</title></rect>\n"
        )
    }

    /// Each label is the length at which its bin begins.
    fn axis(&self) -> String {
        let every = self.histogram.bins.len().div_ceil(LABELS).max(1);
        let mut svg = String::new();
        for (place, bin) in self.histogram.bins.iter().enumerate().step_by(every) {
            let (x, y) = (LEFT + self.step * place as f64, HEIGHT - BOTTOM);
            let text = y + 18.0;
            svg += &format!("<path class=\"base\" d=\"M{x:.1} {y}v4\"/>");
            svg += &format!("<text class=\"middle\" x=\"{x:.1}\" y=\"{text}\">{}</text>\n", compact(bin.from.into()));
        }
        svg
    }

    fn median(&self, unit: &str) -> String {
        let median = self.histogram.median;
        let Some(place) = self.histogram.bins.iter().position(|bin| bin.from <= median && median <= bin.to) else {
            return String::new();
        };
        let bin = self.histogram.bins[place];
        let within = (f64::from(median.max(1)) / f64::from(bin.from.max(1))).log2();
        let x = LEFT + self.step * (place as f64 + within.clamp(0.0, 1.0));
        let (top, bottom) = (TOP - 10.0, HEIGHT - BOTTOM);
        let (class, offset) = if x > WIDTH * 0.6 { ("end", -5.0) } else { ("start", 5.0) };
        format!(
            "<path class=\"median\" d=\"M{x:.1} {top}V{bottom}\"/>\
             <text class=\"strong {class}\" x=\"{:.1}\" y=\"{:.1}\">median {} {unit}</text>\n",
            x + offset,
            top + 4.0,
            thousands(median.into())
        )
    }
}

/// A round distance between grid lines that gives at most five of them.
fn tick(highest: u64) -> u64 {
    let mut unit = 1u64;
    loop {
        for tick in [1, 2, 5].map(|round| unit.saturating_mul(round)) {
            if highest.div_ceil(tick) <= 4 {
                return tick;
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_nothing_is_seen() {
        let svg = bar(1_000_000, &[Stretch { class: "kept", from: 1_000_000, length: 1 }]);
        assert!(svg.contains("x=\"997.0\" width=\"3.0\""), "{svg}");
        assert!(!bar(10, &[Stretch { class: "kept", from: 0, length: 0 }]).contains("rect"));
    }

    proptest! {
        #[test]
        fn grid_lines_are_few(highest in 1..=u64::MAX) {
            prop_assert!(highest.div_ceil(tick(highest)) <= 4);
        }
    }
}
