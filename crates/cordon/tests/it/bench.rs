//! `cordon bench`: what it counts before the kill is there after it.

use crate::support::{Folder, code, text};
use serde_json::Value;

#[test]
fn a_killed_ingest_comes_back_with_every_entry_link_and_offset() {
    let folder = Folder::new();
    let lines: Vec<String> = (0..50)
        .map(|n| {
            format!(
                r#"{{"id":"l{n}","type":"account.logged_in","time":"2026-02-05T10:00:00Z","account":{{"id":"a{}"}},"session":{{"ip":"192.0.2.{}"}}}}"#,
                n % 10,
                n % 3
            )
        })
        .collect();
    let file = folder.write("log-ins.ndjson", lines.join("\n"));
    let points = folder.json(["bench", "--events", text(&file), "--accounts", "800", "--days", "1"]);
    let points = points.as_array().expect("a point for each input");
    assert_eq!(points.len(), 2);
    for point in points {
        let before = &point["before_the_kill"];
        for name in ["entries", "links", "applied_offset"] {
            assert!(before[name].as_u64().is_some_and(|count| count > 0), "no {name} in {before}");
        }
        assert_eq!(before, &point["after_the_restart"]);
        assert_eq!(before, &point["after_a_replay"]);
        assert!(before["entries"].as_u64() >= point["events"].as_u64());
    }
    let of_a_line = lines.iter().map(String::len).sum::<usize>() as f64 / 50.0;
    assert_eq!(points[0]["event_bytes"].as_f64(), Some(of_a_line), "the file's own size of an event");
    assert!(points[1]["event_bytes"].as_f64().is_some_and(|bytes| bytes > 100.0));
    assert_ne!(points[1]["resident_bytes_per_link"], Value::Null);
}

#[test]
fn an_input_that_is_not_there_is_named() {
    let folder = Folder::new();
    let output = folder.run(["bench", "--events", "no-such.ndjson", "--accounts", "800"]);
    assert_eq!(code(&output), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("no-such.ndjson"));
}
