//! The policies and the ladder of strikes that a new data folder starts with, and the files that they are read from.

use anyhow::{Context, Result, bail};
use cordon_enforce::ports::Policies;
use cordon_model::clock::Timestamp;
use cordon_model::decision::DecisionKind;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::ladder::{Ladder, LadderStep};
use cordon_model::limits::{STRIKE_DAYS_MAX, STRIKE_WEIGHT_MAX};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use serde::Deserialize;

const BUNDLED: &str = include_str!("../../../policies/policies.yaml");
const BUNDLED_LADDER: &str = include_str!("../../../policies/strikes.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PoliciesFile {
    policies: Vec<PolicyLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyLine {
    id: String,
    version: u32,
    title: String,
    text: String,
    severity: String,
    #[serde(default)]
    strike_weight: u32,
    strike_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LadderFile {
    steps: Vec<StepLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepLine {
    points: u32,
    kind: String,
    days: Option<u32>,
}

/// Reads a policies file.
///
/// Errors: the first line that cannot stand.
pub fn parse(yaml: &str) -> Result<Vec<Policy>> {
    let file: PoliciesFile = serde_saphyr::from_str(yaml).context("policies.yaml")?;
    file.policies.into_iter().map(policy).collect()
}

fn policy(line: PolicyLine) -> Result<Policy> {
    let PolicyLine { id, version, title, text, severity, strike_weight, strike_days } = line;
    let Some(severity) = Severity::from_name(&severity) else {
        bail!("policies.yaml: {id}: severity `{severity}` is not low, medium, high or severe");
    };
    if strike_weight > STRIKE_WEIGHT_MAX {
        bail!("policies.yaml: {id}: strike_weight is 0 to {STRIKE_WEIGHT_MAX}, not {strike_weight}");
    }
    match strike_days {
        Some(_) if strike_weight == 0 => {
            bail!("policies.yaml: {id}: strike_days without a strike_weight: give one, or leave the days out")
        }
        Some(days) if !(1..=STRIKE_DAYS_MAX).contains(&days) => {
            bail!(
                "policies.yaml: {id}: strike_days is 1 to {STRIKE_DAYS_MAX}, not {days}; leave it out for good"
            )
        }
        _ => {}
    }
    Ok(Policy {
        policy_id: PolicyId(id),
        version: PolicyVersion(version),
        title,
        text,
        severity,
        strike_weight,
        strike_days,
        is_retired: false,
    })
}

/// Reads a ladder file.
///
/// Errors: the first step that cannot stand.
pub fn parse_ladder(yaml: &str) -> Result<Ladder> {
    let file: LadderFile = serde_saphyr::from_str(yaml).context("strikes.yaml")?;
    let step = |StepLine { points, kind, days }: StepLine| {
        let kind = DecisionKind::from_name(&kind).with_context(|| {
            format!(
                "strikes.yaml: the step at {points} points: kind `{kind}` is not warn, restrict, suspend or terminate"
            )
        })?;
        Ok(LadderStep { points, kind, days })
    };
    let steps = file.steps.into_iter().map(step).collect::<Result<_>>()?;
    Ladder::new(steps).context("strikes.yaml")
}

/// Puts the bundled policies and ladder into a record that has no policies.
pub async fn put_bundled(record: &dyn Policies, now: Timestamp) -> Result<()> {
    if !record.list_policies().await?.is_empty() {
        return Ok(());
    }
    let by = OperatorId::from("cordon");
    for policy in parse(BUNDLED)? {
        record.put_policy(&policy, &by, now).await?;
    }
    record.put_ladder(&parse_ladder(BUNDLED_LADDER)?, &by, now).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_policies_parse_and_what_is_wrong_is_named() {
        assert_eq!(parse(BUNDLED).unwrap().len(), 4);
        let refused = |right: &str, wrong: &str| {
            assert!(BUNDLED.contains(right));
            format!("{:#}", parse(&BUNDLED.replacen(right, wrong, 1)).unwrap_err())
        };
        assert!(refused("severity: medium", "severity: awful").contains("`awful`"));
        assert!(
            refused("strike_weight: 1", "strike_weight: 101")
                .contains("spam: strike_weight is 0 to 100, not 101")
        );
        assert!(
            refused("strike_weight: 1", "strike_weight: 0").contains("strike_days without a strike_weight")
        );
        assert!(refused("strike_days: 90", "strike_days: 0").contains("strike_days is 1 to 3660, not 0"));
    }

    #[test]
    fn the_bundled_ladder_parses_and_what_is_wrong_is_named() {
        assert_eq!(parse_ladder(BUNDLED_LADDER).unwrap().steps().len(), 4);
        assert_eq!(parse_ladder("steps: []").unwrap(), Ladder::default());
        let refused = |right: &str, wrong: &str| {
            assert!(BUNDLED_LADDER.contains(right));
            format!("{:#}", parse_ladder(&BUNDLED_LADDER.replacen(right, wrong, 1)).unwrap_err())
        };
        assert!(refused("kind: restrict", "kind: scold").contains("2 points: kind `scold` is not"));
        assert!(refused("kind: restrict", "kind: label").contains("not label"));
        assert!(refused("points: 3", "points: 2").contains("the step at 2 points does not lead up"));
        assert!(refused("points: 3", "points: 1001").contains("1 to 1000 points, not 1001"));
    }
}
