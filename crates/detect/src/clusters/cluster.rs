//! What a cluster is.

use cordon_model::clock::Timestamp;
use cordon_model::limits;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Accounts proposed together, with what they share in numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// The members, those that belong most strongly first; at least two, each once.
    pub members: Vec<ClusterMember>,
    /// Bits: how unlikely chance is to tie these accounts together, counted over as few pairs as it takes (see
    /// [`super::coordination`] and [`super::communities`] for what each counts).
    pub weight: f64,
    /// Pairs tied together, of all pairs of members: `0.0..=1.0`.
    pub density: f64,
    /// From the first to the last thing that they did together; to the day where only days are known.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Distinct days on which they did it; 0 where that is not known.
    pub days: u32,
    /// What they share, by kind, the most first.
    pub shared: Vec<SharedKind>,
    /// The objects themselves, the rarest and most shared first, at most
    /// [`cordon_model::limits::CLUSTER_OBJECTS_MAX`].
    pub objects: Vec<SharedObject>,
}

impl Cluster {
    /// A name that the same members always have, whatever else is found: a hash of their keyed hashes, which `hash_of`
    /// gives by account number.
    pub fn name(&self, hash_of: impl Fn(u32) -> u64) -> u64 {
        let mut hashes: Vec<u64> = self.members.iter().map(|member| hash_of(member.account)).collect();
        hashes.sort_unstable();
        // Odd constants of splitmix64.
        hashes.iter().fold(0x9E37_79B9_7F4A_7C15, |name, hash| {
            (name ^ hash).wrapping_mul(0xBF58_476D_1CE4_E5B9).rotate_left(29)
        })
    }
}

/// An account in a cluster.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterMember {
    /// Its number.
    pub account: u32,
    /// Bits that tie it to the others, their mean over all others, 0 for none; where the cluster was found as a group, what
    /// its meetings would lack without the account.
    pub belonging: f64,
    /// Members it is tied to.
    pub partners: u32,
    /// Distinct objects that it shares with other members.
    pub objects: u32,
}

/// What the members share of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedKind {
    /// The kind's number.
    pub kind: u8,
    /// Distinct objects that at least two members share.
    pub objects: u32,
    /// How many of them nobody else has.
    pub exclusive: u32,
    /// Distinct days; 0 where not known.
    pub days: u32,
}

/// One object that at least two members share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedObject {
    /// Its kind's number.
    pub kind: u8,
    /// Its keyed hash.
    pub hash: u64,
    /// Accounts that have it at all, members or not.
    pub accounts: u32,
    /// The members that share it, ascending.
    pub members: Vec<u32>,
}

/// Rarest and most shared first: the share of its accounts that are members, then how many, then the hash.
pub(super) fn telling_first(objects: &mut Vec<SharedObject>) {
    let share = |object: &SharedObject| object.members.len() as f64 / f64::from(object.accounts.max(1));
    objects.sort_by(|one, two| {
        let by_share = share(two).total_cmp(&share(one));
        let by_members = two.members.len().cmp(&one.members.len());
        by_share.then(by_members).then((one.kind, one.hash).cmp(&(two.kind, two.hash)))
    });
    objects.truncate(limits::CLUSTER_OBJECTS_MAX);
}

/// Counts objects by kind; `days` gives the distinct days of a kind.
pub(super) fn by_kind(objects: &[SharedObject], days: impl Fn(u8) -> u32) -> Vec<SharedKind> {
    let mut kinds: BTreeMap<u8, SharedKind> = BTreeMap::new();
    for object in objects {
        let kind = object.kind;
        let shared =
            kinds.entry(kind).or_insert(SharedKind { kind, objects: 0, exclusive: 0, days: days(kind) });
        shared.objects += 1;
        shared.exclusive += u32::from(object.accounts as usize == object.members.len());
    }
    let mut kinds: Vec<SharedKind> = kinds.into_values().collect();
    kinds.sort_by_key(|shared| (Reverse(shared.objects), shared.kind));
    kinds
}

/// Members by how strongly they are tied to the others; `edges` are those among them, `objects` what they share.
pub(super) fn rank_members(
    accounts: &[u32],
    edges: &[(u32, u32, f64)],
    objects: &[SharedObject],
) -> Vec<ClusterMember> {
    let mut found: BTreeMap<u32, ClusterMember> = accounts
        .iter()
        .map(|account| {
            (*account, ClusterMember { account: *account, belonging: 0.0, partners: 0, objects: 0 })
        })
        .collect();
    let others = accounts.len().saturating_sub(1).max(1) as f64;
    for (low, high, bits) in edges {
        for account in [low, high] {
            if let Some(member) = found.get_mut(account) {
                member.belonging += bits / others;
                member.partners += 1;
            }
        }
    }
    for account in objects.iter().flat_map(|object| &object.members) {
        if let Some(member) = found.get_mut(account) {
            member.objects += 1;
        }
    }
    let mut members: Vec<ClusterMember> = found.into_values().collect();
    members.sort_by(|one, two| two.belonging.total_cmp(&one.belonging).then(one.account.cmp(&two.account)));
    members
}
