//! A case as somebody sees it who is to judge it without knowing what was decided.

use crate::api::names;
use crate::api::v1::cases::view::Report;
use crate::api::v1::evidence::{Evidence, shown};
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use cordon_enforce::Refusal;
use cordon_enforce::ports::{CaseFile, StoreError};
use cordon_enforce::quality::QualityRefusal;
use cordon_model::entity::{self, Source};
use cordon_model::ids::AccountId;
use cordon_model::policy::Severity;
use cordon_model::second_look::SecondLook;
use serde::Serialize;
use utoipa::ToSchema;

/// A decided case without its decision, to be judged once more.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BlindCase {
    /// The look's name; says nothing of the decision.
    #[schema(examples("3f9a0c2b71de4a6b8c0d1e2f3a4b5c6d"))]
    second_look_id: String,
    /// The account to be judged.
    account_id: String,
    /// When the case was opened.
    opened_at: String,
    /// Everything that pointed at the account.
    #[schema(schema_with = names::sources)]
    sources: Vec<Source>,
    /// The policy said to be broken.
    policy_id: Option<String>,
    /// How grave that would be.
    #[schema(schema_with = names::severity)]
    severity: Severity,
    /// Reports, oldest first; never who reported.
    reports: Vec<Report>,
    /// What supported the case. Every weight is 0 while the score is hidden.
    evidence: Vec<Evidence>,
    /// Whether the score is kept back until the case is judged.
    score_hidden: bool,
    /// Bits; null while hidden.
    weight: Option<f64>,
    /// Probability of a violation; null while hidden.
    probability: Option<f64>,
    /// Until when the look stays with the caller for certain.
    held_until: Option<String>,
}

impl BlindCase {
    fn of(look: SecondLook, file: CaseFile, is_hidden: bool) -> Self {
        let case = file.case;
        let mut evidence = case.evidence;
        if is_hidden {
            evidence.iter_mut().for_each(hide_weights);
            // In the order of weights, they would tell.
            evidence.sort_by(|one, other| one.text.cmp(&other.text));
        }
        Self {
            second_look_id: look.second_look_id.0,
            account_id: case.account_id.0,
            opened_at: case.opened_at.to_string(),
            sources: case.sources.iter().collect(),
            policy_id: case.policy_id.map(|id| id.0),
            severity: case.severity,
            reports: file.reports.into_iter().map(|filed| Report::seal(filed, true)).collect(),
            evidence: shown(evidence),
            score_hidden: is_hidden,
            weight: (!is_hidden).then_some(case.weight),
            probability: (!is_hidden).then_some(case.probability),
            held_until: look.lapses_at.filter(|_| look.judgement.is_none()).map(|at| at.to_string()),
        }
    }
}

fn hide_weights(row: &mut entity::Evidence) {
    row.weight = 0.0;
    row.terms.iter_mut().for_each(|(_, weight)| *weight = 0.0);
    row.terms.sort_by(|one, other| one.0.cmp(&other.0));
}

/// The case of a look; with its score once it is judged.
pub(super) async fn case_of(app: &App, look: SecondLook) -> Result<BlindCase, Problem> {
    let file = app.ports.desk.fetch_case(&look.case_id).await?;
    let file = file.ok_or_else(|| Problem::not_found("case"))?;
    let rules = app.ports.quality.quality_rules().await?;
    let is_hidden = look.judgement.is_none() && rules.hides_score(file.case.policy_id.as_ref());
    Ok(BlindCase::of(look, file, is_hidden))
}

/// Refuses whoever is to judge the account without knowing what was decided.
pub(crate) async fn check_not_blind<P>(
    app: &App,
    caller: &Caller<P>,
    account_id: &AccountId,
) -> Result<(), Problem> {
    if app.ports.quality.is_blind(caller.id(), account_id).await? {
        let refusal = QualityRefusal::Blind { operator_id: caller.id().clone() };
        return Err(StoreError::from(Refusal::from(refusal)).into());
    }
    Ok(())
}
