//! How soon after a suspension somebody comes. Whoever returns does so within hours or days, whoever else signs up does
//! so on any day: what both share with the suspended account then weighs more, or less.

use super::chain::suspended_at;
use crate::Detection;
use crate::links::AccountNumber;
use crate::proposals::ProposalSettings;
use crate::similar::row::{Basis, Row};
use cordon_model::clock::Timestamp;
use cordon_model::entity::EvidenceGroup;

/// Seconds after a suspension beyond which coming says nothing new.
const HORIZON_SECONDS: f64 = 60.0 * 86_400.0;
/// Seconds within which nobody is told apart.
const SOONEST_SECONDS: f64 = 1_800.0;
/// Fewest bits that make a row.
const ROW_BITS_MIN: f64 = 0.05;

/// Groups that tell who somebody is; what they do and whom they follow is shared by many.
pub(super) fn is_identity(group: EvidenceGroup) -> bool {
    use EvidenceGroup::{Contact, Device, Media, Naming, Network};
    matches!(group, Network | Device | Contact | Naming | Media)
}

/// The row of an account that is held against a suspended one at `now`, beside `identity` bits of the groups that tell who
/// somebody is: at most a third of them, as coming soon says nothing by itself.
pub(super) fn row(
    detection: &Detection,
    earlier: AccountNumber,
    now: Timestamp,
    identity: f64,
) -> Option<Row> {
    let seconds = now.seconds() - suspended_at(detection, earlier)?.seconds();
    row_after(&detection.settings.proposals, seconds, identity)
}

fn row_after(settings: &ProposalSettings, seconds: i64, identity: f64) -> Option<Row> {
    if settings.return_timing_max <= 0.0 || seconds < 0 {
        return None;
    }
    let bits = bits(seconds as f64).min(settings.return_timing_max).min(identity.max(0.0) / 3.0);
    let row = Row { group: EvidenceGroup::Timing, bits, basis: Basis::Since(seconds) };
    (bits.abs() >= ROW_BITS_MIN).then_some(row)
}

/// log2 of how much likelier it is to come just then for somebody who returns than for anybody: returns spread evenly
/// over the logarithm of time (as many between one hour and two as between one day and two), sign-ups over time.
fn bits(seconds: f64) -> f64 {
    let seconds = seconds.clamp(SOONEST_SECONDS, HORIZON_SECONDS);
    libm::log2(HORIZON_SECONDS / (seconds * libm::log(HORIZON_SECONDS / SOONEST_SECONDS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::LinkSettings;

    fn after(hours: i64, identity: f64) -> f64 {
        let settings = LinkSettings::bundled().proposals;
        row_after(&settings, hours * 3_600, identity).map_or(0.0, |row| row.bits)
    }

    #[test]
    fn coming_soon_speaks_for_a_return_and_coming_late_against_it() {
        assert_eq!(after(1, 20.0), LinkSettings::bundled().proposals.return_timing_max);
        assert!((after(24, 20.0) - 2.9).abs() < 0.1, "{}", after(24, 20.0));
        assert!((after(24 * 8, 20.0)).abs() < 0.2);
        assert!((after(24 * 365, 20.0) + 3.0).abs() < 0.1);
        assert_eq!(after(-1, 20.0), 0.0, "nobody continues what was not suspended yet");
    }

    #[test]
    fn coming_soon_says_nothing_by_itself() {
        assert_eq!(after(1, 0.0), 0.0);
        assert_eq!(after(1, -4.0), 0.0);
        assert_eq!(after(1, 6.0), 2.0);
    }
}
