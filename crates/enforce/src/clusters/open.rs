//! Opening a cluster case: a person's command, which brings its members before people and does nothing else.

use super::{cluster_case_id, cluster_id};
use crate::Refusal;
use crate::cases::{Pointer, check_decider};
use crate::change::Change;
use crate::intake::{Subject, admit_as};
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{
    ClusterCase, ClusterMember, ClusterStatus, NewClusterCase, NewClusterMember,
};
use cordon_model::entity::{Evidence, Source};
use cordon_model::ids::{AccountId, CaseId, ClusterCaseId, OperatorId};
use cordon_model::limits::{CLUSTER_CASE_MEMBERS_MAX, EVIDENCE_ROWS_MAX};
use std::collections::BTreeSet;

/// What a member's case ranks by: an uncalibrated stand-in at the bound that one lone group of evidence has. A
/// cluster's bits say how unlikely chance is to tie its members, not how likely a violation is.
pub const PROBABILITY: f64 = 0.5;

/// A cluster case as it was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The review.
    pub cluster_case: ClusterCase,
    /// Its members, with the cases that were opened or joined.
    pub members: Vec<ClusterMember>,
    /// The members' accounts as they are now.
    pub subjects: Vec<Subject>,
    /// What to write.
    pub changes: Vec<Change>,
}

/// Opens the `number`th review of a cluster: an ordinary case for every member, or its place in the open one. `take`
/// gives a member's account with its open case. A suspended member without an open case gets none.
///
/// Errors: [`Refusal::DeciderMissing`], [`Refusal::ClusterMembersInvalid`], [`Refusal::ClusterUnfounded`],
/// [`Refusal::ClusterSettled`].
pub fn open(
    new: &NewClusterCase,
    number: u32,
    mut take: impl FnMut(&AccountId) -> Subject,
    by: &OperatorId,
    now: Timestamp,
) -> Result<Opened, Refusal> {
    check_decider(by)?;
    check(new)?;
    let cluster_id = cluster_id(new);
    let cluster_case_id = cluster_case_id(&cluster_id, number);
    let (mut members, mut subjects, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for (place, member) in (1..).zip(&new.members) {
        let mut subject = take(&member.account_id);
        let case_id = CaseId(format!("{cluster_case_id}-m{place}"));
        let case_id = admit_member(&mut subject, new, member, (case_id, now), &mut changes);
        subjects.push(subject);
        members.push(ClusterMember { account_id: member.account_id.clone(), case_id, share: member.share });
    }
    if members.iter().all(|member| member.case_id.is_none()) {
        return Err(Refusal::ClusterSettled);
    }
    let cluster_case = record(new, cluster_case_id, cluster_id, by, now);
    let (opened, listed) = (cluster_case.clone(), members.clone());
    changes.insert(0, Change::ClusterCaseOpened { cluster_case: opened, members: listed });
    Ok(Opened { cluster_case, members, subjects, changes })
}

fn check(new: &NewClusterCase) -> Result<(), Refusal> {
    let distinct: BTreeSet<&AccountId> = new.members.iter().map(|member| &member.account_id).collect();
    let members = distinct.len();
    if members != new.members.len() || !(2..=CLUSTER_CASE_MEMBERS_MAX).contains(&members) {
        return Err(Refusal::ClusterMembersInvalid { members });
    }
    if new.evidence.is_empty() { Err(Refusal::ClusterUnfounded) } else { Ok(()) }
}

fn record(
    new: &NewClusterCase,
    cluster_case_id: ClusterCaseId,
    cluster_id: String,
    by: &OperatorId,
    now: Timestamp,
) -> ClusterCase {
    ClusterCase {
        cluster_case_id,
        cluster_id,
        kind: new.kind,
        window_seconds: new.window_seconds,
        weight: new.weight,
        density: new.density,
        first: new.first,
        last: new.last,
        days: new.days,
        opened_at: now,
        opened_by: by.clone(),
        status: ClusterStatus::Open,
        closed_at: None,
        close_reason: None,
        claim_count: 0,
        member_count: u32::try_from(new.members.len()).unwrap_or(u32::MAX),
        evidence: new.evidence.iter().take(EVIDENCE_ROWS_MAX).cloned().collect(),
    }
}

fn admit_member(
    subject: &mut Subject,
    new: &NewClusterCase,
    member: &NewClusterMember,
    (case_id, now): (CaseId, Timestamp),
    changes: &mut Vec<Change>,
) -> Option<CaseId> {
    let held = subject.open_case().map(|case| case.evidence.clone());
    if held.is_none() && subject.account.standing == Standing::Suspended {
        return None;
    }
    let pointer = Pointer {
        source: Source::Similar,
        at: now,
        reports: 0,
        weight: 0.0,
        probability: PROBABILITY,
        is_calibrated: false,
        propensity: 1.0,
        reach: None,
        policy: None,
        priority: 0,
        queue: None,
        evidence: joined(held.unwrap_or_default(), member.evidence.iter().chain(&new.evidence)),
        incarnation_of: Vec::new(),
    };
    Some(admit_as(subject, pointer, case_id, now, changes))
}

/// What the case holds already, and behind it what is new; where both are too many, the new rows keep their place.
fn joined<'a>(mut held: Vec<Evidence>, more: impl Iterator<Item = &'a Evidence>) -> Vec<Evidence> {
    let mut news: Vec<Evidence> = more.filter(|row| !held.contains(row)).cloned().collect();
    news.truncate(EVIDENCE_ROWS_MAX);
    held.truncate(EVIDENCE_ROWS_MAX - news.len());
    held.append(&mut news);
    held
}
