//! `GET /v1/accounts/{account_id}`

use super::strikes::Strikes;
use super::view::Account;
use crate::api::v1::decisions::view::{Action, Decision};
use crate::api::v1::quality::blind::check_not_blind;
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_enforce::accounts::AccountRecord;
use cordon_model::ids::AccountId;
use serde::Serialize;
use std::sync::PoisonError;
use utoipa::ToSchema;

/// An account with its past.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountFile {
    /// What the record holds.
    account: Account,
    /// What the events say; absent where none ever named it.
    seen: Option<Seen>,
    /// The case that waits for a decision on it.
    open_case_id: Option<String>,
    /// Its strikes in force.
    strikes: Strikes,
    /// Decisions on it, oldest first.
    decisions: Vec<Decision>,
    /// Actions on it, oldest first.
    actions: Vec<Action>,
}

/// What the events say of an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Seen {
    /// Day of its first event.
    first_day: String,
    /// Day on which its last event arrived.
    last_day: String,
    /// Events seen from it.
    event_count: u32,
    /// Entities that it is linked to.
    link_count: usize,
    /// Whether it was deleted or erased.
    is_gone: bool,
}

problems! {
    Refused { "404": "`not_found`: neither an event nor a report ever named it" }
}

/// What is known of an account. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}", tag = "accounts",
    params(("account_id" = String, Path, description = "The platform's identifier")),
    responses((status = 200, body = AccountFile), Guarded, Refused)
)]
pub(crate) async fn read_account(
    State(app): State<App>,
    caller: Caller<Look>,
    Id(id): Id,
) -> Result<Json<AccountFile>, Problem> {
    let account_id = AccountId(id);
    check_not_blind(&app, &caller, &account_id).await?;
    let desk = &app.ports.desk;
    let record = desk.fetch_account(&account_id).await?;
    let seen = find_seen(&app, account_id.clone()).await?;
    if record.is_none() && seen.is_none() {
        return Err(Problem::not_found("account"));
    }
    let history = desk.fetch_history(&account_id).await?;
    let appealed = desk.list_appealed(&account_id).await?;
    let decisions = history.decisions.into_iter().map(|decision| Decision::blind(decision, &appealed));
    let strikes = desk.fetch_strikes(&account_id, app.now()).await?.into();
    let open_case_id = desk.fetch_open_case(&account_id).await?.map(|case| case.case_id.0);
    Ok(Json(AccountFile {
        account: record.unwrap_or_else(|| AccountRecord::new(account_id)).into(),
        seen,
        open_case_id,
        strikes,
        decisions: decisions.collect(),
        actions: history.actions.into_iter().map(Action::from).collect(),
    }))
}

async fn find_seen(app: &App, account_id: AccountId) -> Result<Option<Seen>, Problem> {
    let state = app.host.state();
    let find = move || {
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let detection = state.detection();
        let account = detection.account(account_id.as_str())?;
        let facts = detection.links().account_facts(account);
        Some(Seen {
            first_day: facts.first.to_string(),
            last_day: facts.received.to_string(),
            event_count: facts.events,
            link_count: detection.links().links(account).len(),
            is_gone: facts.is_gone,
        })
    };
    tokio::task::spawn_blocking(find).await.map_err(Problem::broken_task)
}
