//! Evaluation files of any bytes, and a document of any text: items are read or refused, what is found lies in the text, and
//! a text that was cut holds nothing that is to be cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use malmoi_dedup::decontaminate::{Action, Benchmarks, EvalSet, Format, ScanBuffers, Verdict, read_items};

fuzz_target!(|input: (u8, &[u8], &str)| {
    let (format, file, text) = input;
    let format = [Format::JsonLines, Format::Json, Format::Tsv, Format::Csv][usize::from(format % 4)];
    let mut benchmarks = Benchmarks::default();
    let set = benchmarks.add_set(EvalSet { action: Action::Cut, ..EvalSet::named("set") }).expect("the first set");
    read_items(format, file, &[], |item, texts| {
        benchmarks.add(set, item, texts.iter().copied()).expect("few items");
    })
    .ok();
    let (index, mut buffers) = (benchmarks.index(), ScanBuffers::default());
    let findings = index.scan(text, &mut buffers).to_vec();
    findings.iter().for_each(|finding| assert!(text.get(finding.range.clone()).is_some()));
    if let Verdict::Cut(cut) = index.verdict(text, &findings, &mut buffers) {
        assert!(index.scan(&cut, &mut buffers).is_empty());
    }
});
