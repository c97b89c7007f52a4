//! `POST /v1/clusters/cases/{cluster_case_id}/decisions`

use crate::api::v1::cases::seen::evidence_shown;
use crate::api::v1::decisions::view::{Action, DecisionFile};
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use crate::telemetry;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_enforce::ports::{ClusterCaseFile, ClusterMemberFile};
use cordon_model::decision::{Automation, DecisionKind, NewDecision};
use cordon_model::entity::Evidence;
use cordon_model::ids::{AccountId, CaseId, ClaimId, ClusterCaseId, PolicyId};
use cordon_model::limits::{CLUSTER_DECISIONS_MAX, EVIDENCE_ROWS_MAX};
use cordon_model::operator::Operator;
use cordon_model::policy::{PolicyRef, PolicyVersion};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A decision on several members, as handed in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MembersDecision {
    /// The claim under which it is made.
    claim_id: String,
    /// Accounts of the cluster case that it is about, `1..=100`, each once.
    members: Vec<String>,
    /// What is decided on each of them.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// The policy that it cites.
    policy_id: String,
    /// The version in force.
    policy_version: u32,
    /// Why, `1..=10000` characters; kept with each decision.
    rationale: String,
    /// For the kind `label`: the label to set.
    label: Option<String>,
    /// For the kinds `restrict` and `suspend`: days after which it ends by itself, `1..=366`; no end when left out.
    #[schema(minimum = 1, maximum = 366, example = 30)]
    days: Option<u32>,
    /// How much of it a machine did; when left out `not_automated` for one member and `partially_automated` for more,
    /// as a machine put them together.
    #[schema(schema_with = names::automation)]
    automation: Option<Automation>,
}

/// Decisions made at once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MembersDecided {
    /// One a member, in the order in which members were named.
    decisions: Vec<DecisionFile>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "403": "`forbidden`; or `termination_forbidden`: `terminate` is for lead and admin",
        "409": "`claim_lost`, `case_decided`, `case_closed` or `termination_final`, for the first member of which it is so",
        "422": "`policy_unknown`, `evidence_missing`, `reason_invalid`, `label_missing`, `days_invalid`, or `cluster_invalid`: too many members, one of them twice, or one that is none or has no case",
    }
}

/// Decides members' cases at once: each gets a decision of its own, with its own evidence and what the members share.
///
/// All of them are decided or none. Role: reviewer and above, holding the claim.
#[utoipa::path(
    post, path = "/v1/clusters/cases/{cluster_case_id}/decisions", tag = "cases",
    params(("cluster_case_id" = String, Path)), request_body = MembersDecision,
    responses((status = 201, body = MembersDecided), Guarded, Refused)
)]
pub(crate) async fn decide_members(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    JsonBody(new): JsonBody<MembersDecision>,
) -> Result<(StatusCode, Json<MembersDecided>), Problem> {
    let id = ClusterCaseId(id);
    let file = app.ports.clusters.fetch_cluster_case(&id).await?;
    let file = file.ok_or_else(|| Problem::not_found("cluster case"))?;
    let decisions = decisions(&app, &file, &new, caller.operator()).await?;
    let made = app.ports.clusters.decide_members(&id, decisions, app.now()).await?;
    app.decided();
    let decided = |(decision, actions): (cordon_model::decision::Decision, Vec<_>)| {
        telemetry::count_decision(decision.kind);
        DecisionFile { decision: decision.into(), actions: actions.into_iter().map(Action::from).collect() }
    };
    let decisions = made.into_iter().map(decided).collect();
    Ok((StatusCode::CREATED, Json(MembersDecided { decisions })))
}

async fn decisions(
    app: &App,
    file: &ClusterCaseFile,
    new: &MembersDecision,
    by: &Operator,
) -> Result<Vec<NewDecision>, Problem> {
    let count = new.members.len();
    if !(1..=CLUSTER_DECISIONS_MAX).contains(&count) {
        let detail = format!("1 to {CLUSTER_DECISIONS_MAX} members are decided at once, not {count}");
        return Err(Problem::new(Code::ClusterInvalid, detail));
    }
    let more = if count > 1 { Automation::PartiallyAutomated } else { Automation::NotAutomated };
    let mut decisions = Vec::with_capacity(count);
    for account_id in &new.members {
        let case_id = case_of(&file.members, account_id)?;
        decisions.push(NewDecision {
            evidence: seen(app, &file.cluster_case.evidence, &case_id).await?,
            case_id,
            claim_id: ClaimId(new.claim_id.clone()),
            decided_by: by.operator_id.clone(),
            decided_as: by.role,
            kind: new.kind,
            policy: PolicyRef {
                policy_id: PolicyId(new.policy_id.clone()),
                version: PolicyVersion(new.policy_version),
            },
            rationale: new.rationale.clone(),
            automation: new.automation.unwrap_or(more),
            label: new.label.clone(),
            days: new.days,
        });
    }
    Ok(decisions)
}

fn case_of(members: &[ClusterMemberFile], account_id: &str) -> Result<CaseId, Problem> {
    let named = AccountId::from(account_id);
    let member = members.iter().find(|one| one.member.account_id == named);
    let case_id = member.and_then(|one| one.member.case_id.clone());
    case_id.ok_or_else(|| {
        Problem::new(
            Code::ClusterInvalid,
            "an account is none of the members, or was suspended and has no case",
        )
    })
}

/// What the decider saw of a member: its own case, and what all share where its case does not have that any more.
async fn seen(app: &App, shared: &[Evidence], case_id: &CaseId) -> Result<Vec<Evidence>, Problem> {
    let file = app.ports.desk.fetch_case(case_id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let mut rows = evidence_shown(&file);
    let missing: Vec<Evidence> = shared.iter().filter(|row| !rows.contains(row)).cloned().collect();
    rows.truncate(EVIDENCE_ROWS_MAX.saturating_sub(missing.len()));
    rows.extend(missing);
    Ok(rows)
}
