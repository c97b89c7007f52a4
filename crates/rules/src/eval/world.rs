//! What an evaluation has at hand: the event, the host, and how much work is left.

use super::json::Document;
use super::value::Fault;
use crate::host::{Host, HostError};
use cordon_model::limits::RULE_STEPS_MAX;
use regex::SetMatches;

/// One event as rules see it.
#[derive(Clone, Copy, Debug)]
pub struct Action<'e> {
    /// Number of the action.
    pub id: i64,
    /// Its name: what kind of event it is.
    pub name: &'e str,
    /// Its own time in microseconds since 1970.
    pub time: i64,
    /// Its data.
    pub data: &'e Document<'e>,
    /// Data that `Secret` names read and nothing shows, if any.
    pub secret_data: Option<&'e Document<'e>>,
}

pub(crate) struct World<'w, 'e> {
    pub(crate) action: Action<'e>,
    pub(crate) host: &'w mut dyn Host,
    steps_left: u64,
    /// By set of patterns: which of them match, once that was asked.
    pub(crate) sets: Vec<Option<SetMatches>>,
}

impl<'w, 'e> World<'w, 'e> {
    pub(crate) fn new(action: Action<'e>, host: &'w mut dyn Host) -> Self {
        Self { action, host, steps_left: RULE_STEPS_MAX, sets: Vec::new() }
    }

    /// Whether a pattern of a set matches; `search` is asked once a set.
    #[inline]
    pub(crate) fn is_in_set(
        &mut self,
        number: usize,
        index: usize,
        search: impl FnOnce() -> SetMatches,
    ) -> bool {
        let found = self.sets.get_mut(number).map(|set| set.get_or_insert_with(search));
        found.is_some_and(|found| found.matched(index))
    }

    /// Pays for `bytes` searched or made.
    #[inline]
    pub(crate) fn pay(&mut self, bytes: usize) -> Result<(), Fault> {
        let cost = 1 + bytes as u64 / 64;
        if self.steps_left < cost {
            return Err(Fault::Error("evaluating this event costs more work than allowed"));
        }
        self.steps_left -= cost;
        Ok(())
    }
}

impl From<HostError> for Fault {
    fn from(error: HostError) -> Self {
        match error {
            HostError::NotFound => Self::Silent,
            HostError::NotOffered => Self::Error("the host does not offer what this function asks"),
            HostError::Unavailable => Self::Error("the host could not be asked"),
        }
    }
}
