//! Changing rules: what `cordon rules publish` and `POST /v1/rules` do once they have the folder.

use super::compile;
use crate::{Evaluator, Pipeline, PipelineError};
use cordon_enforce::ports::{Policies, StoreError};
use cordon_enforce::queues::QUEUES;
use cordon_model::entry::Control;
use cordon_model::ids::{Offset, PolicyId};
use cordon_model::rule_set::{RuleMode, RuleSet};
use cordon_rules::Program;
use std::sync::PoisonError;

/// Whether the policies and queues that a set names are there: a case under none would wait for nobody. What is
/// wrong, in words, or nothing.
///
/// Errors: those of the record.
pub async fn check_reviews(program: &Program, policies: &dyn Policies) -> Result<Option<String>, StoreError> {
    for (policy, queue) in program.reviews() {
        let policy_id = PolicyId(policy);
        if policies.fetch_current_policy(&policy_id).await?.is_none() {
            return Ok(Some(format!(
                "SendToReview or Hold names the policy `{policy_id}`, which there is not: `cordon admin policy list` names those that there are"
            )));
        }
        if let Some(queue) = queue.filter(|queue| !QUEUES.contains(&queue.as_str())) {
            let known = QUEUES.join(", ");
            return Ok(Some(format!("SendToReview or Hold names the queue `{queue}`; there are {known}")));
        }
    }
    Ok(None)
}

/// Puts a set in the place of the one of its mode; its version. `by` did it: a part of the entry's id.
///
/// Errors: [`PipelineError::RuleSet`] with every mistake, [`PipelineError::Refused`] for one that is expired already,
/// and as [`Pipeline::append_control`]. Then nothing has changed.
pub fn publish(pipeline: &mut Pipeline, set: RuleSet, by: &str) -> Result<u32, PipelineError> {
    require_time_left(pipeline, &set)?;
    let offset = pipeline.append_once("rules", by, &Control::RuleSetActivated(set))?;
    let state = pipeline.state();
    let state = state.read().unwrap_or_else(PoisonError::into_inner);
    let published = state.rules().and_then(|rules| rules.published().last());
    let version = published.filter(|one| one.offset == offset).map(|one| one.version);
    version.ok_or_else(|| PipelineError::Refused("the rule set does not check any more".to_owned()))
}

/// Puts a version that was published before into another mode, or withdraws it where none is given.
///
/// Errors: [`PipelineError::RuleSetUnknown`], [`PipelineError::RuleSet`] where the language has changed since,
/// [`PipelineError::Refused`] for one that stands there already or has expired, and as [`Pipeline::append_control`].
/// Then nothing has changed.
pub fn change(
    pipeline: &mut Pipeline,
    version: u32,
    to: Option<RuleMode>,
    by: &str,
) -> Result<(), PipelineError> {
    let unknown = || PipelineError::RuleSetUnknown { version };
    let (set, is_there) = {
        let state = pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let one = state.rules().and_then(|rules| rules.publication(version)).ok_or_else(unknown)?;
        let is_there = if one.ended_at.is_some() { to.is_none() } else { to == Some(one.mode) };
        (state.rule_set(version)?.ok_or_else(unknown)?, is_there)
    };
    if is_there {
        let place = to.map_or("withdrawn", RuleMode::name);
        return Err(PipelineError::Refused(format!("version {version} is {place} already")));
    }
    if to.is_some() {
        require_time_left(pipeline, &set)?;
        compile(&set.files).map_err(|found| PipelineError::RuleSet { found })?;
    }
    pipeline.append_once("rules", by, &Control::RuleSetMoved { version, to })?;
    Ok(())
}

fn require_time_left(pipeline: &Pipeline, set: &RuleSet) -> Result<(), PipelineError> {
    let now = pipeline.now();
    let over = set.expires_at.filter(|at| *at <= now);
    over.map_or(Ok(()), |at| {
        Err(PipelineError::Refused(format!("the rule set expires {at}, which lies in the past: it is {now}")))
    })
}

impl Evaluator {
    /// A version of the rules as it was published, with its text; `None` for one that is not remembered.
    ///
    /// Errors: those of the journal.
    pub fn rule_set(&self, version: u32) -> Result<Option<RuleSet>, PipelineError> {
        let Some(one) = self.rules().and_then(|rules| rules.publication(version)) else { return Ok(None) };
        let Some(entry) = self.archive().journal.entry_at(one.offset)? else { return Ok(None) };
        match serde_json::from_slice(&entry.payload) {
            Ok(Control::RuleSetActivated(set)) => Ok(Some(set)),
            _ => Err(PipelineError::Entry { offset: one.offset, reason: "no rule set".to_owned() }),
        }
    }
}

impl Pipeline {
    /// Appends a control entry under a name of its own: what it is about, who wants it, its place.
    ///
    /// Errors: as [`Pipeline::append_control`].
    pub(crate) fn append_once(
        &mut self,
        about: &str,
        by: &str,
        control: &Control,
    ) -> Result<Offset, PipelineError> {
        let next = self.journal().last_offset().next();
        let id = format!("{about}:{next}:{by}");
        if !self.append_control(&id, control)? {
            return Err(PipelineError::Refused(format!(
                "another change has the name {id}: nothing was done"
            )));
        }
        Ok(self.journal().last_offset())
    }
}
