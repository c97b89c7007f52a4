//! A written rule of the platform, as decisions cite it.

use crate::ids::PolicyId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of a policy's text, from 1; a text never changes under its version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PolicyVersion(pub u32);

impl fmt::Display for PolicyVersion {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// How grave a violation of a policy is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// A nuisance.
    Low,
    /// Harm to a conversation.
    #[default]
    Medium,
    /// Harm to a person.
    High,
    /// Danger to life: terrorism, exploitation of children.
    Severe,
}

impl Severity {
    /// All grades, mildest first.
    pub const ALL: [Severity; 4] = [Self::Low, Self::Medium, Self::High, Self::Severe];

    /// The grade's name in columns, settings and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Severe => "severe",
        }
    }

    /// The grade of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|severity| severity.name() == name)
    }

    /// Harm of one violation seen by one person, relative to a nuisance: each grade is three times the one below.
    pub const fn weight(self) -> f64 {
        match self {
            Self::Low => 1.0,
            Self::Medium => 3.0,
            Self::High => 9.0,
            Self::Severe => 27.0,
        }
    }
}

/// Which text a decision cites.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyRef {
    /// The policy.
    pub policy_id: PolicyId,
    /// The version in force when it was cited.
    pub version: PolicyVersion,
}

impl fmt::Display for PolicyRef {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} version {}", self.policy_id, self.version)
    }
}

/// One version of one policy. Unique by (`policy_id`, `version`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name in decisions and reports.
    pub policy_id: PolicyId,
    /// Its version, from 1.
    pub version: PolicyVersion,
    /// One line for lists.
    pub title: String,
    /// What is forbidden, in the words shown to the account.
    pub text: String,
    /// How grave a violation is.
    pub severity: Severity,
    /// Points of the strike that a violation is, at most [`crate::limits::STRIKE_WEIGHT_MAX`]; 0 for no strike.
    #[serde(default)]
    pub strike_weight: u32,
    /// Days after the decision for which the strike counts, `1..=`[`crate::limits::STRIKE_DAYS_MAX`]; `None` for ever.
    #[serde(default)]
    pub strike_days: Option<u32>,
    /// Whether new decisions may no longer cite it.
    pub is_retired: bool,
}

impl Policy {
    /// How a decision names it.
    pub fn reference(&self) -> PolicyRef {
        PolicyRef { policy_id: self.policy_id.clone(), version: self.version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_grade_is_found_by_its_name_and_weighs_more_than_the_one_below() {
        for severity in Severity::ALL {
            assert_eq!(Severity::from_name(severity.name()), Some(severity));
        }
        assert!(Severity::ALL.windows(2).all(|pair| pair[0].weight() < pair[1].weight()));
    }
}
