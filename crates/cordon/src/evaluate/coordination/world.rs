//! A simulated platform, where it is known who acts together.

use super::shares::Shares;
use crate::commands::ingest;
use crate::data::{Data, Opening};
use crate::demo::STARTS_AT;
use crate::evaluate::scratch::Folder;
use anyhow::Result;
use cordon_detect::clusters::ActTable;
use cordon_pipeline::acts::{ActSpan, read_acts};
use cordon_world::{SlowPlatform, WorldConfig, simulate};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::PoisonError;

/// Days that the platform lives.
const DAYS: u32 = 30;

/// What happened on a simulated platform, and who plays which part.
pub(super) struct Simulated {
    pub(super) shares: Shares,
    ring: BTreeSet<u32>,
    movement: BTreeSet<u32>,
}

/// How accounts found stand against what is true.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Judged {
    /// Violators among the accounts found.
    pub(super) precision: f64,
    /// Of the ring that posts the same addresses at the same time.
    pub(super) ring_recall: f64,
    /// Of the movement, whose members repeat one another over the day.
    pub(super) movement_recall: f64,
}

impl Simulated {
    /// Simulates, takes the events in and reads the acts back out of the journal.
    pub(super) fn run(accounts: u32) -> Result<Self> {
        let folder = Folder::make()?;
        let events = folder.0.join("events.ndjson");
        let (mut file, mut truth) = (BufWriter::new(File::create(&events)?), Vec::new());
        let config =
            WorldConfig { accounts, days: DAYS, random_seed: 7, starts_at: STARTS_AT, is_null: false };
        simulate(config, SlowPlatform::usual(7), &mut file, &mut truth, false)?;
        file.flush()?;
        let mut data = Data::open(&folder.0.join("data"), Opening::default())?;
        ingest::take_file(&mut data.pipeline, &events)?;
        let state = data.pipeline.state();
        let state = state.read().unwrap_or_else(PoisonError::into_inner);
        let acts = read_acts(&state, &data.pipeline.journal(), ActSpan::default(), &mut |_| {})?;
        let mut by_account: BTreeMap<u32, u32> = BTreeMap::new();
        ActTable::of(acts.clone()).acts().for_each(|act| *by_account.entry(act.account).or_default() += 1);
        let truth = String::from_utf8_lossy(&truth).into_owned();
        let number = |line: &str| {
            let (id, rest) = line.split_once(',')?;
            Some((state.detection().account(id)?.0, rest.split(',').next()?.to_owned()))
        };
        let roles: Vec<(u32, String)> = truth.lines().skip(1).filter_map(number).collect();
        let playing = |names: &[&str]| {
            let is_one = |role: &String| names.contains(&role.as_str());
            roles.iter().filter(|(_, role)| is_one(role)).map(|(account, _)| *account).collect()
        };
        let (ring, movement) = (playing(&["spammer"]), playing(&["recruiter", "amplifier"]));
        Ok(Self { shares: Shares { acts, by_account }, ring, movement })
    }

    /// Holds accounts found against the truth.
    pub(super) fn judge(&self, found: &BTreeSet<u32>) -> Judged {
        let among = |who: &BTreeSet<u32>| found.intersection(who).count() as f64;
        let recall = |who: &BTreeSet<u32>| among(who) / who.len().max(1) as f64;
        Judged {
            precision: (among(&self.ring) + among(&self.movement)) / found.len().max(1) as f64,
            ring_recall: recall(&self.ring),
            movement_recall: recall(&self.movement),
        }
    }
}
