//! The model of one query: fitted on the seeds and the sample, then asked about any account.

use super::block::{Block, TermVector, WeighedTerms, Weigher};
use super::logistic::{Design, Fitted};
use super::scale::{Bounds, Scale};
use super::{refine, sample, trust};
use crate::Detection;
use crate::links::AccountNumber;
use crate::profiles::TermNumber;
use crate::settings::Normaliser;
use crate::similar::row::{Basis, Row};
use cordon_model::entity::EvidenceGroup;

/// Seeds from which a model is fitted; fewer give their mean.
pub(crate) const MODEL_SEEDS_MIN: usize = 3;
/// Most seeds that a model is fitted on.
pub(crate) const MODEL_SEEDS_MAX: usize = 256;
/// Share of the sample that counts as writing like the seeds, and its least number.
const NEAREST_SHARE: f64 = 0.03;
const NEAREST_MIN: usize = 64;
/// Weight of whom an account names, beside its words.
const SOCIAL_FACTOR: f64 = 0.15;
/// Terms listed in one row: the heaviest that speak for the account, and those that speak against it.
const TERMS_FOR: usize = 24;
const TERMS_AGAINST: usize = 8;
/// Share of a group's cap at which its row bends, and where it ends: upwards, then downwards.
const CONTENT_SHARES: [f64; 4] = [2.0 / 3.0, 1.0, -0.25, -0.5];
const SOCIAL_SHARES: [f64; 4] = [0.5, 0.75, -0.125, -0.25];

/// What a store's terms are to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Words: the measure of the others.
    Words,
    /// Other terms of group content, hashtags say: counted as the seeds' own likeness tells.
    Marks,
    /// Whom an account names.
    Social,
}

struct Store<'d> {
    number: u8,
    role: Role,
    weigher: Weigher<'d>,
    block: Block,
    /// What values are multiplied by.
    factor: f64,
    /// Bits before bounds of a value of 1, by term.
    shares: TermVector,
}

/// A fitted model.
pub(crate) struct ProfileModel<'d> {
    stores: Vec<Store<'d>>,
    /// Bits of an account without any term, before bounds.
    offset: f64,
    content: Bounds,
    social: Bounds,
    /// How much each seed counts, in the order given.
    pub(crate) seed_weights: Vec<f64>,
    /// Of the accounts that the seeds were held against, those most like them, at least [`NEAREST_MIN`] where there
    /// are as many; without any store, all in order of keyed hash.
    pub(crate) nearest: Vec<AccountNumber>,
}

/// What the model says of one account, in bits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ProfileScore {
    /// Before and after its bounds.
    pub(crate) content: (f64, f64),
    pub(crate) social: (f64, f64),
}

impl ProfileScore {
    /// Both rows.
    pub(crate) fn bits(&self) -> f64 {
        self.content.1 + self.social.1
    }
}

impl<'d> ProfileModel<'d> {
    /// Fits the stores of the groups that `counts` lets through. `seeds` is sorted; weights belong to them.
    pub(crate) fn fit(
        detection: &'d Detection,
        seeds: &[AccountNumber],
        given: &[f64],
        counts: &dyn Fn(EvidenceGroup) -> bool,
    ) -> Self {
        let sample = sample::draw(detection, seeds);
        let rows: Vec<AccountNumber> = seeds.iter().chain(&sample).copied().collect();
        let mut stores = stores(detection, &rows, counts);
        let told = {
            let of = |role| -> Vec<&Block> {
                stores.iter().filter(|store| store.role == role).map(|store| &store.block).collect()
            };
            trust::measure(&of(Role::Words), &of(Role::Marks), given)
        };
        for store in &mut stores {
            store.factor = match store.role {
                Role::Words => 1.0,
                Role::Marks => told.factor.sqrt(),
                Role::Social => SOCIAL_FACTOR.sqrt(),
            };
        }
        let mut weights = told.weights;
        let fitted = fitted(&stores, given, &mut weights, sample.len());
        let margins = fitted.margins.get(seeds.len()..).unwrap_or_default();
        let nearest = nearest(&sample, margins);
        let scale = Scale::of(margins.to_vec());
        let mut rest = fitted.coefficients.as_slice();
        for store in &mut stores {
            let (own, others) = rest.split_at_checked(store.block.width).unwrap_or_default();
            let to_bits = scale.slope * store.factor;
            let shares: Vec<f64> = own.iter().map(|coefficient| to_bits * coefficient).collect();
            store.shares = TermVector::of(&store.weigher, &store.block, &shares);
            rest = others;
        }
        let bounds = |group, shares: [f64; 4]| {
            let [knee, cap, floor_knee, floor] = shares.map(|share| share * detection.settings().cap(group));
            Bounds { knee, cap, floor_knee, floor }
        };
        Self {
            stores,
            offset: scale.slope * (fitted.intercept - scale.middle),
            content: bounds(EvidenceGroup::Content, CONTENT_SHARES),
            social: bounds(EvidenceGroup::Social, SOCIAL_SHARES),
            seed_weights: weights,
            nearest,
        }
    }

    /// Whether there is anything to be asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.stores.is_empty()
    }

    /// The stores that it asks.
    pub(crate) fn stores(&self) -> impl Iterator<Item = u8> {
        self.stores.iter().map(|store| store.number)
    }

    /// Most bits that it ever says.
    pub(crate) fn bits_max(&self) -> f64 {
        self.content.cap + self.social.cap
    }

    /// The terms that speak for likeness to the seeds, as (weight, store, term), heaviest first.
    pub(crate) fn leading(&self) -> Vec<(f32, u8, TermNumber)> {
        let terms = self
            .stores
            .iter()
            .flat_map(|store| store.shares.speaking_for().map(|(term, weight)| (weight, store.number, term)));
        let mut leading: Vec<(f32, u8, TermNumber)> = terms.collect();
        leading
            .sort_unstable_by(|one, two| two.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(two.1, two.2))));
        leading
    }

    /// What the model says of `account`.
    pub(crate) fn score(&self, account: AccountNumber) -> ProfileScore {
        if self.is_empty() {
            return ProfileScore::default();
        }
        let (mut content, mut social) = (self.offset, 0.0);
        for store in &self.stores {
            let sum = store.shares.times(&store.weigher, account);
            match store.role {
                Role::Social => social += sum,
                Role::Words | Role::Marks => content += sum,
            }
        }
        if self.stores.iter().all(|store| store.role == Role::Social) {
            (content, social) = (0.0, content + social);
        }
        ProfileScore {
            content: (content, self.content.bend(content)),
            social: (social, self.social.bend(social)),
        }
    }

    /// The rows of a score, without their terms where `is_explained` says no.
    pub(crate) fn rows(&self, account: AccountNumber, score: &ProfileScore, is_explained: bool) -> Vec<Row> {
        let both = [(EvidenceGroup::Content, score.content), (EvidenceGroup::Social, score.social)];
        let told = both.into_iter().filter(|(_, (_, bits))| *bits != 0.0);
        told.map(|(group, (raw, bits))| {
            let mut terms = Vec::new();
            if is_explained {
                terms = self.terms(account, group);
                terms.iter_mut().for_each(|(_, share)| *share *= bits / raw);
            }
            let rest = bits - terms.iter().map(|(_, share)| share).sum::<f64>();
            Row { group, bits, basis: Basis::Terms { terms, rest } }
        })
        .collect()
    }

    /// The terms that weigh most in a group's row, before bounds, heaviest first by absolute weight.
    fn terms(&self, account: AccountNumber, group: EvidenceGroup) -> Vec<((u8, TermNumber), f64)> {
        let is_social = group == EvidenceGroup::Social;
        let mut row = WeighedTerms::new();
        let mut terms: Vec<((u8, TermNumber), f64)> = Vec::new();
        for store in self.stores.iter().filter(|store| (store.role == Role::Social) == is_social) {
            store.weigher.weigh(account, &mut row);
            let shares =
                row.iter().map(|(term, value)| ((store.number, *term), store.shares.part(*term, *value)));
            terms.extend(shares.filter(|(_, share)| *share != 0.0));
        }
        terms.sort_unstable_by(|one, two| two.1.total_cmp(&one.1).then(one.0.cmp(&two.0)));
        let mut against = terms.split_off(TERMS_FOR.min(terms.len()));
        terms.extend(against.split_off(against.len().saturating_sub(TERMS_AGAINST)));
        terms.sort_unstable_by(|one, two| two.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&two.0)));
        terms
    }
}

/// The accounts of the sample with the highest margins, best first; all of them where nothing has a margin.
fn nearest(sample: &[AccountNumber], margins: &[f64]) -> Vec<AccountNumber> {
    let mut nearest: Vec<(f64, AccountNumber)> =
        margins.iter().copied().zip(sample.iter().copied()).collect();
    if nearest.is_empty() {
        return sample.to_vec();
    }
    nearest.sort_by(|one, two| two.0.total_cmp(&one.0));
    nearest.truncate(NEAREST_MIN.max((NEAREST_SHARE * sample.len() as f64) as usize));
    nearest.into_iter().map(|(_, account)| account).collect()
}

/// The profile stores that tell something of what or whom an account writes; hours are none of them.
fn stores<'d>(
    detection: &'d Detection,
    rows: &[AccountNumber],
    counts: &dyn Fn(EvidenceGroup) -> bool,
) -> Vec<Store<'d>> {
    let population = detection.links().account_count();
    let settings = (0u8..).zip(&detection.settings().profiles).filter(|(_, store)| counts(store.group));
    settings
        .filter_map(|(number, store)| {
            let role = match (store.group, store.normalise) {
                (EvidenceGroup::Content, Normaliser::Words) => Role::Words,
                (EvidenceGroup::Content, _) => Role::Marks,
                (EvidenceGroup::Social, _) => Role::Social,
                _ => return None,
            };
            let weigher = Weigher::new(detection.profiles(number)?, population);
            let block = Block::of(&weigher, rows);
            Some(Store { number, role, weigher, block, factor: 1.0, shares: TermVector::default() })
        })
        .collect()
}

/// The seeds against the sample; below three seeds the seeds' mean.
fn fitted(stores: &[Store<'_>], given: &[f64], weights: &mut Vec<f64>, sample: usize) -> Fitted {
    let design = Design { blocks: stores.iter().map(|store| (&store.block, store.factor)).collect() };
    if given.len() < MODEL_SEEDS_MIN || sample == 0 || stores.is_empty() {
        let total: f64 = weights.iter().sum();
        let shares: Vec<f64> = weights.iter().map(|weight| weight / total.max(1e-9)).collect();
        return design.sum(&shares);
    }
    refine::fit(&design, given, weights, sample)
}
