//! The policies that a new data folder starts with.

use anyhow::{Context, Result};
use cordon_enforce::ports::Policies;
use cordon_model::clock::Timestamp;
use cordon_model::ids::{OperatorId, PolicyId};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use serde::Deserialize;

const BUNDLED: &str = include_str!("../../../policies/policies.yaml");

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
}

/// Reads a policies file.
///
/// Errors: the first line that cannot stand.
pub fn parse(yaml: &str) -> Result<Vec<Policy>> {
    let file: PoliciesFile = serde_saphyr::from_str(yaml).context("policies.yaml")?;
    let policy = |line: PolicyLine| {
        let severity = Severity::from_name(&line.severity).with_context(|| {
            format!(
                "policies.yaml: {}: severity `{}` is not low, medium, high or severe",
                line.id, line.severity
            )
        })?;
        Ok(Policy {
            policy_id: PolicyId(line.id),
            version: PolicyVersion(line.version),
            title: line.title,
            text: line.text,
            severity,
            is_retired: false,
        })
    };
    file.policies.into_iter().map(policy).collect()
}

/// Puts the bundled policies into a record that has none.
pub async fn put_bundled(record: &dyn Policies, now: Timestamp) -> Result<()> {
    if !record.list_policies().await?.is_empty() {
        return Ok(());
    }
    for policy in parse(BUNDLED)? {
        record.put_policy(&policy, &OperatorId::from("cordon"), now).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_policies_parse_and_a_wrong_severity_is_named() {
        assert_eq!(parse(BUNDLED).unwrap().len(), 4);
        let wrong = BUNDLED.replacen("severity: medium", "severity: awful", 1);
        assert!(parse(&wrong).unwrap_err().to_string().contains("`awful`"));
    }
}
