use super::*;
use crate::intake::Subject;
use cordon_model::case::SourceSet;
use cordon_model::decision::{Automation, DecisionKind, Overturn};
use cordon_model::policy::{PolicyVersion, Severity};
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn at(day: i64) -> Timestamp {
    Timestamp::from_seconds(1_454_670_000 + day * DAY)
}

fn policy(policy_id: &str, strike_weight: u32, strike_days: Option<u32>) -> Policy {
    Policy {
        policy_id: policy_id.into(),
        version: PolicyVersion(1),
        title: String::new(),
        text: String::new(),
        severity: Severity::Medium,
        strike_weight,
        strike_days,
        is_retired: false,
    }
}

fn policies() -> CitedPolicies {
    let all = [policy("spam", 1, Some(90)), policy("threats", 3, None), policy("etiquette", 0, None)];
    all.into_iter().map(|policy| (policy.reference(), policy)).collect()
}

fn decision(number: usize, kind: DecisionKind, policy_id: &str, day: i64) -> Decision {
    Decision {
        decision_id: format!("d{number}").as_str().into(),
        case_id: format!("c{number}").as_str().into(),
        account_id: "mallory".into(),
        kind,
        policy: PolicyRef { policy_id: policy_id.into(), version: PolicyVersion(1) },
        evidence: Vec::new(),
        evidence_hash: String::new(),
        rationale: "seen".into(),
        decided_by: "alice".into(),
        automation: Automation::NotAutomated,
        decided_at: at(day),
        case_opened_at: at(day),
        sources: [Source::User].into_iter().collect(),
        weight: 0.0,
        ends_at: None,
        ended_at: None,
        overturn: None,
    }
}

fn overturned(decision: Decision) -> Decision {
    let overturn = Overturn { overturned_by: "lea".into(), overturned_at: at(400), reason: "wrong".into() };
    Decision { overturn: Some(overturn), ..decision }
}

fn ladder() -> Ladder {
    let step = |points, kind, days| LadderStep { points, kind, days };
    let steps = vec![
        step(2, DecisionKind::Restrict, Some(7)),
        step(3, DecisionKind::Suspend, Some(7)),
        step(6, DecisionKind::Terminate, None),
    ];
    Ladder::new(steps).unwrap()
}

/// The strikes of these decisions at `day`.
fn tally_at(decisions: &[Decision], day: i64) -> StrikeTally {
    tally(strikes_in_force(decisions, &policies(), at(day)), &ladder())
}

/// What follows on the last of these decisions.
fn proposed(decisions: &[Decision], standing: Standing) -> (Subject, Vec<Change>) {
    let last = decisions.last().unwrap();
    let mut subject = Subject::new("mallory".into());
    subject.account.standing = standing;
    let tally = tally(strikes_in_force(decisions, &policies(), last.decided_at), &ladder());
    let cited = policies()[&last.policy].clone();
    let changes = propose_step(&mut subject, last, &tally, &cited, last.decided_at);
    (subject, changes)
}

#[test]
fn a_strike_counts_until_its_day_and_not_on_it() {
    let decisions =
        [decision(1, DecisionKind::Warn, "spam", 0), decision(2, DecisionKind::Warn, "threats", 5)];
    let points = |day| tally_at(&decisions, day).points;
    assert_eq!([points(6), points(89), points(90), points(4_000)], [4, 4, 3, 3]);
    assert_eq!(tally_at(&decisions, 90).reached.unwrap().points, 3);
    assert_eq!(tally_at(&decisions, 90).next.unwrap().points, 6);
}

#[test]
fn only_standing_violations_under_a_policy_with_a_weight_are_strikes() {
    let decisions = [
        decision(1, DecisionKind::NoViolation, "spam", 0),
        decision(2, DecisionKind::Restore, "spam", 0),
        decision(3, DecisionKind::Warn, "etiquette", 0),
        decision(4, DecisionKind::Warn, "unheard-of", 0),
        overturned(decision(5, DecisionKind::Suspend, "spam", 0)),
        Decision { sources: SourceSet::of(Source::Strikes), ..decision(6, DecisionKind::Suspend, "spam", 0) },
    ];
    assert_eq!(tally_at(&decisions, 1), StrikeTally { next: ladder().next(0), ..StrikeTally::default() });
}

#[test]
fn a_decision_milder_than_its_step_opens_a_case_that_says_why_in_words() {
    let decisions: Vec<_> =
        (0..3).map(|number| decision(number, DecisionKind::Warn, "spam", 30 * number as i64)).collect();
    let (subject, changes) = proposed(&decisions, Standing::Violating);
    assert!(
        matches!(changes.as_slice(), [Change::CaseOpened { source: Source::Strikes, .. }]),
        "{changes:?}"
    );
    let case = subject.case.unwrap();
    let texts: Vec<&str> = case.evidence.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "third strike under spam in 61 days, 3 points in all: the ladder proposes to suspend for 7 days",
            "strike of 1 point under spam version 1 on 2016-04-05, counts until 2016-07-04",
            "strike of 1 point under spam version 1 on 2016-03-06, counts until 2016-06-04",
            "strike of 1 point under spam version 1 on 2016-02-05, counts until 2016-05-05",
        ]
    );
    assert_eq!(subject.account.sanctions, [], "a proposal does nothing to the account");
}

#[test]
fn nothing_is_proposed_below_a_step_at_its_height_or_on_a_suspended_account() {
    let first = [decision(1, DecisionKind::Warn, "spam", 0)];
    assert_eq!(proposed(&first, Standing::Violating).1, []);
    let restricted = [first[0].clone(), decision(2, DecisionKind::Restrict, "spam", 1)];
    assert_eq!(proposed(&restricted, Standing::Violating).1, [], "without an end is more than 7 days");
    let threat = [decision(1, DecisionKind::Warn, "threats", 0)];
    assert_eq!(proposed(&threat, Standing::Suspended).1, []);
    let shorter = Decision { ends_at: Some(at(4)), ..decision(2, DecisionKind::Restrict, "spam", 1) };
    assert_eq!(proposed(&[first[0].clone(), shorter], Standing::Violating).1.len(), 1);
    let no_strike = [threat[0].clone(), decision(2, DecisionKind::Warn, "etiquette", 1)];
    assert_eq!(proposed(&no_strike, Standing::Violating).1, [], "only a strike climbs");
}

fn decisions() -> impl Strategy<Value = Vec<Decision>> {
    let kind = prop::sample::select(DecisionKind::ALL.to_vec());
    let policy = prop::sample::select(vec!["spam", "threats", "etiquette", "unheard-of"]);
    let one = (kind, policy, 0..300_i64, any::<bool>());
    prop::collection::vec(one, 0..30).prop_map(|all| {
        let made = |(number, (kind, policy, day, stands))| {
            let decision = decision(number, kind, policy, day);
            if stands { decision } else { overturned(decision) }
        };
        all.into_iter().enumerate().map(made).collect()
    })
}

proptest! {
    /// The slow, obvious twin: what was overturned is struck from the list, and the rest added up.
    #[test]
    fn an_overturned_decision_leaves_no_trace(decisions in decisions(), day in 0..500_i64) {
        let standing: Vec<Decision> = decisions.iter().filter(|one| one.stands()).cloned().collect();
        let tally = tally_at(&decisions, day);
        prop_assert_eq!(&tally, &tally_at(&standing, day));
        let sum: u32 = tally.strikes.iter().map(|strike| strike.points).sum();
        prop_assert_eq!(tally.points, sum);
        prop_assert!(tally.reached.is_none_or(|step| step.points <= tally.points));
        prop_assert!(tally.next.is_none_or(|step| step.points > tally.points));
    }

    /// Time alone takes points away, one more decision overturned never adds any, and no order of reading matters.
    #[test]
    fn points_fall_with_time_and_with_every_overturn(decisions in decisions(), day in 300..500_i64, nth in 0..30_usize) {
        let points = tally_at(&decisions, day).points;
        prop_assert!(tally_at(&decisions, day + 1).points <= points);
        let mut fewer = decisions.clone();
        if let Some(one) = fewer.get_mut(nth) {
            *one = overturned(one.clone());
        }
        prop_assert!(tally_at(&fewer, day).points <= points);
        let backwards: Vec<Decision> = decisions.iter().rev().cloned().collect();
        prop_assert_eq!(tally_at(&backwards, day), tally_at(&decisions, day));
    }
}
