//! One profile store as a sparse matrix: rows are accounts, columns the terms that they use.

use super::sparse::Sparse;
use crate::links::AccountNumber;
use crate::parallel::map_chunks;
use crate::profiles::{Profiles, TERM_ACCOUNTS_MIN, Term, TermNumber};

/// Stands for a term without a column.
const NO_COLUMN: u32 = u32::MAX;
/// Document frequencies whose logarithm is taken once and remembered.
const FREQUENCIES_REMEMBERED: usize = 1 << 17;
/// Rows weighed by one thread at a time.
const ROWS_AT_ONCE: usize = 256;
/// Counts whose logarithm is taken once and remembered.
const COUNTS_REMEMBERED: usize = 256;

/// An account's terms with their weights, in order of term.
pub(crate) type WeighedTerms = Vec<(TermNumber, f32)>;

/// Weighs the terms of a store: (1 + ln count) · idf, an account's at unit length.
pub(crate) struct Weigher<'d> {
    profiles: &'d Profiles,
    /// By term; zero where a term is too rare or too common to tell anything.
    idf: Vec<f32>,
    /// 1 + ln count, by count.
    counted: Vec<f32>,
}

impl<'d> Weigher<'d> {
    /// `population` accounts share the store's terms.
    pub(crate) fn new(profiles: &'d Profiles, population: usize) -> Self {
        let weigh = |accounts: usize| {
            let is_telling = accounts >= TERM_ACCOUNTS_MIN as usize && 2 * accounts <= population;
            let idf = || libm::log((1 + population) as f64 / (1 + accounts) as f64) + 1.0;
            if is_telling { idf() as f32 } else { 0.0 }
        };
        let mut remembered: Vec<Option<f32>> = vec![None; population.min(FREQUENCIES_REMEMBERED) + 1];
        let idf = (0..profiles.term_count())
            .map(|term| {
                let accounts = profiles.term(term as TermNumber).accounts as usize;
                match remembered.get_mut(accounts) {
                    Some(known) => *known.get_or_insert_with(|| weigh(accounts)),
                    None => weigh(accounts),
                }
            })
            .collect();
        let counted = (0..COUNTS_REMEMBERED).map(|count| counted(count.max(1))).collect();
        Self { profiles, idf, counted }
    }

    /// Replaces `row` by the account's terms with their weights, of length 1 together; empty where it has none that
    /// tells anything.
    pub(crate) fn weigh(&self, account: AccountNumber, row: &mut WeighedTerms) {
        row.clear();
        row.extend(self.profiles.vector(account).iter().filter_map(|term| {
            let idf = self.idf.get(term.number as usize).copied().unwrap_or(0.0);
            (idf > 0.0).then(|| (term.number, self.counted(term) * idf))
        }));
        let length =
            row.iter().map(|(_, weight)| f64::from(*weight) * f64::from(*weight)).sum::<f64>().sqrt();
        row.iter_mut().for_each(|(_, weight)| *weight = (f64::from(*weight) / length) as f32);
    }

    fn counted(&self, term: &Term) -> f32 {
        let count = usize::from(term.count);
        self.counted.get(count).copied().unwrap_or_else(|| counted(count))
    }
}

fn counted(count: usize) -> f32 {
    (1.0 + libm::log(count as f64)) as f32
}

/// Rows of one store.
#[derive(Default)]
pub(crate) struct Block {
    pub(crate) rows: Sparse,
    /// By term; [`NO_COLUMN`] where no row has it.
    column_of: Vec<u32>,
    /// How many columns there are.
    pub(crate) width: usize,
}

impl Block {
    /// The rows of `accounts`, in that order; columns in order of term.
    pub(crate) fn of(weigher: &Weigher<'_>, accounts: &[AccountNumber]) -> Self {
        let parts = map_chunks(accounts, ROWS_AT_ONCE, |accounts| {
            let (mut rows, mut row) = (Sparse::default(), WeighedTerms::new());
            for account in accounts {
                weigher.weigh(*account, &mut row);
                rows.push(row.iter().copied());
            }
            rows
        });
        let mut rows = Sparse::joined(parts);
        let mut column_of = vec![NO_COLUMN; weigher.profiles.term_count()];
        for term in rows.places() {
            if let Some(column) = column_of.get_mut(*term as usize) {
                *column = 0;
            }
        }
        let mut width = 0;
        for column in column_of.iter_mut().filter(|column| **column != NO_COLUMN) {
            *column = width;
            width += 1;
        }
        rows.renumber(&column_of);
        Self { rows, column_of, width: width as usize }
    }

    /// The column of a term, for the test that holds products against a dense twin.
    #[cfg(test)]
    pub(crate) fn column(&self, term: TermNumber) -> Option<usize> {
        self.column_of.get(term as usize).copied().filter(|column| *column != NO_COLUMN).map(|c| c as usize)
    }
}

/// A vector over a block's columns, made ready to be multiplied with the rows of many accounts.
#[derive(Default)]
pub(crate) struct TermVector {
    /// By term: its idf, and idf times the vector's value.
    by_term: Vec<[f32; 2]>,
}

impl TermVector {
    /// `values` over the columns of `block`.
    pub(crate) fn of(weigher: &Weigher<'_>, block: &Block, values: &[f64]) -> Self {
        let value = |column: &u32| values.get(*column as usize).copied().unwrap_or(0.0);
        let terms = weigher.idf.iter().zip(&block.column_of);
        let ready = |(idf, column): (&f32, &u32)| [*idf, (f64::from(*idf) * value(column)) as f32];
        Self { by_term: terms.map(ready).collect() }
    }

    /// Product of the vector with the account's row as [`Weigher::weigh`] gives it, without making the row.
    pub(crate) fn times(&self, weigher: &Weigher<'_>, account: AccountNumber) -> f64 {
        let (mut sum, mut squares) = (0.0, 0.0);
        for term in weigher.profiles.vector(account) {
            let [idf, value] = self.by_term.get(term.number as usize).copied().unwrap_or_default();
            let counted = weigher.counted(term);
            let weight = f64::from(counted * idf);
            squares += weight * weight;
            sum += f64::from(counted) * f64::from(value);
        }
        if squares > 0.0 { sum / f64::sqrt(squares) } else { 0.0 }
    }

    /// The terms whose part of a product is above zero, with that part before the row's length is divided out.
    pub(crate) fn speaking_for(&self) -> impl Iterator<Item = (TermNumber, f32)> {
        (0..)
            .zip(&self.by_term)
            .filter(|(_, [_, value])| *value > 0.0)
            .map(|(term, [_, value])| (term, *value))
    }

    /// One term's part of that product; `weight` as [`Weigher::weigh`] gives it.
    pub(crate) fn part(&self, term: TermNumber, weight: f32) -> f64 {
        let [idf, value] = self.by_term.get(term as usize).copied().unwrap_or_default();
        if idf > 0.0 { f64::from(weight) * f64::from(value) / f64::from(idf) } else { 0.0 }
    }
}
