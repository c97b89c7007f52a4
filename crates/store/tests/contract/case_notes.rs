//! Notes on cases, handing a case to somebody, and asking a lead.

use crate::case_desk::refusal;
use crate::fixtures::{alice, at, bob, commit, report};
use crate::{Backend, Ports};
use cordon_enforce::Refusal;
use cordon_enforce::ports::{AuditLog, CaseDesk};
use cordon_model::case::Case;
use cordon_model::case_note::NoteKind;
use cordon_model::effect::Effect;
use cordon_model::entity::Source;
use cordon_model::ids::{ClaimId, OperatorId};
use cordon_model::limits;
use cordon_model::operator::{Operator, Role};

async fn put_operator<R: Ports>(record: &R, operator_id: OperatorId, role: Role) {
    let display_name = operator_id.to_string();
    let operator = Operator { operator_id, display_name, role, is_disabled: false };
    record.put_operator(&operator, &"admin".into(), at(0)).await.unwrap();
}

/// A case that alice holds, and the lease.
async fn held<R: Ports>(record: &R) -> (Case, ClaimId) {
    put_operator(record, bob(), Role::Reviewer).await;
    put_operator(record, "vera".into(), Role::Viewer).await;
    commit(record, vec![report("a", Source::User, 1)], 1).await;
    let case = record.claim_next(None, &alice(), at(2)).await.unwrap().unwrap();
    let claim_id = case.claim.clone().unwrap().claim_id;
    (case, claim_id)
}

pub(crate) async fn a_note_mentions_operators_and_goes_with_the_accounts_data<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (case, _) = held(&record).await;
    let text = "@bob and @nobody, the posts look alike; @bob knows the campaign";
    let note = record.add_note(&case.case_id, text, &alice(), at(3)).await.unwrap();
    assert_eq!((note.number, note.kind, &note.mentions), (1, NoteKind::Note, &vec![bob()]));
    let second = record.add_note(&case.case_id, " yes ", &bob(), at(4)).await.unwrap();
    assert_eq!((second.number, second.text.as_str(), &second.author), (2, "yes", &bob()));
    let file = record.fetch_case(&case.case_id).await.unwrap().unwrap();
    assert_eq!(file.notes, [note.clone(), second]);
    assert_eq!(file.case.version, case.version, "a note changes no case");
    assert_eq!(record.list_mentions(&bob()).await.unwrap(), [note]);
    assert_eq!(record.list_mentions(&alice()).await.unwrap(), []);

    let empty = record.add_note(&case.case_id, "  ", &alice(), at(5)).await;
    assert!(matches!(refusal(empty), Refusal::ReasonInvalid { .. }));
    let unknown = record.add_note(&"none".into(), "x", &alice(), at(5)).await;
    assert!(matches!(refusal(unknown), Refusal::CaseUnknown { .. }));
    for number in 2..limits::CASE_NOTES_MAX {
        record.add_note(&case.case_id, &number.to_string(), &alice(), at(6)).await.unwrap();
    }
    let beyond = record.add_note(&case.case_id, "one more", &alice(), at(7)).await;
    assert!(matches!(refusal(beyond), Refusal::NotesFull { .. }));

    let audit = record.list_audit(0, 999).await.unwrap();
    let noted = audit.iter().find(|row| row.verb == "case.noted").unwrap();
    assert!(!noted.details.contains("campaign"), "{}", noted.details);
    commit(&record, vec![Effect::Erased { account_id: "a".into() }], 8).await;
    let file = record.fetch_case(&case.case_id).await.unwrap().unwrap();
    assert!(file.notes.iter().all(|note| note.text.is_empty()) && file.notes.len() > 2);
}

pub(crate) async fn a_case_is_passed_on_or_put_before_a_lead_by_whoever_holds_it<B: Backend>() {
    let backend = B::create().await;
    let record = backend.open().await;
    let (case, claim_id) = held(&record).await;
    let case_id = &case.case_id;
    for unfit in ["nobody", "vera", "alice"] {
        let to: (&OperatorId, &str) = (&unfit.into(), "yours");
        let refused = record.pass_on((case_id, &claim_id), &alice(), to, at(3)).await;
        assert!(matches!(refusal(refused), Refusal::OperatorUnfit { .. }), "{unfit}");
    }
    let by_another = record.pass_on((case_id, &claim_id), &bob(), (&bob(), "mine"), at(3)).await;
    assert!(matches!(refusal(by_another), Refusal::ClaimLost { .. }));
    let passed = record.pass_on((case_id, &claim_id), &alice(), (&bob(), "yours"), at(4)).await.unwrap();
    let lease = passed.claim.clone().unwrap();
    assert_eq!((&lease.operator_id, lease.expires_at), (&bob(), at(4 + limits::CLAIM_SECONDS)));
    assert_eq!(passed.first_claimed_at, Some(at(2)), "somebody had looked at it before");
    assert_eq!(record.list_mentions(&bob()).await.unwrap()[0].kind, NoteKind::HandOver);
    let stale = record.heartbeat(case_id, &claim_id, &alice(), at(5)).await;
    assert!(matches!(refusal(stale), Refusal::ClaimLost { .. }));

    let open = async |queue: &str| {
        let queues = record.list_queues().await.unwrap();
        queues.into_iter().find(|length| length.queue_id.as_str() == queue).unwrap().open_count
    };
    let escalated =
        record.escalate((case_id, &lease.claim_id), &bob(), "too far-reaching", at(6)).await.unwrap();
    assert_eq!((escalated.queue_id.as_str(), escalated.rank), ("escalated", case.rank));
    assert_eq!((open("reports").await, open("escalated").await), (0, 1));
    assert!(record.claim_next(None, &alice(), at(7)).await.unwrap().is_none(), "it waits for a lead");
    commit(&record, vec![report("a", Source::Partner, 8)], 8).await;
    let file = record.fetch_case(case_id).await.unwrap().unwrap();
    assert_eq!(file.case.queue_id.as_str(), "escalated", "whatever else points at it");
    assert_eq!(
        file.notes.iter().map(|note| note.kind).collect::<Vec<_>>(),
        [NoteKind::HandOver, NoteKind::Escalation]
    );
    let lead = record.claim_next(Some(&"escalated".into()), &alice(), at(9)).await.unwrap().unwrap();
    assert_eq!(lead.case_id, *case_id);
    let verbs: Vec<_> = record.list_audit(0, 999).await.unwrap().into_iter().map(|row| row.verb).collect();
    for verb in ["case.handed_over", "case.escalated", "case.noted"] {
        assert!(verbs.iter().any(|known| known == verb), "{verb} is not in {verbs:?}");
    }
}
