//! `GET /v1/clusters/weaker`

use super::list::{Query, acts, days_back, in_place, options, shown};
use super::view::Cluster;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_pipeline::clusters::weaker;
use serde::Serialize;
use utoipa::ToSchema;

/// Clusters of pairs none of which is rare enough by itself, and how many of the pairs may be chance.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WeakerClusters {
    /// Those of the most members first; they weigh 0, as no chance is known of one by itself.
    clusters: Vec<Cluster>,
    /// Pairs that met again and again, in clusters of any size.
    pairs: usize,
    /// As many as rare are found, on average, where each object's times are dealt anew: at most half of `pairs`.
    pairs_by_chance: f64,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// Finds weaker evidence of accounts that act together: pairs that meet again and again, more of them than where times
/// are dealt anew, of which up to half may be chance.
///
/// Weighs the acts of the last days twenty times over, so that it takes that much longer than `/v1/clusters`; two such
/// queries run at a time. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/clusters/weaker", tag = "accounts",
    params(Query),
    responses((status = 200, body = WeakerClusters), Guarded, Refused)
)]
pub(crate) async fn list_weaker_clusters(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<WeakerClusters>, Problem> {
    let (options, days, top) = options(&query)?;
    let found = in_place(app, move |app| {
        let found = weaker(acts(app, days_back(app, days))?, &options);
        Ok(WeakerClusters {
            clusters: shown(app, &found.clusters, &options, top),
            pairs: found.pairs,
            pairs_by_chance: found.pairs_by_chance,
        })
    });
    Ok(Json(found.await?))
}
