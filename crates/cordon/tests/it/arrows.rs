//! Which crate may depend on which: the table of ARCHITECTURE.md, read from cargo itself.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Crate → what it may use besides `model`, which everybody may.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("detect", &[]),
    ("enforce", &[]),
    ("journal", &[]),
    ("measure", &["enforce", "journal"]),
    ("pipeline", &["detect", "enforce", "journal", "rules"]),
    ("store", &["enforce", "journal", "pipeline"]),
    ("connect", &["enforce", "journal", "pipeline"]),
    ("server", &["enforce", "measure", "pipeline"]),
    ("world", &[]),
    (
        "cordon",
        &[
            "detect", "enforce", "measure", "journal", "pipeline", "store", "connect", "rules", "server",
            "world",
        ],
    ),
    ("rules", &[]),
];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

/// Crate → (what it uses, what its tests use besides).
fn arrows() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let short = |name: &str| name.strip_prefix("cordon-").unwrap_or(name).to_owned();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let (mut normal, mut dev) = (BTreeSet::new(), BTreeSet::new());
            for dependency in package["dependencies"].as_array().expect("dependencies") {
                let name = dependency["name"].as_str().expect("a name");
                if name.starts_with("cordon-") {
                    let list = if dependency["kind"] == "dev" { &mut dev } else { &mut normal };
                    list.insert(short(name));
                }
            }
            (short(package["name"].as_str().expect("a name")), (normal, dev))
        })
        .collect()
}

#[test]
fn crates_depend_on_each_other_only_along_the_arrows_of_the_house() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    for (name, (normal, dev)) in arrows() {
        let may = allowed.get(name.as_str()).unwrap_or_else(|| panic!("{name} is no crate of the house"));
        for used in &normal {
            assert!(used == "model" || may.contains(&used.as_str()), "{name} may not depend on {used}");
        }
        assert!(
            !(name == "detect" && dev.contains("world")),
            "detect must never see the world that tests it"
        );
    }
}
