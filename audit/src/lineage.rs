use crate::AuditError;
use malmoi_engine::{Published, Session};
use malmoi_schemas::{Digest, Stage};

/// The published stages of a run, in order.
pub(crate) struct Lineage {
    pub(crate) links: Vec<Link>,
}

/// A published stage and where it comes from.
pub(crate) struct Link {
    pub(crate) published: Published,
    /// Digest of the manifest.
    pub(crate) digest: Digest,
    /// Made from another version of the stage before than the one that stands now: its numbers do not go with the others.
    pub(crate) outdated: bool,
}

impl Link {
    pub(crate) fn stage(&self) -> Stage {
        self.published.manifest.stage
    }
}

impl Lineage {
    /// Finds what stands published.
    pub(crate) fn of(session: &Session) -> Result<Self, AuditError> {
        let mut links: Vec<Link> = Vec::new();
        for stage in Stage::ALL {
            let Some(published) = session.published(stage)? else { continue };
            let digest = published.digest()?;
            let outdated =
                links.last().is_some_and(|before| before.outdated || before.digest != published.manifest.inputs);
            links.push(Link { published, digest, outdated });
        }
        match links.is_empty() {
            true => Err(AuditError::NothingPublished { run: session.store().url().to_string() }),
            false => Ok(Self { links }),
        }
    }

    /// The stages of which each was made from the one before.
    pub(crate) fn current(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| !link.outdated)
    }

    /// The stages that were not.
    pub(crate) fn outdated(&self) -> Vec<Stage> {
        self.links.iter().filter(|link| link.outdated).map(Link::stage).collect()
    }

    /// One of the current stages.
    pub(crate) fn stage(&self, stage: Stage) -> Option<&Published> {
        self.link(stage).map(|link| &link.published)
    }

    /// One of the current stages, with its digest.
    pub(crate) fn link(&self, stage: Stage) -> Option<&Link> {
        self.current().find(|link| link.stage() == stage)
    }
}
