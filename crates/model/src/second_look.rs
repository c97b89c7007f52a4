//! Second looks: a decided case, judged once more by somebody who knows neither the decision nor who made it.

use crate::clock::Timestamp;
use crate::decision::DecisionKind;
use crate::ids::{AccountId, CaseId, DecisionId, OperatorId, PolicyId, SecondLookId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Where a second look stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookStatus {
    /// Nobody has judged.
    Waiting,
    /// Both found a violation, or both found none.
    Agreed,
    /// One found a violation and the other none; waits for a lead.
    Disputed,
    /// A lead said who was right.
    Settled,
    /// A golden case was judged: what is right was known before.
    Answered,
}

impl LookStatus {
    /// All states.
    pub const ALL: [LookStatus; 5] =
        [Self::Waiting, Self::Agreed, Self::Disputed, Self::Settled, Self::Answered];

    /// The state's name in columns and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Agreed => "agreed",
            Self::Disputed => "disputed",
            Self::Settled => "settled",
            Self::Answered => "answered",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What somebody found who looked a second time. It does nothing to the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookJudgement {
    /// What they would have decided; never [`DecisionKind::Restore`].
    pub finding: DecisionKind,
    /// Which policy is broken; `None` where none is.
    pub policy_id: Option<PolicyId>,
    /// When.
    pub judged_at: Timestamp,
}

/// What a lead says is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// What should have been decided; never [`DecisionKind::Restore`].
    pub right: DecisionKind,
    /// Who says so.
    pub settled_by: OperatorId,
    /// When.
    pub settled_at: Timestamp,
}

/// A decided case to be judged once more. One that is drawn by lot is unique for its decision; a golden case has one
/// look for each reviewer to whom it was shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondLook {
    /// Its name, which says nothing of the decision and is alike for golden cases and others.
    pub second_look_id: SecondLookId,
    /// Which decision.
    pub decision_id: DecisionId,
    /// The case that it closed.
    pub case_id: CaseId,
    /// About whom.
    pub account_id: AccountId,
    /// What was decided.
    pub decided: DecisionKind,
    /// By whom.
    pub decided_by: OperatorId,
    /// For a golden case: the known answer.
    pub answer: Option<DecisionKind>,
    /// The chance with which the decision was drawn, `0.0..=1.0`; 1 for golden cases, which are chosen.
    pub share: f64,
    /// When it was drawn or, for a golden case, first shown.
    pub drawn_at: Timestamp,
    /// Where it stands.
    pub status: LookStatus,
    /// Who has it, or had it when it was judged.
    pub reviewer: Option<OperatorId>,
    /// When it may go to another reviewer if nobody has judged.
    pub lapses_at: Option<Timestamp>,
    /// What was found.
    pub judgement: Option<LookJudgement>,
    /// What a lead says is right.
    pub settlement: Option<Settlement>,
}

impl SecondLook {
    /// Whether what is right was known before.
    pub const fn is_golden(&self) -> bool {
        self.answer.is_some()
    }

    /// What is known to be right: the golden answer, what a lead said, or what both found; `None` while nobody knows.
    pub fn right(&self) -> Option<DecisionKind> {
        let settled = self.settlement.as_ref().map(|settlement| settlement.right);
        let agreed = (self.status == LookStatus::Agreed).then_some(self.decided);
        self.answer.or(settled).or(agreed)
    }
}

/// A decided case of which a lead knows the answer; shown among second looks, alike to the eye.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenCase {
    /// Which decision.
    pub decision_id: DecisionId,
    /// The case that it closed.
    pub case_id: CaseId,
    /// About whom.
    pub account_id: AccountId,
    /// What was decided, right or wrong.
    pub decided: DecisionKind,
    /// By whom.
    pub decided_by: OperatorId,
    /// What is right.
    pub answer: DecisionKind,
    /// Who had a part in the decision, in its second look or in settling it, and is never shown it.
    pub known_to: BTreeSet<OperatorId>,
    /// When it was marked.
    pub marked_at: Timestamp,
}
