//! `GET /v1/accounts/{account_id}/returns`

use crate::api::v1::evidence::{Evidence, shown};
use crate::api::{Guarded, names, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::Id;
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_model::ids::AccountId;
use cordon_pipeline::returns::{ChainView, OnAccount, ReturnView, on_account};
use serde::Serialize;
use std::sync::PoisonError;
use utoipa::ToSchema;

/// The return that is kept on an account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountReturns {
    /// The account.
    account_id: String,
    /// None or one: what speaks for it against the suspended accounts that stand.
    returns: Vec<Return>,
}

/// A return: a proposal for review, not a finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Return {
    /// `likely`: held for review. `possible`: watched.
    #[schema(schema_with = names::tier)]
    tier: &'static str,
    /// How the account stands itself.
    #[schema(schema_with = names::standing)]
    standing: &'static str,
    /// Bits that speak for the likeliest earlier account.
    weight: f64,
    /// The suspended accounts that it may continue, likeliest first; at least one.
    earlier: Vec<Earlier>,
    /// The history that it continues.
    chain: Chain,
    /// What it shares with the likeliest earlier account now, heaviest first.
    evidence: Vec<Evidence>,
    /// When it was first found.
    found_at: String,
    /// When it was raised from possible to likely; null where it was not.
    raised_at: Option<String>,
}

/// A suspended account that a return may continue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Earlier {
    /// The account.
    account_id: String,
    /// Bits that speak for one holder.
    weight: f64,
    /// Since when it stands suspended.
    suspended_at: Option<String>,
}

/// The accounts of one holder, as far as returns tell.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chain {
    /// Which account of the holder this one is, from 2.
    ordinal: usize,
    /// The suspended accounts before it, in the order of their suspension.
    accounts: Vec<Chained>,
    /// From the last suspension to the account's first event; negative where the account is older.
    seconds_since_last_suspension: Option<i64>,
    /// The same in words: "the 4th account of the same holder, 2 h after the last suspension".
    text: String,
}

/// An account in a chain.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Chained {
    /// The account.
    account_id: String,
    /// Since when it stands suspended.
    suspended_at: Option<String>,
}

impl From<ChainView> for Chain {
    fn from(chain: ChainView) -> Self {
        let accounts = chain.accounts.into_iter().map(|one| Chained {
            account_id: one.account_id.0,
            suspended_at: one.suspended_at.map(|at| at.to_string()),
        });
        Self {
            ordinal: chain.ordinal,
            accounts: accounts.collect(),
            seconds_since_last_suspension: chain.seconds_since_last_suspension,
            text: chain.text,
        }
    }
}

impl From<ReturnView> for Return {
    fn from(found: ReturnView) -> Self {
        let earlier = found.earlier.into_iter().map(|earlier| Earlier {
            account_id: earlier.account_id.0,
            weight: earlier.weight,
            suspended_at: earlier.suspended_at.map(|at| at.to_string()),
        });
        Self {
            tier: found.tier.name(),
            standing: names::standing_name(found.standing),
            weight: found.weight,
            earlier: earlier.collect(),
            chain: found.chain.into(),
            evidence: shown(found.evidence),
            found_at: found.found_at.to_string(),
            raised_at: found.raised_at.map(|at| at.to_string()),
        }
    }
}

problems! {
    Refused { "404": "`not_found`: no event ever named it" }
}

/// Says whether an account may be held by the holder of a suspended one, with the evidence and the chain of accounts
/// before it. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}/returns", tag = "accounts",
    params(("account_id" = String, Path, description = "The platform's identifier")),
    responses((status = 200, body = AccountReturns), Guarded, Refused)
)]
pub(crate) async fn account_returns(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(account_id): Id,
) -> Result<Json<AccountReturns>, Problem> {
    let (state, asked) = (app.host.state(), AccountId(account_id.clone()));
    let look = move || on_account(&state.read().unwrap_or_else(PoisonError::into_inner), &asked);
    let returns = match tokio::task::spawn_blocking(look).await.map_err(Problem::broken_task)? {
        OnAccount::Unknown => return Err(Problem::not_found("account")),
        OnAccount::None => Vec::new(),
        OnAccount::Found(found) => vec![(*found).into()],
    };
    Ok(Json(AccountReturns { account_id, returns }))
}
