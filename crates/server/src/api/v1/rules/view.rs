//! Versions of the rules as JSON shows them.

use crate::api::names;
use cordon_model::clock::Timestamp;
use cordon_pipeline::rules::Publication;
use serde::Serialize;
use utoipa::ToSchema;

/// A version of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetVersion {
    /// Its number among all that were ever published, from 1.
    version: u32,
    /// Its mode; the last one where it has ended.
    #[schema(schema_with = names::rule_mode)]
    mode: &'static str,
    /// Whether it is evaluated now, or a draft that was not withdrawn.
    is_in_force: bool,
    /// Who answers for it.
    owner: String,
    /// The entry of the journal that holds its text.
    offset: u64,
    /// When it came into its mode.
    activated_at: String,
    /// From when on it is not evaluated any more; null for never.
    expires_at: Option<String>,
    /// When another took its place or it was withdrawn; null where neither happened.
    ended_at: Option<String>,
    /// Its files.
    files: u32,
    /// Its rules.
    rules: u32,
}

impl RuleSetVersion {
    pub(super) fn of(one: &Publication, now: Timestamp) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            version: one.version,
            mode: one.mode.name(),
            is_in_force: one.is_in_force(now),
            owner: one.owner.clone(),
            offset: one.offset.0,
            activated_at: one.activated_at.to_string(),
            expires_at: text(one.expires_at),
            ended_at: text(one.ended_at),
            files: one.files,
            rules: one.rules,
        }
    }
}
