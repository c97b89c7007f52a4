//! A cluster from one seed: who else did what this account did, when it did it.
//!
//! The seed's entities lead to accounts, whoever shares enough of them at about the same days joins, and the entities of
//! all members lead on: what the members have in common comes to weigh more, what one of them has alone less. A few
//! rounds settle it. The cost is that of the members' own entities, however large the platform is. Entities come from
//! what accounts did, chose or used, so that nobody is drawn in by being mentioned, followed, reposted or reported.
//!
//! Source: the iteration of CopyCatch (WWW 2013), started from one account, with this index's weights.

use super::cluster::{self, Cluster, SharedObject};
use crate::Detection;
use crate::links::{AccountNumber, EntityNumber, Postings};
use crate::similar::row::{Row, link_rows};
use crate::similar::weigh::{SeedEntities, SharedEntity, capped, is_behaviour, shared_entities};
use cordon_model::clock::{Day, Timestamp};
use cordon_model::entity::EvidenceGroup;
use cordon_model::limits;
use std::collections::{BTreeMap, BTreeSet};

/// Rounds of the iteration.
const ROUNDS: usize = 5;
/// Entities with more accounts than this lead to nobody.
const LEADING_ACCOUNTS_MAX: usize = 1_000;
/// Postings that one round follows, the rarest entities first.
const POSTINGS_FOLLOWED_MAX: usize = 200_000;
/// Days that may lie between two accounts' use of what they did in public.
const DAYS_APART_MAX: u16 = 1;
/// What a member found on the way counts, against 1 for the seed.
const MEMBER_TRUST: f64 = 0.5;
/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeededOptions {
    /// Fewest bits that tie a member to the seed and the others.
    pub weight_min: f64,
    /// Fewest entities that a member shares with them.
    pub objects_min: usize,
    /// Most members besides the seed, at most [`limits::CLUSTER_SEEDED_MAX`].
    pub top: usize,
}

impl Default for SeededOptions {
    /// More bits than any one group can give, three entities, a hundred members.
    fn default() -> Self {
        Self { weight_min: 18.0, objects_min: 3, top: 100 }
    }
}

/// The cluster around a seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeded {
    /// The seed and whoever did the same, by how strongly they belong; `None` where nobody did.
    pub cluster: Option<Cluster>,
    /// For each member but the seed, what ties it to the others, heaviest first.
    pub rows: BTreeMap<AccountNumber, Vec<Row>>,
}

/// An account on its way into the cluster.
struct Joining {
    account: AccountNumber,
    bits: f64,
    shared: BTreeMap<EvidenceGroup, Vec<SharedEntity>>,
}

/// Finds who did what `seed` did, when it did it.
///
/// Shape: members by bits, ties by keyed hash; accounts that have gone never. Units: a member's `belonging` is the bits
/// that tie it to the others, group by group within the caps of `links.yaml`; the cluster's weight is their sum.
pub fn find(detection: &Detection, seed: AccountNumber, options: &SeededOptions) -> Seeded {
    let mut members: Vec<Joining> = Vec::new();
    for _ in 0..ROUNDS {
        let core = Core::of(detection, seed, &members);
        let next = core.join(detection, seed, options);
        let is_settled = next.iter().map(|one| one.account).eq(members.iter().map(|one| one.account));
        members = next;
        if is_settled || members.is_empty() {
            break;
        }
    }
    let rows =
        members.iter().map(|one| (one.account, link_rows(&detection.settings().caps, &one.shared))).collect();
    let cluster = (!members.is_empty()).then(|| gather(detection, seed, &members));
    Seeded { cluster, rows }
}

/// What the members so far did, and when.
struct Core {
    entities: SeedEntities,
    days: BTreeMap<EntityNumber, (Day, Day)>,
}

impl Core {
    fn of(detection: &Detection, seed: AccountNumber, members: &[Joining]) -> Self {
        let mut seeds = vec![(seed, 1.0)];
        seeds.extend(members.iter().map(|one| (one.account, MEMBER_TRUST)));
        let mut days: BTreeMap<EntityNumber, (Day, Day)> = BTreeMap::new();
        for link in seeds.iter().flat_map(|(account, _)| detection.links().links(*account)) {
            let known = days.entry(link.entity).or_insert((link.first, link.last));
            *known = (known.0.min(link.first), known.1.max(link.last));
        }
        Self { entities: SeedEntities::collect(detection, &seeds), days }
    }

    /// Whoever shares enough of it, best first.
    fn join(&self, detection: &Detection, seed: AccountNumber, options: &SeededOptions) -> Vec<Joining> {
        let joining = self.reached(detection).into_iter().filter(|account| *account != seed);
        let mut joining: Vec<Joining> =
            joining.filter_map(|account| self.weigh(detection, account, options)).collect();
        let hash = |one: &Joining| detection.links().account_facts(one.account).hash;
        joining.sort_by(|one, two| two.bits.total_cmp(&one.bits).then_with(|| hash(one).cmp(&hash(two))));
        joining.truncate(options.top.min(limits::CLUSTER_SEEDED_MAX));
        joining
    }

    /// Accounts that the entities lead to, the rarest followed first.
    fn reached(&self, detection: &Detection) -> BTreeSet<AccountNumber> {
        let links = detection.links();
        let postings = self.entities.iter().map(|(entity, _)| links.postings(entity));
        let mut leading: Vec<Postings<'_>> =
            postings.filter(|accounts| (2..=LEADING_ACCOUNTS_MAX).contains(&accounts.len())).collect();
        leading.sort_by_key(Postings::len);
        let mut followed = 0;
        let within = leading.into_iter().take_while(|accounts| {
            followed += accounts.len();
            followed <= POSTINGS_FOLLOWED_MAX
        });
        let accounts = within.flatten().map(AccountNumber);
        accounts.filter(|account| !links.account_facts(*account).is_gone).collect()
    }

    fn weigh(
        &self,
        detection: &Detection,
        account: AccountNumber,
        options: &SeededOptions,
    ) -> Option<Joining> {
        let mut shared = shared_entities(detection, &self.entities, account);
        for (group, rows) in &mut shared {
            rows.retain(|row| {
                row.bits > 0.0 && (!is_behaviour(*group) || self.is_same_time(detection, account, row))
            });
        }
        shared.retain(|_, rows| !rows.is_empty());
        let bits: f64 =
            shared.iter().map(|(group, rows)| capped(detection.settings().cap(*group), rows)).sum();
        let entities = shared.values().map(Vec::len).sum::<usize>();
        let is_tied = bits >= options.weight_min && entities >= options.objects_min;
        is_tied.then_some(Joining { account, bits, shared })
    }

    fn is_same_time(&self, detection: &Detection, account: AccountNumber, row: &SharedEntity) -> bool {
        let (Some((first, last)), Some(link)) =
            (self.days.get(&row.entity), detection.links().link(account, row.entity))
        else {
            return false;
        };
        link.first.days_since(*last) <= DAYS_APART_MAX && first.days_since(link.last) <= DAYS_APART_MAX
    }
}

fn gather(detection: &Detection, seed: AccountNumber, members: &[Joining]) -> Cluster {
    let mut sharing: BTreeMap<EntityNumber, BTreeSet<u32>> = BTreeMap::new();
    for one in members {
        for row in one.shared.values().flatten() {
            sharing.entry(row.entity).or_default().insert(one.account.0);
        }
    }
    let seeds: BTreeSet<EntityNumber> = detection.links().links(seed).map(|link| link.entity).collect();
    for (_, accounts) in sharing.iter_mut().filter(|(entity, _)| seeds.contains(entity)) {
        accounts.insert(seed.0);
    }
    let weight: f64 = members.iter().map(|one| one.bits).sum();
    // The seed belongs as strongly as the one that is nearest to it: it is what the others are held against.
    let mut bits: Vec<(u32, f64)> = members.iter().map(|one| (one.account.0, one.bits)).collect();
    bits.insert(0, (seed.0, members.first().map_or(0.0, |one| one.bits)));
    of_entities(detection, &bits, sharing, weight)
}

/// A cluster out of what its members share in the index. `bits` are the members with what ties each to the others.
pub(super) fn of_entities(
    detection: &Detection,
    bits: &[(u32, f64)],
    sharing: BTreeMap<EntityNumber, BTreeSet<u32>>,
    weight: f64,
) -> Cluster {
    let mut days: BTreeMap<u8, BTreeSet<Day>> = BTreeMap::new();
    let mut objects = Vec::new();
    for (entity, accounts) in sharing.iter().filter(|(_, accounts)| accounts.len() > 1) {
        let facts = detection.links().entity(*entity);
        for account in accounts {
            if let Some(link) = detection.links().link(AccountNumber(*account), *entity) {
                days.entry(facts.kind).or_default().extend([link.first, link.last]);
            }
        }
        let members = accounts.iter().copied().collect();
        objects.push(SharedObject { kind: facts.kind, hash: facts.hash, accounts: facts.accounts, members });
    }
    let mut partners: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for object in &objects {
        for account in &object.members {
            partners
                .entry(*account)
                .or_default()
                .extend(object.members.iter().filter(|other| *other != account));
        }
    }
    let accounts: Vec<u32> = bits.iter().map(|(account, _)| *account).collect();
    let mut members = cluster::rank_members(&accounts, &[], &objects);
    for member in &mut members {
        member.belonging =
            bits.iter().find(|(account, _)| *account == member.account).map_or(0.0, |(_, bits)| *bits);
        member.partners = partners.get(&member.account).map_or(0, |others| others.len() as u32);
    }
    members.sort_by(|one, two| two.belonging.total_cmp(&one.belonging));
    let tied: u32 = members.iter().map(|member| member.partners).sum();
    let possible = (members.len() * members.len().saturating_sub(1)).max(1) as f64;
    let all_days: BTreeSet<Day> = days.values().flatten().copied().collect();
    let instant = |day: &Day| Timestamp::from_seconds(i64::from(day.0) * DAY_SECONDS);
    let shared = cluster::by_kind(&objects, |kind| days.get(&kind).map_or(0, |days| days.len() as u32));
    cluster::telling_first(&mut objects);
    Cluster {
        members,
        weight,
        density: f64::from(tied) / possible,
        span: all_days.first().map(instant).zip(all_days.last().map(instant)),
        days: 0,
        shared,
        objects,
    }
}
