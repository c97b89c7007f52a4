//! Judging the sample, and what it says of the whole.

use super::sample::bound;
use super::{BatchRefusal, check_second, check_status, note};
use crate::Refusal;
use crate::cases::check_decider;
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus, Judgement, Member};
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::OperatorId;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What the sample says of one stratum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StratumBound {
    /// Which.
    pub stratum: String,
    /// Highest share of wrong decisions that it bears, `0.0..=1.0`.
    pub bound: f64,
}

/// What the sample says of a batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// Members drawn.
    pub sampled: u64,
    /// Members judged.
    pub judged: u64,
    /// Of these, how many the batch would wrong.
    pub wrong: u64,
    /// Highest share of wrong decisions among all members, exact and one-sided: that of the worst stratum. Where the
    /// share among all is higher than this, so it is in some stratum, and that one's own bound holds as often as any.
    pub bound: f64,
    /// Each stratum by itself.
    pub strata: Vec<StratumBound>,
    /// Whether everything that was drawn is judged.
    pub is_complete: bool,
    /// Whether, in addition, every bound lies within the batch's limit.
    pub is_within: bool,
}

/// What the sample says by now.
pub fn assess(batch: &Batch) -> Assessment {
    let strata: Vec<StratumBound> = batch
        .strata
        .iter()
        .map(|stratum| StratumBound { stratum: stratum.name.clone(), bound: bound(stratum, batch.round) })
        .collect();
    let worst = strata.iter().map(|stratum| stratum.bound).fold(0.0, f64::max);
    let sum = |of: fn(&cordon_model::batch::Stratum) -> u64| batch.strata.iter().map(of).sum::<u64>();
    let is_complete = batch.strata.iter().all(|stratum| stratum.judged >= stratum.sampled);
    Assessment {
        sampled: sum(|stratum| stratum.sampled),
        judged: sum(|stratum| stratum.judged),
        wrong: sum(|stratum| stratum.wrong),
        bound: worst,
        strata,
        is_complete,
        is_within: is_complete && worst <= batch.error_max,
    }
}

/// Whether a decision of `kind` is wrong where a reviewer would have decided `finding`: if it weighs more on the
/// account than what they found, or takes something off an account that they find in violation.
pub const fn is_wrong(kind: DecisionKind, finding: DecisionKind) -> bool {
    let (decided, found) = (gravity(kind), gravity(finding));
    if decided == 0 { found > 0 } else { decided > found }
}

const fn gravity(kind: DecisionKind) -> u8 {
    match kind {
        DecisionKind::NoViolation | DecisionKind::Restore => 0,
        DecisionKind::Warn => 1,
        DecisionKind::Label => 2,
        DecisionKind::Restrict => 3,
        DecisionKind::Suspend => 4,
        DecisionKind::Terminate => 5,
    }
}

/// Takes in what `by` found of a sampled member; with the last one the batch has passed or is refused.
///
/// Errors: [`BatchRefusal::Status`], [`BatchRefusal::SamePerson`], [`BatchRefusal::NotSampled`], [`BatchRefusal::Judged`].
pub fn judge(
    mut batch: Batch,
    mut member: Member,
    finding: DecisionKind,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(Batch, Member, AuditNote), Refusal> {
    check_status(&batch, &[BatchStatus::Sampling])?;
    check_decider(by)?;
    check_second(&batch, by)?;
    if !member.is_sampled {
        return Err(BatchRefusal::NotSampled { account_id: member.account_id }.into());
    }
    if member.judgement.is_some() {
        return Err(BatchRefusal::Judged { account_id: member.account_id }.into());
    }
    let is_wrong = is_wrong(batch.kind, finding);
    member.judgement = Some(Judgement { judged_by: by.clone(), judged_at: now, finding, is_wrong });
    for stratum in batch.strata.iter_mut().filter(|stratum| stratum.name == member.stratum) {
        stratum.judged += 1;
        stratum.wrong += u64::from(is_wrong);
    }
    let assessment = assess(&batch);
    if assessment.is_complete {
        batch.status = if assessment.is_within { BatchStatus::Passed } else { BatchStatus::Refused };
    }
    let details = json!({
        "place": member.place, "finding": finding, "status": batch.status, "judged": assessment.judged,
        "wrong": assessment.wrong, "bound": assessment.bound,
    });
    let note = note(&batch.batch_id, by, "batch.judged", &details);
    Ok((batch, member, note))
}
