//! How predictable a text is to a character n-gram model of other text.
//!
//! The model predicts character after character of NFC text, Hangul syllables among them (runs of spaces are one space,
//! digits are `0`, rare characters are their class), from up to four characters before, with interpolated modified
//! Kneser–Ney smoothing (Chen and Goodman 1999). Every context's probabilities sum to one. The perplexity of a text is
//! the exponential of the mean surprise of its characters: natural text of the kind that was learnt from has little,
//! words in a random order have more, random syllables much more.
//!
//! # File
//!
//! Numbers are little-endian.
//!
//! | field | size | |
//! |---|---|---|
//! | mark | 8 | `MALMOILM` |
//! | version | u32 | 1 |
//! | order | u32 | longest n-gram, 2 to 5 |
//! | characters | u32 | c, the characters that are symbols of their own, at most 4090 |
//! | longest probe | u32 | slots that a look-up may pass, at most 256 |
//! | slots | u32 | s |
//! | code points | c × u32 | ascending; symbol 6 is the first. Symbol 0 is the boundary before a text; 1 to 5 are the classes of other characters: Hangul syllable, jamo, Hanja, other letter, anything else |
//! | surprise | (6 + c) × f32 | −ln of a single symbol's probability |
//! | back-off | (6 + c) × f32 | −ln of its back-off weight as a context |
//! | table | s × u64 | upper half: fingerprint of an n-gram of order 2 or more, 0 for an empty slot; then −ln of its probability and −ln of its back-off weight, each in 16 bits as steps of 24/65535 |
//! | checksum | u64 | XXH3-64 of everything before |
//!
//! An n-gram's key is its symbols, 12 bits each, the last one lowest, and its order from bit 60 on. Its fingerprint and first
//! slot come from the key as in `table.rs`; collisions go to the next slot.

mod count;
mod estimate;
mod file;
mod symbols;
mod table;

use super::sample::Sample;
use super::{LearnError, WINDOW, Windows};
use serde::{Deserialize, Serialize};
use symbols::{BITS, MOST, Symbols};
use table::{Entry, Probe, Table};

/// Longest n-gram whose key fits.
const MOST_ORDER: usize = 5;
/// Symbols whose look-ups are under way at a time.
const BLOCK: usize = 32;

/// How a perplexity model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PerplexitySettings {
    /// Chooses the sample.
    pub seed: u64,
    /// Bytes of text to learn from; documents are sampled when there is more. Learning takes about ten times as much memory.
    pub sample_bytes: usize,
    /// Characters in the longest n-gram, 2 to 5.
    pub order: usize,
    /// Most characters that are symbols of their own.
    pub characters: usize,
    /// A character is a symbol of its own only if it occurs this often.
    pub least_character_count: u64,
    /// An n-gram is stored only if it occurs this often.
    pub least_count: u32,
    /// Most n-grams stored; the least count rises until they fit. The file takes sixteen bytes for each.
    pub ngrams: usize,
}

impl Default for PerplexitySettings {
    fn default() -> Self {
        Self {
            seed: 0,
            sample_bytes: 64 << 20,
            order: 5,
            characters: 4000,
            least_character_count: 5,
            least_count: 2,
            ngrams: 2_000_000,
        }
    }
}

impl PerplexitySettings {
    fn check(&self) -> Result<(), LearnError> {
        let bounds = [
            ((2..=MOST_ORDER).contains(&self.order), "order", "2 to 5"),
            (self.sample_bytes <= 1 << 32, "sample_bytes", "at most 4 GiB"),
            ((1..=1 << 30).contains(&self.ngrams), "ngrams", "1 to 1073741824"),
            (self.characters <= MOST, "characters", "at most 4096"),
        ];
        match bounds.iter().find(|(holds, ..)| !holds) {
            Some(&(_, setting, expected)) => Err(LearnError::Setting { setting, expected }),
            None => Ok(()),
        }
    }
}

/// A character n-gram language model. Shared by threads.
#[derive(Debug)]
pub struct Perplexity {
    order: usize,
    symbols: Symbols,
    /// −ln of each symbol's probability.
    surprise: Vec<f32>,
    /// −ln of each symbol's weight as a context.
    back_off: Vec<f32>,
    table: Table,
}

/// Where in a text the model is.
struct State {
    /// The last symbols, the newest lowest.
    history: u64,
    /// How many of them there are, the boundary among them.
    length: usize,
    /// −ln of the back-off weight of the context of each length, 0 for a context that is not stored.
    back_off: [f32; MOST_ORDER],
}

impl Perplexity {
    /// The perplexity per character, at least 1; `None` for a text without a character. A long text is read in three
    /// [`Windows`], each as a text of its own.
    pub fn perplexity(&self, text: &str) -> Option<f32> {
        let (mut surprise, mut count) = (0.0, 0);
        for window in Windows::of(text, WINDOW).iter() {
            let (more, symbols) = self.read_text(window);
            surprise += more;
            count += symbols;
        }
        (count > 0).then(|| (surprise / count as f64).exp() as f32)
    }

    /// Sum of the surprise in nats, and number of symbols.
    fn read_text(&self, text: &str) -> (f64, u64) {
        let mut state = self.beginning();
        let (mut total, mut count) = (0.0, 0);
        let mut symbols = self.symbols.each(text);
        loop {
            let mut block = [0; BLOCK];
            let filled = block.iter_mut().zip(&mut symbols).map(|(place, symbol)| *place = symbol).count();
            if filled == 0 {
                return (total, count);
            }
            total += f64::from(self.read_block(&block[..filled], &mut state));
            count += filled as u64;
        }
    }

    fn beginning(&self) -> State {
        let mut back_off = [0.0; MOST_ORDER];
        back_off[1] = self.back_off[0];
        State { history: 0, length: 1, back_off }
    }

    /// All look-ups of a block begin before the first is needed, so that memory answers them side by side.
    fn read_block(&self, block: &[u16], state: &mut State) -> f32 {
        let mut begun = [[(Probe::default(), 0u64); MOST_ORDER - 1]; BLOCK];
        let mut history = state.history;
        for (&symbol, begun) in block.iter().zip(&mut begun) {
            history = (history << BITS) | u64::from(symbol);
            for (order, begun) in (2..=self.order).zip(begun) {
                let probe = self.table.probe(table::key(history, order));
                *begun = (probe, self.table.first(probe));
            }
        }
        block.iter().zip(&begun).map(|(&symbol, begun)| self.step(symbol, begun, state)).sum()
    }

    /// The surprise of the next symbol.
    fn step(&self, symbol: u16, begun: &[(Probe, u64); MOST_ORDER - 1], state: &mut State) -> f32 {
        state.history = (state.history << BITS) | u64::from(symbol);
        state.length += 1;
        let mut surprise = self.surprise[usize::from(symbol)];
        let mut back_off = [0.0; MOST_ORDER];
        back_off[1] = self.back_off[usize::from(symbol)];
        let mut longest = 1;
        for (order, &(probe, first)) in (2..=self.order.min(state.length)).zip(begun) {
            let Some(Entry { surprise: found, back_off: weight }) = self.table.find(probe, first) else { break };
            surprise = found;
            longest = order;
            if order < MOST_ORDER {
                back_off[order] = weight;
            }
        }
        surprise += state.back_off[longest..self.order].iter().sum::<f32>();
        state.back_off = back_off;
        surprise
    }
}

/// Learns a model from texts. Memory is bounded by the settings however many texts come; their order does not matter.
///
/// # Errors
/// If a setting is out of bounds or there is hardly any text.
pub fn learn_perplexity<T: AsRef<str>>(
    texts: impl IntoIterator<Item = T>,
    settings: &PerplexitySettings,
) -> Result<Perplexity, LearnError> {
    settings.check()?;
    let mut sample = Sample::new(settings.seed, settings.sample_bytes, usize::MAX / 4);
    texts.into_iter().for_each(|text| sample.offer(text.as_ref()));
    let texts = || sample.texts().values().map(String::as_str);
    let found = sample.texts().len();
    let too_few = LearnError::TooFew { side: "text", found, needed: 1 };
    if found == 0 {
        return Err(too_few);
    }
    let Some(symbols) = Symbols::learn(texts(), settings.characters, settings.least_character_count) else {
        return Err(too_few);
    };
    let run = count::symbols(texts(), &symbols);
    drop(sample);
    let levels = count::levels(&run, settings.order, settings.least_count);
    drop(run);
    let least = estimate::least_count(&levels, settings.ngrams).max(settings.least_count);
    let (single, orders) = estimate::estimate(&levels, symbols.count(), least);
    assemble(settings.order, symbols, &single, &orders)
        .ok_or(LearnError::Setting { setting: "ngrams", expected: "smaller" })
}

fn assemble(order: usize, symbols: Symbols, single: &[f64], orders: &[estimate::Estimated]) -> Option<Perplexity> {
    let nats = |probability: f64| -probability.max(f64::MIN_POSITIVE).ln().min(0.0) as f32;
    // The boundary is never predicted; what its place says is never read.
    let surprise = single.iter().map(|&p| nats(p).min(100.0)).collect();
    let mut back_off = vec![0.0; symbols.count()];
    if let Some(pairs) = orders.first() {
        pairs.back_off.iter().for_each(|&(context, weight)| back_off[context as usize] = nats(weight));
    }
    let mut entries = Vec::new();
    for (at, level) in orders.iter().enumerate() {
        let mut weights = orders.get(at + 1).map_or(&[][..], |above| &above.back_off).iter().peekable();
        for &(gram, probability) in &level.probabilities {
            while weights.next_if(|&&(context, _)| context < gram).is_some() {}
            let weight = weights.next_if(|&&(context, _)| context == gram).map_or(1.0, |&(_, weight)| weight);
            entries.push((table::key(gram, at + 2), probability, weight));
        }
    }
    Some(Perplexity { order, symbols, surprise, back_off, table: Table::new(&entries)? })
}

#[cfg(test)]
mod tests;
