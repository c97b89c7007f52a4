//! `GET /v1/clusters/cases`

use super::view::ClusterCase;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::limits::PAGE_DEFAULT;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::cluster_case::ClusterStatus;
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// In this state; open ones when left out.
    #[param(schema_with = names::cluster_status)]
    status: Option<ClusterStatus>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Cluster cases on a page, `1..=500`; 50 when left out.
    limit: Option<usize>,
}

/// One page of cluster cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClusterCasePage {
    /// Oldest first; without their evidence.
    cluster_cases: Vec<ClusterCase>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

problems! {
    Refused { "400": "`parameter_invalid` or `cursor_invalid`" }
}

/// Cluster cases, oldest first. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/clusters/cases", tag = "cases", params(Query),
    responses((status = 200, body = ClusterCasePage), Guarded, Refused)
)]
pub(crate) async fn list_cluster_cases(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<ClusterCasePage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`limit` lies in 1..={PAGE_MAX}")));
    }
    let status = query.status.unwrap_or(ClusterStatus::Open);
    let page = app.ports.clusters.list_cluster_cases(status, query.cursor.as_deref(), limit).await?;
    let cluster_cases = page.cluster_cases.into_iter().map(ClusterCase::from).collect();
    Ok(Json(ClusterCasePage { cluster_cases, next: page.next }))
}
