//! One profile store as a sparse matrix: rows are accounts, columns the terms that they use.
#![expect(
    clippy::indexing_slicing,
    reason = "columns are below `width` by construction, rows below `len`; tests hold both against a dense twin"
)]

use crate::links::AccountNumber;
use crate::parallel::map_chunks;
use crate::profiles::{Profiles, TERM_ACCOUNTS_MIN, TermNumber};

/// Stands for a term without a column.
const NO_COLUMN: u32 = u32::MAX;
/// Document frequencies whose logarithm is taken once and remembered.
const FREQUENCIES_REMEMBERED: usize = 1 << 17;
/// Rows weighed by one thread at a time.
const ROWS_AT_ONCE: usize = 256;
/// Counts whose logarithm is taken once and remembered.
const COUNTS_REMEMBERED: usize = 256;

/// Weighs the terms of a store: (1 + ln count) · idf, the heaviest of an account, at unit length.
pub(crate) struct Weigher<'d> {
    profiles: &'d Profiles,
    terms_max: usize,
    /// By term; zero where a term is too rare or too common to tell anything.
    idf: Vec<f32>,
    /// 1 + ln count, by count.
    counted: Vec<f64>,
}

impl<'d> Weigher<'d> {
    /// `population` accounts share the store's terms.
    pub(crate) fn new(profiles: &'d Profiles, terms_max: usize, population: usize) -> Self {
        let weigh = |accounts: usize| {
            let is_telling = accounts >= TERM_ACCOUNTS_MIN as usize && 2 * accounts <= population;
            let idf = || libm::log((1 + population) as f64 / (1 + accounts) as f64) + 1.0;
            if is_telling { idf() as f32 } else { 0.0 }
        };
        let remembered: Vec<f32> = (0..=population.min(FREQUENCIES_REMEMBERED)).map(weigh).collect();
        let idf = (0..profiles.term_count())
            .map(|term| {
                let accounts = profiles.term(term as TermNumber).accounts as usize;
                remembered.get(accounts).copied().unwrap_or_else(|| weigh(accounts))
            })
            .collect();
        let counted = (0..COUNTS_REMEMBERED).map(|count| 1.0 + libm::log(count.max(1) as f64)).collect();
        Self { profiles, terms_max, idf, counted }
    }

    /// Replaces `row` by the account's terms with their weights, in order of term, of length 1; empty where it has
    /// none that tells anything.
    pub(crate) fn weigh(&self, account: AccountNumber, row: &mut Vec<(TermNumber, f32)>) {
        row.clear();
        row.extend(self.profiles.vector(account).iter().filter_map(|term| {
            let idf = self.idf.get(term.number as usize).copied().unwrap_or(0.0);
            let counted = self.counted.get(usize::from(term.count)).copied();
            let counted = counted.unwrap_or_else(|| 1.0 + libm::log(f64::from(term.count)));
            (idf > 0.0).then(|| (term.number, (counted * f64::from(idf)) as f32))
        }));
        if row.len() > self.terms_max {
            row.select_nth_unstable_by(self.terms_max, |one, two| {
                two.1.total_cmp(&one.1).then(one.0.cmp(&two.0))
            });
            row.truncate(self.terms_max);
            row.sort_unstable_by_key(|(term, _)| *term);
        }
        let length =
            row.iter().map(|(_, weight)| f64::from(*weight) * f64::from(*weight)).sum::<f64>().sqrt();
        row.iter_mut().for_each(|(_, weight)| *weight = (f64::from(*weight) / length) as f32);
    }
}

/// Rows of one store.
#[derive(Default)]
pub(crate) struct Block {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    /// By term; [`NO_COLUMN`] where no row has it.
    column_of: Vec<u32>,
    /// How many columns there are.
    pub(crate) width: usize,
}

impl Block {
    /// The rows of `accounts`, in that order; columns in order of term.
    pub(crate) fn of(weigher: &Weigher<'_>, accounts: &[AccountNumber]) -> Self {
        let mut block = Self { starts: vec![0], ..Self::default() };
        let parts = map_chunks(accounts, ROWS_AT_ONCE, |accounts| {
            let weighed = accounts.iter().map(|account| {
                let mut row = Vec::new();
                weigher.weigh(*account, &mut row);
                row
            });
            weighed.collect::<Vec<_>>()
        });
        for row in parts.into_iter().flatten() {
            block.columns.extend(row.iter().map(|(term, _)| *term));
            block.values.extend(row.iter().map(|(_, value)| *value));
            block.starts.push(block.columns.len());
        }
        block.column_of = vec![NO_COLUMN; weigher.profiles.term_count()];
        block.columns.iter().for_each(|term| block.column_of[*term as usize] = 0);
        for column in block.column_of.iter_mut().filter(|column| **column != NO_COLUMN) {
            *column = block.width as u32;
            block.width += 1;
        }
        block.columns.iter_mut().for_each(|column| *column = block.column_of[*column as usize]);
        block
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The column of a term.
    pub(crate) fn column(&self, term: TermNumber) -> Option<usize> {
        self.column_of.get(term as usize).copied().filter(|column| *column != NO_COLUMN).map(|c| c as usize)
    }

    /// Product of a row with a vector over the columns.
    pub(crate) fn dot(&self, row: usize, vector: &[f64]) -> f64 {
        let (columns, values) = self.row(row);
        let terms = columns.iter().zip(values);
        terms.map(|(column, value)| f64::from(*value) * vector[*column as usize]).sum()
    }

    /// Adds `factor` times a row to a vector over the columns.
    pub(crate) fn add(&self, row: usize, factor: f64, vector: &mut [f64]) {
        let (columns, values) = self.row(row);
        for (column, value) in columns.iter().zip(values) {
            vector[*column as usize] += factor * f64::from(*value);
        }
    }

    fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }
}
