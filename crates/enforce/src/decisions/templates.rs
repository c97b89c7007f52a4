//! Templates: rationales that reviewers begin with. A template decides nothing; what is on record is what somebody sent.

use super::{check_days, check_reason};
use cordon_model::decision::DecisionKind;
use cordon_model::entity::Source;
use cordon_model::ids::PolicyId;
use cordon_model::limits;
use std::collections::BTreeSet;

/// A rationale to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionTemplate {
    /// Its name.
    pub template_id: String,
    /// Decisions that it fits.
    pub kinds: Vec<DecisionKind>,
    /// Under these policies alone; under all where there is none.
    pub policies: Vec<PolicyId>,
    /// Offered first where one of these pointed at the account.
    pub sources: Vec<Source>,
    /// For a restriction or a suspension: until when.
    pub days: Option<u32>,
    /// What will be on record.
    pub text: String,
}

/// Templates that cannot stand, and how to mend them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateInvalid {
    /// More than a reviewer would look through.
    #[error("there may be {} templates at most, not {count}", limits::DECISION_TEMPLATES_MAX)]
    TooMany {
        /// How many there are.
        count: usize,
    },
    /// One name, two templates.
    #[error("two templates are called `{template_id}`: give one of them another `id`")]
    NamedTwice {
        /// The name.
        template_id: String,
    },
    /// It fits nothing.
    #[error("template `{template_id}` names no `kinds`: say which decisions it fits")]
    FitsNothing {
        /// Which.
        template_id: String,
    },
    /// Not a rationale.
    #[error("the `text` of template `{template_id}` must have 1 to {} characters", limits::TEXT_CHARS_MAX)]
    Text {
        /// Which.
        template_id: String,
    },
    /// Not a time that each of its decisions may have.
    #[error(
        "`days` of template `{template_id}` go with restrict and suspend alone, and lie in 1..={}",
        limits::SANCTION_DAYS_MAX
    )]
    Days {
        /// Which.
        template_id: String,
    },
}

/// Says what is wrong with templates, the first thing first.
///
/// Errors: see [`TemplateInvalid`].
pub fn check_templates(templates: &[DecisionTemplate]) -> Result<(), TemplateInvalid> {
    let count = templates.len();
    if count > limits::DECISION_TEMPLATES_MAX {
        return Err(TemplateInvalid::TooMany { count });
    }
    let mut names = BTreeSet::new();
    for template in templates {
        let template_id = template.template_id.clone();
        if template.kinds.is_empty() {
            return Err(TemplateInvalid::FitsNothing { template_id });
        }
        if check_reason(&template.text).is_err() {
            return Err(TemplateInvalid::Text { template_id });
        }
        if template.kinds.iter().any(|kind| check_days(*kind, template.days).is_err()) {
            return Err(TemplateInvalid::Days { template_id });
        }
        if !names.insert(&template.template_id) {
            return Err(TemplateInvalid::NamedTwice { template_id });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(id: &str) -> DecisionTemplate {
        DecisionTemplate {
            template_id: id.into(),
            kinds: vec![DecisionKind::Suspend],
            policies: Vec::new(),
            sources: Vec::new(),
            days: Some(7),
            text: "posts break the policy".into(),
        }
    }

    #[test]
    fn templates_that_nobody_could_use_are_named() {
        assert_eq!(check_templates(&[template("a"), template("b")]), Ok(()));
        let template_id = "a".to_owned();
        let one = |change: fn(&mut DecisionTemplate)| {
            let mut one = template("a");
            change(&mut one);
            check_templates(&[one]).unwrap_err()
        };
        let twice = check_templates(&[template("a"), template("a")]);
        assert_eq!(twice, Err(TemplateInvalid::NamedTwice { template_id: template_id.clone() }));
        let nothing = one(|template| template.kinds.clear());
        assert_eq!(nothing, TemplateInvalid::FitsNothing { template_id: template_id.clone() });
        let text = one(|template| template.text = " ".into());
        assert_eq!(text, TemplateInvalid::Text { template_id: template_id.clone() });
        let days = one(|template| template.kinds.push(DecisionKind::Warn));
        assert_eq!(days, TemplateInvalid::Days { template_id });
        let count = limits::DECISION_TEMPLATES_MAX + 1;
        let many: Vec<_> = (0..count).map(|number| template(&number.to_string())).collect();
        assert_eq!(check_templates(&many), Err(TemplateInvalid::TooMany { count }));
    }
}
