//! Proposing a batch: who is in it, who is left out and why, and what its sample is to be.

use super::sample::sample_size;
use super::{BatchRefusal, check_status, draw, note};
use crate::Refusal;
use crate::audit::hexadecimal;
use crate::cases::check_decider;
use crate::decisions::{check_days, check_policy, check_reason};
use crate::intake::Subject;
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::audit::AuditNote;
use cordon_model::batch::{
    Batch, BatchStatus, LeftOut, Member, MemberStatus, NewBatch, NewMember, Progress, Stratum,
};
use cordon_model::case::{Case, CaseStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::AccountId;
use cordon_model::limits;
use cordon_model::policy::Policy;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The stratum of members that are too few to stand alone.
const REST: &str = "rest";

/// A batch about to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The batch.
    pub batch: Batch,
    /// Its members by account id, the sampled ones marked, then what was left out.
    pub members: Vec<Member>,
    /// What the audit is told.
    pub note: AuditNote,
}

/// Makes a batch of what was proposed. `known` holds each named account that the record knows, with its open case.
///
/// Errors, first that applies: [`Refusal::DeciderMissing`], [`Refusal::PolicyUnknown`], [`Refusal::ReasonInvalid`],
/// [`Refusal::LabelMissing`], [`Refusal::DaysUnfit`], [`Refusal::DaysInvalid`], [`BatchRefusal::Invalid`], also where nobody is left.
pub fn propose(
    new: NewBatch,
    policy: Option<&Policy>,
    known: &BTreeMap<AccountId, Subject>,
    now: Timestamp,
) -> Result<Proposal, Refusal> {
    check(&new, policy)?;
    let mut named: BTreeMap<AccountId, NewMember> = BTreeMap::new();
    for account in &new.accounts {
        named.entry(account.account_id.clone()).or_insert_with(|| account.clone());
    }
    let weighed: Vec<Member> = named.into_values().map(|account| weigh(&new, account, known, now)).collect();
    let (mut members, mut left_out): (Vec<Member>, Vec<Member>) =
        weighed.into_iter().partition(|member| member.reason.is_none());
    if members.is_empty() {
        let what = format!("none of its {} accounts can be acted upon", left_out.len());
        return Err(BatchRefusal::Invalid { what }.into());
    }
    pool_small_strata(&mut members);
    let batch = batch_of(&new, &members, left_out.len(), now);
    let drawn = draw(&batch, &number(&mut members, 0));
    members.iter_mut().for_each(|member| member.is_sampled = drawn.contains(&member.place));
    number(&mut left_out, members.len());
    let details = json!({
        "kind": batch.kind, "days": batch.days, "policy": batch.policy, "list_hash": batch.list_hash, "members": batch.member_count,
        "left_out": batch.left_out_count, "sampled": drawn.len(), "error_max": batch.error_max, "seed": batch.seed,
    });
    let note = note(&batch.batch_id, &batch.proposed_by, "batch.proposed", &details);
    members.append(&mut left_out);
    Ok(Proposal { batch, members, note })
}

/// Gives a batch that is not under way another list: sample, judgements and approval are void.
///
/// `new` names the batch, its proposer and the new list; kind, policy and the rest are its own to change, too.
/// Errors: [`BatchRefusal::Status`], [`BatchRefusal::SamePerson`] is none here: only the proposer may, anybody else
/// meets [`BatchRefusal::Role`]; those of [`propose`].
pub fn revise(
    before: &Batch,
    new: NewBatch,
    policy: Option<&Policy>,
    known: &BTreeMap<AccountId, Subject>,
    now: Timestamp,
) -> Result<Proposal, Refusal> {
    let open = [BatchStatus::Sampling, BatchStatus::Refused, BatchStatus::Passed, BatchStatus::Approved];
    check_status(before, &open)?;
    if before.proposed_by != new.proposed_by {
        return Err(BatchRefusal::Role { operator_id: new.proposed_by }.into());
    }
    let mut proposal = propose(new, policy, known, now)?;
    proposal.note.verb = "batch.revised";
    Ok(proposal)
}

/// SHA-256 over kind, days, label, policy and the sorted account ids, each behind its length: what an approval is bound to.
pub fn list_hash<'a>(batch: &Batch, sorted_ids: impl Iterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    let mut add = |text: &str| {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    };
    match batch.days {
        None => add(batch.kind.name()),
        Some(days) => add(&format!("{} for {days} days", batch.kind.name())),
    }
    add(batch.label.as_deref().unwrap_or_default());
    add(batch.policy.policy_id.as_str());
    add(&batch.policy.version.to_string());
    sorted_ids.for_each(add);
    hexadecimal(&hasher.finalize())
}

fn check(new: &NewBatch, policy: Option<&Policy>) -> Result<(), Refusal> {
    check_decider(&new.proposed_by)?;
    check_policy(policy, &new.policy)?;
    check_reason(&new.rationale)?;
    let is_labelled = new.label.as_ref().is_some_and(|label| !label.trim().is_empty());
    if new.kind == DecisionKind::Label && !is_labelled {
        return Err(Refusal::LabelMissing);
    }
    check_days(new.kind, new.days)?;
    if new.kind == DecisionKind::Terminate {
        let what = "accounts are terminated one by one: suspend them".to_owned();
        return Err(BatchRefusal::Invalid { what }.into());
    }
    let invalid = |what: String| Err(BatchRefusal::Invalid { what }.into());
    if new.accounts.is_empty() || new.accounts.len() > limits::BATCH_ACCOUNTS_MAX {
        return invalid(format!(
            "it has 1 to {} accounts, not {}",
            limits::BATCH_ACCOUNTS_MAX,
            new.accounts.len()
        ));
    }
    let error_max = new.error_max.unwrap_or(limits::BATCH_ERROR_DEFAULT);
    if !(error_max > 0.0 && error_max <= limits::BATCH_ERROR_MAX) {
        return invalid(format!(
            "its limit of errors lies above 0 and is {} at most",
            limits::BATCH_ERROR_MAX
        ));
    }
    let is_long = |account: &&NewMember| {
        account.account_id.as_str().len() > limits::ID_BYTES_MAX
            || account.evidence.as_ref().is_some_and(|text| text.chars().count() > limits::TEXT_CHARS_MAX)
            || account.language.as_ref().is_some_and(|text| text.len() > limits::ID_BYTES_MAX)
    };
    if let Some(position) = new.accounts.iter().position(|account| is_long(&account)) {
        return invalid(format!("the id, language or evidence of its account {} is too long", position + 1));
    }
    Ok(())
}

fn weigh(new: &NewBatch, account: NewMember, known: &BTreeMap<AccountId, Subject>, now: Timestamp) -> Member {
    let subject = known.get(&account.account_id);
    let case = subject.and_then(open_case);
    let source = account.source.or(case.map(|case| case.opened_by)).unwrap_or(Source::Rule);
    let stratum = match &account.language {
        Some(language) => format!("{source}/{language}"),
        None => source.name().to_owned(),
    };
    let evidence = evidence_of(case, account.evidence);
    let reason = match subject {
        None => Some(LeftOut::Unknown),
        Some(subject) => why_not(new, subject, now).or(evidence.is_empty().then_some(LeftOut::NoEvidence)),
    };
    Member {
        account_id: account.account_id,
        place: 0,
        source,
        stratum,
        evidence,
        status: if reason.is_some() { MemberStatus::LeftOut } else { MemberStatus::Waiting },
        reason,
        is_sampled: false,
        judgement: None,
        decision_id: None,
        done_at: None,
    }
}

fn why_not(new: &NewBatch, subject: &Subject, now: Timestamp) -> Option<LeftOut> {
    obstacle(new.kind, new.label.as_deref(), subject)
        .or_else(|| is_claimed_by_other(subject, new, now).then_some(LeftOut::Claimed))
}

fn is_claimed_by_other(subject: &Subject, new: &NewBatch, now: Timestamp) -> bool {
    let claim = open_case(subject).and_then(|case| case.claim_at(now));
    claim.is_some_and(|claim| claim.operator_id != new.proposed_by)
}

/// What forbids deciding `kind` on the subject as part of a batch.
pub(super) fn obstacle(kind: DecisionKind, label: Option<&str>, subject: &Subject) -> Option<LeftOut> {
    let account = &subject.account;
    let has = |kind: ActionKind, label: Option<&str>| {
        account.sanctions.iter().any(|held| held.kind == kind && held.label.as_deref() == label)
    };
    let is_so = match kind {
        DecisionKind::Terminate => has(ActionKind::Terminate, None),
        DecisionKind::Suspend => account.standing == Standing::Suspended,
        DecisionKind::Restrict => has(ActionKind::Restrict, None),
        DecisionKind::Label => has(ActionKind::Label, label),
        DecisionKind::Warn => has(ActionKind::Warn, None),
        DecisionKind::NoViolation => account.standing == Standing::Cleared,
        DecisionKind::Restore => account.sanctions.is_empty(),
    };
    if kind == DecisionKind::Restore && has(ActionKind::Terminate, None) {
        Some(LeftOut::Terminated)
    } else if account.is_protected {
        Some(LeftOut::Protected)
    } else if account.legal_hold.is_some() {
        Some(LeftOut::LegalHold)
    } else {
        is_so.then_some(LeftOut::AlreadySo)
    }
}

pub(super) fn open_case(subject: &Subject) -> Option<&Case> {
    subject.case.as_ref().filter(|case| case.status == CaseStatus::Open)
}

/// The open case's rows, one that counts its reports, and the proposer's words.
fn evidence_of(case: Option<&Case>, text: Option<String>) -> Vec<Evidence> {
    let reports = case.filter(|case| case.report_count > 0);
    let reports = reports.map(|case| words("report", format!("reported {} times", case.report_count)));
    let text = text.filter(|text| !text.trim().is_empty()).map(|text| words("statement", text));
    let own = usize::from(reports.is_some()) + usize::from(text.is_some());
    let rows = case.into_iter().flat_map(|case| &case.evidence).take(limits::EVIDENCE_ROWS_MAX - own);
    rows.cloned().chain(reports).chain(text).collect()
}

fn words(entity_type: &str, text: String) -> Evidence {
    Evidence {
        group: EvidenceGroup::Content,
        entity_type: entity_type.to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        levels: Vec::new(),
        text,
    }
}

/// Keeps the greatest strata, as far as they have more members than are judged as a whole; pools the others.
fn pool_small_strata(members: &mut [Member]) {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for member in members.iter() {
        *sizes.entry(&member.stratum).or_default() += 1;
    }
    if sizes.len() == 1 {
        return;
    }
    let mut greatest: Vec<(u64, &str)> = sizes
        .into_iter()
        .filter(|(_, size)| *size > limits::BATCH_WHOLE_MAX)
        .map(|(name, size)| (size, name))
        .collect();
    greatest.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
    let kept: BTreeSet<String> =
        greatest.into_iter().take(limits::BATCH_STRATA_MAX).map(|(_, name)| name.to_owned()).collect();
    for member in members.iter_mut().filter(|member| !kept.contains(&member.stratum)) {
        REST.clone_into(&mut member.stratum);
    }
}

fn batch_of(new: &NewBatch, members: &[Member], left_out: usize, now: Timestamp) -> Batch {
    let error_max = new.error_max.unwrap_or(limits::BATCH_ERROR_DEFAULT);
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for member in members {
        *sizes.entry(&member.stratum).or_default() += 1;
    }
    let stratum = |(name, members): (&str, u64)| Stratum {
        name: name.to_owned(),
        members,
        sampled: sample_size(members, 0, error_max, 1),
        ..Stratum::default()
    };
    let mut batch = Batch {
        batch_id: new.batch_id.clone(),
        status: BatchStatus::Sampling,
        kind: new.kind,
        label: new.label.clone().filter(|_| new.kind == DecisionKind::Label),
        days: new.days,
        policy: new.policy.clone(),
        rationale: new.rationale.clone(),
        error_max,
        proposed_by: new.proposed_by.clone(),
        proposed_at: now,
        list_hash: String::new(),
        member_count: members.len() as u64,
        left_out_count: left_out as u64,
        seed: format!("{:032x}", new.seed),
        round: 1,
        strata: sizes.into_iter().map(stratum).collect(),
        approval: None,
        progress: Progress::default(),
        pause: None,
        break_glass: None,
        take_back: None,
    };
    batch.list_hash = list_hash(&batch, members.iter().map(|member| member.account_id.as_str()));
    batch
}

/// Gives members their places from `first` on.
fn number(members: &mut [Member], first: usize) -> Vec<Member> {
    for (place, member) in (first..).zip(members.iter_mut()) {
        member.place = u32::try_from(place).unwrap_or(u32::MAX);
    }
    members.to_vec()
}
