//! `GET /v1/clusters/cases/{cluster_case_id}`

use super::view::ClusterCaseFile;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::ClusterCaseId;

problems! {
    Refused { "404": "`not_found`" }
}

/// A cluster case with its members and their cases. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/clusters/cases/{cluster_case_id}", tag = "cases",
    params(("cluster_case_id" = String, Path)),
    responses((status = 200, body = ClusterCaseFile), Guarded, Refused)
)]
pub(crate) async fn read_cluster_case(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<ClusterCaseFile>, Problem> {
    let file = app.ports.clusters.fetch_cluster_case(&ClusterCaseId(id)).await?;
    Ok(Json(file.ok_or_else(|| Problem::not_found("cluster case"))?.into()))
}
