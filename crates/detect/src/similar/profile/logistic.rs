//! Logistic regression over sparse blocks: twelve steps of L-BFGS from zero, always the same sums in the same order.

use super::block::Block;
use crate::parallel::map_chunks;
use std::collections::VecDeque;

/// Weight of the penalty on the coefficients.
pub(crate) const PENALTY: f64 = 0.002;
const STEPS: usize = 12;
const MEMORY: usize = 6;
/// Rows that one thread multiplies at a time; also what sums are cut into, so that they come out alike everywhere.
const ROWS_AT_ONCE: usize = 1_024;
const HALVINGS_MAX: usize = 20;
/// Share of the promised descent that a step must bring.
const DESCENT_MIN: f64 = 1e-4;
const CURVATURE_MIN: f64 = 1e-12;

/// Blocks side by side, each with the factor that its values are multiplied by.
pub(crate) struct Design<'b> {
    pub(crate) blocks: Vec<(&'b Block, f64)>,
}

/// What is fitted: a row's class and weight. The weights sum to 1.
pub(crate) struct Labels {
    /// 1 for seeds, 0 for the sample.
    pub(crate) classes: Vec<f64>,
    pub(crate) weights: Vec<f64>,
}

/// Coefficients over the blocks' columns, one block after the other, then the intercept.
pub(crate) type Coefficients = Vec<f64>;

impl Design<'_> {
    /// Columns of all blocks.
    pub(crate) fn width(&self) -> usize {
        self.blocks.iter().map(|(block, _)| block.width).sum()
    }

    /// Every row's margin.
    pub(crate) fn margins(&self, coefficients: &[f64]) -> Vec<f64> {
        let intercept = coefficients.get(self.width()).copied().unwrap_or(0.0);
        let rows = self.blocks.first().map_or(0, |(block, _)| block.len());
        let mut margins = vec![intercept; rows];
        let rows: Vec<usize> = (0..rows).collect();
        let mut rest = coefficients;
        for (block, factor) in &self.blocks {
            let Some((own, others)) = rest.split_at_checked(block.width) else { break };
            if *factor != 0.0 {
                let parts = map_chunks(&rows, ROWS_AT_ONCE, |rows| {
                    rows.iter().map(|row| factor * block.dot(*row, own)).collect::<Vec<f64>>()
                });
                margins.iter_mut().zip(parts.iter().flatten()).for_each(|(margin, part)| *margin += part);
            }
            rest = others;
        }
        margins
    }

    /// The weighted mean of the first rows, with their factors; no intercept.
    pub(crate) fn mean(&self, weights: &[f64]) -> Coefficients {
        let mut mean = self.transposed(weights);
        if let Some(intercept) = mean.last_mut() {
            *intercept = 0.0;
        }
        mean
    }

    /// Sum over rows of `residuals` times the row, then the sum of the residuals.
    fn transposed(&self, residuals: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.width()];
        let mut rest = sums.as_mut_slice();
        let rows: Vec<(usize, f64)> = residuals.iter().copied().enumerate().collect();
        for (block, factor) in &self.blocks {
            let Some((own, others)) = rest.split_at_mut_checked(block.width) else { break };
            if *factor != 0.0 {
                let parts = map_chunks(&rows, ROWS_AT_ONCE, |rows| {
                    let mut sums = vec![0.0; own.len()];
                    rows.iter().for_each(|(row, residual)| block.add(*row, factor * residual, &mut sums));
                    sums
                });
                for part in parts {
                    own.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
                }
            }
            rest = others;
        }
        sums.push(residuals.iter().sum());
        sums
    }
}

/// Mean logistic loss of margins plus the penalty on coefficients of squared length `squared`.
fn loss(labels: &Labels, margins: &[f64], squared: f64) -> f64 {
    let rows = margins.iter().zip(&labels.classes).zip(&labels.weights);
    let sum: f64 = rows
        .map(|((margin, class), weight)| {
            let softplus = margin.max(0.0) + libm::log1p(libm::exp(-margin.abs()));
            weight * (softplus - class * margin)
        })
        .sum();
    sum + 0.5 * PENALTY * squared
}

fn gradient(design: &Design<'_>, labels: &Labels, margins: &[f64], coefficients: &[f64]) -> Vec<f64> {
    let rows = margins.iter().zip(&labels.classes).zip(&labels.weights);
    let residuals: Vec<f64> =
        rows.map(|((margin, class), weight)| weight * (1.0 / (1.0 + libm::exp(-margin)) - class)).collect();
    let mut gradient = design.transposed(&residuals);
    let slopes = gradient.iter_mut().zip(coefficients).take(design.width());
    slopes.for_each(|(slope, coefficient)| *slope += PENALTY * coefficient);
    gradient
}

/// The slope at a point, for the test that holds it against finite differences.
#[cfg(test)]
pub(crate) fn slope_at(design: &Design<'_>, labels: &Labels, at: &[f64]) -> Vec<f64> {
    gradient(design, labels, &design.margins(at), at)
}

/// One earlier step: how far it went, how the gradient changed, and one over their product.
struct Pair {
    step: Vec<f64>,
    change: Vec<f64>,
    inverse: f64,
}

/// Fits coefficients and intercept.
pub(crate) fn fit(design: &Design<'_>, labels: &Labels) -> Coefficients {
    let width = design.width();
    let mut at = vec![0.0; width + 1];
    let mut margins = vec![0.0; labels.classes.len()];
    let mut pairs: VecDeque<Pair> = VecDeque::new();
    let mut value = loss(labels, &margins, 0.0);
    let mut slope = gradient(design, labels, &margins, &at);
    for _ in 0..STEPS {
        let mut direction = descend(&slope, &pairs);
        let mut descent = dot(&slope, &direction);
        if descent >= 0.0 {
            direction = slope.iter().map(|part| -part).collect();
            descent = -dot(&slope, &slope);
            pairs.clear();
        }
        let first = if pairs.is_empty() { 1.0 / dot(&slope, &slope).sqrt().max(CURVATURE_MIN) } else { 1.0 };
        let along = design.margins(&direction);
        let lengths = Lengths::of(&at, &direction, width);
        let shortened = (0..HALVINGS_MAX).scan(first, |length, _| {
            let tried = *length;
            *length *= 0.5;
            Some(tried)
        });
        let mut taken = None;
        for length in shortened {
            let tried: Vec<f64> = margins.iter().zip(&along).map(|(z, d)| z + length * d).collect();
            let reached = loss(labels, &tried, lengths.squared_after(length));
            if reached <= value + DESCENT_MIN * length * descent {
                taken = Some((length, tried, reached));
                break;
            }
        }
        let Some((length, tried, reached)) = taken else { break };
        let step: Vec<f64> = direction.iter().map(|part| length * part).collect();
        at.iter_mut().zip(&step).for_each(|(coefficient, part)| *coefficient += part);
        (margins, value) = (tried, reached);
        let after = gradient(design, labels, &margins, &at);
        let change: Vec<f64> = after.iter().zip(&slope).map(|(new, old)| new - old).collect();
        let curvature = dot(&step, &change);
        if curvature > CURVATURE_MIN {
            pairs.push_back(Pair { step, change, inverse: 1.0 / curvature });
            if pairs.len() > MEMORY {
                pairs.pop_front();
            }
        }
        slope = after;
    }
    at
}

/// The quasi-Newton direction: minus the gradient, bent by what earlier steps told of the curvature.
fn descend(gradient: &[f64], pairs: &VecDeque<Pair>) -> Vec<f64> {
    let mut bent: Vec<f64> = gradient.to_vec();
    let mut weights = Vec::with_capacity(pairs.len());
    for pair in pairs.iter().rev() {
        let weight = pair.inverse * dot(&pair.step, &bent);
        bent.iter_mut().zip(&pair.change).for_each(|(part, change)| *part -= weight * change);
        weights.push(weight);
    }
    if let Some(newest) = pairs.back() {
        let scale = 1.0 / (newest.inverse * dot(&newest.change, &newest.change));
        bent.iter_mut().for_each(|part| *part *= scale);
    }
    for (pair, weight) in pairs.iter().zip(weights.iter().rev()) {
        let factor = weight - pair.inverse * dot(&pair.change, &bent);
        bent.iter_mut().zip(&pair.step).for_each(|(part, step)| *part += factor * step);
    }
    bent.iter_mut().for_each(|part| *part = -*part);
    bent
}

/// Squared length of the coefficients along a line, without walking it.
struct Lengths {
    here: f64,
    across: f64,
    along: f64,
}

impl Lengths {
    fn of(at: &[f64], direction: &[f64], width: usize) -> Self {
        let (at, direction) =
            (at.get(..width).unwrap_or_default(), direction.get(..width).unwrap_or_default());
        Self { here: dot(at, at), across: dot(at, direction), along: dot(direction, direction) }
    }

    fn squared_after(&self, length: f64) -> f64 {
        self.here + 2.0 * length * self.across + length * length * self.along
    }
}

fn dot(one: &[f64], two: &[f64]) -> f64 {
    one.iter().zip(two).map(|(one, two)| one * two).sum()
}
