//! Overturning a decision: whatever it did that is still in force is taken back, and so is what was learned.

use super::{check_reason, journal_row};
use crate::Refusal;
use crate::accounts::{AccountRecord, Judged, apply_action, restate};
use crate::cases::check_decider;
use crate::change::Change;
use crate::outbox;
use cordon_model::action::{Action, ActionKind};
use cordon_model::case::SourceSet;
use cordon_model::decision::{Decision, DecisionKind, Overturn};
use cordon_model::entry::Control;
use cordon_model::ids::{ActionId, DecisionId};

/// Everything that was decided and done about one account, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// Its decisions.
    pub decisions: Vec<Decision>,
    /// Its actions.
    pub actions: Vec<Action>,
}

impl History {
    fn decision(&self, decision_id: &DecisionId) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.decision_id == *decision_id)
    }

    /// Whether it is one of the decisions and has not been overturned.
    pub(crate) fn stands(&self, decision_id: &DecisionId) -> bool {
        self.decision(decision_id).is_some_and(Decision::stands)
    }

    fn action(&self, action_id: &ActionId) -> Option<&Action> {
        self.actions.iter().find(|action| action.action_id == *action_id)
    }
}

/// Takes `decision_id` back. Its sanctions end; sanctions that it had ended come back in force, unless their own
/// decision has been overturned or its time is over. Sanctions of other decisions stay, and the platform hears only of what changes.
///
/// Errors, first that applies: [`Refusal::DecisionUnknown`], [`Refusal::DecisionOverturned`],
/// [`Refusal::DeciderMissing`], [`Refusal::ReasonInvalid`].
pub fn overturn(
    mut account: AccountRecord,
    history: &History,
    decision_id: &DecisionId,
    overturn: Overturn,
) -> Result<(AccountRecord, Vec<Change>), Refusal> {
    let unknown = || Refusal::DecisionUnknown { decision_id: decision_id.clone() };
    let decision = history.decision(decision_id).ok_or_else(unknown)?;
    if !decision.stands() {
        return Err(Refusal::DecisionOverturned { decision_id: decision_id.clone() });
    }
    check_decider(&overturn.overturned_by)?;
    check_reason(&overturn.reason)?;

    let mut reversal = Reversal { account: &mut account, decision, overturn: &overturn, actions: Vec::new() };
    reversal.end_sanctions();
    reversal.put_back_sanctions(history);
    let actions = reversal.actions;
    account.judged = judgement_left(&account, history, decision, &overturn);
    let standing = restate(&mut account);

    let control = Control::DecisionOverturned { decision_id: decision_id.clone() };
    let journal = journal_row(format!("overturn:{decision_id}"), &decision.account_id, &control);
    // What an overturned restoring puts back lasts as long as the decision that it is of.
    let ends_at = |action: &Action| history.decision(&action.decision_id).and_then(|owner| owner.ends_at);
    let row = |action| outbox::webhook_row(action, decision, ends_at(action));
    let webhooks: Vec<_> = actions.iter().filter_map(row).collect();
    let mut changes = vec![Change::DecisionOverturned {
        decision_id: decision_id.clone(),
        account_id: decision.account_id.clone(),
        overturn,
    }];
    changes.extend(actions.into_iter().map(Change::ActionTaken));
    changes.extend(standing);
    changes.extend(webhooks.into_iter().map(Change::Queued));
    changes.push(Change::Queued(journal));
    Ok((account, changes))
}

/// The account on its way back, with the actions that take it there.
struct Reversal<'a> {
    account: &'a mut AccountRecord,
    decision: &'a Decision,
    overturn: &'a Overturn,
    actions: Vec<Action>,
}

impl Reversal<'_> {
    /// Ends the sanctions that the decision answers for, newest first.
    fn end_sanctions(&mut self) {
        let decision_id = Some(&self.decision.decision_id);
        let newest_first = self.account.sanctions.iter().rev();
        let ending: Vec<_> =
            newest_first.filter(|sanction| sanction.decision_id.as_ref() == decision_id).cloned().collect();
        for sanction in ending {
            let is_sent = self.account.is_last_of_its_sort(&sanction);
            let kind = sanction.kind.reverse();
            self.take(kind, sanction.label, sanction.action_id, self.decision.decision_id.clone(), is_sent);
        }
    }

    /// Puts back what the decision had ended, as far as it may stand, oldest first.
    fn put_back_sanctions(&mut self, history: &History) {
        let ended_by = |action: &&Action| {
            self.decision.kind == DecisionKind::Restore
                && action.decision_id == self.decision.decision_id
                && !action.kind.is_sanction()
        };
        let ended: Vec<&Action> = history.actions.iter().rev().filter(ended_by).collect();
        for ending in ended {
            let original = ending.reverses.as_ref().and_then(|action_id| history.action(action_id));
            let original_id = original.map(|original| &original.decision_id);
            let owner = original_id.and_then(|decision_id| history.decision(decision_id));
            let at = self.overturn.overturned_at;
            if owner.is_some_and(|owner| !owner.stands() || owner.is_over(at)) {
                continue;
            }
            let decision_id = original_id.unwrap_or(&self.decision.decision_id).clone();
            let kind = ending.kind.reverse();
            let is_sent =
                !self.account.sanctions.iter().any(|held| held.kind == kind && held.label == ending.label);
            self.take(kind, ending.label.clone(), ending.action_id.clone(), decision_id, is_sent);
        }
    }

    fn take(
        &mut self,
        kind: ActionKind,
        label: Option<String>,
        reverses: ActionId,
        decision_id: DecisionId,
        is_sent: bool,
    ) {
        let action = Action {
            action_id: ActionId(format!("{}-o{}", self.decision.decision_id, self.actions.len())),
            decision_id,
            account_id: self.decision.account_id.clone(),
            kind,
            label,
            reverses: Some(reverses),
            is_sent,
            taken_at: self.overturn.overturned_at,
        };
        self.account.sanctions = apply_action(std::mem::take(&mut self.account.sanctions), &action);
        self.actions.push(action);
    }
}

/// What later reports and candidates are held against once `gone` no longer stands.
///
/// Where `gone` was against the account, taking it back clears the account as of now, so that the same evidence
/// does not bring the same case back tomorrow. Where it was in the account's favour, the judgement before it
/// counts again, be it one that was imported.
fn judgement_left(
    account: &AccountRecord,
    history: &History,
    gone: &Decision,
    overturn: &Overturn,
) -> Option<Judged> {
    let others =
        history.decisions.iter().filter(|other| other.stands() && other.decision_id != gone.decision_id);
    let latest = others.max_by_key(|other| other.decided_at);
    let is_latest = latest.is_none_or(|latest| latest.decided_at < gone.decided_at);
    if !is_latest {
        return account.judged.clone();
    }
    let left = latest.map(|latest| Judged {
        decision_id: Some(latest.decision_id.clone()),
        case_id: Some(latest.case_id.clone()),
        at: latest.decided_at,
        weight: latest.weight,
        sources: latest.sources,
    });
    if matches!(gone.kind, DecisionKind::NoViolation | DecisionKind::Restore) {
        return left.or_else(|| account.imported_at.map(Judged::imported));
    }
    let sources = left.as_ref().map_or_else(SourceSet::default, |left| left.sources);
    Some(Judged {
        decision_id: left.and_then(|left| left.decision_id),
        case_id: Some(gone.case_id.clone()),
        at: overturn.overturned_at,
        weight: gone.weight,
        sources: sources.iter().chain(gone.sources.iter()).collect(),
    })
}
