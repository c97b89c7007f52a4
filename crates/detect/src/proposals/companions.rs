//! The suspended accounts that are most like one of them.

use crate::Detection;
use crate::links::AccountNumber;
use crate::profiles::{Profiles, TERM_ACCOUNTS_MIN};
use crate::returns::pair_bits;
use crate::settings::Normaliser;
use cordon_model::account::Standing;
use std::collections::BTreeMap;

/// Suspended accounts that are compared, the newest first.
const COMPARED_MAX: usize = 400;
/// Likeness below which a suspended account is no companion: cosine of weighted terms.
const LIKENESS_MIN: f64 = 0.08;
/// Bits of shared links that count as much as full likeness of terms.
const BITS_OF_ONE: f64 = 12.0;

/// `anchor` and up to `most − 1` suspended accounts that are like it, likest first.
pub(super) fn of(detection: &Detection, anchor: AccountNumber, most: usize) -> Vec<AccountNumber> {
    let own = Weighted::of(detection, anchor);
    let newest = detection.judged().filter(|other| detection.standing(*other) == Standing::Suspended);
    let mut newest: Vec<AccountNumber> = newest.filter(|other| *other != anchor).collect();
    newest.reverse();
    newest.truncate(COMPARED_MAX);
    let likeness = |other: AccountNumber| {
        own.cosine(&Weighted::of(detection, other))
            + (pair_bits(detection, anchor, other) / BITS_OF_ONE).clamp(0.0, 1.0)
    };
    let mut ranked: Vec<(f64, AccountNumber)> =
        newest.into_iter().map(|other| (likeness(other), other)).collect();
    ranked.retain(|(likeness, _)| *likeness >= LIKENESS_MIN);
    ranked.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
    std::iter::once(anchor).chain(ranked.into_iter().map(|(_, other)| other)).take(most).collect()
}

/// An account's terms, weighted by rarity.
struct Weighted {
    terms: BTreeMap<(usize, u32), f64>,
    norm: f64,
}

impl Weighted {
    fn of(detection: &Detection, account: AccountNumber) -> Self {
        let population = detection.links().account_count() as f64;
        let mut terms = BTreeMap::new();
        for (store, (settings, profiles)) in
            detection.settings().profiles.iter().zip(&detection.profiles).enumerate()
        {
            if settings.normalise != Normaliser::Hour {
                add(&mut terms, store, profiles, account, population);
            }
        }
        let norm = terms.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        Self { terms, norm }
    }

    fn cosine(&self, other: &Self) -> f64 {
        if self.norm == 0.0 || other.norm == 0.0 {
            return 0.0;
        }
        let shared = self.terms.iter().filter_map(|(term, weight)| Some(weight * other.terms.get(term)?));
        shared.sum::<f64>() / (self.norm * other.norm)
    }
}

fn add(
    terms: &mut BTreeMap<(usize, u32), f64>,
    store: usize,
    profiles: &Profiles,
    account: AccountNumber,
    population: f64,
) {
    for term in profiles.vector(account) {
        let accounts = profiles.term(term.number).accounts;
        if accounts >= TERM_ACCOUNTS_MIN {
            let rarity = libm::log(population / f64::from(accounts)).max(0.0);
            terms.insert((store, term.number), (1.0 + libm::log(f64::from(term.count))) * rarity);
        }
    }
}
