//! `cordon queues`: what waits where, by targets of one's own.

use crate::support::{Folder, code, text};
use cordon_model::clock::{Clock, SystemClock};
use serde_json::{Value, json};

/// By these, a case is due soon from its first second: the share of an hour is below one.
const TARGETS: &str = "usual: { first_look_minutes: 60, decision_minutes: 120, due_soon_at: 0.0001 }\n";

/// Two accounts that were reported just now.
fn reported() -> Folder {
    let folder = Folder::new();
    let report = |account: &str| {
        let report = json!({ "account_id": account, "reporter": { "kind": "user" } });
        let (id, time) = (format!("report-{account}"), SystemClock.now().to_string());
        let created =
            json!({ "id": account, "type": "account.created", "time": time, "account": { "id": account } });
        let filed = json!({ "id": id, "type": "report.created", "time": time, "report": report });
        format!("{created}\n{filed}\n")
    };
    let reports = folder.write("reports.ndjson", ["wren", "finch"].map(report).concat());
    assert_eq!(folder.json(["ingest", text(&reports)])["accepted"], 4);
    folder
}

/// Open, unclaimed, late and due soon in the queue of reports.
fn counts(told: &Value) -> [Option<u64>; 4] {
    let mut queues = told["queues"].as_array().expect("queues").iter();
    let reports = queues.find(|queue| queue["queue_id"] == "reports").expect("the reports");
    ["open_count", "unclaimed_count", "late_count", "due_soon_count"].map(|name| reports[name].as_u64())
}

#[test]
fn what_waits_is_due_soon_or_not_by_the_targets_given() {
    let folder = reported();
    assert_eq!(counts(&folder.json(["queues"])), [2, 2, 0, 0].map(Some));
    let targets = folder.write("queues.yaml", TARGETS);
    assert_eq!(counts(&folder.json(["queues", "--targets", text(&targets)])), [2, 2, 0, 2].map(Some));
    let table = folder.run(["queues", "--targets", text(&targets)]);
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(["reports", "60 min", "2.0 h"].iter().all(|cell| table.contains(cell)), "{table}");
}

#[test]
fn targets_that_cannot_stand_are_told_with_their_file_and_queue() {
    let folder = Folder::new();
    let told = |command: [&str; 2], yaml: &str| {
        let file = folder.write("queues.yaml", yaml);
        let output = folder.run([command[0], command[1], text(&file)]);
        assert!(code(&output) != 0 && output.stdout.is_empty());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for command in [["queues", "--targets"], ["serve", "--queue-targets"]] {
        let zero = told(command, &TARGETS.replace("60", "0"));
        assert!(zero.contains("queues.yaml") && zero.contains("`usual`"), "{zero}");
        assert!(told(command, &TARGETS.replace("due_soon_at", "due_son_at")).contains("due_son_at"));
        assert!(told(command, "queues: {}\n").contains("usual"));
        let absent = folder.run([command[0], command[1], text(&folder.path("absent.yaml"))]);
        assert!(code(&absent) != 0 && String::from_utf8_lossy(&absent.stderr).contains("absent.yaml"));
    }
    assert!(!folder.data().exists(), "nothing was made");
}
