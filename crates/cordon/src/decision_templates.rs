//! The file of rationales that reviewers begin with.

use anyhow::{Context, Result, anyhow};
use cordon_enforce::decisions::{DecisionTemplate, check_templates};
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::ids::PolicyId;
use serde::Deserialize;
use std::path::Path;

const BUNDLED: &str = include_str!("../../../policies/templates.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplatesFile {
    templates: Vec<TemplateLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateLine {
    id: String,
    kinds: Vec<String>,
    text: String,
    #[serde(default)]
    policies: Vec<String>,
    #[serde(default)]
    sources: Vec<String>,
    days: Option<u32>,
}

/// The templates in `file`; the bundled ones where none is named.
///
/// Errors: a file that cannot be read, and the first of its templates that cannot stand.
pub fn read(file: Option<&Path>) -> Result<Vec<DecisionTemplate>> {
    let Some(file) = file else { return parse(BUNDLED).context("the bundled templates.yaml") };
    let yaml = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&yaml).with_context(|| format!("{} cannot stand", file.display()))
}

fn parse(yaml: &str) -> Result<Vec<DecisionTemplate>> {
    let file: TemplatesFile = serde_saphyr::from_str(yaml)?;
    let templates = file.templates.into_iter().map(template).collect::<Result<Vec<_>>>()?;
    check_templates(&templates)?;
    Ok(templates)
}

fn template(line: TemplateLine) -> Result<DecisionTemplate> {
    let id = &line.id;
    let kind = |name: &String| {
        DecisionKind::from_name(name).ok_or_else(|| {
            anyhow!(
                "`{name}` in template `{id}` is no decision: {}",
                names(DecisionKind::ALL.map(DecisionKind::name))
            )
        })
    };
    let source = |name: &String| {
        Source::from_name(name).ok_or_else(|| {
            anyhow!("`{name}` in template `{id}` is no source: {}", names(Source::ALL.map(Source::name)))
        })
    };
    Ok(DecisionTemplate {
        kinds: line.kinds.iter().map(kind).collect::<Result<_>>()?,
        sources: line.sources.iter().map(source).collect::<Result<_>>()?,
        policies: line.policies.iter().map(|name| PolicyId::from(name.as_str())).collect(),
        days: line.days,
        text: line.text,
        template_id: line.id,
    })
}

fn names<const N: usize>(names: [&str; N]) -> String {
    format!("it may be {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_templates_parse_and_what_cannot_stand_is_named() {
        let templates = parse(BUNDLED).unwrap();
        let of =
            |kind: DecisionKind| templates.iter().filter(|template| template.kinds.contains(&kind)).count();
        assert!(of(DecisionKind::Suspend) > 1 && of(DecisionKind::NoViolation) > 1);
        let told = |from: &str, to: &str| format!("{:#}", parse(&BUNDLED.replacen(from, to, 1)).unwrap_err());
        let kind = told("kinds: [suspend]", "kinds: [suspnd]");
        assert!(kind.contains("`suspnd`") && kind.contains("holder-of-a-suspended-account"), "{kind}");
        assert!(told("sources: [return]", "sources: [retrun]").contains("`retrun`"));
        assert!(told("days: 7", "days: 0").contains("`first-time`"));
        assert!(told("    days: 7", "    dayz: 7").contains("dayz"));
        assert!(told("id: first-time", "id: known-content").contains("two templates"));
    }
}
