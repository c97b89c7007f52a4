//! `cordon audit`: checking, signing and proving what was done.

use crate::support::{Folder, code, last_json, text};
use cordon_model::ids::AccountId;
use serde_json::{Value, json};

/// A folder with audit records of four policies, a hold and its end.
fn audited() -> Folder {
    let folder = Folder::new();
    let event = r#"{"id":"l1","type":"account.logged_in","time":"2016-02-05T10:00:00Z","account":{"id":"a1"},"session":{"ip":"192.0.2.1"}}"#;
    let file = folder.write("log-in.ndjson", event);
    folder.json(["ingest", text(&file)]);
    hold_and_lift(&folder);
    folder
}

fn hold_and_lift(folder: &Folder) {
    folder.json(["admin", "hold", "place", "a1", "--basis", "order of a court"]);
    folder.json(["admin", "hold", "lift", "a1"]);
}

/// What a command prints, once it did what it should.
fn printed<const N: usize>(folder: &Folder, arguments: [&str; N]) -> Vec<u8> {
    let output = folder.command().args(arguments).output().unwrap();
    assert_eq!(code(&output), 0, "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_record_is_proved_to_whoever_has_the_key_and_an_altered_proof_shows_nothing() {
    let folder = audited();
    let key = folder.write("key", printed(&folder, ["audit", "key"]));
    let proof = printed(&folder, ["audit", "prove", "7"]);
    let check = |proof: &[u8]| {
        let file = folder.write("proof.json", proof);
        folder.run(["--json", "audit", "check", text(&file), "--key", text(&key)])
    };
    let proved = check(&proof);
    assert_eq!(code(&proved), 0);
    assert!(last_json(&proved)["says"].as_str().unwrap().contains("legal_hold.lifted"));

    let altered = |alter: &dyn Fn(&mut Value)| {
        let mut altered: Value = serde_json::from_slice(&proof).unwrap();
        alter(&mut altered);
        code(&check(altered.to_string().as_bytes()))
    };
    assert_eq!(altered(&|proof| proof["record"]["subject"] = json!("a2")), 2);
    assert_eq!(altered(&|proof| proof["record"]["actor"] = json!("operator:bob")), 2);
    assert_eq!(altered(&|proof| proof["record"]["sequence"] = json!(5)), 2);
    assert_eq!(altered(&|proof| proof["path"] = json!([])), 2);
    assert_eq!(
        altered(&|proof| {
            let note = proof["checkpoint"].as_str().unwrap().replacen("\n7\n", "\n8\n", 1);
            proof["checkpoint"] = json!(note);
        }),
        2
    );
    let other = folder.write("other", "cordon/audit+00000000+AAAA");
    let file = folder.write("proof.json", &proof);
    assert_eq!(code(&folder.run(["audit", "check", text(&file), "--key", text(&other)])), 3);
    assert_eq!(code(&folder.run(["audit", "prove", "8"])), 3, "there are seven");
}

#[test]
fn a_checkpoint_kept_elsewhere_shows_that_the_audit_was_not_rewritten() {
    let folder = audited();
    let kept = folder.write("kept", printed(&folder, ["audit", "checkpoint"]));
    let key = folder.write("key", printed(&folder, ["audit", "key"]));
    hold_and_lift(&folder);
    let sound = folder.json(["audit", "verify", "--checkpoint", text(&kept)]);
    assert_eq!((&sound["is_sound"], &sound["records"]), (&json!(true), &json!(9)));
    let proof = folder.write("proof.json", printed(&folder, ["audit", "consistency", text(&kept)]));
    let proved = folder.run(["--json", "audit", "check", text(&proof), "--key", text(&key)]);
    assert_eq!(last_json(&proved)["says"], "the first 7 of 9 records are as they were");

    // The same deeds in another folder, but not the same history.
    let other = audited();
    std::fs::copy(folder.data().join("audit-key"), other.data().join("audit-key")).unwrap();
    let forked = other.run(["--json", "audit", "verify", "--checkpoint", text(&kept)]);
    assert_eq!((code(&forked), last_json(&forked)["is_sound"].clone()), (2, json!(false)));
    std::fs::remove_file(other.data().join("audit-key")).unwrap();
    assert_eq!(code(&other.run(["audit", "verify", "--checkpoint", text(&kept)])), 3, "another key");
}

#[test]
fn an_erased_account_is_not_in_the_audit_and_the_rest_is_as_it_was_sealed() {
    let folder = audited();
    let kept = folder.write("kept", printed(&folder, ["audit", "checkpoint"]));
    folder.json(["admin", "erase", "a1"]);
    folder.json(["audit", "verify", "--checkpoint", text(&kept)]);
    let file = folder.path("audit.ndjson");
    folder.json(["audit", "export", text(&file)]);
    let lines = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let subjects: Vec<_> = lines.iter().filter_map(|line| line["subject"].as_str()).collect();
    assert_eq!(subjects[5..], ["", "", AccountId::from("a1").as_str()], "the erasure alone is on record");
    assert!(lines[8]["checkpoint"].as_str().unwrap().starts_with("cordon/audit\n8\n"));
    assert_eq!(code(&folder.run(["audit", "export", text(&file)])), 3, "nothing is overwritten");
}
