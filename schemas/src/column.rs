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
/// Numbers about the text, one field of the struct for each [`crate::Signal`].
pub const SIGNALS: &str = "signals";
/// How mojibake was undone before anything else was done, if it was.
pub const REPAIRED: &str = "repaired";
/// What normalisation changed: pairs of [`KIND`] and [`COUNT`].
pub const CHANGES: &str = "changes";
/// Personal data that was found: [`KIND`], [`CHARACTER`], [`CONFIDENCE`] and [`HASH`] of each finding, never the data.
pub const REDACTIONS: &str = "redactions";
/// Every rule that the document breaks, in the order in which they are judged; the first one removed it.
pub const BROKEN_RULES: &str = "broken_rules";
/// The source's own identifier of the document, if it has one.
pub const ORIGINAL_ID: &str = "original_id";
/// The group of authors or the author that the source names.
pub const GROUP: &str = "group";
/// Messages that a conversation was put together from.
pub const MESSAGES: &str = "messages";
/// Documents in this one's duplicate cluster, itself included; 1 before deduplication.
pub const CLUSTER_SIZE: &str = "cluster_size";

/// The document's vector, as the source brings it along.
pub const EMBEDDING: &str = "embedding";

// Fields of the structs in the lists above.

/// A kind of change or of personal data.
pub const KIND: &str = "kind";
/// How often.
pub const COUNT: &str = "count";
/// The first character of a finding, from 0, in the stored text.
pub const CHARACTER: &str = "character";
/// How sure a finding is: `checked` or `likely`.
pub const CONFIDENCE: &str = "confidence";
/// Keyed hash of what was found, by which the same datum is known again without being stored.
pub const HASH: &str = "hash";

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
/// Estimated Jaccard similarity to the survivor, 0 to 1; unknown where only embeddings tie the two together.
pub const SIMILARITY: &str = "similarity";
/// Tokens that the document was encoded to.
pub const TOKEN_COUNT: &str = "token_count";

// Contamination.

/// Name of an evaluation set in the recipe.
pub const EVALUATION_SET: &str = "evaluation_set";
/// The evaluation set's own identifier of an item.
pub const ITEM: &str = "item";
/// Share of the item's characters that stand in the document, 0 to 1.
pub const OVERLAP: &str = "overlap";

// Repeated spans.

/// Id of a document where a repeated span can be read.
pub const COPY_OF: &str = "copy_of";

// Superseded documents.

/// The earlier run that a document is of, as the recipe names it.
pub const RUN: &str = "run";

// Token shards.

/// Token ids of the document, without any separator.
pub const TOKENS: &str = "tokens";
