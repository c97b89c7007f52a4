//! Clauses of `CaseDesk`.

use crate::Backend;
use crate::fixtures::{
    DAY, alice, at, bob, candidate, commit, judge, judge_for, new_decision, policy, put_policy, report,
    suspended,
};
use cordon_enforce::Refusal;
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, CaseDesk, CaseFilter, Counts, Outbox, Policies, StoreError};
use cordon_enforce::queues::{QUEUES, QueueTarget, QueueTargets};
use cordon_model::account::Standing;
use cordon_model::action::ActionKind;
use cordon_model::case::{Case, CaseStatus, ReportStatus};
use cordon_model::decision::DecisionKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::entry::{Control, Outcome};
use cordon_model::ids::AccountId;
use cordon_model::limits;
use cordon_model::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    match result {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn a() -> AccountId {
    "a".into()
}

pub(crate) async fn a_second_report_joins_the_open_case<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    commit(&record, vec![report("a", Source::Partner, 2), candidate("a", 9.0, 3)], 3).await;
    let case = record.fetch_open_case(&a()).await.unwrap().unwrap();
    let file = record.fetch_case(&case.case_id).await.unwrap().unwrap();
    assert_eq!((backend.count("cases").await, file.reports.len()), (1, 2));
    assert_eq!((file.case.report_count, file.case.weight, file.case.evidence.len()), (2, 9.0, 1));
    assert_eq!(file.case.queue_id.as_str(), "partners");
    assert_eq!(file.incarnations[0].predecessor_id.as_str(), "predecessor");
    let lengths = record.list_queues().await.unwrap();
    let open: Vec<_> = lengths.iter().filter(|length| length.open_count > 0).collect();
    assert_eq!((open.len(), open[0].queue_id.as_str(), open[0].open_count), (1, "partners", 1));
}

pub(crate) async fn pages_show_every_case_once_in_queue_order<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let sources = [Source::User, Source::Authority, Source::User];
    let effects = (0..60)
        .map(|number: usize| report(&format!("a{number}"), sources[number % 3], (number * 7 % 60) as i64));
    commit(&record, effects.collect(), 60).await;
    let all = read_pages(&record, &CaseFilter::default(), 7).await;
    let place = |case: &Case| {
        (case.deadline.map_or(i64::MAX, |deadline| deadline.at.0), case.rank, case.case_id.clone())
    };
    assert!(all.is_sorted_by_key(place));
    assert_eq!(all.iter().map(|case| &case.case_id).collect::<BTreeSet<_>>().len(), 60);
    assert!(all[..20].iter().all(|case| case.opened_by == Source::Authority));
    let legal = CaseFilter { queue_id: Some("legal".into()), ..CaseFilter::default() };
    assert_eq!(read_pages(&record, &legal, 500).await.len(), 20);
    let users = CaseFilter { source: Some(Source::User), ..CaseFilter::default() };
    assert_eq!(read_pages(&record, &users, 9).await.len(), 40);
    let decided = CaseFilter { status: Some(CaseStatus::Decided), ..CaseFilter::default() };
    assert!(read_pages(&record, &decided, 9).await.is_empty());
    assert_eq!(refusal(record.list_cases(&users, Some("x"), 9).await), Refusal::CursorInvalid);
}

pub(crate) async fn a_backlog_tells_what_is_unclaimed_late_and_due_soon<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    // Opened at minutes 0, 10, ..., 90, looked at from minute 100 on.
    let opened = |number: i64| report(&format!("a{number}"), Source::User, number * 600);
    commit(&record, (0..10).map(opened).collect(), 5_400).await;
    commit(&record, vec![report("flagged", Source::Partner, 5_400)], 5_400).await;
    let now = at(6_000);
    let usual = QueueTarget { first_look_minutes: 40, decision_minutes: 90, due_soon_at: 0.5 };
    let targets = QueueTargets { usual, by_queue: BTreeMap::new() };
    let backlog = async |targets: &QueueTargets, name: &str| {
        let all = record.list_backlogs(targets, now).await.unwrap();
        assert!(all.iter().map(|queue| queue.queue_id.as_str()).eq(QUEUES));
        all.into_iter().find(|queue| queue.queue_id.as_str() == name).unwrap()
    };
    // Waited 100, 90, ..., 10 minutes: seven without a look for 40; two more for 20.
    let found = backlog(&targets, "reports").await;
    assert_eq!((found.open, found.unclaimed, found.oldest_opened_at), (10, 10, Some(at(0))));
    assert_eq!((found.late, found.due_soon), (7, 2));
    // A look leaves the two oldest late for want of a decision, and the others that are past 45 minutes due soon.
    for number in 0..10 {
        let case = record.fetch_open_case(&format!("a{number}").as_str().into()).await.unwrap().unwrap();
        let held = record.claim(&case.case_id, &alice(), now).await.unwrap();
        if number > 0 {
            let claim_id = held.claim.unwrap().claim_id;
            record.release(&case.case_id, &claim_id, &alice(), now).await.unwrap();
        }
    }
    let found = backlog(&targets, "reports").await;
    assert_eq!((found.open, found.unclaimed), (10, 9));
    assert_eq!((found.late, found.due_soon), (2, 4));
    judge(&record, "a0", DecisionKind::NoViolation, 6_000).await;
    let found = backlog(&targets, "reports").await;
    assert_eq!((found.open, found.late, found.oldest_opened_at), (9, 1, Some(at(600))));
    // A queue of its own target, and one where nothing waits.
    let strict = QueueTarget { first_look_minutes: 5, decision_minutes: 5, due_soon_at: 0.5 };
    let targets = QueueTargets { usual, by_queue: BTreeMap::from([("partners".into(), strict)]) };
    assert_eq!(backlog(&targets, "partners").await.late, 1);
    let empty = backlog(&targets, "random").await;
    assert_eq!((empty.open, empty.unclaimed, empty.oldest_opened_at, empty.late), (0, 0, None, 0));
}

async fn read_pages<R: CaseDesk>(record: &R, filter: &CaseFilter, limit: usize) -> Vec<Case> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = record.list_cases(filter, cursor.as_deref(), limit).await.unwrap();
        all.extend(page.cases);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

pub(crate) async fn a_claim_excludes_others_until_it_lapses<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    let case = record.claim_next(None, &alice(), at(2)).await.unwrap().unwrap();
    let claim_id = case.claim.clone().unwrap().claim_id;
    assert!(record.claim_next(None, &bob(), at(3)).await.unwrap().is_none());
    assert!(matches!(refusal(record.claim(&case.case_id, &bob(), at(3)).await), Refusal::CaseClaimed { .. }));
    let claim = record.heartbeat(&case.case_id, &claim_id, &alice(), at(100)).await.unwrap();
    assert_eq!(claim.expires_at, at(100 + limits::CLAIM_SECONDS));
    let lapsed = at(100 + limits::CLAIM_SECONDS);
    let lost = record.heartbeat(&case.case_id, &claim_id, &alice(), lapsed).await;
    assert!(matches!(refusal(lost), Refusal::ClaimLost { .. }));
    let taken = record.claim_next(None, &bob(), lapsed).await.unwrap().unwrap();
    assert_eq!(taken.case_id, case.case_id);
    let stale = record.decide(new_decision(&case, &alice(), DecisionKind::Suspend), lapsed).await;
    assert!(matches!(refusal(stale), Refusal::ClaimLost { .. }));
    record.release(&taken.case_id, &taken.claim.unwrap().claim_id, &bob(), lapsed).await.unwrap();
    assert!(record.claim(&case.case_id, &alice(), lapsed).await.is_ok());
}

pub(crate) async fn claim_next_takes_the_first_unclaimed_case<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let mut effects: Vec<_> =
        (0..8).map(|number| report(&format!("a{number}"), Source::User, number)).collect();
    effects.push(report("urgent", Source::Authority, 9));
    commit(&record, effects, 9).await;
    let first = record.claim_next(None, &alice(), at(10)).await.unwrap().unwrap();
    assert_eq!(first.account_id.as_str(), "urgent");
    let record = std::sync::Arc::new(record);
    let reports = "reports".into();
    let mut tasks = Vec::new();
    for number in 0..12 {
        let (record, reports) = (record.clone(), cordon_model::ids::QueueId::clone(&reports));
        tasks.push(tokio::spawn(async move {
            let by = format!("operator{number}").as_str().into();
            record.claim_next(Some(&reports), &by, at(11)).await.unwrap().map(|case| case.case_id)
        }));
    }
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.unwrap());
    }
    assert_eq!((claimed.len(), claimed.iter().collect::<BTreeSet<_>>().len()), (8, 8));
}

pub(crate) async fn a_suspension_writes_decision_action_standing_outbox_and_audit_together<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    assert_eq!(record.fetch_decision(&decision.decision_id).await.unwrap().unwrap(), decision);
    let account = record.fetch_account(&a()).await.unwrap().unwrap();
    assert_eq!(account.standing, Standing::Suspended);
    let history = record.fetch_history(&a()).await.unwrap();
    assert_eq!((history.decisions.len(), history.actions.len()), (1, 1));
    assert_eq!(history.actions[0].kind, ActionKind::Suspend);
    let webhooks = record.due(OutboxKind::Webhook, at(10), 9).await.unwrap();
    assert_eq!((webhooks.len(), &webhooks[0].key), (2, &history.actions[0].action_id.0));
    assert!(webhooks[0].payload.contains(r#""type":"action.suspend""#), "{}", webhooks[0].payload);
    assert!(webhooks[1].payload.contains(r#""type":"notice.statement""#), "{}", webhooks[1].payload);
    let journal = record.due(OutboxKind::Journal, at(10), 9).await.unwrap();
    assert_eq!(journal[0].key, format!("decision:{}", decision.decision_id));
    let control: Control = serde_json::from_str(&journal[0].payload).unwrap();
    let Control::DecisionMade(judged) = control else { panic!("{control:?}") };
    assert_eq!((judged.outcome, judged.account_ids), (Outcome::Suspended, vec![a()]));
    assert_eq!((judged.seen, judged.weight), (vec![], None), "nothing but a report was seen");
    let verbs: Vec<_> = record.list_audit(0, 99).await.unwrap().into_iter().map(|row| row.verb).collect();
    for verb in ["decision.made", "action.taken", "standing.changed", "case.claimed"] {
        assert!(verbs.iter().any(|known| known == verb), "{verb} is not in {verbs:?}");
    }
    let queues = record.list_queues().await.unwrap();
    assert!(queues.iter().all(|length| length.open_count == 0));
    let file = record.fetch_case(&decision.case_id).await.unwrap().unwrap();
    assert_eq!((file.case.status, file.decisions.len(), file.actions.len()), (CaseStatus::Decided, 1, 1));
}

pub(crate) async fn protection_is_kept_on_the_account_and_its_cases<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    for account_id in ["a", "b"] {
        record.set_protected(&account_id.into(), true, &bob(), at(2)).await.unwrap();
    }
    commit(&record, vec![report("b", Source::User, 3)], 3).await;
    for account_id in ["a", "b"] {
        assert!(record.fetch_open_case(&account_id.into()).await.unwrap().unwrap().is_protected);
    }
    record.set_protected(&a(), false, &bob(), at(4)).await.unwrap();
    assert!(!record.fetch_open_case(&a()).await.unwrap().unwrap().is_protected);
}

pub(crate) async fn a_case_is_decided_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    let case = record.claim_next(None, &alice(), at(2)).await.unwrap().unwrap();
    let new = new_decision(&case, &alice(), DecisionKind::Warn);
    let (decision, _) = record.decide(new.clone(), at(3)).await.unwrap();
    let again = refusal(record.decide(new, at(3)).await);
    let (case_id, decision_id) = (case.case_id.clone(), decision.decision_id);
    assert_eq!(again, Refusal::CaseDecided { case_id, decision_id });
    assert!(matches!(refusal(record.claim(&case.case_id, &bob(), at(4)).await), Refusal::CaseDecided { .. }));
    assert_eq!((backend.count("decisions").await, backend.count("actions").await), (1, 1));
}

pub(crate) async fn a_decision_cites_a_policy_that_is_known_and_not_retired<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    let case = record.claim_next(None, &alice(), at(2)).await.unwrap().unwrap();
    let mut unknown = new_decision(&case, &alice(), DecisionKind::Suspend);
    unknown.policy.version.0 = 7;
    assert!(matches!(refusal(record.decide(unknown, at(3)).await), Refusal::PolicyUnknown { .. }));
    let retired = Policy { is_retired: true, ..policy(1) };
    record.put_policy(&retired, &"admin".into(), at(4)).await.unwrap();
    let new = new_decision(&case, &alice(), DecisionKind::Suspend);
    assert!(matches!(refusal(record.decide(new, at(5)).await), Refusal::PolicyUnknown { .. }));
    assert_eq!((backend.count("decisions").await, backend.count("outbox").await), (0, 0));
}

pub(crate) async fn an_overturned_suspension_restores_the_account_and_takes_learning_back<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    let empty = record.overturn(&decision.decision_id, &bob(), " ", at(20)).await;
    assert_eq!(refusal(empty), Refusal::ReasonInvalid { chars: 0 });
    let actions = record.overturn(&decision.decision_id, &bob(), "wrong account", at(20)).await.unwrap();
    assert_eq!((actions.len(), actions[0].kind), (1, ActionKind::Restore));
    let account = record.fetch_account(&a()).await.unwrap().unwrap();
    assert_eq!((account.standing, account.sanctions.len()), (Standing::Cleared, 0));
    let done: Vec<_> = record.due(OutboxKind::Journal, at(20), 9).await.unwrap();
    record.mark_done(&[done[0].key.clone()], at(20)).await.unwrap();
    let journal = record.due(OutboxKind::Journal, at(20), 9).await.unwrap();
    assert_eq!(journal[0].key, format!("overturn:{}", decision.decision_id));
    let control: Control = serde_json::from_str(&journal[0].payload).unwrap();
    assert_eq!(control, Control::DecisionOverturned { decision_id: decision.decision_id.clone() });
    let again = record.overturn(&decision.decision_id, &bob(), "again", at(21)).await;
    assert!(matches!(refusal(again), Refusal::DecisionOverturned { .. }));
    let history = record.fetch_history(&a()).await.unwrap();
    assert_eq!((history.decisions[0].stands(), history.actions.len()), (false, 2));
}

pub(crate) async fn a_suspension_for_a_time_ends_by_itself_once<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    commit(&record, vec![report("a", Source::User, 1), report("b", Source::User, 1)], 1).await;
    let decision = judge_for(&record, "a", (DecisionKind::Suspend, 30), 10).await;
    judge_for(&record, "b", (DecisionKind::Restrict, 31), 10).await;
    assert_eq!(decision.ends_at, Some(at(10 + 30 * DAY)));
    let stored = record.fetch_decision(&decision.decision_id).await.unwrap().unwrap();
    assert_eq!(stored, decision);
    assert_eq!(record.end_due(at(9 + 30 * DAY)).await.unwrap(), 0);
    let journal = backend.count("outbox WHERE kind = 'journal'").await;
    // Two processes look at once: one of them finds it.
    let other = backend.open().await;
    let (one, two) = tokio::join!(record.end_due(at(10 + 30 * DAY)), other.end_due(at(10 + 30 * DAY)));
    assert_eq!(one.unwrap() + two.unwrap(), 1);
    let account = record.fetch_account(&a()).await.unwrap().unwrap();
    assert_eq!((account.standing, account.sanctions.len()), (Standing::Cleared, 0));
    let history = record.fetch_history(&a()).await.unwrap();
    let ended = &history.decisions[0];
    assert_eq!((ended.ended_at, ended.stands()), (Some(at(10 + 30 * DAY)), true));
    assert_eq!((history.actions.len(), history.actions[1].kind), (2, ActionKind::Restore));
    assert_eq!(history.actions[1].reverses.as_ref(), Some(&history.actions[0].action_id));
    assert_eq!(backend.count("outbox WHERE kind = 'journal'").await, journal, "what was learned stays");
    let told = "outbox WHERE payload LIKE '%\"type\":\"action.restore\"%\"is_time_over\":true%'";
    assert_eq!(backend.count(told).await, 1);
    let verbs: Vec<_> = record.list_audit(0, 99).await.unwrap().into_iter().map(|row| row.verb).collect();
    assert_eq!(verbs.iter().filter(|verb| *verb == "decision.ended").count(), 1);
    assert_eq!(record.end_due(at(31 * DAY)).await.unwrap(), 0);
    assert_eq!(record.end_due(at(32 * DAY)).await.unwrap(), 1, "the other one's day comes, too");
    assert_eq!(record.end_due(at(99 * DAY)).await.unwrap(), 0);
    assert_eq!(backend.count("actions").await, 4);
    // An appeal may still be right: nothing is left to end, and what was learned is taken back.
    assert_eq!(record.overturn(&decision.decision_id, &bob(), "mistaken", at(99 * DAY)).await.unwrap(), []);
    record.verify_audit(None).await.unwrap().unwrap();
}

pub(crate) async fn what_a_later_decision_did_outlives_the_end_of_an_earlier_one<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let names = ["overturned", "restored", "suspended"];
    commit(&record, names.map(|name| report(name, Source::User, 1)).to_vec(), 1).await;
    let mut decisions = Vec::new();
    for name in names {
        decisions.push(judge_for(&record, name, (DecisionKind::Suspend, 1), 10).await);
    }
    record.overturn(&decisions[0].decision_id, &bob(), "mistaken", at(20)).await.unwrap();
    commit(&record, names.map(|name| report(name, Source::Authority, 21)).to_vec(), 21).await;
    judge(&record, "restored", DecisionKind::Restore, 22).await;
    judge(&record, "suspended", DecisionKind::Suspend, 22).await;
    let sent = backend.count("actions WHERE is_sent").await;
    record.end_due(at(2 * DAY)).await.unwrap();
    assert_eq!(record.end_due(at(2 * DAY)).await.unwrap(), 0, "nothing is due for ever");
    assert_eq!(backend.count("actions WHERE is_sent").await, sent, "the platform hears of nothing");
    for (name, standing) in names.into_iter().zip([Standing::Cleared, Standing::Cleared, Standing::Suspended])
    {
        let account = record.fetch_account(&name.into()).await.unwrap().unwrap();
        assert_eq!(account.standing, standing, "{name}");
    }
}

pub(crate) async fn a_repeat_of_what_was_judged_costs_nobody_time<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    suspended(&record).await;
    commit(&record, vec![report("a", Source::User, DAY), candidate("a", 99.0, DAY)], DAY).await;
    assert!(record.fetch_open_case(&a()).await.unwrap().is_none());
    let account = record.fetch_account(&a()).await.unwrap().unwrap();
    assert_eq!(account.repeat_report_count, 1);
    let reports = record.reports_after("").await.unwrap();
    assert_eq!((reports[1].status, &reports[1].case_id), (ReportStatus::Counted, &reports[0].case_id));
    assert_eq!(record.candidates_after("").await.unwrap()[0].fate, "ignored_suspended");
    commit(&record, vec![report("a", Source::Authority, DAY)], DAY).await;
    assert!(record.fetch_open_case(&a()).await.unwrap().is_some());
}

pub(crate) async fn an_erasure_under_legal_hold_waits_for_its_end<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let decision = suspended(&record).await;
    let erased = || vec![Effect::Erased { account_id: a() }];
    record.place_legal_hold(&a(), &bob(), "court order 5", at(20)).await.unwrap();
    commit(&record, erased(), 21).await;
    let kept = record.fetch_decision(&decision.decision_id).await.unwrap().unwrap();
    assert_eq!(kept.evidence.len(), 1);
    assert_eq!(record.list_legal_holds(None).await.unwrap().len(), 1);
    record.lift_legal_hold(&a(), &bob(), at(22)).await.unwrap();
    assert!(record.list_legal_holds(None).await.unwrap().is_empty());
    let gone = record.fetch_decision(&decision.decision_id).await.unwrap().unwrap();
    assert!(gone.evidence.is_empty() && gone.rationale.is_empty());
    assert_eq!(gone.evidence_hash, kept.evidence_hash);
    let file = record.fetch_case(&decision.case_id).await.unwrap().unwrap();
    assert_eq!(file.reports[0].report.text, None);
    assert!(matches!(
        refusal(record.lift_legal_hold(&a(), &bob(), at(23)).await),
        Refusal::NoLegalHold { .. }
    ));
    assert!(record.verify_audit(None).await.unwrap().is_ok());

    // What comes after an erasure, even in the same commit, stays.
    commit(&record, vec![Effect::Erased { account_id: "reporter1".into() }], 29).await;
    assert_eq!(backend.count("reports WHERE reporter_id IS NOT NULL").await, 0);
    let mut effects = erased();
    effects.push(report("a", Source::Authority, 30));
    commit(&record, effects, 30).await;
    let case = record.fetch_open_case(&a()).await.unwrap().unwrap();
    let file = record.fetch_case(&case.case_id).await.unwrap().unwrap();
    assert_eq!(file.reports[0].report.text.as_deref(), Some("a secret text"));
}

pub(crate) async fn what_is_not_there_is_named<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let nothing = "nothing".into();
    assert!(record.fetch_case(&nothing).await.unwrap().is_none());
    let claim = record.claim(&nothing, &alice(), at(1)).await;
    assert_eq!(refusal(claim).to_string(), "case nothing is unknown");
    let overturn = record.overturn(&"nothing".into(), &alice(), "because", at(1)).await;
    assert_eq!(refusal(overturn).to_string(), "decision nothing is unknown");
    let lift = record.lift_legal_hold(&"nobody".into(), &alice(), at(1)).await;
    assert_eq!(refusal(lift).to_string(), "account nobody is unknown to the record");
    commit(&record, vec![report("a", Source::User, 1)], 1).await;
    let open = record.fetch_open_case(&a()).await.unwrap().unwrap();
    let unclaimed = record.decide(new_decision(&open, &alice(), DecisionKind::Warn), at(2)).await;
    assert!(matches!(refusal(unclaimed), Refusal::ClaimLost { .. }));
    put_policy(&record).await;
    judge(&record, "a", DecisionKind::NoViolation, 3).await;
    assert_eq!(record.fetch_account(&a()).await.unwrap().unwrap().standing, Standing::Cleared);
}
