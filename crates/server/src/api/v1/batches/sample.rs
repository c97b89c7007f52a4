//! `GET` and `POST /v1/batches/{batch_id}/sample`

use super::view::{Batch, Sampled};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Review};
use crate::extract::{Id, Parameters};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::ids::BatchId;
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// How many accounts, `1..=500`; one when left out.
    count: Option<usize>,
}

/// Accounts to be judged.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextSampled {
    /// The policy to judge them by.
    policy_id: String,
    /// Its version.
    policy_version: u32,
    /// Drawn and not judged yet; empty once all are.
    accounts: Vec<Sampled>,
}

problems! {
    Refused {
        "400": "`parameter_invalid`",
        "403": "`second_person_needed`: the proposer does not judge; or `forbidden`",
        "404": "`not_found`",
    }
    NotEnlarged {
        "404": "`not_found`",
        "409": "`batch_status`: not refused; or `sample_spent`: nothing is left to draw",
    }
}

/// The next accounts of a batch's sample to be judged, without what the batch would decide.
///
/// Role: reviewer and above, but not the proposer.
#[utoipa::path(
    get, path = "/v1/batches/{batch_id}/sample", tag = "batches",
    params(("batch_id" = String, Path), Query), responses((status = 200, body = NextSampled), Guarded, Refused)
)]
pub(crate) async fn next_sampled(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
    Parameters(query): Parameters<Query>,
) -> Result<Json<NextSampled>, Problem> {
    let count = query.count.unwrap_or(1);
    if !(1..=PAGE_MAX).contains(&count) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`count` lies in 1..={PAGE_MAX}")));
    }
    let (bulk, batch_id) = (&app.ports.bulk, BatchId(id));
    let batch = bulk.fetch_batch(&batch_id).await?.ok_or_else(|| Problem::not_found("batch"))?;
    if batch.proposed_by == *caller.id() {
        let detail = format!("{} proposed the batch: another person must judge its sample", caller.id());
        return Err(Problem::new(Code::SecondPersonNeeded, detail));
    }
    let members = bulk.list_unjudged(&batch_id, count).await?;
    Ok(Json(NextSampled {
        policy_id: batch.policy.policy_id.0,
        policy_version: batch.policy.version.0,
        accounts: members.into_iter().map(Sampled::from).collect(),
    }))
}

/// Enlarges the sample of a refused batch to what would suffice with the errors found so far. Each further look halves
/// the chance of error that its bound allows. Role: reviewer and above.
#[utoipa::path(
    post, path = "/v1/batches/{batch_id}/sample", tag = "batches", params(("batch_id" = String, Path)),
    responses((status = 200, body = Batch), Guarded, NotEnlarged)
)]
pub(crate) async fn enlarge_sample(
    State(app): State<App>,
    caller: Caller<Review>,
    Id(id): Id,
) -> Result<Json<Batch>, Problem> {
    let batch = app.ports.bulk.enlarge_sample(&BatchId(id), caller.id(), app.now()).await?;
    Ok(Json(Batch::shown_to(caller.operator(), batch)))
}
