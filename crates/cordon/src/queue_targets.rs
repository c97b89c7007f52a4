//! The file that says how soon a queue's cases are to be looked at and decided.

use anyhow::{Context, Result};
use cordon_enforce::queues::{QueueTarget, QueueTargets};
use cordon_model::ids::QueueId;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

const BUNDLED: &str = include_str!("../../../policies/queues.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetsFile {
    usual: TargetLine,
    #[serde(default)]
    queues: BTreeMap<String, TargetLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetLine {
    first_look_minutes: u32,
    decision_minutes: u32,
    due_soon_at: f64,
}

/// The targets in `file`; the bundled ones where none is named.
///
/// Errors: a file that cannot be read, and those of its first line that cannot stand.
pub fn read(file: Option<&Path>) -> Result<QueueTargets> {
    let Some(file) = file else { return parse(BUNDLED).context("the bundled queues.yaml") };
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&yaml).with_context(|| format!("{} cannot stand", file.display()))
}

fn parse(yaml: &str) -> Result<QueueTargets> {
    let file: TargetsFile = serde_saphyr::from_str(yaml)?;
    let named = |(name, line): (String, TargetLine)| Ok((QueueId::from(name.as_str()), target(&name, line)?));
    Ok(QueueTargets {
        usual: target("usual", file.usual)?,
        by_queue: file.queues.into_iter().map(named).collect::<Result<_>>()?,
    })
}

fn target(name: &str, line: TargetLine) -> Result<QueueTarget> {
    let TargetLine { first_look_minutes, decision_minutes, due_soon_at } = line;
    let target = QueueTarget { first_look_minutes, decision_minutes, due_soon_at };
    target.check().with_context(|| format!("the target of `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_targets_parse_and_what_cannot_stand_is_named() {
        let targets = parse(BUNDLED).unwrap();
        assert_eq!(targets.of(&"legal".into()).decision_minutes, 60);
        assert_eq!(targets.of(&"a queue of our own".into()), targets.usual);
        let told = |from: &str, to: &str| format!("{:#}", parse(&BUNDLED.replacen(from, to, 1)).unwrap_err());
        let early = told("decision_minutes: 60", "decision_minutes: 10");
        assert!(early.contains("`legal`") && early.contains("`first_look_minutes`"), "{early}");
        assert!(told("due_soon_at: 0.75", "due_soon_at: 1.5").contains("`usual`"));
        assert!(told("  partners: { first", "  partners: { frist").contains("frist"));
    }
}
