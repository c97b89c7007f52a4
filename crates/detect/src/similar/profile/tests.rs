use super::block::{Block, TermVector, Weigher};
use super::logistic::{self, Design, Labels};
use super::scale::{Bounds, Scale};
use super::{refine, trust};
use crate::links::{AccountNumber, Sighting};
use crate::profiles::Profiles;
use cordon_model::clock::Day;
use cordon_model::ids::Offset;
use proptest::prelude::*;

/// Accounts by terms: how often each uses each.
fn store(counts: &[Vec<u8>]) -> Profiles {
    let mut profiles = Profiles::new(1_000);
    let seen = Sighting { day: Day(1), received: Day(1), offset: Offset(1) };
    for (account, terms) in (0..).zip(counts) {
        for (term, count) in (1u64..).zip(terms) {
            (0..*count).for_each(|_| profiles.count(AccountNumber(account), term, seen));
        }
    }
    profiles
}

fn accounts(count: usize) -> Vec<AccountNumber> {
    (0..count as u32).map(AccountNumber).collect()
}

/// The same rows, written out.
fn dense(profiles: &Profiles, count: usize) -> Vec<Vec<f64>> {
    let row = |account: u32| -> Vec<f64> {
        let mut row = vec![0.0; profiles.term_count()];
        for term in profiles.vector(AccountNumber(account)) {
            let users = profiles.term(term.number).accounts as usize;
            if users >= 3 && 2 * users <= count {
                let idf = ((1 + count) as f64 / (1 + users) as f64).ln() + 1.0;
                row[term.number as usize] = (1.0 + f64::from(term.count).ln()) * idf;
            }
        }
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt().max(1e-300);
        row.iter().map(|value| value / length).collect()
    };
    (0..count as u32).map(row).collect()
}

fn counts() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(0u8..4, 12), 8..30)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn sparse_products_are_those_of_the_dense_twin(counts in counts()) {
        let profiles = store(&counts);
        let all = accounts(counts.len());
        let weigher = Weigher::new(&profiles, counts.len());
        let block = Block::of(&weigher, &all);
        let dense = dense(&profiles, counts.len());
        let vector: Vec<f64> = (0..block.width).map(|column| (column as f64).sin()).collect();
        let ready = TermVector::of(&weigher, &block, &vector);
        for (row, values) in dense.iter().enumerate() {
            let terms = 0..profiles.term_count() as u32;
            let expected: f64 = terms
                .filter_map(|term| Some(values[term as usize] * vector[block.column(term)?]))
                .sum();
            prop_assert!((block.rows.dot(row, &vector) - expected).abs() < 1e-6);
            let asked = ready.times(&weigher, all[row]);
            prop_assert!((asked - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn the_fitted_model_is_where_the_slope_is_nearly_flat_by_finite_differences(counts in counts()) {
        let profiles = store(&counts);
        let block = Block::of(&Weigher::new(&profiles, counts.len()), &accounts(counts.len()));
        let width = block.width;
        let design = Design { blocks: vec![(&block, 0.7)] };
        let rows = counts.len();
        let classes: Vec<f64> = (0..rows).map(|row| if row < 3 { 1.0 } else { 0.0 }).collect();
        let weights: Vec<f64> =
            (0..rows).map(|row| if row < 3 { 0.5 / 3.0 } else { 0.5 / (rows - 3) as f64 }).collect();
        let labels = Labels { classes: classes.clone(), weights: weights.clone() };
        let fitted = logistic::fit(&design, &labels);
        let value = |at: &[f64]| logistic::value_at(&design, &labels, &at[..width], at[width]);
        let zero = vec![0.0; width + 1];
        let exact = logistic::slope_at(&design, &labels, &fitted.coefficients, fitted.intercept);
        let fitted: Vec<f64> = fitted.coefficients.iter().copied().chain([fitted.intercept]).collect();
        prop_assert!(value(&fitted) <= value(&zero) + 1e-12);
        let slope = |at: &[f64]| -> Vec<f64> {
            (0..at.len()).map(|place| {
                let (mut up, mut down) = (at.to_vec(), at.to_vec());
                up[place] += 1e-5;
                down[place] -= 1e-5;
                (value(&up) - value(&down)) / 2e-5
            }).collect()
        };
        for (one, two) in slope(&fitted).iter().zip(&exact) {
            prop_assert!((one - two).abs() < 1e-6, "{one} {two}");
        }
    }

    #[test]
    fn bounds_keep_the_order_and_end_where_they_say(one in -40.0f64..40.0, two in -40.0f64..40.0) {
        let bounds = Bounds { knee: 8.0, cap: 12.0, floor_knee: -3.0, floor: -6.0 };
        prop_assert!((-6.0..=12.0).contains(&bounds.bend(one)));
        prop_assert_eq!(one < two, bounds.bend(one) < bounds.bend(two));
    }
}

#[test]
fn the_middle_of_the_sample_has_no_bits_and_its_tail_has_those_of_one_in_a_hundred() {
    let scale = Scale::of((0..1_000).map(f64::from).rev().collect());
    assert_eq!(scale.middle, 500.0);
    assert!((scale.slope * (990.0 - scale.middle) - 100f64.log2()).abs() < 1e-9);
}

#[test]
fn two_false_seeds_that_resemble_each_other_are_outvoted() {
    // Terms 0-5 are the campaign's, 6-9 those of two friends, the rest everybody's.
    let mut counts: Vec<Vec<u8>> = Vec::new();
    let row = |terms: &[usize]| -> Vec<u8> { (0..40).map(|term| u8::from(terms.contains(&term))).collect() };
    for seed in 0..6 {
        counts.push(row(&[0, 1, 2, 3, 4, 5, 10 + seed]));
    }
    counts.push(row(&[6, 7, 8, 9, 20]));
    counts.push(row(&[6, 7, 8, 9, 21]));
    for other in 0..60 {
        counts.push(row(&[6 + other % 4, 10 + other % 30, 10 + (other * 7) % 30, 10 + (other * 11) % 30]));
    }
    let profiles = store(&counts);
    let block = Block::of(&Weigher::new(&profiles, counts.len()), &accounts(counts.len()));
    let trust = trust::measure(&[&block], &[], &[1.0; 8]);
    assert_eq!(trust.weights[..6], [1.0; 6]);
    assert_eq!(trust.weights[6..], [0.0; 2]);
}

/// Seven who share a campaign's six terms, one who does not, and sixty people, the first of them undetected members.
fn campaign(undetected: usize) -> Profiles {
    let row = |terms: &[usize]| -> Vec<u8> { (0..40).map(|term| u8::from(terms.contains(&term))).collect() };
    let member = |n: usize| row(&[0, 1, 2, 3, 4, 5, 10 + n % 30]);
    let person = |n: usize| row(&[6 + n % 4, 10 + n % 30, 10 + (n * 7) % 30, 10 + (n * 11) % 30]);
    let mut counts: Vec<Vec<u8>> = (0..7).map(member).collect();
    counts.push(person(61));
    counts.extend((0..60).map(|n| if n < undetected { member(n + 7) } else { person(n) }));
    store(&counts)
}

#[test]
fn a_seed_that_the_others_do_not_explain_loses_its_say_and_undetected_members_do_not_teach_the_contrary() {
    let profiles = campaign(3);
    let block = Block::of(&Weigher::new(&profiles, 68), &accounts(68));
    let design = Design { blocks: vec![(&block, 1.0)] };
    let mut weights = vec![1.0; 8];
    let found = refine::fit(&design, &[1.0; 8], &mut weights, 60).margins;
    assert_eq!(weights, [[1.0; 7].as_slice(), &[0.0]].concat());
    let lowest_member = found[8..11].iter().copied().fold(f64::INFINITY, f64::min);
    let highest_person = found[11..].iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(lowest_member > highest_person, "{lowest_member} {highest_person}");
    let seeds_low = found[..7].iter().copied().fold(f64::INFINITY, f64::min);
    assert!(seeds_low - lowest_member < 0.2 * (seeds_low - highest_person), "a member is nearly a seed");
}
