//! Loading the state that the machines work on, and writing it back where it changed.

use crate::backend::Connection;
use crate::insert::fetch_by_keys;
use crate::rows;
use crate::script::Script;
use cordon_enforce::intake::Subject;
use cordon_enforce::ports::StoreError;
use cordon_model::case::{Case, CaseStatus};
use cordon_model::ids::{AccountId, QueueId};
use std::collections::{BTreeMap, BTreeSet};

const SHIFT_QUEUE: &str = "INSERT INTO queues (queue_id, open_count) VALUES (?, ?)
    ON CONFLICT (queue_id) DO UPDATE SET open_count = queues.open_count + excluded.open_count";

async fn load_accounts(
    connection: &mut Connection<'_>,
    account_ids: &[&str],
) -> Result<BTreeMap<AccountId, Subject>, StoreError> {
    let mut subjects = BTreeMap::new();
    for row in fetch_by_keys(connection, rows::account::BY_IDS, account_ids, "").await? {
        let account = rows::account::read(&row)?;
        let subject = Subject { account, case: None, waiting: Vec::new() };
        subjects.insert(subject.account.account_id.clone(), subject);
    }
    Ok(subjects)
}

/// Subjects on loan from the record.
pub(crate) struct Subjects {
    before: BTreeMap<AccountId, Subject>,
    now: BTreeMap<AccountId, Subject>,
    /// Cases that ended while on loan, in case their account gets another.
    ended: Vec<Case>,
}

impl Subjects {
    /// Loads accounts and their open cases; reports that wait, for `expected` accounts only.
    pub(crate) async fn load(
        connection: &mut Connection<'_>,
        account_ids: &BTreeSet<&AccountId>,
        expected: &BTreeSet<&AccountId>,
    ) -> Result<Self, StoreError> {
        let keys: Vec<&str> = account_ids.iter().map(|account_id| account_id.as_str()).collect();
        let mut before = load_accounts(connection, &keys).await?;
        for row in fetch_by_keys(connection, rows::case::OPEN_OF_ACCOUNTS, &keys, "").await? {
            let case = rows::case::read(&row)?;
            if let Some(subject) = before.get_mut(&case.account_id) {
                subject.case = Some(case);
            }
        }
        let keys: Vec<&str> = expected.iter().map(|account_id| account_id.as_str()).collect();
        let order = rows::report::IN_ORDER;
        for row in fetch_by_keys(connection, rows::report::WAITING_OF_ACCOUNTS, &keys, order).await? {
            let filed = rows::report::read(&row)?;
            if let Some(subject) = before.get_mut(&filed.report.account_id) {
                subject.waiting.push((filed.report_id, filed.report));
            }
        }
        Ok(Self { now: before.clone(), before, ended: Vec::new() })
    }

    /// Loads one account with its open case.
    pub(crate) async fn load_one(
        connection: &mut Connection<'_>,
        account_id: &AccountId,
    ) -> Result<Self, StoreError> {
        Self::load(connection, &BTreeSet::from([account_id]), &BTreeSet::new()).await
    }

    /// Loads the account of `case`, which is its open one.
    pub(crate) async fn load_with_case(
        connection: &mut Connection<'_>,
        case: Case,
    ) -> Result<Self, StoreError> {
        let mut before = load_accounts(connection, &[case.account_id.as_str()]).await?;
        if let Some(subject) = before.get_mut(&case.account_id) {
            subject.case = Some(case);
        }
        Ok(Self { now: before.clone(), before, ended: Vec::new() })
    }

    /// Whether the record knows the account.
    pub(crate) fn knows(&self, account_id: &AccountId) -> bool {
        self.now.contains_key(account_id)
    }

    /// Takes a subject out, a new one where the record knows none.
    pub(crate) fn take(&mut self, account_id: &AccountId) -> Subject {
        self.now.remove(account_id).unwrap_or_else(|| Subject::new(account_id.clone()))
    }

    /// Puts a subject back as a machine left it.
    pub(crate) fn put(&mut self, mut subject: Subject) {
        if let Some(ended) = subject.case.take_if(|case| case.status != CaseStatus::Open) {
            self.ended.push(ended);
        }
        self.now.insert(subject.account.account_id.clone(), subject);
    }

    /// Cases that ended while on loan.
    pub(crate) fn ended(&self) -> &[Case] {
        &self.ended
    }

    /// Writes what changed, and the queues' lengths.
    pub(crate) fn save(self, script: &mut Script) {
        // Ended cases first: the index that allows one open case per account must see them go.
        script.add_rows(&rows::case::TABLE, &self.ended, rows::case::bind);
        let is_changed = |subject: &&Subject| self.before.get(&subject.account.account_id) != Some(*subject);
        let changed: Vec<&Subject> = self.now.values().filter(is_changed).collect();
        script.add_rows(&rows::account::TABLE, &changed, |values, subject| {
            rows::account::bind(values, &subject.account)
        });
        let cases: Vec<&Case> = changed
            .iter()
            .filter_map(|subject| subject.case.as_ref())
            .filter(|case| self.case_before(case) != Some(*case))
            .collect();
        script.add_rows(&rows::case::TABLE, &cases, |values, case| rows::case::bind(values, case));
        self.shift_queues(script);
    }

    fn case_before(&self, case: &Case) -> Option<&Case> {
        self.before.get(&case.account_id).and_then(|subject| subject.case.as_ref())
    }

    fn shift_queues(&self, script: &mut Script) {
        let mut shifts: BTreeMap<&QueueId, i64> = BTreeMap::new();
        for (subjects, step) in [(&self.before, -1), (&self.now, 1)] {
            for case in subjects.values().filter_map(|subject| subject.case.as_ref()) {
                *shifts.entry(&case.queue_id).or_default() += step;
            }
        }
        for (queue_id, shift) in shifts.into_iter().filter(|(_, shift)| *shift != 0) {
            script.add(SHIFT_QUEUE, |values| values.bind(queue_id.as_str()).bind(shift));
        }
    }
}
