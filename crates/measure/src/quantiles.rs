//! Quantiles of a handful of values.

use serde::Serialize;

/// How values spread. `None` where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many values.
    pub count: u64,
    /// Half are at or below.
    pub median: Option<f64>,
    /// 95 of 100 are at or below.
    pub p95: Option<f64>,
}

impl Quantiles {
    /// The quantiles of `values`, by nearest rank.
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = (share * values.len() as f64).ceil() as usize;
            values.get(rank.saturating_sub(1)).copied()
        };
        Self { count: values.len() as u64, median: at(0.5), p95: at(0.95) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let found = Quantiles::of((1..=100).rev().map(f64::from).collect());
        assert_eq!((found.median, found.p95), (Some(50.0), Some(95.0)));
        assert_eq!(Quantiles::of(Vec::new()), Quantiles::default());
        assert_eq!(Quantiles::of(vec![3.0]).p95, Some(3.0));
    }
}
