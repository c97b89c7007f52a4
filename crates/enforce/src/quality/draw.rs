//! Which decisions are looked at again: by a lot that nobody can foresee who does not have the key.

use super::QualityRules;
use crate::audit::hexadecimal;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Decision, DecisionKind};
use cordon_model::ids::{OperatorId, SecondLookId};
use cordon_model::second_look::{GoldenCase, LookStatus, SecondLook};
use sha2::{Digest, Sha256};

/// The second looks that the lot asks for among `decisions`, in their order; none at [`DecisionKind::Restore`], which
/// says nothing of a violation.
///
/// The same decision under the same `secret` always draws the same lot.
pub fn draw(secret: &str, rules: &QualityRules, decisions: &[Decision], now: Timestamp) -> Vec<SecondLook> {
    let is_drawn = |decision: &&Decision| {
        decision.kind != DecisionKind::Restore
            && lot(secret, &["decision", decision.decision_id.as_str()]) < rules.share
    };
    let look = |decision: &Decision| SecondLook {
        second_look_id: name(secret, decision.decision_id.as_str(), ""),
        decision_id: decision.decision_id.clone(),
        case_id: decision.case_id.clone(),
        account_id: decision.account_id.clone(),
        decided: decision.kind,
        decided_by: decision.decided_by.clone(),
        answer: None,
        share: rules.share,
        drawn_at: now,
        status: LookStatus::Waiting,
        reviewer: None,
        lapses_at: None,
        judgement: None,
        settlement: None,
    };
    decisions.iter().filter(is_drawn).map(look).collect()
}

/// Whether what a reviewer is shown after `shown` looks is to be a golden case.
pub fn is_golden_next(secret: &str, rules: &QualityRules, reviewer: &OperatorId, shown: u64) -> bool {
    lot(secret, &["golden", reviewer.as_str(), &shown.to_string()]) < rules.golden_share
}

/// A golden case as a look of this reviewer alone.
pub fn show_golden(secret: &str, golden: &GoldenCase, reviewer: &OperatorId, now: Timestamp) -> SecondLook {
    SecondLook {
        second_look_id: name(secret, golden.decision_id.as_str(), reviewer.as_str()),
        decision_id: golden.decision_id.clone(),
        case_id: golden.case_id.clone(),
        account_id: golden.account_id.clone(),
        decided: golden.decided,
        decided_by: golden.decided_by.clone(),
        answer: Some(golden.answer),
        share: 1.0,
        drawn_at: now,
        status: LookStatus::Waiting,
        reviewer: None,
        lapses_at: None,
        judgement: None,
        settlement: None,
    }
}

/// A number in `0.0..1.0` that looks drawn by chance.
fn lot(secret: &str, of: &[&str]) -> f64 {
    let [a, b, c, d, e, f, g, _, ..] = digest(secret, of);
    // 53 bits: as many as a double tells apart.
    let bits = u64::from_be_bytes([0, a, b, c, d, e, f, g]) >> 3;
    bits as f64 / (1_u64 << 53) as f64
}

fn name(secret: &str, decision: &str, reviewer: &str) -> SecondLookId {
    let [digest @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        digest(secret, &["look", decision, reviewer]);
    SecondLookId(hexadecimal(&digest))
}

/// Each part with its length, so that no two lists of parts are alike.
fn digest(secret: &str, parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [secret].iter().chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}
