//! Rule sets whose results are written down, field by field.

use crate::support::{Plain, bench_data, folder, load, run, skip};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn check(root: &Path, events: &str, expected: &str, has_errors: bool) {
    let program = load(&folder(root));
    let mut count = 0;
    for (number, (event, expected)) in events.lines().zip(expected.lines()).enumerate() {
        let mut found = run(&program, event, &mut Plain { now: 1_762_948_800_000_000, ..Plain::default() });
        if !has_errors {
            let errors = found.as_object_mut().unwrap().remove("errors").unwrap();
            assert_eq!(errors, serde_json::json!([]), "event {}", number + 1);
        }
        let mut expected: Value = serde_json::from_str(expected).unwrap();
        // The reference's order of effects is unspecified: both are compared sorted.
        for list in ["verdicts", "label_mutations"] {
            expected[list].as_array_mut().unwrap().sort_by_key(ToString::to_string);
        }
        assert_eq!(found, expected, "event {}", number + 1);
        count += 1;
    }
    assert_eq!(count, expected.lines().count(), "every expected result has its event");
}

#[test]
fn twenty_rules_give_what_the_reference_gave() {
    let Some(root) = bench_data("rules20") else {
        skip("twenty rules against the reference's results: no rules20 beside the real data");
        return;
    };
    let events = match Command::new("python3").arg(root.join("make_events.py")).arg("500").output() {
        Ok(output) if output.status.success() => String::from_utf8(output.stdout).unwrap(),
        _ => {
            skip("twenty rules against the reference's results: no python3 to make the events");
            return;
        }
    };
    let expected = std::fs::read_to_string(root.join("expected.ndjson")).unwrap();
    check(&root, &events, &expected, false);
}

#[test]
fn a_small_set_gives_what_is_written_beside_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sets/posts");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    check(&root, &read("events.ndjson"), &read("expected.ndjson"), true);
}
