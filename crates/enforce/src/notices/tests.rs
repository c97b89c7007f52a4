use super::*;
use crate::change::Change;
use crate::decisions::hash_evidence;
use cordon_model::case::SourceSet;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use proptest::prelude::*;

fn settings() -> NoticeSettings {
    NoticeSettings { secret: "s".repeat(64), appeal_url: "/v1/appeals/".to_owned(), appeal_days: 183 }
}

fn policy() -> Policy {
    Policy {
        policy_id: "spam".into(),
        version: PolicyVersion(1),
        title: "Spam".into(),
        text: "You may not send {link} spam.".into(),
        severity: Severity::Low,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

fn decision(kind: DecisionKind, evidence: Vec<Evidence>) -> Decision {
    Decision {
        decision_id: "c1-d".into(),
        case_id: "c1".into(),
        account_id: "own".into(),
        kind,
        policy: policy().reference(),
        evidence_hash: hash_evidence(&evidence),
        evidence,
        rationale: "follows OTHER9 and OTHER8".into(),
        decided_by: "alice".into(),
        automation: Default::default(),
        decided_at: Timestamp::from_seconds(1_454_670_000),
        case_opened_at: Timestamp::from_seconds(1_454_670_000),
        sources: SourceSet::of(Source::Similar),
        weight: 3.0,
        ends_at: None,
        ended_at: None,
        overturn: None,
    }
}

#[test]
fn every_template_has_every_sentence_and_its_placeholders() {
    for language in Language::ALL {
        for phrase in Phrase::ALL {
            assert!(!language.phrase(phrase).is_empty(), "{language:?} {phrase:?}");
        }
        let redress = language.phrase(Phrase::InternalRedress);
        assert!(redress.contains("{until}") && redress.contains("{link}"), "{language:?}");
        for phrase in [Phrase::RestrictUntil, Phrase::SuspendUntil] {
            assert!(language.phrase(phrase).contains("{end}"), "{language:?}");
        }
        let ground = language.phrase(Phrase::Ground);
        assert!(
            ["{date}", "{policy}", "{policy_text}"].iter().all(|name| ground.contains(name)),
            "{language:?}"
        );
    }
}

#[test]
fn what_weighs_on_an_account_has_a_statement_and_nothing_else_has() {
    for kind in DecisionKind::ALL {
        let made = state(&decision(kind, Vec::new()), &policy(), &NoticeProfile::default(), &settings());
        let weighs = !matches!(kind, DecisionKind::NoViolation | DecisionKind::Restore);
        assert_eq!(made.is_some(), weighs, "{kind:?}");
    }
}

#[test]
fn a_time_is_told_with_its_last_day() {
    for (kind, code) in
        [(DecisionKind::Suspend, "en"), (DecisionKind::Restrict, "de"), (DecisionKind::Suspend, "ar")]
    {
        let decision = decision(kind, Vec::new());
        let ends_at = decision.decided_at.plus_seconds(30 * 86_400);
        let end_date: String = ends_at.to_string().chars().take(10).collect();
        let profile = NoticeProfile { language: Some(code.to_owned()), ..Default::default() };
        let decision = Decision { ends_at: Some(ends_at), ..decision };
        let (statement, row) = state(&decision, &policy(), &profile, &settings()).unwrap();
        assert_eq!(statement.end_date.as_deref(), Some(end_date.as_str()));
        let body: NoticeBody = serde_json::from_str(&row.unwrap().payload).unwrap();
        let first = body.text.lines().next().unwrap();
        assert!(first.contains(&end_date), "{first}");
    }
}

#[test]
fn a_language_without_template_falls_back_to_english_and_says_so() {
    let profile = |code: &str| NoticeProfile { language: Some(code.to_owned()), ..Default::default() };
    let made =
        |code| state(&decision(DecisionKind::Suspend, Vec::new()), &policy(), &profile(code), &settings());
    let (german, _) = made("de").unwrap();
    assert_eq!((german.language.as_str(), german.is_language_fallback), ("de", false));
    let (other, row) = made("sv").unwrap();
    assert_eq!((other.language.as_str(), other.is_language_fallback), ("en", true));
    let body: NoticeBody = serde_json::from_str(&row.unwrap().payload).unwrap();
    assert!(body.text.contains("suspended") && body.is_language_fallback);
    assert!(body.text.contains("send {link} spam"), "a policy's own text is no template: {}", body.text);
}

#[test]
fn a_gagged_notice_leaves_when_the_gag_ends_and_the_time_to_appeal_begins_then() {
    let decision = decision(DecisionKind::Suspend, Vec::new());
    let ends_at = decision.decided_at.plus_seconds(1_000);
    let withheld = Some(Withheld::Gag { basis: "a law".into(), authority: "a court".into(), ends_at });
    let profile = NoticeProfile { withheld, ..Default::default() };
    let (statement, row) = state(&decision, &policy(), &profile, &settings()).unwrap();
    assert!(row.is_none() && statement.notified_at.is_none() && statement.withheld.is_some());
    assert_eq!(follow(statement.clone(), &profile, &settings(), ends_at.plus_seconds(-1)), []);
    let changes = follow(statement, &profile, &settings(), ends_at);
    let [Change::StatementMade(released), Change::Queued(row)] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!(released.appeal_until, ends_at.plus_seconds(183 * 86_400));
    assert!(!row.payload.contains("a court"));
    assert_eq!(follow(released.clone(), &profile, &settings(), ends_at), []);
}

#[test]
fn a_notice_without_contact_leaves_once_there_is_one_and_a_longer_gag_keeps_it() {
    let profile = NoticeProfile { withheld: Some(Withheld::NoContact), ..Default::default() };
    let (statement, _) =
        state(&decision(DecisionKind::Warn, Vec::new()), &policy(), &profile, &settings()).unwrap();
    let now = Timestamp::from_seconds(2_000_000_000);
    assert_eq!(follow(statement.clone(), &profile, &settings(), now), []);
    let ends_at = now.plus_seconds(1);
    let gag = Some(Withheld::Gag { basis: "a law".into(), authority: "a court".into(), ends_at });
    let gagged = NoticeProfile { withheld: gag, ..Default::default() };
    assert!(matches!(&follow(statement.clone(), &gagged, &settings(), now)[..], [Change::StatementMade(_)]));
    assert_eq!(follow(statement, &NoticeProfile::default(), &settings(), now).len(), 2);
}

#[test]
fn a_gag_names_basis_and_authority() {
    let gag = |basis: &str| {
        let ends_at = Timestamp(0);
        let withheld = Some(Withheld::Gag { basis: basis.into(), authority: "a court".into(), ends_at });
        check_profile(&NoticeProfile { withheld, ..Default::default() })
    };
    assert!(gag("a law").is_ok() && gag(" ").is_err());
    assert!(check_profile(&NoticeProfile { language: Some("German".into()), ..Default::default() }).is_err());
}

#[test]
fn limits_of_the_database_hold_for_the_longest_policy() {
    let long = Policy { title: "t".repeat(9_000), text: "é".repeat(9_000), ..policy() };
    let (statement, _) =
        state(&decision(DecisionKind::Suspend, Vec::new()), &long, &NoticeProfile::default(), &settings())
            .unwrap();
    assert_eq!((statement.ground.chars().count(), statement.explanation.chars().count()), (500, 2_000));
    assert!(statement.facts.chars().count() <= 5_000 && statement.puid.len() <= 500);
    assert!(statement.puid.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    let json = serde_json::to_value(&statement).unwrap();
    assert_eq!(json.get("restriction").unwrap(), "DECISION_ACCOUNT_SUSPENDED");
    assert_eq!(json.get("source_type").unwrap(), "SOURCE_VOLUNTARY");
    assert_eq!(statement.application_date, "2016-02-05");
}

proptest! {
    #[test]
    fn no_statement_names_anybody_of_the_evidence(numbers in prop::collection::vec(0u32..1_000, 1..20)) {
        let rows = numbers.iter().map(|number| Evidence {
            group: EvidenceGroup::Social,
            entity_type: format!("OTHER{number}"),
            entity: Some(format!("OTHER{number}")),
            terms: vec![(format!("OTHER{number}"), 1.0)],
            weight: 1.0,
            levels: Vec::new(),
            text: format!("follows OTHER{number}"),
        });
        let decision = decision(DecisionKind::Suspend, rows.collect());
        let (statement, row) = state(&decision, &policy(), &NoticeProfile::default(), &settings()).unwrap();
        let told = serde_json::to_string(&statement).unwrap() + &row.unwrap().payload;
        prop_assert!(!told.contains("OTHER") && !told.contains("alice"));
        prop_assert!(told.contains("own"));
    }

    #[test]
    fn a_token_opens_its_own_decision_and_account_until_it_expires(decision_id in ".{1,40}", flip in any::<prop::sample::Index>()) {
        let (settings, expires_at) = (settings(), Timestamp::from_seconds(1_000));
        let text = sign(&settings, &decision_id.as_str().into(), &"own".into(), expires_at);
        let token = AppealToken::parse(&text).unwrap();
        let before = Timestamp::from_seconds(999);
        prop_assert_eq!(token.decision_id.as_str(), decision_id.as_str());
        prop_assert!(verify(&settings, &token, &"own".into(), before));
        prop_assert!(!verify(&settings, &token, &"other".into(), before));
        prop_assert!(!verify(&settings, &token, &"own".into(), expires_at));
        let mut bytes = text.into_bytes();
        let at = flip.index(bytes.len());
        bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
        let forged = AppealToken::parse(std::str::from_utf8(&bytes).unwrap());
        prop_assert!(!forged.is_some_and(|forged| verify(&settings, &forged, &"own".into(), before)));
    }
}
