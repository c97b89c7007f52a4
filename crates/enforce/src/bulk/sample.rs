//! The sample: how large, and who is in it.
//!
//! The rule, for each stratum by itself: as many members as make the exact upper bound meet the limit if none of them
//! is wrong (299 for 1 % at 95 %); all members where the batch or the stratum has no more than that, or no more than
//! [`limits::BATCH_WHOLE_MAX`]. A sample that did not suffice may be enlarged to what would suffice with the errors found so
//! far; each further look halves the chance of error that its bound allows, so that asking again until chance helps
//! lets a bad batch pass one time in ten at most, however often one asks.
//!
//! Who is drawn: the members with the smallest keyed hashes of their ids. A larger sample holds the smaller one.

use super::{BatchRefusal, check_status, note};
use cordon_model::audit::AuditNote;
use cordon_model::batch::{Batch, BatchStatus, Member, MemberStatus, Stratum};
use cordon_model::hashing::HashKey;
use cordon_model::ids::OperatorId;
use cordon_model::{binomial, limits};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Chance that the first sample's bound lies below the true share of errors.
const TAIL: f64 = 0.05;
/// Name space of the hashes that draw.
const DRAWN: u8 = 0xB0;

/// The chance of error that a bound of the `round`th look allows.
pub(super) fn tail(round: u32) -> f64 {
    TAIL / f64::from(1_u32 << round.saturating_sub(1).min(30))
}

/// The bound on the share of wrong decisions among a stratum's members: the share itself where all are judged.
pub(super) fn bound(stratum: &Stratum, round: u32) -> f64 {
    if stratum.members > 0 && stratum.judged >= stratum.members {
        return stratum.wrong as f64 / stratum.members as f64;
    }
    binomial::upper(stratum.wrong, stratum.judged, tail(round))
}

/// The smallest sample of `members` whose bound lies within `error_max` with `wrong` errors in it; all members where
/// no smaller one does.
pub fn sample_size(members: u64, wrong: u64, error_max: f64, round: u32) -> u64 {
    if members <= limits::BATCH_WHOLE_MAX {
        return members;
    }
    let (mut low, mut high) = (wrong + 1, members.max(wrong + 1));
    while low < high {
        let middle = low.midpoint(high);
        if binomial::upper(wrong, middle, tail(round)) <= error_max {
            high = middle
        } else {
            low = middle + 1
        }
    }
    low.min(members)
}

/// The places of those members that the batch's seed draws, `sampled` of each stratum.
pub fn draw(batch: &Batch, members: &[Member]) -> BTreeSet<u32> {
    let key = HashKey::from_bytes(u128::from_str_radix(&batch.seed, 16).unwrap_or_default().to_be_bytes());
    let mut order: BTreeMap<&str, Vec<(u64, u32)>> = BTreeMap::new();
    for member in members.iter().filter(|member| member.status != MemberStatus::LeftOut) {
        let hash = key.hash64(DRAWN, member.account_id.as_str().as_bytes());
        order.entry(&member.stratum).or_default().push((hash, member.place));
    }
    let mut drawn = BTreeSet::new();
    for stratum in &batch.strata {
        let mut members = order.remove(stratum.name.as_str()).unwrap_or_default();
        members.sort_unstable();
        let size = usize::try_from(stratum.sampled).unwrap_or(usize::MAX);
        drawn.extend(members.into_iter().take(size).map(|(_, place)| place));
    }
    drawn
}

/// Enlarges the sample of a refused batch to what would suffice with the errors found so far; [`draw`] then names it.
///
/// Errors: [`BatchRefusal::Status`] unless refused, [`BatchRefusal::NothingToDraw`].
pub fn draw_more(mut batch: Batch, by: &OperatorId) -> Result<(Batch, AuditNote), BatchRefusal> {
    check_status(&batch, &[BatchStatus::Refused])?;
    if batch.round >= limits::BATCH_ROUNDS_MAX {
        return Err(BatchRefusal::NothingToDraw);
    }
    batch.round += 1;
    let before: u64 = batch.strata.iter().map(|stratum| stratum.sampled).sum();
    for stratum in &mut batch.strata {
        let size = sample_size(stratum.members, stratum.wrong, batch.error_max, batch.round);
        stratum.sampled = stratum.sampled.max(size);
    }
    let after: u64 = batch.strata.iter().map(|stratum| stratum.sampled).sum();
    if after == before {
        return Err(BatchRefusal::NothingToDraw);
    }
    batch.status = BatchStatus::Sampling;
    let details = json!({"round": batch.round, "sampled": after, "list_hash": batch.list_hash});
    let note = note(&batch.batch_id, by, "batch.sample_enlarged", &details);
    Ok((batch, note))
}
