//! Returns as people read them: what `cordon returns` prints and `GET /v1/accounts/{id}/returns` answers.

use crate::Evaluator;
use cordon_detect::Detection;
use cordon_detect::links::AccountNumber;
use cordon_detect::returns::chain::{Chain, chain, suspended_at};
use cordon_detect::returns::{self, HeldReturn, Tier};
use cordon_detect::similar::evidence::{about, account_name, describe};
use cordon_model::account::Standing;
use cordon_model::clock::Timestamp;
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::ids::AccountId;
use serde::Serialize;

/// A return with its evidence in words. A proposal for review, no finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReturnView {
    /// The young account.
    pub account_id: AccountId,
    /// How much speaks for it.
    pub tier: Tier,
    /// How it stands itself.
    pub standing: Standing,
    /// Bits that speak for the likeliest earlier account.
    pub weight: f64,
    /// The suspended accounts that it may continue, likeliest first; at least one.
    pub earlier: Vec<EarlierView>,
    /// The history that it continues.
    pub chain: ChainView,
    /// What it shares with the likeliest earlier account now, heaviest first.
    pub evidence: Vec<Evidence>,
    /// When it was first found.
    pub found_at: Timestamp,
    /// When it was raised from possible to likely.
    pub raised_at: Option<Timestamp>,
}

/// A suspended account that a return may continue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EarlierView {
    /// The account.
    pub account_id: AccountId,
    /// Bits that speak for one holder.
    pub weight: f64,
    /// Since when it stands suspended.
    pub suspended_at: Option<Timestamp>,
}

/// The accounts of one holder, as far as returns tell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainView {
    /// Which account of the holder this one is, from 2.
    pub ordinal: usize,
    /// The suspended accounts before it, in the order of their suspension.
    pub accounts: Vec<ChainedView>,
    /// From the last suspension to the account's first event; negative where the account is older.
    pub seconds_since_last_suspension: Option<i64>,
    /// The same in words.
    pub text: String,
}

/// An account in a chain.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainedView {
    /// The account.
    pub account_id: AccountId,
    /// Since when it stands suspended.
    pub suspended_at: Option<Timestamp>,
}

/// Which returns are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReturnFilter {
    /// Only this tier.
    pub tier: Option<Tier>,
    /// Only those found or raised from this instant on.
    pub since: Option<Timestamp>,
}

impl ReturnFilter {
    /// Whether a return of this tier, found or raised last at `newest`, is listed.
    pub fn wants(&self, tier: Tier, newest: Timestamp) -> bool {
        self.tier.is_none_or(|wanted| wanted == tier) && self.since.is_none_or(|since| newest >= since)
    }
}

impl ReturnView {
    /// When it was found or, where it was raised, when that was.
    pub fn newest(&self) -> Timestamp {
        self.raised_at.unwrap_or(self.found_at)
    }
}

/// The returns that are kept, likely ones first, the heaviest first of each; at most `most` with the number of all.
pub fn list(state: &Evaluator, filter: &ReturnFilter, most: usize) -> (Vec<ReturnView>, usize) {
    let detection = state.detection();
    let kept = returns::held(detection).filter_map(|account| {
        let held = kept(detection, account)?;
        let newest = held.raised_at.unwrap_or(held.found_at);
        filter.wants(held.tier, newest).then_some((held.tier, held.earlier.first()?.1, account, held))
    });
    let mut kept: Vec<(Tier, f64, AccountNumber, HeldReturn)> = kept.collect();
    kept.sort_by(|one, two| two.0.cmp(&one.0).then(two.1.total_cmp(&one.1)).then(one.2.cmp(&two.2)));
    let all = kept.len();
    let shown = kept.iter().take(most).filter_map(|(.., account, held)| view(state, *account, held));
    (shown.collect(), all)
}

/// The return that is kept on an account, unless a reviewer has cleared it since.
fn kept(detection: &Detection, account: AccountNumber) -> Option<HeldReturn> {
    returns::of(detection, account).filter(|_| detection.standing(account) != Standing::Cleared)
}

/// What is kept on one account.
#[derive(Clone, Debug, PartialEq)]
pub enum OnAccount {
    /// No event ever named it.
    Unknown,
    /// No return that still stands was found.
    None,
    /// This one.
    Found(Box<ReturnView>),
}

/// The return that is kept on an account.
pub fn on_account(state: &Evaluator, account_id: &AccountId) -> OnAccount {
    let detection = state.detection();
    let Some(account) = detection.account(account_id.as_str()) else { return OnAccount::Unknown };
    let found = kept(detection, account).and_then(|held| view(state, account, &held));
    found.map_or(OnAccount::None, |found| OnAccount::Found(Box::new(found)))
}

/// What is known of an account's return, in few words.
#[derive(Clone, Debug, PartialEq)]
pub enum ReturnStatus {
    /// One is kept on it.
    Found {
        /// How much speaks for it.
        tier: Tier,
        /// Bits that speak for the likeliest earlier account.
        weight: f64,
        /// The suspended accounts that it may continue, likeliest first.
        earlier: Vec<AccountId>,
    },
    /// It was looked at, and nothing that stands speaks for one.
    None,
    /// It was not looked at.
    Unknown,
}

impl ReturnStatus {
    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Found { tier, .. } => tier.name(),
            Self::None => "none",
            Self::Unknown => "unknown",
        }
    }
}

/// What is known of an account's return. `is_late` where all that came of it now came too late to be looked at: then
/// that nothing is kept says nothing.
pub fn status_of(state: &Evaluator, account_id: &AccountId, is_late: bool) -> ReturnStatus {
    let (detection, names) = (state.detection(), state.names());
    let Some(account) = detection.account(account_id.as_str()) else { return ReturnStatus::Unknown };
    match kept(detection, account) {
        None if is_late => ReturnStatus::Unknown,
        None => ReturnStatus::None,
        Some(held) => ReturnStatus::Found {
            tier: held.tier,
            weight: held.earlier.first().map_or(0.0, |(_, weight)| *weight),
            earlier: held
                .earlier
                .iter()
                .map(|(earlier, _)| AccountId(account_name(detection, &names, *earlier)))
                .collect(),
        },
    }
}

fn view(state: &Evaluator, account: AccountNumber, held: &HeldReturn) -> Option<ReturnView> {
    let (detection, names) = (state.detection(), state.names());
    let name = |account| AccountId(account_name(detection, &names, account));
    let (likeliest, weight) = *held.earlier.first()?;
    let rows = returns::rows(detection, account, likeliest, held.raised_at.unwrap_or(held.found_at));
    let earlier = held.earlier.iter().map(|(earlier, weight)| EarlierView {
        account_id: name(*earlier),
        weight: *weight,
        suspended_at: suspended_at(detection, *earlier),
    });
    Some(ReturnView {
        account_id: name(account),
        tier: held.tier,
        standing: detection.standing(account),
        weight,
        earlier: earlier.collect(),
        chain: chain_view(state, account, held, &chain(detection, account)?),
        evidence: describe(detection, &names, &rows),
        found_at: held.found_at,
        raised_at: held.raised_at,
    })
}

fn chain_view(state: &Evaluator, account: AccountNumber, held: &HeldReturn, chain: &Chain) -> ChainView {
    let (detection, names) = (state.detection(), state.names());
    let began = names.began_at(&detection.links().account_facts(account)).unwrap_or(held.found_at);
    let since = chain.last_suspended_at().map(|at| began.min(held.found_at).seconds() - at.seconds());
    let accounts = chain.earlier.iter().map(|(earlier, at)| ChainedView {
        account_id: AccountId(account_name(detection, &names, *earlier)),
        suspended_at: *at,
    });
    ChainView {
        ordinal: chain.ordinal(),
        accounts: accounts.collect(),
        seconds_since_last_suspension: since,
        text: sentence(held.tier, chain.ordinal(), since),
    }
}

/// The history that a return continues, as a row of its evidence beside those of `group`: it weighs nothing, since the
/// others say it all.
pub(crate) fn chain_row(state: &Evaluator, account: AccountNumber, group: EvidenceGroup) -> Option<Evidence> {
    let detection = state.detection();
    let (held, chain) = (returns::of(detection, account)?, chain(detection, account)?);
    Some(Evidence {
        group,
        entity_type: "chain".to_owned(),
        entity: None,
        terms: Vec::new(),
        weight: 0.0,
        levels: Vec::new(),
        text: chain_view(state, account, &held, &chain).text,
    })
}

/// "the 4th account of the same holder, 2 h after the last suspension"
fn sentence(tier: Tier, ordinal: usize, seconds_since: Option<i64>) -> String {
    let doubt = if tier == Tier::Likely { "" } else { "possibly " };
    let which = format!("{doubt}the {} account of the same holder", nth(ordinal));
    match seconds_since {
        None => which,
        Some(seconds) if seconds < 0 => {
            format!("{which}, opened {} before the last suspension", about(seconds.unsigned_abs()))
        }
        Some(seconds) => format!("{which}, {} after the last suspension", about(seconds.unsigned_abs())),
    }
}

fn nth(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_reads_as_a_sentence() {
        let likely = |ordinal, seconds| sentence(Tier::Likely, ordinal, seconds);
        let expected = "the 4th account of the same holder, 2 h after the last suspension";
        assert_eq!(likely(4, Some(2 * 3_600 + 59)), expected);
        assert_eq!(
            likely(12, Some(3 * 86_400)),
            "the 12th account of the same holder, 3 days after the last suspension"
        );
        assert_eq!(
            likely(23, Some(-90)),
            "the 23rd account of the same holder, opened 1 min before the last suspension"
        );
        assert_eq!(
            sentence(Tier::Possible, 2, Some(0)),
            "possibly the 2nd account of the same holder, 0 s after the last suspension"
        );
        assert_eq!(likely(3, None), "the 3rd account of the same holder");
    }
}
