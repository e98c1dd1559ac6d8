use super::Wanted;
use crate::scratch::Key;
use malmoi_engine::{EngineError, Session};

/// A part whose candidates are compared. It may be of an earlier run.
pub(in crate::stage) struct CandidatePart<'a> {
    pub(in crate::stage) ordinal: u32,
    pub(super) name: String,
    /// Of the run that the part is of.
    pub(in crate::stage) session: &'a Session,
    /// Its documents.
    pub(in crate::stage) path: &'a str,
    pub(super) bytes: u64,
    /// Path of its edits, if texts were edited.
    pub(in crate::stage) edits: Option<String>,
}

impl CandidatePart<'_> {
    /// The row groups that hold a candidate, each with the place of its first row in the part.
    pub(in crate::stage) fn row_groups(&self, wanted: &Wanted) -> Result<Vec<(usize, u32)>, EngineError> {
        let mut before = 0;
        let mut holding = Vec::new();
        for (at, group) in self.session.row_groups(self.path, None)?.into_iter().enumerate() {
            let first = before as u32;
            before += group.rows;
            let keys = Key::new(self.ordinal, first).0..Key::new(self.ordinal, before as u32).0;
            if wanted.keys().any(|key| keys.contains(key)) {
                holding.push((at, first));
            }
        }
        Ok(holding)
    }
}
