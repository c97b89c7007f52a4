//! Clusters over HTTP: without a seed, and around an account.

use super::client::{Call, Server};
use super::returns::{crowd, log_in};
use cordon_model::clock::{Clock, SystemClock};
use serde_json::{Value, json};

/// Shares of a crowd at any time of day, and of a ring, on one device, within a minute on six days.
fn shares() -> String {
    let mut lines = crowd();
    for account in ["ring1", "ring2", "ring3", "ring4"] {
        lines += &log_in(&format!("on-{account}"), account, "192.0.2.9", "ring-device");
    }
    let mut share = |account: &str, object: &str, days_ago: i64, second: i64| {
        let at = SystemClock.now().plus_seconds(-86_400 * days_ago - 7_200 + second).to_string();
        let id = format!("{account}-{object}-{days_ago}");
        let body = json!({
            "id": id, "type": "share.created", "time": at,
            "account": { "id": account }, "share": { "object_id": object },
        });
        lines += &format!("{body}\n");
    };
    for account in 0..150_i64 {
        for number in 0..8_i64 {
            let object = format!("page{}", (account * 31 + number * 17) % 60);
            share(&format!("person{account}"), &object, number, (account * 7_919 + number * 4_729) % 7_000);
        }
    }
    for day in 1..7 {
        for (place, account) in (0..).zip(["ring1", "ring2", "ring3", "ring4"]) {
            share(account, &format!("offer{day}"), day, place * 9);
        }
    }
    lines
}

#[test]
fn clusters_are_found_over_http_without_a_seed_and_around_an_account() {
    let server = Server::start();
    let (platform, viewer) = (server.token("platform"), server.token("viewer"));
    // Taken in is not yet evaluated: clusters are sought in what is.
    let path = "/v1/events?wait=returns&timeout_ms=10000";
    server.send(Call { path, ..Call::events(shares()) }.by(&platform)).expect(200);
    let found = server.get(&viewer, "/v1/clusters?window=60s&min_days=2&top=5").expect(200);
    let clusters = found["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 1, "{found}");
    let ids = |cluster: &Value| {
        let members = cluster["members"].as_array().unwrap().iter();
        let mut ids: Vec<String> =
            members.map(|one| one["account_id"].as_str().unwrap().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids(&clusters[0]), ["ring1", "ring2", "ring3", "ring4"]);
    assert!(found["acts"]["read"].as_u64().unwrap() > 1_000);
    let printed = server.get(&viewer, "/v1/clusters?window=60s&min_days=7").expect(200);
    assert_eq!(printed["clusters"], json!([]), "they met on six days");

    let around = server.get(&viewer, "/v1/accounts/ring1/cluster").expect(200);
    assert!(ids(&around["cluster"]).contains(&"ring2".to_owned()), "{around}");
    server.get(&viewer, "/v1/accounts/nobody/cluster").refuses(404, "not_found");
    for query in ["window=1y", "min_days=0", "top=501", "min_accounts=1", "days=0", "sort=x"] {
        server.get(&viewer, &format!("/v1/clusters?{query}")).refuses(400, "parameter_invalid");
    }
    server.get(&platform, "/v1/clusters").refuses(403, "forbidden");
    server.get(&platform, "/v1/accounts/ring1/cluster").refuses(403, "forbidden");
}

/// The crowd of `shares`, of which twenty pairs of accounts each share two pages within seconds.
fn pairs_of_accounts() -> String {
    let mut lines = shares();
    for pair in 0..20_i64 {
        for (page, second) in [(pair, 300), (pair + 40, 4_000)] {
            for side in 0..2_i64 {
                let at = SystemClock.now().plus_seconds(-86_400 * (1 + pair % 6) - 7_200 + second + side * 2);
                let body = json!({
                    "id": format!("pair{pair}-{page}-{side}"), "type": "share.created", "time": at.to_string(),
                    "account": { "id": format!("pair{pair}side{side}") },
                    "share": { "object_id": format!("page{page}") },
                });
                lines += &format!("{body}\n");
            }
        }
    }
    lines
}

#[test]
fn weaker_evidence_is_told_with_how_much_of_it_chance_makes() {
    let server = Server::start();
    let (platform, viewer) = (server.token("platform"), server.token("viewer"));
    let path = "/v1/events?wait=returns&timeout_ms=10000";
    server.send(Call { path, ..Call::events(pairs_of_accounts()) }.by(&platform)).expect(200);
    let wanted = "window=10s&min_objects=2&min_days=1&min_accounts=2&top=100";
    let found = server.get(&viewer, &format!("/v1/clusters/weaker?{wanted}")).expect(200);
    let clusters = found["clusters"].as_array().unwrap();
    let of_a_pair = |cluster: &&Value| {
        let mut members = cluster["members"].as_array().unwrap().iter();
        members.all(|member| member["account_id"].as_str().unwrap().starts_with("pair"))
    };
    let rightly = clusters.iter().filter(of_a_pair).count();
    assert!(rightly >= 15 && clusters.len() <= rightly * 2, "{found}");
    let (pairs, by_chance) = (found["pairs"].as_f64().unwrap(), found["pairs_by_chance"].as_f64().unwrap());
    assert!(by_chance <= pairs / 2.0, "{found}");
    assert!(clusters.iter().all(|cluster| cluster["weight"] == json!(0.0)), "{found}");
    server.get(&viewer, "/v1/clusters/weaker?window=soon").refuses(400, "parameter_invalid");
    server.get(&platform, "/v1/clusters/weaker").refuses(403, "forbidden");
}

/// The ring of `shares`, on a server with everybody's tokens: platform, viewer, reviewer, another reviewer.
fn ring() -> (Server, [String; 4], String) {
    let server = Server::start();
    let tokens = ["platform", "viewer", "reviewer", "lead"].map(|role| server.token(role));
    let path = "/v1/events?wait=returns&timeout_ms=10000";
    server.send(Call { path, ..Call::events(shares()) }.by(&tokens[0])).expect(200);
    let found = server.get(&tokens[1], "/v1/clusters?window=60s").expect(200);
    let name = found["clusters"][0]["cluster_id"].as_str().unwrap().to_owned();
    (server, tokens, name)
}

#[test]
fn a_cluster_becomes_one_case_and_each_account_its_own_decision() {
    let (server, [_, viewer, reviewer, lead], name) = ring();
    let wanted = json!({ "cluster_id": name, "window": "60s" });
    let opened = server.post(&reviewer, "/v1/clusters/cases", &wanted).expect(201);
    let case = &opened["cluster_case"];
    assert_eq!((&case["status"], &case["member_count"]), (&json!("open"), &json!(4)), "{opened}");
    let told = case["evidence"][0]["text"].as_str().unwrap();
    assert!(told.contains("within 60 s"), "the evidence is the server's own: {told}");
    let again = server.post(&lead, "/v1/clusters/cases", &wanted).expect(200);
    assert_eq!(again["cluster_case"], *case);
    let listed = server.get(&viewer, "/v1/clusters/cases").expect(200);
    assert_eq!(listed["cluster_cases"][0]["cluster_case_id"], case["cluster_case_id"]);
    let path = format!("/v1/clusters/cases/{}", case["cluster_case_id"].as_str().unwrap());

    let members: Vec<Value> = opened["members"].as_array().unwrap().clone();
    assert!(members.iter().all(|one| one["standing"] == "unjudged" && one["case"]["status"] == "open"));
    let first = format!("/v1/cases/{}/claim", members[0]["case"]["case_id"].as_str().unwrap());
    server.post(&lead, &first, &Value::Null).expect(200);
    let lease = server.post(&reviewer, &format!("{path}/claim"), &Value::Null).expect(200);
    assert_eq!(lease["case_ids"].as_array().unwrap().len(), 3, "{lease}");
    assert_eq!(
        lease["held"],
        json!([{ "case_id": members[0]["case"]["case_id"], "operator_id": "the-lead" }])
    );

    let ids: Vec<&Value> = members.iter().map(|one| &one["account_id"]).collect();
    let decision = |members: &[&Value], kind: &str| {
        json!({
            "claim_id": lease["claim"]["claim_id"], "members": members, "kind": kind, "policy_id": "violent-movements",
            "policy_version": 1, "rationale": "they share the same within a minute, day by day",
        })
    };
    let decide = format!("{path}/decisions");
    server.post(&reviewer, &decide, &decision(&ids, "suspend")).refuses(409, "claim_lost");
    server.post(&reviewer, &decide, &decision(&[], "suspend")).refuses(422, "cluster_invalid");
    server
        .post(&reviewer, &decide, &decision(&[&json!("person1")], "suspend"))
        .refuses(422, "cluster_invalid");
    let made = server.post(&reviewer, &decide, &decision(&ids[1..3], "suspend")).expect(201);
    let made = made["decisions"].as_array().unwrap();
    for (one, account) in made.iter().zip(&ids[1..3]) {
        assert_eq!(
            (&one["decision"]["account_id"], &one["decision"]["automation"]),
            (*account, &json!("partially_automated"))
        );
        assert!(one["decision"]["evidence"].as_array().unwrap().iter().any(|row| row["text"] == told));
        assert_eq!(one["actions"].as_array().unwrap().len(), 1);
    }
    server.post(&reviewer, &decide, &decision(&ids[3..], "no_violation")).expect(201);
    assert_eq!(server.get(&viewer, &path).expect(200)["cluster_case"]["status"], "open");
    let lease = server.post(&lead, &format!("{path}/claim"), &Value::Null).expect(200);
    let last = json!({ "claim_id": lease["claim"]["claim_id"], "members": ids[..1], "kind": "no_violation",
        "policy_id": "violent-movements", "policy_version": 1, "rationale": "a news desk" });
    server.post(&lead, &decide, &last).expect(201);
    let closed = server.get(&viewer, &path).expect(200);
    assert_eq!(closed["cluster_case"]["close_reason"], "decided");
    let standings: Vec<&Value> =
        closed["members"].as_array().unwrap().iter().map(|one| &one["standing"]).collect();
    assert_eq!(standings, ["cleared", "suspended", "suspended", "cleared"]);
    server.post(&lead, &format!("{path}/claim"), &Value::Null).refuses(409, "cluster_case_closed");
}

#[test]
fn a_cluster_case_is_opened_by_reviewers_alone_and_only_as_it_is_found() {
    let (server, [platform, viewer, reviewer, _], name) = ring();
    let wanted = json!({ "cluster_id": name, "window": "60s" });
    server.send(Call::post("/v1/clusters/cases", &wanted)).refuses(401, "unauthenticated");
    for path in ["/v1/clusters/cases", "/v1/clusters/cases/x/claim", "/v1/clusters/cases/x/decisions"] {
        server.post(&viewer, path, &wanted).refuses(403, "forbidden");
        server.post(&platform, path, &wanted).refuses(403, "forbidden");
    }
    server.get(&platform, "/v1/clusters/cases").refuses(403, "forbidden");
    server.get(&viewer, "/v1/clusters/cases/x").refuses(404, "not_found");
    server.post(&reviewer, "/v1/clusters/cases/x/claim", &Value::Null).refuses(404, "not_found");
    let other = json!({ "cluster_id": "0123456789ab", "window": "60s" });
    server.post(&reviewer, "/v1/clusters/cases", &other).refuses(409, "cluster_changed");
    let forged = json!({ "cluster_id": name, "window": "60s", "evidence": [] });
    server.post(&reviewer, "/v1/clusters/cases", &forged).refuses(400, "body_invalid");
    let mixed = json!({ "cluster_id": name, "window": "60s", "seed": "ring1" });
    server.post(&reviewer, "/v1/clusters/cases", &mixed).refuses(400, "body_invalid");

    let around = server.get(&viewer, "/v1/accounts/ring1/cluster").expect(200);
    let seeded = json!({ "cluster_id": around["cluster"]["cluster_id"], "seed": "ring1" });
    let opened = server.post(&reviewer, "/v1/clusters/cases", &seeded).expect(201);
    assert_eq!(
        (&opened["cluster_case"]["kind"], &opened["cluster_case"]["window_seconds"]),
        (&json!("seed"), &Value::Null)
    );
    let unknown = json!({ "cluster_id": name, "seed": "nobody" });
    server.post(&reviewer, "/v1/clusters/cases", &unknown).refuses(404, "not_found");
}
