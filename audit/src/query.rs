use crate::AuditError;
use crate::rows::{Origin, Rows};
use datafusion::logical_expr::Expr;
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionContext, ident};
use datafusion::scalar::ScalarValue;
use futures::StreamExt;
use malmoi_engine::{Published, Session};
use malmoi_schemas::{DOCUMENTS, DocumentId, FileSet, FormatId, LEDGER, column};

/// Asks relational questions of published files.
pub(crate) struct Query<'a> {
    pub(crate) session: &'a Session,
    context: SessionContext,
}

/// The rows of one set of files, and what errors call them.
#[derive(Clone)]
pub(crate) struct Relation {
    pub(crate) frame: DataFrame,
    pub(crate) origin: Origin,
}

impl<'a> Query<'a> {
    pub(crate) fn new(session: &'a Session) -> Result<Self, AuditError> {
        let context = session.context()?;
        let state = context.state_ref();
        let mut state = state.write();
        let options = state.config_mut().options_mut();
        // A hash join cannot spill the side that it builds.
        options.optimizer.prefer_hash_join = false;
        let parquet = &mut options.execution.parquet;
        // Strings as malmoi's schemas name them.
        parquet.schema_force_view_types = false;
        // Text is decoded only where the id matches: to find one document, its pages are read and no others.
        parquet.pushdown_filters = true;
        drop(state);
        Ok(Self { session, context })
    }

    /// The ledger of a stage; `None` where it has none.
    pub(crate) fn ledger(&self, published: &Published) -> Result<Option<Relation>, AuditError> {
        self.relation(published, FileSet::Ledger, LEDGER)
    }

    /// The documents that a stage kept; `None` where it has none.
    pub(crate) fn documents(&self, published: &Published) -> Result<Option<Relation>, AuditError> {
        self.relation(published, FileSet::Documents, DOCUMENTS)
    }

    /// The documents that a stage removed; `None` where it has none.
    pub(crate) fn removed(&self, published: &Published) -> Result<Option<Relation>, AuditError> {
        self.relation(published, FileSet::Removed, DOCUMENTS)
    }

    fn relation(&self, published: &Published, set: FileSet, format: FormatId) -> Result<Option<Relation>, AuditError> {
        let paths: Vec<String> = published.manifest.files_of(set).map(|file| published.path(file)).collect();
        let Some(first) = paths.first() else { return Ok(None) };
        // One build of malmoi writes all parts of a version: the first one's footer speaks for all.
        drop(self.session.read_part(first, format, Some(&[column::ID]))?);
        let urls: Vec<String> = paths.iter().map(|path| self.session.store().url_of(path)).collect();
        let frame = self.session.block_on(self.context.read_parquet(urls, ParquetReadOptions::default()))?;
        Ok(Some(Relation { frame, origin: Origin { stage: published.manifest.stage, set } }))
    }

    /// Runs a plan and hands over its rows as they come.
    pub(crate) fn stream(
        &self,
        relation: Relation,
        mut take: impl FnMut(&Rows<'_>) -> Result<(), AuditError>,
    ) -> Result<(), AuditError> {
        let Relation { frame, origin } = relation;
        let mut batches = self.session.block_on(frame.execute_stream())?;
        while let Some(batch) = self.session.block_on(batches.next()) {
            self.session.cancel().check()?;
            take(&Rows::new(&batch?, origin))?;
        }
        Ok(())
    }
}

impl Relation {
    /// Another relation over the same files.
    pub(crate) fn map(
        self,
        plan: impl FnOnce(DataFrame) -> datafusion::error::Result<DataFrame>,
    ) -> Result<Self, AuditError> {
        Ok(Self { frame: plan(self.frame)?, origin: self.origin })
    }

    /// The rows whose `column` holds one of some ids, with some columns.
    pub(crate) fn of_ids(
        self,
        column: &str,
        ids: impl IntoIterator<Item = DocumentId>,
        columns: &[&str],
    ) -> Result<Self, AuditError> {
        let ids: Vec<Expr> = ids.into_iter().map(id_literal).collect();
        self.map(|frame| frame.filter(ident(column).in_list(ids, false))?.select_columns(columns))
    }
}

fn id_literal(id: DocumentId) -> Expr {
    Expr::Literal(ScalarValue::FixedSizeBinary(DocumentId::LEN as i32, Some(id.0.to_vec())), None)
}
