//! A data folder of its own, filled through the pipeline, and gone with the evaluation.

use super::dataset::Dataset;
use crate::commands::ingest;
use crate::data::{Data, Opening};
use anyhow::{Context, Result};
use cordon_detect::links::AccountNumber;
use cordon_detect::similar::evidence::account_name;
use cordon_detect::similar::{RankOptions, Seed, rank};
use cordon_model::entity::EvidenceGroup;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::PoisonError;

/// The groups that cannot tell two collections apart by ids, handles, dates or languages.
pub(crate) const GROUPS: [EvidenceGroup; 4] =
    [EvidenceGroup::Url, EvidenceGroup::Content, EvidenceGroup::CoAction, EvidenceGroup::Social];
/// A known key, so that two evaluations give the same figures.
const KEY: [u8; 16] = [7; 16];

/// The folder, open.
pub(crate) struct Scratch {
    data: Data,
    _folder: Folder,
}

impl Scratch {
    /// Takes the data set's events in.
    pub(crate) fn fill(dataset: &Dataset) -> Result<Self> {
        let folder = Folder::make()?;
        let mut data = Data::open(&folder.0, Opening::default())?;
        ingest::take_file(&mut data.pipeline, &dataset.events)?;
        Ok(Self { data, _folder: folder })
    }

    /// Takes events in, one JSON object a line.
    pub(crate) fn fill_with(lines: &[u8]) -> Result<Self> {
        let folder = Folder::make()?;
        let file = folder.0.join("events.ndjson");
        std::fs::write(&file, lines).with_context(|| format!("cannot write {}", file.display()))?;
        let mut data = Data::open(&folder.0, Opening::default())?;
        ingest::take_file(&mut data.pipeline, &file)?;
        Ok(Self { data, _folder: folder })
    }

    /// What `surface --exhaustive` ranks for these seeds by evidence of `groups`, best first: account and weight in bits.
    pub(crate) fn rank(
        &self,
        dataset: &Dataset,
        seeds: &[usize],
        groups: &[EvidenceGroup],
    ) -> Vec<(AccountNumber, f64)> {
        let state = self.data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let detection = state.detection();
        let number = |place: &usize| detection.account(dataset.accounts.get(*place)?.id.as_str());
        let seeds: Vec<Seed> = seeds.iter().filter_map(number).map(Seed::confirmed).collect();
        let options = RankOptions {
            top: usize::MAX,
            explained: 0,
            is_exhaustive: true,
            groups: Some(groups.to_vec()),
            includes_suspended: true,
        };
        let ranking = rank(detection, &seeds, &options);
        ranking.candidates.iter().map(|one| (one.account, one.weight)).collect()
    }

    /// The ranking with the accounts' ids.
    pub(crate) fn named(&self, ranking: &[(AccountNumber, f64)]) -> Vec<(String, f64)> {
        let state = self.data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let (detection, names) = (state.detection(), state.names());
        ranking.iter().map(|(account, bits)| (account_name(detection, &names, *account), *bits)).collect()
    }

    /// The weight of each account of the data set; minus infinity where it was not ranked.
    pub(crate) fn scores(&self, dataset: &Dataset, ranking: &[(AccountNumber, f64)]) -> Vec<f64> {
        let state = self.data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let detection = state.detection();
        let weights: BTreeMap<AccountNumber, f64> = ranking.iter().copied().collect();
        let weight = |id: &str| detection.account(id).and_then(|account| weights.get(&account).copied());
        dataset.accounts.iter().map(|account| weight(&account.id).unwrap_or(f64::NEG_INFINITY)).collect()
    }
}

/// A folder that goes with its owner.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Makes it, with a known key.
    pub(crate) fn make() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("cordon-evaluate-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        std::fs::write(path.join("key"), KEY)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing of value is lost if the system keeps it: it lies among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
