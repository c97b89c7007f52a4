//! `cordon rules`: from a folder of rules to a case.

use crate::support::{Folder, text};
use cordon_enforce::outbox::{OutboxKind, SignalBody, WebhookBody};
use cordon_enforce::ports::{CaseDesk, CaseFilter, Counts, Outbox};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::entity::Source;
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn cordon(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cordon"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn rule_set(folder: &Path, text: &str) -> String {
    std::fs::write(folder.join("main.sml"), text).unwrap();
    folder.to_string_lossy().into_owned()
}

#[test]
fn a_sound_set_checks_clean_and_answers_each_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Length = StringLength(s=Text)\n";
    let dir = rule_set(folder.path(), &format!("Text: str = JsonData(path='$.text')\n{text}"));
    let checked = cordon(&["rules", "check", &dir], "");
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stderr));
    let ran = cordon(&["rules", "run", &dir], "{\"text\": \"abc\"}\nnot json\n{}\n");
    assert_eq!(ran.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("line 2: event is not valid JSON"));
    let answers: Vec<Value> = ran
        .stdout
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["features"], serde_json::json!({"Text": "abc", "Length": 3}));
    assert_eq!(answers[1]["errors"][0]["path"], "main.sml");
}

#[test]
fn mistakes_are_shown_to_people_and_as_sarif() {
    let folder = tempfile::tempdir().unwrap();
    let dir = rule_set(folder.path(), "A = Nope\nB = 1 + 'x'\n");
    let checked = cordon(&["rules", "check", &dir], "");
    assert_eq!(checked.status.code(), Some(2));
    let text = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(text.contains("main.sml:1:5") && text.contains("main.sml:2:5"), "{text}");
    let sarif = cordon(&["rules", "check", &dir, "--json"], "");
    let sarif: Value = serde_json::from_slice(&sarif.stdout).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_asked_of_the_platform_is_printed_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let dir = rule_set(
        folder.path(),
        "UserId: str = JsonData(path='$.did')\nLoud = Rule(when_all=[UserId != 'owl'], description='not the owl')\n\
         WhenRules(rules_any=[Loud], then=[AtprotoLabel(entity=UserId, label='spam', comment='links', expiration_in_hours=24)])\n",
    );
    let ran = cordon(&["rules", "run", &dir], "{\"did\": \"gull\"}\n{\"did\": \"owl\"}\n");
    let lines: Vec<Value> = String::from_utf8_lossy(&ran.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["signals"], serde_json::json!({"atproto_label": ["gull|spam|links|24"]}));
    assert_eq!(lines[1].get("signals"), None);
}

#[test]
fn a_folder_that_is_none_could_not_run() {
    let ran = cordon(&["rules", "check", "no-such-folder"], "");
    assert_eq!(ran.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("no-such-folder is not a folder"));
}

/// The rule set that comes with the product.
fn bundled() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/rules").to_owned()
}

#[test]
fn the_bundled_set_passes_its_own_tests() {
    let tested = cordon(&["rules", "test", &bundled()], "");
    let text = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert_eq!(tested.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&tested.stderr));
    assert!(text.contains("0 failed"), "{text}");
}

#[test]
fn a_test_that_differs_shows_what_was_expected_beside_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let dir = rule_set(
        folder.path(),
        "Text: str = JsonData(path='$.text')\nLong = Rule(when_all=[StringLength(s=Text) > 3], description='long')\n",
    );
    let test = "- name: long\n  event: {type: note, text: herons}\n  expect: {features: {Text: owls}, rules: [Long], verdicts: [look]}\n";
    std::fs::write(folder.path().join("text_test.yaml"), test).unwrap();
    let tested = cordon(&["rules", "test", &dir], "");
    assert_eq!(tested.status.code(), Some(2), "{}", String::from_utf8_lossy(&tested.stderr));
    let text = String::from_utf8_lossy(&tested.stdout).into_owned();
    assert!(text.contains("FAILED text_test.yaml: long"), "{text}");
    assert!(text.contains("expected \"owls\"\n         found    \"herons\""), "{text}");
    let tested = cordon(&["rules", "test", &dir, "--json"], "");
    let found: Value = serde_json::from_slice(&tested.stdout).unwrap();
    assert_eq!(found["failed"], 1);
    let what: Vec<&str> = found["cases"][0]["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["features.Text", "verdicts"]);
    std::fs::remove_file(folder.path().join("text_test.yaml")).unwrap();
    let none = cordon(&["rules", "test", &dir], "");
    assert_eq!(none.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&none.stderr).contains("holds no tests"));
}

fn posts(count: usize) -> String {
    let time = SystemClock.now();
    let post = |number| {
        format!(
            r#"{{"id":"p{number}","type":"post.created","time":"{time}","account":{{"id":"gull"}},"post":{{"text":"look","urls":["https://mill.example/"]}}}}"#
        )
    };
    (0..count).map(post).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_published_set_brings_an_account_before_people_and_its_verdicts_leave_as_signals() {
    let folder = Folder::new();
    let published = folder.json(["rules", "publish", &bundled(), "--mode", "live", "--owner", "ana"]);
    assert_eq!((&published["version"], &published["mode"]), (&Value::from(1), &Value::from("live")));
    let file = folder.write("posts.ndjson", posts(12));
    folder.json(["ingest", text(&file)]);
    let stats = folder.json(["rules", "stats"]);
    let hits = |rule: &str| {
        let rules = stats["live"]["rules"].as_array().unwrap();
        rules.iter().find(|one| one["rule"] == rule).unwrap()["hits"].as_u64().unwrap()
    };
    assert_eq!((hits("Burst"), hits("LinkFlood"), hits("ManySignUps")), (2, 1, 0));
    let listed = folder.json(["rules", "list"]);
    assert_eq!((&listed[0]["owner"], &listed[0]["is_in_force"]), (&Value::from("ana"), &Value::from(true)));

    let opened = folder.open();
    let (record, all) = (&opened.record, CaseFilter::default());
    let page = opened.runtime.block_on(record.list_cases(&all, None, 10)).unwrap();
    let [case] = &page.cases[..] else { panic!("{:?}", page.cases) };
    assert_eq!((case.account_id.as_str(), case.opened_by), ("gull", Source::Rule));
    assert_eq!(case.policy_id.as_ref().unwrap().as_str(), "spam");
    let now = SystemClock.now();
    let rows = opened.runtime.block_on(record.due(OutboxKind::Webhook, now, 10)).unwrap();
    let body: SignalBody = serde_json::from_str(&rows[0].payload).unwrap();
    assert_eq!((body.kind.as_str(), body.name.as_str()), ("signal.verdict", "slow_down"));
    assert!(!body.is_decision && rows[0].payload.contains(r#""is_decision":false"#));
    assert!(opened.runtime.block_on(record.actions_after("")).unwrap().is_empty());
}

#[test]
fn a_verdict_or_signal_named_suspend_acts_on_nobody() {
    let folder = Folder::new();
    let set = "Id: Entity[str] = EntityJson(type='UserId', path='$.account.id')\nAny = Rule(when_all=[Id != ''], description='any')\nWhenRules(rules_any=[Any], then=[DeclareVerdict(verdict='suspend'), DeclareVerdict(verdict='action.suspend'), SendSignal(name='suspend')])\n";
    std::fs::create_dir(folder.path("set")).unwrap();
    let dir = rule_set(&folder.path("set"), set);
    folder.json(["rules", "publish", &dir, "--mode", "live"]);
    let file = folder.write("posts.ndjson", posts(1));
    folder.json(["ingest", text(&file)]);
    let opened = folder.open();
    let record = &opened.record;
    assert!(opened.runtime.block_on(record.actions_after("")).unwrap().is_empty());
    let rows = opened.runtime.block_on(record.due(OutboxKind::Webhook, SystemClock.now(), 10)).unwrap();
    for row in &rows {
        let body: Value = serde_json::from_str(&row.payload).unwrap();
        assert_eq!(body["is_decision"], false);
        assert!(body["type"].as_str().unwrap().starts_with("signal."), "{body}");
        assert!(serde_json::from_str::<WebhookBody>(&row.payload).is_err(), "read as an action: {body}");
    }
    assert_eq!(rows.len(), 1, "one of a stream at a time");
}

#[test]
fn in_shadow_nothing_comes_of_a_set_and_one_with_mistakes_or_an_unknown_policy_is_refused() {
    let folder = Folder::new();
    folder.json(["rules", "publish", &bundled(), "--mode", "shadow"]);
    let file = folder.write("posts.ndjson", posts(12));
    folder.json(["ingest", text(&file)]);
    let stats = folder.json(["rules", "stats"]);
    assert_eq!(stats["shadow"]["effects"]["verdict:slow_down"], 2);
    std::fs::create_dir(folder.path("set")).unwrap();
    let dir = rule_set(&folder.path("set"), "A = Nope\n");
    let refused = folder.run(["rules", "publish", &dir, "--mode", "shadow"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("what is in force stays"));
    rule_set(
        &folder.path("set"),
        "A = Rule(when_all=[True], description='a')\nWhenRules(rules_any=[A], then=[SendToReview(policy='nope')])\n",
    );
    let refused = folder.run(["rules", "publish", &dir, "--mode", "live"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("policy `nope`"));
    assert_eq!(folder.json(["rules", "list"]).as_array().unwrap().len(), 1);
    folder.json(["rules", "withdraw", "--mode", "shadow"]);
    assert_eq!(folder.json(["rules", "stats"]), serde_json::json!({}));
    let opened = folder.open();
    let rows = opened.runtime.block_on(opened.record.due(OutboxKind::Webhook, SystemClock.now(), 10));
    assert!(rows.unwrap().is_empty());
    let page = opened.runtime.block_on(opened.record.list_cases(&CaseFilter::default(), None, 10)).unwrap();
    assert!(page.cases.is_empty());
}

#[test]
fn a_back_test_counts_what_a_draft_would_have_done_and_what_people_decided_about_it() {
    let folder = Folder::new();
    let file = folder.write("posts.ndjson", posts(12));
    folder.json(["ingest", text(&file)]);
    let found = folder.json(["rules", "backtest", &bundled(), "--since", "1d"]);
    let rule = |found: &Value, name: &str| {
        found["rules"].as_array().unwrap().iter().find(|one| one["rule"] == name).unwrap().clone()
    };
    assert_eq!((&found["events"], &found["warm_up"]), (&Value::from(12), &Value::from(0)));
    let burst = rule(&found, "Burst");
    assert_eq!((&burst["hits"], &burst["new_accounts"]), (&Value::from(2), &Value::from(1)));
    assert_eq!((&burst["precision"], &burst["examples"][0]), (&Value::Null, &Value::from("gull")));
    let time = SystemClock.now();
    let decided = format!(
        r#"{{"id":"d1","type":"decision.imported","time":"{time}","decision":{{"account_id":"gull","outcome":"suspended"}}}}"#
    );
    let file = folder.write("decisions.ndjson", decided);
    folder.json(["ingest", text(&file)]);
    let burst = rule(&folder.json(["rules", "backtest", &bundled()]), "Burst");
    assert_eq!((&burst["violating"], &burst["precision"]["share"]), (&Value::from(1), &Value::from(1.0)));
    let late = folder.json(["rules", "backtest", &bundled(), "--since", "2100-01-01T00:00:00Z"]);
    assert_eq!((&late["events"], &rule(&late, "Burst")["hits"]), (&Value::from(0), &Value::from(0)));
    assert_eq!(folder.json(["rules", "list"]), serde_json::json!([]), "it leaves nothing behind");
}

#[test]
fn a_back_test_tells_which_rules_say_the_same_and_what_limits_follow() {
    let folder = Folder::new();
    folder.json(["rules", "publish", &bundled(), "--mode", "live"]);
    let file = folder.write("posts.ndjson", posts(12));
    folder.json(["ingest", text(&file)]);
    let draft = folder.path("draft");
    std::fs::create_dir(&draft).unwrap();
    let set = "Type: str = JsonData(path='$.type')\nPosts = Rule(when_all=[Type == 'post.created'], description='p')\n\
               Twin = Rule(when_all=[Type != 'login'], description='t')\nNever = Rule(when_all=[Type == 'none'], description='n')\n\
               Words = Rule(when_all=[ListContains(list='not-there', phrases=[Type]) != None], description='w')\n\
               WhenRules(rules_any=[Posts, Twin, Never, Words], then=[DeclareVerdict(verdict='x')])\n";
    let dir = rule_set(&draft, set);
    let found = folder.json(["rules", "backtest", &dir, "--since", "1d"]);
    let pairs: Vec<(String, String, bool, u64, u64)> = found["overlaps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let name = |key: &str| one[key].as_str().unwrap().to_owned();
            let count = |key: &str| one[key].as_u64().unwrap();
            (name("rule"), name("other"), one["is_other_live"] == true, count("hits"), count("accounts"))
        })
        .collect();
    let pair = |rule: &str, other: &str, is_live, hits, accounts| {
        (rule.to_owned(), other.to_owned(), is_live, hits, accounts)
    };
    assert_eq!(pairs[0], pair("Posts", "Twin", false, 12, 1));
    for expected in [pair("Posts", "Burst", true, 2, 1), pair("Twin", "Burst", true, 2, 1)] {
        assert!(pairs.contains(&expected), "{pairs:?}");
    }
    let rule =
        |name: &str| found["rules"].as_array().unwrap().iter().find(|one| one["rule"] == name).unwrap();
    let days = rule("Posts")["busiest_day"].as_u64().unwrap();
    // Midnight may fall between two of them.
    assert!((6..=12).contains(&days), "{days}");
    assert_eq!(rule("Posts")["daily_limit"].as_u64(), Some(5 * days + 20));
    assert_eq!((&rule("Never")["hits"], &rule("Never")["daily_limit"]), (&Value::from(0), &Value::from(20)));
    let shown = folder.run(["rules", "backtest", &dir, "--since", "1d"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("live: Burst") && shown.contains("busiest day"), "{shown}");

    let put = folder.run([
        "--json",
        "rules",
        "publish",
        &dir,
        "--mode",
        "live",
        "--daily-limit",
        "Twin=3",
        "--limits-from-backtest",
        "1d",
    ]);
    let told = String::from_utf8_lossy(&put.stderr).into_owned();
    assert!(put.status.success() && told.contains("warning[no-list]"), "{told}");
    let limits = &crate::support::last_json(&put)["daily_limits"];
    assert_eq!(
        (&limits["Twin"], &limits["Posts"], &limits["Never"]),
        (&Value::from(3), &Value::from(5 * days + 20), &Value::from(20))
    );
    let more: String = posts(6).replace("\"id\":\"p", "\"id\":\"q");
    let file = folder.write("more.ndjson", more);
    folder.json(["ingest", text(&file)]);
    let stats = folder.json(["rules", "stats"]);
    let stopped: Vec<&str> = stats["live"]["stopped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["rule"].as_str().unwrap())
        .collect();
    assert_eq!(stopped, ["Twin"], "{stats}");
    let none = folder.run([
        "rules",
        "publish",
        &dir,
        "--mode",
        "live",
        "--limits-from-backtest",
        "2100-01-01T00:00:00Z",
    ]);
    assert!(String::from_utf8_lossy(&none.stderr).contains("nothing to take limits from"));
}

#[test]
fn two_sets_are_held_side_by_side_and_a_draft_against_what_is_live() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let rule = |limit: u32| {
        format!("N: int = JsonData(path='$.n')\nMany = Rule(when_all=[N > {limit}], description='many')\n")
    };
    let (before, after) = (rule_set(one.path(), &rule(3)), rule_set(other.path(), &rule(4)));
    let found = cordon(&["rules", "diff", &before, &after, "--json"], "");
    assert_eq!(found.status.code(), Some(2));
    let found: Value = serde_json::from_slice(&found.stdout).unwrap();
    let many = &found["rules"][0];
    assert_eq!((&many["name"], &many["change"]), (&Value::from("Many"), &Value::from("changed")));
    assert!(many["after"].as_str().unwrap().contains("N>4"), "{many}");
    assert_eq!(cordon(&["rules", "diff", &before, &before], "").status.code(), Some(0));

    let folder = Folder::new();
    folder.json(["rules", "publish", &before, "--mode", "live"]);
    let path = folder.data();
    let data = text(&path);
    let same = cordon(&["--data", data, "rules", "diff", &before], "");
    assert_eq!(same.status.code(), Some(0), "{}", String::from_utf8_lossy(&same.stderr));
    assert_eq!(cordon(&["--data", data, "rules", "diff", &after], "").status.code(), Some(2));
}

#[test]
fn an_expression_filters_the_journal_by_event_by_time_and_by_value() {
    let folder = Folder::new();
    let file = folder.write("posts.ndjson", posts(12));
    folder.json(["ingest", text(&file)]);
    let line = "Who: str = JsonData(path='$.account.id')";
    let found = folder.json(["query", "Who == 'gull'", "--let", line, "--top", "3"]);
    assert_eq!((&found["events"], &found["matches"]), (&Value::from(12), &Value::from(12)));
    let newest: Vec<&str> =
        found["newest"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(newest, ["p9", "p10", "p11"]);
    let by = folder.json(["query", "True", "--let", line, "--by", "Who"]);
    assert_eq!(by["groups"], serde_json::json!([{"value": "gull", "count": 12}]));
    let none = folder.json(["query", "Who == 'tern'", "--let", line, "--by", "day"]);
    assert_eq!((&none["matches"], &none["groups"]), (&Value::from(0), &serde_json::json!([])));
    // What counts is asked in order, and sees what came before.
    let count = "Posts = Count(by=Who, window=TimeDelta(hours=1))";
    let many = folder.json(["query", "Posts > 10", "--let", line, "--let", count]);
    assert_eq!(many["matches"], 2);
    let path = folder.data();
    let data = text(&path);
    let wrong = cordon(&["--data", data, "query", "Whoo == 'x'", "--let", line], "");
    assert_eq!(wrong.status.code(), Some(3));
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(told.contains("query:2:1") && told.contains("did you mean `Who`?"), "{told}");
}

/// One message of the language server protocol.
fn message(body: &Value) -> String {
    let text = body.to_string();
    format!("Content-Length: {}\r\n\r\n{text}", text.len())
}

#[test]
fn an_editor_hears_of_mistakes_help_completions_and_definitions() {
    let folder = tempfile::tempdir().unwrap();
    let sound = "Text: str = JsonData(path='$.text')\nLength = StringLength(s=Text)\n";
    rule_set(folder.path(), sound);
    let root = format!("file://{}", folder.path().display());
    let uri = format!("{root}/main.sml");
    let ask = |id: u32, method: &str, line: u32, character: u32| {
        serde_json::json!({"jsonrpc": "2.0", "id": id, "method": method,
            "params": {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}})
    };
    let broken = format!("{sound}Bad = Nope\n");
    let session = [
        serde_json::json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"rootUri": root}}),
        serde_json::json!({"jsonrpc": "2.0", "method": "initialized", "params": {}}),
        serde_json::json!({"jsonrpc": "2.0", "method": "textDocument/didOpen",
            "params": {"textDocument": {"uri": uri, "text": broken}}}),
        serde_json::json!({"jsonrpc": "2.0", "method": "textDocument/didChange",
            "params": {"textDocument": {"uri": uri}, "contentChanges": [{"text": sound}]}}),
        ask(2, "textDocument/hover", 1, 12),
        ask(3, "textDocument/definition", 1, 25),
        ask(4, "textDocument/completion", 1, 22),
        serde_json::json!({"jsonrpc": "2.0", "id": 5, "method": "textDocument/rename", "params": {}}),
        serde_json::json!({"jsonrpc": "2.0", "id": 6, "method": "shutdown"}),
        serde_json::json!({"jsonrpc": "2.0", "method": "exit"}),
    ];
    let input: String = session.iter().map(message).collect();
    let served = cordon(&["rules", "lsp"], &input);
    assert_eq!(served.status.code(), Some(0), "{}", String::from_utf8_lossy(&served.stderr));
    let output = String::from_utf8(served.stdout).unwrap();
    let answers: Vec<Value> = output
        .split("Content-Length: ")
        .filter_map(|part| part.split_once("\r\n\r\n"))
        .map(|(_, body)| serde_json::from_str(body).unwrap())
        .collect();
    let told: Vec<&Value> =
        answers.iter().filter(|one| one["method"] == "textDocument/publishDiagnostics").collect();
    assert_eq!(told[0]["params"]["diagnostics"][0]["code"], "unknown-identifier");
    assert_eq!(
        told[0]["params"]["diagnostics"][0]["range"]["start"],
        serde_json::json!({"line": 2, "character": 6})
    );
    assert_eq!(told[1]["params"]["diagnostics"], serde_json::json!([]));
    let result = |id: u32| answers.iter().find(|one| one["id"] == id).unwrap();
    assert!(
        result(2)["result"]["contents"]["value"].as_str().unwrap().contains("StringLength(s: str) -> int")
    );
    assert_eq!(result(3)["result"]["range"]["start"], serde_json::json!({"line": 0, "character": 0}));
    let labels: Vec<&str> =
        result(4)["result"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert!(
        labels.starts_with(&["s="]) && labels.contains(&"RegexMatch") && labels.contains(&"Text"),
        "{labels:?}"
    );
    assert_eq!(result(5)["error"]["code"], -32_601);
    assert_eq!(result(6)["result"], Value::Null);
}
