//! Both methods on the same acts, and what each finds where times are dealt anew.

use super::plain::{self, PlainOptions};
use super::shares::Shares;
use cordon_detect::clusters::coordination::{CoordinationOptions, find};
use cordon_detect::clusters::{ActTable, Cluster, weaker};
use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Instant;

/// What one method finds at one window.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Found {
    pub(super) window_seconds: u32,
    pub(super) method: &'static str,
    pub(super) accounts: usize,
    pub(super) pairs: usize,
    pub(super) components: usize,
    /// Members of the largest component.
    pub(super) largest: usize,
    /// Of wall clock, from unsorted acts.
    pub(super) seconds: f64,
    /// Accounts found where times are dealt anew, mean.
    pub(super) accounts_by_chance: f64,
    /// Pairs found there, mean.
    pub(super) pairs_by_chance: f64,
    /// Accounts that it and the plain rule find, of those that either finds.
    pub(super) overlap: f64,
    #[serde(skip)]
    pub(super) members: BTreeSet<u32>,
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) coordination: CoordinationOptions,
    pub(super) plain: PlainOptions,
    pub(super) shuffles: u32,
}

/// A method's outcome on one table.
struct Outcome {
    pairs: usize,
    components: Vec<BTreeSet<u32>>,
}

impl Outcome {
    fn members(&self) -> BTreeSet<u32> {
        self.components.iter().flatten().copied().collect()
    }
}

/// cordon's clusters, the same with weaker evidence, then the plain rule's components.
pub(super) fn compare(shares: &Shares, comparison: &Comparison) -> [Found; 3] {
    let acts = shares.acts.clone();
    let begun = Instant::now();
    let table = ActTable::of(acts);
    let ours = clusters(&table, &comparison.coordination);
    let our_seconds = begun.elapsed().as_secs_f64();
    let with_weaker = with_weaker_evidence(&table, &ours, &comparison.coordination);
    let weaker_seconds = begun.elapsed().as_secs_f64();
    let unsorted = table.acts().collect();
    let begun = Instant::now();
    let theirs = plain::find(unsorted, &shares.by_account, comparison.plain);
    let their_seconds = begun.elapsed().as_secs_f64();
    let theirs = Outcome { pairs: theirs.pairs, components: theirs.components };
    let chance: Vec<[(usize, usize); 3]> = (0..comparison.shuffles)
        .map(|round| {
            let table = table.shuffled(u64::from(round) + 1);
            let ours = clusters(&table, &comparison.coordination);
            let theirs = plain::find(table.acts().collect(), &shares.by_account, comparison.plain);
            let with_weaker = with_weaker_evidence(&table, &ours, &comparison.coordination);
            let accounts = theirs.components.iter().map(BTreeSet::len).sum();
            let counts = |outcome: &Outcome| (outcome.members().len(), outcome.pairs);
            [counts(&ours), counts(&with_weaker), (accounts, theirs.pairs)]
        })
        .collect();
    let their_members = theirs.members();
    let window_seconds = comparison.coordination.window_seconds;
    let found = |method, outcome: &Outcome, seconds, place: usize| {
        let members = outcome.members();
        let either = members.union(&their_members).count();
        let overlap = members.intersection(&their_members).count() as f64 / either.max(1) as f64;
        let mean = |of: fn(&(usize, usize)) -> usize| {
            let sum: usize = chance.iter().filter_map(|round| round.get(place)).map(of).sum();
            sum as f64 / chance.len().max(1) as f64
        };
        Found {
            window_seconds,
            method,
            accounts: members.len(),
            pairs: outcome.pairs,
            components: outcome.components.len(),
            largest: outcome.components.iter().map(BTreeSet::len).max().unwrap_or(0),
            seconds,
            accounts_by_chance: mean(|round| round.0),
            pairs_by_chance: mean(|round| round.1),
            overlap,
            members,
        }
    };
    [
        found("cordon", &ours, our_seconds, 0),
        found("cordon, weaker evidence too", &with_weaker, weaker_seconds, 1),
        found("plain rule", &theirs, their_seconds, 2),
    ]
}

fn clusters(table: &ActTable, options: &CoordinationOptions) -> Outcome {
    let found = find(table, options);
    Outcome { pairs: found.pairs, components: found.clusters.iter().map(accounts).collect() }
}

/// What was found, and what is found on weaker evidence; components may have accounts in common.
fn with_weaker_evidence(table: &ActTable, strong: &Outcome, options: &CoordinationOptions) -> Outcome {
    let found = weaker::find(table, options);
    let weaker = found.clusters.iter().map(accounts);
    let components = strong.components.iter().cloned().chain(weaker).collect();
    Outcome { pairs: strong.pairs.max(found.pairs), components }
}

fn accounts(cluster: &Cluster) -> BTreeSet<u32> {
    cluster.members.iter().map(|member| member.account).collect()
}
