//! Profiles: what everybody has much of (words, hashtags, whom one mentions, hours), one bounded vector an account.
//!
//! An account has hundreds of words and most of them nobody else has; as links they would drown the index.
//! Terms are numbers, too: a dictionary of keyed hashes with the number of accounts that have each, and an entry
//! to read the word from.

mod postings;

use crate::links::{AccountNumber, Hashed, Postings, Sighting, Slots, sequence};
use cordon_model::clock::Day;
use cordon_model::ids::Offset;
use postings::TermPostings;
use serde::{Deserialize, Serialize};

/// Terms in fewer accounts than this say nothing about likeness: they are kept last.
pub const TERM_ACCOUNTS_MIN: u32 = 3;

/// Number of a term within its store; reused after the last account has dropped it.
pub type TermNumber = u32;

/// One term of one account's profile. Eight bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// Which term.
    pub number: TermNumber,
    /// Uses, saturating.
    pub count: u16,
    /// Day on which the last use arrived.
    pub received: Day,
}

/// What is known of a term.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermFacts {
    /// Its keyed hash.
    pub hash: u64,
    /// The newest entry that put it into a profile: where it can be read.
    pub witness: Offset,
    /// Accounts that have it in their profile.
    pub accounts: u32,
}

impl Hashed for TermFacts {
    fn hash(&self) -> u64 {
        self.hash
    }
}

/// One store of profiles: the vectors of all accounts over one dictionary.
#[derive(Clone, Debug, Default)]
pub struct Profiles {
    /// A term's number is free once the last account has dropped it.
    facts: Slots<TermFacts>,
    /// By account number; sorted by term.
    vectors: Vec<Vec<Term>>,
    postings: TermPostings,
    terms_max: usize,
}

impl Profiles {
    pub(crate) fn new(terms_max: usize) -> Self {
        Self { terms_max, ..Self::default() }
    }

    /// Counts one use of a term.
    pub(crate) fn count(&mut self, account: AccountNumber, hash: u64, seen: Sighting) {
        let number = self.number_of(hash, seen.offset);
        if self.vectors.len() <= account.0 as usize {
            self.vectors.resize_with(account.0 as usize + 1, Vec::new);
        }
        let Some(vector) = self.vectors.get_mut(account.0 as usize) else { return };
        match vector.binary_search_by_key(&number, |term| term.number) {
            Ok(place) => {
                if let Some(term) = vector.get_mut(place) {
                    term.count = term.count.saturating_add(1);
                    term.received = seen.received;
                }
            }
            Err(place) => {
                if vector.len() == vector.capacity() {
                    vector.reserve_exact(vector.len() / 2 + 8);
                }
                vector.insert(place, Term { number, count: 1, received: seen.received });
                if let Some(facts) = self.facts.get_mut(number) {
                    facts.accounts += 1;
                    facts.witness = seen.offset;
                }
                self.postings.join(number, account);
                if vector.len() > self.terms_max + self.terms_max / 4 {
                    self.prune(account);
                }
            }
        }
    }

    fn number_of(&mut self, hash: u64, witness: Offset) -> TermNumber {
        let known = self.facts.find(hash, |_| true);
        known.unwrap_or_else(|| self.facts.add(TermFacts { hash, witness, accounts: 0 }))
    }

    /// Cuts an account's vector back to its bound: the terms that tell it from others stay.
    fn prune(&mut self, account: AccountNumber) {
        let population = self.vectors.len() as u64;
        let Some(vector) = self.vectors.get_mut(account.0 as usize) else { return };
        let mut ranked: Vec<(u64, Term)> = vector
            .iter()
            .map(|term| (worth(*term, self.facts.get(term.number), population), *term))
            .collect();
        ranked.sort_unstable_by_key(|(worth, term)| {
            (std::cmp::Reverse(*worth), std::cmp::Reverse(term.received), term.number)
        });
        let dropped = ranked.split_off(self.terms_max.min(ranked.len()));
        let mut kept: Vec<Term> = ranked.into_iter().map(|(_, term)| term).collect();
        kept.sort_unstable_by_key(|term| term.number);
        *vector = kept;
        for (_, term) in dropped {
            self.leave(account, term.number);
        }
    }

    fn leave(&mut self, account: AccountNumber, number: TermNumber) {
        self.postings.leave(number, account);
        let Some(facts) = self.facts.get_mut(number) else { return };
        facts.accounts = facts.accounts.saturating_sub(1);
        if facts.accounts == 0 {
            self.facts.release(number);
        }
    }

    /// Drops terms whose last use arrived more than `keep_days` before `today`.
    pub(crate) fn expire(&mut self, today: Day, keep_days: impl Fn(AccountNumber) -> u16) {
        for account in 0..self.vectors.len() as u32 {
            let keep = keep_days(AccountNumber(account));
            let Some(vector) = self.vectors.get_mut(account as usize) else { continue };
            let is_old = |term: &Term| today.days_since(term.received) > keep;
            let gone: Vec<TermNumber> =
                vector.iter().filter(|term| is_old(term)).map(|term| term.number).collect();
            if !gone.is_empty() {
                vector.retain(|term| !is_old(term));
                gone.into_iter().for_each(|number| self.leave(AccountNumber(account), number));
            }
        }
    }

    /// Forgets one account's vector.
    pub(crate) fn forget(&mut self, account: AccountNumber) {
        let Some(vector) = self.vectors.get_mut(account.0 as usize) else { return };
        for term in std::mem::take(vector) {
            self.leave(account, term.number);
        }
    }

    /// An account's vector, sorted by term.
    #[inline]
    pub fn vector(&self, account: AccountNumber) -> &[Term] {
        self.vectors.get(account.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The accounts that have a term, in no order that says anything; none where they once were more than
    /// [`limits::TERM_ACCOUNTS_MAX`](cordon_model::limits::TERM_ACCOUNTS_MAX).
    pub(crate) fn accounts(&self, number: TermNumber) -> Postings<'_> {
        self.postings.accounts(number)
    }

    /// What is known of a term.
    pub fn term(&self, number: TermNumber) -> TermFacts {
        self.facts.get(number).copied().unwrap_or_default()
    }

    /// One more than the highest term number: the length of a table by term.
    pub fn term_count(&self) -> usize {
        self.facts.numbers()
    }

    /// Bytes in use: (dictionary, vectors, postings), without allocator overhead.
    pub(crate) fn bytes(&self) -> (usize, usize, usize) {
        let lists: usize = self.vectors.iter().map(|vector| vector.capacity() * size_of::<Term>()).sum();
        let vectors = lists + self.vectors.capacity() * size_of::<Vec<Term>>();
        (self.facts.bytes(), vectors, self.postings.bytes())
    }

    /// All that [`Profiles::restore`] needs, in order.
    pub(crate) fn dump(&self) -> impl Serialize {
        let facts = sequence(self.facts.numbers(), self.facts.facts());
        (facts, self.facts.free(), &self.vectors, self.postings.common())
    }

    /// What [`Profiles::dump`] wrote.
    pub(crate) fn restore(terms_max: usize, dumped: ProfilesDump) -> Self {
        let ProfilesDump(facts, free, vectors, common) = dumped;
        let postings = TermPostings::of(&vectors, &common);
        Self { facts: Slots::restore(facts, free), vectors, postings, terms_max }
    }
}

/// A store as it stands in a snapshot.
#[derive(Deserialize)]
pub(crate) struct ProfilesDump(Vec<TermFacts>, Vec<TermNumber>, Vec<Vec<Term>>, Vec<(TermNumber, u32)>);

/// How much a term tells, for choosing which stay: its uses times its rarity, in whole numbers so that every
/// machine keeps the same. Terms that too few accounts have come last.
fn worth(term: Term, facts: Option<&TermFacts>, population: u64) -> u64 {
    let accounts = facts.map_or(1, |facts| facts.accounts.max(1));
    if accounts < TERM_ACCOUNTS_MIN {
        return u64::from(term.count > 1);
    }
    log2_fixed(2 * u64::from(term.count)) * log2_fixed(1 + population / u64::from(accounts))
}

/// log2 of a whole number, times 256, by straight lines between powers of two.
fn log2_fixed(number: u64) -> u64 {
    let whole = number.max(1).ilog2();
    let rest = ((number.max(1) - (1 << whole)) << 8) >> whole;
    (u64::from(whole) << 8) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(day: u16) -> Sighting {
        Sighting { day: Day(day), received: Day(day), offset: Offset(u64::from(day)) }
    }

    fn count(profiles: &mut Profiles, account: u32, hash: u64, times: usize) {
        for _ in 0..times {
            profiles.count(AccountNumber(account), hash, seen(5));
        }
    }

    #[test]
    fn the_bound_keeps_what_tells_an_account_from_others() {
        let mut profiles = Profiles::new(4);
        for account in 0..10 {
            count(&mut profiles, account, 1_000, 1);
        }
        for account in 0..4 {
            count(&mut profiles, account, 2_000, 3);
        }
        for noise in 0..4 {
            count(&mut profiles, 0, noise, 1);
        }
        let hashes: Vec<u64> =
            profiles.vector(AccountNumber(0)).iter().map(|term| profiles.term(term.number).hash).collect();
        assert_eq!(hashes.len(), 4);
        assert!(hashes.contains(&1_000) && hashes.contains(&2_000));
        let used: u64 = profiles.facts.facts().filter(|term| term.accounts > 0).count() as u64;
        assert_eq!(used, 4, "what was pruned left the dictionary");
    }

    #[test]
    fn old_terms_expire_and_forgotten_accounts_have_none() {
        let mut profiles = Profiles::new(10);
        count(&mut profiles, 0, 1, 2);
        profiles.count(AccountNumber(0), 2, seen(40));
        profiles.expire(Day(41), |_| 30);
        assert_eq!(profiles.vector(AccountNumber(0)).len(), 1);
        profiles.forget(AccountNumber(0));
        assert!(profiles.vector(AccountNumber(0)).is_empty());
        assert_eq!(profiles.facts.free().len(), 2);
    }

    #[test]
    fn logarithms_in_whole_numbers_rise_and_are_exact_at_powers() {
        assert_eq!((log2_fixed(1), log2_fixed(2), log2_fixed(1 << 20)), (0, 256, 20 * 256));
        assert!((1..5_000).all(|n| log2_fixed(n) <= log2_fixed(n + 1)));
    }
}
