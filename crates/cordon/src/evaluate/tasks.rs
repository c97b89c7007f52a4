//! What is asked: seeds drawn from a group, the rest of the group to be found.

use super::dataset::Dataset;
use super::draws::Draws;
use super::metrics::{Metrics, Ranked};
use super::{Figure, LanguageRate, Line, cpu};
use std::collections::{BTreeMap, BTreeSet};

/// Members from which a group is a task.
const MEMBERS_MIN: usize = 20;
/// Groups and types that published comparisons use; where a data set has none of them, all its groups are tasks.
const USUAL: [&str; 6] = ["RightTroll", "LeftTroll", "HashtagGamer", "Fearmonger", "NewsFeed", "Koch"];

/// A group to be found.
pub(crate) struct Task {
    pub(crate) name: String,
    /// Places of its members, in order.
    pub(crate) members: Vec<usize>,
}

/// How many seeds are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setup {
    /// Ten members.
    Ten,
    /// Seven members.
    Seven,
    /// Seven members and three of the crowd.
    SevenAndThreeFalse,
}

impl Setup {
    pub(crate) const ALL: [Self; 3] = [Self::Ten, Self::Seven, Self::SevenAndThreeFalse];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ten => "10",
            Self::Seven => "7",
            Self::SevenAndThreeFalse => "7 + 3 false",
        }
    }

    fn counts(self) -> (usize, usize) {
        match self {
            Self::Ten => (10, 0),
            Self::Seven => (7, 0),
            Self::SevenAndThreeFalse => (7, 3),
        }
    }
}

/// The tasks of a data set.
pub(crate) fn of(dataset: &Dataset) -> Vec<Task> {
    let named = |name: &str| -> Task {
        let all = dataset.accounts.iter().enumerate();
        let members = all.filter(|(_, account)| account.source != dataset.crowd_source);
        let members = members.filter(|(_, account)| account.group == name || account.kind == name);
        Task { name: name.to_owned(), members: members.map(|(place, _)| place).collect() }
    };
    let is_task = |task: &Task| task.members.len() >= MEMBERS_MIN;
    let usual: Vec<Task> = USUAL.into_iter().map(named).filter(is_task).collect();
    if !usual.is_empty() {
        return usual;
    }
    let groups: BTreeSet<&str> = dataset.accounts.iter().map(|account| account.group.as_str()).collect();
    groups.into_iter().map(named).filter(is_task).collect()
}

/// Draws seeds, ranks, and measures; `scores` gives one score for each account of the data set.
pub(crate) fn measure(
    dataset: &Dataset,
    task: &Task,
    setup: Setup,
    method: &'static str,
    draws: usize,
    scores: &mut dyn FnMut(&[usize]) -> Vec<f64>,
) -> Line {
    let (mut members, mut liars) = (Draws::new(1), Draws::new(2));
    let (true_seeds, false_seeds) = setup.counts();
    let crowd: Vec<usize> = dataset.crowd().collect();
    let mut measured = Vec::new();
    let mut swept = Swept::default();
    let mut seconds = 0.0;
    for _ in 0..draws {
        let mut seeds = members.choose(&task.members, true_seeds);
        if false_seeds > 0 {
            seeds.extend(liars.choose(&crowd, false_seeds));
        }
        let (scored, spent) = cpu::of(|| scores(&seeds));
        seconds += spent.as_secs_f64();
        let rows = scored.iter().zip(&dataset.accounts).enumerate();
        let ranked: Vec<Ranked> = rows
            .filter(|(place, _)| !seeds.contains(place))
            .map(|(place, (score, account))| Ranked {
                score: *score,
                is_member: task.members.binary_search(&place).is_ok(),
                is_crowd: account.source == dataset.crowd_source,
            })
            .collect();
        let metrics = Metrics::of(&ranked);
        swept.count(dataset, &scored, &seeds, metrics.threshold);
        measured.push(metrics.values());
    }
    let figure = |(column, name): (usize, &'static str)| {
        let values = || measured.iter().filter_map(|values| values.get(column));
        let mean = values().sum::<f64>() / draws.max(1) as f64;
        let variance =
            values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / draws.max(1) as f64;
        Figure { name, mean, deviation: variance.sqrt() }
    };
    Line {
        task: task.name.clone(),
        setup: setup.name(),
        method,
        draws,
        figures: Metrics::NAMES.into_iter().enumerate().map(figure).collect(),
        languages: swept.rates(),
        seconds: seconds / draws.max(1) as f64,
    }
}

/// The crowd by language: how many accounts were looked at, over all draws, and how many of them swept up.
#[derive(Default)]
struct Swept<'d> {
    languages: BTreeMap<&'d str, (usize, usize)>,
    draws: usize,
}

impl<'d> Swept<'d> {
    fn count(&mut self, dataset: &'d Dataset, scores: &[f64], seeds: &[usize], threshold: f64) {
        self.draws += 1;
        for place in dataset.crowd().filter(|place| !seeds.contains(place)) {
            let (Some(account), Some(score)) = (dataset.accounts.get(place), scores.get(place)) else {
                continue;
            };
            if account.language.is_empty() {
                continue;
            }
            let (all, swept) = self.languages.entry(&account.language).or_default();
            *all += 1;
            *swept += usize::from(*score >= threshold);
        }
    }

    fn rates(&self) -> Vec<LanguageRate> {
        let rate = |(language, (all, swept)): (&&str, &(usize, usize))| LanguageRate {
            language: (*language).to_owned(),
            accounts: *all as f64 / self.draws.max(1) as f64,
            false_positive_rate: *swept as f64 / (*all).max(1) as f64,
        };
        self.languages.iter().map(rate).collect()
    }
}
