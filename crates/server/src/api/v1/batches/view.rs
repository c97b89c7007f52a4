//! Batches as the API shows them.

use crate::api::names;
use crate::api::v1::evidence::{Evidence, shown};
use cordon_enforce::bulk::assess;
use cordon_model::batch::{self, BatchStatus, LeftOut, MemberStatus};
use cordon_model::decision::DecisionKind;
use cordon_model::ids::OperatorId;
use cordon_model::operator::{Operator, Role};
use serde::Serialize;
use utoipa::ToSchema;

/// A batch of decisions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Batch {
    /// Its name.
    batch_id: String,
    /// Where it stands.
    #[schema(schema_with = names::batch_status)]
    status: BatchStatus,
    /// What is decided on every member; absent for who may still judge the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = names::decision_kind)]
    kind: Option<DecisionKind>,
    /// For the kind `label`: the label; absent for who may still judge the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// Days after which each decision's effect ends by itself; absent for none, and for who may still judge the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<u32>,
    /// Why, in the proposer's words; absent for who may still judge the sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<String>,
    /// The policy that every decision cites.
    policy_id: String,
    /// The version cited.
    policy_version: u32,
    /// Who proposed it, and answers for its decisions.
    proposed_by: String,
    /// When.
    proposed_at: String,
    /// SHA-256 of kind, days, label, policy and sorted account ids: what an approval is bound to.
    list_hash: String,
    /// Members: what was left out is not among them.
    members: u64,
    /// Accounts that were left out when it was proposed.
    left_out: u64,
    /// Highest share of wrong decisions that it may bear.
    error_max: f64,
    /// What the sample says by now.
    sample: Sample,
    /// Who approved it.
    approved_by: Option<String>,
    /// When.
    approved_at: Option<String>,
    /// Members with a decision.
    done: u64,
    /// Members that were passed over.
    passed_over: u64,
    /// Members whose decision was taken back with the batch.
    taken_back: u64,
    /// Decisions overturned one by one.
    overturned: u64,
    /// Why it stands still.
    pause: Option<Pause>,
    /// Who lifted the daily limits for it, when and why.
    break_glass: Option<Word>,
    /// Who takes it back, when and why.
    take_back: Option<Word>,
}

/// What a batch's sample says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sample {
    /// How often it was drawn.
    round: u32,
    /// Members drawn.
    sampled: u64,
    /// Members judged.
    judged: u64,
    /// Members that the batch would wrong.
    wrong: u64,
    /// Exact one-sided upper bound on the share of wrong decisions, that of the worst stratum.
    bound: f64,
    /// Each stratum by itself.
    strata: Vec<Stratum>,
}

/// Members that are alike in source and language.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Stratum {
    /// `source` or `source/language`; `rest` for those too small to stand alone.
    name: String,
    /// Its members.
    members: u64,
    /// Members drawn.
    sampled: u64,
    /// Members judged.
    judged: u64,
    /// Members that the batch would wrong.
    wrong: u64,
    /// Exact one-sided upper bound on its share of wrong decisions.
    bound: f64,
}

/// Why a batch stands still.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Pause {
    /// Who stopped it; null where it stopped itself.
    paused_by: Option<String>,
    /// When.
    paused_at: String,
    /// Why.
    reason: String,
}

/// Who said something of a batch, when and why.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Word {
    /// Who.
    by: String,
    /// When.
    at: String,
    /// Why.
    reason: String,
}

/// An account of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchMember {
    /// Which.
    account_id: String,
    /// Its stratum.
    stratum: String,
    /// Where it stands.
    #[schema(schema_with = names::member_status)]
    status: MemberStatus,
    /// For one left out or passed over: why.
    #[schema(schema_with = names::left_out)]
    reason: Option<LeftOut>,
    /// Its decision, once made.
    decision_id: Option<String>,
}

/// A sampled account to be judged. Does not say what the batch would decide.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sampled {
    /// Which.
    account_id: String,
    /// What speaks against it.
    evidence: Vec<Evidence>,
}

/// Whether the caller may not know yet what the batch would decide: who may still be asked to judge.
fn is_blind(batch: &batch::Batch, caller: &Operator) -> bool {
    let is_judging = matches!(batch.status, BatchStatus::Sampling | BatchStatus::Refused);
    is_judging && caller.role < Role::Lead && caller.operator_id != batch.proposed_by
}

impl Batch {
    /// The batch as `caller` may see it.
    pub(super) fn shown_to(caller: &Operator, batch: batch::Batch) -> Self {
        let assessment = assess(&batch);
        let is_open = !is_blind(&batch, caller);
        let strata = batch.strata.into_iter().zip(assessment.strata).map(|(stratum, bound)| Stratum {
            name: stratum.name,
            members: stratum.members,
            sampled: stratum.sampled,
            judged: stratum.judged,
            wrong: stratum.wrong,
            bound: bound.bound,
        });
        Self {
            batch_id: batch.batch_id.0,
            status: batch.status,
            kind: Some(batch.kind).filter(|_| is_open),
            label: batch.label.filter(|_| is_open),
            days: batch.days.filter(|_| is_open),
            rationale: Some(batch.rationale).filter(|_| is_open),
            policy_id: batch.policy.policy_id.0,
            policy_version: batch.policy.version.0,
            proposed_by: batch.proposed_by.0,
            proposed_at: batch.proposed_at.to_string(),
            list_hash: batch.list_hash,
            members: batch.member_count,
            left_out: batch.left_out_count,
            error_max: batch.error_max,
            sample: Sample {
                round: batch.round,
                sampled: assessment.sampled,
                judged: assessment.judged,
                wrong: assessment.wrong,
                bound: assessment.bound,
                strata: strata.collect(),
            },
            approved_at: batch.approval.as_ref().map(|approval| approval.approved_at.to_string()),
            approved_by: batch.approval.map(|approval| approval.approved_by.0),
            done: batch.progress.done,
            passed_over: batch.progress.passed_over,
            taken_back: batch.progress.taken_back,
            overturned: batch.progress.overturned,
            pause: batch.pause.map(|pause| Pause {
                paused_by: pause.paused_by.map(|OperatorId(by)| by),
                paused_at: pause.paused_at.to_string(),
                reason: pause.reason,
            }),
            break_glass: batch.break_glass.map(|glass| Word {
                by: glass.broken_by.0,
                at: glass.broken_at.to_string(),
                reason: glass.reason,
            }),
            take_back: batch.take_back.map(|back| Word {
                by: back.overturned_by.0,
                at: back.overturned_at.to_string(),
                reason: back.reason,
            }),
        }
    }
}

impl From<batch::Member> for BatchMember {
    fn from(member: batch::Member) -> Self {
        Self {
            account_id: member.account_id.0,
            stratum: member.stratum,
            status: member.status,
            reason: member.reason,
            decision_id: member.decision_id.map(|id| id.0),
        }
    }
}

impl From<batch::Member> for Sampled {
    fn from(member: batch::Member) -> Self {
        Self { account_id: member.account_id.0, evidence: shown(member.evidence) }
    }
}
