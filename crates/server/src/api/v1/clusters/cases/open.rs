//! `POST /v1/clusters/cases`

use super::view::ClusterCaseFile;
use crate::api::v1::clusters::list::{Query, days_back, look, options};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::JsonBody;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::cluster_case::{ClusterKind, NewClusterCase};
use cordon_model::ids::AccountId;
use cordon_pipeline::clusters::{ClusterView, around, cluster_id, view};
use cordon_pipeline::detect::clusters::seeded::SeededOptions;
use serde::Deserialize;
use std::sync::{Arc, PoisonError};
use utoipa::ToSchema;

/// Which cluster is to be reviewed: by its name and the parameters of `GET /v1/clusters` that showed it, or by the
/// account around which it was sought.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// The cluster, as it was shown.
    cluster_id: String,
    /// The account of `GET /v1/accounts/{account_id}/cluster`; none of the parameters below goes with it.
    seed: Option<String>,
    /// As for `GET /v1/clusters`.
    #[schema(example = "60s")]
    window: Option<String>,
    /// As for `GET /v1/clusters`.
    min_days: Option<u32>,
    /// As for `GET /v1/clusters`.
    min_objects: Option<u32>,
    /// As for `GET /v1/clusters`.
    min_accounts: Option<usize>,
    /// As for `GET /v1/clusters`.
    days: Option<u32>,
}

problems! {
    Refused {
        "400": "`body_invalid` or `parameter_invalid`",
        "404": "`not_found`: no event ever named the seed",
        "409": "`cluster_changed`: with these parameters no cluster of that name is found any more",
        "422": "`cluster_invalid`: too many members, or all of them suspended already",
    }
}

/// Opens one case for a cluster, and an ordinary case for each member that has none open.
///
/// The evidence is the server's own: it looks for the cluster again, so that this takes as long as `GET /v1/clusters`.
/// Opening acts on nobody. The same cluster again answers 200 with the case that is open. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/clusters/cases", tag = "cases", request_body = Wanted,
    responses(
        (status = 201, body = ClusterCaseFile),
        (status = 200, body = ClusterCaseFile, description = "It was open already"),
        Guarded, Refused
    )
)]
pub(crate) async fn open_cluster_case(
    State(app): State<App>,
    caller: Caller<Review>,
    JsonBody(wanted): JsonBody<Wanted>,
) -> Result<(StatusCode, Json<ClusterCaseFile>), Problem> {
    let place = Arc::clone(&app.surfacings).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "other surfacing queries are under way"))?;
    let find_app = app.clone();
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        find(&find_app, wanted)
    });
    let new = found.await.map_err(Problem::broken_task)??;
    let opened = app.ports.clusters.open_cluster(&new, caller.id(), app.now()).await?;
    let file = app.ports.clusters.fetch_cluster_case(&opened.cluster_case.cluster_case_id).await?;
    let file = file.ok_or_else(|| Problem::not_found("cluster case"))?;
    let status = if opened.is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(file.into())))
}

fn find(app: &App, wanted: Wanted) -> Result<NewClusterCase, Problem> {
    match &wanted.seed {
        Some(seed) => find_around(app, &AccountId(seed.clone()), &wanted),
        None => find_again(app, wanted),
    }
}

fn find_around(app: &App, seed: &AccountId, wanted: &Wanted) -> Result<NewClusterCase, Problem> {
    let others = [
        wanted.window.is_some(),
        wanted.min_days.is_some(),
        wanted.min_objects.is_some(),
        wanted.min_accounts.is_some(),
        wanted.days.is_some(),
    ];
    if others.contains(&true) {
        return Err(Problem::new(Code::BodyInvalid, "`seed` goes with `cluster_id` alone"));
    }
    let state = app.host.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let found = around(&state, seed, &SeededOptions::default());
    let found = found.ok_or_else(|| Problem::not_found("account"))?.cluster.map(|(_, shown)| shown);
    let is_wanted = |cluster: &ClusterView| cluster.cluster_id == wanted.cluster_id;
    let cluster = found.filter(is_wanted).ok_or_else(changed)?;
    Ok(cluster.to_case(ClusterKind::Seed, None))
}

fn find_again(app: &App, wanted: Wanted) -> Result<NewClusterCase, Problem> {
    let Wanted { cluster_id: name, seed: _, window, min_days, min_objects, min_accounts, days } = wanted;
    let query = Query { window, min_days, min_objects, min_accounts, days, top: None };
    let (options, days, _) = options(&query)?;
    let found = look(app, days_back(app, days), &options)?;
    let state = app.host.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let mut clusters = found.clusters.iter();
    let cluster = clusters.find(|cluster| cluster_id(state.detection(), cluster) == name);
    let window = Some(options.window_seconds);
    let shown = view(&state, cluster.ok_or_else(changed)?, window);
    Ok(shown.to_case(ClusterKind::Coordination, window))
}

fn changed() -> Problem {
    let detail =
        "no cluster of that name is found with these parameters: its members may have changed; look again";
    Problem::new(Code::ClusterChanged, detail)
}
