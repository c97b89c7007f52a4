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
