//! `POST /v1/banks/{bank_id}/entries`

use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{self, Caller};
use crate::extract::{Id, JsonBody};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use cordon_model::bank::{RollOut, SignalKind};
use cordon_model::clock::Timestamp;
use cordon_model::limits::BANK_ENTRIES_PUT_MAX;
use cordon_pipeline::banks::add_entries;
use cordon_pipeline::detect::banks::NewBankEntry;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Entries to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEntries {
    /// 1 to 1,000.
    entries: Vec<NewEntry>,
    /// Whether those that cannot stand are left out; or else one of them keeps all from being added.
    #[serde(default)]
    is_partial: bool,
}

/// An entry to be added. A value that the bank has is replaced and keeps its counts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEntry {
    /// What it is compared by: `md5`, `sha1`, `sha256` and `pdq` in a bank of media, `text` in one of texts, `url`,
    /// `url_prefix` and `domain` in one of addresses.
    #[schema(schema_with = names::signal_kind)]
    kind: SignalKind,
    /// The hash in hexadecimal, the text, the address.
    value: String,
    /// Where it comes from; the bank's source when left out.
    source: Option<String>,
    /// From when on it matches nothing, RFC 3339.
    expires_at: Option<String>,
    /// Whom its matches reach: `shadow` nobody, a share such as `25%`, or `live`; `live` when left out.
    roll_out: Option<String>,
    /// Until when it matches nothing, RFC 3339.
    disabled_until: Option<String>,
    /// A word to whoever looks after it.
    note: Option<String>,
}

/// What became of the entries.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AddedEntries {
    /// The bank.
    bank_id: String,
    /// Those that stand and match from here on.
    entry_ids: Vec<String>,
    /// Those that cannot stand.
    rejected: Vec<RejectedEntry>,
}

/// An entry that cannot stand. Never quotes its value.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RejectedEntry {
    /// Its place among those sent, from 0.
    index: usize,
    /// Why.
    reason: String,
}

problems! {
    Refused {
        "400": "`body_invalid`",
        "404": "`not_found`",
        "409": "`refused`: the banks are full",
        "413": "`body_too_large`",
        "422": "`change_invalid`: an entry that cannot stand; nothing was added",
    }
}

impl NewEntry {
    fn read(self) -> Result<NewBankEntry, Problem> {
        let time = |name: &str, text: Option<String>| match text.as_deref().map(Timestamp::parse) {
            Some(None) => Err(invalid(format!("`{name}` is no time such as 2030-01-01T00:00:00Z"))),
            at => Ok(at.flatten()),
        };
        let roll_out = match self.roll_out.as_deref().map(RollOut::parse) {
            None => RollOut::Live,
            Some(read) => {
                read.ok_or_else(|| invalid("`roll_out` is shadow, live, or a share from 1% to 99%"))?
            }
        };
        Ok(NewBankEntry {
            kind: self.kind,
            value: self.value,
            source: self.source,
            expires_at: time("expires_at", self.expires_at)?,
            roll_out,
            disabled_until: time("disabled_until", self.disabled_until)?,
            note: self.note,
        })
    }
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(Code::ChangeInvalid, detail)
}

/// Adds entries to a bank; they match from the next event on. Role: lead or admin.
#[utoipa::path(
    post, path = "/v1/banks/{bank_id}/entries", tag = "banks",
    params(("bank_id" = String, Path)), request_body = NewEntries,
    responses((status = 201, body = AddedEntries), Guarded, Refused)
)]
pub(crate) async fn add_bank_entries(
    State(app): State<App>,
    caller: Caller<auth::Publish>,
    Id(bank_id): Id,
    JsonBody(new): JsonBody<NewEntries>,
) -> Result<(StatusCode, Json<AddedEntries>), Problem> {
    if !(1..=BANK_ENTRIES_PUT_MAX).contains(&new.entries.len()) {
        return Err(invalid(format!("`entries` has 1 to {BANK_ENTRIES_PUT_MAX} of them")));
    }
    let entries = new.entries.into_iter().map(NewEntry::read).collect::<Result<Vec<_>, _>>()?;
    let (id, by) = (bank_id.clone(), caller.id().to_string());
    let add = move |pipeline: &mut _| add_entries(pipeline, &id, entries, new.is_partial, &by);
    let added = app.host.change(add).await?;
    let rejected = added.rejected.into_iter().map(|(index, reason)| RejectedEntry { index, reason });
    let entry_ids = added.entry_ids.iter().map(ToString::to_string).collect();
    Ok((StatusCode::CREATED, Json(AddedEntries { bank_id, entry_ids, rejected: rejected.collect() })))
}
