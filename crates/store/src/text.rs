//! Columns that hold names and JSON, read back with an error that says where.

use crate::backend::{DbRow, failed};
use cordon_enforce::ports::StoreError;
use cordon_model::clock::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A value as JSON. The types of the model have no maps with odd keys and cannot fail.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A whole number as columns keep it; what does not fit is clamped.
pub(crate) fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Reads the columns of one row, naming the row's id in every complaint.
pub(crate) struct Columns<'r> {
    row: &'r DbRow,
    id: &'static str,
}

impl<'r> Columns<'r> {
    /// Of `row`, whose id is in column `id`.
    pub(crate) fn of(row: &'r DbRow, id: &'static str) -> Self {
        Self { row, id }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn text_or_null(&self, column: &'static str) -> Result<Option<String>, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn integer(&self, column: &'static str) -> Result<i64, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn unsigned(&self, column: &'static str) -> Result<u64, StoreError> {
        u64::try_from(self.integer(column)?).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn count(&self, column: &'static str) -> Result<u32, StoreError> {
        u32::try_from(self.integer(column)?).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn integer_or_null(&self, column: &'static str) -> Result<Option<i64>, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn count_or_null(&self, column: &'static str) -> Result<Option<u32>, StoreError> {
        let count = |number| u32::try_from(number).map_err(|_| self.corrupt(column));
        self.integer_or_null(column)?.map(count).transpose()
    }

    pub(crate) fn number(&self, column: &'static str) -> Result<f64, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn truth(&self, column: &'static str) -> Result<bool, StoreError> {
        self.row.try_get(column).map_err(failed)
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.integer(column).map(Timestamp)
    }

    pub(crate) fn time_or_null(&self, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.integer_or_null(column)?.map(Timestamp))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        let text: Cow<'_, str> = self.row.try_get(column).map_err(failed)?;
        serde_json::from_str(&text).map_err(|_| self.corrupt(column))
    }

    /// A value kept by its name.
    pub(crate) fn named<T>(
        &self,
        column: &'static str,
        from_name: fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let name: Cow<'_, str> = self.row.try_get(column).map_err(failed)?;
        from_name(&name).ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn named_or_null<T>(
        &self,
        column: &'static str,
        from_name: fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        let name: Option<Cow<'_, str>> = self.row.try_get(column).map_err(failed)?;
        name.map(|name| from_name(&name).ok_or_else(|| self.corrupt(column))).transpose()
    }

    /// The complaint that `column` holds what it should not.
    pub(crate) fn corrupt(&self, column: &'static str) -> StoreError {
        let id = self.row.try_get::<String>(self.id).unwrap_or_default();
        StoreError::Corrupt { what: column, id }
    }
}
