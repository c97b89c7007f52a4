//! Term vectors for the baselines: TF-IDF at unit length, as scikit-learn makes it.

use std::collections::BTreeMap;

/// Accounts that must have a term.
const ACCOUNTS_MIN: usize = 3;

/// Rows of (column, value).
pub(crate) struct Vectors {
    pub(crate) rows: Vec<Vec<(u32, f64)>>,
    pub(crate) width: usize,
}

impl Vectors {
    /// Of each account's terms; `is_sublinear` takes 1 + ln count for the count.
    pub(crate) fn of(accounts: &[Vec<String>], is_sublinear: bool) -> Self {
        let counted: Vec<BTreeMap<&str, f64>> = accounts
            .iter()
            .map(|terms| {
                let mut counts = BTreeMap::new();
                terms.iter().for_each(|term| *counts.entry(term.as_str()).or_insert(0.0) += 1.0);
                counts
            })
            .collect();
        let mut frequencies: BTreeMap<&str, usize> = BTreeMap::new();
        counted.iter().flat_map(BTreeMap::keys).for_each(|term| *frequencies.entry(term).or_default() += 1);
        frequencies.retain(|_, count| *count >= ACCOUNTS_MIN && 2 * *count <= accounts.len());
        let columns: BTreeMap<&str, (u32, f64)> = (0..)
            .zip(&frequencies)
            .map(|(column, (term, count))| {
                let idf = ((1 + accounts.len()) as f64 / (1 + count) as f64).ln() + 1.0;
                (*term, (column, idf))
            })
            .collect();
        let rows = counted.iter().map(|counts| row(counts, &columns, is_sublinear)).collect();
        Self { rows, width: columns.len() }
    }

    /// Products of every row with a vector over the columns.
    pub(crate) fn products(&self, vector: &[f64]) -> Vec<f64> {
        let at = |column: u32| vector.get(column as usize).copied().unwrap_or(0.0);
        self.rows.iter().map(|row| row.iter().map(|(column, value)| value * at(*column)).sum()).collect()
    }

    /// Sum of the rows, each times its factor.
    pub(crate) fn sum(&self, factors: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.width];
        for (row, factor) in self.rows.iter().zip(factors).filter(|(_, factor)| **factor != 0.0) {
            for (column, value) in row {
                if let Some(slot) = sum.get_mut(*column as usize) {
                    *slot += factor * value;
                }
            }
        }
        sum
    }
}

fn row(
    counts: &BTreeMap<&str, f64>,
    columns: &BTreeMap<&str, (u32, f64)>,
    is_sublinear: bool,
) -> Vec<(u32, f64)> {
    let weigh = |count: f64| if is_sublinear { 1.0 + count.ln() } else { count };
    let known = counts.iter().filter_map(|(term, count)| columns.get(term).map(|known| (known, count)));
    let mut row: Vec<(u32, f64)> =
        known.map(|((column, idf), count)| (*column, weigh(*count) * idf)).collect();
    let length = row.iter().map(|(_, value)| value * value).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    row.iter_mut().for_each(|(_, value)| *value /= length);
    row
}
