//! Working on a case together: notes, handing it to somebody, asking a lead.

use super::claim::{check_claim, check_open, claim_for, put_under};
use crate::Refusal;
use crate::change::Change;
use crate::decisions::check_reason;
use crate::queues::ESCALATED;
use cordon_model::case::Case;
use cordon_model::case_note::{CaseNote, NoteKind};
use cordon_model::clock::Timestamp;
use cordon_model::ids::{ClaimId, OperatorId};
use cordon_model::limits;
use cordon_model::operator::{Operator, Role};

/// A note before it has its place.
#[derive(Clone, Copy, Debug)]
pub struct NewNote<'a> {
    /// Why it is written.
    pub kind: NoteKind,
    /// By whom.
    pub author: &'a OperatorId,
    /// What it says.
    pub text: &'a str,
    /// Operators that it names; see [`mentioned`].
    pub mentions: &'a [OperatorId],
}

/// Puts a note on a case, open or not, that has so many already.
///
/// Errors: [`Refusal::ReasonInvalid`] for a text that is empty or too long, [`Refusal::NotesFull`].
pub fn note(case: &Case, notes: u32, new: &NewNote<'_>, now: Timestamp) -> Result<Change, Refusal> {
    check_reason(new.text)?;
    if notes >= limits::CASE_NOTES_MAX {
        return Err(Refusal::NotesFull { case_id: case.case_id.clone() });
    }
    Ok(Change::NoteWritten(CaseNote {
        case_id: case.case_id.clone(),
        number: notes + 1,
        account_id: case.account_id.clone(),
        kind: new.kind,
        author: new.author.clone(),
        mentions: new.mentions.to_vec(),
        text: new.text.trim().to_owned(),
        written_at: now,
    }))
}

/// The names in a text that stand behind an `@`, each once: `@ana, look` names `ana`. Whether somebody is called so is for
/// the caller to ask.
pub fn mentioned(text: &str) -> Vec<OperatorId> {
    let mut names: Vec<OperatorId> = Vec::new();
    for rest in text.split('@').skip(1) {
        let is_of_name = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.');
        let name = rest.split(|letter| !is_of_name(letter)).next().unwrap_or_default();
        let name = OperatorId::from(name.trim_end_matches('.'));
        if !name.as_str().is_empty() && !names.contains(&name) && names.len() < limits::MENTIONS_MAX {
            names.push(name);
        }
    }
    names
}

/// Passes a case that `by` holds to somebody else, under a lease of their own.
///
/// Errors: [`Refusal::ClaimLost`]; [`Refusal::CaseDecided`], [`Refusal::CaseClosed`]; [`Refusal::OperatorUnfit`] for
/// oneself, who is disabled, or who may not review.
pub fn pass_on(
    mut case: Case,
    claim_id: &ClaimId,
    by: &OperatorId,
    to: &Operator,
    now: Timestamp,
) -> Result<(Case, Vec<Change>), Refusal> {
    check_open(&case)?;
    check_claim(&case, claim_id, by, now)?;
    if to.operator_id == *by || to.is_disabled || to.role < Role::Reviewer {
        return Err(Refusal::OperatorUnfit { operator_id: to.operator_id.clone() });
    }
    let claim = claim_for(&case, &to.operator_id, now);
    put_under(&mut case, claim.clone());
    let change = Change::CaseHandedOver { case_id: case.case_id.clone(), claim };
    Ok((case, vec![change]))
}

/// Puts a case that `by` holds into the leads' queue, at the place that it had, for whoever claims it there.
///
/// Errors: [`Refusal::ClaimLost`]; [`Refusal::CaseDecided`], [`Refusal::CaseClosed`].
pub fn escalate(
    mut case: Case,
    claim_id: &ClaimId,
    by: &OperatorId,
    now: Timestamp,
) -> Result<(Case, Vec<Change>), Refusal> {
    check_open(&case)?;
    check_claim(&case, claim_id, by, now)?;
    let from = std::mem::replace(&mut case.queue_id, ESCALATED.into());
    case.claim = None;
    case.version += 1;
    let change = Change::CaseEscalated { case_id: case.case_id.clone(), from };
    Ok((case, vec![change]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_behind_an_at_are_mentioned_once_each() {
        let names = |text: &str| mentioned(text).into_iter().map(|name| name.0).collect::<Vec<_>>();
        assert_eq!(names("@ana, look; @bo_2 and @ana."), ["ana", "bo_2"]);
        assert_eq!(names("nobody @ all, or a@"), Vec::<String>::new());
        assert_eq!(names("ask @chi.lee."), ["chi.lee"]);
        assert_eq!(mentioned(&"@a1 @b2 ".repeat(3)).len(), 2);
    }
}
