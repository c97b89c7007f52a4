use super::*;
use crate::accounts::Judged;
use crate::change::CandidateFate;
use cordon_model::account::Standing;
use cordon_model::case::{DeadlineBasis, ReportStatus, SourceSet};
use cordon_model::effect::Candidate;
use cordon_model::entity::Source;
use cordon_model::ids::Offset;

const DAY: i64 = 86_400;

fn report(source: Source, seconds: i64, is_subject_known: bool) -> Effect {
    Effect::Report(Report {
        entry_id: "e".into(),
        account_id: "a".into(),
        item_id: None,
        policy_id: None,
        text: Some("look".into()),
        reporter_id: None,
        source,
        received_at: Timestamp::from_seconds(seconds),
        is_subject_known,
    })
}

fn candidate(weight: f64, seconds: i64) -> Effect {
    Effect::Candidate(Candidate {
        account_id: "a".into(),
        source: Source::Similar,
        weight,
        probability: 1.0,
        is_calibrated: true,
        evidence: Vec::new(),
        incarnation_of: vec!["old".into()],
        policy_id: None,
        queue_id: None,
        priority: 0,
        propensity: 1.0,
        reach: None,
        proposed_at: Timestamp::from_seconds(seconds),
    })
}

fn take(subject: Subject, offset: u64, effect: &Effect, seconds: i64) -> (Subject, Vec<Change>) {
    let effect_id = EffectId { offset: Offset(offset), ordinal: 0 };
    let severities = Severities::new();
    let now = Timestamp::from_seconds(seconds);
    take_in(subject, Arrival { effect_id, effect, severities: &severities, now })
}

fn judged(standing: Standing, sources: SourceSet) -> Subject {
    let mut subject = Subject::new("a".into());
    subject.account.standing = standing;
    subject.account.judged = Some(Judged {
        decision_id: Some("d".into()),
        case_id: Some("c".into()),
        at: Timestamp(0),
        weight: 10.0,
        sources,
    });
    subject
}

fn status_of(changes: &[Change]) -> ReportStatus {
    match changes {
        [Change::ReportFiled { status, .. }, ..] => *status,
        other => panic!("no report filed: {other:?}"),
    }
}

fn fate_of(changes: &[Change]) -> CandidateFate {
    match changes {
        [Change::CandidateWeighed { fate, .. }, ..] => *fate,
        other => panic!("no candidate weighed: {other:?}"),
    }
}

#[test]
fn the_first_report_opens_a_case_and_the_second_joins_it() {
    let (subject, _) = take(Subject::new("a".into()), 1, &report(Source::User, 1, true), 1);
    let (subject, changes) = take(subject, 2, &report(Source::Authority, 2, true), 2);
    let case = subject.case.unwrap();
    assert_eq!((case.report_count, case.version, case.queue_id.as_str()), (2, 2, "legal"));
    assert_eq!(case.deadline.unwrap().basis, DeadlineBasis::RemovalOrder);
    assert!(matches!(changes[1], Change::CaseMerged { .. }));
}

#[test]
fn a_report_on_an_unknown_account_waits_and_opens_a_case_when_it_appears() {
    let (subject, changes) = take(Subject::new("a".into()), 1, &report(Source::User, 1, false), 1);
    assert_eq!((status_of(&changes), subject.case.is_none()), (ReportStatus::Waiting, true));
    let (subject, changes) = take(subject, 2, &Effect::SubjectAppeared { account_id: "a".into() }, 2);
    assert_eq!(subject.case.unwrap().report_count, 1);
    assert_eq!(changes.len(), 2);
}

#[test]
fn reports_on_an_account_that_never_appears_are_settled_without_a_case() {
    let (subject, _) = take(Subject::new("a".into()), 1, &report(Source::User, 1, false), 1);
    let (subject, changes) = take(subject, 2, &Effect::SubjectNeverAppeared { account_id: "a".into() }, 2);
    assert!(subject.case.is_none());
    let status = ReportStatus::SubjectNeverAppeared;
    assert!(matches!(&changes[..], [Change::ReportSettled { status: settled, .. }] if *settled == status));
}

#[test]
fn a_users_report_on_a_suspended_account_is_only_counted() {
    let (subject, changes) = take(
        judged(Standing::Suspended, SourceSet::default()),
        1,
        &report(Source::User, 99 * DAY, true),
        99 * DAY,
    );
    assert_eq!((status_of(&changes), subject.account.repeat_report_count), (ReportStatus::Counted, 1));
    let (subject, _) = take(subject, 2, &report(Source::Partner, 99 * DAY, true), 99 * DAY);
    assert!(subject.case.is_some());
}

#[test]
fn a_report_on_a_cleared_account_opens_a_case_only_when_it_says_something_new() {
    let heard = SourceSet::of(Source::User);
    let opens = |sources, seconds| {
        let (subject, _) =
            take(judged(Standing::Cleared, sources), 1, &report(Source::User, seconds, true), seconds);
        subject.case.is_some()
    };
    assert!(!opens(heard, DAY));
    assert!(opens(SourceSet::of(Source::Similar), DAY));
    assert!(opens(heard, 31 * DAY));
}

#[test]
fn a_candidate_on_a_cleared_account_needs_five_more_bits_or_thirty_days() {
    let fate = |weight, seconds| {
        fate_of(
            &take(judged(Standing::Cleared, SourceSet::default()), 1, &candidate(weight, seconds), seconds).1,
        )
    };
    assert_eq!(fate(14.9, DAY), CandidateFate::IgnoredCleared);
    assert_eq!(fate(15.0, DAY), CandidateFate::Opened);
    assert_eq!(fate(1.0, 30 * DAY), CandidateFate::Opened);
}

#[test]
fn a_candidate_on_a_suspended_account_is_passed_over() {
    let (_, changes) = take(judged(Standing::Suspended, SourceSet::default()), 1, &candidate(99.0, 1), 1);
    assert_eq!(fate_of(&changes), CandidateFate::IgnoredSuspended);
}

#[test]
fn a_certain_candidate_makes_a_case_and_never_an_action() {
    for source in Source::ALL {
        let Effect::Candidate(certain) = candidate(1e6, 1) else { unreachable!() };
        let (subject, changes) =
            take(Subject::new("a".into()), 1, &Effect::Candidate(Candidate { source, ..certain }), 1);
        assert!(subject.case.is_some());
        assert_eq!(subject.account.standing, Standing::Unjudged);
        assert!(changes.iter().all(|change| !matches!(change, Change::ActionTaken(_) | Change::Queued(_))));
    }
}

#[test]
fn an_erasure_closes_the_case_unless_a_hold_forbids_it() {
    let (subject, _) = take(Subject::new("a".into()), 1, &report(Source::User, 1, true), 1);
    let erased = Effect::Erased { account_id: "a".into() };
    let (gone, _) = take(subject.clone(), 2, &erased, 2);
    assert_eq!(gone.case.unwrap().status, CaseStatus::Closed);
    let mut held = subject;
    let (account, _) =
        accounts::place_legal_hold(held.account, "lea".into(), "court".into(), Timestamp(1)).unwrap();
    held.account = account;
    let (held, changes) = take(held, 2, &erased, 2);
    assert_eq!(held.open_case().unwrap().status, CaseStatus::Open);
    assert!(matches!(changes[..], [Change::ErasureWithheld { .. }]));
    let (lifted, changes) = accounts::lift_legal_hold(held, "lea".into(), Timestamp(3)).unwrap();
    assert_eq!(lifted.case.unwrap().status, CaseStatus::Closed);
    assert!(changes.iter().any(|change| matches!(change, Change::AccountErased { .. })));
}

#[test]
fn a_rules_priority_puts_a_case_ahead_by_six_hours_a_step_and_the_place_is_kept() {
    let asking = |priority, offset| match candidate(12.0, 0) {
        Effect::Candidate(asked) => (offset, Effect::Candidate(Candidate { priority, ..asked })),
        other => panic!("no candidate: {other:?}"),
    };
    let rank = |asked: &[(u64, Effect)]| {
        let taken = asked
            .iter()
            .fold(Subject::new("a".into()), |subject, (offset, effect)| take(subject, *offset, effect, 0).0);
        taken.open_case().map(|case| case.rank).unwrap()
    };
    let (usual, ahead) = (rank(&[asking(0, 1)]), rank(&[asking(2, 1)]));
    assert_eq!(usual - ahead, 2 * crate::queues::AGEING_SECONDS * 1_000_000);
    assert_eq!(rank(&[asking(0, 1), asking(2, 2)]), ahead);
    assert_eq!(rank(&[asking(2, 1), asking(0, 2)]), ahead);
}
