use super::*;
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind::{NoViolation, Restore, Suspend, Warn};
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use cordon_model::second_look::LookStatus;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn decision(number: usize, kind: DecisionKind) -> Decision {
    Decision {
        decision_id: format!("c{number}-d").into(),
        case_id: format!("c{number}").into(),
        account_id: format!("a{number}").into(),
        kind,
        policy: PolicyRef { policy_id: "spam".into(), version: PolicyVersion(1) },
        evidence: Vec::new(),
        evidence_hash: String::new(),
        rationale: "a reason".into(),
        decided_by: "alice".into(),
        automation: Default::default(),
        decided_at: at(1),
        case_opened_at: at(0),
        sources: Default::default(),
        weight: 0.0,
        ends_at: None,
        ended_at: None,
        overturn: None,
    }
}

fn rules(share: f64) -> QualityRules {
    QualityRules { share, golden_share: 0.2, ..QualityRules::default() }
}

fn looked_at(decided: DecisionKind) -> SecondLook {
    let mut looks =
        draw("secret", &rules(0.5), &(0..50).map(|n| decision(n, decided)).collect::<Vec<_>>(), at(2));
    claim(looks.remove(0), &BTreeSet::new(), &"bob".into(), at(3)).unwrap().0
}

#[test]
fn the_lot_takes_about_its_share_and_depends_on_the_secret_alone() {
    let decisions: Vec<Decision> = (0..20_000).map(|number| decision(number, Suspend)).collect();
    let drawn = draw("secret", &rules(0.03), &decisions, at(2));
    assert!((500..700).contains(&drawn.len()), "{}", drawn.len());
    assert_eq!(draw("secret", &rules(0.03), &decisions, at(2)), drawn);
    assert_ne!(draw("another", &rules(0.03), &decisions, at(2)), drawn);
    assert!(draw("secret", &rules(0.0), &decisions, at(2)).is_empty());
    assert!(draw("secret", &rules(0.5), &[decision(1, Restore)], at(2)).is_empty());
    let wider: BTreeSet<_> =
        draw("secret", &rules(0.1), &decisions, at(2)).into_iter().map(|look| look.decision_id).collect();
    assert!(drawn.iter().all(|look| wider.contains(&look.decision_id)), "a larger share adds, never swaps");
    let golden = (0..5_000).filter(|shown| is_golden_next("secret", &rules(0.03), &"bob".into(), *shown));
    assert!((900..1_100).contains(&golden.count()));
}

#[test]
fn neither_the_decider_nor_who_approved_is_given_a_look() {
    let look =
        draw("secret", &rules(0.5), &(0..50).map(|n| decision(n, Warn)).collect::<Vec<_>>(), at(2)).remove(0);
    let approver = BTreeSet::from(["lena".into()]);
    for involved in ["alice", "lena"] {
        let refused = claim(look.clone(), &approver, &involved.into(), at(3)).unwrap_err();
        assert_eq!(refused, QualityRefusal::Involved { operator_id: involved.into() }.into());
    }
    let (held, _) = claim(look, &approver, &"bob".into(), at(3)).unwrap();
    assert!(claim(held.clone(), &approver, &"carol".into(), at(4)).is_err(), "bob has it");
    let (taken, _) = claim(held, &approver, &"carol".into(), at(3 + limits::CLAIM_SECONDS)).unwrap();
    let refused = judge(taken, (NoViolation, None), &"bob".into(), at(5_000)).unwrap_err();
    assert!(matches!(refused, QualityRefusal::NotHeld { .. }), "it went to carol");
}

#[test]
fn two_who_differ_leave_a_dispute_that_a_third_settles() {
    let by = |name: &str| OperatorId::from(name);
    let (agreed, _) = judge(looked_at(Suspend), (Warn, Some("spam".into())), &by("bob"), at(4)).unwrap();
    assert_eq!((agreed.status, agreed.right()), (LookStatus::Agreed, Some(Suspend)));
    let (disputed, note) = judge(looked_at(Suspend), (NoViolation, None), &by("bob"), at(4)).unwrap();
    assert_eq!((disputed.status, disputed.right()), (LookStatus::Disputed, None));
    assert!(!note.details.contains("violation"), "{note:?}");
    assert!(mark_golden(&disputed, &BTreeSet::new(), 0, &by("lena"), at(5)).is_err(), "nobody knows yet");
    let settled = |who: &str| settle(disputed.clone(), NoViolation, &BTreeSet::new(), &by(who), at(6));
    assert!(settled("alice").is_err() && settled("bob").is_err());
    let (look, _) = settled("lena").unwrap();
    assert_eq!((look.status, look.right()), (LookStatus::Settled, Some(NoViolation)));
    let (golden, _) = mark_golden(&look, &BTreeSet::new(), 0, &by("lee"), at(7)).unwrap();
    assert_eq!(golden.known_to, ["alice", "bob", "lee", "lena"].map(OperatorId::from).into());
    assert_eq!(
        mark_golden(&look, &BTreeSet::new(), limits::GOLDEN_CASES_MAX, &by("lee"), at(7)).unwrap_err(),
        QualityRefusal::GoldenFull
    );
    let shown = show_golden("secret", &golden, &by("carol"), at(8));
    assert_eq!(shown.second_look_id.as_str().len(), look.second_look_id.as_str().len());
    let (held, _) = claim(shown, &BTreeSet::new(), &by("carol"), at(9)).unwrap();
    let (answered, _) = judge(held, (Suspend, Some("spam".into())), &by("carol"), at(10)).unwrap();
    assert_eq!((answered.status, answered.right()), (LookStatus::Answered, Some(NoViolation)));
}

#[test]
fn a_finding_names_the_policy_that_is_broken_or_none() {
    let judged = |finding, policy: Option<&str>| {
        judge(looked_at(Warn), (finding, policy.map(PolicyId::from)), &"bob".into(), at(4)).map(|_| ())
    };
    for (finding, policy) in [(Restore, None), (Warn, None), (NoViolation, Some("spam"))] {
        assert_eq!(judged(finding, policy), Err(QualityRefusal::FindingInvalid));
    }
    assert_eq!(judged(Warn, Some("spam")), Ok(()));
}

#[test]
fn shares_that_cannot_stand_are_named_and_scores_are_hidden_unless_a_policy_says_otherwise() {
    assert_eq!(rules(0.6).check(), Err(QualityRulesInvalid::Share));
    assert_eq!(rules(f64::NAN).check(), Err(QualityRulesInvalid::Share));
    let golden = QualityRules { golden_share: -0.1, ..rules(0.1) };
    assert_eq!(golden.check(), Err(QualityRulesInvalid::GoldenShare));
    let shown = QualityRules { score_shown: BTreeSet::from(["spam".into()]), ..rules(0.1) };
    assert!(shown.hides_score(None) && shown.hides_score(Some(&"terrorism".into())));
    assert!(!shown.hides_score(Some(&"spam".into())));
}
