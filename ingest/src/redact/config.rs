//! The `[ingest.redact]` table of a recipe, validated once.

use super::kind::Kind;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// It stays in the text, and is counted.
    Keep,
    /// The kind's token takes its place.
    Mask,
    /// A stand-in of the same form that belongs to nobody takes its place: the same one for the same datum under the
    /// same key.
    Replace,
    /// The document is removed. Its text is masked even so, since removed documents can be kept to be looked at.
    Remove,
}

/// The policy of every kind. In a recipe: a table from kind to policy, in which kinds may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policies([Policy; Kind::ALL.len()]);

impl Default for Policies {
    fn default() -> Self {
        Self(Kind::ALL.map(Kind::default_policy))
    }
}

impl Policies {
    /// The policy of a kind.
    pub fn of(&self, kind: Kind) -> Policy {
        self.0[kind.index()]
    }

    /// The same policies but for one kind.
    pub fn with(mut self, kind: Kind, policy: Policy) -> Self {
        self.0[kind.index()] = policy;
        self
    }

    /// One policy for every kind.
    pub fn all(policy: Policy) -> Self {
        Self([policy; Kind::ALL.len()])
    }
}

impl Serialize for Policies {
    /// Only what differs from the defaults, in the order of the kinds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chosen = Kind::ALL.into_iter().filter(|&kind| self.of(kind) != kind.default_policy());
        serializer.collect_map(chosen.map(|kind| (kind, self.of(kind))))
    }
}

impl<'de> Deserialize<'de> for Policies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let chosen = BTreeMap::<Kind, Policy>::deserialize(deserializer)?;
        Ok(chosen.into_iter().fold(Self::default(), |policies, (kind, policy)| policies.with(kind, policy)))
    }
}

/// The secret that hashes and stand-ins depend on. Its `Debug` form does not show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RedactKey(String);

impl RedactKey {
    /// A key from any text.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn derive(&self) -> [u8; 32] {
        blake3::derive_key("malmoi redaction of personal data, first form", self.0.as_bytes())
    }
}

impl std::fmt::Debug for RedactKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_empty() { "RedactKey(none)" } else { "RedactKey(secret)" })
    }
}

/// The `[ingest.redact]` table of a recipe.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawConfig")]
pub struct RedactConfig {
    /// What becomes of each kind.
    pub policy: Policies,
    /// Key of hashes and stand-ins. Whoever knows it can find out which of all phone numbers a hash stands for.
    #[serde(skip_serializing_if = "RedactKey::is_empty")]
    pub key: RedactKey,
}

/// The table before it is validated.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    policy: Policies,
    key: RedactKey,
}

/// A setting of redaction that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedactConfigError {
    /// Stand-ins that anybody could compute.
    #[error("policy `replace` of {0} needs a `key`, without which anybody can tell whom a stand-in stands for")]
    NoKey(Kind),
}

impl TryFrom<RawConfig> for RedactConfig {
    type Error = RedactConfigError;

    fn try_from(RawConfig { policy, key }: RawConfig) -> Result<Self, RedactConfigError> {
        match Kind::ALL.into_iter().find(|&kind| policy.of(kind) == Policy::Replace) {
            Some(kind) if key.is_empty() => Err(RedactConfigError::NoKey(kind)),
            _ => Ok(Self { policy, key }),
        }
    }
}
