//! Opening, claiming and deciding: each in one transaction over all the members that it concerns.

use super::view;
use crate::Record;
use crate::backend::{Connection, failed, query, query_scalar};
use crate::desk::{fetch_case, save};
use crate::ports::policies::fetch_policy;
use crate::rows;
use crate::subjects::Subjects;
use cordon_enforce::Refusal;
use cordon_enforce::change::Change;
use cordon_enforce::clusters::{self, Claimed, ClusterClaim, Opened};
use cordon_enforce::decisions;
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::{OpenedCluster, StoreError};
use cordon_model::action::Action;
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterCase, ClusterMember, NewClusterCase};
use cordon_model::decision::{Decision, NewDecision};
use cordon_model::ids::{AccountId, CaseId, ClusterCaseId, OperatorId};
use cordon_model::policy::{Policy, PolicyRef};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn open(
    record: &Record,
    new: &NewClusterCase,
    by: &OperatorId,
    now: Timestamp,
) -> Result<OpenedCluster, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let cluster_id = clusters::cluster_id(new);
    let query = query(rows::cluster_case::OPEN_OF_CLUSTER).bind(cluster_id.as_str());
    if let Some(row) = query.fetch_optional(&mut *transaction).await.map_err(failed)? {
        return Ok(OpenedCluster { cluster_case: rows::cluster_case::read(&row)?, is_new: false });
    }
    let query = query_scalar(rows::cluster_case::REVIEWS).bind(cluster_id.as_str());
    let reviews: i64 = query.fetch_one(&mut *transaction).await.map_err(failed)?;
    let number = u32::try_from(reviews).unwrap_or(u32::MAX).saturating_add(1);
    let accounts: BTreeSet<&AccountId> = new.members.iter().map(|member| &member.account_id).collect();
    let mut subjects = Subjects::load(&mut transaction, &accounts, &BTreeSet::new()).await?;
    let opened = clusters::open(new, number, |account_id| subjects.take(account_id), by, now)?;
    let Opened { cluster_case, subjects: changed, changes, .. } = opened;
    changed.into_iter().for_each(|subject| subjects.put(subject));
    save(&mut transaction, subjects, changes, by, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(OpenedCluster { cluster_case, is_new: true })
}

pub(super) async fn claim(
    record: &Record,
    cluster_case_id: &ClusterCaseId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<ClusterClaim, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let (cluster_case, members) = fetch(&mut transaction, cluster_case_id).await?;
    let mut subjects = load_members(&mut transaction, &members).await?;
    let mut taken = BTreeMap::new();
    let mut cases: Vec<Case> = Vec::new();
    for member in &members {
        let subject = subjects.take(&member.account_id);
        // An account may have got another case since: that one is none of the cluster's.
        cases.extend(subject.case.clone().filter(|case| Some(&case.case_id) == member.case_id.as_ref()));
        taken.insert(member.account_id.clone(), subject);
    }
    let Claimed { lease, cases, changes } = clusters::claim(&cluster_case, cases, by, now)?;
    for case in cases {
        if let Some(subject) = taken.get_mut(&case.account_id) {
            subject.case = Some(case);
        }
    }
    taken.into_values().for_each(|subject| subjects.put(subject));
    save(&mut transaction, subjects, changes, by, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(lease)
}

pub(super) async fn decide(
    record: &Record,
    cluster_case_id: &ClusterCaseId,
    decisions: Vec<NewDecision>,
    now: Timestamp,
) -> Result<Vec<(Decision, Vec<Action>)>, StoreError> {
    let mut turn = record.writer.for_people().await?;
    let mut transaction = turn.begin().await?;
    let (_, members) = fetch(&mut transaction, cluster_case_id).await?;
    clusters::check_decisions(cluster_case_id, &members, &decisions)?;
    let by = decisions.first().map(|new| new.decided_by.clone()).unwrap_or_default();
    let mut work = Deciding {
        subjects: load_members(&mut transaction, &members).await?,
        accounts: members.into_iter().filter_map(|one| Some((one.case_id?, one.account_id))).collect(),
        policies: BTreeMap::new(),
        changes: Vec::new(),
        now,
    };
    let mut made = Vec::with_capacity(decisions.len());
    for new in decisions {
        made.push(work.decide(&mut transaction, new).await?);
    }
    save(&mut transaction, work.subjects, work.changes, &by, now).await?;
    transaction.commit().await.map_err(failed)?;
    Ok(made)
}

/// Decisions under way.
struct Deciding {
    subjects: Subjects,
    /// Whose case is whose.
    accounts: BTreeMap<CaseId, AccountId>,
    policies: BTreeMap<PolicyRef, Option<Policy>>,
    changes: Vec<Change>,
    now: Timestamp,
}

impl Deciding {
    async fn decide(
        &mut self,
        connection: &mut Connection<'_>,
        new: NewDecision,
    ) -> Result<(Decision, Vec<Action>), StoreError> {
        let unknown = Refusal::CaseUnknown { case_id: new.case_id.clone() };
        let account_id = self.accounts.get(&new.case_id).ok_or_else(|| unknown.clone())?;
        let mut subject = self.subjects.take(account_id);
        if subject.case.as_ref().is_none_or(|case| case.case_id != new.case_id) {
            // Only to be refused: the machines change no case that has ended.
            subject = Subject { case: fetch_case(connection, &new.case_id).await?, ..subject };
        }
        if !self.policies.contains_key(&new.policy) {
            let policy = fetch_policy(connection, &new.policy).await?;
            self.policies.insert(new.policy.clone(), policy);
        }
        let policy = self.policies.get(&new.policy).and_then(Option::as_ref);
        let (subject, changes) = decisions::decide(subject, policy, new, self.now)?;
        self.subjects.put(subject);
        let (mut made, mut actions) = (None, Vec::new());
        for change in &changes {
            match change {
                Change::DecisionMade(decision) => made = Some(decision.clone()),
                Change::ActionTaken(action) => actions.push(action.clone()),
                _ => {}
            }
        }
        self.changes.extend(changes);
        Ok((made.ok_or(unknown)?, actions))
    }
}

async fn fetch(
    connection: &mut Connection<'_>,
    cluster_case_id: &ClusterCaseId,
) -> Result<(ClusterCase, Vec<ClusterMember>), StoreError> {
    let unknown = || Refusal::ClusterCaseUnknown { cluster_case_id: cluster_case_id.clone() };
    let cluster_case = view::fetch(connection, cluster_case_id).await?.ok_or_else(unknown)?;
    Ok((cluster_case, view::fetch_members(connection, cluster_case_id).await?))
}

async fn load_members(
    connection: &mut Connection<'_>,
    members: &[ClusterMember],
) -> Result<Subjects, StoreError> {
    let accounts = members.iter().map(|member| &member.account_id).collect();
    Subjects::load(connection, &accounts, &BTreeSet::new()).await
}
