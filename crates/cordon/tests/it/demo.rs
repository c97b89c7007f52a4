//! `cordon demo`: the same arrivals three ways, and nothing but chance where there is nothing to find.

use crate::support::Folder;
use serde_json::Value;

fn demo(extra: &[&str]) -> Value {
    let folder = Folder::new();
    let mut command = folder.command();
    command.args(["--json", "demo", "--exit", "--accounts", "3000", "--days", "8"]).args(extra);
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    crate::support::last_json(&output)
}

fn figure(demo: &Value, arm: &str, name: &str) -> f64 {
    demo["mean"][arm][name].as_f64().unwrap_or_else(|| panic!("{arm}: no {name} in {}", demo["mean"][arm]))
}

#[test]
fn links_find_returns_sooner_than_reports_alone_at_no_worse_precision() {
    let demo = demo(&[]);
    assert!(figure(&demo, "cordon", "found_as_returns") > 0.0);
    assert_eq!(figure(&demo, "reports_alone", "candidates_surfaced"), 0.0);
    let lasted = |arm| figure(&demo, arm, "hours_a_return_lasted_median");
    assert!(lasted("cordon") < lasted("reports_alone"));
    let precision = |arm| figure(&demo, arm, "precision_of_suspensions");
    assert!(precision("cordon") > precision("reports_alone") - 0.15);
    let reports = |arm| figure(&demo, arm, "reports");
    assert!(
        (reports("cordon") - reports("reports_alone")).abs() < 0.2 * reports("cordon"),
        "arms differ in arrivals"
    );
}

#[test]
fn where_violators_are_like_anybody_what_is_surfaced_is_chance() {
    let demo = demo(&["--null"]);
    let [surfaced, found] =
        ["candidates_surfaced", "found_as_returns"].map(|name| figure(&demo, "cordon", name));
    assert!(surfaced < 30.0, "{surfaced} candidates of 3,000 accounts that share nothing");
    assert!(found <= 1.0, "{found} returns that share nothing were found by links");
    let precision = demo["mean"]["cordon"]["precision_of_candidates"].as_f64().unwrap_or(0.0);
    assert!(precision < 0.1, "candidates are right at {precision}, violators are 0.005 of all");
}
