use super::*;
use crate::banks::NewBankEntry;
use cordon_model::bank::{Bank, RollOut, SignalKind};
use cordon_model::ids::{AccountId, DecisionId};
use proptest::prelude::*;

const KEY: HashKey = HashKey::from_bytes([5; 16]);
const DAY: i64 = 86_400;
const START: i64 = 1_454_630_400;

/// A platform in a few lines: every call is one entry, a minute after the last.
pub(crate) struct Platform {
    pub(crate) detection: Detection,
    offset: u64,
    pub(crate) now: Timestamp,
}

impl Platform {
    pub(crate) fn new() -> Self {
        Self::under(LinkSettings::bundled())
    }

    pub(crate) fn under(settings: LinkSettings) -> Self {
        let detection = Detection::new(settings, KEY);
        Self { detection, offset: 0, now: Timestamp::from_seconds(START) }
    }

    pub(crate) fn send(&mut self, kind: &str, body: &str) -> Vec<Finding> {
        self.send_late(kind, body, 0)
    }

    fn send_late(&mut self, kind: &str, body: &str, late_seconds: i64) -> Vec<Finding> {
        self.offset += 1;
        self.now = self.now.plus_seconds(60);
        let time = self.now.plus_seconds(-late_seconds);
        let line = format!(r#"{{"id":"e{}","type":"{kind}","time":"{time}",{body}}}"#, self.offset);
        let event = Event::read(line.as_bytes(), self.now).unwrap();
        let observed = Observation::of(self.detection.settings(), &KEY, &event).unwrap();
        self.detection.observe(Offset(self.offset), self.now, &observed)
    }

    pub(crate) fn log_in(&mut self, account: &str, ip: &str, device: &str) -> Vec<Finding> {
        let body = format!(r#""account":{{"id":"{account}"}},"session":{{"ip":"{ip}","device":"{device}"}}"#);
        self.send("account.logged_in", &body)
    }

    fn tick_after_days(&mut self, days: i64) -> Vec<Finding> {
        self.now = self.now.plus_seconds(days * DAY);
        self.detection.control(Offset(0), self.now, &Control::Tick)
    }

    pub(crate) fn decide(&mut self, decision: &str, account: &str, outcome: Outcome) {
        let judged = JudgedAccounts {
            decision_id: DecisionId::from(decision),
            account_ids: vec![AccountId::from(account)],
            outcome,
            seen: vec![("device".to_owned(), 1)],
            weight: None,
        };
        self.detection.control(Offset(0), self.now, &Control::DecisionMade(judged));
    }

    pub(crate) fn crowd(&mut self) {
        for n in 0..1_500 {
            self.log_in(
                &format!("ordinary{n}"),
                &format!("10.{}.{}.7", n / 200, n % 200),
                &format!("own-{n}"),
            );
        }
    }
}

pub(crate) fn returned(findings: &[Finding]) -> Option<&Return> {
    findings.iter().find_map(|finding| match finding {
        Finding::Return(found) => Some(found),
        _ => None,
    })
}

#[test]
fn a_young_account_on_a_suspended_accounts_device_and_network_is_a_return() {
    let mut platform = Platform::new();
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    platform.decide("d1", "first", Outcome::Suspended);
    let findings = platform.log_in("second", "192.0.2.77", "device-x");
    let found = returned(&findings).expect("a return");
    assert_eq!(found.earlier[0].0, platform.detection.account("first").unwrap());
    assert!(found.earlier[0].1 > 15.0, "{} bits", found.earlier[0].1);
    assert_eq!(returned(&platform.log_in("second", "192.0.2.77", "device-x")), None, "proposed once");
}

#[test]
fn after_the_suspension_is_overturned_nobody_is_its_return() {
    let mut platform = Platform::new();
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    let before = platform.detection.snapshot(1).unwrap();
    platform.decide("d1", "first", Outcome::Suspended);
    let overturned = Control::DecisionOverturned { decision_id: DecisionId::from("d1") };
    platform.detection.control(Offset(0), platform.now, &overturned);
    assert_eq!(platform.detection.snapshot(1).unwrap(), before, "state is what it was, to the byte");
    assert_eq!(returned(&platform.log_in("second", "192.0.2.77", "device-x")), None);
}

#[test]
fn a_late_event_is_no_return() {
    let mut platform = Platform::new();
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    platform.decide("d1", "first", Outcome::Suspended);
    let body = r#""account":{"id":"second"},"session":{"ip":"192.0.2.9","device":"device-x"}"#;
    assert_eq!(returned(&platform.send_late("account.logged_in", body, 2 * DAY)), None);
}

#[test]
fn a_crowded_address_makes_nobody_a_return() {
    let mut platform = Platform::new();
    platform.crowd();
    for n in 0..300 {
        platform.log_in(&format!("campus{n}"), "198.51.100.1", &format!("laptop-{n}"));
    }
    platform.log_in("first", "198.51.100.1", "device-x");
    platform.decide("d1", "first", Outcome::Suspended);
    assert_eq!(returned(&platform.log_in("newcomer", "198.51.100.1", "device-y")), None);
}

#[test]
fn being_mentioned_followed_reposted_or_reported_by_a_suspended_account_links_nobody() {
    let mut platform = Platform::new();
    platform.crowd();
    platform.send("account.created", r#""account":{"id":"journalist"}"#);
    platform.log_in("violator", "192.0.2.9", "device-x");
    for _ in 0..50 {
        platform.send("post.created", r#""account":{"id":"violator"},"post":{"text":"look @journalist","mentions":["journalist"],"repost_of":"journalist/1"}"#);
        platform
            .send("follow.created", r#""account":{"id":"violator"},"follow":{"account_id":"journalist"}"#);
        platform.send(
            "report.created",
            r#""report":{"account_id":"journalist","reporter":{"id":"violator","kind":"user"}}"#,
        );
    }
    let journalist = platform.detection.account("journalist").unwrap();
    assert!(platform.detection.links().links(journalist).is_empty());
}

#[test]
fn a_deleted_account_leaves_no_link_and_a_suspended_one_keeps_its_own() {
    let mut platform = Platform::new();
    platform.log_in("ordinary", "192.0.2.1", "device-o");
    platform.log_in("violator", "192.0.2.2", "device-v");
    platform.decide("d1", "violator", Outcome::Suspended);
    for account in ["ordinary", "violator"] {
        platform.send("account.deleted", &format!(r#""account":{{"id":"{account}"}}"#));
    }
    let links =
        |account: &str| platform.detection.links().links(platform.detection.account(account).unwrap()).len();
    assert_eq!((links("ordinary"), links("violator")), (0, 3));
}

#[test]
fn erasure_takes_everything_that_links_the_account() {
    let mut platform = Platform::new();
    platform.log_in("violator", "192.0.2.2", "device-v");
    platform.decide("d1", "violator", Outcome::Suspended);
    let erased = Control::AccountErased { account_id: AccountId::from("violator") };
    platform.detection.control(Offset(0), platform.now, &erased);
    let number = platform.detection.account("violator").unwrap();
    assert!(platform.detection.links().links(number).is_empty());
    assert_eq!(platform.detection.links().entity_count(), 0);
    assert_eq!(platform.detection.links().account_facts(number).witness, Offset(0));
}

#[test]
fn links_go_when_their_keep_ends_and_suspended_accounts_keep_theirs_longer() {
    let mut platform = Platform::new();
    platform.log_in("ordinary", "192.0.2.1", "device-o");
    platform.log_in("violator", "192.0.2.2", "device-v");
    platform.decide("d1", "violator", Outcome::Suspended);
    let links = |platform: &Platform, account: &str| {
        platform.detection.links().links(platform.detection.account(account).unwrap()).len()
    };
    platform.tick_after_days(91);
    assert_eq!(
        (links(&platform, "ordinary"), links(&platform, "violator")),
        (1, 3),
        "network went, device stays"
    );
    platform.tick_after_days(90);
    assert_eq!((links(&platform, "ordinary"), links(&platform, "violator")), (0, 3));
    platform.tick_after_days(190);
    assert_eq!(links(&platform, "violator"), 0);
}

#[test]
fn a_report_on_an_unknown_account_waits_and_ends() {
    let mut platform = Platform::new();
    let report = r#""report":{"account_id":"later"}"#;
    assert_eq!(platform.send("report.created", report), [Finding::ReportOnUnknown]);
    let appeared = platform.log_in("later", "192.0.2.1", "d");
    assert!(matches!(appeared[..], [Finding::Appeared(_)]));
    platform.send("report.created", r#""report":{"account_id":"never"}"#);
    assert!(matches!(platform.tick_after_days(9)[..], [Finding::NeverAppeared(_)]));
}

#[test]
fn an_account_that_acts_again_after_its_deletion_is_a_candidate_once_more_and_an_erased_one_has_a_name() {
    let mut platform = Platform::new();
    for account in ["deleted", "erased"] {
        platform.log_in(account, "192.0.2.1", account);
    }
    platform.send("account.deleted", r#""account":{"id":"deleted"}"#);
    let erased = Control::AccountErased { account_id: AccountId::from("erased") };
    platform.detection.control(Offset(platform.offset), platform.now, &erased);
    let facts = |platform: &Platform, id: &str| {
        platform.detection.links().account_facts(platform.detection.account(id).unwrap())
    };
    assert!(facts(&platform, "deleted").is_gone && facts(&platform, "erased").is_gone);
    let body = |id: &str| format!(r#""account":{{"id":"{id}"}},"session":{{"device":"late"}}"#);
    platform.send_late("account.logged_in", &body("deleted"), 2 * DAY);
    assert!(facts(&platform, "deleted").is_gone, "what arrives late happened before the deletion");
    for account in ["deleted", "erased"] {
        platform.log_in(account, "192.0.2.1", account);
        let facts = facts(&platform, account);
        assert!(!facts.is_gone, "{account}");
        assert_eq!(facts.witness, Offset(platform.offset), "{account}: its id is read from the new entry");
    }
}

#[test]
fn of_imported_decisions_the_latest_holds_in_whatever_order_they_arrive() {
    let mut platform = Platform::new();
    platform.log_in("one", "192.0.2.1", "d");
    let decision = |outcome: &str| format!(r#""decision":{{"account_id":"one","outcome":"{outcome}"}}"#);
    platform.send_late("decision.imported", &decision("restored"), DAY);
    platform.send_late("decision.imported", &decision("suspended"), 30 * DAY);
    let standing =
        |platform: &Platform| platform.detection.standing(platform.detection.account("one").unwrap());
    assert_eq!(standing(&platform), Standing::Cleared);
    platform.decide("d1", "one", Outcome::Violating);
    platform.send_late("decision.imported", &decision("suspended"), 0);
    assert_eq!(standing(&platform), Standing::Violating, "a decision made here outranks history");
}

/// The table that the record's overturn is held to as well; where it says that an account is cleared because nothing
/// else stands, the index knows no judgement.
#[test]
fn overturning_a_decision_on_an_imported_account_leaves_what_the_platform_had_decided() {
    let cases = [
        (Some("cleared"), Outcome::Cleared, None, Standing::Cleared),
        (Some("suspended"), Outcome::Cleared, None, Standing::Suspended),
        (Some("suspended"), Outcome::Suspended, None, Standing::Suspended),
        (None, Outcome::Suspended, Some("suspended"), Standing::Unjudged),
        (None, Outcome::Cleared, Some("suspended"), Standing::Unjudged),
    ];
    for (before, outcome, meanwhile, left) in cases {
        let mut platform = Platform::new();
        platform.log_in("one", "192.0.2.1", "d");
        let import = |platform: &mut Platform, outcome: Option<&str>| {
            let body = outcome.map(|it| format!(r#""decision":{{"account_id":"one","outcome":"{it}"}}"#));
            body.map(|body| platform.send("decision.imported", &body))
        };
        import(&mut platform, before);
        platform.decide("d1", "one", outcome);
        import(&mut platform, meanwhile);
        let overturned = Control::DecisionOverturned { decision_id: DecisionId::from("d1") };
        platform.detection.control(Offset(0), platform.now, &overturned);
        let standing = platform.detection.standing(platform.detection.account("one").unwrap());
        assert_eq!(standing, left, "{before:?}, {outcome:?}, {meanwhile:?}");
    }
}

#[test]
fn events_are_reduced_without_signals_until_a_bank_has_an_entry_and_to_the_same_in_all_else() {
    let mut platform = Platform::new();
    let text = "a long enough text of several words that somebody may well post once more tomorrow";
    let line = format!(
        r#"{{"id":"p","type":"post.created","time":"2016-02-05T10:00:00Z","account":{{"id":"one"}},"post":{{"text":"{text}","urls":["https://shop.example/1"]}}}}"#
    );
    let event = Event::read(line.as_bytes(), platform.now).unwrap();
    let bare = platform.detection.reduce(&event).unwrap();
    let full = Observation::of(platform.detection.settings(), &KEY, &event).unwrap();
    assert!(bare.signals.is_empty() && !full.signals.is_empty());
    assert!(bare.extracted.near_text.is_some());
    assert_eq!(bare, Observation { signals: Signals::default(), ..full.clone() });
    put_in_bank(&mut platform, SignalKind::Text, text, RollOut::Live);
    assert_eq!(platform.detection.reduce(&event).unwrap(), full);
}

#[test]
fn an_imported_suspension_seeds_returns() {
    let mut platform = Platform::new();
    platform.crowd();
    platform.log_in("first", "192.0.2.9", "device-x");
    platform.send("decision.imported", r#""decision":{"account_id":"first","outcome":"suspended"}"#);
    assert!(returned(&platform.log_in("second", "192.0.2.77", "device-x")).is_some());
}

#[derive(Clone, Debug)]
enum Step {
    LogIn(u8, u8, u8),
    Post(u8, u8),
    Follow(u8, u8),
    Decide(u8, u8),
    Overturn(u8),
    Delete(u8),
    Erase(u8),
    Days(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..9, 0u8..5, 0u8..5).prop_map(|(a, i, d)| Step::LogIn(a, i, d)),
        4 => (0u8..9, 0u8..6).prop_map(|(a, t)| Step::Post(a, t)),
        2 => (0u8..9, 0u8..9).prop_map(|(a, b)| Step::Follow(a, b)),
        2 => (0u8..9, 0u8..3).prop_map(|(a, o)| Step::Decide(a, o)),
        1 => (0u8..9).prop_map(Step::Overturn),
        1 => (0u8..9).prop_map(Step::Delete),
        1 => (0u8..9).prop_map(Step::Erase),
        1 => (0u8..60).prop_map(Step::Days),
    ]
}

fn take(platform: &mut Platform, step: &Step) {
    const TEXTS: [&str; 3] = [
        "the grey herons gather at the old mill by the river tomorrow at dawn",
        "our bakery opens at seven with fresh rolls and the best coffee around",
        "night buses will not run this weekend because the bridge is closed",
    ];
    match step {
        Step::LogIn(account, ip, device) => {
            platform.log_in(&format!("a{account}"), &format!("192.0.{ip}.9"), &format!("d{device}"));
        }
        Step::Post(account, text) => {
            let (text, url) = (TEXTS[usize::from(text % 3)], text);
            platform.send("post.created", &format!(r#""account":{{"id":"a{account}"}},"post":{{"text":"{text}","urls":["https://x.example/{url}"]}}"#));
        }
        Step::Follow(account, other) => {
            platform.send(
                "follow.created",
                &format!(r#""account":{{"id":"a{account}"}},"follow":{{"account_id":"a{other}"}}"#),
            );
        }
        Step::Decide(account, outcome) => {
            let outcome = [Outcome::Cleared, Outcome::Violating, Outcome::Suspended][usize::from(*outcome)];
            platform.decide(&format!("d{account}"), &format!("a{account}"), outcome);
        }
        Step::Overturn(account) => {
            let decision_id = DecisionId::from(format!("d{account}"));
            platform.detection.control(Offset(0), platform.now, &Control::DecisionOverturned { decision_id });
        }
        Step::Delete(account) => {
            platform.send("account.deleted", &format!(r#""account":{{"id":"a{account}"}}"#));
        }
        Step::Erase(account) => {
            let account_id = AccountId::from(format!("a{account}"));
            platform.detection.control(Offset(0), platform.now, &Control::AccountErased { account_id });
        }
        Step::Days(days) => {
            platform.tick_after_days(i64::from(*days));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_restored_snapshot_goes_on_exactly_as_the_state_it_was_taken_of(
        before in prop::collection::vec(step(), 0..60),
        after in prop::collection::vec(step(), 0..60),
    ) {
        let mut lived = Platform::new();
        before.iter().for_each(|step| take(&mut lived, step));
        let bytes = lived.detection.snapshot(1).unwrap();
        let detection = Detection::restore(&bytes, LinkSettings::bundled(), 1, KEY).unwrap();
        let mut restored = Platform { detection, offset: lived.offset, now: lived.now };
        after.iter().for_each(|step| { take(&mut lived, step); take(&mut restored, step); });
        prop_assert_eq!(lived.detection.snapshot(1).unwrap(), restored.detection.snapshot(1).unwrap());
    }
}

#[test]
fn a_snapshot_of_other_settings_or_torn_bytes_is_refused() {
    let mut platform = Platform::new();
    platform.crowd();
    let bytes = platform.detection.snapshot(1).unwrap();
    let restore = |bytes: &[u8], name| Detection::restore(bytes, LinkSettings::bundled(), name, KEY);
    assert_eq!(restore(&bytes, 2).unwrap_err(), crate::SnapshotError::Foreign);
    assert_eq!(restore(&bytes[..bytes.len() - 3], 1).unwrap_err(), crate::SnapshotError::Broken);
}

fn put_in_bank(platform: &mut Platform, kind: SignalKind, value: &str, roll_out: RollOut) {
    let bank = Bank {
        bank_id: kind.bank_kind().name().into(),
        name: "known content".to_owned(),
        policy_id: "spam".into(),
        owner: "ana".to_owned(),
        kind: kind.bank_kind(),
        source: "own reviews".to_owned(),
    };
    let new = NewBankEntry {
        kind,
        value: value.to_owned(),
        source: None,
        expires_at: None,
        roll_out,
        disabled_until: None,
        note: None,
    };
    let entries = vec![platform.detection.banks().make_entry(&KEY, &bank, new, platform.now).unwrap()];
    let bank_id = bank.bank_id.clone();
    for control in [Control::BankPut(bank), Control::BankEntriesPut { bank_id, entries }] {
        platform.offset += 1;
        assert_eq!(platform.detection.control(Offset(platform.offset), platform.now, &control), []);
    }
}

const PICTURE: &str = "pdq:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
/// The same but for three bits.
const PICTURE_SAVED_AGAIN: &str = "pdq:f123456789abcdee0123456789abcdef0123456789abcdef0123456789abcdef";

fn picture_of(account: &str, hash: &str) -> String {
    format!(r#""account":{{"id":"{account}"}},"post":{{"media_hashes":["{hash}"]}}"#)
}

fn banked(findings: &[Finding]) -> usize {
    let matches = |finding: &Finding| match finding {
        Finding::Banked(_, matches) => matches.len(),
        _ => 0,
    };
    findings.iter().map(matches).sum()
}

#[test]
fn a_banked_picture_is_found_from_the_entry_on_once_an_account() {
    let mut platform = Platform::new();
    assert_eq!(banked(&platform.send("post.created", &picture_of("early", PICTURE))), 0);
    put_in_bank(&mut platform, SignalKind::Pdq, PICTURE, RollOut::Live);
    let again = picture_of("late", PICTURE_SAVED_AGAIN);
    assert_eq!(banked(&platform.send("post.created", &again)), 1);
    assert_eq!(banked(&platform.send("post.created", &again)), 0, "proposed already");
    let avatar = format!(r#""account":{{"id":"other","avatar_hash":"{PICTURE}"}}"#);
    assert_eq!(banked(&platform.send("account.updated", &avatar)), 1);
    let facts = platform.detection.banks().entries("media", 10);
    assert_eq!((facts[0].live.matches, facts[0].shadow.matches), (3, 0));
}

#[test]
fn a_shadow_entry_and_a_late_event_propose_nobody() {
    let mut platform = Platform::new();
    put_in_bank(&mut platform, SignalKind::Domain, "heron.example", RollOut::Shadow);
    put_in_bank(&mut platform, SignalKind::Domain, "mill.example", RollOut::Live);
    let post = |host: &str| format!(r#""account":{{"id":"a"}},"post":{{"urls":["https://{host}/x"]}}"#);
    assert_eq!(banked(&platform.send("post.created", &post("heron.example"))), 0);
    assert_eq!(banked(&platform.send_late("post.created", &post("mill.example"), 2 * DAY)), 0);
    assert_eq!(banked(&platform.send("post.created", &post("mill.example"))), 1);
    let entries = platform.detection.banks().entries("url", 10);
    let live: u32 = entries.iter().map(|entry| entry.live.matches).sum();
    let shadow: u32 = entries.iter().map(|entry| entry.shadow.matches).sum();
    assert_eq!((live, shadow), (1, 1));
}

#[test]
fn being_reported_or_mentioned_with_banked_content_matches_nothing() {
    let mut platform = Platform::new();
    let text = "gather at the old mill by the river tomorrow at dawn and bring lanterns";
    put_in_bank(&mut platform, SignalKind::Text, text, RollOut::Live);
    platform.log_in("journalist", "192.0.2.1", "own");
    let report = format!(
        r#""account":{{"id":"reporter"}},"report":{{"account_id":"journalist","text":"{text}"}},"post":{{"text":"{text}"}}"#
    );
    assert_eq!(banked(&platform.send("report.created", &report)), 0);
    let mention = format!(r#""account":{{"id":"a"}},"post":{{"text":"{text}","mentions":["journalist"]}}"#);
    let findings = platform.send("post.created", &mention);
    let actor = platform.detection.account("a").unwrap();
    assert!(matches!(findings[..], [Finding::Banked(account, _)] if account == actor));
}

#[test]
fn two_accounts_with_nearly_the_same_picture_share_a_group_and_innocents_with_others_do_not() {
    let mut platform = Platform::new();
    platform.send("post.created", &picture_of("one", PICTURE));
    platform.send("post.created", &picture_of("two", PICTURE_SAVED_AGAIN));
    let other = "pdq:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    platform.send("post.created", &picture_of("three", other));
    let kind = platform.detection.settings().link_number("near_media").unwrap();
    let groups = |platform: &Platform, account: &str| -> Vec<_> {
        let links = platform.detection.links();
        let account = platform.detection.account(account).unwrap();
        let entities = links.links(account).map(|link| link.entity);
        entities.filter(|entity| links.entity(*entity).kind == kind).collect()
    };
    assert_eq!(groups(&platform, "one").len(), 1);
    assert_eq!(groups(&platform, "one"), groups(&platform, "two"));
    assert_eq!(groups(&platform, "three"), []);
}

#[test]
fn banks_stand_in_a_snapshot_and_what_was_proposed_is_remembered() {
    let mut platform = Platform::new();
    put_in_bank(&mut platform, SignalKind::Pdq, PICTURE, RollOut::Live);
    platform.send("post.created", &picture_of("a", PICTURE));
    let bytes = platform.detection.snapshot(1).unwrap();
    let restored = Detection::restore(&bytes, LinkSettings::bundled(), 1, KEY).unwrap();
    assert_eq!(restored.snapshot(1).unwrap(), bytes);
    platform.detection = restored;
    assert_eq!(banked(&platform.send("post.created", &picture_of("a", PICTURE))), 0);
    assert_eq!(banked(&platform.send("post.created", &picture_of("b", PICTURE_SAVED_AGAIN))), 1);
    let erased = Control::AccountErased { account_id: AccountId::from("a") };
    platform.detection.control(Offset(99), platform.now, &erased);
    assert_eq!(banked(&platform.send("post.created", &picture_of("a", PICTURE))), 1);
}
