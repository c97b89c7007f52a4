//! `cordon bank`: from an entry to a match, and back to none.

use crate::support::{Folder, code, text};
use cordon_enforce::ports::{CaseDesk, CaseFilter};
use cordon_model::clock::{Clock, SystemClock};
use serde_json::{Value, json};

/// A hash that no picture has, and the same with three bits changed.
const PICTURE: &str = "pdq:5a3c90f1e7264bd80c9e7f1342a86db5f06b9127c4d83ea1963f5c0872e1ad4b";
const PICTURE_SAVED_AGAIN: &str = "pdq:5a3b90f1e7264bd80c9e7f1342a86db5f06b9127c4d83ea1963f5c0872e1ad4b";

/// A folder with one empty bank of the kind.
fn with_bank(kind: &str) -> Folder {
    let folder = Folder::new();
    let file = folder.write(
        "log-in.ndjson",
        event("l1", "account.logged_in", "reader", r#""session":{"ip":"192.0.2.1"}"#),
    );
    folder.json(["ingest", text(&file)]);
    let made = folder.json(["bank", "create", "known", "--kind", kind, "--policy", "spam", "--owner", "ana"]);
    assert_eq!(made, json!({"bank_id": "known", "is_new": true}));
    folder
}

/// An event of just now: what happened long ago is history, and is held against no bank.
fn event(id: &str, kind: &str, account: &str, body: &str) -> String {
    let time = SystemClock.now();
    format!(r#"{{"id":"{id}","type":"{kind}","time":"{time}","account":{{"id":"{account}"}},{body}}}"#)
}

fn post_picture(folder: &Folder, id: &str, account: &str) {
    let body = format!(r#""post":{{"id":"{id}","media_hashes":["{PICTURE_SAVED_AGAIN}"]}}"#);
    let file = folder.write(&format!("{id}.ndjson"), event(id, "post.created", account, &body));
    folder.json(["ingest", text(&file)]);
}

fn accounts_with_a_case(folder: &Folder) -> Vec<String> {
    let (opened, all) = (folder.open(), CaseFilter::default());
    let page = opened.runtime.block_on(opened.record.list_cases(&all, None, 10)).unwrap();
    page.cases.into_iter().map(|case| case.account_id.0).collect()
}

fn add(folder: &Folder, options: &[&str]) -> String {
    let output = folder.command().args(["--json", "bank", "add", "known"]).args(options).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let added: Value = serde_json::from_slice(&output.stdout).unwrap();
    added["entry_ids"][0].as_str().unwrap().to_owned()
}

fn message<const N: usize>(folder: &Folder, arguments: [&str; N]) -> String {
    let output = folder.run(arguments);
    assert_eq!(code(&output), 3, "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn matches(folder: &Folder, url: &str) -> usize {
    folder.json(["bank", "match", "--url", url]).as_array().unwrap().len()
}

#[test]
fn a_bank_of_one_picture_matches_and_its_poster_becomes_a_case_under_the_banks_policy() {
    let folder = with_bank("media");
    post_picture(&folder, "p1", "early");
    let entry_id = add(&folder, &["--kind", "pdq", PICTURE]);
    let found = folder.json(["bank", "match", "--hash", PICTURE_SAVED_AGAIN]);
    assert_eq!((&found[0]["entry_id"], &found[0]["distance"]), (&json!(entry_id), &json!(3)));
    post_picture(&folder, "p2", "late");
    let shown = folder.json(["bank", "show", "known"]);
    assert_eq!((&shown[0]["matches"], &shown[0]["value"]), (&json!(1), &json!(PICTURE)), "live at once");

    assert_eq!(accounts_with_a_case(&folder), ["late"], "what came before the entry is left alone");
}

#[test]
fn an_entry_in_shadow_counts_and_makes_no_case() {
    let folder = with_bank("media");
    add(&folder, &["--kind", "pdq", PICTURE, "--roll-out", "shadow"]);
    post_picture(&folder, "p1", "late");
    let listed = folder.json(["bank", "list"]);
    assert_eq!((&listed[0]["matches"], &listed[0]["shadow_matches"]), (&json!(0), &json!(1)));
    assert!(accounts_with_a_case(&folder).is_empty());
}

#[test]
fn an_entry_matches_until_it_expires() {
    let folder = with_bank("url");
    let soon = SystemClock.now().plus_seconds(4);
    add(&folder, &["--kind", "domain", "owl.example", "--expires", &soon.to_string()]);
    assert_eq!(matches(&folder, "https://night.owl.example/b"), 1);
    while SystemClock.now() < soon {
        std::thread::yield_now();
    }
    assert_eq!(matches(&folder, "https://night.owl.example/b"), 0);
    assert_eq!(folder.json(["bank", "show", "known"])[0]["is_in_force"], json!(false), "still listed");
    let past = message(
        &folder,
        ["bank", "add", "known", "--kind", "domain", "mill.example", "--expires", "2016-02-05T10:00:00Z"],
    );
    assert!(past.contains("expired already"), "{past}");
}

#[test]
fn a_disabled_entry_matches_nothing_until_its_time_and_a_removed_one_never() {
    let folder = with_bank("url");
    let entry_id = add(&folder, &["--kind", "url_prefix", "mill.example/group", "--note", "asked twice"]);
    let url = "https://mill.example/group/7";
    assert_eq!(matches(&folder, url), 1);
    folder.json(["bank", "disable", "known", &entry_id, "--days", "2"]);
    assert_eq!(matches(&folder, url), 0);
    let shown = folder.json(["bank", "show", "known"]);
    assert_eq!((&shown[0]["is_in_force"], &shown[0]["note"]), (&json!(false), &json!("asked twice")));
    folder.json(["bank", "disable", "known", &entry_id, "--until", "2016-02-05T10:00:00Z"]);
    assert_eq!(matches(&folder, url), 1, "a time that is over puts it in force again");
    folder.json(["bank", "remove", "known", &entry_id]);
    assert_eq!(matches(&folder, url), 0);
    assert!(message(&folder, ["bank", "remove", "known", &entry_id]).contains("cordon bank show known"));
}

#[test]
fn a_file_is_imported_line_by_line_and_what_cannot_stand_is_named_and_not_quoted() {
    let folder = with_bank("text");
    let long = "the grey herons gather at the old mill by the river tomorrow at dawn bring lanterns";
    let lines = format!(
        "{}\n\n{}\n{}\n{}\n",
        json!({"kind": "text", "value": long, "source": "partner", "roll_out": "25%"}),
        json!({"value": "no kind here"}),
        json!({"kind": "domain", "value": "secret.example"}),
        json!({"kind": "text", "value": "herons", "expires": "never"}),
    );
    let file = folder.write("entries.ndjson", lines);
    let output = folder.command().args(["--json", "bank", "import", "known", text(&file)]).output().unwrap();
    assert_eq!(code(&output), 2);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["entries"], &report["rejected"]), (&json!(1), &json!(3)));
    let named: Vec<&Value> =
        report["rejects"].as_array().unwrap().iter().map(|reject| &reject["line"]).collect();
    assert_eq!(named, [3, 4, 5]);
    assert!(!report.to_string().contains("secret"), "{report}");
    let changed = long.replace("lanterns", "torches").to_uppercase();
    let found = folder.json(["bank", "match", "--text", &changed]);
    assert_eq!((&found[0]["roll_out"], &found[0]["kind"]), (&json!("25%"), &json!("text")));
    let differs = found[0]["differs_percent"].as_u64().unwrap();
    assert!((1..40).contains(&differs), "{differs}");

    let plain = folder.write("texts.txt", "one more text\nand another\n");
    assert!(message(&folder, ["bank", "import", "known", text(&plain)]).contains("--kind"));
    let report = folder.json(["bank", "import", "known", text(&plain), "--kind", "text"]);
    assert_eq!(report["entries"], json!(2));
}

#[test]
fn tables_come_as_csv_in_which_no_value_is_a_formula() {
    let folder = with_bank("text");
    add(&folder, &["--kind", "text", "=herons, at \"dawn\""]);
    let csv = String::from_utf8(folder.run(["bank", "show", "known", "--csv"]).stdout).unwrap();
    let [head, row] = csv.lines().collect::<Vec<_>>()[..] else { panic!("{csv}") };
    assert!(head.starts_with("entry,kind,value,"), "{head}");
    assert!(row.contains(r#"text,"'=herons, at ""dawn""",own reviews,live,"#), "{row}");
    let csv = String::from_utf8(folder.run(["bank", "list", "--csv"]).stdout).unwrap();
    assert!(csv.contains("\nknown,text,spam,ana,1,1,0,0\n"), "{csv}");
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let folder = with_bank("url");
    let policy =
        message(&folder, ["bank", "create", "b", "--kind", "url", "--policy", "nope", "--owner", "ana"]);
    assert!(policy.contains("no policy `nope`") && policy.contains("spam"), "{policy}");
    let kind =
        message(&folder, ["bank", "create", "known", "--kind", "text", "--policy", "spam", "--owner", "ana"]);
    assert!(kind.contains("one of url"), "{kind}");
    let bank = message(&folder, ["bank", "show", "unknown"]);
    assert!(bank.contains("there are known"), "{bank}");
    let value =
        message(&folder, ["bank", "add", "known", "--kind", "domain", "owl.example", "not an address"]);
    assert!(value.contains("value 2") && value.contains("nothing was added"), "{value}");
    assert_eq!(folder.json(["bank", "show", "known"]), json!([]));
    let hash = message(&folder, ["bank", "match", "--hash", "abc"]);
    assert!(hash.contains("32, 40 or 64"), "{hash}");
    assert_eq!(code(&folder.run(["bank", "match"])), 1, "nothing to look up");
    assert_eq!(code(&Folder::new().run(["bank", "list"])), 3);
}

#[test]
fn banks_outlive_a_rotated_key_and_a_value_added_again_stays_one_entry() {
    let folder = with_bank("url");
    let entry_id = add(&folder, &["--kind", "domain", "owl.example"]);
    folder.json(["admin", "rotate-key"]);
    assert_eq!(matches(&folder, "https://owl.example/"), 1);
    assert_eq!(add(&folder, &["--kind", "domain", "owl.example"]), entry_id);
    assert_eq!(folder.json(["bank", "show", "known"]).as_array().unwrap().len(), 1);
}
