/// Why repeated spans could not be looked for.
#[derive(Debug, thiserror::Error)]
pub enum SubstringError {
    /// More eojeol than a position of 31 bits can name.
    #[error("a part of more than {limit} eojeol cannot be searched: make parts smaller")]
    TooLong {
        /// The most that a part may hold, the end of each document included.
        limit: u32,
    },
    /// The suffix array could not be built, for want of memory.
    #[error("cannot sort the suffixes of {eojeol} eojeol: {error}")]
    SuffixArray {
        /// Eojeol of the part.
        eojeol: usize,
        /// The library's own words.
        error: libsais::LibsaisError,
    },
}
