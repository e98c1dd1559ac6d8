use std::collections::BTreeMap;
use std::ops::Range;

/// A repeated span of a document. Documents are named by keys, or by whatever else ranks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat<Of = u64> {
    /// Which eojeol of the document it is.
    pub eojeol: Range<u32>,
    /// The first document that has any run of the required length in common with it: where to look for the text. A long span
    /// may repeat several documents.
    pub of: Of,
}

/// The union of spans found in several parts, or by [`super::repeats_within`]: by key, in order, disjoint and not touching.
///
/// Commutative, associative and idempotent, so parts may come in any order, overlap and be merged in steps.
pub fn union(found: impl IntoIterator<Item = (u64, Vec<Repeat>)>) -> Vec<(u64, Vec<Repeat>)> {
    let mut by_key: BTreeMap<u64, Vec<Repeat>> = BTreeMap::new();
    for (key, mut spans) in found {
        by_key.entry(key).or_default().append(&mut spans);
    }
    by_key.into_iter().map(|(key, spans)| (key, merged(spans))).filter(|(_, spans)| !spans.is_empty()).collect()
}

/// The same for the spans of one document.
pub fn merged<Of: Ord>(mut spans: Vec<Repeat<Of>>) -> Vec<Repeat<Of>> {
    spans.sort_unstable_by_key(|span| span.eojeol.start);
    let mut merged = Vec::new();
    spans.into_iter().for_each(|span| push(&mut merged, span));
    merged
}

/// Adds a span that begins no earlier than those before it, joining it to the last one if they overlap or touch.
pub(super) fn push<Of: Ord>(spans: &mut Vec<Repeat<Of>>, span: Repeat<Of>) {
    match spans.last_mut() {
        Some(last) if span.eojeol.start <= last.eojeol.end => {
            last.eojeol.end = last.eojeol.end.max(span.eojeol.end);
            if span.of < last.of {
                last.of = span.of;
            }
        }
        _ => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn union_is_that_of_sets(
            parts in prop::collection::vec((0u64..3, prop::collection::vec((0u32..20, 1u32..5, 0u64..9), 0..6)), 0..6),
            split in 0usize..7,
        ) {
            let parts: Vec<(u64, Vec<Repeat>)> = parts
                .into_iter()
                .map(|(key, spans)| {
                    let span = |(start, length, of)| Repeat { eojeol: start..start + length, of };
                    (key, spans.into_iter().map(span).collect())
                })
                .collect();
            let whole = union(parts.iter().cloned());
            let (left, right) = parts.split_at(split.min(parts.len()));
            let in_steps = union([union(right.to_vec()), union(left.to_vec()), union(right.to_vec())].concat());
            prop_assert_eq!(&whole, &in_steps);
            for key in 0..3 {
                let all: Vec<&Repeat> = parts.iter().filter(|part| part.0 == key).flat_map(|part| &part.1).collect();
                let merged: Vec<&Repeat> = whole.iter().filter(|part| part.0 == key).flat_map(|part| &part.1).collect();
                for at in 0..30 {
                    prop_assert_eq!(
                        all.iter().any(|span| span.eojeol.contains(&at)),
                        merged.iter().any(|span| span.eojeol.contains(&at))
                    );
                }
                prop_assert!(merged.windows(2).all(|pair| pair[0].eojeol.end < pair[1].eojeol.start));
            }
        }
    }
}
