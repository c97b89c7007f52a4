//! `POST /v1/clusters/cases/{cluster_case_id}/claim`

use crate::api::v1::cases::view::Claim;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::ClusterCaseId;
use serde::Serialize;
use utoipa::ToSchema;

/// One claim on members' cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterClaim {
    /// The claim, the same on every case under it.
    claim: Claim,
    /// Cases under it.
    case_ids: Vec<String>,
    /// Cases that somebody else holds.
    held: Vec<HeldCase>,
}

/// A member's case that somebody else holds.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldCase {
    /// The case.
    case_id: String,
    /// Who holds it.
    operator_id: String,
}

problems! {
    Refused {
        "404": "`not_found`",
        "409": "`case_claimed` where others hold every member's case, or `cluster_case_closed`",
    }
}

/// Claims all members' open cases that nobody else holds, under one claim of 15 minutes, or prolongs that claim.
///
/// A case that the caller held by a claim of its own comes under this one. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/clusters/cases/{cluster_case_id}/claim", tag = "cases",
    params(("cluster_case_id" = String, Path)),
    responses((status = 200, body = ClusterClaim), Guarded, Refused)
)]
pub(crate) async fn claim_cluster_case(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
) -> Result<Json<ClusterClaim>, Problem> {
    let lease = app.ports.clusters.claim_cluster(&ClusterCaseId(id), caller.id(), app.now()).await?;
    let held = lease.held.into_iter();
    let held = held.map(|(case_id, operator_id)| HeldCase { case_id: case_id.0, operator_id: operator_id.0 });
    Ok(Json(ClusterClaim {
        claim: lease.claim.into(),
        case_ids: lease.claimed.into_iter().map(|case_id| case_id.0).collect(),
        held: held.collect(),
    }))
}
