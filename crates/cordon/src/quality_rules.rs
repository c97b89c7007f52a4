//! The file that says how many decisions are looked at a second time, and how.

use anyhow::{Context, Result};
use cordon_enforce::quality::QualityRules;
use cordon_model::ids::PolicyId;
use serde::Deserialize;
use std::path::Path;

const BUNDLED: &str = include_str!("../../../policies/quality.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesFile {
    share: f64,
    golden_share: f64,
    #[serde(default)]
    score_shown: Vec<String>,
}

/// The rules in `file`; the bundled ones where none is named.
///
/// Errors: a file that cannot be read, and the first thing in it that cannot stand.
pub fn read(file: Option<&Path>) -> Result<QualityRules> {
    let Some(file) = file else { return parse(BUNDLED).context("the bundled quality.yaml") };
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&yaml).with_context(|| format!("{} cannot stand", file.display()))
}

fn parse(yaml: &str) -> Result<QualityRules> {
    let RulesFile { share, golden_share, score_shown } = serde_saphyr::from_str(yaml)?;
    let score_shown = score_shown.into_iter().map(PolicyId).collect();
    Ok(QualityRules { share, golden_share, score_shown }.check()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_rules_parse_and_what_cannot_stand_is_named() {
        let rules = parse(BUNDLED).unwrap();
        assert_eq!((rules.share, rules.golden_share), (0.03, 0.1));
        let told = |from: &str, to: &str| format!("{:#}", parse(&BUNDLED.replacen(from, to, 1)).unwrap_err());
        assert!(told("\nshare: 0.03", "\nshare: 3").contains("`share` must lie between 0 and 0.5"));
        assert!(told("golden_share: 0.1", "golden_share: -1").contains("`golden_share`"));
        assert!(told("\nshare: 0.03", "\nsahre: 0.03").contains("sahre"));
    }
}
