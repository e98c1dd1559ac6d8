//! What happened to one document, stage by stage, and why.

mod comparison;
mod duplicates;
mod find;
mod text;

pub use comparison::{Comparison, DuplicatePair};
pub use duplicates::Members;
pub use text::ExplanationText;

use crate::AuditError;
use crate::lineage::Lineage;
use crate::lookup::Known;
use crate::member::{Place, TextStart};
use crate::query::Query;
use malmoi_engine::Session;
use malmoi_schemas::{Details, DocumentId, FileSet, Outcome, Stage, TrainDetails};

/// Documents of one URL that are explained; of more the number is told.
const MATCHES: usize = 20;

/// The stories of the documents that a key names.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The id or URL that was asked for.
    pub key: String,
    /// One for an id; for a URL all documents found at it, by place.
    pub documents: Vec<DocumentExplanation>,
    /// Further documents at the same URL that are not explained, for there are too many.
    pub more: u64,
    /// Published stages that were made from an earlier version of the stage before. They say nothing here.
    pub outdated: Vec<Stage>,
    /// Documents in the training shards, and what training came to, once it is published.
    pub trained: Option<(u64, TrainDetails)>,
}

/// What happened to one document.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentExplanation {
    /// The document.
    pub id: DocumentId,
    /// Where it was read.
    pub place: Place,
    /// Byte offset of the record in its (decompressed) file, where the reader knows it.
    pub offset: Option<u64>,
    /// Its address, if known.
    pub url: Option<String>,
    /// Its title, if known.
    pub title: Option<TextStart>,
    /// The numbers that rules judged it by; `None` for a record that never became a document.
    pub measures: Option<Measures>,
    /// What each stage that read it says, in order.
    pub accounts: Vec<Account>,
    /// The beginning of its text.
    pub text: Option<TextStart>,
    /// How it differs from the document that was kept in its place, or from the first that was removed for it. One pair
    /// of an explanation is compared.
    pub comparison: Option<Comparison>,
}

/// The numbers that rules judged a document by.
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    /// Characters.
    pub characters: u32,
    /// Eojeol.
    pub eojeol: u32,
    /// Character set of the bytes.
    pub charset: String,
    /// Malformed sequences that were replaced.
    pub replaced: u32,
    /// How mojibake was undone, if it was.
    pub repaired: Option<String>,
    /// What normalisation changed, and how often.
    pub changes: Vec<(String, u64)>,
    /// Kinds of personal data that were found, and how often.
    pub personal: Vec<(String, u64)>,
    /// Every rule that the document breaks, the one that removed it first.
    pub broken_rules: Vec<String>,
    /// All numbers that were measured, by name.
    pub signals: Vec<(String, f64)>,
}

/// What one stage says of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The stage.
    pub stage: Stage,
    /// What became of the document there.
    pub outcome: Outcome,
    /// Why, in words.
    pub detail: Option<String>,
    /// The document that was kept in its place.
    pub survivor: Option<Survivor>,
    /// Documents that were removed in favour of this one.
    pub stands_for: Option<Members>,
    /// Tokens it was encoded to.
    pub tokens: Option<u32>,
    /// The token shard it went into.
    pub shard: Option<TokenSet>,
}

/// Where a document's tokens went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenSet {
    /// To be trained on, in this shard.
    Train(String),
    /// Kept back for the held-out loss, in this shard.
    HeldOut(String),
}

/// The document that was kept in place of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Survivor {
    /// The document.
    pub id: DocumentId,
    /// What a person knows it by; `None` if the kept documents do not hold it.
    pub known: Option<Known>,
    /// Estimated similarity, 0 to 1.
    pub similarity: Option<f32>,
    /// Other documents that were removed in favour of it.
    pub others: Option<Members>,
}

/// Tells what happened to the document with an id (32 hexadecimal digits), or to all documents of a URL (exact match), and why.
///
/// # Errors
///
/// [`AuditError::NotFound`] says which ledgers do not know the key; [`AuditError::NothingPublished`] is for a run without
/// any stage; otherwise what went wrong with the run's files.
pub fn explain(session: &Session, key: &str) -> Result<Explanation, AuditError> {
    let lineage = Lineage::of(session)?;
    let query = Query::new(session)?;
    let (what, ids, more) = match key.parse::<DocumentId>() {
        Ok(id) => ("id", vec![id], 0),
        Err(_) => {
            let (ids, more) = find::ids_of_url(&query, &lineage, key, MATCHES)?;
            ("URL", ids, more)
        }
    };
    let mut documents = find::documents(&query, &lineage, &ids)?;
    if documents.is_empty() {
        return Err(AuditError::NotFound { what, key: key.to_owned(), searched: searched(&lineage) });
    }
    documents.sort_by(|a, b| a.place.cmp(&b.place).then(a.id.cmp(&b.id)));
    let ingest = lineage.stage(Stage::Ingest);
    if let Some(ingest) = ingest {
        find::contents(&query, ingest, &mut documents)?;
    }
    if let Some(dedup) = lineage.stage(Stage::Dedup) {
        duplicates::tell(&query, dedup, &mut documents)?;
    }
    // Deduplication keeps no text of what it removes; ingest has it, and what it has of the survivor goes with it.
    if let Some(read) = ingest.map(|ingest| query.documents(ingest)).transpose()?.flatten() {
        duplicates::introduce(&query, read.clone(), &mut documents)?;
        comparison::compare(&query, read, &mut documents)?;
    }
    if let Some(tokenize) = lineage.stage(Stage::Tokenize) {
        find::shards(session, tokenize, &mut documents)?;
    }
    Ok(Explanation { key: key.to_owned(), documents, more, outdated: lineage.outdated(), trained: trained(&lineage) })
}

/// The ledgers that were searched, in words.
fn searched(lineage: &Lineage) -> String {
    let ledgers = lineage.current().filter(|link| link.published.manifest.files_of(FileSet::Ledger).next().is_some());
    let described: Vec<String> = ledgers
        .map(|link| {
            let records = crate::report::thousands(link.published.manifest.counts.read);
            format!("the ledger of {} ({records} records)", link.stage())
        })
        .collect();
    if described.is_empty() { "no ledger, for none is published".to_owned() } else { described.join(", ") }
}

fn trained(lineage: &Lineage) -> Option<(u64, TrainDetails)> {
    let shards = lineage.stage(Stage::Tokenize)?.manifest.files_of(FileSet::Tokens).map(|file| file.rows).sum();
    match &lineage.stage(Stage::Train)?.manifest.details {
        Details::Train(details) => Some((shards, details.clone())),
        _ => None,
    }
}
