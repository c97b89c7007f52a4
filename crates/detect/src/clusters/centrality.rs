//! Node pruning by eigenvector centrality, and groups peeled off by it.
//!
//! Source: Luceri et al. 2023, where thresholds on edges did not carry over from one campaign to the next and pruning
//! nodes by their centrality in the fused graph did. Here centrality is taken within each connected part, so that a small
//! group far from the largest one keeps its own; and what a part loses is looked at again, so that two groups that a
//! chance edge ties together come out as two.

use super::graph::Graph;

/// Steps of the power iteration.
const STEPS: usize = 60;
/// Share of the highest centrality of a part below which a node goes.
pub(super) const CENTRALITY_SHARE_MIN: f64 = 0.1;
/// Rounds of pruning and looking again.
const ROUNDS: usize = 12;

/// The groups of a graph, each of at least `accounts_min` nodes, ascending; in order of their first node.
pub(super) fn groups(graph: &Graph, accounts_min: usize) -> Vec<Vec<u32>> {
    let mut left: Vec<u32> = (0..graph.accounts.len() as u32).collect();
    let mut groups = Vec::new();
    for _ in 0..ROUNDS {
        let mut pruned = Vec::new();
        for part in graph.components(&left) {
            if part.len() < accounts_min {
                continue;
            }
            let (kept, lost) = prune(graph, &part);
            // Pruning may cut a part in two: what is not with the most central node is looked at again.
            let mut parts = graph.components(&kept);
            parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
            let mut parts = parts.into_iter();
            groups.extend(parts.next().filter(|part| part.len() >= accounts_min));
            pruned.extend(parts.flatten().chain(lost));
        }
        pruned.sort_unstable();
        left = pruned;
        if left.len() < accounts_min {
            break;
        }
    }
    groups.sort_by(|one, two| one.first().cmp(&two.first()));
    groups
}

fn prune(graph: &Graph, part: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let central = centrality(graph, part);
    let bound = CENTRALITY_SHARE_MIN * central.iter().copied().fold(0.0, f64::max);
    let (kept, lost): (Vec<_>, Vec<_>) = part.iter().zip(&central).partition(|(_, share)| **share >= bound);
    let nodes = |list: Vec<(&u32, &f64)>| list.into_iter().map(|(node, _)| *node).collect();
    (nodes(kept), nodes(lost))
}

/// Eigenvector centrality within a connected part, in its order; the highest is 1.
pub(super) fn centrality(graph: &Graph, part: &[u32]) -> Vec<f64> {
    let place = |node: u32| part.binary_search(&node).ok();
    let inner: Vec<Vec<(usize, f64)>> = part
        .iter()
        .map(|node| {
            graph.of_node(*node).iter().filter_map(|(other, bits)| Some((place(*other)?, *bits))).collect()
        })
        .collect();
    let strongest =
        inner.iter().map(|list| list.iter().map(|(_, bits)| bits).sum::<f64>()).fold(0.0, f64::max);
    let mut central = vec![1.0; part.len()];
    for _ in 0..STEPS {
        // Half of its own keeps a star or a chain from swinging between its two sides.
        let next = inner.iter().zip(&central).map(|(list, own)| {
            let drawn: f64 = list.iter().filter_map(|(other, bits)| Some(bits * central.get(*other)?)).sum();
            drawn + 0.5 * strongest * own
        });
        let next: Vec<f64> = next.collect();
        let highest = next.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        central = next.into_iter().map(|value| value / highest).collect();
    }
    central
}
