//! `GET /v1/banks`

use crate::api::{Guarded, names};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::problem::Problem;
use axum::Json;
use axum::extract::State;
use cordon_pipeline::detect::banks::BankFacts;
use serde::Serialize;
use utoipa::ToSchema;

/// All banks, by id.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankList {
    /// At most 1,000.
    banks: Vec<BankView>,
}

/// A bank with its totals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BankView {
    /// Its short name.
    bank_id: String,
    /// Its name for people.
    name: String,
    /// What it is made of.
    #[schema(schema_with = names::bank_kind)]
    kind: &'static str,
    /// The policy that what is in it breaks.
    policy_id: String,
    /// Who answers for it.
    owner: String,
    /// Where its entries come from.
    source: String,
    /// Entries, those out of force included.
    entries: u64,
    /// Entries in force that reach everybody.
    live_entries: u64,
    /// Entries in force that reach nobody or a share.
    rolling_entries: u64,
    /// Matches that reached an account.
    matches: u64,
    /// Matches that were counted only.
    shadow_matches: u64,
}

impl From<BankFacts> for BankView {
    fn from(facts: BankFacts) -> Self {
        let bank = facts.bank;
        Self {
            bank_id: bank.bank_id.0,
            name: bank.name,
            kind: bank.kind.name(),
            policy_id: bank.policy_id.0,
            owner: bank.owner,
            source: bank.source,
            entries: facts.entries,
            live_entries: facts.live_entries,
            rolling_entries: facts.rolling_entries,
            matches: u64::from(facts.live.matches),
            shadow_matches: u64::from(facts.shadow.matches),
        }
    }
}

/// Lists the banks, with how many entries they have and how often those matched. Role: viewer and above.
#[utoipa::path(get, path = "/v1/banks", tag = "banks", responses((status = 200, body = BankList), Guarded))]
pub(crate) async fn list_banks(
    State(app): State<App>,
    _caller: Caller<Look>,
) -> Result<Json<BankList>, Problem> {
    let now = app.now();
    let facts = app.ask(move |state| state.detection().banks().facts(now)).await?;
    Ok(Json(BankList { banks: facts.into_iter().map(BankView::from).collect() }))
}
