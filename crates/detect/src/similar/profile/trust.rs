//! Which seeds belong together, and how much hashtags count beside words for them.
//!
//! A false seed among true ones spoils a model more than a missing one. Each seed is held against the others, with
//! its nearest friends left out, so that two false seeds cannot vouch for each other; one that is no nearer to the
//! rest than people of the sample are is left out. At least half of the weight always stays.

use super::block::Block;

/// Accounts of the sample that seeds are measured by.
pub(crate) const YARDSTICK: usize = 1_024;
/// Weight of hashtags beside words where too few seeds can tell.
const FACTOR_UNTOLD: f64 = 0.25;
const FACTOR_MAX: f64 = 4.0;
const ROUNDS: usize = 4;
/// Share of the other seeds that cannot vouch for one.
const FRIENDS: f64 = 0.2;
/// Nearness at which a seed begins to count, and the width over which it comes to count fully: 0 is the sample's
/// middle, 1 the middle seed.
const NEARNESS_MIN: f64 = 0.2;
const NEARNESS_WIDTH: f64 = 0.2;
/// Seeds from which each one's share of the common trust is measured.
pub(crate) const MEASURED_SEEDS_MIN: usize = 4;

/// What the seeds say about themselves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trust {
    /// By seed: its given weight times how well it fits, 0 for one that is left out.
    pub(crate) weights: Vec<f64>,
    /// Weight of the terms that are no words, beside words.
    pub(crate) factor: f64,
}

/// Likeness to every seed: `yard` by account of the yardstick, `seeds` by seed. Words first, then the rest.
struct Likeness {
    yard: [Vec<Vec<f64>>; 2],
    seeds: [Vec<Vec<f64>>; 2],
}

/// Measures seeds (the first rows of each block) by the rows after them.
pub(crate) fn measure(words: &[&Block], others: &[&Block], given: &[f64]) -> Trust {
    let mut weights = given.to_vec();
    let mut factor = FACTOR_UNTOLD;
    let likeness = Likeness::of([words, others], given.len());
    if given.len() < super::fit::MODEL_SEEDS_MIN || likeness.yard[0].is_empty() {
        return Trust { weights, factor };
    }
    for round in 0..=ROUNDS {
        let [words, others] = [0, 1].map(|which| likeness.bits(which, &weights));
        factor = libm::pow(others.max(0.0) / words.max(0.1), 4.0).clamp(0.0, FACTOR_MAX);
        if round == ROUNDS || given.len() < MEASURED_SEEDS_MIN {
            break;
        }
        match likeness.fits(&weights, factor) {
            Some(fits) => weights = given.iter().zip(fits).map(|(given, fit)| given * fit).collect(),
            None => {
                weights = given.to_vec();
                break;
            }
        }
    }
    Trust { weights, factor }
}

impl Likeness {
    fn of(kinds: [&[&Block]; 2], seeds: usize) -> Self {
        let rows =
            kinds.iter().flat_map(|blocks| blocks.first()).map(|block| block.rows.len()).max().unwrap_or(0);
        let yard = rows.saturating_sub(seeds).min(YARDSTICK);
        let all = kinds.map(|blocks| {
            let mut table = vec![vec![0.0; seeds]; seeds + yard];
            for block in blocks {
                add_products(block, &mut table);
            }
            table
        });
        let [words, others] = all.map(|mut table| {
            let yard = table.split_off(seeds);
            (table, yard)
        });
        Self { seeds: [words.0, others.0], yard: [words.1, others.1] }
    }

    /// Bits by which the seeds stand out by one kind of term: each one's likeness to the others against what the
    /// yardstick's accounts have.
    fn bits(&self, which: usize, weights: &[f64]) -> f64 {
        let (Some(yard), Some(seeds)) = (self.yard.get(which), self.seeds.get(which)) else { return 0.0 };
        let total: f64 = weights.iter().sum();
        let mut background: Vec<f64> = yard.iter().map(|row| products(row, weights) / total).collect();
        background.sort_unstable_by(f64::total_cmp);
        let tails: f64 = (0..)
            .zip(seeds)
            .zip(weights)
            .map(|((seed, row), weight): ((usize, _), _)| {
                let own = row.get(seed).copied().unwrap_or(0.0) * weight;
                let mean = (products(row, weights) - own) / (total - weight).max(1e-9);
                weight * tail(&background, mean)
            })
            .sum();
        -libm::log2(tails / total)
    }

    /// How well each seed fits, 0 to 1; `None` where the seeds do not hang together at all.
    fn fits(&self, weights: &[f64], factor: f64) -> Option<Vec<f64>> {
        let left_out = (FRIENDS * weights.iter().sum::<f64>()).floor();
        let joined = |tables: &[Vec<Vec<f64>>; 2]| -> Vec<Vec<f64>> {
            let [words, others] = tables;
            let join = |(words, others): (&Vec<f64>, &Vec<f64>)| -> Vec<f64> {
                words.iter().zip(others).map(|(word, other)| word + factor * other).collect()
            };
            words.iter().zip(others).map(join).collect()
        };
        let nearness: Vec<f64> = (0..)
            .zip(&joined(&self.seeds))
            .map(|(seed, row)| without_friends(row, weights, left_out, Some(seed)))
            .collect();
        let mut yard: Vec<f64> =
            joined(&self.yard).iter().map(|row| without_friends(row, weights, left_out, None)).collect();
        yard.sort_unstable_by(f64::total_cmp);
        let middle = median(&yard);
        let top = weighted_median(&nearness, weights);
        let fit =
            |near: &f64| (((near - middle) / (top - middle) - NEARNESS_MIN) / NEARNESS_WIDTH).clamp(0.0, 1.0);
        (top > middle).then(|| nearness.iter().map(fit).collect())
    }
}

/// Adds the products of every row with every seed's row.
fn add_products(block: &Block, table: &mut [Vec<f64>]) {
    let seeds = table.first().map_or(0, Vec::len);
    let mut dense = vec![0.0; block.width];
    let put = |dense: &mut [f64], seed, is_there: bool| {
        let (columns, values) = block.rows.row(seed);
        for (column, value) in columns.iter().zip(values) {
            if let Some(place) = dense.get_mut(*column as usize) {
                *place = if is_there { f64::from(*value) } else { 0.0 };
            }
        }
    };
    for seed in 0..seeds {
        put(&mut dense, seed, true);
        for (row, products) in table.iter_mut().enumerate() {
            if let Some(product) = products.get_mut(seed) {
                *product += block.rows.dot(row, &dense);
            }
        }
        put(&mut dense, seed, false);
    }
}

fn products(row: &[f64], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(likeness, weight)| likeness * weight).sum()
}

/// Share of the sorted background at or above `value`, counting equals half.
fn tail(background: &[f64], value: f64) -> f64 {
    let below = background.partition_point(|other| *other < value);
    let upto = background.partition_point(|other| *other <= value);
    let above = (background.len() - upto) as f64 + 0.5 * (upto - below) as f64;
    (above + 0.5) / (background.len() as f64 + 1.0)
}

/// Weighted mean of a row after its largest values, worth `left_out` seeds, are taken away.
fn without_friends(row: &[f64], weights: &[f64], left_out: f64, own: Option<usize>) -> f64 {
    let mut order: Vec<(f64, f64)> = (0..)
        .zip(row.iter().zip(weights))
        .filter(|(seed, _)| Some(*seed) != own)
        .map(|(_, (likeness, weight))| (*likeness, *weight))
        .collect();
    order.sort_by(|one, two| two.0.total_cmp(&one.0));
    let (mut left, mut sum, mut total) = (left_out, 0.0, 0.0);
    for (likeness, weight) in order {
        let taken = weight.min(left);
        left -= taken;
        sum += (weight - taken) * likeness;
        total += weight - taken;
    }
    sum / f64::max(total, 1e-9)
}

/// The middle of sorted values, 0 of none.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    let at = |place: usize| sorted.get(place).copied().unwrap_or(0.0);
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { at(half) } else { (at(half.saturating_sub(1)) + at(half)) / 2.0 }
}

/// The first value at which half of the weight is reached, from below.
pub(crate) fn weighted_median(values: &[f64], weights: &[f64]) -> f64 {
    let mut order: Vec<(f64, f64)> = values.iter().copied().zip(weights.iter().copied()).collect();
    order.sort_by(|one, two| one.0.total_cmp(&two.0));
    let half = weights.iter().sum::<f64>() / 2.0;
    let mut reached = 0.0;
    for (value, weight) in &order {
        reached += weight;
        if reached >= half {
            return *value;
        }
    }
    order.last().map_or(0.0, |(value, _)| *value)
}
