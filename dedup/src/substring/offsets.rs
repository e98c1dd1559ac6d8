use std::ops::Range;

/// Where each eojeol of a text lies: 16 bytes per eojeol. The buffer is reused from text to text.
#[derive(Debug, Default)]
pub struct EojeolOffsets {
    bytes: Vec<Range<usize>>,
}

impl EojeolOffsets {
    /// Takes another text.
    pub fn cut(&mut self, text: &str) {
        // An eojeol is borrowed from the text, so that their addresses tell where.
        let start = |eojeol: &str| eojeol.as_ptr().addr() - text.as_ptr().addr();
        self.bytes.clear();
        self.bytes.extend(text.split_whitespace().map(|eojeol| start(eojeol)..start(eojeol) + eojeol.len()));
    }

    /// The bytes of a run, from its first eojeol to the end of its last; `None` for an empty run and for one that goes past
    /// the end of the text.
    pub fn bytes(&self, run: &Range<u32>) -> Option<Range<usize>> {
        let run = self.bytes.get(run.start as usize..run.end as usize)?;
        Some(run.first()?.start..run.last()?.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Spans, cut};
    use proptest::prelude::*;

    fn bytes(text: &str, runs: &[Range<u32>]) -> Vec<Range<usize>> {
        let mut offsets = EojeolOffsets::default();
        offsets.cut(text);
        runs.iter().map(|run| offsets.bytes(run).unwrap()).collect()
    }

    fn without(text: &str, runs: &[Range<u32>]) -> String {
        let mut left = String::new();
        cut(text, &Spans::new(text, bytes(text, runs)).unwrap(), &mut left);
        left
    }

    #[test]
    fn paragraphs_survive_what_is_cut_out_between_them() {
        let text = "앞 문단이다.\n\n가져온 문장이다. 끝 문장이다.\n다음  문단";
        let ranges = bytes(text, &[2..4, 6..7]);
        assert_eq!(ranges.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>(), ["가져온 문장이다.", "다음"]);
        insta::assert_snapshot!(without(text, &[2..4, 6..7]), @r"
        앞 문단이다.

        끝 문장이다.
        문단
        ");
        assert_eq!(without(text, &[0..1, 1..2]), "가져온 문장이다. 끝 문장이다.\n다음  문단");
        assert_eq!(without(text, &[6..7, 7..8]), "앞 문단이다.\n\n가져온 문장이다. 끝 문장이다.");
        assert_eq!(without(text, &[0..2, 2..8]), "");
    }

    #[test]
    fn a_run_past_the_end_has_no_bytes() {
        let mut offsets = EojeolOffsets::default();
        offsets.cut("하나 둘");
        assert_eq!(offsets.bytes(&(1..2)), Some(7..10));
        assert_eq!([1..3, 2..3, 1..1, 9..12].map(|run| offsets.bytes(&run)), [None, None, None, None]);
    }

    fn runs(eojeol: u32) -> impl Strategy<Value = Vec<Range<u32>>> {
        prop::collection::btree_set(0..=eojeol, 0..8)
            .prop_map(|ends| ends.into_iter().collect::<Vec<_>>().chunks_exact(2).map(|run| run[0]..run[1]).collect())
    }

    fn text_and_runs() -> impl Strategy<Value = (String, Vec<Range<u32>>)> {
        "[ \n\u{3000}]{0,2}([가-하a]{1,3}[ \n\u{3000}]{1,3}){0,24}".prop_flat_map(|text: String| {
            let eojeol = text.split_whitespace().count() as u32;
            (Just(text), runs(eojeol))
        })
    }

    proptest! {
        #[test]
        fn exactly_the_eojeol_named_are_cut((text, runs) in text_and_runs()) {
            let kept: Vec<&str> = (0u32..)
                .zip(text.split_whitespace())
                .filter(|(at, _)| !runs.iter().any(|run| run.contains(at)))
                .map(|(_, eojeol)| eojeol)
                .collect();
            let left = without(&text, &runs);
            prop_assert_eq!(left.split_whitespace().collect::<Vec<_>>(), kept);
        }
    }
}
