//! An explanation as a text for a terminal.

use super::{Account, Comparison, DocumentExplanation, Explanation, Measures, Members, Survivor, TokenSet};
use crate::differences::Page;
use crate::report::{list, thousands};
use crate::stats::ClusterMember;
use malmoi_schemas::{Outcome, Stage};
use std::fmt;

/// Width of the column of labels.
const LABEL: usize = 10;

/// Cells of the longest line that is broken here: one of signals or of compared texts.
const WIDTH: usize = 100;

/// An explanation, with what differs between two texts in colour or in marks.
#[derive(Debug, Clone, Copy)]
pub struct ExplanationText<'a> {
    /// What is explained.
    pub explanation: &'a Explanation,
    /// Whether a terminal shows it.
    pub colour: bool,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ExplanationText { explanation: self, colour: false }.fmt(f)
    }
}

impl fmt::Display for ExplanationText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let explanation = self.explanation;
        for (number, document) in explanation.documents.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            document.write(f, explanation)?;
            document.write_comparison(f, explanation, self.colour)?;
        }
        if explanation.more > 0 {
            writeln!(f, "\n{} more documents have this URL: explain one by its id", thousands(explanation.more))?;
        }
        if !explanation.outdated.is_empty() {
            let stages = list(explanation.outdated.iter().map(|stage| stage.as_str()));
            writeln!(f, "\nnot asked: {stages}, made from an earlier version of the stage before")?;
        }
        Ok(())
    }
}

impl DocumentExplanation {
    fn write(&self, f: &mut fmt::Formatter<'_>, explanation: &Explanation) -> fmt::Result {
        writeln!(f, "document {}", self.id)?;
        line(f, "place", &self.place)?;
        if let Some(offset) = self.offset {
            line(f, "", format_args!("from byte {}", thousands(offset)))?;
        }
        if let Some(url) = &self.url {
            line(f, "url", url)?;
        }
        if let Some(title) = &self.title {
            line(f, "title", title)?;
        }
        if let Some(measures) = &self.measures {
            measures.write(f)?;
        }
        writeln!(f)?;
        for account in &self.accounts {
            account.write(f)?;
        }
        if let Some(trained) = self.trained(explanation) {
            line(f, Stage::Train.as_str(), trained)?;
        }
        if let Some(text) = &self.text {
            writeln!(f)?;
            line(f, "text", text)?;
        }
        Ok(())
    }

    /// How the document differs from its duplicate, or that other documents were compared.
    fn write_comparison(&self, f: &mut fmt::Formatter<'_>, explanation: &Explanation, colour: bool) -> fmt::Result {
        if let Some(comparison) = &self.comparison {
            return comparison.write(f, self, colour);
        }
        let compared = explanation.documents.iter().find_map(|document| document.comparison.as_ref());
        match (compared, self.duplicate_pair()) {
            (Some(compared), Some(pair)) if compared.pair != pair => {
                writeln!(f)?;
                line(f, "compared", "explain the document by its id to see how it differs from its duplicate")
            }
            _ => Ok(()),
        }
    }

    /// What training made of a document in the training shards, as far as that can be told of one document.
    fn trained(&self, explanation: &Explanation) -> Option<String> {
        let in_training = |account: &Account| matches!(account.shard, Some(TokenSet::Train(_)));
        let (shards, details) = explanation.trained.as_ref()?;
        if !self.accounts.iter().any(in_training) {
            return None;
        }
        Some(match details.documents >= *shards {
            true => format!("trained on, as all {} documents of the training shards", thousands(*shards)),
            false => format!(
                "{} of {} documents of the training shards were reached",
                thousands(details.documents),
                thousands(*shards)
            ),
        })
    }
}

impl Measures {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (characters, eojeol) = (thousands(self.characters.into()), thousands(self.eojeol.into()));
        line(f, "size", format_args!("{characters} characters, {eojeol} eojeol"))?;
        let replaced = match self.replaced {
            0 => String::new(),
            n => format!(", {} malformed sequences replaced", thousands(n.into())),
        };
        let repaired = self.repaired.as_ref().map_or(String::new(), |how| format!(", mojibake undone: {how}"));
        line(f, "charset", format_args!("{}{replaced}{repaired}", self.charset))?;
        for (label, kinds) in [("changed", &self.changes), ("personal", &self.personal)] {
            if !kinds.is_empty() {
                line(f, label, list(kinds.iter().map(|(kind, times)| format!("{kind} × {}", thousands(*times)))))?;
            }
        }
        if !self.broken_rules.is_empty() {
            line(f, "breaks", list(self.broken_rules.iter()))?;
        }
        self.write_signals(f)
    }

    /// All numbers that are not 0, several to a line.
    fn write_signals(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut label = "signals";
        let mut row = String::new();
        for (name, value) in self.signals.iter().filter(|(_, value)| *value != 0.0) {
            let number = if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.3}") };
            if row.len() + name.len() + number.len() > WIDTH {
                line(f, std::mem::take(&mut label), &row)?;
                row.clear();
            }
            row.push_str(&format!("{}{name} {number}", if row.is_empty() { "" } else { ", " }));
        }
        if row.is_empty() { Ok(()) } else { line(f, label, &row) }
    }
}

impl Account {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.stage.as_str();
        match self.outcome {
            Outcome::Kept => line(f, stage, "kept")?,
            Outcome::Removed(reason) => line(f, stage, format_args!("removed: {reason}"))?,
            Outcome::Errored(reason) => line(f, stage, format_args!("errored: {reason}"))?,
        }
        if let Some(detail) = &self.detail {
            line(f, "", detail)?;
        }
        if let Some(survivor) = &self.survivor {
            survivor.write(f)?;
        }
        if let Some(members) = &self.stands_for {
            let noun = if members.documents == 1 { "document that was" } else { "documents that were" };
            line(f, "", format_args!("stands for {} {noun} removed", thousands(members.documents)))?;
            members.write(f)?;
        }
        if let Some(tokens) = self.tokens {
            line(f, "", format_args!("{} tokens", thousands(tokens.into())))?;
        }
        match &self.shard {
            Some(TokenSet::Train(shard)) => line(f, "", format_args!("to train on, in {shard}")),
            Some(TokenSet::HeldOut(shard)) => line(f, "", format_args!("held out of training, in {shard}")),
            None => Ok(()),
        }
    }
}

impl Survivor {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        line(f, "", format_args!("kept in its place: {}", self.id))?;
        if let Some(known) = &self.known {
            line(f, "", format_args!("  {}", known.place))?;
            line(f, "", format_args!("  {}", known.heading()))?;
            if let Some(url) = &known.url {
                line(f, "", format_args!("  {url}"))?;
            }
        }
        if let Some(similarity) = self.similarity {
            line(f, "", format_args!("  similarity {similarity:.3}"))?;
        }
        match &self.others {
            Some(others) => {
                let noun = if others.documents == 1 { "more document was" } else { "more documents were" };
                line(f, "", format_args!("{} {noun} removed for it", thousands(others.documents)))?;
                others.write(f)
            }
            None => Ok(()),
        }
    }
}

impl Members {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ClusterMember { id, place, reason, similarity, known } in &self.first {
            let similarity = similarity.map(|s| format!(" {s:.3}")).unwrap_or_default();
            line(f, "", format_args!("  {id}  {reason}{similarity}  {place}"))?;
            if let Some(title) = known.as_ref().and_then(|known| known.title.as_ref()) {
                line(f, "", format_args!("    {title}"))?;
            }
        }
        match self.documents.saturating_sub(self.first.len() as u64) {
            0 => Ok(()),
            more => line(f, "", format_args!("  and {} more", thousands(more))),
        }
    }
}

impl Comparison {
    fn write(&self, f: &mut fmt::Formatter<'_>, of: &DocumentExplanation, colour: bool) -> fmt::Result {
        let Comparison { pair, differences } = self;
        writeln!(f)?;
        match pair.removed == of.id {
            true => line(f, "compared", format_args!("with {}, kept in its place", pair.kept))?,
            false => line(f, "compared", format_args!("with {}, removed for it", pair.removed))?,
        }
        // The label and the indent before it.
        for row in differences.render(&Page { colour, width: WIDTH - LABEL - 2 }) {
            match row.is_empty() {
                true => writeln!(f)?,
                false => line(f, "", row)?,
            }
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {label:LABEL$}{value}")
}
