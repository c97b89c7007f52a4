//! Decisions.

use crate::backend::{DbRow, Query};
use crate::insert::Table;
use crate::text::{Columns, to_json};
use cordon_enforce::ports::StoreError;
use cordon_model::case::SourceSet;
use cordon_model::decision::{Automation, Decision, DecisionKind, Overturn};
use cordon_model::policy::{PolicyRef, PolicyVersion};

macro_rules! columns {
    () => {
        "decision_id, case_id, account_id, kind, policy_id, policy_version, evidence, evidence_hash, rationale,
         decided_by, automation, decided_at, case_opened_at, sources, weight, ends_at, ended_at, overturned_by, overturned_at,
         overturn_reason"
    };
}

pub(crate) const TABLE: Table = Table {
    name: "decisions",
    columns: &[
        "decision_id",
        "case_id",
        "account_id",
        "kind",
        "policy_id",
        "policy_version",
        "evidence",
        "evidence_hash",
        "rationale",
        "decided_by",
        "automation",
        "decided_at",
        "case_opened_at",
        "sources",
        "weight",
        "ends_at",
    ],
    overwrite_on: None,
};
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM decisions WHERE decision_id = $1");
pub(crate) const OF_ACCOUNT: &str =
    concat!("SELECT ", columns!(), " FROM decisions WHERE account_id = $1 ORDER BY decided_at, decision_id");
pub(crate) const OF_ACCOUNTS: &str = concat!("SELECT ", columns!(), " FROM decisions WHERE account_id IN ");
pub(crate) const IN_ORDER: &str = " ORDER BY decided_at, decision_id";
pub(crate) const DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM decisions WHERE ends_at <= $1 AND ends_at IS NOT NULL AND ended_at IS NULL AND overturned_at IS NULL
    ORDER BY ends_at, decision_id LIMIT $2"
);
pub(crate) const IS_DUE: &str = "SELECT decision_id FROM decisions
    WHERE ends_at <= $1 AND ends_at IS NOT NULL AND ended_at IS NULL AND overturned_at IS NULL LIMIT 1";
pub(crate) const END: &str = "UPDATE decisions SET ended_at = ? WHERE decision_id = ?";
pub(crate) const OVERTURN: &str = "UPDATE decisions
    SET overturned_by = ?, overturned_at = ?, overturn_reason = ?
    WHERE decision_id = ? AND overturned_at IS NULL";
pub(crate) const SCRUB: &str = "UPDATE decisions
    SET evidence = '[]', rationale = '', overturn_reason = CASE WHEN overturned_at IS NULL THEN NULL ELSE '' END
    WHERE account_id = ?";

pub(crate) fn bind(query: Query, decision: &Decision) -> Query {
    query
        .bind(decision.decision_id.as_str())
        .bind(decision.case_id.as_str())
        .bind(decision.account_id.as_str())
        .bind(decision.kind.name())
        .bind(decision.policy.policy_id.as_str())
        .bind(i64::from(decision.policy.version.0))
        .bind(to_json(&decision.evidence))
        .bind(decision.evidence_hash.as_str())
        .bind(decision.rationale.as_str())
        .bind(decision.decided_by.as_str())
        .bind(decision.automation.name())
        .bind(decision.decided_at.0)
        .bind(decision.case_opened_at.0)
        .bind(decision.sources.bits())
        .bind(decision.weight)
        .bind(decision.ends_at.map(|at| at.0))
}

pub(crate) fn read(row: &DbRow) -> Result<Decision, StoreError> {
    let columns = Columns::of(row, "decision_id");
    Ok(Decision {
        decision_id: columns.text("decision_id")?.into(),
        case_id: columns.text("case_id")?.into(),
        account_id: columns.text("account_id")?.into(),
        kind: columns.named("kind", DecisionKind::from_name)?,
        policy: read_policy(&columns)?,
        evidence: columns.json("evidence")?,
        evidence_hash: columns.text("evidence_hash")?,
        rationale: columns.text("rationale")?,
        decided_by: columns.text("decided_by")?.into(),
        automation: columns.named("automation", Automation::from_name)?,
        decided_at: columns.time("decided_at")?,
        case_opened_at: columns.time("case_opened_at")?,
        sources: SourceSet::from_bits(columns.integer("sources")?),
        weight: columns.number("weight")?,
        ends_at: columns.time_or_null("ends_at")?,
        ended_at: columns.time_or_null("ended_at")?,
        overturn: read_overturn(&columns)?,
    })
}

/// The policy that a row cites.
pub(crate) fn read_policy(columns: &Columns<'_>) -> Result<PolicyRef, StoreError> {
    let version = PolicyVersion(columns.count("policy_version")?);
    Ok(PolicyRef { policy_id: columns.text("policy_id")?.into(), version })
}

fn read_overturn(columns: &Columns<'_>) -> Result<Option<Overturn>, StoreError> {
    let Some(overturned_at) = columns.time_or_null("overturned_at")? else { return Ok(None) };
    let overturned_by = columns.text("overturned_by")?.into();
    Ok(Some(Overturn { overturned_by, overturned_at, reason: columns.text("overturn_reason")? }))
}
