/// The end of the shortest run of `at_least` characters that begins at each eojeol, given the characters of each.
///
/// Holds an entry for every eojeol up to the last from which the text is long enough. A run's length and end depend on
/// nothing outside it, so equal runs are cut alike wherever they stand: both the suffix array and the fingerprints rest on
/// that.
pub(super) fn shortest_runs(characters: &[u32], at_least: usize, ends: &mut Vec<u32>) {
    ends.clear();
    // Every eojeol is counted with the space after it; the last one of a run has none.
    let at_least = at_least as u64 + 1;
    let (mut end, mut length) = (0, 0);
    for &first in characters {
        while length < at_least {
            let Some(&entering) = characters.get(end) else { return };
            length += u64::from(entering) + 1;
            end += 1;
        }
        ends.push(end as u32);
        length -= u64::from(first) + 1;
    }
}

/// Characters of an eojeol in UTF-8.
pub(super) fn characters(eojeol: &[u8]) -> u32 {
    let continues = |byte: u8| byte & 0xc0 == 0x80;
    let characters = eojeol.iter().filter(|&&byte| !continues(byte)).count();
    // One that overflows is longer than any run that can be asked for, and so is the number that stands for it.
    u32::try_from(characters).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn runs_are_long_enough_and_not_longer(characters in prop::collection::vec(1u32..9, 0..40), at_least in 1usize..30) {
            let mut ends = vec![7];
            shortest_runs(&characters, at_least, &mut ends);
            let length = |run: &[u32]| run.iter().map(|&c| c as usize + 1).sum::<usize>().saturating_sub(1);
            for (start, &end) in ends.iter().enumerate() {
                prop_assert!(length(&characters[start..end as usize]) >= at_least);
                prop_assert!(length(&characters[start..end as usize - 1]) < at_least);
            }
            prop_assert!(length(&characters[ends.len()..]) < at_least);
        }
    }
}
