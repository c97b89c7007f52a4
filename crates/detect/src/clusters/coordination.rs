//! Coordination without a seed: accounts that keep doing the same thing at the same time.
//!
//! Pairs that met within the window on several objects and days are weighed against chance ([`super::chance`]); of the
//! pairs so found at most one in [`FALSE_PAIRS_SHARE`]⁻¹ may be chance (Benjamini & Hochberg), whatever the platform and
//! the window, so that no threshold has to be chosen. All kinds of object count in one graph; nodes are pruned by their
//! centrality in it ([`super::centrality`]), and what hangs together is a cluster. Accounts that seldom meet in pairs and
//! yet keep meeting as a group are weighed as one ([`super::groups`]); where both find the same accounts, the group stands.
//!
//! Source: SynchroTrap (CCS 2014) for the act, Luceri et al. 2023 for the pruning.

use super::centrality;
use super::chance::Chance;
use super::cluster::{self, Cluster, SharedObject};
use super::graph::{Edge, Graph};
use super::groups::{self, Group};
use super::meetings::{self, Pair};
use super::table::{ActTable, Done};
use cordon_model::clock::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// Share of the pairs found that may be chance.
pub const FALSE_PAIRS_SHARE: f64 = 0.05;
const SECONDS_PER_DAY: u32 = 86_400;

/// What counts as acting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoordinationOptions {
    /// Two acts on one object this far apart or less are a meeting. Seconds.
    pub window_seconds: u32,
    /// Distinct moments at which two accounts must have met.
    pub objects_min: u32,
    /// Distinct days on which they must have met.
    pub days_min: u32,
    /// Fewest members of a cluster.
    pub accounts_min: usize,
}

impl Default for CoordinationOptions {
    fn default() -> Self {
        Self { window_seconds: 60, objects_min: 3, days_min: 2, accounts_min: 3 }
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coordination {
    /// Heaviest first.
    pub clusters: Vec<Cluster>,
    /// Pairs of accounts that met more often than chance lets them, before nodes were pruned.
    pub pairs: usize,
    /// Pairs that met on enough objects at all.
    pub weighed: usize,
    /// Objects, the most popular ones, that the bound on pairs left out.
    pub objects_left_out: usize,
}

/// Finds who acts together.
///
/// Shape: clusters heaviest first, no account in two of them, each weighing more than nothing. Units: a cluster's weight
/// is in bits: −log2 of the chance of the heaviest tree of pairs that ties it together, or of all its meetings where it
/// was found as a group, less what it costs to have chosen these accounts among all. A pure function of the table: the same acts give the same bits everywhere.
pub fn find(table: &ActTable, options: &CoordinationOptions) -> Coordination {
    let found = meetings::candidates(table, options);
    let chance = Chance::of(table, options.window_seconds);
    let weighed = meetings::weigh(table, &chance, &found.pairs, options);
    let tried = pairs_tried(table, options).max(weighed.len() as f64).max(1.0);
    let edges = beyond_chance(&weighed, tried);
    let graph = Graph::of(&edges);
    let mut clusters: Vec<Cluster> = centrality::groups(&graph, options.accounts_min)
        .iter()
        .map(|nodes| gather(table, &graph, nodes, tried, options))
        .filter(|cluster| cluster.weight > 0.0)
        .collect();
    let groups = groups::find(table, &chance, options);
    let grouped: BTreeSet<u32> = groups.iter().flat_map(|group| group.members.keys().copied()).collect();
    clusters.retain(|cluster| cluster.members.iter().all(|member| !grouped.contains(&member.account)));
    clusters.extend(groups.iter().map(|group| gather_group(table, group, options)));
    clusters.sort_by(|one, two| {
        two.weight.total_cmp(&one.weight).then_with(|| first_account(one).cmp(&first_account(two)))
    });
    clusters.truncate(cordon_model::limits::CLUSTERS_MAX);
    let (pairs, weighed) = (edges.len(), weighed.len());
    Coordination { clusters, pairs, weighed, objects_left_out: found.objects_left_out }
}

/// Pairs that could have met often enough: each needs that many objects in common.
fn pairs_tried(table: &ActTable, options: &CoordinationOptions) -> f64 {
    let pairs = table.objects().iter().map(|object| {
        let accounts = f64::from(object.accounts);
        accounts * (accounts - 1.0) / 2.0
    });
    pairs.sum::<f64>() / f64::from(options.objects_min.max(1))
}

/// The heaviest pairs, as many as keep the share of chance among them below the bound.
fn beyond_chance(weighed: &[Pair], tried: f64) -> Vec<Edge> {
    let mut best: Vec<&Pair> = weighed.iter().collect();
    best.sort_by(|one, two| {
        two.bits.total_cmp(&one.bits).then((one.low, one.high).cmp(&(two.low, two.high)))
    });
    let is_rare =
        |(count, pair): &(f64, &&Pair)| pair.bits >= libm::log2(tried / (FALSE_PAIRS_SHARE * count));
    let mut counted = best.iter().enumerate().map(|(place, pair)| (place as f64 + 1.0, pair));
    let kept = counted.rfind(is_rare).map_or(0, |(count, _)| count as usize);
    best.iter().take(kept).map(|pair| Edge { low: pair.low, high: pair.high, bits: pair.bits }).collect()
}

fn first_account(cluster: &Cluster) -> Option<u32> {
    cluster.members.iter().map(|member| member.account).min()
}

fn gather(
    table: &ActTable,
    graph: &Graph,
    nodes: &[u32],
    tried: f64,
    options: &CoordinationOptions,
) -> Cluster {
    let edges = graph.edges_among(nodes);
    let accounts: Vec<u32> = nodes.iter().map(|node| graph.account(*node)).collect();
    let of_accounts: Vec<(u32, u32, f64)> =
        edges.iter().map(|(low, high, bits)| (graph.account(*low), graph.account(*high), *bits)).collect();
    // The first pair was chosen among all that were tried, each further member among all who take part.
    let chosen = libm::log2(tried)
        + (nodes.len() as f64 - 2.0) * libm::log2(table.participants(options.objects_min).max(2) as f64);
    describe(table, &accounts, &of_accounts, Graph::spanning_bits(nodes, &edges) - chosen, options)
}

/// The same for a group: its pairs are those who met at all, and a member belongs by its own part.
fn gather_group(table: &ActTable, group: &Group, options: &CoordinationOptions) -> Cluster {
    let accounts: Vec<u32> = group.members.keys().copied().collect();
    let edges: Vec<(u32, u32, f64)> = group.met.iter().map(|(low, high)| (*low, *high, 0.0)).collect();
    let mut cluster = describe(table, &accounts, &edges, group.weight, options);
    for member in &mut cluster.members {
        member.belonging = group.members.get(&member.account).copied().unwrap_or(0.0);
    }
    cluster
        .members
        .sort_by(|one, two| two.belonging.total_cmp(&one.belonging).then(one.account.cmp(&two.account)));
    cluster
}

/// The cluster of these accounts and pairs, with what they did within the window of each other.
pub(super) fn describe(
    table: &ActTable,
    accounts: &[u32],
    edges: &[(u32, u32, f64)],
    weight: f64,
    options: &CoordinationOptions,
) -> Cluster {
    let together = Together::of(table, accounts, options.window_seconds);
    let mut objects = together.objects;
    let shared =
        cluster::by_kind(&objects, |kind| together.days.get(&kind).map_or(0, |days| days.len() as u32));
    let members = cluster::rank_members(accounts, edges, &objects);
    cluster::telling_first(&mut objects);
    let possible = accounts.len() as f64 * (accounts.len() as f64 - 1.0) / 2.0;
    let all_days: BTreeSet<u32> = together.days.values().flatten().copied().collect();
    let instant = |at: u32| Timestamp::from_seconds(i64::from(at));
    Cluster {
        members,
        weight,
        density: edges.len() as f64 / possible.max(1.0),
        span: together.span.map(|(first, last)| (instant(first), instant(last))),
        days: all_days.len() as u32,
        shared,
        objects,
    }
}

/// What the accounts of a cluster did within the window of each other.
#[derive(Default)]
struct Together {
    objects: Vec<SharedObject>,
    days: BTreeMap<u8, BTreeSet<u32>>,
    span: Option<(u32, u32)>,
}

impl Together {
    fn of(table: &ActTable, accounts: &[u32], window_seconds: u32) -> Self {
        let mut acts: Vec<Done> =
            accounts.iter().flat_map(|account| table.acts_of(*account)).copied().collect();
        acts.sort_unstable();
        let mut together = Self::default();
        for on_object in acts.chunk_by(|one, two| one.object == two.object) {
            together.add(table, on_object, window_seconds);
        }
        together
    }

    fn add(&mut self, table: &ActTable, acts: &[Done], window_seconds: u32) {
        let Some(object) = acts.first().and_then(|act| table.object(act.object)) else { return };
        let mut members = BTreeSet::new();
        // Whoever met anybody met a neighbour in time who is somebody else.
        for pair in acts.windows(2) {
            let [early, late] = pair else { continue };
            if early.account == late.account || late.at - early.at > window_seconds {
                continue;
            }
            members.extend([early.account, late.account]);
            self.days.entry(object.kind).or_default().insert(late.at / SECONDS_PER_DAY);
            let (first, last) = self.span.unwrap_or((early.at, late.at));
            self.span = Some((first.min(early.at), last.max(late.at)));
        }
        if !members.is_empty() {
            let (kind, hash, accounts) = (object.kind, object.hash, object.accounts);
            self.objects.push(SharedObject { kind, hash, accounts, members: members.into_iter().collect() });
        }
    }
}
