//! Claiming, deciding and withdrawing appeals.

use super::AppealRefusal;
use crate::Refusal;
use crate::accounts::AccountRecord;
use crate::cases::check_decider;
use crate::change::Change;
use crate::decisions::{self, History, check_reason};
use crate::notices::{Language, Phrase};
use crate::outbox::{NewOutboxRow, OutboxKind};
use cordon_model::appeal::{Appeal, AppealDecided, AppealStatus};
use cordon_model::case::Claim;
use cordon_model::clock::Timestamp;
use cordon_model::decision::Overturn;
use cordon_model::ids::{ClaimId, OperatorId};
use cordon_model::limits;
use cordon_model::statement::{Statement, Withheld};
use serde_json::json;
use std::collections::BTreeSet;

/// Who had a part in a decision: whoever made it, and whoever proposed and approved the batch that it came of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Involved(pub BTreeSet<OperatorId>);

impl Involved {
    fn check(&self, by: &OperatorId) -> Result<(), AppealRefusal> {
        if self.0.contains(by) {
            return Err(AppealRefusal::Involved { operator_id: by.clone() });
        }
        Ok(())
    }
}

/// What a person found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Whether the decision was wrong.
    pub is_overturned: bool,
    /// Why, `1..=`[`limits::TEXT_CHARS_MAX`] characters.
    pub reasons: String,
    /// Who found it.
    pub by: OperatorId,
}

/// An appeal that was decided, the account as it stands then, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The appeal.
    pub appeal: Appeal,
    /// The account.
    pub account: AccountRecord,
    /// What to write.
    pub changes: Vec<Change>,
}

/// Takes an open appeal for [`limits::CLAIM_SECONDS`], or prolongs one's own claim.
///
/// Errors, first that applies: [`AppealRefusal::Ended`], [`Refusal::DeciderMissing`], [`AppealRefusal::Involved`],
/// [`AppealRefusal::Claimed`].
pub fn claim(
    mut appeal: Appeal,
    involved: &Involved,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(Appeal, Change), Refusal> {
    check_open(&appeal)?;
    check_decider(by)?;
    involved.check(by)?;
    let held = appeal.claim.take().filter(|claim| now < claim.expires_at);
    if held.as_ref().is_some_and(|claim| claim.operator_id != *by) {
        return Err(AppealRefusal::Claimed { appeal_id: appeal.appeal_id }.into());
    }
    let expires_at = now.plus_seconds(limits::CLAIM_SECONDS);
    appeal.claim = Some(match held {
        Some(claim) => Claim { expires_at, ..claim },
        None => {
            appeal.claim_count += 1;
            let claim_id = ClaimId(format!("{}-c{}", appeal.appeal_id, appeal.claim_count));
            Claim { claim_id, operator_id: by.clone(), claimed_at: now, expires_at }
        }
    });
    let change = Change::AppealMoved { verb: "appeal.claimed", appeal: appeal.clone() };
    Ok((appeal, change))
}

/// Decides an appeal under one's claim. Where the decision was wrong it is overturned with everything that it did, unless
/// that has happened meanwhile; the appellant is told either way.
///
/// Errors, first that applies: [`AppealRefusal::Ended`], [`Refusal::DeciderMissing`], [`AppealRefusal::Involved`],
/// [`AppealRefusal::ClaimLost`], [`Refusal::ReasonInvalid`]; [`Refusal::DecisionOverturned`] for upholding what does not
/// stand any more; those of [`decisions::overturn`].
pub fn decide(
    appeal: Appeal,
    statement: Option<&Statement>,
    (account, history): (AccountRecord, &History),
    involved: &Involved,
    ruling: Ruling,
    now: Timestamp,
) -> Result<Decided, Refusal> {
    check_open(&appeal)?;
    check_decider(&ruling.by)?;
    involved.check(&ruling.by)?;
    let is_held =
        appeal.claim.as_ref().is_some_and(|claim| claim.operator_id == ruling.by && now < claim.expires_at);
    if !is_held {
        let (appeal_id, operator_id) = (appeal.appeal_id, ruling.by);
        return Err(AppealRefusal::ClaimLost { appeal_id, operator_id }.into());
    }
    check_reason(&ruling.reasons)?;
    let stands = history.stands(&appeal.decision_id);
    if !stands && !ruling.is_overturned {
        return Err(Refusal::DecisionOverturned { decision_id: appeal.decision_id });
    }
    let (account, mut changes) = if stands && ruling.is_overturned {
        let overturn =
            Overturn { overturned_by: ruling.by.clone(), overturned_at: now, reason: ruling.reasons.clone() };
        decisions::overturn(account, history, &appeal.decision_id, overturn)?
    } else {
        (account, Vec::new())
    };
    let status = if ruling.is_overturned { AppealStatus::Overturned } else { AppealStatus::Upheld };
    let appeal = ended(appeal, status, (ruling.by, ruling.reasons), now);
    changes.push(Change::AppealMoved { verb: "appeal.decided", appeal: appeal.clone() });
    changes.extend(outcome_row(&appeal, statement, now).map(Change::Queued));
    Ok(Decided { appeal, account, changes })
}

/// Ends an open appeal whose decision was overturned without it.
pub fn settle_moot(
    appeal: Appeal,
    statement: Option<&Statement>,
    now: Timestamp,
) -> Result<Vec<Change>, Refusal> {
    check_open(&appeal)?;
    let reasons = "the decision was overturned before the appeal was decided".to_owned();
    let appeal = ended(appeal, AppealStatus::Overturned, ("system".into(), reasons), now);
    let told = outcome_row(&appeal, statement, now).map(Change::Queued);
    Ok([Change::AppealMoved { verb: "appeal.decided", appeal }].into_iter().chain(told).collect())
}

/// Takes an open appeal back on the appellant's wish. The decision stands, and was appealed against.
///
/// Errors: [`AppealRefusal::Ended`].
pub fn withdraw(mut appeal: Appeal) -> Result<(Appeal, Change), Refusal> {
    check_open(&appeal)?;
    appeal.status = AppealStatus::Withdrawn;
    appeal.claim = None;
    let change = Change::AppealMoved { verb: "appeal.withdrawn", appeal: appeal.clone() };
    Ok((appeal, change))
}

fn check_open(appeal: &Appeal) -> Result<(), AppealRefusal> {
    if appeal.status == AppealStatus::Open {
        return Ok(());
    }
    Err(AppealRefusal::Ended { appeal_id: appeal.appeal_id.clone(), status: appeal.status.name() })
}

fn ended(
    appeal: Appeal,
    status: AppealStatus,
    (decided_by, reasons): (OperatorId, String),
    now: Timestamp,
) -> Appeal {
    let decided = Some(AppealDecided { decided_by, decided_at: now });
    Appeal { status, decided, reasons, claim: None, ..appeal }
}

/// What tells the appellant of an outcome that a gag kept back, once the gag is over. `None` where there is no outcome.
pub fn tell_outcome(appeal: &Appeal, statement: &Statement, now: Timestamp) -> Option<NewOutboxRow> {
    appeal.decided.as_ref()?;
    outcome_row(appeal, Some(statement), now)
}

/// What tells the appellant of the outcome; `None` while a gag forbids telling the account anything. Reasons stay inside:
/// they may name others.
fn outcome_row(appeal: &Appeal, statement: Option<&Statement>, now: Timestamp) -> Option<NewOutboxRow> {
    let withheld = statement.and_then(|statement| statement.withheld.as_ref());
    let is_gagged =
        withheld.is_some_and(|withheld| matches!(withheld, Withheld::Gag { ends_at, .. } if now < *ends_at));
    if is_gagged {
        return None;
    }
    let code = statement.map_or("en", |statement| statement.language.as_str());
    let language = Language::from_code(code).unwrap_or(Language::English);
    let phrase = if appeal.status == AppealStatus::Overturned { Phrase::Overturned } else { Phrase::Upheld };
    let redress =
        [phrase, Phrase::OutOfCourtRedress, Phrase::CourtRedress].map(|phrase| language.phrase(phrase));
    let key = format!("notice-{}", appeal.appeal_id);
    let decided_at = appeal.decided.as_ref().map_or(now, |decided| decided.decided_at);
    let body = json!({
        "id": key, "type": "notice.appeal_decided", "account_id": appeal.account_id,
        "decision_id": appeal.decision_id, "appeal_id": appeal.appeal_id, "outcome": appeal.status,
        "decided_at": decided_at.to_string(), "language": language.code(), "text": redress.join("\n\n"),
    });
    let stream = format!("notice:{}", appeal.account_id);
    Some(NewOutboxRow { kind: OutboxKind::Webhook, stream, key, payload: body.to_string() })
}
