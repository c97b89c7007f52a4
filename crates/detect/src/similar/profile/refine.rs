//! A second look at who teaches the model: seeds by how well the others explain them, and the sample without those
//! who look like members.
//!
//! Likeness in pairs ([`super::trust`]) lets a false seed through where a campaign is broad. A fitted model knows
//! better: each seed's margin *without its own part in the model* is held against the sample's, and one that the
//! others do not explain loses its say, whoever vouched for it. An undetected member in the sample teaches the model
//! the contrary of what it should learn, so accounts of the sample that reach the seeds' middle do not count against
//! them. Nobody is added to the seeds: a ranking that teaches itself drifts.
//!
//! Source: cross-validation by one left out; positive-unlabelled learning (Elkan and Noto, 2008).

use super::logistic::{self, Design, Fitted, Labels};
use super::trust::{MEASURED_SEEDS_MIN, weighted_median};

/// Times that seeds are weighed and the model fitted anew.
const ROUNDS: usize = 1;
/// Margin at which a seed begins to count, and the width over which it comes to count fully: 0 is the sample's
/// middle, 1 the middle seed.
const MARGIN_MIN: f64 = 0.2;
const MARGIN_WIDTH: f64 = 0.2;
/// Width over which accounts of the sample come to count against the seeds, as a share of the distance from the
/// sample's middle to the middle seed.
const MEMBER_WIDTH: f64 = 0.05;

/// The seeds, the first rows of `design`, against the sample, the rest. `weights` are the seeds' as
/// [`super::trust`] found them and come back as they are in the end; `given` bounds them.
pub(crate) fn fit(design: &Design<'_>, given: &[f64], weights: &mut Vec<f64>, sample: usize) -> Fitted {
    let mut against = vec![1.0; sample];
    let mut fitted = logistic::fit(design, &labels(weights, &against));
    if given.len() < MEASURED_SEEDS_MIN {
        return fitted;
    }
    let own = design.squares(given.len());
    for _ in 0..ROUNDS {
        let Some(seen) = Seen::of(&fitted, &own, weights) else { break };
        *weights = seen.fits().zip(given).map(|(fit, given)| fit * given).collect();
        against = seen.against(fitted.margins.get(given.len()..).unwrap_or_default(), weights);
        fitted = logistic::fit(design, &labels(weights, &against));
    }
    fitted
}

/// Half of the weight for the seeds, half for the sample.
fn labels(seeds: &[f64], against: &[f64]) -> Labels {
    let halved = |weights: &[f64]| -> Vec<f64> {
        let total: f64 = weights.iter().sum();
        weights.iter().map(|weight| 0.5 * weight / total.max(1e-9)).collect()
    };
    Labels {
        classes: seeds.iter().map(|_| 1.0).chain(against.iter().map(|_| 0.0)).collect(),
        weights: [halved(seeds), halved(against)].concat(),
    }
}

/// What a fitted model says of those who taught it.
struct Seen {
    /// By seed, without its own part.
    margins: Vec<f64>,
    /// The sample's middle.
    middle: f64,
    /// The middle seed.
    top: f64,
}

impl Seen {
    /// `None` where the seeds do not stand out of the sample.
    fn of(fitted: &Fitted, own: &[f64], weights: &[f64]) -> Option<Self> {
        let parts = fitted.margins.iter().zip(&fitted.by_row).zip(own);
        let margins: Vec<f64> = parts.map(|((margin, part), square)| margin - part * square).collect();
        let mut sample = fitted.margins.get(own.len()..)?.to_vec();
        sample.sort_unstable_by(f64::total_cmp);
        let middle = super::trust::median(&sample);
        let top = weighted_median(&margins, weights);
        (top > middle).then_some(Self { margins, middle, top })
    }

    /// How far a margin stands between the sample's middle and the middle seed.
    fn share(&self, margin: f64) -> f64 {
        (margin - self.middle) / (self.top - self.middle)
    }

    /// By seed, 0 to 1.
    fn fits(&self) -> impl Iterator<Item = f64> {
        let fit = |margin: &f64| ((self.share(*margin) - MARGIN_MIN) / MARGIN_WIDTH).clamp(0.0, 1.0);
        self.margins.iter().map(fit)
    }

    /// How much each account of the sample counts against the seeds, 0 to 1: nearly nothing from the middle of those
    /// seeds that still count.
    fn against(&self, sample: &[f64], weights: &[f64]) -> Vec<f64> {
        let mut counting: Vec<f64> = self
            .margins
            .iter()
            .zip(weights)
            .filter(|(_, weight)| **weight > 0.0)
            .map(|(margin, _)| *margin)
            .collect();
        counting.sort_unstable_by(f64::total_cmp);
        let line = self.share(super::trust::median(&counting));
        let width = f64::max(MEMBER_WIDTH * line, 1e-9);
        let against = |margin: &f64| 1.0 / (1.0 + libm::exp((self.share(*margin) - line) / width));
        sample.iter().map(against).collect()
    }
}
