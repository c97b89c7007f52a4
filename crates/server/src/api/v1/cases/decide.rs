//! `POST /v1/cases/{case_id}/decision`

use super::seen::evidence_shown;
use crate::api::v1::decisions::view::{Action, DecisionFile};
use crate::api::v1::evidence::Evidence;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::decision::{Automation, DecisionKind};
use cordon_model::entity;
use cordon_model::ids::{CaseId, ClaimId, PolicyId};
use cordon_model::limits::{EVIDENCE_ROWS_MAX, TEXT_CHARS_MAX};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use serde::Deserialize;
use utoipa::ToSchema;

/// A decision as handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDecision {
    /// The claim under which it is made.
    claim_id: String,
    /// What is decided.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// The policy that it cites.
    policy_id: String,
    /// The version in force.
    policy_version: u32,
    /// Why, `1..=10000` characters.
    rationale: String,
    /// What it rests on, `1..=64` rows; the case's evidence and its reports when left out.
    evidence: Option<Vec<Evidence>>,
    /// For the kind `label`: the label to set.
    label: Option<String>,
    /// For the kinds `restrict` and `suspend`: days after which it ends by itself, `1..=366`; no end when left out.
    #[schema(minimum = 1, maximum = 366, example = 30)]
    days: Option<u32>,
    /// How much of it a machine did; `not_automated` when left out.
    #[serde(default)]
    #[schema(schema_with = names::automation)]
    automation: Automation,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "403": "`forbidden`; or `termination_forbidden`: `terminate` is for lead and admin",
        "409": "`claim_lost`, `case_decided`, `case_closed`, or `termination_final`: only overturning takes a termination back",
        "422": "`policy_unknown`, `evidence_missing`, `reason_invalid`, `label_missing` or `days_invalid`",
    }
}

/// Decides a case: the decision, its actions and what the platform is told are written in one transaction.
///
/// Role: reviewer and above, holding the claim.
#[utoipa::path(
    post, path = "/v1/cases/{case_id}/decision", tag = "cases", params(("case_id" = String, Path)),
    request_body = NewDecision, responses((status = 201, body = DecisionFile), Guarded, Refused)
)]
pub(crate) async fn decide_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<NewDecision>,
) -> Result<(StatusCode, Json<DecisionFile>), Problem> {
    let case_id = CaseId(id);
    let file = app.ports.desk.fetch_case(&case_id).await?;
    let file = file.ok_or_else(|| Problem::not_found("case"))?;
    let evidence = match new.evidence {
        Some(rows) => checked(rows)?,
        None => evidence_shown(&file),
    };
    let decision = cordon_model::decision::NewDecision {
        case_id,
        claim_id: ClaimId(new.claim_id),
        decided_by: caller.id().clone(),
        decided_as: caller.operator().role,
        kind: new.kind,
        policy: PolicyRef { policy_id: PolicyId(new.policy_id), version: PolicyVersion(new.policy_version) },
        evidence,
        rationale: new.rationale,
        automation: new.automation,
        label: new.label,
        days: new.days,
    };
    let (decision, actions) = app.ports.desk.decide(decision, app.now()).await?;
    app.decided();
    telemetry::count_decision(decision.kind);
    let actions = actions.into_iter().map(Action::from).collect();
    Ok((StatusCode::CREATED, Json(DecisionFile { decision: decision.into(), actions })))
}

fn checked(rows: Vec<Evidence>) -> Result<Vec<entity::Evidence>, Problem> {
    let rows: Vec<entity::Evidence> = rows.into_iter().map(entity::Evidence::from).collect();
    let is_long = |row: &entity::Evidence| row.text.chars().count() > TEXT_CHARS_MAX;
    if rows.len() > EVIDENCE_ROWS_MAX || rows.iter().any(is_long) {
        let detail = format!("evidence has at most {EVIDENCE_ROWS_MAX} rows of {TEXT_CHARS_MAX} characters");
        return Err(Problem::new(Code::BodyInvalid, detail));
    }
    Ok(rows)
}
