//! `cordon evaluate returns`: how well what somebody writes finds the account that continues theirs.
//!
//! Accounts are cut in two where half of their posts are written: the first part stands for the suspended account, the
//! second for the new one. Handles are left out, so that nothing but content, addresses and whom one names can tell.
//! Those parts that look alike to the engine are ranked by `surface --exhaustive` with the first part as its one seed.
//!
//! A candidate that stands level with others is given the middle of the places they share. Methods that know nothing
//! of most accounts give all candidates none of their likeness, so that counting only what stands strictly above makes
//! the right one the first: that reading is printed beside, as `hit@1, ties won`, and says nothing about quality.

use super::baselines::{self, Baselines};
use super::dataset::{Dataset, Labelled, Posts};
use super::scratch::{GROUPS, Scratch};
use crate::cli::EvaluateReturns;
use crate::commands::Shared;
use crate::exit::Exit;
use crate::{input, print};
use anyhow::{Result, bail};
use comfy_table::Cell;
use cordon_model::entity::EvidenceGroup;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Posts from which an account is cut in two.
const POSTS_MIN: usize = 40;
/// Candidates from which a ranking says anything.
const ACCOUNTS_MIN: usize = 20;

/// What one method finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Found {
    method: &'static str,
    accounts: usize,
    /// Share of accounts whose continuation stands first, alone.
    #[serde(rename = "hit@1")]
    hit_at_1: f64,
    /// The same among the first five.
    #[serde(rename = "hit@5")]
    hit_at_5: f64,
    #[serde(rename = "MRR")]
    reciprocal_rank: f64,
    /// Share of accounts whose continuation stands below no other, however many are level with it.
    #[serde(rename = "hit@1, ties won")]
    hit_at_1_ties_won: f64,
    /// Share of accounts with a wrong candidate at or above the score that recalls half of the continuations.
    wrong_above_half: f64,
}

/// Runs the command.
pub(crate) fn run(shared: &Shared, options: &EvaluateReturns) -> Result<Exit> {
    let cut = Cut::of(&Dataset::read(&options.dir)?)?;
    let accounts = cut.dataset.accounts.len() / 2;
    if accounts < ACCOUNTS_MIN {
        bail!("{}: fewer than {ACCOUNTS_MIN} accounts have {POSTS_MIN} posts", options.dir.display());
    }
    let scratch = Scratch::fill_with(&cut.lines)?;
    let bar = print::count_bar(2 * accounts as u64);
    let ranked = |seed: usize, groups: &[EvidenceGroup]| {
        bar.inc(1);
        scratch.scores(&cut.dataset, &scratch.rank(&cut.dataset, &[seed], groups))
    };
    let mut found = vec![
        measure("cordon", accounts, &mut |seed| ranked(seed, &GROUPS)),
        measure("cordon, content alone", accounts, &mut |seed| ranked(seed, &[EvidenceGroup::Content])),
    ];
    bar.finish_and_clear();
    let others = Baselines::new(&cut.dataset);
    let names = baselines::NAMES.into_iter().enumerate().filter(|(number, _)| !baselines::is_slow(*number));
    found.extend(
        names.map(|(number, name)| measure(name, accounts, &mut |seed| others.scores(number, &[seed]))),
    );
    show(shared, &found)?;
    Ok(Exit::Clean)
}

fn show(shared: &Shared, found: &[Found]) -> Result<()> {
    if shared.is_json {
        return found.iter().try_for_each(print::json);
    }
    let head =
        ["method", "accounts", "hit@1", "hit@5", "MRR", "hit@1, ties won", "wrong above what recalls half"];
    let mut table = print::table(&head);
    for one in found {
        let figures =
            [one.hit_at_1, one.hit_at_5, one.reciprocal_rank, one.hit_at_1_ties_won, one.wrong_above_half];
        let mut row = vec![Cell::new(one.method), print::right(print::count(one.accounts as u64))];
        row.extend(figures.map(|figure| print::right(format!("{figure:.3}"))));
        table.add_row(row);
    }
    println!("{table}");
    Ok(())
}

/// `scores` gives every part's score for a first part; the place of its second part is `accounts` further on.
fn measure(method: &'static str, accounts: usize, scores: &mut dyn FnMut(usize) -> Vec<f64>) -> Found {
    let places: Vec<Place> = (0..accounts)
        .map(|seed| {
            let scores = scores(seed);
            Place::of(scores.get(accounts..).unwrap_or_default(), seed)
        })
        .collect();
    let share = |is: &dyn Fn(&Place) -> bool| {
        places.iter().filter(|place| is(place)).count() as f64 / accounts.max(1) as f64
    };
    let mut own: Vec<f64> = places.iter().map(|place| place.own).collect();
    own.sort_unstable_by(f64::total_cmp);
    let recalls_half = own.get(own.len() / 2).copied().unwrap_or_default();
    Found {
        method,
        accounts,
        hit_at_1: share(&|place| place.rank <= 1.0),
        hit_at_5: share(&|place| place.rank <= 5.0),
        reciprocal_rank: places.iter().map(|place| 1.0 / place.rank).sum::<f64>() / accounts.max(1) as f64,
        hit_at_1_ties_won: share(&|place| place.above == 0),
        wrong_above_half: share(&|place| place.best_wrong >= recalls_half),
    }
}

/// Where the right candidate stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    own: f64,
    best_wrong: f64,
    /// Candidates strictly above it.
    above: usize,
    /// From 1, the middle of the places it shares.
    rank: f64,
}

impl Place {
    fn of(scores: &[f64], right: usize) -> Self {
        let own = scores.get(right).copied().unwrap_or(f64::NEG_INFINITY);
        let wrong =
            || scores.iter().enumerate().filter(|(place, _)| *place != right).map(|(_, score)| *score);
        let above = wrong().filter(|score| *score > own).count();
        let level = wrong().filter(|score| *score == own).count();
        let best_wrong = wrong().fold(f64::NEG_INFINITY, f64::max);
        Self { own, best_wrong, above, rank: 1.0 + above as f64 + 0.5 * level as f64 }
    }
}

/// Accounts cut in two: all first parts, then all second parts in the same order.
struct Cut {
    dataset: Dataset,
    /// Their events, one JSON object a line.
    lines: Vec<u8>,
}

impl Cut {
    /// Of the accounts outside the crowd.
    fn of(dataset: &Dataset) -> Result<Self> {
        let mut events: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for account in &dataset.accounts {
            if account.source != dataset.crowd_source {
                events.insert(&account.id, Vec::new());
            }
        }
        let mut input = input::open(&dataset.events)?;
        while let Some(chunk) = input.lines.next_chunk()? {
            let mut start = 0;
            for end in &chunk.ends {
                let line = chunk.bytes.get(start..*end).unwrap_or_default();
                start = *end;
                let Ok(event) = serde_json::from_slice::<Value>(line) else { continue };
                let id = event.pointer("/account/id").and_then(Value::as_str);
                if let Some(of_account) = id.and_then(|id| events.get_mut(id)) {
                    of_account.push(event);
                }
            }
        }
        events.retain(|_, events| events.len() >= POSTS_MIN);
        let mut parts = [Vec::new(), Vec::new()];
        let mut lines = Vec::new();
        for (id, mut events) in events {
            events.sort_by(|one, two| time(one).cmp(time(two)));
            let later = events.split_off(events.len() / 2);
            for ((part, events), name) in parts.iter_mut().zip([events, later]).zip(["first", "second"]) {
                part.push(labelled(format!("{id}, {name} part"), events, &mut lines)?);
            }
        }
        let [mut accounts, second] = parts;
        accounts.extend(second);
        let dataset =
            Dataset { events: dataset.events.clone(), accounts, crowd_source: dataset.crowd_source.clone() };
        Ok(Self { dataset, lines })
    }
}

fn time(event: &Value) -> &str {
    event.get("time").and_then(Value::as_str).unwrap_or_default()
}

/// The account that these events are of from now on; they are added to `lines`.
fn labelled(id: String, events: Vec<Value>, lines: &mut Vec<u8>) -> Result<Labelled> {
    let mut posts = Posts::default();
    for mut event in events {
        posts.add(
            event.pointer("/post/text").and_then(Value::as_str).unwrap_or_default(),
            event
                .pointer("/post/hashtags")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str),
        );
        if let Some(account) = event.get_mut("account") {
            *account = json!({ "id": id });
        }
        serde_json::to_writer(&mut *lines, &event)?;
        lines.push(b'\n');
    }
    Ok(posts.of_account([id, String::new(), String::new(), String::new()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn level_candidates_share_the_middle_of_their_places() {
        let alone = Place::of(&[0.5, 0.9, 0.1], 1);
        assert_eq!((alone.rank, alone.above, alone.best_wrong), (1.0, 0, 0.5));
        let level = Place::of(&[0.0, 0.0, 0.0], 1);
        assert_eq!((level.rank, level.above), (2.0, 0));
        assert_eq!(Place::of(&[0.5, 0.9, 0.5], 2).rank, 2.5);
    }

    #[test]
    fn a_method_that_knows_nothing_wins_ties_alone() {
        let found = measure("none", 4, &mut |_| vec![0.0; 8]);
        assert_eq!((found.hit_at_1, found.hit_at_1_ties_won, found.wrong_above_half), (0.0, 1.0, 1.0));
        let right = |seed: usize| (0..8).map(|place| if place == seed + 4 { 1.0 } else { 0.0 }).collect();
        let found = measure("all", 4, &mut |seed| right(seed));
        assert_eq!((found.hit_at_1, found.reciprocal_rank, found.wrong_above_half), (1.0, 1.0, 0.0));
    }
}
