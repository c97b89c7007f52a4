//! `?wait=returns`: what is known of the accounts of a batch, once its entries are evaluated.

use crate::api::names;
use crate::app::App;
use crate::limits::{RETURNS_TIMEOUT_DEFAULT, RETURNS_TIMEOUT_MAX};
use crate::problem::{Code, Problem};
use cordon_model::ids::Offset;
use cordon_pipeline::Evaluator;
use cordon_pipeline::intake::Actors;
use cordon_pipeline::returns::{ReturnStatus, status_of};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Query {
    /// Answer only once the entries are evaluated: `returns` with what is known of their accounts, `verdict` with what
    /// the live rules say of each.
    #[param(example = "returns")]
    wait: Option<String>,
    /// Milliseconds after the request's arrival by which that answer is wanted, `1..=10000`; 1000 when left out.
    timeout_ms: Option<u64>,
}

/// What the answer waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WaitFor {
    Returns,
    Verdicts,
}

impl Query {
    /// What is waited for and how long; `None` where nothing is.
    pub(super) fn wait(&self) -> Result<Option<(WaitFor, Duration)>, Problem> {
        let invalid = |detail: &str| Err(Problem::new(Code::ParameterInvalid, detail));
        let timeout = self.timeout_ms.map(Duration::from_millis);
        let wanted = match self.wait.as_deref() {
            None => None,
            Some("returns") => Some(WaitFor::Returns),
            Some("verdict") => Some(WaitFor::Verdicts),
            Some(_) => return invalid("`wait` is `returns`, `verdict` or left out"),
        };
        match (wanted, timeout) {
            (None, None) => Ok(None),
            (None, Some(_)) => invalid("`timeout_ms` goes with `wait`"),
            (Some(wanted), None) => Ok(Some((wanted, RETURNS_TIMEOUT_DEFAULT))),
            (Some(wanted), Some(timeout)) if !timeout.is_zero() && timeout <= RETURNS_TIMEOUT_MAX => {
                Ok(Some((wanted, timeout)))
            }
            (Some(_), Some(_)) => invalid("`timeout_ms` lies in 1..=10000"),
        }
    }
}

/// What is known of an account of the batch.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct AccountReturn {
    /// The account.
    account_id: String,
    /// `likely`: held for review, a case is opened. `possible`: watched. `none`: looked at, and nothing that stands
    /// speaks for a return. `unknown`: not evaluated in time, or not looked at since its lines were refused or came
    /// more than a day late; ask again, and never take it for `none`.
    #[schema(schema_with = names::return_status)]
    status: &'static str,
    /// Bits that speak for the likeliest earlier account; null where there is none.
    weight: Option<f64>,
    /// The suspended accounts that it may continue, likeliest first.
    earlier: Vec<String>,
}

impl AccountReturn {
    fn of(account_id: String, status: ReturnStatus) -> Self {
        let name = status.name();
        let (weight, earlier) = match status {
            ReturnStatus::Found { weight, earlier, .. } => (Some(weight), earlier),
            ReturnStatus::None | ReturnStatus::Unknown => (None, Vec::new()),
        };
        Self { account_id, status: name, weight, earlier: earlier.into_iter().map(|id| id.0).collect() }
    }
}

/// Waits until everything up to `last` is evaluated, but not beyond `deadline`; then says what is known of each.
pub(super) async fn await_returns(
    app: &App,
    actors: Actors,
    last: Offset,
    deadline: Instant,
) -> Vec<AccountReturn> {
    let actors = Arc::new(actors);
    if is_evaluated(app.host.evaluated(), last, deadline).await {
        let (state, asked) = (app.host.state(), Arc::clone(&actors));
        // The writer may have the state again for a while: the deadline holds for this, too.
        let look = tokio::task::spawn_blocking(move || look(&state, &asked));
        if let Ok(Ok(found)) = timeout_at(deadline, look).await {
            return found;
        }
    }
    unknown(&actors)
}

/// Whether everything up to `last` is evaluated by `deadline`.
async fn is_evaluated(mut evaluated: watch::Receiver<Offset>, last: Offset, deadline: Instant) -> bool {
    let reached = evaluated.wait_for(|offset| *offset >= last);
    matches!(timeout_at(deadline, reached).await, Ok(Ok(_)))
}

fn look(state: &RwLock<Evaluator>, actors: &Actors) -> Vec<AccountReturn> {
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let statuses = actors.accounts.iter().map(|(account_id, is_late)| {
        AccountReturn::of(account_id.0.clone(), status_of(&state, account_id, *is_late))
    });
    statuses.collect()
}

fn unknown(actors: &Actors) -> Vec<AccountReturn> {
    let ids = actors.accounts.iter().map(|(account_id, _)| account_id.0.clone());
    ids.map(|account_id| AccountReturn::of(account_id, ReturnStatus::Unknown)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::ids::AccountId;

    #[tokio::test]
    async fn what_is_not_evaluated_in_time_is_unknown_and_never_none() {
        let (evaluated, heard) = watch::channel(Offset(4));
        let deadline = Instant::now() + Duration::from_millis(50);
        assert!(is_evaluated(heard.clone(), Offset(4), deadline).await);
        assert!(!is_evaluated(heard.clone(), Offset(5), deadline).await);
        evaluated.send_replace(Offset(5));
        assert!(is_evaluated(heard.clone(), Offset(5), Instant::now() + Duration::from_millis(1)).await);
        drop(evaluated);
        let soon = Instant::now() + Duration::from_millis(50);
        assert!(!is_evaluated(heard, Offset(6), soon).await, "the writer stopped");

        let actors = Actors { accounts: vec![(AccountId::from("ann"), false)], left_out: 0 };
        let [answer] = &unknown(&actors)[..] else { panic!("one answer an account") };
        assert_eq!((answer.status, answer.weight), ("unknown", None));
    }

    #[test]
    fn a_wait_for_something_else_and_a_wait_without_end_are_refused() {
        let query = |wait: Option<&str>, timeout_ms| Query { wait: wait.map(str::to_owned), timeout_ms };
        let returns = |timeout| Some((WaitFor::Returns, timeout));
        assert_eq!(query(None, None).wait().unwrap(), None);
        assert_eq!(query(Some("returns"), None).wait().unwrap(), returns(RETURNS_TIMEOUT_DEFAULT));
        assert_eq!(query(Some("returns"), Some(20)).wait().unwrap(), returns(Duration::from_millis(20)));
        let verdicts = query(Some("verdict"), None).wait().unwrap();
        assert_eq!(verdicts, Some((WaitFor::Verdicts, RETURNS_TIMEOUT_DEFAULT)));
        for (wait, timeout_ms) in [
            (Some("cases"), None),
            (Some("verdict"), Some(0)),
            (None, Some(5)),
            (Some("returns"), Some(0)),
            (Some("returns"), Some(10_001)),
        ] {
            assert!(query(wait, timeout_ms).wait().is_err(), "{wait:?} {timeout_ms:?}");
        }
    }
}
