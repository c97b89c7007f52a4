//! `GET /v1/accounts/{account_id}/cluster`

use crate::api::v1::clusters::view::Cluster;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::ids::AccountId;
use cordon_pipeline::clusters::around;
use cordon_pipeline::detect::clusters::seeded::SeededOptions;
use serde::Serialize;
use std::sync::{Arc, PoisonError};
use utoipa::ToSchema;

/// The cluster around an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountCluster {
    /// The account from which it was sought.
    account_id: String,
    /// A proposal for review, not a finding; null where nobody did what the account did.
    cluster: Option<Cluster>,
}

problems! {
    Refused { "404": "`not_found`: no event ever named it" }
}

/// Finds who else did what an account did, when it did it, by the links of the index. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}/cluster", tag = "accounts",
    params(("account_id" = String, Path, description = "The platform's identifier")),
    responses((status = 200, body = AccountCluster), Guarded, Refused)
)]
pub(crate) async fn account_cluster(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(account_id): Id,
) -> Result<Json<AccountCluster>, Problem> {
    let place = Arc::clone(&app.surfacings).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "other surfacing queries are under way"))?;
    let (state, seed) = (app.host.state(), AccountId(account_id.clone()));
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        around(&state, &seed, &SeededOptions::default())
    });
    let found = found.await.map_err(Problem::broken_task)?.ok_or_else(|| Problem::not_found("account"))?;
    Ok(Json(AccountCluster { account_id, cluster: found.cluster.map(|(_, shown)| shown.into()) }))
}
