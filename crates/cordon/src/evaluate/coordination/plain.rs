//! The plain rule: two accounts that share an object within the window are tied, by the number of times they did.
//!
//! Accounts with fewer than the least number of shares are left out; so are pairs that are no heavier than a quantile of
//! all pairs; what hangs together is a component. Source: CooRTweet (CRAN), `detect_groups` and
//! `generate_coordinated_network`, written anew from their documentation.

use cordon_detect::clusters::Act;
use std::collections::{BTreeMap, BTreeSet};

/// What the rule takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlainOptions {
    pub(super) window_seconds: u32,
    /// Fewest shares of an account.
    pub(super) participation_min: u32,
    /// Pairs must be heavier than this quantile of all.
    pub(super) edge_quantile: f64,
}

/// Accounts by component, and how many pairs tie them.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub(super) pairs: usize,
    pub(super) components: Vec<BTreeSet<u32>>,
}

/// Applies the rule; `shares_of` says how often each account shared anything, objects that nobody else shared included.
pub(super) fn find(mut acts: Vec<Act>, shares_of: &BTreeMap<u32, u32>, options: PlainOptions) -> Network {
    acts.retain(|act| shares_of.get(&act.account).is_some_and(|count| *count >= options.participation_min));
    acts.sort_unstable();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for on_object in acts.chunk_by(|one, two| one.object == two.object) {
        for (place, act) in on_object.iter().enumerate() {
            let later = on_object.iter().skip(place + 1);
            let near = later.take_while(|other| other.at - act.at <= options.window_seconds);
            let others = near.filter(|other| other.account != act.account);
            pairs
                .extend(others.map(|other| (act.account.min(other.account), act.account.max(other.account))));
        }
    }
    pairs.sort_unstable();
    let weighed: Vec<((u32, u32), f64)> = pairs
        .chunk_by(|one, two| one == two)
        .filter_map(|same| Some((*same.first()?, same.len() as f64)))
        .collect();
    let threshold = quantile(weighed.iter().map(|(_, weight)| *weight).collect(), options.edge_quantile);
    let kept: Vec<(u32, u32)> =
        weighed.into_iter().filter(|(_, weight)| *weight > threshold).map(|(pair, _)| pair).collect();
    Network { pairs: kept.len(), components: components(&kept) }
}

/// Between ranks in a straight line, as R's default.
fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = share.clamp(0.0, 1.0) * values.len().saturating_sub(1) as f64;
    let at = |place: f64| values.get(place as usize).copied().unwrap_or(0.0);
    at(place.floor()) + (at(place.ceil()) - at(place.floor())) * place.fract()
}

fn components(pairs: &[(u32, u32)]) -> Vec<BTreeSet<u32>> {
    let mut neighbours: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (one, two) in pairs {
        neighbours.entry(*one).or_default().push(*two);
        neighbours.entry(*two).or_default().push(*one);
    }
    let mut found = Vec::new();
    while let Some((first, _)) = neighbours.first_key_value() {
        let (mut part, mut waiting) = (BTreeSet::new(), vec![*first]);
        while let Some(account) = waiting.pop() {
            part.insert(account);
            waiting.extend(neighbours.remove(&account).unwrap_or_default());
        }
        found.push(part);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_heavier_than_the_median_hang_together() {
        let act = |object, at, account| Act { object, at, account };
        let acts = vec![
            act(1, 0, 1),
            act(1, 5, 2),
            act(1, 9, 3),
            act(2, 100, 1),
            act(2, 104, 2),
            act(3, 200, 1),
            act(3, 300, 2),
        ];
        let shares = BTreeMap::from([(1, 3), (2, 3), (3, 1)]);
        let options = PlainOptions { window_seconds: 10, participation_min: 1, edge_quantile: 0.5 };
        let found = find(acts.clone(), &shares, options);
        // Weights are 2, 1 and 1: only the first pair lies above the median.
        assert_eq!((found.pairs, found.components), (1, vec![BTreeSet::from([1, 2])]));
        let strict = PlainOptions { participation_min: 2, edge_quantile: 0.0, ..options };
        assert_eq!(find(acts, &shares, strict).pairs, 0, "nothing is heavier than the only pair");
    }
}
