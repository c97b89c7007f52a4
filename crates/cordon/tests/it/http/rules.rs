//! Rules over HTTP: changed while events go on coming, each change by those who may.

use super::client::{Call, Server, until};
use super::{created, event};
use crate::support::Folder;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};

pub(super) const SET: &str = "Id: Entity[str] = EntityJson(type='UserId', path='$.account.id')
Type: str = JsonData(path='$.type')
Loud = Rule(when_all=[Type == 'post.created'], description='posts')
WhenRules(rules_any=[Loud], then=[DeclareVerdict(verdict='slow_down'), LabelAdd(entity=Id, label='loud')])
";

pub(super) fn files(main: &str) -> Value {
    json!({ "config.yaml": "labels: {loud: {valid_for: [UserId]}}", "main.sml": main })
}

pub(super) fn post(id: &str, account: &str) -> String {
    event(id, "post.created", json!({ "account": { "id": account }, "post": { "text": "hello" } }))
}

pub(super) fn publish(server: &Server, token: &str, mode: &str) -> Value {
    server.post(token, "/v1/rules", &json!({ "mode": mode, "files": files(SET) })).expect(201)
}

/// The statistics once the set of a mode has seen so many events.
fn stats_once(server: &Server, token: &str, mode: &str, events: u64) -> Value {
    until("events are evaluated", || {
        let stats = server.get(token, "/v1/rules/stats").expect(200);
        (stats[mode]["events"].as_u64()? >= events).then_some(stats)
    })
}

fn modes(server: &Server, token: &str) -> Vec<(u64, String, bool)> {
    let listed = server.get(token, "/v1/rules").expect(200);
    let sets = listed["rule_sets"].as_array().unwrap().iter();
    let one = |set: &Value| {
        let mode = set["mode"].as_str().unwrap().to_owned();
        (set["version"].as_u64().unwrap(), mode, set["is_in_force"] == true)
    };
    sets.map(one).collect()
}

#[test]
fn a_set_goes_from_draft_to_shadow_to_live_and_back_to_the_one_before() {
    let server = Server::start();
    let [lead, viewer, platform] = ["lead", "viewer", "platform"].map(|role| server.token(role));
    let published = publish(&server, &lead, "draft");
    assert_eq!(published, json!({ "version": 1, "mode": "draft", "files": 1, "rules": 1 }));
    assert_eq!(modes(&server, &viewer), [(1, "draft".to_owned(), true)]);
    assert_eq!(server.get(&viewer, "/v1/rules/stats").expect(200), json!({}));

    server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "shadow" })).expect(200);
    server.send(Call::events(post("p1", "gull")).by(&platform)).expect(200);
    let stats = stats_once(&server, &viewer, "shadow", 1);
    assert_eq!((&stats["shadow"]["rules"][0]["hits"], stats.get("live")), (&json!(1), None));
    let moved = server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "live" })).expect(200);
    assert_eq!(
        (&moved["mode"], &moved["is_in_force"], &moved["owner"]),
        (&json!("live"), &json!(true), &json!("the-lead"))
    );
    server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "live" })).refuses(409, "refused");

    publish(&server, &lead, "live");
    let all = [(1, "live".to_owned(), false), (2, "live".to_owned(), true)];
    assert_eq!(modes(&server, &viewer), all);
    server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "live" })).expect(200);
    assert_eq!(server.get(&viewer, "/v1/rules/stats").expect(200)["live"]["version"], 1);
    let text = server.get(&viewer, "/v1/rules/2").expect(200);
    assert_eq!((&text["files"], &text["rule_set"]["is_in_force"]), (&files(SET), &json!(false)));

    let gone = server.post(&lead, "/v1/rules/1/withdraw", &Value::Null).expect(200);
    assert_eq!(gone["is_in_force"], false);
    assert_eq!(server.get(&viewer, "/v1/rules/stats").expect(200), json!({}));
    server.post(&lead, "/v1/rules/1/withdraw", &Value::Null).refuses(409, "refused");
    for path in ["/v1/rules/9", "/v1/rules/x"] {
        server.get(&viewer, path).refuses(404, "not_found");
    }

    // What stands in the journal gives the same after a restart, from the snapshot and without it.
    let before = server.get(&viewer, "/v1/rules").expect(200);
    server.post(&lead, "/v1/rules/2/move", &json!({ "mode": "shadow" })).expect(200);
    server.signal("-KILL");
    let (folder, _) = server.ended();
    let server = Server::start_on(folder, &[]);
    let after = server.get(&viewer, "/v1/rules").expect(200);
    assert_eq!(before["rule_sets"][0], after["rule_sets"][0]);
    assert_eq!(modes(&server, &viewer)[1], (2, "shadow".to_owned(), true));
}

#[test]
fn a_set_with_mistakes_is_refused_with_all_of_them_and_the_last_good_one_stays() {
    let server = Server::start();
    let [lead, viewer] = ["lead", "viewer"].map(|role| server.token(role));
    publish(&server, &lead, "live");
    let wrong = files("A = Nope\nB = 1 + 'x'\n");
    let checked = server.post(&viewer, "/v1/rules/check", &json!({ "files": wrong })).expect(200);
    let found = checked["diagnostics"].as_array().unwrap();
    assert_eq!((checked["is_sound"] == false, found.len()), (true, 2), "{checked}");
    assert_eq!(
        (&found[0]["path"], &found[0]["line"], &found[1]["line"]),
        (&json!("main.sml"), &json!(1), &json!(2))
    );
    let refused = server.post(&lead, "/v1/rules", &json!({ "mode": "live", "files": wrong }));
    refused.refuses(422, "rules_unsound");
    assert_eq!(&refused.json()["diagnostics"], &checked["diagnostics"]);
    let sound = server.post(&viewer, "/v1/rules/check", &json!({ "files": files(SET) })).expect(200);
    assert_eq!((&sound["is_sound"], &sound["size"]["rules"]), (&json!(true), &json!(1)));

    let review = "A = Rule(when_all=[True], description='a')\nWhenRules(rules_any=[A], then=[SendToReview(policy='nope')])\n";
    for body in [
        json!({ "mode": "live", "files": files(review) }),
        json!({ "mode": "live", "files": { "main.sml": SET, "notes.txt": "x" } }),
        json!({ "mode": "live", "files": files(SET), "daily_limits": { "Quiet": 5 } }),
        json!({ "mode": "live", "files": files(SET), "expires_at": "tomorrow" }),
        json!({ "mode": "live", "files": files(SET), "owner": "" }),
    ] {
        server.post(&lead, "/v1/rules", &body).refuses(422, "change_invalid");
    }
    let past = json!({ "mode": "live", "files": files(SET), "expires_at": "2020-01-01T00:00:00Z" });
    server.post(&lead, "/v1/rules", &past).refuses(409, "refused");
    server.post(&lead, "/v1/rules", &json!({ "mode": "loud", "files": {} })).refuses(400, "body_invalid");
    assert_eq!(modes(&server, &viewer), [(1, "live".to_owned(), true)]);
}

#[test]
fn a_draft_is_tried_on_events_and_nothing_comes_of_it() {
    let server = Server::start();
    let [lead, viewer] = ["lead", "viewer"].map(|role| server.token(role));
    let events: Vec<Value> = [post("p1", "gull"), created("gull"), "{\"id\":1}".to_owned()]
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let tried =
        server.post(&viewer, "/v1/rules/test", &json!({ "files": files(SET), "events": events })).expect(200);
    let answers = tried["answers"].as_array().unwrap();
    assert_eq!(
        (&answers[0]["verdicts"], &answers[0]["labels"]),
        (&json!(["slow_down"]), &json!(["UserId/loud/1"]))
    );
    assert_eq!((&answers[1]["rules"], &answers[1]["refused"]), (&json!([]), &Value::Null));
    assert_eq!(answers[1]["features"]["Type"], "account.created");
    assert!(answers[2]["refused"].is_string(), "{tried}");
    publish(&server, &lead, "draft");
    let by_version =
        server.post(&viewer, "/v1/rules/test", &json!({ "version": 1, "events": events })).expect(200);
    assert_eq!(by_version, tried);
    let both = json!({ "version": 1, "files": files(SET), "events": events });
    server.post(&viewer, "/v1/rules/test", &both).refuses(422, "change_invalid");
    server
        .post(&viewer, "/v1/rules/test", &json!({ "version": 7, "events": events }))
        .refuses(404, "not_found");
    let wrong = json!({ "files": files("A = Nope\n"), "events": events });
    server.post(&viewer, "/v1/rules/test", &wrong).refuses(422, "rules_unsound");
    server.get(&viewer, "/v1/accounts/gull").refuses(404, "not_found");
}

#[test]
fn rules_are_changed_without_losing_an_event() {
    let server = Server::start();
    let [lead, platform, viewer] = ["lead", "platform", "viewer"].map(|role| server.token(role));
    publish(&server, &lead, "live");
    let (is_over, mut sent) = (AtomicBool::new(false), 0);
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            let mut number = 0_u64;
            while !is_over.load(Ordering::Acquire) {
                let taken = server.send(Call::events(post(&format!("p{number}"), "gull")).by(&platform));
                assert_eq!(taken.expect(200)["accepted"], 1);
                number += 1;
            }
            number
        });
        for _ in 0..5 {
            publish(&server, &lead, "shadow");
            publish(&server, &lead, "draft");
            server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "draft" })).expect(200);
            server.post(&lead, "/v1/rules/1/move", &json!({ "mode": "live" })).expect(200);
        }
        publish(&server, &lead, "live");
        is_over.store(true, Ordering::Release);
        sent = sender.join().unwrap();
    });
    server.send(Call::events(post("last", "gull")).by(&platform)).expect(200);
    assert_eq!(stats_once(&server, &viewer, "live", 1)["live"]["version"], 12);
    server.signal("-TERM");
    let (folder, _) = server.ended();
    let events = folder.open().ids().iter().filter(|id| id.starts_with('p')).count() as u64;
    assert_eq!(events, sent);
}

#[test]
fn the_journal_is_asked_over_http_and_a_wrong_expression_says_where() {
    let server = Server::start();
    let [lead, platform, viewer] = ["lead", "platform", "viewer"].map(|role| server.token(role));
    publish(&server, &lead, "live");
    let events = [post("p1", "gull"), post("p2", "gull"), post("p3", "heron")].join("\n");
    server.send(Call::events(events).by(&platform)).expect(200);
    stats_once(&server, &viewer, "live", 3);

    let ask = |body: Value| server.post(&viewer, "/v1/query", &body);
    let by_name = ask(json!({ "expression": "Loud and Id != 'owl'", "by": "Id" })).expect(200);
    assert_eq!(by_name["matches"], 3);
    assert_eq!(by_name["groups"], json!([{"value": "gull", "count": 2}, {"value": "heron", "count": 1}]));
    let listed = ask(json!({ "expression": "Text == 'hello'", "top": 1,
        "lines": ["Text: str = JsonData(path='$.post.text')"] }))
    .expect(200);
    assert_eq!((&listed["matches"], listed["newest"].as_array().unwrap().len()), (&json!(3), 1));
    assert_eq!(
        (&listed["newest"][0]["id"], &listed["newest"][0]["account_id"]),
        (&json!("p3"), &json!("heron"))
    );
    let counted = ask(
        json!({ "expression": "IncrementWindow(key='posts', window_seconds=60.0, when_all=[True]) == 2" }),
    )
    .expect(200);
    assert_eq!(counted["matches"], 1, "{counted}");
    let none = ask(json!({ "expression": "True", "since": "2100-01-01T00:00:00Z", "by": "day" })).expect(200);
    assert_eq!((&none["events"], &none["groups"]), (&json!(0), &json!([])));

    let unsound = ask(json!({ "expression": "Loudd" })).expect(422);
    assert_eq!(
        (&unsound["code"], &unsound["diagnostics"][0]["path"]),
        (&json!("query_unsound"), &json!("query"))
    );
    assert_eq!(unsound["diagnostics"][0]["code"], "unknown-identifier");
    ask(json!({ "expression": "True", "top": 0 })).refuses(422, "change_invalid");
    ask(json!({ "expression": "True", "since": "yesterday" })).refuses(422, "change_invalid");
    ask(json!({})).refuses(400, "body_invalid");
    let body = json!({ "expression": "True" });
    server.send(Call::post("/v1/query", &body)).refuses(401, "unauthenticated");
    server.send(Call::post("/v1/query", &body).by(&platform)).refuses(403, "forbidden");
}

#[test]
fn a_query_that_runs_too_long_ends_without_half_an_answer_and_makes_room_for_the_next() {
    let server = Server::start_on(Folder::new(), &["--query-seconds", "1"]);
    let [platform, viewer] = ["platform", "viewer"].map(|role| server.token(role));
    // A pattern that goes back over a text until its bound: some ten milliseconds an event.
    let text = "a".repeat(5_000);
    let lines: String = (0..600)
        .map(|number| {
            let post = json!({ "account": { "id": "gull" }, "post": { "text": text } });
            event(&format!("q{number}"), "post.created", post)
        })
        .collect();
    server.send(Call::events(lines).by(&platform)).expect(200);
    let ask = |expression: &str| {
        let body = json!({ "expression": expression, "lines": ["Text: str = JsonData(path='$.post.text')"] });
        server.send(Call::post("/v1/query", &body).by(&viewer))
    };
    let mut found = ask("True").expect(200);
    while found["events"] != 600 {
        found = ask("True").expect(200);
    }
    let begun = std::time::Instant::now();
    let slow = ask(r"RegexMatch(target=Text, pattern=r'(a+)+\1b')");
    let took = begun.elapsed();
    slow.refuses(422, "query_too_long");
    assert!(slow.json()["detail"].as_str().unwrap().contains("within 1 s"), "{}", slow.json());
    assert!((1.0..8.0).contains(&took.as_secs_f64()), "{took:?}");
    assert_eq!(ask("True").expect(200)["matches"], 600, "the place is free again");
}

#[test]
fn rules_want_a_token_and_a_role_that_may() {
    let server = Server::start();
    let [viewer, reviewer, platform] = ["viewer", "reviewer", "platform"].map(|role| server.token(role));
    let (set, to, null) =
        (json!({ "mode": "live", "files": files(SET) }), json!({ "mode": "live" }), Value::Null);
    let (check, test) = (json!({ "files": files(SET) }), json!({ "files": files(SET), "events": [{}] }));
    let changing = || {
        [
            Call::post("/v1/rules", &set),
            Call::post("/v1/rules/1/move", &to),
            Call::post("/v1/rules/1/withdraw", &null),
        ]
    };
    let reading = || {
        [
            Call::get("/v1/rules"),
            Call::get("/v1/rules/1"),
            Call::get("/v1/rules/stats"),
            Call::post("/v1/rules/check", &check),
            Call::post("/v1/rules/test", &test),
        ]
    };
    changing()
        .into_iter()
        .chain(reading())
        .for_each(|call| server.send(call).refuses(401, "unauthenticated"));
    for token in [&viewer, &reviewer, &platform] {
        changing().into_iter().for_each(|call| server.send(call.by(token)).refuses(403, "forbidden"));
    }
    reading().into_iter().for_each(|call| server.send(call.by(&platform)).refuses(403, "forbidden"));
}
