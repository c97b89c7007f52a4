//! `GET /v1/accounts/{account_id}/similar`

use crate::api::v1::evidence::{Evidence, shown};
use crate::api::{Guarded, problems};
use crate::app::App;
use crate::auth::{Caller, Look};
use crate::extract::{Id, Parameters};
use crate::limits::SIMILAR_DEFAULT;
use crate::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use cordon_model::entity::EvidenceGroup;
use cordon_model::ids::AccountId;
use cordon_model::limits::PAGE_MAX;
use cordon_pipeline::detect::similar::RankOptions;
use cordon_pipeline::surface::{Surfaced, surface};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// How many, `1..=500`; 20 when left out.
    top: Option<usize>,
    /// Count only these evidence groups, separated by commas.
    #[param(example = "url,content")]
    groups: Option<String>,
    /// Score every account, not only those that links and terms lead to.
    #[serde(default)]
    exhaustive: bool,
}

/// Accounts like one, best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Similar {
    /// The seed.
    account_id: String,
    /// Proposals for review, not findings.
    candidates: Vec<Candidate>,
    /// Accounts scored.
    scored: usize,
}

/// A candidate with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Candidate {
    /// The account.
    account_id: String,
    /// Bits: the sum of the evidence rows, without the prior.
    weight: f64,
    /// Of a violation; bounded while `is_calibrated` is false.
    probability: f64,
    /// Whether enough decisions stand behind `probability`.
    is_calibrated: bool,
    /// The rows, heaviest first.
    evidence: Vec<Evidence>,
}

impl From<Surfaced> for Candidate {
    fn from(one: Surfaced) -> Self {
        Self {
            account_id: one.account_id.0,
            weight: one.weight,
            probability: one.probability,
            is_calibrated: one.is_calibrated,
            evidence: shown(one.evidence),
        }
    }
}

problems! {
    Refused {
        "400": "`parameter_invalid`",
        "404": "`not_found`: no event ever named it",
    }
}

/// Ranks the accounts that are similar to one, with the evidence. Role: viewer and above.
#[utoipa::path(
    get, path = "/v1/accounts/{account_id}/similar", tag = "accounts",
    params(("account_id" = String, Path, description = "The platform's identifier"), Query),
    responses((status = 200, body = Similar), Guarded, Refused)
)]
pub(crate) async fn similar_accounts(
    State(app): State<App>,
    _caller: Caller<Look>,
    Id(id): Id,
    Parameters(query): Parameters<Query>,
) -> Result<Json<Similar>, Problem> {
    let options = options(&query)?;
    let place = Arc::clone(&app.surfacings).try_acquire_owned();
    let place = place.map_err(|_| Problem::new(Code::Overloaded, "other surfacing queries are under way"))?;
    let (state, seed) = (app.host.state(), AccountId(id));
    let account_id = seed.0.clone();
    let found = tokio::task::spawn_blocking(move || {
        let _place = place;
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        surface(&state, &[seed], &options)
    });
    let found = found.await.map_err(Problem::broken_task)?;
    if !found.unknown.is_empty() {
        return Err(Problem::not_found("account"));
    }
    let candidates = found.candidates.into_iter().map(Candidate::from).collect();
    Ok(Json(Similar { account_id, candidates, scored: found.scored }))
}

fn options(query: &Query) -> Result<RankOptions, Problem> {
    let invalid = |detail: String| Problem::new(Code::ParameterInvalid, detail);
    let top = query.top.unwrap_or(SIMILAR_DEFAULT);
    if !(1..=PAGE_MAX).contains(&top) {
        return Err(invalid(format!("`top` lies in 1..={PAGE_MAX}")));
    }
    let named = |name: &str| {
        EvidenceGroup::from_name(name).ok_or_else(|| {
            let known: Vec<&str> = EvidenceGroup::ALL.iter().map(|group| group.name()).collect();
            invalid(format!("`groups` names some of {}", known.join(", ")))
        })
    };
    let groups =
        query.groups.as_deref().map(|names| names.split(',').map(|name| named(name.trim())).collect());
    Ok(RankOptions {
        top,
        explained: top,
        is_exhaustive: query.exhaustive,
        groups: groups.transpose()?,
        ..RankOptions::default()
    })
}
