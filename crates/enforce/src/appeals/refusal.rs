//! Why a command on an appeal is not carried out.

use cordon_model::ids::{AppealId, DecisionId, OperatorId};

/// A command on an appeal that the rules forbid; nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppealRefusal {
    /// No such appeal, or a link that was not signed here, or that has expired.
    #[error("there is no such appeal, or its link does not hold")]
    Unknown,
    /// The decision weighs on nobody.
    #[error("decision {decision_id} takes nothing from the account: there is nothing to appeal against")]
    NotAppealable {
        /// Which.
        decision_id: DecisionId,
    },
    /// A decision is appealed against once.
    #[error("decision {decision_id} was appealed against already")]
    Filed {
        /// Which.
        decision_id: DecisionId,
    },
    /// The time to appeal is over.
    #[error("the time to appeal against decision {decision_id} is over")]
    TooLate {
        /// Which.
        decision_id: DecisionId,
    },
    /// The appeal has ended.
    #[error("appeal {appeal_id} is {status}")]
    Ended {
        /// Which.
        appeal_id: AppealId,
        /// How.
        status: &'static str,
    },
    /// Somebody else looks at it: take another, or wait for the claim to lapse.
    #[error("appeal {appeal_id} is claimed by another reviewer")]
    Claimed {
        /// Which.
        appeal_id: AppealId,
    },
    /// The claim lapsed or was never this operator's: claim again.
    #[error("no claim of {operator_id} on appeal {appeal_id} holds")]
    ClaimLost {
        /// On which appeal.
        appeal_id: AppealId,
        /// Whose.
        operator_id: OperatorId,
    },
    /// Whoever made, proposed or approved a decision does not decide the appeal against it.
    #[error("{operator_id} had a part in the decision: another person must decide the appeal")]
    Involved {
        /// Who.
        operator_id: OperatorId,
    },
}
