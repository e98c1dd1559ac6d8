//! Column names of all schemas, so that no stage spells one differently.

// Documents, and what every row about a document carries.

/// 16-byte document id.
pub const ID: &str = "id";
/// Name of the source in the recipe.
pub const SOURCE: &str = "source";
/// Path of the input file inside its source.
pub const FILE: &str = "file";
/// Ordinal of the record in its file, from 0.
pub const RECORD: &str = "record";
/// Address the document was found at, if known.
pub const URL: &str = "url";
/// Title, if known.
pub const TITLE: &str = "title";
/// Date as the source wrote it, if known.
pub const DATE: &str = "date";
/// The text itself, NFC.
pub const TEXT: &str = "text";
/// Character set the bytes were decoded from, by its WHATWG name.
pub const CHARSET: &str = "charset";
/// Malformed sequences that became one U+FFFD each.
pub const REPLACED: &str = "replaced";
/// Characters (Unicode scalar values) of the text.
pub const CHARACTERS: &str = "characters";
/// Eojeol (runs of non-space characters) of the text.
pub const EOJEOL: &str = "eojeol";
/// Hangul characters over all non-space characters, 0 to 1.
pub const HANGUL_SHARE: &str = "hangul_share";
/// Characters on lines that occurred earlier in the document over all characters on lines, 0 to 1.
pub const REPEATED_LINE_SHARE: &str = "repeated_line_share";
/// Documents in this one's duplicate cluster, itself included; 1 before deduplication.
pub const CLUSTER_SIZE: &str = "cluster_size";

// Ledger rows.

/// `kept`, `removed` or `errored`: see [`crate::Outcome`].
pub const OUTCOME: &str = "outcome";
/// Why, for what was not kept: see [`crate::Reason`].
pub const REASON: &str = "reason";
/// The reason in words with its numbers, for a person.
pub const DETAIL: &str = "detail";
/// Byte offset of the record in its (decompressed) file, where the reader knows it.
pub const OFFSET: &str = "offset";
/// Id of the document that was kept in place of this one.
pub const SURVIVOR: &str = "survivor";
/// Estimated Jaccard similarity to the survivor, 0 to 1.
pub const SIMILARITY: &str = "similarity";
/// Tokens that the document was encoded to.
pub const TOKEN_COUNT: &str = "token_count";

// Token shards.

/// Token ids of the document, without any separator.
pub const TOKENS: &str = "tokens";
