//! Finds a document's rows in what the stages published.

use super::{Account, DocumentExplanation, Measures, Survivor, TokenSet};
use crate::AuditError;
use crate::lineage::Lineage;
use crate::member::{Place, TextStart, printable};
use crate::query::Query;
use crate::rows::{Origin, Rows};
use datafusion::prelude::{ident, lit};
use malmoi_engine::{Published, Session};
use malmoi_schemas::{DocumentId, FileSet, Stage, TOKENS, column};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of the text that an explanation shows.
const TEXT: usize = 300;

/// Characters of a title that an explanation shows.
const TITLE: usize = 120;

/// Ids of the first `limit` records at a URL by place, and how many more there are.
///
/// Only the first ledger is read: it knows every record.
pub(super) fn ids_of_url(
    query: &Query<'_>,
    lineage: &Lineage,
    url: &str,
    limit: usize,
) -> Result<(Vec<DocumentId>, u64), AuditError> {
    let mut found: BTreeSet<(Place, DocumentId)> = BTreeSet::new();
    let mut all = 0;
    let ledger = lineage.current().find_map(|link| query.ledger(&link.published).transpose()).transpose()?;
    let Some(ledger) = ledger else { return Ok((Vec::new(), 0)) };
    let columns = [column::ID, column::SOURCE, column::FILE, column::RECORD];
    let of_url = ledger.map(|frame| frame.filter(ident(column::URL).eq(lit(url)))?.select_columns(&columns))?;
    query.stream(of_url, |rows| {
        for row in 0..rows.len() {
            all += 1;
            found.insert((rows.place(row)?, rows.document(row)?));
            if found.len() > limit {
                found.pop_last();
            }
        }
        Ok(())
    })?;
    let more = all - found.len() as u64;
    Ok((found.into_iter().map(|(_, id)| id).collect(), more))
}

/// What the ledgers say of some documents. A document that no ledger knows is left out.
pub(super) fn documents(
    query: &Query<'_>,
    lineage: &Lineage,
    ids: &[DocumentId],
) -> Result<Vec<DocumentExplanation>, AuditError> {
    let mut found: BTreeMap<DocumentId, DocumentExplanation> = BTreeMap::new();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let columns = [
        column::ID,
        column::SOURCE,
        column::FILE,
        column::RECORD,
        column::OFFSET,
        column::URL,
        column::OUTCOME,
        column::REASON,
        column::DETAIL,
        column::SURVIVOR,
        column::SIMILARITY,
        column::TOKEN_COUNT,
    ];
    for link in lineage.current() {
        let Some(ledger) = query.ledger(&link.published)? else { continue };
        query.stream(ledger.of_ids(column::ID, ids.iter().copied(), &columns)?, |rows| {
            for row in 0..rows.len() {
                let id = rows.document(row)?;
                let document = match found.entry(id) {
                    std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
                    std::collections::btree_map::Entry::Vacant(entry) => entry.insert(record(rows, row, id)?),
                };
                document.accounts.push(account(rows, row, link.stage())?);
            }
            Ok(())
        })?;
    }
    Ok(found.into_values().collect())
}

fn record(rows: &Rows<'_>, row: usize, id: DocumentId) -> Result<DocumentExplanation, AuditError> {
    Ok(DocumentExplanation {
        id,
        place: rows.place(row)?,
        offset: rows.u64(column::OFFSET, row)?,
        url: rows.text(column::URL, row)?.map(printable),
        title: None,
        measures: None,
        accounts: Vec::new(),
        text: None,
        comparison: None,
    })
}

fn account(rows: &Rows<'_>, row: usize, stage: Stage) -> Result<Account, AuditError> {
    let similarity = rows.f32(column::SIMILARITY, row)?;
    let survivor = rows.id(column::SURVIVOR, row)?.map(|id| Survivor { id, known: None, similarity, others: None });
    Ok(Account {
        stage,
        outcome: rows.outcome(row)?,
        detail: rows.text(column::DETAIL, row)?.map(printable),
        survivor,
        stands_for: None,
        tokens: rows.u32(column::TOKEN_COUNT, row)?,
        shard: None,
    })
}

/// Adds title, measures and the beginning of the text, of documents that ingest kept or removed.
pub(super) fn contents(
    query: &Query<'_>,
    ingest: &Published,
    documents: &mut [DocumentExplanation],
) -> Result<(), AuditError> {
    let columns = [
        column::ID,
        column::TITLE,
        column::TEXT,
        column::CHARACTERS,
        column::EOJEOL,
        column::CHARSET,
        column::REPLACED,
        column::REPAIRED,
        column::CHANGES,
        column::REDACTIONS,
        column::BROKEN_RULES,
        column::SIGNALS,
    ];
    for relation in [query.documents(ingest)?, query.removed(ingest)?].into_iter().flatten() {
        let ids: Vec<DocumentId> = documents.iter().map(|document| document.id).collect();
        query.stream(relation.of_ids(column::ID, ids, &columns)?, |rows| {
            for row in 0..rows.len() {
                let id = rows.document(row)?;
                for document in documents.iter_mut().filter(|document| document.id == id) {
                    document.title = rows.text(column::TITLE, row)?.map(|title| TextStart::of(title, TITLE));
                    document.text = rows.text(column::TEXT, row)?.map(|text| TextStart::of(text, TEXT));
                    document.measures = Some(measures(rows, row)?);
                }
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn measures(rows: &Rows<'_>, row: usize) -> Result<Measures, AuditError> {
    Ok(Measures {
        characters: rows.u32(column::CHARACTERS, row)?.unwrap_or_default(),
        eojeol: rows.u32(column::EOJEOL, row)?.unwrap_or_default(),
        charset: printable(rows.name(column::CHARSET, row)?),
        replaced: rows.u32(column::REPLACED, row)?.unwrap_or_default(),
        repaired: rows.text(column::REPAIRED, row)?.map(printable),
        changes: rows.kinds(column::CHANGES, row)?,
        personal: rows.kinds(column::REDACTIONS, row)?,
        broken_rules: rows.words(column::BROKEN_RULES, row)?,
        signals: rows.numbers(column::SIGNALS, row)?,
    })
}

/// Adds the token shards that documents went into, from the shards' column of ids alone.
pub(super) fn shards(
    session: &Session,
    tokenize: &Published,
    documents: &mut [DocumentExplanation],
) -> Result<(), AuditError> {
    for set in [FileSet::HeldOut, FileSet::Tokens] {
        for file in tokenize.manifest.files_of(set) {
            session.cancel().check()?;
            for batch in session.read_part(&tokenize.path(file), TOKENS, Some(&[column::ID]))? {
                let batch = batch?;
                let rows = Rows::new(&batch, Origin { stage: Stage::Tokenize, set });
                for row in 0..rows.len() {
                    put_into(&mut *documents, rows.document(row)?, set, &file.path);
                }
            }
        }
    }
    Ok(())
}

fn put_into(documents: &mut [DocumentExplanation], id: DocumentId, set: FileSet, path: &str) {
    let accounts = documents.iter_mut().filter(|document| document.id == id).flat_map(|of| &mut of.accounts);
    for account in accounts.filter(|account| account.stage == Stage::Tokenize) {
        account.shard = Some(match set {
            FileSet::HeldOut => TokenSet::HeldOut(path.to_owned()),
            _ => TokenSet::Train(path.to_owned()),
        });
    }
}
