//! `GET /v1/batches/{batch_id}/members`

use super::view::BatchMember;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::{Id, Parameters};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::batch::MemberStatus;
use cordon_model::ids::{AccountId, BatchId};
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// In this state.
    #[param(schema_with = names::member_status)]
    status: MemberStatus,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Accounts of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MemberPage {
    /// By account id, at most 500.
    members: Vec<BatchMember>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

problems! {
    Refused { "400": "`parameter_invalid`", "404": "`not_found`" }
}

/// A batch's accounts in one state, with the reason of each that was left out or passed over.
/// Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/batches/{batch_id}/members", tag = "batches",
    params(("batch_id" = String, Path), Query), responses((status = 200, body = MemberPage), Guarded, Refused)
)]
pub(crate) async fn batch_members(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
    Parameters(query): Parameters<Query>,
) -> Result<Json<MemberPage>, Problem> {
    let (bulk, batch_id) = (&app.ports.bulk, BatchId(id));
    bulk.fetch_batch(&batch_id).await?.ok_or_else(|| Problem::not_found("batch"))?;
    let after = query.cursor.map(AccountId);
    let members = bulk.list_members(&batch_id, query.status, after.as_ref()).await?;
    let next = members.last().filter(|_| members.len() >= PAGE_MAX).map(|last| last.account_id.0.clone());
    Ok(Json(MemberPage { members: members.into_iter().map(BatchMember::from).collect(), next }))
}
