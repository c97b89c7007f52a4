//! Evidence as the API shows and takes it.

use crate::api::names;
use cordon_model::entity::{self, EvidenceGroup};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One row of what supports a score or a decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Evidence {
    /// The group that the row counts in.
    #[schema(schema_with = names::evidence_group)]
    group: EvidenceGroup,
    /// The entity type, or the store: `words`, `mentions`, `report`.
    entity_type: String,
    /// The shared value; null where the row sums several or the value is no longer kept.
    #[serde(default)]
    entity: Option<String>,
    /// For rows without one entity: the terms that weigh most, heaviest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    terms: Vec<Term>,
    /// Bits, after caps.
    #[serde(default)]
    weight: f64,
    /// The row in words.
    text: String,
}

/// A term with its weight.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Term {
    /// The term.
    term: String,
    /// Bits.
    weight: f64,
}

impl From<entity::Evidence> for Evidence {
    fn from(row: entity::Evidence) -> Self {
        Self {
            group: row.group,
            entity_type: row.entity_type,
            entity: row.entity,
            terms: row.terms.into_iter().map(|(term, weight)| Term { term, weight }).collect(),
            weight: row.weight,
            text: row.text,
        }
    }
}

impl From<Evidence> for entity::Evidence {
    fn from(row: Evidence) -> Self {
        Self {
            group: row.group,
            entity_type: row.entity_type,
            entity: row.entity,
            terms: row.terms.into_iter().map(|term| (term.term, term.weight)).collect(),
            weight: row.weight,
            levels: Vec::new(),
            text: row.text,
        }
    }
}

pub(crate) fn shown(rows: Vec<entity::Evidence>) -> Vec<Evidence> {
    rows.into_iter().map(Evidence::from).collect()
}
