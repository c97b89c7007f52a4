//! `GET /v1/audit`

use super::view::SealedRecord;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Audit, Caller};
use crate::extract::Parameters;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::limits::PAGE_MAX;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const RECORDS_DEFAULT: usize = 50;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// Records before this place; the newest when left out.
    before: Option<u64>,
    /// How many, `1..=500`; 50 when left out.
    limit: Option<usize>,
}

/// A page of the audit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPage {
    /// How many records there are.
    records_count: u64,
    /// The newest first.
    records: Vec<SealedRecord>,
    /// What to ask for as `before` to go on; null at the first record.
    next_before: Option<u64>,
}

problems! {
    Refused { "400": "`parameter_invalid`" }
}

/// Who did what to whom, the newest first. Role: admin, since it names deciders to whoever may hear an appeal.
#[utoipa::path(get, path = "/v1/audit", tag = "audit", params(Query),
    responses((status = 200, body = AuditPage), Guarded, Refused))]
pub(crate) async fn list_audit(
    State(app): State<App>,
    _caller: Caller<Audit>,
    Parameters(query): Parameters<Query>,
) -> Result<Json<AuditPage>, Problem> {
    let limit = query.limit.unwrap_or(RECORDS_DEFAULT);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::new(Code::ParameterInvalid, format!("`limit` lies in 1..={PAGE_MAX}")));
    }
    let records_count = app.ports.counts.totals().await?.audit_records;
    let end = query.before.unwrap_or(u64::MAX).min(records_count + 1).max(1);
    let first = end.saturating_sub(limit as u64).max(1);
    let records = app.ports.audit.list_audit(first - 1, (end - first) as usize).await?;
    let records = records.into_iter().rev().map(SealedRecord::from).collect();
    Ok(Json(AuditPage { records_count, records, next_before: (first > 1).then_some(first) }))
}
