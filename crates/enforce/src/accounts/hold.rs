//! Holds: the one thing that rules may do to a person, for a day at most and never to their access.
//!
//! A hold gives people time to look, and no more: it begins only where an open case waits for them, is over by itself,
//! and is not begun again until they have decided or a month has passed. Nobody may be held who is protected from the
//! decision of a single reviewer, who is suspended anyway, or whom people cleared lately.

use crate::change::Change;
use crate::intake::{CLEARED_SECONDS, REPEAT_SECONDS, Subject};
use crate::outbox;
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::effect::RuleHold;
use cordon_model::hold::Hold;
use cordon_model::ids::{CaseId, DecisionId, HoldId};
use cordon_model::limits::RULE_HOLD_HOURS_MAX;

use super::AccountRecord;

const HOUR_SECONDS: i64 = 3_600;

/// Begins the hold that rules ask for under the name `hold_id`, or passes it over; never longer than a day from the
/// event.
pub fn begin_hold(
    mut subject: Subject,
    asked: &RuleHold,
    hold_id: HoldId,
    now: Timestamp,
) -> (Subject, Vec<Change>) {
    let latest = asked.at.plus_seconds(RULE_HOLD_HOURS_MAX * HOUR_SECONDS);
    let expires_at = asked.until.min(latest);
    let case_id = subject.open_case().map(|case| case.case_id.clone());
    let Some(case_id) = case_id.filter(|_| expires_at > now && may_be_held(&subject.account, asked.at))
    else {
        return (subject, Vec::new());
    };
    let hold = hold_of(asked, hold_id, case_id, expires_at);
    let row = outbox::hold_row(&hold);
    subject.account.hold = Some(hold.clone());
    (subject, vec![Change::HoldBegun(hold), Change::Queued(row)])
}

fn hold_of(asked: &RuleHold, hold_id: HoldId, case_id: CaseId, expires_at: Timestamp) -> Hold {
    Hold {
        hold_id,
        account_id: asked.account_id.clone(),
        case_id,
        event_id: asked.event_id.clone(),
        policy_id: asked.policy_id.clone(),
        rules: asked.rules.clone(),
        rule_set: asked.rule_set,
        begun_at: asked.at,
        expires_at,
        ended_at: None,
        decision_id: None,
    }
}

fn may_be_held(account: &AccountRecord, at: Timestamp) -> bool {
    let judged_at = account.judged.as_ref().map(|judged| judged.at);
    let is_cleared = account.standing == Standing::Cleared
        && judged_at.is_some_and(|judged| at < judged.plus_seconds(CLEARED_SECONDS));
    let is_repeat = account.hold.as_ref().is_some_and(|last| {
        let is_decided = judged_at.is_some_and(|judged| judged >= last.begun_at);
        !is_decided && at < last.expires_at.plus_seconds(REPEAT_SECONDS)
    });
    // A decision that came while the question was on its way has answered it.
    let is_answered = judged_at.is_some_and(|judged| judged >= at);
    let is_suspended = account.standing == Standing::Suspended;
    !account.is_protected && !is_suspended && !is_cleared && !is_repeat && !is_answered
}

/// Ends the hold that is in force, because somebody decided: here with `decision_id`, or on the platform itself.
pub(crate) fn end_hold(
    account: &mut AccountRecord,
    decision_id: Option<DecisionId>,
    now: Timestamp,
) -> Vec<Change> {
    let Some(hold) = account.hold.as_mut().filter(|hold| hold.is_in_force(now)) else { return Vec::new() };
    hold.ended_at = Some(now);
    hold.decision_id = decision_id;
    let row = outbox::hold_row(hold);
    vec![Change::HoldEnded(hold.clone()), Change::Queued(row)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Judged;
    use crate::cases::{Opening, Pointer};
    use cordon_model::entity::Source;
    use cordon_model::ids::AccountId;

    const HOUR: i64 = HOUR_SECONDS;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn asked(at_seconds: i64, hours: i64) -> RuleHold {
        RuleHold {
            account_id: AccountId::from("gull"),
            event_id: "e".into(),
            policy_id: "spam".into(),
            rules: vec!["Loud".to_owned()],
            rule_set: 3,
            at: at(at_seconds),
            until: at(at_seconds + hours * HOUR),
        }
    }

    fn pointer() -> Pointer {
        Pointer {
            source: Source::Rule,
            at: at(0),
            reports: 0,
            weight: 1.0,
            probability: 0.5,
            is_calibrated: false,
            propensity: 1.0,
            reach: None,
            policy: None,
            priority: 0,
            queue: None,
            evidence: Vec::new(),
            incarnation_of: Vec::new(),
        }
    }

    fn with_case() -> Subject {
        let mut subject = Subject::new("gull".into());
        let opening =
            Opening { case_id: "c".into(), account_id: "gull".into(), is_protected: false, now: at(0) };
        subject.case = Some(crate::cases::open(opening, pointer()));
        subject
    }

    fn begun(subject: Subject, asked: &RuleHold, now: i64) -> (Subject, Option<Hold>) {
        let (subject, changes) = begin_hold(subject, asked, "h".into(), at(now));
        let found = changes.into_iter().find_map(|change| match change {
            Change::HoldBegun(hold) => Some(hold),
            _ => None,
        });
        (subject, found)
    }

    #[test]
    fn a_hold_lasts_a_day_at_most_and_ends_by_itself() {
        let (subject, hold) = begun(with_case(), &asked(10, 48), 20);
        let hold = hold.unwrap();
        assert_eq!((hold.begun_at, hold.expires_at), (at(10), at(10 + 24 * HOUR)));
        assert!(hold.is_in_force(at(20)) && !hold.is_in_force(at(10 + 24 * HOUR)));
        assert!(subject.account.sanctions.is_empty() && subject.account.standing == Standing::Unjudged);
        let mut account = subject.account;
        assert!(end_hold(&mut account, None, at(10 + 24 * HOUR)).is_empty(), "it is over by itself");
    }

    #[test]
    fn nobody_is_held_without_a_case_or_who_is_protected_suspended_cleared_or_was_held_already() {
        let ask = asked(100, 2);
        assert!(begun(Subject::new("gull".into()), &ask, 100).1.is_none(), "nobody would look");
        assert!(begun(with_case(), &ask, 100 + 2 * HOUR).1.is_none(), "it would be over");
        let mut subject = with_case();
        subject.account.is_protected = true;
        assert!(begun(subject, &ask, 100).1.is_none());
        for standing in [Standing::Suspended, Standing::Cleared] {
            let mut subject = with_case();
            subject.account.standing = standing;
            subject.account.judged = Some(Judged::imported(at(50)));
            assert!(begun(subject, &ask, 100).1.is_none(), "{standing:?}");
        }
        let (held, first) = begun(with_case(), &ask, 100);
        assert!(first.is_some());
        assert!(
            begun(held.clone(), &asked(100 + 3 * HOUR, 2), 100 + 3 * HOUR).1.is_none(),
            "one after the other"
        );
        let mut decided = held;
        decided.account.standing = Standing::Violating;
        decided.account.judged = Some(Judged::imported(at(100 + HOUR)));
        assert!(begun(decided, &asked(100 + 3 * HOUR, 2), 100 + 3 * HOUR).1.is_some(), "people have looked");
    }

    #[test]
    fn a_decision_ends_the_hold_and_tells_the_platform() {
        let (subject, _) = begun(with_case(), &asked(0, 24), 0);
        let mut account = subject.account;
        let changes = end_hold(&mut account, Some("d".into()), at(HOUR));
        let [Change::HoldEnded(hold), Change::Queued(row)] = changes.as_slice() else {
            panic!("{changes:?}")
        };
        assert_eq!(
            (hold.ended_at, hold.decision_id.as_ref().map(|id| id.as_str())),
            (Some(at(HOUR)), Some("d"))
        );
        assert!(row.payload.contains(r#""type":"hold.ended","is_decision":false"#), "{}", row.payload);
        assert!(end_hold(&mut account, None, at(HOUR + 1)).is_empty());
    }
}
