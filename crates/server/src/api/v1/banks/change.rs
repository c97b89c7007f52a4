//! `POST /v1/banks/{bank_id}/entries/disable` and `POST /v1/banks/{bank_id}/entries/remove`

use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::bank::BankEntryId;
use cordon_model::clock::Timestamp;
use cordon_model::limits::BANK_ENTRIES_PUT_MAX;
use cordon_pipeline::banks::{disable_entries, remove_entries};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries that are to match nothing for a while.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntriesToDisable {
    /// 1 to 1,000.
    entry_ids: Vec<String>,
    /// Until when, RFC 3339; one that is over puts them in force again.
    until: String,
}

/// Entries that match nothing for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisabledEntries {
    /// The bank.
    bank_id: String,
    /// Which.
    entry_ids: Vec<String>,
    /// Until when.
    disabled_until: String,
}

/// Entries that are to go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntriesToRemove {
    /// 1 to 1,000.
    entry_ids: Vec<String>,
}

/// Entries that are gone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovedEntries {
    /// The bank.
    bank_id: String,
    /// Which.
    removed: Vec<String>,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`: no such bank, or no such entry in it; nothing was changed",
        "422": "`change_invalid`",
    }
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Code::ChangeInvalid, detail)
}

fn read_ids(texts: &[String]) -> Result<Vec<BankEntryId>, Problem> {
    if !(1..=BANK_ENTRIES_PUT_MAX).contains(&texts.len()) {
        return Err(invalid(format!("`entry_ids` has 1 to {BANK_ENTRIES_PUT_MAX} of them")));
    }
    let wrong = || invalid("an entry id has 16 hexadecimal digits");
    texts.iter().map(|text| BankEntryId::parse(text).ok_or_else(wrong)).collect()
}

/// Lets entries match nothing until some time. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/banks/{bank_id}/entries/disable", tag = "banks",
    params(("bank_id" = String, Path)), request_body = EntriesToDisable,
    responses((status = 200, body = DisabledEntries), Guarded, Refused)
)]
pub(crate) async fn disable_bank_entries(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Id(bank_id): Id,
    JsonBody(new): JsonBody<EntriesToDisable>,
) -> Result<Json<DisabledEntries>, Problem> {
    let until = Timestamp::parse(&new.until);
    let until = until.ok_or_else(|| invalid("`until` is no time such as 2030-01-01T00:00:00Z"))?;
    let (ids, id, by) = (read_ids(&new.entry_ids)?, bank_id.clone(), caller.id().to_string());
    app.host.change(move |pipeline| disable_entries(pipeline, &id, &ids, Some(until), &by)).await?;
    Ok(Json(DisabledEntries { bank_id, entry_ids: new.entry_ids, disabled_until: until.to_string() }))
}

/// Takes entries out of a bank for good. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/banks/{bank_id}/entries/remove", tag = "banks",
    params(("bank_id" = String, Path)), request_body = EntriesToRemove,
    responses((status = 200, body = RemovedEntries), Guarded, Refused)
)]
pub(crate) async fn remove_bank_entries(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Id(bank_id): Id,
    JsonBody(new): JsonBody<EntriesToRemove>,
) -> Result<Json<RemovedEntries>, Problem> {
    let (ids, id, by) = (read_ids(&new.entry_ids)?, bank_id.clone(), caller.id().to_string());
    app.host.change(move |pipeline| remove_entries(pipeline, &id, &ids, &by)).await?;
    Ok(Json(RemovedEntries { bank_id, removed: new.entry_ids }))
}
