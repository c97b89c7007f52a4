//! `GET /v1/banks/{bank_id}/entries`

use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::{Id, Parameters};
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::bank::BankEntry;
use cordon_model::clock::Timestamp;
use cordon_model::limits::BANK_ENTRIES_PUT_MAX;
use cordon_pipeline::banks::{require_bank, stated};
use cordon_pipeline::detect::banks::EntryFacts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Entries where the request does not say.
const COUNT_DEFAULT: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// How many at most, `1..=1000`; 100 when left out.
    count: Option<usize>,
}

/// A bank's entries, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankEntries {
    /// With their values.
    entries: Vec<EntryView>,
}

/// An entry of a bank.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    /// Its name, 16 hexadecimal digits.
    entry_id: String,
    /// What it is compared by.
    #[schema(schema_with = names::signal_kind)]
    kind: &'static str,
    /// The value as typed; null where it is gone from the journal.
    value: Option<String>,
    /// Where it comes from.
    source: Option<String>,
    /// A word to whoever looks after it.
    note: Option<String>,
    /// Whether it matches now.
    is_in_force: bool,
    /// Whom matches reach: `shadow`, a share such as `25%`, or `live`.
    roll_out: String,
    /// When it was first added.
    added_at: String,
    /// From when on it matches nothing.
    expires_at: Option<String>,
    /// Until when it matches nothing.
    disabled_until: Option<String>,
    /// Matches that reached an account.
    matches: u64,
    /// Matches that were counted only.
    shadow_matches: u64,
}

impl EntryView {
    fn of(facts: &EntryFacts, stated: Option<BankEntry>, now: Timestamp) -> Self {
        let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let (value, source, note) = match stated {
            Some(entry) => (Some(entry.value), Some(entry.source), entry.note),
            None => (None, None, None),
        };
        Self {
            entry_id: facts.entry_id.to_string(),
            kind: facts.kind.name(),
            value,
            source,
            note,
            is_in_force: facts.is_in_force(now),
            roll_out: facts.roll_out.to_string(),
            added_at: facts.added_at.to_string(),
            expires_at: text(facts.expires_at),
            disabled_until: text(facts.disabled_until),
            matches: u64::from(facts.live.matches),
            shadow_matches: u64::from(facts.shadow.matches),
        }
    }
}

problems! {
    Refused {
        "400": "`parameter_invalid`",
        "404": "`not_found`",
    }
}

/// Lists a bank's entries, with what was put. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/banks/{bank_id}/entries", tag = "banks",
    params(("bank_id" = String, Path), Query),
    responses((status = 200, body = BankEntries), Guarded, Refused)
)]
pub(crate) async fn bank_entries(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(bank_id): Id,
    Parameters(query): Parameters<Query>,
) -> Result<Json<BankEntries>, Problem> {
    let count = query.count.unwrap_or(COUNT_DEFAULT);
    if !(1..=BANK_ENTRIES_PUT_MAX).contains(&count) {
        return Err(Problem::new(
            Code::ParameterInvalid,
            format!("`count` lies in 1..={BANK_ENTRIES_PUT_MAX}"),
        ));
    }
    let now = app.now();
    let read = move |state: &cordon_pipeline::Evaluator| {
        let internal = |error| Problem::internal(&error);
        require_bank(state, &bank_id).map_err(|_| Problem::not_found("bank"))?;
        let all = state.detection().banks().entries(&bank_id, count);
        let view =
            |facts: &EntryFacts| Ok(EntryView::of(facts, stated(state, facts).map_err(internal)?, now));
        let entries: Result<Vec<EntryView>, Problem> = all.iter().map(view).collect();
        Ok(Json(BankEntries { entries: entries? }))
    };
    app.ask(read).await?
}
