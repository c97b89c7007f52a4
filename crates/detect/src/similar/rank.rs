//! Accounts similar to seeds, best first.

use super::candidates;
use super::corroborate::Corroboration;
use super::probability::Odds;
use super::profile::{ProfileModel, ProfileScore};
use super::row::{self, KindSum, Row, RowSum};
use super::weigh::{SeedEntities, SeedWeight, Shared, is_behaviour};
use crate::Detection;
use crate::links::AccountNumber;
use crate::parallel::map_chunks;
use cordon_model::account::Standing;
use cordon_model::entity::EvidenceGroup;
use cordon_model::limits;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Candidates scored by one thread at a time.
const SCORED_AT_ONCE: usize = 256;

/// An account from which similar ones are sought.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seed {
    /// Which.
    pub account: AccountNumber,
    /// How far it is taken at its word, above 0: 1 for a confirmed one, less for one that is only reported.
    pub trust: f64,
}

impl Seed {
    /// A seed that is taken at its word.
    pub fn confirmed(account: AccountNumber) -> Self {
        Self { account, trust: 1.0 }
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct RankOptions {
    /// Most candidates returned.
    pub top: usize,
    /// How many of them, from the best, have their rows explained by terms; the rest have the rows' bits alone.
    pub explained: usize,
    /// Scores everybody with an event instead of the likeliest [`limits::CANDIDATES_MAX`].
    pub is_exhaustive: bool,
    /// Counts these groups alone; all of them where `None`.
    pub groups: Option<Vec<EvidenceGroup>>,
    /// Whether accounts that stand suspended may be candidates.
    pub includes_suspended: bool,
}

impl Default for RankOptions {
    fn default() -> Self {
        let top = 100;
        Self { top, explained: top, is_exhaustive: false, groups: None, includes_suspended: false }
    }
}

impl RankOptions {
    fn counts(&self, group: EvidenceGroup) -> bool {
        self.groups.as_ref().is_none_or(|groups| groups.contains(&group))
    }
}

/// A candidate with its score.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Which account.
    pub account: AccountNumber,
    /// Bits: the sum of the rows, without the prior.
    pub weight: f64,
    /// The weight with the prior as a probability, in `0.0..=1.0`; see [`Detection::is_calibrated`].
    pub probability: f64,
    /// Where the weight comes from, heaviest first.
    pub rows: Vec<Row>,
}

/// A seed, and what was made of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeedFit {
    /// Which.
    pub account: AccountNumber,
    /// The trust it came with.
    pub trust: f64,
    /// How much it counted for what people do, from 0 (it does not fit the others and was left out) to its trust.
    pub weight: f64,
}

/// Candidates, best first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranking {
    /// By weight; of equal weight by keyed hash.
    pub candidates: Vec<Scored>,
    /// The seeds in order of account number, each once.
    pub seeds: Vec<SeedFit>,
    /// Accounts scored.
    pub scored: usize,
}

/// Ranks accounts by their likeness to `seeds`.
///
/// Shape: one entry per account, never a seed nor an account that has gone; ties broken by keyed hash, so that output
/// is stable. Units: see [`Scored`]. A pure function of the state: the same state gives the same bits everywhere.
/// Seeds beyond [`limits::SEEDS_MAX`] are left out, as are the unknown.
pub fn rank(detection: &Detection, seeds: &[Seed], options: &RankOptions) -> Ranking {
    let seeds = distinct(detection, seeds);
    if seeds.is_empty() {
        return Ranking::default();
    }
    let query = Query::prepare(detection, seeds, options);
    let chosen = candidates::choose(detection, &query, options);
    let weighed = map_chunks(&chosen, SCORED_AT_ONCE, |chosen| {
        let mut sheet = Sheet::default();
        let weigh = |(account, known): &candidates::Chosen| {
            let profile = known.unwrap_or_else(|| query.model.score(*account));
            let weight = query.weigh(detection, *account, &profile, &mut sheet);
            let hash = detection.links().account_facts(*account).hash;
            Weighed { account: *account, hash, weight, profile }
        };
        chosen.iter().map(weigh).collect::<Vec<Weighed>>()
    });
    let mut weighed: Vec<Weighed> = weighed.into_iter().flatten().collect();
    let count = weighed.len();
    let top = options.top.min(if options.is_exhaustive { usize::MAX } else { limits::CANDIDATES_SHOWN_MAX });
    if top < count {
        weighed.select_nth_unstable_by(top, Weighed::better_first);
        weighed.truncate(top);
    }
    weighed.sort_unstable_by(Weighed::better_first);
    let (explained, others) = weighed.split_at(options.explained.min(weighed.len()));
    let mut candidates = query.write_out(detection, explained, true);
    candidates.extend(query.write_out(detection, others, false));
    let fits = query.seeds.iter().map(|seed| SeedFit {
        account: seed.account,
        trust: seed.given,
        weight: seed.fitted,
    });
    Ranking { candidates, seeds: fits.collect(), scored: count }
}

/// Known accounts, each once, in order of number; the first mention's trust holds.
pub(super) fn distinct(detection: &Detection, seeds: &[Seed]) -> Vec<SeedWeight> {
    let mut by_account = BTreeMap::new();
    let is_known = |seed: &&Seed| (seed.account.0 as usize) < detection.links().account_count();
    for seed in seeds.iter().take(limits::SEEDS_MAX).filter(is_known) {
        by_account.entry(seed.account).or_insert(seed.trust.clamp(1e-3, 1.0));
    }
    let weigh = |(account, trust)| SeedWeight { account, given: trust, fitted: trust };
    by_account.into_iter().map(weigh).collect()
}

/// What is made of the seeds once, and asked for every candidate.
pub(crate) struct Query<'d> {
    pub(crate) seeds: Vec<SeedWeight>,
    pub(crate) entities: SeedEntities,
    pub(crate) model: ProfileModel<'d>,
    corroboration: Corroboration,
    odds: Odds,
    options: &'d RankOptions,
}

impl<'d> Query<'d> {
    pub(super) fn prepare(
        detection: &'d Detection,
        mut seeds: Vec<SeedWeight>,
        options: &'d RankOptions,
    ) -> Self {
        let (accounts, given) = modelled(detection, &seeds);
        let model = ProfileModel::fit(detection, &accounts, &given, &|group| options.counts(group));
        for (account, weight) in accounts.iter().zip(&model.seed_weights) {
            if let Ok(place) = seeds.binary_search_by_key(account, |seed| seed.account)
                && let Some(seed) = seeds.get_mut(place)
            {
                seed.fitted = *weight;
            }
        }
        let entities = SeedEntities::collect_fitted(detection, &seeds);
        let corroboration = Corroboration::measure(detection, &entities, &seeds, &model.nearest);
        Self { seeds, entities, model, corroboration, odds: Odds::of(detection), options }
    }

    /// Whether `account` may be proposed at all.
    pub(crate) fn is_eligible(&self, detection: &Detection, account: AccountNumber) -> bool {
        let facts = detection.links().account_facts(account);
        let is_seed = || self.seeds.binary_search_by_key(&account, |seed| seed.account).is_ok();
        let is_suspended = facts.standing == Standing::Suspended && !self.options.includes_suspended;
        facts.events > 0 && !facts.is_gone && !is_suspended && !is_seed()
    }

    /// What an entity of that type and so many bits counts where nothing else is shared.
    pub(crate) fn bits_alone(&self, detection: &Detection, kind: u8, bits: f64) -> f64 {
        let Some(group) = detection.settings().link(kind).map(|link| link.group) else { return 0.0 };
        let counted = match is_behaviour(group) {
            _ if !self.options.counts(group) => 0.0,
            true => bits.min(self.corroboration.bits_max(detection, kind, bits)),
            false => bits,
        };
        row::bounds(detection.settings().cap(group)).bend(counted)
    }

    /// The weight of one account; its rows' sums are left on the sheet, heaviest first.
    fn weigh(
        &self,
        detection: &Detection,
        account: AccountNumber,
        profile: &ProfileScore,
        sheet: &mut Sheet,
    ) -> f64 {
        let Sheet { shared, sums, kinds } = sheet;
        shared.fill(detection, &self.entities, account);
        let told = self.model.rows(account, profile, false);
        sums.clear();
        sums.extend(told.iter().map(|row| RowSum { group: row.group, bits: row.bits, of_links: None }));
        for (group, rows) in shared.groups().filter(|(group, _)| self.options.counts(*group)) {
            let profiled: f64 =
                told.iter().filter(|row| row.group == group).map(|row| row.bits.max(0.0)).sum();
            let room = (detection.settings().cap(group) - profiled).max(0.0);
            row::add_bent((sums, kinds), group, rows, room, |kind, bits| match is_behaviour(group) {
                true => self.corroboration.bits_max(detection, kind, bits),
                false => f64::INFINITY,
            });
        }
        row::sort_sums(sums);
        sums.iter().map(|sum| sum.bits).sum()
    }

    /// Candidates with their rows; with the rows' terms where `is_explained` says so.
    fn write_out(&self, detection: &Detection, weighed: &[Weighed], is_explained: bool) -> Vec<Scored> {
        let parts = map_chunks(weighed, SCORED_AT_ONCE, |weighed| {
            let mut sheet = Sheet::default();
            let write = |one: &Weighed| {
                self.weigh(detection, one.account, &one.profile, &mut sheet);
                let told = self.model.rows(one.account, &one.profile, is_explained);
                let rows = sheet.rows(told);
                let probability = self.odds.probability(&rows);
                Scored { account: one.account, weight: one.weight, probability, rows }
            };
            weighed.iter().map(write).collect::<Vec<Scored>>()
        });
        parts.into_iter().flatten().collect()
    }
}

/// A candidate whose rows are not written out yet: most never are.
struct Weighed {
    account: AccountNumber,
    hash: u64,
    weight: f64,
    profile: ProfileScore,
}

impl Weighed {
    fn better_first(one: &Self, two: &Self) -> Ordering {
        two.weight.total_cmp(&one.weight).then(one.hash.cmp(&two.hash))
    }
}

/// What one candidate's weight is worked out on, used for one after the other.
#[derive(Default)]
struct Sheet {
    shared: Shared,
    sums: Vec<RowSum>,
    kinds: Vec<KindSum>,
}

impl Sheet {
    /// The rows of the account weighed last, heaviest first; `told` are those that rest on terms.
    fn rows(&self, mut told: Vec<Row>) -> Vec<Row> {
        let mut row = |sum: &RowSum| match sum.of_links {
            Some((kind, scale)) => {
                let (_, rows) = self.shared.groups().find(|(group, _)| *group == sum.group)?;
                Some(row::bent_row(sum, kind, scale, rows))
            }
            None => {
                let place = told.iter().position(|row| row.group == sum.group)?;
                Some(told.swap_remove(place))
            }
        };
        self.sums.iter().filter_map(&mut row).collect()
    }
}

/// The seeds that the model is fitted on, in order of number: of too many, those trusted most, then by keyed hash.
fn modelled(detection: &Detection, seeds: &[SeedWeight]) -> (Vec<AccountNumber>, Vec<f64>) {
    let mut chosen: Vec<&SeedWeight> = seeds.iter().collect();
    if chosen.len() > super::profile::fit::MODEL_SEEDS_MAX {
        let hash = |seed: &SeedWeight| detection.links().account_facts(seed.account).hash;
        chosen.sort_by(|one, two| two.given.total_cmp(&one.given).then_with(|| hash(one).cmp(&hash(two))));
        chosen.truncate(super::profile::fit::MODEL_SEEDS_MAX);
        chosen.sort_by_key(|seed| seed.account);
    }
    chosen.into_iter().map(|seed| (seed.account, seed.given)).unzip()
}
