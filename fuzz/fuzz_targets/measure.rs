//! Any text: every signal is a finite number in its range, measuring again gives the same, and every preset judges it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_ingest::judge::{Preset, Rules, judge};
use malmoi_ingest::measure::{Measurer, Signal};

fuzz_target!(|text: &str| {
    let mut measurer = Measurer::with_morphemes();
    let signals = measurer.measure(text);
    assert_eq!(signals.characters as usize, text.chars().count());
    assert_eq!(signals.eojeol as usize, text.split_whitespace().count());
    for signal in Signal::ALL {
        let value = signal.get(&signals).unwrap_or(0.0);
        assert!(value.is_finite() && value >= 0.0, "{}", signal.as_str());
        assert!(value <= 1.0 || !signal.as_str().ends_with("_share"), "{}", signal.as_str());
    }
    assert_eq!(measurer.measure(text), signals);
    for &preset in Preset::ALL {
        let verdict = judge(&signals, &Rules::of(preset));
        assert_eq!(verdict.is_kept(), verdict.all.is_empty());
    }
});
