//! Clauses of `ClusterDesk`.

use crate::fixtures::{alice, at, bob, candidate, commit, evidence, judge, new_decision, put_policy, report};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::clusters::PROBABILITY;
use cordon_enforce::outbox::OutboxKind;
use cordon_enforce::ports::{AuditLog, CaseDesk, ClusterDesk, Outbox, StoreError};
use cordon_model::account::Standing;
use cordon_model::case::{Case, CaseStatus};
use cordon_model::cluster_case::{
    ClusterCloseReason, ClusterKind, ClusterShare, ClusterStatus, NewClusterCase, NewClusterMember,
};
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::effect::Effect;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{AccountId, ClusterCaseId, OperatorId};
use cordon_model::limits;

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Refusal {
    match result {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn shared() -> Evidence {
    Evidence {
        group: EvidenceGroup::CoAction,
        entity_type: "object".into(),
        entity: None,
        terms: vec![("a secret page".into(), 4.0)],
        weight: 80.0,
        levels: Vec::new(),
        text: "4 objects shared within 60 s of each other on 4 days".into(),
    }
}

fn cluster(accounts: &[&str]) -> NewClusterCase {
    let member = |(place, account_id): (u32, &&str)| NewClusterMember {
        account_id: (*account_id).into(),
        share: ClusterShare { belonging: 30.0 - f64::from(place), partners: 3, objects: 4 },
        evidence: Vec::new(),
    };
    NewClusterCase {
        kind: ClusterKind::Coordination,
        window_seconds: Some(60),
        weight: 80.0,
        density: 0.5,
        first: Some(at(-900)),
        last: Some(at(-60)),
        days: 4,
        members: (0..).zip(accounts).map(member).collect(),
        evidence: vec![shared()],
    }
}

/// Opens a cluster at second 10.
async fn opened<R: Ports>(record: &R, accounts: &[&str]) -> ClusterCaseId {
    let opened = record.open_cluster(&cluster(accounts), &alice(), at(10)).await.unwrap();
    assert!(opened.is_new);
    opened.cluster_case.cluster_case_id
}

/// The members' cases, in their order.
async fn cases<R: Ports>(record: &R, id: &ClusterCaseId) -> Vec<Case> {
    let file = record.fetch_cluster_case(id).await.unwrap().unwrap();
    file.members.into_iter().filter_map(|member| member.case).collect()
}

fn decisions(cases: &[Case], by: &OperatorId, kind: DecisionKind) -> Vec<NewDecision> {
    cases.iter().map(|case| new_decision(case, by, kind)).collect()
}

pub(crate) async fn opening_a_cluster_opens_or_joins_a_case_for_every_member<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    commit(&record, vec![report("a", Source::User, 1), candidate("a", 9.0, 2)], 2).await;
    let queued = record.due(OutboxKind::Webhook, at(11), 10).await.unwrap().len();
    let new = cluster(&["b", "a", "c"]);
    let opened = record.open_cluster(&new, &alice(), at(10)).await.unwrap();
    let file = record.fetch_cluster_case(&opened.cluster_case.cluster_case_id).await.unwrap().unwrap();
    assert_eq!(file.cluster_case, opened.cluster_case);
    assert_eq!((&file.cluster_case.evidence, file.cluster_case.weight), (&new.evidence, 80.0));
    assert_eq!((file.cluster_case.opened_by, file.cluster_case.member_count), (alice(), 3));
    let members: Vec<_> = file.members.iter().map(|one| one.member.account_id.as_str()).collect();
    assert_eq!(members, ["b", "a", "c"]);
    assert_eq!(file.members[1].member.share.belonging, 29.0);
    assert_eq!(file.audit.last().unwrap().verb, "cluster_case.opened");
    assert_eq!(backend.count("cases").await, 3);

    let joined = record.fetch_open_case(&"a".into()).await.unwrap().unwrap();
    let joined = record.fetch_case(&joined.case_id).await.unwrap().unwrap().case;
    assert_eq!(joined.evidence, [evidence(), vec![shared()]].concat(), "its own rows stay");
    assert_eq!((joined.report_count, joined.weight, joined.opened_by), (1, 9.0, Source::User));
    assert!(joined.sources.contains(Source::Similar));
    let made = file.members[0].case.clone().unwrap();
    assert_eq!((made.opened_by, made.weight, made.probability), (Source::Similar, 0.0, PROBABILITY));
    assert_eq!((made.queue_id.as_str(), made.is_calibrated, made.propensity), ("candidates", false, 1.0));

    assert_eq!(record.due(OutboxKind::Webhook, at(11), 10).await.unwrap().len(), queued);
    for account in ["a", "b", "c"] {
        let history = record.fetch_history(&account.into()).await.unwrap();
        assert!(history.actions.is_empty() && history.decisions.is_empty(), "opening acts on nobody");
    }
    let first = record.list_cluster_cases(ClusterStatus::Open, None, 1).await.unwrap();
    assert!(first.next.is_none() && first.cluster_cases[0].evidence.is_empty());
    record.open_cluster(&cluster(&["a", "d"]), &bob(), at(11)).await.unwrap();
    let first = record.list_cluster_cases(ClusterStatus::Open, None, 1).await.unwrap();
    let rest = record.list_cluster_cases(ClusterStatus::Open, first.next.as_deref(), 9).await.unwrap();
    assert_eq!((rest.cluster_cases.len(), rest.cluster_cases[0].opened_by.clone()), (1, bob()));
    let wrong = record.list_cluster_cases(ClusterStatus::Open, Some("x"), 1).await;
    assert_eq!(refusal(wrong), Refusal::CursorInvalid);
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn opening_the_same_cluster_again_changes_nothing<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let id = opened(&record, &["a", "b", "c"]).await;
    let before = (backend.count("audit").await, cases(&record, &id).await);
    let again = record.open_cluster(&cluster(&["c", "a", "b"]), &bob(), at(20)).await.unwrap();
    assert!(!again.is_new);
    assert_eq!((again.cluster_case.cluster_case_id, again.cluster_case.opened_by), (id.clone(), alice()));
    assert_eq!((backend.count("audit").await, cases(&record, &id).await), before);
    for account in ["a", "b", "c"] {
        judge(&record, account, DecisionKind::NoViolation, 30).await;
    }
    let anew = record.open_cluster(&cluster(&["a", "b", "c"]), &bob(), at(40)).await.unwrap();
    assert!(anew.is_new && anew.cluster_case.cluster_case_id != id, "it goes on: it is looked at again");
    assert_eq!(cases(&record, &anew.cluster_case.cluster_case_id).await.len(), 3);
    let one = record.open_cluster(&cluster(&["a"]), &bob(), at(41)).await;
    assert_eq!(refusal(one), Refusal::ClusterMembersInvalid { members: 1 });
}

pub(crate) async fn a_suspended_member_gets_no_case<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    crate::fixtures::suspended(&record).await;
    let id = opened(&record, &["a", "b"]).await;
    let file = record.fetch_cluster_case(&id).await.unwrap().unwrap();
    let told: Vec<_> = file.members.iter().map(|one| (one.standing, one.case.is_some())).collect();
    assert_eq!(told, [(Standing::Suspended, false), (Standing::Unjudged, true)]);
    commit(&record, vec![report("c", Source::User, 11)], 11).await;
    judge(&record, "c", DecisionKind::Suspend, 12).await;
    let none = record.open_cluster(&cluster(&["a", "c"]), &alice(), at(13)).await;
    assert_eq!(refusal(none), Refusal::ClusterSettled);
    assert_eq!(backend.count("cluster_cases").await, 1);
}

pub(crate) async fn a_cluster_is_claimed_under_one_lease_that_names_what_others_hold<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let id = opened(&record, &["a", "b", "c"]).await;
    let [first, second, third] = cases(&record, &id).await.try_into().unwrap();
    record.claim(&first.case_id, &bob(), at(11)).await.unwrap();
    record.claim(&second.case_id, &alice(), at(11)).await.unwrap();
    let lease = record.claim_cluster(&id, &alice(), at(12)).await.unwrap();
    assert_eq!(lease.claimed, [second.case_id.clone(), third.case_id.clone()]);
    assert_eq!(lease.held, [(first.case_id.clone(), bob())]);
    assert_eq!(lease.claim.expires_at, at(12 + limits::CLAIM_SECONDS));
    let under: Vec<Case> = cases(&record, &id).await.split_off(1);
    assert!(under.iter().all(|case| case.claim.as_ref() == Some(&lease.claim)), "one lease on both");
    assert!(record.claim_next(None, &bob(), at(13)).await.unwrap().is_none());

    let longer = record.claim_cluster(&id, &alice(), at(60)).await.unwrap();
    assert_eq!(longer.claim.claim_id, lease.claim.claim_id);
    assert_eq!(longer.claim.expires_at, at(60 + limits::CLAIM_SECONDS));
    record
        .release(
            &first.case_id,
            &cases(&record, &id).await[0].claim.clone().unwrap().claim_id,
            &bob(),
            at(61),
        )
        .await
        .unwrap();
    assert_eq!(record.claim_cluster(&id, &alice(), at(62)).await.unwrap().claimed.len(), 3);
    assert!(matches!(refusal(record.claim_cluster(&id, &bob(), at(63)).await), Refusal::CaseClaimed { .. }));
    let lapsed = at(62 + limits::CLAIM_SECONDS);
    let taken = record.claim_cluster(&id, &bob(), lapsed).await.unwrap();
    assert!(taken.claimed.len() == 3 && taken.claim.claim_id != lease.claim.claim_id);
    let late = decisions(&under, &alice(), DecisionKind::Suspend);
    assert!(matches!(refusal(record.decide_members(&id, late, lapsed).await), Refusal::ClaimLost { .. }));
    let unknown = record.claim_cluster(&"nosuch".into(), &bob(), lapsed).await;
    assert!(matches!(refusal(unknown), Refusal::ClusterCaseUnknown { .. }));
    assert!(record.fetch_cluster_case(&"nosuch".into()).await.unwrap().is_none());
}

pub(crate) async fn members_are_decided_at_once_each_by_a_decision_of_its_own<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let id = opened(&record, &["a", "b", "c"]).await;
    record.claim_cluster(&id, &alice(), at(11)).await.unwrap();
    let members = cases(&record, &id).await;
    let two = decisions(&members[..2], &alice(), DecisionKind::Suspend);

    let mut one_bad = two.clone();
    one_bad[1].rationale = " ".into();
    let refused = record.decide_members(&id, one_bad, at(12)).await;
    assert_eq!(refusal(refused), Refusal::ReasonInvalid { chars: 0 });
    let twice = vec![two[0].clone(), two[0].clone()];
    for wrong in [twice, Vec::new()] {
        let refused = record.decide_members(&id, wrong, at(12)).await;
        assert!(matches!(refusal(refused), Refusal::ClusterDecisionsInvalid { .. }));
    }
    let other = vec![NewDecision { case_id: "other".into(), ..two[0].clone() }];
    let refused = record.decide_members(&id, other, at(12)).await;
    assert!(matches!(refusal(refused), Refusal::ClusterMemberUnknown { .. }));
    let counts = (backend.count("decisions").await, backend.count("actions").await);
    assert_eq!(counts, (0, 0), "all or none");

    let made = record.decide_members(&id, two.clone(), at(13)).await.unwrap();
    assert_eq!(made.len(), 2);
    for ((decision, actions), account) in made.iter().zip(["a", "b"]) {
        assert_eq!((decision.account_id.as_str(), decision.kind), (account, DecisionKind::Suspend));
        assert_eq!((decision.evidence.clone(), decision.policy.version.0), (evidence(), 1));
        assert_eq!(actions.len(), 1);
        let found = record.fetch_decision(&decision.decision_id).await.unwrap().unwrap();
        assert_eq!(found, *decision);
        let known = record.fetch_account(&account.into()).await.unwrap().unwrap();
        assert_eq!(known.standing, Standing::Suspended);
    }
    assert_ne!(made[0].0.decision_id, made[1].0.decision_id);
    assert_eq!(record.due(OutboxKind::Webhook, at(13), 10).await.unwrap().len(), 4);
    assert_eq!(record.due(OutboxKind::Journal, at(13), 10).await.unwrap().len(), 2);
    let third = record.fetch_account(&"c".into()).await.unwrap().unwrap();
    assert_eq!(third.standing, Standing::Unjudged, "the third is judged for itself");
    let again = record.decide_members(&id, two, at(14)).await;
    assert!(matches!(refusal(again), Refusal::CaseDecided { .. }));
    // Taken back like any other, one of them alone.
    record.overturn(&made[0].0.decision_id, &bob(), "it was satire", at(15)).await.unwrap();
    let standings = [("a", Standing::Cleared), ("b", Standing::Suspended)];
    for (account, standing) in standings {
        assert_eq!(record.fetch_account(&account.into()).await.unwrap().unwrap().standing, standing);
    }
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}

pub(crate) async fn a_cluster_case_closes_with_the_last_of_its_members<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    put_policy(&record).await;
    let id = opened(&record, &["a", "b", "c"]).await;
    let status = async || {
        let file = record.fetch_cluster_case(&id).await.unwrap().unwrap();
        (file.cluster_case.status, file.cluster_case.close_reason, file.cluster_case.closed_at)
    };
    judge(&record, "a", DecisionKind::NoViolation, 11).await;
    record.claim_cluster(&id, &alice(), at(12)).await.unwrap();
    let members = cases(&record, &id).await;
    let second = decisions(&members[1..2], &alice(), DecisionKind::Suspend);
    record.decide_members(&id, second, at(13)).await.unwrap();
    assert_eq!(status().await, (ClusterStatus::Open, None, None));
    commit(&record, vec![Effect::Erased { account_id: "c".into() }], 14).await;
    assert_eq!(status().await, (ClusterStatus::Closed, Some(ClusterCloseReason::Ended), Some(at(14))));
    let file = record.fetch_cluster_case(&id).await.unwrap().unwrap();
    assert_eq!(
        (file.audit[0].verb.as_str(), file.audit[0].actor.as_str()),
        ("cluster_case.closed", "pipeline")
    );
    let closed = record.claim_cluster(&id, &alice(), at(15)).await;
    assert!(matches!(refusal(closed), Refusal::ClusterCaseClosed { .. }));

    let other = opened(&record, &["d", "e"]).await;
    record.claim_cluster(&other, &alice(), at(16)).await.unwrap();
    let both = decisions(&cases(&record, &other).await, &alice(), DecisionKind::NoViolation);
    record.decide_members(&other, both, at(17)).await.unwrap();
    let file = record.fetch_cluster_case(&other).await.unwrap().unwrap();
    assert_eq!(file.cluster_case.close_reason, Some(ClusterCloseReason::Decided));
    let closed = record.list_cluster_cases(ClusterStatus::Closed, None, 9).await.unwrap();
    assert_eq!(closed.cluster_cases.len(), 2);
    // A later case on a member is none of the cluster's.
    commit(&record, vec![report("d", Source::Partner, 18)], 18).await;
    assert!(cases(&record, &other).await.iter().all(|case| case.status == CaseStatus::Decided));
    assert!(record.list_cluster_cases(ClusterStatus::Open, None, 9).await.unwrap().cluster_cases.is_empty());
}

pub(crate) async fn erasing_a_member_takes_the_shared_evidence_out<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let id = opened(&record, &["a", "b", "c"]).await;
    commit(&record, vec![Effect::Erased { account_id: "a".into() }], 11).await;
    let file = record.fetch_cluster_case(&id).await.unwrap().unwrap();
    assert!(file.cluster_case.evidence.is_empty());
    assert_eq!(file.cluster_case.status, ClusterStatus::Open, "two are still under review");
    let other = record.fetch_open_case(&AccountId::from("b")).await.unwrap().unwrap();
    let other = record.fetch_case(&other.case_id).await.unwrap().unwrap();
    assert_eq!(other.case.evidence, [shared()], "what stands in another's case is that one's");
}
