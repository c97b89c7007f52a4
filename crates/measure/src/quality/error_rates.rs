//! How often each reviewer errs, where nobody knows the truth: Dawid and Skene, Applied Statistics 1979.
//!
//! Each case has a truth, violation or none; each reviewer errs with two chances, one for each truth. Expectation and
//! maximisation find both from who said what. Where the truth is known (golden cases, what a lead settled) it is fixed,
//! and anchors the rest. Prior: as if each reviewer had judged [`RIGHT`] + [`WRONG`] cases of each truth before, and one
//! case of each truth had been seen; so that whoever judged little stands near the prior. Two labels for each case
//! say little of who erred unless the same people meet many others, or golden cases anchor them: intervals tell.

use super::Interval;
use serde::Serialize;
use std::collections::BTreeMap;

/// Cases of each truth on which everybody counts as right before.
const RIGHT: f64 = 4.0;
/// And as wrong.
const WRONG: f64 = 1.0;
/// Steps at most.
const STEPS_MAX: usize = 200;
/// Change of every chance below which it is over.
const CLOSE: f64 = 1e-6;
/// Draws of cases for the intervals.
const DRAWS: usize = 100;
/// Steps at most in each of these, which begin where the whole ended.
const DRAW_STEPS_MAX: usize = 30;
/// Labels times draws at most; beyond that fewer draws are made, at least 20.
const WORK_MAX: usize = 1_000_000;
/// Standard deviations of a 95 % interval.
const Z: f64 = 1.959_963_985;

/// What one person said of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Which case.
    pub case: String,
    /// Who.
    pub reviewer: String,
    /// What they found.
    pub is_violation: bool,
    /// The truth, where it is known.
    pub known: Option<bool>,
}

/// How often one reviewer errs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reviewer {
    /// Who.
    pub reviewer: String,
    /// Judgements that this rests on.
    pub judgements: u64,
    /// Of these, on cases whose truth is known.
    pub anchored: u64,
    /// Expected judgements by truth, none first, and by what was said, none first.
    pub confusion: [[f64; 2]; 2],
    /// Chance of finding a violation where there is none. Interval: the wider, at either end, of Wilson's on the expected
    /// counts and of cases drawn anew (a bootstrap whose draws are always the same).
    pub false_positive: Interval,
    /// Chance of finding none where there is one; interval likewise.
    pub false_negative: Interval,
    /// Chance of an error on the mix of cases as it is.
    pub error: f64,
}

/// How often reviewers err.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorRates {
    /// Cases that this rests on.
    pub cases: u64,
    /// Of these, with a known truth.
    pub anchored: u64,
    /// Share of violations among these cases, as estimated.
    pub prevalence: f64,
    /// By name.
    pub reviewers: Vec<Reviewer>,
}

/// One case: its truth where known, and who said what, by the reviewers' places.
struct Case {
    known: Option<bool>,
    said: Vec<(usize, bool)>,
}

/// What is estimated: share of violations, and each reviewer's chance of being wrong by truth.
#[derive(Clone, PartialEq)]
struct Chances {
    prevalence: f64,
    wrong: Vec<[f64; 2]>,
}

/// Estimates how often each reviewer errs. The same labels always give the same figures.
pub fn error_rates(labels: &[Label]) -> ErrorRates {
    let (names, cases) = sorted(labels);
    let all: Vec<&Case> = cases.iter().collect();
    let begin = Chances { prevalence: 0.5, wrong: vec![[WRONG / (RIGHT + WRONG); 2]; names.len()] };
    let (chances, counts) = fit(&all, begin, STEPS_MAX);
    let draws = drawn_anew(&cases, &chances, labels.len());
    let reviewers = names.iter().zip(&chances.wrong).zip(&counts).enumerate();
    let reviewers = reviewers.map(|(place, ((name, wrong), confusion))| {
        let of = |truth: usize| interval(wrong, confusion, &draws, (place, truth));
        let mine = || cases.iter().filter(move |case| case.said.iter().any(|(who, _)| *who == place));
        let [none_wrong, violation_wrong] = *wrong;
        Reviewer {
            reviewer: name.clone(),
            judgements: mine().count() as u64,
            anchored: mine().filter(|case| case.known.is_some()).count() as u64,
            confusion: *confusion,
            false_positive: of(0),
            false_negative: of(1),
            error: (1.0 - chances.prevalence) * none_wrong + chances.prevalence * violation_wrong,
        }
    });
    ErrorRates {
        cases: cases.len() as u64,
        anchored: cases.iter().filter(|case| case.known.is_some()).count() as u64,
        prevalence: chances.prevalence,
        reviewers: reviewers.collect(),
    }
}

/// Reviewers by name, and cases with who said what.
fn sorted(labels: &[Label]) -> (Vec<String>, Vec<Case>) {
    let mut places: BTreeMap<&str, usize> = labels.iter().map(|one| (one.reviewer.as_str(), 0)).collect();
    places.values_mut().enumerate().for_each(|(place, of)| *of = place);
    let mut cases: BTreeMap<&str, Case> = BTreeMap::new();
    for label in labels {
        let case = cases.entry(&label.case).or_insert(Case { known: None, said: Vec::new() });
        case.known = case.known.or(label.known);
        if let Some(place) = places.get(label.reviewer.as_str()) {
            case.said.push((*place, label.is_violation));
        }
    }
    (places.into_keys().map(str::to_owned).collect(), cases.into_values().collect())
}

/// Expectation and maximisation until nothing moves; the chances, and the expected judgements by truth and word.
fn fit(cases: &[&Case], mut chances: Chances, steps_max: usize) -> (Chances, Vec<[[f64; 2]; 2]>) {
    let mut counts = Vec::new();
    for _ in 0..steps_max {
        counts = vec![[[0.0; 2]; 2]; chances.wrong.len()];
        let mut violations = 1.0;
        for case in cases {
            let violation = probability(case, &chances);
            violations += violation;
            for (place, is_violation) in &case.said {
                if let Some([[none_none, none_violation], [violation_none, violation_violation]]) =
                    counts.get_mut(*place)
                {
                    let (on_none, on_violation) = if *is_violation {
                        (none_violation, violation_violation)
                    } else {
                        (none_none, violation_none)
                    };
                    *on_none += 1.0 - violation;
                    *on_violation += violation;
                }
            }
        }
        let share = |wrong: f64, right: f64| (wrong + WRONG) / (wrong + right + WRONG + RIGHT);
        let next = Chances {
            prevalence: violations / (cases.len() as f64 + 2.0),
            wrong: counts.iter().map(|[[nn, nv], [vn, vv]]| [share(*nv, *nn), share(*vn, *vv)]).collect(),
        };
        let pairs = chances.wrong.iter().flatten().zip(next.wrong.iter().flatten());
        let moved = pairs
            .map(|(old, new)| (old - new).abs())
            .fold((chances.prevalence - next.prevalence).abs(), f64::max);
        chances = next;
        if moved < CLOSE {
            break;
        }
    }
    (chances, counts)
}

/// Of a violation, by what was said and how often those who said it err.
fn probability(case: &Case, chances: &Chances) -> f64 {
    if let Some(known) = case.known {
        return f64::from(u8::from(known));
    }
    let mut log_odds = (chances.prevalence / (1.0 - chances.prevalence)).ln();
    for (place, is_violation) in &case.said {
        if let Some([none_wrong, violation_wrong]) = chances.wrong.get(*place) {
            log_odds += if *is_violation {
                ((1.0 - violation_wrong) / none_wrong).ln()
            } else {
                (violation_wrong / (1.0 - none_wrong)).ln()
            };
        }
    }
    1.0 / (1.0 + (-log_odds).exp())
}

/// The chances of cases drawn anew, as many as there are.
fn drawn_anew(cases: &[Case], chances: &Chances, labels: usize) -> Vec<Chances> {
    let draws = (WORK_MAX / labels.max(1)).clamp(20, DRAWS);
    let mut state = 2016_u64;
    let mut draw = || {
        let mut drawn = Vec::with_capacity(cases.len());
        for _ in cases {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let place = ((mixed ^ (mixed >> 31)) >> 11) as usize % cases.len();
            drawn.extend(cases.get(place));
        }
        fit(&drawn, chances.clone(), DRAW_STEPS_MAX).0
    };
    (0..draws).map(|_| draw()).collect()
}

fn interval(
    wrong: &[f64; 2],
    confusion: &[[f64; 2]; 2],
    draws: &[Chances],
    (place, truth): (usize, usize),
) -> Interval {
    let value = wrong.get(truth).copied().unwrap_or_default();
    let judged: f64 = confusion.get(truth).map(|said| said.iter().sum()).unwrap_or_default();
    let wilson = wilson(value, judged + RIGHT + WRONG);
    let mut drawn: Vec<f64> =
        draws.iter().filter_map(|draw| draw.wrong.get(place)?.get(truth).copied()).collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn.get((share * drawn.len() as f64) as usize).copied().unwrap_or(value);
    Interval { value, low: wilson.0.min(at(0.025)), high: wilson.1.max(at(0.975)) }
}

/// Wilson's interval of a share of so many, whole or not.
fn wilson(share: f64, all: f64) -> (f64, f64) {
    let middle = (share + Z * Z / (2.0 * all)) / (1.0 + Z * Z / all);
    let half = Z / (1.0 + Z * Z / all) * (share * (1.0 - share) / all + Z * Z / (4.0 * all * all)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests;
