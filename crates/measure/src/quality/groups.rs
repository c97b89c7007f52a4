//! A share by language, and whether two languages differ by more than chance.

use cordon_model::binomial::{self, Share};
use serde::Serialize;

/// One language's share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupShare {
    /// In the platform's word; `None` where it said nothing.
    pub language: Option<String>,
    /// How many it is a share of.
    pub all: u64,
    /// Exact 95 % interval (Clopper and Pearson).
    pub share: Share,
}

/// A share by language.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Groups {
    /// By language, unknown ones first.
    pub groups: Vec<GroupShare>,
    /// Whether the intervals of two languages lie apart. Among many languages some pair does by chance: with exact 95 %
    /// intervals fewer than one pair in a hundred, where all are alike.
    pub is_alarming: bool,
}

impl Groups {
    /// Of languages with hits and how many these are of.
    pub fn of(counts: impl IntoIterator<Item = (Option<String>, u64, u64)>) -> Self {
        let group = |(language, hits, all)| {
            binomial::share(hits, all, 0.95).map(|share| GroupShare { language, all, share })
        };
        let groups: Vec<GroupShare> = counts.into_iter().filter_map(group).collect();
        let highest_low = groups.iter().map(|group| group.share.low).fold(0.0, f64::max);
        let lowest_high = groups.iter().map(|group| group.share.high).fold(1.0, f64::min);
        Self { is_alarming: highest_low > lowest_high, groups }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_needs_intervals_that_lie_apart() {
        let groups = |hits: u64, all: u64| {
            Groups::of([(None, 2, 100), (Some("de".to_owned()), hits, all), (Some("fr".to_owned()), 0, 0)])
        };
        assert!(!groups(2, 10).is_alarming, "ten say little");
        assert!(groups(20, 100).is_alarming);
        assert_eq!(groups(1, 10).groups.len(), 2, "nothing is said of nothing");
    }
}
