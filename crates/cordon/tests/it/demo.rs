//! `cordon demo`: the same arrivals three ways, and nothing but chance where there is nothing to find.

use crate::support::Folder;
use serde_json::Value;

/// Not the seeds of the table: nothing may be fitted to those.
const RANDOM_SEEDS: &str = "5,6,7";
/// Few come back where suspensions are by chance, so that more platforms are needed to see some.
const NULL_RANDOM_SEEDS: &str = "5,6,7,8,9,10,11,12";

fn demo(random_seeds: &str, extra: &[&str]) -> Value {
    let folder = Folder::new();
    let mut command = folder.command();
    command.args(["--json", "demo", "--exit", "--accounts", "3000", "--days", "8"]);
    command.args(["--random-seeds", random_seeds]).args(extra);
    let output = command.output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    crate::support::last_json(&output)
}

fn figure(demo: &Value, arm: &str, name: &str) -> f64 {
    demo["mean"][arm][name].as_f64().unwrap_or_else(|| panic!("{arm}: no {name} in {}", demo["mean"][arm]))
}

#[test]
fn links_find_returns_sooner_than_reports_alone_at_no_worse_precision() {
    let demo = demo(RANDOM_SEEDS, &[]);
    assert!(figure(&demo, "cordon", "found_as_returns") > 0.0);
    assert_eq!(figure(&demo, "reports_alone", "candidates_surfaced"), 0.0);
    let lasted = |arm| figure(&demo, arm, "hours_a_return_lasted_median");
    assert!(lasted("cordon") < lasted("reports_alone"));
    assert!(figure(&demo, "cordon", "returns_caught") > 0.5);
    assert!(
        figure(&demo, "cordon", "hours_a_return_lasted_median")
            <= figure(&demo, "cordon", "hours_a_return_lasted_p95")
    );
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
    let demo = demo(NULL_RANDOM_SEEDS, &["--null"]);
    let [surfaced, found] =
        ["candidates_surfaced", "found_as_returns"].map(|name| figure(&demo, "cordon", name));
    assert!(surfaced < 30.0, "{surfaced} candidates of 3,000 accounts that share nothing");
    assert!(found <= 1.0, "{found} returns that share nothing were found by links");
    let precision = demo["mean"]["cordon"]["precision_of_candidates"].as_f64().unwrap_or(0.0);
    assert!(precision < 0.1, "candidates are right at {precision}, violators are 0.005 of all");
    let total = |name: &str| -> u64 {
        let runs = demo["runs"].as_array().expect("runs").iter().filter(|run| run["arm"] == "cordon");
        runs.map(|run| run["against_truth"][name].as_u64().expect("a count")).sum()
    };
    let (returns, caught) = (total("returns"), total("returns_caught"));
    assert!(returns >= 5, "only {returns} came back: nothing is shown by how few of them were caught");
    // Chance is the share of all accounts that were suspended, well below one in a hundred.
    assert!(caught <= 1, "{caught} of {returns} returns that share nothing were caught");
}

#[test]
fn every_row_of_the_table_has_a_figure_and_the_wronged_appeal_before_they_are_restored() {
    let demo = demo(RANDOM_SEEDS, &[]);
    for name in ["events", "events_a_second_all_stages", "violating_accounts", "returns", "returns_caught"] {
        assert!(figure(&demo, "cordon", name) > 0.0, "{name}");
    }
    for arm in ["cordon", "exact_match", "reports_alone"] {
        let [suspended, appealed, restored] =
            ["innocents_suspended", "innocents_who_appealed", "innocents_restored_on_appeal"]
                .map(|name| figure(&demo, arm, name));
        assert!(0.0 < restored && restored <= appealed && appealed < suspended, "{arm}");
    }
}

#[test]
fn a_random_seed_named_twice_is_refused() {
    let folder = Folder::new();
    let output = folder.run(["demo", "--exit", "--random-seeds", "5,5"]);
    assert_eq!(crate::support::code(&output), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("twice"));
}
