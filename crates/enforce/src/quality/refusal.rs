//! Why a command on a second look is not carried out.

use cordon_model::ids::{OperatorId, SecondLookId};

/// A command on a second look that the rules forbid; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QualityRefusal {
    /// No such second look.
    #[error("there is no second look of that name")]
    Unknown,
    /// It was never this reviewer's, or went to another: ask for the next one.
    #[error("second look {second_look_id} is not with {operator_id}: ask for the next one")]
    NotHeld {
        /// Which.
        second_look_id: SecondLookId,
        /// Who tried.
        operator_id: OperatorId,
    },
    /// A second look is judged once.
    #[error("second look {second_look_id} is judged already")]
    Judged {
        /// Which.
        second_look_id: SecondLookId,
    },
    /// A finding that says nothing of the case, or a violation of nothing.
    #[error(
        "a finding is no_violation without a policy, or warn, label, restrict, suspend or terminate with the policy that is broken"
    )]
    FindingInvalid,
    /// It stands where the command does not fit.
    #[error("second look {second_look_id} is {status}")]
    Status {
        /// Which.
        second_look_id: SecondLookId,
        /// Where it stands.
        status: &'static str,
    },
    /// Who decided or looked does not say who was right.
    #[error("{operator_id} decided the case or looked at it: another lead must say who was right")]
    Involved {
        /// Who.
        operator_id: OperatorId,
    },
    /// As many golden cases as there may be.
    #[error("there are {max} golden cases already", max = cordon_model::limits::GOLDEN_CASES_MAX)]
    GoldenFull,
    /// Whoever is to judge the account without knowing the decision may not read of it meanwhile.
    #[error("{operator_id} is to judge this account without knowing what was decided: judge first")]
    Blind {
        /// Who.
        operator_id: OperatorId,
    },
    /// The shares cannot stand.
    #[error(transparent)]
    Rules(#[from] super::QualityRulesInvalid),
}
