//! Scripted reviewers: they take cases in queue order, need their minutes, err, and hear appeals.

use super::platform::Platform;
use crate::data::Data;
use anyhow::Result;
use cordon_enforce::appeals::{NewAppeal, Ruling};
use cordon_enforce::ports::{CaseDesk, NoticeDesk};
use cordon_model::appeal::AppealChannel;
use cordon_model::case::Case;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Automation, DecisionKind, NewDecision};
use cordon_model::entity::{Evidence, EvidenceGroup, Source};
use cordon_model::ids::{AccountId, DecisionId, OperatorId, PolicyId};
use cordon_model::policy::{PolicyRef, PolicyVersion};
use cordon_world::ScriptedReviewer;
use cordon_world::config::APPEAL_HOURS;
use std::collections::VecDeque;

/// Minutes that all reviewers together have in an hour: a team of one, around the clock.
const MINUTES_AN_HOUR: f64 = 30.0;

/// The team.
pub(super) struct Reviewers {
    first: ScriptedReviewer,
    /// Whoever hears appeals is somebody else, and errs elsewhere.
    appeals: ScriptedReviewer,
    /// Suspensions that will be appealed: when, which, on whom. In order of time.
    filed: VecDeque<(Timestamp, DecisionId, AccountId)>,
    minutes: f64,
}

impl Reviewers {
    pub(super) fn new(random_seed: u64) -> Self {
        Self {
            first: ScriptedReviewer::new(random_seed),
            appeals: ScriptedReviewer::new(random_seed ^ 0x5EED),
            filed: VecDeque::new(),
            minutes: 0.0,
        }
    }

    /// Works through an hour: appeals that are due first, then the queue. Minutes that a long case takes beyond the
    /// hour are missing in the next.
    pub(super) fn work(&mut self, data: &mut Data, platform: &mut Platform, hour: Timestamp) -> Result<()> {
        self.minutes = (self.minutes + MINUTES_AN_HOUR).min(2.0 * MINUTES_AN_HOUR);
        let budget = self.minutes;
        let now = |left: f64| hour.plus_seconds(((1.0 - (left / budget).clamp(0.0, 1.0)) * 3_599.0) as i64);
        while self.minutes > 0.0 && self.filed.front().is_some_and(|(due, _, _)| *due <= hour) {
            let Some((_, decision_id, account_id)) = self.filed.pop_front() else { break };
            self.hear(data, platform, &decision_id, &account_id, now(self.minutes))?;
        }
        while self.minutes > 0.0 {
            let at = now(self.minutes);
            let by = OperatorId::from("reviewer");
            let claimed = data.record.claim_next(None, &by, at);
            let Some(case) = data.runtime.block_on(claimed)? else { break };
            self.decide(data, platform, &case, at)?;
        }
        Ok(())
    }

    fn decide(&mut self, data: &mut Data, platform: &Platform, case: &Case, at: Timestamp) -> Result<()> {
        let is_violator = platform.is_violator(&case.account_id);
        let review = self.first.judge(&case.account_id, is_violator);
        self.minutes -= review.minutes;
        let Some(claim) = &case.claim else { return Ok(()) };
        let kind = if review.is_violation { DecisionKind::Suspend } else { DecisionKind::NoViolation };
        let mut evidence = case.evidence.clone();
        evidence.push(looked_at());
        let new = NewDecision {
            case_id: case.case_id.clone(),
            claim_id: claim.claim_id.clone(),
            decided_by: OperatorId::from("reviewer"),
            decided_as: cordon_model::operator::Role::Reviewer,
            kind,
            policy: policy(case),
            evidence,
            rationale: "scripted reviewer of the demo".to_owned(),
            automation: Automation::NotAutomated,
            label: None,
            days: None,
        };
        let (decision, _) = data.runtime.block_on(data.record.decide(new, at))?;
        if review.is_violation && !is_violator && platform.appeals(&case.account_id) {
            let due = at.plus_seconds(i64::from(APPEAL_HOURS) * 3_600);
            self.filed.push_back((due, decision.decision_id, case.account_id.clone()));
        }
        Ok(())
    }

    fn hear(
        &mut self,
        data: &mut Data,
        platform: &Platform,
        decision_id: &DecisionId,
        account_id: &AccountId,
        at: Timestamp,
    ) -> Result<()> {
        let review = self.appeals.judge(account_id, platform.is_violator(account_id));
        self.minutes -= review.minutes;
        let by = OperatorId::from("appeals-reviewer");
        let new = NewAppeal { channel: AppealChannel::Platform, text: "it was not me".to_owned() };
        let reasons = if review.is_violation { "a violation" } else { "no violation" };
        let ruling = Ruling {
            is_overturned: !review.is_violation,
            reasons: format!("{reasons} found on appeal"),
            by: by.clone(),
        };
        let record = &data.record;
        data.runtime.block_on(async {
            let appeal = record.file_appeal(decision_id, new, &"platform".into(), at).await?;
            record.claim_appeal(&appeal.appeal_id, &by, at).await?;
            record.decide_appeal(&appeal.appeal_id, ruling, at).await
        })?;
        Ok(())
    }
}

fn policy(case: &Case) -> PolicyRef {
    let id = if case.opened_by == Source::Return { "ban-evasion" } else { "violent-movements" };
    PolicyRef { policy_id: PolicyId::from(id), version: PolicyVersion(1) }
}

fn looked_at() -> Evidence {
    Evidence {
        group: EvidenceGroup::Content,
        entity_type: "review".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        levels: Vec::new(),
        text: "the reviewer looked at the account's posts".to_owned(),
    }
}
