//! Communities of the link graph: accounts that share rare entities, found without a seed.
//!
//! Two accounts are tied by the bits that their shared entities weigh (Fellegi–Sunter with the priors of `links.yaml`,
//! group by group within its caps): a hub ties nobody. Ties of at least as much as no group alone can give make a graph,
//! in which accounts move to the community that ties them beyond what its volume leads one to expect.

use super::cluster::Cluster;
use super::graph::{Edge, Graph};
use super::moving;
use super::seeded::of_entities;
use crate::Detection;
use crate::links::{AccountNumber, Entity, EntityNumber};
use crate::settings::LinkType;
use cordon_model::limits;
use std::collections::{BTreeMap, BTreeSet};

/// Entities with more accounts than this tie nobody.
const TYING_ACCOUNTS_MAX: usize = 100;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CommunityOptions {
    /// Fewest bits that tie two accounts: more than any one group can give.
    pub weight_min: f64,
    /// Fewest entities that tie two accounts.
    pub objects_min: usize,
    /// Fewest members.
    pub accounts_min: usize,
}

impl Default for CommunityOptions {
    fn default() -> Self {
        Self { weight_min: 18.0, objects_min: 3, accounts_min: 3 }
    }
}

/// Finds communities, heaviest first; no account is in two of them.
///
/// Units: a community's weight is the bits of the heaviest tree of ties that spans it. Bounds: pairs as
/// [`limits::CLUSTER_PAIRS_MAX`], rare entities first.
pub fn find(detection: &Detection, options: &CommunityOptions) -> Vec<Cluster> {
    let edges = ties(detection, options);
    let graph = Graph::of(&edges);
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (node, community) in (0..).zip(moving::communities(&graph)) {
        members.entry(community).or_default().push(node);
    }
    let large = members.values().filter(|nodes| nodes.len() >= options.accounts_min);
    let mut found: Vec<Cluster> = large.map(|nodes| gather(detection, &graph, nodes)).collect();
    let first = |cluster: &Cluster| cluster.members.iter().map(|member| member.account).min();
    found.sort_by(|one, two| two.weight.total_cmp(&one.weight).then_with(|| first(one).cmp(&first(two))));
    found.truncate(limits::CLUSTERS_MAX);
    found
}

/// Two accounts and an entity that both use.
type Shared = (u64, EntityNumber);

fn ties(detection: &Detection, options: &CommunityOptions) -> Vec<Edge> {
    let mut shared: Vec<Shared> = Vec::new();
    for entity in tying(detection) {
        if shared.len() >= limits::CLUSTER_PAIRS_MAX / 2 {
            break;
        }
        let accounts = detection.links().postings(entity);
        let is_there = |account: &u32| !detection.links().account_facts(AccountNumber(*account)).is_gone;
        let there: Vec<u32> = accounts.filter(is_there).collect();
        for (place, one) in there.iter().enumerate() {
            shared.extend(
                there
                    .iter()
                    .skip(place + 1)
                    .map(|two| (u64::from(*one.min(two)) << 32 | u64::from(*one.max(two)), entity)),
            );
        }
    }
    shared.sort_unstable();
    let pairs = shared.chunk_by(|one, two| one.0 == two.0).filter(|pair| pair.len() >= options.objects_min);
    let weighed = pairs.filter_map(|pair| Some((pair.first()?.0, weigh(detection, pair, options)?)));
    weighed.map(|(pair, bits)| Edge { low: (pair >> 32) as u32, high: pair as u32, bits }).collect()
}

/// Entities that may tie, the rarest first.
fn tying(detection: &Detection) -> Vec<EntityNumber> {
    let links = detection.links();
    let mut entities: Vec<(usize, EntityNumber)> = links
        .accounts()
        .flat_map(|account| links.links(account))
        .map(|link| (links.postings(link.entity).len(), link.entity))
        .filter(|(accounts, _)| (2..=TYING_ACCOUNTS_MAX).contains(accounts))
        .collect();
    entities.sort_unstable();
    entities.dedup();
    entities.into_iter().map(|(_, entity)| entity).collect()
}

/// Bits of what a pair shares, within the groups' caps; `None` where that is too little.
fn weigh(detection: &Detection, pair: &[Shared], options: &CommunityOptions) -> Option<f64> {
    let settings = detection.settings();
    let known = pair.iter().filter_map(|(_, entity)| {
        let facts = detection.links().entity(*entity);
        Some((settings.link(facts.kind)?, facts))
    });
    let known: Vec<(&LinkType, Entity)> = known.collect();
    let refined: BTreeSet<u8> = known.iter().filter_map(|(kind, _)| kind.refines).collect();
    let mut groups = BTreeMap::new();
    let mut counted = 0;
    for (kind, facts) in known.iter().filter(|(_, facts)| !refined.contains(&facts.kind)) {
        *groups.entry(kind.group).or_insert(0.0) += bits_of(detection, kind, facts).max(0.0);
        counted += 1;
    }
    let bits: f64 = groups.iter().map(|(group, bits): (_, &f64)| bits.min(settings.cap(*group))).sum();
    (bits >= options.weight_min && counted >= options.objects_min).then_some(bits)
}

fn bits_of(detection: &Detection, kind: &LinkType, facts: &Entity) -> f64 {
    let population = detection.links().account_count().max(2) as f64;
    libm::log2(kind.m * population / f64::from(facts.accounts.max(2)))
}

fn gather(detection: &Detection, graph: &Graph, nodes: &[u32]) -> Cluster {
    let edges = graph.edges_among(nodes);
    let others = nodes.len().saturating_sub(1).max(1) as f64;
    let mut bits: BTreeMap<u32, f64> = nodes.iter().map(|node| (graph.account(*node), 0.0)).collect();
    for (low, high, tied) in &edges {
        for node in [low, high] {
            *bits.entry(graph.account(*node)).or_default() += tied / others;
        }
    }
    let mut sharing: BTreeMap<EntityNumber, BTreeSet<u32>> = BTreeMap::new();
    for account in bits.keys() {
        for link in detection.links().links(AccountNumber(*account)) {
            if detection.links().postings(link.entity).len() <= TYING_ACCOUNTS_MAX {
                sharing.entry(link.entity).or_default().insert(*account);
            }
        }
    }
    let bits: Vec<(u32, f64)> = bits.into_iter().collect();
    let cluster = of_entities(detection, &bits, sharing, Graph::spanning_bits(nodes, &edges));
    let possible = (nodes.len() * nodes.len().saturating_sub(1) / 2).max(1) as f64;
    Cluster { density: edges.len() as f64 / possible, ..cluster }
}
