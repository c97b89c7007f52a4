//! `POST /v1/batches` and `PUT /v1/batches/{batch_id}`

use super::view::Batch;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, read_json};
use crate::limits::BATCH_BODY_BYTES_MAX;
use crate::problem::Problem;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use cordon_model::batch;
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::ids::{AccountId, BatchId, PolicyId};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use serde::Deserialize;
use utoipa::ToSchema;

/// A batch to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBatch {
    /// What to decide on every account.
    #[schema(schema_with = names::decision_kind)]
    kind: DecisionKind,
    /// For the kind `label`: the label to set.
    label: Option<String>,
    /// For the kinds `restrict` and `suspend`: days after which each ends by itself, `1..=366`; no end when left out.
    #[schema(minimum = 1, maximum = 366, example = 30)]
    days: Option<u32>,
    /// The policy to cite.
    policy_id: String,
    /// The version in force.
    policy_version: u32,
    /// Why, `1..=10000` characters.
    rationale: String,
    /// Highest share of wrong decisions, above 0 and at most 0.05; 0.01 when left out.
    error_max: Option<f64>,
    /// 1 to 20,000 accounts; one named twice counts once.
    accounts: Vec<NewMember>,
}

/// An account of a batch to be proposed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMember {
    /// Which.
    account_id: String,
    /// What pointed at it; that of its open case when left out, else `rule`.
    #[schema(schema_with = names::source)]
    source: Option<Source>,
    /// Its language where known: members of one source and language are sampled by themselves.
    language: Option<String>,
    /// What speaks against it, in words, beside its open case's evidence; needed where it has none.
    evidence: Option<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`batch_status`: it is under way or over",
        "413": "`body_too_large`",
        "415": "`media_type_unsupported`",
        "422": "`batch_invalid`, `policy_unknown`, `reason_invalid`, `label_missing` or `days_invalid`",
    }
}

/// Proposes a batch and draws its sample. Accounts that are unknown, protected, under legal hold, in that state
/// already, claimed by somebody else or without evidence are left out; `…/members?status=left_out` names them.
///
/// Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/batches", tag = "batches", request_body = NewBatch,
    responses((status = 201, body = Batch), Guarded, Refused)
)]
pub(crate) async fn propose_batch(
    State(app): State<App>,
    caller: Caller<Review>,
    request: Request,
) -> Result<(StatusCode, Json<Batch>), Problem> {
    let new = read_json(request, BATCH_BODY_BYTES_MAX).await?;
    let batch_id = BatchId(format!("{:032x}", (app.outside.random)()));
    let new = named(new, batch_id, &app, &caller);
    let batch = app.ports.bulk.propose_batch(new, app.now()).await?;
    Ok((StatusCode::CREATED, Json(Batch::shown_to(caller.operator(), batch))))
}

/// Gives a batch that is not under way another list; sample, judgements and approval are void.
///
/// Role: its proposer.
#[utoipa::path(
    put, path = "/v1/batches/{batch_id}", tag = "batches", params(("batch_id" = String, Path)),
    request_body = NewBatch, responses((status = 200, body = Batch), Guarded, Refused)
)]
pub(crate) async fn revise_batch(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    request: Request,
) -> Result<Json<Batch>, Problem> {
    let new = read_json(request, BATCH_BODY_BYTES_MAX).await?;
    let new = named(new, BatchId(id), &app, &caller);
    let batch = app.ports.bulk.revise_batch(new, app.now()).await?;
    Ok(Json(Batch::shown_to(caller.operator(), batch)))
}

fn named(new: NewBatch, batch_id: BatchId, app: &App, caller: &Caller<Review>) -> batch::NewBatch {
    let member = |member: NewMember| batch::NewMember {
        account_id: AccountId(member.account_id),
        source: member.source,
        language: member.language,
        evidence: member.evidence,
    };
    batch::NewBatch {
        batch_id,
        kind: new.kind,
        label: new.label,
        days: new.days,
        policy: PolicyRef { policy_id: PolicyId(new.policy_id), version: PolicyVersion(new.policy_version) },
        rationale: new.rationale,
        error_max: new.error_max,
        accounts: new.accounts.into_iter().map(member).collect(),
        proposed_by: caller.id().clone(),
        seed: (app.outside.random)(),
    }
}
