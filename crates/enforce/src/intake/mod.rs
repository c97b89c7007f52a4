//! Intake: what the pipeline's effects do to an account's case. Never to the account, but for a hold of a day at most.
//!
//! Rules, all on the account named by the effect:
//! - a report or candidate joins the open case; where there is none it opens one, unless it repeats what was
//!   judged (below);
//! - a *repeat report* is kept with the decided case and counted. On a suspended account every report is one,
//!   except a partner's or an authority's. On a cleared or violating account a report is one while its source
//!   had already pointed there when it was judged and less than [`REPEAT_SECONDS`] have passed, again except a
//!   partner's or an authority's;
//! - a *repeat candidate* is passed over: always on a suspended account; on a cleared one for
//!   [`CLEARED_SECONDS`], unless it weighs [`NEW_WEIGHT_BITS`] more than what was judged;
//! - a report on an account that nobody has seen waits for it;
//! - a rule's signal leaves by the outbox and changes nothing here;
//! - a rule's hold begins where an open case waits for people, see [`crate::accounts::begin_hold`].

mod candidate;
mod report;
mod waiting;

use crate::accounts::{self, AccountRecord};
use crate::cases::{self, Opening, Pointer};
use crate::change::Change;
use crate::outbox;
use cordon_model::case::{Case, CaseStatus};
use cordon_model::clock::Timestamp;
use cordon_model::effect::Effect;
use cordon_model::ids::{AccountId, CaseId, EffectId, HoldId, PolicyId, ReportId};
use cordon_model::policy::Severity;
use cordon_model::report::Report;
use std::collections::BTreeMap;

/// How long a report from a source that was heard already repeats what was judged: 30 days.
pub const REPEAT_SECONDS: i64 = 30 * 86_400;
/// How long a cleared account is not proposed again on evidence about as heavy: 30 days.
pub const CLEARED_SECONDS: i64 = 30 * 86_400;
/// Bits by which a candidate must outweigh what was judged to be news.
pub const NEW_WEIGHT_BITS: f64 = 5.0;

/// An account with what the machines may change about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// The account.
    pub account: AccountRecord,
    /// Its open case; after a machine ran, possibly one that it just closed.
    pub case: Option<Case>,
    /// Reports that wait for the account to appear, oldest first. Needed for
    /// [`Effect::SubjectAppeared`] and [`Effect::SubjectNeverAppeared`] only.
    pub waiting: Vec<(ReportId, Report)>,
}

impl Subject {
    /// An account of which nothing is known.
    pub fn new(account_id: AccountId) -> Self {
        Self { account: AccountRecord::new(account_id), case: None, waiting: Vec::new() }
    }

    pub(crate) fn open_case(&self) -> Option<&Case> {
        self.case.as_ref().filter(|case| case.status == CaseStatus::Open)
    }
}

/// How grave a violation of each policy is, by the newest version of each.
pub type Severities = BTreeMap<PolicyId, Severity>;

/// An effect on its way in.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Its name; also that of the report, candidate or case it makes.
    pub effect_id: EffectId,
    /// What it asks.
    pub effect: &'a Effect,
    /// The policies' severities.
    pub severities: &'a Severities,
    /// When it is taken in.
    pub now: Timestamp,
}

impl Arrival<'_> {
    /// A policy with how grave its violation is.
    fn with_severity(&self, policy_id: &PolicyId) -> (PolicyId, Severity) {
        (policy_id.clone(), self.severities.get(policy_id).copied().unwrap_or_default())
    }
}

/// The account that an effect is about.
pub fn account_of(effect: &Effect) -> Option<&AccountId> {
    Some(match effect {
        Effect::Report(report) => &report.account_id,
        Effect::Candidate(candidate) => &candidate.account_id,
        Effect::Signal(signal) => &signal.account_id,
        Effect::Hold(hold) => &hold.account_id,
        Effect::SubjectAppeared { account_id }
        | Effect::SubjectNeverAppeared { account_id }
        | Effect::StandingImported { account_id, .. }
        | Effect::Erased { account_id } => account_id,
        Effect::Changed(_) => return None,
    })
}

/// Takes an effect in. `subject` must be that of [`account_of`] the effect.
pub fn take_in(subject: Subject, arrival: Arrival<'_>) -> (Subject, Vec<Change>) {
    match arrival.effect {
        Effect::Report(report) => report::take_in(subject, report, arrival),
        Effect::Candidate(candidate) => candidate::take_in(subject, candidate, arrival),
        Effect::SubjectAppeared { .. } => waiting::subject_appeared(subject, arrival),
        Effect::SubjectNeverAppeared { .. } => waiting::subject_never_appeared(subject),
        Effect::StandingImported { outcome, decided_at, .. } => {
            let (mut account, mut changes) = accounts::import_standing(subject.account, outcome, *decided_at);
            // The platform decided by itself: there is nothing left to wait for.
            let is_of_the_hold = account.hold.as_ref().is_some_and(|hold| hold.begun_at <= *decided_at);
            if is_of_the_hold {
                changes.extend(accounts::end_hold(&mut account, None, arrival.now));
            }
            (Subject { account, ..subject }, changes)
        }
        Effect::Hold(hold) => {
            accounts::begin_hold(subject, hold, HoldId(arrival.effect_id.to_text()), arrival.now)
        }
        Effect::Signal(signal) => {
            (subject, vec![Change::Queued(outbox::signal_row(arrival.effect_id, signal))])
        }
        // It concerns no account: what there is to say of it is in the audit, see [`crate::audit::change_note`].
        Effect::Changed(_) => (subject, Vec::new()),
        Effect::Erased { .. } => accounts::erase(subject, Some(&arrival.effect_id.to_text()), arrival.now),
    }
}

/// Merges `pointer` into the open case, or opens one under the effect's name; the case's id.
fn admit(subject: &mut Subject, pointer: Pointer, arrival: Arrival<'_>, changes: &mut Vec<Change>) -> CaseId {
    admit_as(subject, pointer, CaseId(arrival.effect_id.to_text()), arrival.now, changes)
}

/// Merges `pointer` into the open case, or opens `case_id`; the id of the case that holds it.
pub(crate) fn admit_as(
    subject: &mut Subject,
    pointer: Pointer,
    case_id: CaseId,
    now: Timestamp,
    changes: &mut Vec<Change>,
) -> CaseId {
    let (source, account_id) = (pointer.source, subject.account.account_id.clone());
    subject.account.reach = pointer.reach.or(subject.account.reach);
    let open = subject.case.take().filter(|case| case.status == CaseStatus::Open);
    let case = match open {
        Some(case) => {
            let case = cases::merge(case, pointer, now);
            changes.push(Change::CaseMerged { case_id: case.case_id.clone(), account_id, source });
            case
        }
        None => {
            let opening = Opening {
                case_id,
                account_id: account_id.clone(),
                is_protected: subject.account.is_protected,
                now,
            };
            let reach = pointer.reach.or(subject.account.reach);
            let case = cases::open(opening, Pointer { reach, ..pointer });
            changes.push(Change::CaseOpened { case_id: case.case_id.clone(), account_id, source });
            case
        }
    };
    subject.case.insert(case).case_id.clone()
}

#[cfg(test)]
mod tests;
