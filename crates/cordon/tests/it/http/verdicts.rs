//! Verdicts over HTTP: the answer to an event whose sender waits for the rules.

use super::client::{Call, Platform, Server};
use super::rules::{files, post, publish};
use super::{created, event};
use crate::support::Folder;
use cordon_model::clock::{Clock, SystemClock};
use serde_json::{Value, json};

fn asked(server: &Server, token: &str, query: &str, lines: impl Into<Vec<u8>>) -> Value {
    let path = format!("/v1/events?{query}");
    server.send(Call { path: &path, ..Call::events(lines) }.by(token)).expect(200)
}

#[test]
fn an_event_hears_what_the_live_rules_answer_and_what_is_unknown_is_never_a_clear() {
    let server = Server::start();
    let [lead, platform] = ["lead", "platform"].map(|role| server.token(role));
    let none = asked(&server, &platform, "wait=verdict", post("p0", "gull"));
    let told = |answer: &Value, index: usize| {
        let one = &answer["verdicts"][index];
        (one["status"].as_str().unwrap().to_owned(), one["reason"].as_str().unwrap_or_default().to_owned())
    };
    let unknown = |reason: &str| ("unknown".to_owned(), reason.to_owned());
    assert_eq!(told(&none, 0), unknown("no_rules"));

    publish(&server, &lead, "shadow");
    assert_eq!(told(&asked(&server, &platform, "wait=verdict", post("p1", "gull")), 0), unknown("no_rules"));
    publish(&server, &lead, "live");
    let old = SystemClock.now().plus_seconds(-3 * 86_400).to_string();
    let late = json!({ "id": "late", "type": "account.created", "time": old, "account": { "id": "owl" } });
    let loud = post("p2", "gull");
    let lines = loud.clone() + &created("gull") + &format!("nonsense\n{late}\n") + &loud;
    let answer = asked(&server, &platform, "wait=verdict&timeout_ms=10000", lines);
    let loud = &answer["verdicts"][0];
    assert_eq!(
        (&loud["status"], &loud["event_id"], &loud["rule_set"]),
        (&json!("evaluated"), &json!("p2"), &json!(2))
    );
    assert_eq!(loud["verdicts"], json!(["slow_down"]));
    let label = json!({ "entity_type": "UserId", "entity_id": "gull", "label": "loud", "is_added": true });
    assert_eq!((&loud["labels"], &loud["errors"]), (&json!([label]), &json!(0)));
    let quiet = &answer["verdicts"][1];
    assert_eq!(
        (&quiet["status"], &quiet["verdicts"], &quiet["line"]),
        (&json!("evaluated"), &json!([]), &json!(2))
    );
    let rest: Vec<_> = (2..5).map(|index| told(&answer, index)).collect();
    assert_eq!(rest, ["rejected", "late", "duplicate"].map(unknown));
    assert_eq!(
        (&answer["accepted"], &answer["verdicts_left_out"], answer.get("returns")),
        (&json!(3), &json!(0), None)
    );

    let many: String = (0..1_003).map(|number| created(&format!("a{number}"))).collect();
    let answer = asked(&server, &platform, "wait=verdict&timeout_ms=10000", many);
    assert_eq!(
        (answer["verdicts"].as_array().unwrap().len(), &answer["verdicts_left_out"]),
        (1_000, &json!(3))
    );
}

#[test]
fn a_rule_beyond_its_daily_limit_takes_no_effect_any_more_and_the_platform_is_told() {
    let folder = Folder::new();
    let hooks = Platform::listen(&folder);
    let server = Server::start_on(folder, &hooks.arguments());
    let [lead, platform, viewer] = ["lead", "platform", "viewer"].map(|role| server.token(role));
    let main = "Type: str = JsonData(path='$.type')\nLoud = Rule(when_all=[Type == 'post.created'], description='posts')\nWhenRules(rules_any=[Loud], then=[DeclareVerdict(verdict='slow_down')])\n";
    let set = json!({ "mode": "live", "files": files(main), "daily_limits": { "*": 2 } });
    server.post(&lead, "/v1/rules", &set).expect(201);
    let lines = (0..4).map(|number| post(&format!("p{number}"), "gull")).collect::<String>();
    let answer = asked(&server, &platform, "wait=verdict&timeout_ms=10000", lines);
    let verdicts: Vec<usize> = answer["verdicts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["verdicts"].as_array().unwrap().len())
        .collect();
    assert_eq!(verdicts, [1, 1, 0, 0]);
    let stats = server.get(&viewer, "/v1/rules/stats").expect(200);
    let stopped = &stats["live"]["stopped"][0];
    assert_eq!(
        (&stopped["rule"], &stopped["limit"], &stopped["withheld"]),
        (&json!("Loud"), &json!(2), &json!(2))
    );
    let text = String::from_utf8(server.send(Call::get("/metrics")).body).unwrap();
    assert!(text.contains("cordon_rules_stopped 1"), "{text}");
    let told: Vec<Value> = (0..3).map(|_| hooks.next().body).collect();
    let stop = told.iter().find(|body| body["type"] == "signal.rule_stopped").unwrap();
    assert_eq!((&stop["name"], &stop["is_decision"]), (&json!("Loud"), &json!(false)));
    let text = event("p9", "post.created", json!({ "account": { "id": "gull" } }));
    assert_eq!(asked(&server, &platform, "wait=verdict", text)["verdicts"][0]["verdicts"], json!([]));
}

#[test]
fn a_hold_limits_reach_until_it_is_over_or_somebody_decides_and_is_no_decision() {
    let folder = Folder::new();
    let hooks = Platform::listen(&folder);
    let server = Server::start_on(folder, &hooks.arguments());
    let [lead, platform, viewer, reviewer] =
        ["lead", "platform", "viewer", "reviewer"].map(|role| server.token(role));
    let rules = |hours: &str| {
        format!(
            "Type: str = JsonData(path='$.type')\nLoud = Rule(when_all=[Type == 'post.created'], description='posts')\n\
             WhenRules(rules_any=[Loud], then=[Hold(policy='spam', hours={hours})])\n"
        )
    };
    for hours in ["25", "0", "-1", "24.5"] {
        let refused =
            server.post(&lead, "/v1/rules", &json!({ "mode": "live", "files": files(&rules(hours)) }));
        refused.refuses(422, "rules_unsound");
        assert_eq!(refused.json()["diagnostics"][0]["code"], "hold", "{hours}");
    }
    let set = json!({ "mode": "live", "files": files(&rules("6")), "daily_limits": { "Loud": 2 } });
    server.post(&lead, "/v1/rules", &set).expect(201);
    let lines: String = ["gull", "owl", "wren"].map(|who| post(&format!("p-{who}"), who)).concat();
    asked(&server, &platform, "wait=verdict&timeout_ms=10000", lines);
    let told: Vec<Value> = (0..3).map(|_| hooks.next().body).collect();
    // Each account's webhooks keep their order; among accounts there is none.
    let mut begun: Vec<&Value> = told.iter().filter(|body| body["type"] == "hold.begun").collect();
    begun.sort_by_key(|body| body["account_id"].to_string());
    let held: Vec<&str> = begun.iter().map(|body| body["account_id"].as_str().unwrap()).collect();
    assert_eq!(held, ["gull", "owl"], "the third is beyond the limit of a day: {told:?}");
    assert!(told.iter().any(|body| body["type"] == "signal.rule_stopped"), "{told:?}");
    let body = begun[0];
    assert_eq!((&body["is_decision"], &body["limits"]), (&json!(false), &json!("reach")));
    let [begins, ends] = ["begins_at", "ends_at"]
        .map(|name| cordon_model::clock::Timestamp::parse(body[name].as_str().unwrap()).unwrap());
    assert_eq!(ends, begins.plus_seconds(6 * 3_600));

    let account = server.get(&viewer, "/v1/accounts/gull").expect(200)["account"].clone();
    assert_eq!((&account["standing"], &account["sanctions"]), (&json!("unjudged"), &json!([])));
    assert_eq!(
        (&account["hold"]["expires_at"], &account["hold"]["ended_at"]),
        (&body["ends_at"], &Value::Null)
    );
    let case_id = body["case_id"].as_str().unwrap();
    let file = server.get(&viewer, &format!("/v1/cases/{case_id}")).expect(200);
    assert_eq!((&file["holds"][0]["rules"], &file["actions"]), (&json!(["Loud"]), &json!([])));
    assert!(file["audit"].as_array().unwrap().iter().any(|one| one["verb"] == "hold.begun"), "{file}");

    let claimed = server.post(&reviewer, &format!("/v1/cases/{case_id}/claim"), &Value::Null).expect(200);
    let decision = json!({
        "claim_id": claimed["claim"]["claim_id"], "kind": "no_violation", "policy_id": "spam", "policy_version": 1,
        "rationale": "one post is no flood",
    });
    let path = format!("/v1/cases/{case_id}/decision");
    let decided = server.post(&reviewer, &path, &decision).expect(201);
    let ended = hooks.next().body;
    assert_eq!(
        (&ended["type"], &ended["is_decision"], &ended["hold_id"]),
        (&json!("hold.ended"), &json!(false), &body["hold_id"])
    );
    assert_eq!(ended["decision_id"], decided["decision"]["decision_id"]);
    let account = server.get(&viewer, "/v1/accounts/gull").expect(200)["account"].clone();
    assert!(account["hold"]["ended_at"].is_string(), "{account}");
}
