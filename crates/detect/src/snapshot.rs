//! The state as bytes and back: the same state always gives the same bytes.
//!
//! Hash maps are not written; they are made anew from the tables whose order is the order of arrival.

use crate::awaited::Awaited;
use crate::banks::{Banks, BanksDump};
use crate::fingerprints::{NearMedia, NearMediaDump, NearTexts, NearTextsDump};
use crate::learning::Learning;
use crate::links::{Account, Accounts, Entities, Entity, LinkIndex, ListDump};
use crate::profiles::{Profiles, ProfilesDump};
use crate::proposals::{AuditLane, Unswept};
use crate::returns::{HeldReturns, Proposed, Suspensions};
use crate::settings::LinkSettings;
use crate::state::Detection;
use cordon_model::clock::Day;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Version of the layout; a snapshot of another version is not read but made anew from the journal.
const VERSION: u32 = 9;

/// Why bytes are no snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Written by another version, or under other settings.
    #[error("snapshot is of another version or other link settings")]
    Foreign,
    /// Not what was written.
    #[error("snapshot does not decode")]
    Broken,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    learning: Learning,
    proposed: Proposed,
    held_returns: HeldReturns,
    suspensions: Suspensions,
    unswept: Unswept,
    audit_lane: AuditLane,
    awaited: Awaited,
    erased: BTreeMap<u64, Offset>,
    swept: Day,
}

impl Detection {
    /// The whole state as bytes. `settings_name` stands for the settings in force (a hash of their text).
    ///
    /// Errors: none in practice; the encoder's signature has one.
    pub fn snapshot(&self, settings_name: u64) -> Result<Vec<u8>, SnapshotError> {
        let mut out = Vec::new();
        put(&mut out, &(VERSION, settings_name))?;
        put(&mut out, &self.links.accounts.dump())?;
        put(&mut out, &self.links.entities.dump())?;
        for profiles in &self.profiles {
            put(&mut out, &profiles.dump())?;
        }
        for table in self.near_texts.values() {
            put(&mut out, &table.dump())?;
        }
        for table in self.near_media.values() {
            put(&mut out, &table.dump())?;
        }
        put(&mut out, &self.banks.dump())?;
        let proposals =
            (&self.proposed, &self.held_returns, &self.suspensions, &self.unswept, &self.audit_lane);
        let rest = (&self.learning, proposals, &self.awaited, &self.erased, self.swept);
        put(&mut out, &rest)?;
        Ok(out)
    }

    /// The state that [`Detection::snapshot`] wrote under these settings and this key.
    ///
    /// Errors: [`SnapshotError::Foreign`] for another version or settings, [`SnapshotError::Broken`] for anything
    /// that does not decode.
    pub fn restore(
        bytes: &[u8],
        settings: impl Into<Arc<LinkSettings>>,
        settings_name: u64,
        key: HashKey,
    ) -> Result<Self, SnapshotError> {
        let mut input = bytes;
        let header: (u32, u64) = take(&mut input)?;
        if header != (VERSION, settings_name) {
            return Err(SnapshotError::Foreign);
        }
        let mut state = Self::new(settings, key);
        let (facts, lists): (Vec<Account>, Vec<ListDump<'_>>) = take(&mut input)?;
        let accounts = Accounts::restore(facts, lists).ok_or(SnapshotError::Broken)?;
        let (facts, postings, free): (Vec<Entity>, Vec<u32>, Vec<u32>) = take(&mut input)?;
        let entities = Entities::restore(facts, &postings, free).ok_or(SnapshotError::Broken)?;
        state.links = LinkIndex { accounts, entities };
        for (store, profiles) in state.settings.profiles.iter().zip(&mut state.profiles) {
            *profiles = Profiles::restore(store.terms_max, take::<ProfilesDump>(&mut input)?);
        }
        for table in state.near_texts.values_mut() {
            *table = NearTexts::restore(take::<NearTextsDump>(&mut input)?);
        }
        for table in state.near_media.values_mut() {
            *table = NearMedia::restore(take::<NearMediaDump>(&mut input)?);
        }
        state.banks = Banks::restore(take::<BanksDump>(&mut input)?);
        let rest: Rest = take(&mut input)?;
        (state.learning, state.proposed, state.held_returns) =
            (rest.learning, rest.proposed, rest.held_returns);
        (state.unswept, state.awaited, state.swept) = (rest.unswept, rest.awaited, rest.swept);
        (state.erased, state.suspensions, state.audit_lane) =
            (rest.erased, rest.suspensions, rest.audit_lane);
        if input.is_empty() { Ok(state) } else { Err(SnapshotError::Broken) }
    }
}

fn put(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), SnapshotError> {
    postcard::to_io(value, out).map(|_| ()).map_err(|_| SnapshotError::Broken)
}

fn take<'b, T: Deserialize<'b>>(input: &mut &'b [u8]) -> Result<T, SnapshotError> {
    let (value, rest) = postcard::take_from_bytes(input).map_err(|_| SnapshotError::Broken)?;
    *input = rest;
    Ok(value)
}
