/// Cells of the longest bar.
const BAR: u64 = 24;

/// A part of a whole as a bar; what is not none has a cell at least.
pub(crate) fn bar(part: u64, whole: u64) -> String {
    let cells = (u128::from(part) * u128::from(BAR)).div_ceil(u128::from(whole.max(1)));
    "#".repeat(usize::try_from(cells).unwrap_or(0))
}
