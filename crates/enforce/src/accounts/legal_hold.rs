//! Legal holds: while one stands, an account's data is not erased.

use super::{AccountRecord, LegalHold, erase};
use crate::Refusal;
use crate::change::Change;
use crate::decisions::check_reason;
use crate::intake::Subject;
use cordon_model::clock::Timestamp;
use cordon_model::ids::OperatorId;

/// Places a hold; a second one replaces the ground of the first.
///
/// Errors: [`Refusal::ReasonInvalid`].
pub fn place_legal_hold(
    mut account: AccountRecord,
    by: OperatorId,
    reason: String,
    now: Timestamp,
) -> Result<(AccountRecord, Vec<Change>), Refusal> {
    check_reason(&reason)?;
    account.legal_hold = Some(LegalHold { placed_by: by.clone(), placed_at: now, reason });
    let change = Change::LegalHoldPlaced { account_id: account.account_id.clone(), by };
    Ok((account, vec![change]))
}

/// Lifts the hold. An erasure that it withheld is carried out now.
///
/// Errors: [`Refusal::NoLegalHold`].
pub fn lift_legal_hold(
    mut subject: Subject,
    by: OperatorId,
    now: Timestamp,
) -> Result<(Subject, Vec<Change>), Refusal> {
    let account_id = subject.account.account_id.clone();
    if subject.account.legal_hold.take().is_none() {
        return Err(Refusal::NoLegalHold { account_id });
    }
    let mut changes = vec![Change::LegalHoldLifted { account_id, by }];
    if subject.account.erasure_withheld_at.take().is_some() {
        let (erased, more) = erase(subject, None, now);
        changes.extend(more);
        return Ok((erased, changes));
    }
    Ok((subject, changes))
}
