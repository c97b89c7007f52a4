//! Clusters as people read them: what `cordon cluster` prints, and `GET /v1/clusters` and `GET /v1/accounts/{account_id}/cluster` answer.

use crate::Evaluator;
use crate::names::JournalNames;
use cordon_detect::Detection;
use cordon_detect::clusters::coordination::{self, Coordination, CoordinationOptions};
use cordon_detect::clusters::seeded::{self, SeededOptions};
use cordon_detect::clusters::weaker::{self, Weaker};
use cordon_detect::clusters::{ActTable, Acts, Cluster, SharedKind, SharedObject};
use cordon_detect::links::AccountNumber;
use cordon_detect::settings::LinkKind;
use cordon_detect::similar::Names;
use cordon_detect::similar::evidence::{account_name, describe, plural};
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::cluster_case::{ClusterKind, ClusterShare, NewClusterCase, NewClusterMember};
use cordon_model::entity::Evidence;
use cordon_model::ids::AccountId;
use serde::Serialize;

/// Objects that an evidence row names.
const OBJECTS_NAMED: usize = 8;
/// How times are dealt anew, to see what chance finds.
const CHANCE_SEED: u64 = 1;

/// A cluster with its members' ids and its evidence in words. A proposal for review, no finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClusterView {
    /// A name that the same members always have.
    pub cluster_id: String,
    /// Bits: how unlikely chance is to tie these accounts together; see the way it was found for what is counted.
    pub weight: f64,
    /// Pairs of members that are tied together, of all: `0.0..=1.0`.
    pub density: f64,
    /// The first thing done together; to the day where only days are known.
    pub first: Option<Timestamp>,
    /// The last one.
    pub last: Option<Timestamp>,
    /// Distinct days; 0 where not known.
    pub days: u32,
    /// Those that belong most strongly first.
    pub members: Vec<MemberView>,
    /// What the members share, the most first.
    pub evidence: Vec<Evidence>,
}

/// A member of a cluster.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemberView {
    /// The account.
    pub account_id: AccountId,
    /// Bits that tie it to the others.
    pub belonging: f64,
    /// Members it is tied to.
    pub partners: u32,
    /// Objects that it shares with other members.
    pub objects: u32,
    /// How it stands.
    pub standing: Standing,
    /// What ties it to the others, where the cluster was sought from a seed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl ClusterView {
    /// The cluster as a case to be opened, as it is seen here. `window_seconds` is the one it was found with.
    pub fn to_case(&self, kind: ClusterKind, window_seconds: Option<u32>) -> NewClusterCase {
        let member = |member: &MemberView| NewClusterMember {
            account_id: member.account_id.clone(),
            share: ClusterShare {
                belonging: member.belonging,
                partners: member.partners,
                objects: member.objects,
            },
            evidence: member.evidence.clone(),
        };
        NewClusterCase {
            kind,
            window_seconds,
            weight: self.weight,
            density: self.density,
            first: self.first,
            last: self.last,
            days: self.days,
            members: self.members.iter().map(member).collect(),
            evidence: self.evidence.clone(),
        }
    }
}

/// Puts a cluster into words. `window_seconds` is the window within which its members acted together; `None` where the
/// cluster came out of the link index.
pub fn view(state: &Evaluator, cluster: &Cluster, window_seconds: Option<u32>) -> ClusterView {
    let (detection, names) = (state.detection(), state.names());
    let all: u32 = cluster.shared.iter().map(|shared| shared.objects).sum();
    let row = |shared: &SharedKind| {
        let weight = cluster.weight * f64::from(shared.objects) / f64::from(all.max(1));
        row(detection, &names, cluster, shared, (window_seconds, weight))
    };
    let members = cluster.members.iter().map(|member| MemberView {
        account_id: AccountId(account_name(detection, &names, AccountNumber(member.account))),
        belonging: member.belonging,
        partners: member.partners,
        objects: member.objects,
        standing: detection.standing(AccountNumber(member.account)),
        evidence: Vec::new(),
    });
    ClusterView {
        cluster_id: cluster_id(detection, cluster),
        weight: cluster.weight,
        density: cluster.density,
        first: cluster.span.map(|(first, _)| first),
        last: cluster.span.map(|(_, last)| last),
        days: cluster.days,
        members: members.collect(),
        evidence: cluster.shared.iter().filter_map(row).collect(),
    }
}

/// The name that the same members always have: twelve hexadecimal digits.
pub fn cluster_id(detection: &Detection, cluster: &Cluster) -> String {
    let name = cluster.name(|account| detection.links().account_facts(AccountNumber(account)).hash);
    format!("{:012x}", name >> 16)
}

/// Clusters found without a seed, and what they rest on.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinated {
    /// Heaviest first.
    pub clusters: Vec<Cluster>,
    /// What they rest on.
    pub acts: ActsRead,
}

/// What coordination rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ActsRead {
    /// Acts read.
    pub read: usize,
    /// Acts beyond what is kept in memory.
    pub left_out: u64,
    /// Popular objects that the bound on pairs left out.
    pub objects_left_out: usize,
    /// Pairs of accounts that met more often than chance lets them.
    pub pairs: usize,
    /// Pairs found where each object's times are dealt anew among those who acted on it.
    pub pairs_by_chance: usize,
    /// Clusters found there.
    pub clusters_by_chance: usize,
}

/// Finds who acts together, beside what chance finds in the same acts.
pub fn coordinated(acts: Acts, options: &CoordinationOptions) -> Coordinated {
    let (read, left_out) = (acts.len(), acts.left_out());
    let table = ActTable::of(acts);
    let Coordination { clusters, pairs, objects_left_out, .. } = coordination::find(&table, options);
    let chance = coordination::find(&table.shuffled(CHANCE_SEED), options);
    let (pairs_by_chance, clusters_by_chance) = (chance.pairs, chance.clusters.len());
    let acts = ActsRead { read, left_out, objects_left_out, pairs, pairs_by_chance, clusters_by_chance };
    Coordinated { clusters, acts }
}

/// What weaker evidence there is: clusters of pairs that meet more often than where times are dealt anew.
pub fn weaker(acts: Acts, options: &CoordinationOptions) -> Weaker {
    weaker::find(&ActTable::of(acts), options)
}

/// Reads `90`, `90s`, `5m`, `2h` or `1d` as seconds.
///
/// Errors: what would be read, where it is something else.
pub fn seconds(text: &str) -> Result<u32, String> {
    let (number, unit) = text.split_at(text.trim_end_matches(['s', 'm', 'h', 'd']).len());
    let unit = match unit {
        "" | "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3_600),
        "d" => Some(86_400),
        _ => None,
    };
    let seconds = number.parse::<u32>().ok().zip(unit).and_then(|(number, unit)| number.checked_mul(unit));
    let bounded = seconds.filter(|seconds| (1..=30 * 86_400).contains(seconds));
    bounded.ok_or_else(|| "a time such as 10s, 5m, 2h or 1d, at most 30d".to_owned())
}

/// The cluster around an account, by what it did.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterAround {
    /// The seed and whoever did the same when it did it; `None` where nobody did.
    pub cluster: Option<(Cluster, ClusterView)>,
}

/// Who else did what this account did, when it did it; `None` for an account that no event ever named.
pub fn around(state: &Evaluator, seed: &AccountId, options: &SeededOptions) -> Option<ClusterAround> {
    let (detection, names) = (state.detection(), state.names());
    let found = seeded::find(detection, detection.account(seed.as_str())?, options);
    let cluster = found.cluster.map(|cluster| {
        let mut shown = view(state, &cluster, None);
        for (member, shown) in cluster.members.iter().zip(&mut shown.members) {
            let rows = found.rows.get(&AccountNumber(member.account));
            shown.evidence = rows.map(|rows| describe(detection, &names, rows)).unwrap_or_default();
        }
        (cluster, shown)
    });
    Some(ClusterAround { cluster })
}

/// The value of an object, where the index still leads to an entry that names it.
pub fn object_name(detection: &Detection, names: &JournalNames<'_>, object: &SharedObject) -> Option<String> {
    let entity = detection.links().find_entity(object.kind, object.hash)?;
    names.entity(&detection.links().entity(entity))
}

fn row(
    detection: &Detection,
    names: &JournalNames<'_>,
    cluster: &Cluster,
    shared: &SharedKind,
    (window_seconds, weight): (Option<u32>, f64),
) -> Option<Evidence> {
    let kind = detection.settings().link(shared.kind)?;
    let population = detection.links().account_count().max(2) as f64;
    let of_kind = cluster.objects.iter().filter(|object| object.kind == shared.kind).take(OBJECTS_NAMED);
    let named = of_kind.filter_map(|object| {
        Some((
            object_name(detection, names, object)?,
            (population / f64::from(object.accounts.max(1))).log2(),
        ))
    });
    let things = match kind.kind {
        LinkKind::NearText if shared.objects == 1 => "nearly identical text".to_owned(),
        LinkKind::NearText => "nearly identical texts".to_owned(),
        _ => plural(&kind.name.replace('_', " "), shared.objects as usize),
    };
    Some(Evidence {
        group: kind.group,
        entity_type: kind.name.clone(),
        entity: None,
        terms: named.collect(),
        weight,
        levels: Vec::new(),
        text: sentence(shared, &things, window_seconds),
    })
}

/// "41 urls shared within 10 s of each other on 12 days, 31 of them by nobody else"
fn sentence(shared: &SharedKind, things: &str, window_seconds: Option<u32>) -> String {
    let days = format!("{} {}", shared.days, plural("day", shared.days as usize));
    let how = match window_seconds {
        Some(window) => format!("shared within {} of each other on {days}", span(window)),
        None => "that at least two of them have in common".to_owned(),
    };
    let only = match shared.exclusive {
        0 => String::new(),
        all if all == shared.objects => ", and nobody else has any of them".to_owned(),
        some => format!(", {some} of them nobody else has"),
    };
    format!("{} {things} {how}{only}", shared.objects)
}

/// A span of time as people say it.
pub fn span(seconds: u32) -> String {
    match seconds {
        seconds if seconds >= 86_400 && seconds.is_multiple_of(86_400) => {
            format!("{} {}", seconds / 86_400, plural("day", seconds as usize / 86_400))
        }
        seconds if seconds >= 3_600 && seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_reads_as_a_sentence() {
        let shared = SharedKind { kind: 0, objects: 41, exclusive: 31, days: 12 };
        assert_eq!(
            sentence(&shared, "urls", Some(10)),
            "41 urls shared within 10 s of each other on 12 days, 31 of them nobody else has"
        );
        let one = SharedKind { kind: 0, objects: 1, exclusive: 1, days: 1 };
        assert_eq!(
            sentence(&one, "url", Some(86_400)),
            "1 url shared within 1 day of each other on 1 day, and nobody else has any of them"
        );
        assert_eq!(
            sentence(&SharedKind { exclusive: 0, ..shared }, "urls", None),
            "41 urls that at least two of them have in common"
        );
    }
}
