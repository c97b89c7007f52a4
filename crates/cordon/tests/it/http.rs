//! `cordon serve`, from the outside: the whole road over HTTP, every status that scripts rely on, and its end.

mod appeals;
mod audit;
mod authorisation;
mod banks;
mod batches;
mod client;
mod clusters;
mod console;
mod full_disk;
#[cfg(feature = "postgres")]
mod moving;
mod notes;
#[cfg(feature = "postgres")]
mod postgres;
mod quality;
mod returns;
mod rules;
mod sanctions;
mod sign_in;
mod strikes;
mod templates;
mod verdicts;

use crate::support::{Folder, code};
use client::{Call, Platform, Server, until};
use cordon_enforce::ports::Policies;
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::policy::Policy;
use cordon_store::{Record, RecordOptions};
use serde_json::{Value, json};
use std::io::Write;
use std::time::{Duration, Instant};

/// One event of this moment.
fn event(id: &str, kind: &str, rest: Value) -> String {
    let mut event = json!({ "id": id, "type": kind, "time": SystemClock.now().to_string() });
    event.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    event.to_string() + "\n"
}

fn created(account: &str) -> String {
    event(&format!("created-{account}"), "account.created", json!({ "account": { "id": account } }))
}

fn many(prefix: &str, count: usize) -> String {
    (0..count).map(|number| created(&format!("{prefix}{number}"))).collect()
}

fn report_on(account: &str) -> Value {
    json!({
        "account_id": account, "policy": "violent-movements", "text": "they call to arms",
        "reporter": { "id": "carol", "kind": "user" },
    })
}

fn decision(claim_id: &Value) -> Value {
    json!({
        "claim_id": claim_id, "kind": "suspend", "policy_id": "violent-movements", "policy_version": 1,
        "rationale": "recruits for a violent movement",
    })
}

/// A server with an account, a report on it, and the tokens of everybody.
struct Scene {
    server: Server,
    platform: String,
    viewer: String,
    reviewer: String,
    lead: String,
    case_id: String,
}

impl Scene {
    fn set(arguments: &[&str]) -> Self {
        Self::set_on(Folder::new(), arguments)
    }

    fn set_on(folder: Folder, arguments: &[&str]) -> Self {
        let server = Server::start_on(folder, arguments);
        let [platform, viewer, reviewer, lead] =
            ["platform", "viewer", "reviewer", "lead"].map(|role| server.token(role));
        let taken = server.send(Call::events(created("mallory")).by(&platform)).expect(200);
        assert_eq!(
            taken,
            json!({ "accepted": 1, "duplicates": 0, "rejected": 0, "clamped": 0, "rejects": [] })
        );
        let receipt = server.post(&platform, "/v1/reports", &report_on("mallory")).expect(202);
        assert!(receipt["receipt"].as_str().unwrap().starts_with("report-"));
        let case_id = server.case_on(&viewer, "mallory")["case_id"].as_str().unwrap().to_owned();
        Self { server, platform, viewer, reviewer, lead, case_id }
    }

    fn path(&self, verb: &str) -> String {
        format!("/v1/cases/{}/{verb}", self.case_id)
    }

    fn claim(&self) -> Value {
        let case = self.server.post(&self.reviewer, &self.path("claim"), &Value::Null).expect(200);
        case["claim"]["claim_id"].clone()
    }

    fn decide(&self, body: &Value) -> client::Answer {
        self.server.post(&self.reviewer, &self.path("decision"), body)
    }
}

#[test]
fn a_report_becomes_a_case_a_decision_a_signed_webhook_and_is_taken_back() {
    let folder = Folder::new();
    let platform = Platform::listen(&folder);
    let scene = Scene::set_on(folder, &platform.arguments());
    let server = &scene.server;
    let claimed = server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).expect(200);
    assert_eq!(claimed["case_id"], scene.case_id);
    let claim_id = &claimed["claim"]["claim_id"];
    let named = json!({ "claim_id": claim_id });
    server.post(&scene.reviewer, &scene.path("heartbeat"), &named).expect(200);
    assert_eq!(server.post(&scene.reviewer, "/v1/cases/next/claim", &Value::Null).status, 204);

    let made = scene.decide(&decision(claim_id)).expect(201);
    assert_eq!(made["decision"]["evidence"][0]["entity_type"], "report");
    let suspended = platform.next();
    assert_eq!(
        (&suspended.body["type"], &suspended.body["account_id"]),
        (&json!("action.suspend"), &json!("mallory"))
    );
    assert_eq!(suspended.key, made["actions"][0]["action_id"]);
    let account = server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
    assert_eq!(account["account"]["standing"], "suspended");

    let path = format!("/v1/decisions/{}", made["decision"]["decision_id"].as_str().unwrap());
    let overturned = server
        .post(&scene.lead, &format!("{path}/overturn"), &json!({ "reason": "it was satire" }))
        .expect(200);
    assert_eq!(overturned["decision"]["overturn"]["overturned_by"], "the-lead");
    let restored = platform.next();
    assert_eq!(restored.body["type"], "action.restore");
    assert_eq!(restored.body["reverses"], suspended.body["id"]);
    let found = server.get(&scene.viewer, &path).expect(200);
    assert_eq!(found["actions"].as_array().unwrap().len(), 2);
    let account = server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
    assert_eq!(account["account"]["standing"], "cleared");

    let again = server.post(&scene.lead, &format!("{path}/overturn"), &json!({ "reason": "once more" }));
    again.refuses(409, "decision_overturned");

    // Both control entries reach the journal: the event, the report, two of the folder's own and these.
    server.signal("-TERM");
    let (folder, code) = scene.server.ended();
    assert_eq!(code, Some(0));
    let ids = folder.open().ids();
    assert_eq!(ids.iter().filter(|id| id.starts_with("decision:") || id.starts_with("overturn:")).count(), 2);
}

#[test]
fn a_missing_a_malformed_and_a_wrong_token_get_the_same_answer_in_the_same_time() {
    let server = Server::start();
    server.token("viewer");
    let headers = [
        None,
        Some("Bearer cordon_00".to_owned()),
        Some(format!("Bearer cordon_{}", "0".repeat(64))),
        Some("Basic eDp5".to_owned()),
    ];
    let ask = |header: &Option<String>| {
        let call = Call::get("/v1/queues");
        let begun = Instant::now();
        let answer = server.send(match header {
            Some(value) => call.header("Authorization", value.clone()),
            None => call,
        });
        answer.refuses(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        (answer.body, begun.elapsed())
    };
    // Of many tries the fastest: what else the machine does only ever adds.
    let mut fastest = vec![Duration::MAX; headers.len()];
    for _ in 0..60 {
        for (header, fastest) in headers.iter().zip(&mut fastest) {
            let (body, time) = ask(header);
            assert_eq!(body, ask(&None).0);
            *fastest = time.min(*fastest);
        }
    }
    let (least, most) = (fastest.iter().min().unwrap(), fastest.iter().max().unwrap());
    assert!(*most < *least * 2, "{fastest:?}");
}

#[test]
fn a_token_too_weak_is_told_so_and_a_revoked_one_opens_nothing() {
    let scene = Scene::set(&[]);
    let server = &scene.server;
    let forbidden: [(&str, Call<'_>); 8] = [
        (&scene.platform, Call::get("/v1/cases")),
        (&scene.platform, Call::get("/v1/accounts/mallory")),
        (&scene.viewer, Call::events(created("x"))),
        (&scene.reviewer, Call::post("/v1/reports", &report_on("mallory"))),
        (&scene.lead, Call::events(created("x"))),
        (&scene.viewer, Call::post("/v1/cases/next/claim", &Value::Null)),
        (&scene.viewer, Call::post("/v1/cases/x/decision", &decision(&json!("c")))),
        (&scene.reviewer, Call::post("/v1/decisions/x/overturn", &json!({ "reason": "no" }))),
    ];
    for (token, call) in forbidden {
        server.send(call.by(token)).refuses(403, "forbidden");
    }
    let admin = server.token("admin");
    server.send(Call::events(created("x")).by(&admin)).expect(200);
    server.get(&admin, "/v1/cases").expect(200);

    let listed = server.folder.json(["admin", "token", "list"]);
    assert!(!listed.to_string().contains("cordon_"), "a secret is listed");
    let of_viewer = listed.as_array().unwrap().iter().find(|token| token["role"] == "viewer").unwrap();
    server.folder.json(["admin", "token", "revoke", of_viewer["token_id"].as_str().unwrap()]);
    server.get(&scene.viewer, "/v1/queues").refuses(401, "unauthenticated");
    let other = server.folder.run(["admin", "token", "create", "--operator", "the-lead", "--role", "admin"]);
    assert_eq!(code(&other), 3, "a name has one role");
}

fn retire(folder: &Folder, policy_id: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let path = cordon_pipeline::DataFolder::at(folder.data()).record();
        let record = Record::open(&path, RecordOptions::default()).await.unwrap();
        let policy = record.fetch_current_policy(&policy_id.into()).await.unwrap().unwrap();
        let retired = Policy { is_retired: true, ..policy };
        record.put_policy(&retired, &"policy-team".into(), SystemClock.now()).await.unwrap();
    });
}

#[test]
fn an_unknown_or_retired_policy_is_refused() {
    let scene = Scene::set(&[]);
    let claim_id = scene.claim();
    for (field, value) in [("policy_id", json!("no-such")), ("policy_version", json!(7))] {
        let mut body = decision(&claim_id);
        body[field] = value;
        scene.decide(&body).refuses(422, "policy_unknown");
    }
    retire(&scene.server.folder, "spam");
    let mut body = decision(&claim_id);
    body["policy_id"] = json!("spam");
    scene.decide(&body).refuses(422, "policy_unknown");
    body = decision(&claim_id);
    body["rationale"] = json!(" ");
    scene.decide(&body).refuses(422, "reason_invalid");
    body = decision(&claim_id);
    body["evidence"] = json!([]);
    scene.decide(&body).refuses(422, "evidence_missing");
    body = decision(&claim_id);
    body["kind"] = json!("label");
    scene.decide(&body).refuses(422, "label_missing");
}

#[test]
fn a_stale_claim_is_refused() {
    let scene = Scene::set(&[]);
    let claim_id = scene.claim();
    scene.decide(&decision(&json!("another"))).refuses(409, "claim_lost");
    let named = json!({ "claim_id": claim_id });
    let lead = scene.server.post(&scene.lead, &scene.path("claim"), &Value::Null);
    lead.refuses(409, "case_claimed");
    assert_eq!(scene.server.post(&scene.reviewer, &scene.path("release"), &named).status, 204);
    scene.decide(&decision(&claim_id)).refuses(409, "claim_lost");
    scene.server.post(&scene.reviewer, &scene.path("heartbeat"), &named).refuses(409, "claim_lost");
}

#[test]
fn a_second_decision_is_refused() {
    let scene = Scene::set(&[]);
    let claim_id = scene.claim();
    scene.decide(&decision(&claim_id)).expect(201);
    scene.decide(&decision(&claim_id)).refuses(409, "case_decided");
    scene.server.post(&scene.lead, &scene.path("claim"), &Value::Null).refuses(409, "case_decided");
}

#[test]
fn what_is_not_there_or_not_understood_is_said_by_code() {
    let scene = Scene::set(&[]);
    let (server, viewer) = (&scene.server, scene.viewer.as_str());
    for path in ["/v1/cases/x", "/v1/decisions/x", "/v1/accounts/x", "/v1/accounts/x/similar", "/nowhere"] {
        server.get(viewer, path).refuses(404, "not_found");
    }
    server
        .post(&scene.lead, "/v1/decisions/x/overturn", &json!({ "reason": "no" }))
        .refuses(404, "not_found");
    server.post(&scene.reviewer, "/v1/cases/x/claim", &Value::Null).refuses(404, "not_found");
    server.post(&scene.reviewer, "/v1/cases/x/decision", &decision(&json!("c"))).refuses(404, "not_found");
    server.get(viewer, "/v1/events").refuses(405, "method_not_allowed");
    server.get(viewer, "/v1/cases?cursor=made-up").refuses(400, "cursor_invalid");
    for query in ["limit=0", "limit=501", "limit=x", "status=lost", "colour=red"] {
        server.get(viewer, &format!("/v1/cases?{query}")).refuses(400, "parameter_invalid");
    }
    for query in ["top=0", "top=501", "groups=astrology"] {
        server
            .get(viewer, &format!("/v1/accounts/mallory/similar?{query}"))
            .refuses(400, "parameter_invalid");
    }
    let broken = Call { body: b"{".to_vec(), ..Call::post("/v1/reports", &Value::Null) };
    server.send(broken.by(&scene.platform)).refuses(400, "body_invalid");
    let mut wrong = report_on("mallory");
    wrong["reporter"]["kind"] = json!("spirit");
    server.post(&scene.platform, "/v1/reports", &wrong).refuses(422, "report_invalid");
    let form = Call { headers: Vec::new(), ..Call::post("/v1/reports", &report_on("mallory")) };
    server.send(form.by(&scene.platform)).refuses(415, "media_type_unsupported");
}

#[test]
fn lines_are_refused_one_by_one_and_an_id_counts_once() {
    let server = Server::start();
    let platform = server.token("platform");
    let first = created("a");
    let body = format!("{first}nonsense\n\n{{\"id\":\"e\"}}\n{first}");
    let taken = server.send(Call::events(body).by(&platform)).expect(200);
    assert_eq!(
        (&taken["accepted"], &taken["duplicates"], &taken["rejected"]),
        (&json!(1), &json!(1), &json!(2))
    );
    let lines: Vec<(&Value, &Value)> = taken["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reject| (&reject["line"], &reject["code"]))
        .collect();
    assert_eq!(lines, [(&json!(2), &json!("invalid_json")), (&json!(4), &json!("missing_field"))]);
    let other = event("created-a", "account.created", json!({ "account": { "id": "b" } }));
    let taken = server.send(Call::events(other).by(&platform)).expect(200);
    assert_eq!(taken["rejects"][0]["code"], "id_conflict");
    let wrong = server.send(Call::events("x\n".repeat(150)).by(&platform)).expect(200);
    assert_eq!((&wrong["rejected"], wrong["rejects"].as_array().unwrap().len()), (&json!(150), 100));
}

#[test]
fn bodies_come_packed_and_too_large_ones_are_refused() {
    let server = Server::start();
    let platform = server.token("platform");
    let packed = |encoding: &str, body: Vec<u8>| {
        server.send(Call::events(body).by(&platform).header("Content-Encoding", encoding))
    };
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(many("g", 3_000).as_bytes()).unwrap();
    assert_eq!(packed("gzip", gzip.finish().unwrap()).expect(200)["accepted"], 3_000);
    let zstd = zstd::encode_all(many("z", 3_000).as_bytes(), 1).unwrap();
    assert_eq!(packed("zstd", zstd.clone()).expect(200)["accepted"], 3_000);
    assert_eq!(packed("identity", created("i").into_bytes()).expect(200)["accepted"], 1);
    packed("zstd", zstd[..zstd.len() / 2].to_vec()).refuses(400, "body_invalid");
    packed("br", zstd).refuses(415, "encoding_unsupported");
    let bomb = zstd::encode_all(&*vec![b'\n'; cordon_model::limits::BODY_BYTES_MAX + 1], 1).unwrap();
    packed("zstd", bomb).refuses(413, "body_too_large");
    let long = Call { body: vec![b' '; (1 << 20) + 1], ..Call::post("/v1/reports", &Value::Null) };
    server.send(long.by(&platform)).refuses(413, "body_too_large");
}

#[test]
fn a_full_queue_is_said_at_once_and_the_same_body_taken_later() {
    let server = Server::start_on(Folder::new(), &["--queue-chunks", "1"]);
    let platform = server.token("platform");
    let refused = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for sender in 0..24 {
            let (server, platform, refused) = (&server, &platform, &refused);
            scope.spawn(move || {
                let body = many(&format!("s{sender}-"), 2_000);
                until("the body is taken", || {
                    let answer = server.send(Call::events(body.clone()).by(platform));
                    if answer.status == 429 {
                        answer.refuses(429, "queue_full");
                        assert_eq!(answer.header("retry-after"), Some("1"));
                        refused.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        return None;
                    }
                    assert_eq!(answer.expect(200)["accepted"], 2_000);
                    Some(())
                });
            });
        }
    });
    assert!(refused.into_inner() > 0, "24 senders at a queue of one were all taken at once");
}

#[test]
fn reporters_are_sealed_from_everybody_below_lead() {
    let scene = Scene::set(&[]);
    let path = format!("/v1/cases/{}", scene.case_id);
    for token in [&scene.viewer, &scene.reviewer] {
        let answer = scene.server.get(token, &path);
        let text = String::from_utf8(answer.body.clone()).unwrap();
        assert!(!text.contains("carol") && !text.contains("report-"), "{text}");
        assert_eq!(answer.expect(200)["reports"][0]["text"], "they call to arms");
    }
    let file = scene.server.get(&scene.lead, &path).expect(200);
    assert_eq!(file["reports"][0]["reporter_id"], "carol");
}

#[test]
fn a_report_sent_again_under_its_key_counts_once() {
    let scene = Scene::set(&[]);
    let send = |report: &Value| {
        let call = Call::post("/v1/reports", report).by(&scene.platform);
        scene.server.send(call.header("Idempotency-Key", "ticket-7"))
    };
    for _ in 0..3 {
        assert_eq!(send(&report_on("mallory")).expect(202), json!({ "receipt": "ticket-7" }));
    }
    send(&report_on("alice")).refuses(409, "id_conflict");
    let path = format!("/v1/cases/{}", scene.case_id);
    let reports = until("the report is in", || {
        let file = scene.server.get(&scene.lead, &path).expect(200);
        Some(file["case"]["report_count"].as_u64().unwrap()).filter(|count| *count > 1)
    });
    assert_eq!(reports, 2);
}

#[test]
fn a_report_on_an_account_never_seen_waits_for_it() {
    let server = Server::start();
    let (platform, viewer) = (server.token("platform"), server.token("viewer"));
    server.post(&platform, "/v1/reports", &report_on("stranger")).expect(202);
    until("the record has applied it", || {
        let ready = server.send(Call::get("/ready")).expect(200);
        (ready["journal_offset"] == ready["applied_offset"]).then_some(())
    });
    assert_eq!(server.get(&viewer, "/v1/cases").expect(200)["cases"], json!([]));
    server.send(Call::events(created("stranger")).by(&platform)).expect(200);
    assert_eq!(server.case_on(&viewer, "stranger")["report_count"], 1);
}

#[test]
fn pages_show_every_case_once_and_filters_narrow_them() {
    let server = Server::start();
    let (platform, viewer) = (server.token("platform"), server.token("viewer"));
    let names: Vec<String> = (0..7).map(|number| format!("p{number}")).collect();
    let reports = names.iter().map(|name| {
        let kind = if name == "p3" { "partner" } else { "user" };
        created(name)
            + &event(
                &format!("report-{name}"),
                "report.created",
                json!({ "report": { "account_id": name, "reporter": { "kind": kind } } }),
            )
    });
    server.send(Call::events(reports.collect::<String>()).by(&platform)).expect(200);
    names.iter().for_each(|name| drop(server.case_on(&viewer, name)));
    let (mut seen, mut path) = (Vec::new(), "/v1/cases?limit=3".to_owned());
    loop {
        let page = server.get(&viewer, &path).expect(200);
        let cases = page["cases"].as_array().unwrap();
        assert!(cases.len() <= 3);
        seen.extend(cases.iter().map(|case| case["account_id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/cases?limit=3&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen, names);
    let partners = server.get(&viewer, "/v1/cases?queue=partners&source=partner&status=open").expect(200);
    assert_eq!(partners["cases"].as_array().unwrap().len(), 1);
    let queues = server.get(&viewer, "/v1/queues").expect(200);
    let open = |name: &str| {
        let queues = queues["queues"].as_array().unwrap().iter();
        queues.clone().find(|queue| queue["queue_id"] == name).map(|queue| queue["open_count"].clone())
    };
    assert_eq!((open("partners"), open("reports")), (Some(json!(1)), Some(json!(6))));
    let reports =
        queues["queues"].as_array().unwrap().iter().find(|queue| queue["queue_id"] == "reports").unwrap();
    let counts = ["unclaimed_count", "late_count", "due_soon_count"].map(|name| reports[name].as_u64());
    assert_eq!(counts, [Some(6), Some(0), Some(0)]);
    assert!(reports["oldest_opened_at"].is_string() && reports["decision_minutes"] == 4_320, "{reports}");
}

#[test]
fn similar_accounts_come_with_their_evidence() {
    let server = Server::start();
    let (platform, viewer) = (server.token("platform"), server.token("viewer"));
    let log_in = |account: &str, address: &str| {
        let session = json!({ "ip": address, "device": "d-77" });
        let rest = json!({ "account": { "id": account }, "session": session });
        event(&format!("in-{account}"), "account.logged_in", rest)
    };
    let body = many("bystander", 50) + &log_in("one", "203.0.113.7") + &log_in("two", "203.0.113.7");
    server.send(Call::events(body).by(&platform)).expect(200);
    let path = "/v1/accounts/one/similar?top=5&exhaustive=true";
    let found = until("the events are evaluated", || {
        let answer = server.get(&viewer, path);
        (answer.status == 200).then(|| answer.json())
    });
    assert_eq!(found["account_id"], "one");
    assert!(found["scored"].as_u64().unwrap() >= 1, "{found}");
    let first = &found["candidates"][0];
    assert_eq!(first["account_id"], "two");
    let groups: Vec<&Value> = first["evidence"].as_array().unwrap().iter().map(|row| &row["group"]).collect();
    assert!(groups.contains(&&json!("device")) && groups.contains(&&json!("network")), "{first}");
    let device = server.get(&viewer, "/v1/accounts/one/similar?groups=device").expect(200);
    assert_eq!(device["candidates"][0]["evidence"].as_array().unwrap().len(), 1);
}

/// A platform's log-ins: each of these accounts from a network and a device of its own.
fn crowd(count: usize) -> String {
    let log_in = |number: usize| {
        let address = format!("10.{}.{}.9", number / 250, number % 250);
        log_in(&format!("c{number}"), &handle_of(number), &address, &format!("own-{number}"))
    };
    (0..count).map(log_in).collect()
}

/// A handle that no other number's handle resembles.
fn handle_of(number: usize) -> String {
    let letter = |place: u32| char::from(b'b' + (number / 20_usize.pow(place) % 20) as u8);
    format!("x{}y{}z{}w", letter(0), letter(1), letter(2))
}

fn log_in(account: &str, handle: &str, address: &str, device: &str) -> String {
    let session = json!({ "ip": address, "device": device });
    let rest = json!({ "account": { "id": account, "handle": handle }, "session": session });
    event(&format!("in-{account}"), "account.logged_in", rest)
}

#[test]
fn a_return_is_proposed_within_a_second_and_nothing_is_done_to_it() {
    let scene = Scene::set(&[]);
    let server = &scene.server;
    let body = crowd(2_000) + &log_in("mallory", "grey_heron", "203.0.113.7", "d-77");
    server.send(Call::events(body).by(&scene.platform)).expect(200);
    scene.decide(&decision(&scene.claim())).expect(201);
    until("the record has applied the suspension", || {
        let ready = server.send(Call::get("/ready")).expect(200);
        (ready["journal_offset"] == ready["applied_offset"]).then_some(())
    });

    let neighbour = log_in("neighbour", "tall_robin", "203.0.113.91", "another");
    let again = neighbour + &log_in("newcomer", "gr3y_heron2", "203.0.113.90", "d-77");
    let begun = Instant::now();
    server.send(Call::events(again).by(&scene.platform)).expect(200);
    let case = server.case_on(&scene.viewer, "newcomer");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());

    assert_eq!((&case["opened_by"], &case["status"]), (&json!("return"), &json!("open")), "{case}");
    let path = format!("/v1/cases/{}", case["case_id"].as_str().unwrap());
    let file = server.get(&scene.viewer, &path).expect(200);
    let earlier = file["incarnations"].as_array().unwrap();
    assert_eq!(earlier.len(), 1, "{file}");
    assert_eq!(earlier[0]["predecessor_id"], "mallory", "{file}");
    assert_eq!((&file["actions"], &file["decisions"]), (&json!([]), &json!([])));
    let account = server.get(&scene.viewer, "/v1/accounts/newcomer").expect(200);
    assert_eq!(account["account"]["standing"], "unjudged", "{account}");
    let cases = server.get(&scene.viewer, "/v1/cases?source=return").expect(200);
    assert_eq!(cases["cases"].as_array().unwrap().len(), 1, "a shared network alone is no return: {cases}");
}

#[test]
fn figures_health_and_the_document_are_open_to_all() {
    let scene = Scene::set(&[]);
    scene.decide(&decision(&scene.claim())).expect(201);
    assert_eq!(scene.server.send(Call::get("/health")).expect(200)["status"], "ok");
    assert_eq!(scene.server.send(Call::get("/ready")).expect(200)["status"], "ready");
    let text = String::from_utf8(scene.server.send(Call::get("/metrics")).body).unwrap();
    for line in [
        "cordon_events_accepted_total 2",
        "cordon_events_rejected_total 0",
        "cordon_intake_queue_depth 0",
        "cordon_cases_open{queue=\"reports\"} 0",
        "cordon_decisions_total{kind=\"suspend\"} 1",
        "cordon_outbox_dead 0",
        "cordon_journal_offset ",
        "cordon_applied_offset ",
        "cordon_ingest_lag_seconds ",
        "cordon_outbox_pending ",
        "route=\"/v1/cases/{case_id}/decision\"",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("mallory") && !text.contains("the-reviewer"));
}

#[test]
fn the_committed_document_is_the_served_one() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let served = String::from_utf8(Server::start().send(Call::get("/openapi.json")).body).unwrap();
    assert_eq!(served, cordon_server::openapi());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(served == committed, "docs/openapi.json is behind: run this test with UPDATE_OPENAPI=1");
}

#[test]
fn a_server_without_tokens_serves_its_own_machine_alone() {
    let folder = Folder::new();
    let refused = folder.run(["serve", "--no-auth", "--listen", "0.0.0.0:0"]);
    assert_eq!(code(&refused), 3);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("loopback"));
    let server = Server::start_on(folder, &["--no-auth"]);
    server.send(Call::get("/v1/queues")).expect(200);
    server.send(Call::get("/v1/queues").header("Host", "rebound.example")).refuses(403, "forbidden");
    let page = Call::events(created("x")).header("Origin", "https://elsewhere.example");
    server.send(page).refuses(403, "forbidden");
}

#[test]
fn told_to_end_it_leaves_a_folder_that_reopens_with_everything() {
    for signal in ["-TERM", "-INT"] {
        let scene = Scene::set(&[]);
        scene.server.send(Call::events(many("a", 5_000)).by(&scene.platform)).expect(200);
        let claim_id = scene.claim();
        scene.decide(&decision(&claim_id)).expect(201);
        scene.server.signal(signal);
        let (folder, code) = scene.server.ended();
        assert_eq!(code, Some(0), "{signal}");
        let audit = folder.json(["audit", "verify"]);
        assert_eq!(audit["signed_for"], audit["records"], "what was done last is signed for");
        let opened = folder.open();
        assert_eq!(opened.pipeline.applied(), opened.pipeline.journal().last_offset());
        assert!(std::fs::read_dir(folder.data().join("snapshots")).unwrap().next().is_some());
        let ids = opened.ids();
        assert_eq!(ids.iter().filter(|id| id.starts_with("created-a")).count(), 5_000);
        assert_eq!(ids.iter().filter(|id| id.starts_with("decision:")).count(), 1);
        drop(opened);
        let server = Server::start_on(folder, &[]);
        let account = server.get(&scene.viewer, "/v1/accounts/mallory").expect(200);
        assert_eq!(account["account"]["standing"], "suspended");
    }
}

#[test]
fn killed_after_its_answer_it_has_kept_the_events() {
    let server = Server::start();
    let platform = server.token("platform");
    let mut folder = Folder::new();
    let mut server = Some(server);
    for round in 0..3 {
        let running = server.take().unwrap();
        let body = many(&format!("r{round}-"), 3_000);
        assert_eq!(running.send(Call::events(body).by(&platform)).expect(200)["accepted"], 3_000);
        running.signal("-KILL");
        let (left, code) = running.ended();
        assert_eq!(code, None);
        if round == 2 {
            folder = left;
        } else {
            server = Some(Server::start_on(left, &[]));
        }
    }
    let ids = folder.open().ids();
    assert_eq!(ids.iter().filter(|id| id.starts_with("created-r")).count(), 9_000);
}
