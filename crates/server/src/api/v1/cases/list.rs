//! `GET /v1/cases`

use super::view::Case;
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Parameters;
use crate::limits::PAGE_DEFAULT;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_enforce::ports::CaseFilter;
use cordon_model::case::CaseStatus;
use cordon_model::entity::Source;
use cordon_model::ids::QueueId;
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// In this state; open ones when left out.
    #[param(schema_with = names::case_status)]
    status: Option<CaseStatus>,
    /// In this queue.
    queue: Option<String>,
    /// Pointed at by this source.
    #[param(schema_with = names::source)]
    source: Option<Source>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Cases on a page, `1..=500`; 50 when left out.
    limit: Option<usize>,
}

/// One page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CasePage {
    /// In queue order: deadline, rank, id; without their evidence.
    cases: Vec<Case>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

problems! {
    Refused { "400": "`parameter_invalid` or `cursor_invalid`" }
}

/// Cases in queue order. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/cases", tag = "cases", params(Query),
    responses((status = 200, body = CasePage), Guarded, Refused)
)]
pub(crate) async fn list_cases(
    State(app): State<App>,
    _caller: Caller<Look>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<CasePage>, Problem> {
    let limit = query.limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`limit` lies in 1..={PAGE_MAX}")));
    }
    let filter =
        CaseFilter { status: query.status, queue_id: query.queue.map(QueueId), source: query.source };
    let page = app.ports.desk.list_cases(&filter, query.cursor.as_deref(), limit).await?;
    Ok(Json(CasePage { cases: page.cases.into_iter().map(Case::from).collect(), next: page.next }))
}
