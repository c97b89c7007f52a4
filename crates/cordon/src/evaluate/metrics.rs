//! How good a ranking is.

/// One account in a ranking.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranked {
    pub(crate) score: f64,
    /// Whether it belongs to the group sought.
    pub(crate) is_member: bool,
    /// Whether it is one of the crowd that must not be swept up.
    pub(crate) is_crowd: bool,
}

/// The figures of one ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Metrics {
    pub(crate) average_precision: f64,
    /// With the crowd left out of the ranking.
    pub(crate) average_precision_within: f64,
    pub(crate) precision_at_20: f64,
    pub(crate) precision_at_50: f64,
    /// Share of the crowd at or above the score that finds nine tenths of the group.
    pub(crate) false_positive_rate: f64,
    /// The crowd's accounts among the first twice as many as the group has hidden members.
    pub(crate) crowd_in_top: f64,
    /// The score that finds nine tenths of the group.
    pub(crate) threshold: f64,
}

impl Metrics {
    /// What [`Metrics::values`] gives, in its order.
    pub(crate) const NAMES: [&'static str; 6] =
        ["AP", "AP without crowd", "P@20", "P@50", "fpr@R90", "crowd in top"];

    /// Whether more is worse of the figure of that name.
    pub(crate) fn is_error(name: &str) -> bool {
        matches!(name, "fpr@R90" | "crowd in top")
    }

    pub(crate) fn values(&self) -> [f64; 6] {
        [
            self.average_precision,
            self.average_precision_within,
            self.precision_at_20,
            self.precision_at_50,
            self.false_positive_rate,
            self.crowd_in_top,
        ]
    }

    /// Measures a ranking in the order of accounts that ties keep.
    pub(crate) fn of(ranked: &[Ranked]) -> Self {
        let mut best_first = ranked.to_vec();
        best_first.sort_by(|one, two| two.score.total_cmp(&one.score));
        let within: Vec<Ranked> = best_first.iter().filter(|one| !one.is_crowd).copied().collect();
        let members = best_first.iter().filter(|one| one.is_member).count();
        let threshold = lower_tenth(&best_first);
        let crowd = best_first.iter().filter(|one| one.is_crowd);
        let swept = crowd.clone().filter(|one| one.score >= threshold).count();
        Self {
            average_precision: average_precision(&best_first),
            average_precision_within: average_precision(&within),
            precision_at_20: precision_at(&best_first, 20),
            precision_at_50: precision_at(&best_first, 50),
            false_positive_rate: swept as f64 / crowd.count().max(1) as f64,
            crowd_in_top: best_first.iter().take(2 * members).filter(|one| one.is_crowd).count() as f64,
            threshold,
        }
    }
}

/// Mean over members of the precision at each one's score; equal scores count together, as in scikit-learn.
fn average_precision(best_first: &[Ranked]) -> f64 {
    let members = best_first.iter().filter(|one| one.is_member).count();
    let (mut seen, mut found, mut sum) = (0, 0, 0.0);
    for equals in best_first.chunk_by(|one, two| one.score == two.score) {
        let new = equals.iter().filter(|one| one.is_member).count();
        seen += equals.len();
        found += new;
        sum += new as f64 * found as f64 / seen as f64;
    }
    sum / members.max(1) as f64
}

fn precision_at(best_first: &[Ranked], count: usize) -> f64 {
    best_first.iter().take(count).filter(|one| one.is_member).count() as f64 / count as f64
}

/// The score that nine in ten members reach, between ranks in a straight line.
fn lower_tenth(best_first: &[Ranked]) -> f64 {
    let members: Vec<f64> =
        best_first.iter().rev().filter(|one| one.is_member).map(|one| one.score).collect();
    let place = 0.1 * members.len().saturating_sub(1) as f64;
    let at = |place: f64| members.get(place as usize).copied().unwrap_or(0.0);
    at(place.floor()) + (at(place.ceil()) - at(place.floor())) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(rows: &[(f64, bool, bool)]) -> Vec<Ranked> {
        rows.iter().map(|&(score, is_member, is_crowd)| Ranked { score, is_member, is_crowd }).collect()
    }

    #[test]
    fn average_precision_is_that_of_scikit_learn_with_and_without_ties() {
        let plain =
            ranked(&[(4.0, true, false), (3.0, false, true), (2.0, true, false), (1.0, false, false)]);
        assert!((Metrics::of(&plain).average_precision - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(Metrics::of(&plain).average_precision_within, 1.0);
        let ties =
            ranked(&[(1.0, true, false), (1.0, false, false), (0.0, true, false), (0.0, false, false)]);
        assert!((Metrics::of(&ties).average_precision - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_threshold_lies_between_ranks_as_a_quantile_does() {
        let mut rows: Vec<(f64, bool, bool)> = (0..11).map(|n| (f64::from(n), true, false)).collect();
        rows.extend([(0.5, false, true), (1.0, false, true), (7.5, false, true), (0.0, false, true)]);
        assert_eq!(Metrics::of(&ranked(&rows)).false_positive_rate, 0.5);
    }
}
