//! Which accounts have a term: the way from what seeds write to those who write it, too.

use super::{Term, TermNumber};
use crate::links::{AccountNumber, Lists, Moved, Placed, Postings, Used};
use cordon_model::limits;

/// The accounts by term; a term that once had more than [`limits::TERM_ACCOUNTS_MAX`] leads to nobody.
#[derive(Clone, Debug)]
pub(super) struct TermPostings {
    by_term: Vec<Used>,
    lists: Lists,
}

impl Default for TermPostings {
    fn default() -> Self {
        Self { by_term: Vec::new(), lists: Lists::new(limits::TERM_ACCOUNTS_MAX) }
    }
}

impl TermPostings {
    /// What the vectors hold, but for the terms in `common`, which have (term, accounts).
    pub(super) fn of(vectors: &[Vec<Term>], common: &[(TermNumber, u32)]) -> Self {
        let mut postings = Self::default();
        for (term, accounts) in common {
            let handle = postings.lists.add(*term, *accounts, &[]);
            postings.put(*term, Used::ByList(handle));
        }
        let is_common = |term: TermNumber| common.binary_search_by_key(&term, |(common, _)| *common).is_ok();
        let uses = || vectors.iter().flatten().filter(|term| !is_common(term.number));
        let terms = uses().map(|term| term.number as usize + 1).max().unwrap_or(0);
        // Where each term's accounts begin; once they are filled in, where they end.
        let mut places = vec![0u32; terms + 1];
        for term in uses() {
            places.get_mut(term.number as usize + 1).into_iter().for_each(|place| *place += 1);
        }
        let mut before = 0;
        places.iter_mut().for_each(|place| {
            before += *place;
            *place = before;
        });
        let mut accounts = vec![0; before as usize];
        for (account, vector) in (0..).zip(vectors) {
            for term in vector.iter().filter(|term| !is_common(term.number)) {
                let Some(place) = places.get_mut(term.number as usize) else { continue };
                accounts.get_mut(*place as usize).into_iter().for_each(|slot| *slot = account);
                *place += 1;
            }
        }
        let mut rest = accounts.as_slice();
        let mut before = 0;
        for (term, end) in (0..).zip(places.iter().take(terms)) {
            let (own, others) = rest.split_at_checked((*end - before) as usize).unwrap_or_default();
            match own {
                [] => {}
                [only] => postings.put(term, Used::By(*only)),
                _ => {
                    let handle = postings.lists.add(term, own.len() as u32, own);
                    postings.put(term, Used::ByList(handle));
                }
            }
            (rest, before) = (others, *end);
        }
        postings
    }

    /// An account has the term now.
    pub(super) fn join(&mut self, term: TermNumber, account: AccountNumber) {
        let before = self.used(term);
        let placed = self.lists.join(term, before, account.0);
        self.place(term, before, placed);
    }

    /// An account has dropped the term.
    pub(super) fn leave(&mut self, term: TermNumber, account: AccountNumber) {
        let before = self.used(term);
        let placed = self.lists.leave(term, before, account.0);
        self.place(term, before, placed);
    }

    /// The accounts; none of a common term.
    pub(super) fn accounts(&self, term: TermNumber) -> Postings<'_> {
        self.lists.postings(self.used(term))
    }

    /// Terms whose accounts are no longer kept, in order, with how many they are.
    pub(super) fn common(&self) -> Vec<(TermNumber, u32)> {
        let counted = (0..).zip(&self.by_term).map(|(term, used)| (term, self.lists.count(*used)));
        counted
            .filter(|(_, (_, is_common))| *is_common)
            .map(|(term, (accounts, _))| (term, accounts))
            .collect()
    }

    fn used(&self, term: TermNumber) -> Used {
        self.by_term.get(term as usize).copied().unwrap_or_default()
    }

    fn place(&mut self, term: TermNumber, before: Used, Placed { used, moved }: Placed) {
        if let Some(Moved { owner, handle }) = moved {
            self.put(owner, Used::ByList(handle));
        }
        if used != before {
            self.put(term, used);
        }
    }

    fn put(&mut self, term: TermNumber, used: Used) {
        if self.by_term.len() <= term as usize {
            self.by_term.resize(term as usize + 1, Used::ByNone);
        }
        if let Some(place) = self.by_term.get_mut(term as usize) {
            *place = used;
        }
    }

    /// Bytes in use, without allocator overhead.
    pub(super) fn bytes(&self) -> usize {
        self.by_term.capacity() * size_of::<Used>() + self.lists.used_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_model::clock::Day;

    fn vectors(accounts: u32) -> Vec<Vec<Term>> {
        let term = |number| Term { number, count: 1, received: Day(1) };
        let has = |account: u32, number: u32| account.wrapping_mul(2_654_435_761) >> 7 & number == 0;
        (0..accounts).map(|account| (0..16).filter(|one| has(account, *one)).map(term).collect()).collect()
    }

    fn joined(vectors: &[Vec<Term>]) -> TermPostings {
        let mut postings = TermPostings::default();
        for (account, vector) in (0..).zip(vectors) {
            vector.iter().for_each(|term| postings.join(term.number, AccountNumber(account)));
        }
        postings
    }

    fn read(postings: &TermPostings) -> Vec<Vec<u32>> {
        (0..20).map(|term| postings.accounts(term).collect()).collect()
    }

    #[test]
    fn postings_made_anew_are_those_that_grew() {
        let vectors = vectors(20_000);
        let grown = joined(&vectors);
        let common = grown.common();
        assert_eq!(common, [(0, 20_000)], "what everybody has leads to nobody");
        assert!(read(&grown).iter().skip(1).take(15).all(|accounts| !accounts.is_empty()));
        assert_eq!(read(&TermPostings::of(&vectors, &common)), read(&grown));
        assert_eq!(TermPostings::of(&vectors, &common).common(), common);
    }

    #[test]
    fn a_common_term_leads_to_nobody_until_its_last_account_has_gone() {
        let mut postings = joined(&vectors(20_000));
        (1..20_000).for_each(|account| postings.leave(0, AccountNumber(account)));
        assert_eq!((postings.common(), postings.accounts(0).len()), (vec![(0, 1)], 0));
        postings.leave(0, AccountNumber(0));
        postings.join(0, AccountNumber(7));
        assert_eq!((postings.common(), read(&postings)[0].clone()), (vec![], vec![7]));
    }
}
