//! Filing an appeal, and noticing that it waits too long.

use super::AppealRefusal;
use crate::Refusal;
use crate::change::Change;
use crate::decisions::check_reason;
use cordon_model::appeal::{Appeal, AppealChannel, AppealStatus};
use cordon_model::clock::Timestamp;
use cordon_model::decision::Decision;
use cordon_model::ids::{AppealId, DecisionId};
use cordon_model::limits;
use cordon_model::statement::Statement;

const DAY_SECONDS: i64 = 86_400;

/// What an appellant hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAppeal {
    /// By which way it came.
    pub channel: AppealChannel,
    /// Why the decision is wrong, `1..=`[`limits::TEXT_CHARS_MAX`] characters.
    pub text: String,
}

/// The name of the one appeal against a decision.
pub fn appeal_id(decision_id: &DecisionId) -> AppealId {
    AppealId(format!("{decision_id}-appeal"))
}

/// Takes an appeal in. `statement` is what the account was told, `None` where the decision weighs on nobody; `reach` is
/// how many follow the account.
///
/// The time to appeal runs from the notice: while it is withheld, it does not run out.
/// Errors, first that applies: [`AppealRefusal::NotAppealable`], [`Refusal::DecisionOverturned`],
/// [`AppealRefusal::Filed`], [`AppealRefusal::TooLate`], [`Refusal::ReasonInvalid`].
pub fn file(
    decision: &Decision,
    statement: Option<&Statement>,
    existing: Option<&Appeal>,
    new: NewAppeal,
    reach: Option<u64>,
    now: Timestamp,
) -> Result<(Appeal, Change), Refusal> {
    let decision_id = decision.decision_id.clone();
    let Some(statement) = statement else { return Err(AppealRefusal::NotAppealable { decision_id }.into()) };
    if !decision.stands() {
        return Err(Refusal::DecisionOverturned { decision_id });
    }
    if existing.is_some() {
        return Err(AppealRefusal::Filed { decision_id }.into());
    }
    if statement.notified_at.is_some() && statement.appeal_until <= now {
        return Err(AppealRefusal::TooLate { decision_id }.into());
    }
    check_reason(&new.text)?;
    let appeal = Appeal {
        appeal_id: appeal_id(&decision_id),
        decision_id,
        account_id: decision.account_id.clone(),
        channel: new.channel,
        text: new.text,
        filed_at: now,
        due_at: now.plus_seconds(limits::APPEAL_TARGET_DAYS * DAY_SECONDS),
        alarm_at: now.plus_seconds(limits::APPEAL_ALARM_DAYS * DAY_SECONDS),
        is_urgent: reach.is_some_and(|reach| reach >= limits::APPEAL_URGENT_REACH),
        status: AppealStatus::Open,
        claim: None,
        claim_count: 0,
        decided: None,
        reasons: String::new(),
        late_since: None,
    };
    let change = Change::AppealMoved { verb: "appeal.filed", appeal: appeal.clone() };
    Ok((appeal, change))
}

/// Marks an appeal that waits beyond its alarm, once.
pub fn mark_late(mut appeal: Appeal, now: Timestamp) -> Option<Change> {
    let is_due = appeal.status == AppealStatus::Open && appeal.alarm_at <= now;
    if !is_due || appeal.late_since.is_some() {
        return None;
    }
    appeal.late_since = Some(now);
    Some(Change::AppealMoved { verb: "appeal.late", appeal })
}
