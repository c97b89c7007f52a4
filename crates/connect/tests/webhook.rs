//! Webhooks from a real record to a real server on the loopback that fails, hangs and recovers.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test crate")]

use cordon_connect::webhook::{
    Delivered, Endpoint, HttpLimits, HttpTransport, Request, Signature, Transport, TransportError,
    WebhookSecret, deliver_due,
};
use cordon_enforce::outbox::{OutboxKind, WebhookBody};
use cordon_enforce::ports::{CaseDesk, NoticeDesk, Outbox, PipelineRecord, Policies};
use cordon_model::clock::Timestamp;
use cordon_model::decision::{DecisionKind, NewDecision};
use cordon_model::effect::Effect;
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{EffectId, Offset};
use cordon_model::limits;
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_model::report::Report;
use cordon_model::statement::{NoticeProfile, Withheld};
use cordon_store::{Record, RecordOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_seconds(1_454_670_000);

/// What the server does with a request.
#[derive(Clone, Copy)]
enum Mood {
    Answer(u16),
    Hang,
    HangUp,
    Redirect,
    Endless,
}

/// A request as the server got it.
#[derive(Clone, Debug)]
struct Got {
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let header = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        header.map_or("", |(_, value)| value)
    }
}

struct Platform {
    url: String,
    mood: Arc<Mutex<Mood>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Platform {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (mood, got) = (Arc::new(Mutex::new(mood)), Arc::new(Mutex::new(Vec::new())));
        let (moods, gots) = (mood.clone(), got.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (moods, gots) = (moods.clone(), gots.clone());
                std::thread::spawn(move || serve(stream, &moods, &gots));
            }
        });
        Self { url, mood, got }
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, mood: &Mutex<Mood>, got: &Mutex<Vec<Got>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while let Some(request) = read_request(&mut reader) {
        got.lock().unwrap().push(request);
        let now = *mood.lock().unwrap();
        if answer(&stream, now).is_err() {
            return;
        }
    }
}

fn answer(mut stream: &TcpStream, mood: Mood) -> std::io::Result<()> {
    match mood {
        Mood::Answer(status) => write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: 2\r\n\r\nok"),
        Mood::Redirect => {
            write!(stream, "HTTP/1.1 302 x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        }
        Mood::Hang => {
            std::thread::sleep(Duration::from_secs(5));
            Err(std::io::ErrorKind::TimedOut.into())
        }
        Mood::HangUp => Err(std::io::ErrorKind::ConnectionReset.into()),
        Mood::Endless => {
            write!(stream, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            loop {
                write!(stream, "1000\r\n{}\r\n", "x".repeat(4_096))?;
            }
        }
    }
}

fn read_request(reader: &mut impl BufRead) -> Option<Got> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let headers: Vec<_> = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut got = Got { headers, body: String::new() };
    let length = got.header("content-length").parse().ok()?;
    reader.take(length).read_to_string(&mut got.body).ok()?;
    Some(got)
}

fn secret() -> WebhookSecret {
    WebhookSecret::new("a secret of 26 bytes, long").unwrap()
}

fn transport() -> Arc<dyn Transport> {
    let exchange = Duration::from_millis(300);
    Arc::new(HttpTransport::new(HttpLimits { exchange, ..HttpLimits::default() }))
}

/// A record in which `count` accounts have just been suspended.
async fn suspended(count: u64) -> (TempDir, Record) {
    let folder = tempfile::tempdir().unwrap();
    let record = Record::open(&folder.path().join("record.db"), RecordOptions::default()).await.unwrap();
    let policy = Policy {
        policy_id: "terrorism".into(),
        version: PolicyVersion(1),
        title: String::new(),
        text: String::new(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    };
    record.put_policy(&policy, &"admin".into(), NOW).await.unwrap();
    let effects = (1..=count).map(|number| (EffectId { offset: Offset(number), ordinal: 0 }, report(number)));
    record.commit(Offset(0), Offset(count), effects.collect(), NOW).await.unwrap();
    // Nobody to tell: what leaves is the action alone.
    let unknown = NoticeProfile { withheld: Some(Withheld::NoContact), ..NoticeProfile::default() };
    for number in 1..=count {
        let account_id = format!("account{number}").as_str().into();
        record.put_notice_profile(&account_id, &unknown, &"admin".into(), NOW).await.unwrap();
    }
    while let Some(case) = record.claim_next(None, &"alice".into(), NOW).await.unwrap() {
        let evidence = Evidence {
            group: EvidenceGroup::Content,
            entity_type: "report".into(),
            entity: None,
            terms: Vec::new(),
            weight: 0.0,
            levels: Vec::new(),
            text: "the reported post".into(),
        };
        let new = NewDecision {
            case_id: case.case_id,
            claim_id: case.claim.unwrap().claim_id,
            decided_by: "alice".into(),
            decided_as: cordon_model::operator::Role::Reviewer,
            kind: DecisionKind::Suspend,
            policy: policy.reference(),
            evidence: vec![evidence],
            rationale: "praises an attack".into(),
            automation: Default::default(),
            label: None,
            days: None,
        };
        record.decide(new, NOW).await.unwrap();
    }
    (folder, record)
}

fn report(number: u64) -> Effect {
    Effect::Report(Report {
        entry_id: format!("e{number}").as_str().into(),
        account_id: format!("account{number}").as_str().into(),
        item_id: None,
        policy_id: None,
        text: None,
        reporter_id: None,
        source: Source::User,
        received_at: NOW,
        is_subject_known: true,
    })
}

async fn pass(record: &Record, platform: &Platform, now: Timestamp) -> Delivered {
    let endpoint = Endpoint::new(&platform.url, secret()).unwrap();
    deliver_due(record, &endpoint, &transport(), &mut || 0.0, now).await.unwrap()
}

#[tokio::test]
async fn an_action_arrives_signed_with_its_key_and_body() {
    let (_folder, record) = suspended(1).await;
    let platform = Platform::start(Mood::Answer(204));
    let delivered = pass(&record, &platform, NOW.plus_seconds(1)).await;
    assert_eq!(delivered, Delivered { done: 1, ..Delivered::default() });
    let got = platform.got().remove(0);
    let signature = Signature::parse(got.header("Cordon-Signature")).unwrap();
    let seconds = NOW.seconds() + 1;
    assert_eq!(signature.verify(&secret(), got.body.as_bytes(), seconds, 0), Ok(()));
    let body: WebhookBody = serde_json::from_str(&got.body).unwrap();
    assert_eq!((body.kind.as_str(), body.account_id.as_str()), ("action.suspend", "account1"));
    assert_eq!((got.header("Idempotency-Key"), got.header("Content-Type")), (&*body.id, "application/json"));
    assert_eq!(body.decided_at, NOW.to_string());
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(2)).await, Delivered::default());
}

#[tokio::test]
async fn a_platform_that_fails_and_hangs_gets_the_same_key_again_until_it_recovers() {
    let (_folder, record) = suspended(1).await;
    let platform = Platform::start(Mood::Answer(503));
    let failed = Delivered { failed: 1, is_platform_down: true, ..Delivered::default() };
    assert_eq!(pass(&record, &platform, NOW).await, failed);
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(4)).await, Delivered::default(), "not due yet");
    platform.set(Mood::Hang);
    let begun = Instant::now();
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(5)).await, failed);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    platform.set(Mood::HangUp);
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(15)).await, failed);
    platform.set(Mood::Redirect);
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(35)).await, failed);
    platform.set(Mood::Answer(200));
    let delivered = pass(&record, &platform, NOW.plus_seconds(75)).await;
    assert_eq!((delivered.done, delivered.is_platform_down), (1, false));
    let got = platform.got();
    assert!(got.iter().all(|got| got.header("Idempotency-Key") == got_key(&got.body)));
    assert!(got.iter().all(|one| one.body == got[0].body), "the same body each time");
    let times: Vec<_> =
        got.iter().map(|got| got.header("Cordon-Signature").split_once(',').unwrap().0).collect();
    assert!(times.is_sorted() && times[0] != times[times.len() - 1], "signed anew: {times:?}");
}

fn got_key(body: &str) -> String {
    serde_json::from_str::<WebhookBody>(body).unwrap().id
}

#[tokio::test]
async fn a_row_that_is_never_taken_becomes_a_dead_letter_and_is_delivered_when_replayed() {
    let (_folder, record) = suspended(1).await;
    let platform = Platform::start(Mood::Answer(400));
    let mut now = NOW;
    for _ in 1..limits::DELIVERY_ATTEMPTS_MAX {
        assert_eq!(pass(&record, &platform, now).await.failed, 1);
        now = now.plus_seconds(3_601);
    }
    assert_eq!(pass(&record, &platform, now).await.dead, 1);
    let dead = record.dead(OutboxKind::Webhook, 0).await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_deref()), (1, Some("status 400")));
    platform.set(Mood::Answer(200));
    assert_eq!(pass(&record, &platform, now.plus_seconds(3_601)).await, Delivered::default());
    record.replay_dead(&dead[0].key, now).await.unwrap();
    assert_eq!(pass(&record, &platform, now).await.done, 1);
}

#[tokio::test]
async fn an_outage_costs_the_rows_behind_no_attempts() {
    let (_folder, record) = suspended(100).await;
    let platform = Platform::start(Mood::Answer(500));
    let down = pass(&record, &platform, NOW).await;
    assert!(down.is_platform_down && down.failed <= 8, "{down:?}");
    platform.set(Mood::Answer(200));
    assert_eq!(pass(&record, &platform, NOW.plus_seconds(60)).await.done, 100);
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let platform = Platform::start(Mood::Endless);
    let request = Request { url: platform.url.clone(), headers: Vec::new(), body: "{}".into() };
    let begun = Instant::now();
    assert_eq!(transport().send(request).await, Ok(200));
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn nobody_listening_is_a_failed_connection() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let request = Request { url: format!("http://{free}/"), headers: Vec::new(), body: "{}".into() };
    assert_eq!(transport().send(request).await, Err(TransportError::ConnectionFailed));
}
