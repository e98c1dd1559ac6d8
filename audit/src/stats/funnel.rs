use super::Statistics;
use malmoi_schemas::{Counts, Stage};

/// How a corpus narrows: levels, and between two levels what was lost and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funnel {
    /// From the widest to the narrowest.
    pub steps: Vec<Step>,
}

/// One line of the funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// So many documents are left.
    Level {
        /// `read`, `kept by ingest`, ...
        name: String,
        /// Documents.
        documents: u64,
    },
    /// So many were lost on the way from the level above.
    Loss {
        /// How.
        loss: Loss,
        /// Why: a reason of the ledger, or words for what is no reason there.
        reason: &'static str,
        /// Documents, never zero.
        documents: u64,
        /// Documents left after this loss and those above it.
        left: u64,
    },
}

/// Ways in which a document does not reach training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// It could not be read.
    Errored,
    /// A rule removed it.
    Removed,
    /// It duplicates another document.
    Duplicate,
    /// It is kept back to measure the held-out loss, or no step reached it.
    Unused,
}

impl Loss {
    /// A word for a person.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Errored => "errored",
            Self::Removed => "removed",
            Self::Duplicate => "duplicate",
            Self::Unused => "unused",
        }
    }
}

impl Funnel {
    pub(super) fn of(statistics: &Statistics) -> Self {
        let mut funnel = Self { steps: Vec::new() };
        if let Some(first) = statistics.last().and(statistics.stages.first()) {
            funnel.level("read", first.manifest.counts.read);
        }
        for stage in [Stage::Ingest, Stage::Dedup] {
            if let Some(of) = statistics.stage(stage) {
                funnel.stage(stage, &of.manifest.counts);
            }
        }
        if let Some(tokenized) = statistics.tokenized() {
            funnel.loss(Loss::Unused, "held out", tokenized.held_out_documents);
            funnel.level("in training shards", funnel.left());
        }
        if let Some(trained) = statistics.trained() {
            funnel.loss(Loss::Unused, "not reached", funnel.left().saturating_sub(trained.documents));
            funnel.level("trained on", trained.documents);
        }
        funnel
    }

    /// Documents on the widest level.
    pub fn read(&self) -> u64 {
        self.steps.first().map_or(0, Step::left)
    }

    fn stage(&mut self, stage: Stage, counts: &Counts) {
        for (reason, &documents) in &counts.errored {
            self.loss(Loss::Errored, reason.as_str(), documents);
        }
        let loss = if stage == Stage::Dedup { Loss::Duplicate } else { Loss::Removed };
        for (reason, &documents) in &counts.removed {
            self.loss(loss, reason.as_str(), documents);
        }
        self.level(&format!("kept by {stage}"), counts.kept);
    }

    fn level(&mut self, name: &str, documents: u64) {
        self.steps.push(Step::Level { name: name.to_owned(), documents });
    }

    fn loss(&mut self, loss: Loss, reason: &'static str, documents: u64) {
        if documents > 0 {
            let left = self.left().saturating_sub(documents);
            self.steps.push(Step::Loss { loss, reason, documents, left });
        }
    }

    fn left(&self) -> u64 {
        self.steps.last().map_or(0, Step::left)
    }
}

impl Step {
    /// Documents left after this step.
    pub fn left(&self) -> u64 {
        match *self {
            Self::Level { documents, .. } => documents,
            Self::Loss { left, .. } => left,
        }
    }
}
