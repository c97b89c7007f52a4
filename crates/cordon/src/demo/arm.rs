//! One way of doing the job, on one simulated platform: same arrivals, same reviewers' minutes, same chance.
//!
//! An arm is nothing but a `links.yaml`: without lines, reports are all there is; with exact addresses and devices,
//! it is what others offer; with the bundled file it is cordon.

use super::RunFigures;
use super::platform::Platform;
use super::reviewers::Reviewers;
use super::unsynced::UnsyncedDisk;
use crate::data::{Data, Opening};
use crate::key::FolderKey;
use anyhow::Result;
use cordon_detect::settings::BUNDLED;
use cordon_measure::{AgainstTruth, Arrivals, RecordFacts, Story};
use cordon_model::clock::{Clock, ManualClock};
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_pipeline::DataFolder;
use cordon_world::{World, WorldConfig};
use indicatif::ProgressBar;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// How accounts are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Arm {
    /// Everything that cordon links.
    Cordon,
    /// Exactly the same address or device.
    ExactMatch,
    /// Reports alone.
    ReportsAlone,
}

impl Arm {
    /// All arms, the longest first.
    pub const ALL: [Arm; 3] = [Self::Cordon, Self::ExactMatch, Self::ReportsAlone];

    /// The arm's name in folders and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cordon => "cordon",
            Self::ExactMatch => "exact_match",
            Self::ReportsAlone => "reports_alone",
        }
    }

    /// The arm's link settings, with another threshold of likely returns for cordon's own where one is given.
    fn settings(self, return_weight: Option<u32>) -> String {
        let head = |text: &str| text.split("\nlinks:").next().unwrap_or(text).to_owned();
        let tail = "\nprofiles: {}\nproposals: { every_hours: 24, weight_min: 9, sweep_max: 20, return_weight_min: 9 }\n";
        match self {
            Self::Cordon => with_return_weight(return_weight),
            Self::ExactMatch => {
                let lines = ["ip", "device"].map(|name| bundled_line(name).replace(", refines: network", ""));
                format!("{}\nlinks:\n{}\n{tail}", head(BUNDLED), lines.join("\n"))
            }
            Self::ReportsAlone => format!("{}\nlinks: {{}}{tail}", head(BUNDLED)),
        }
    }
}

/// The bundled settings, with so many bits for a likely return.
fn with_return_weight(bits: Option<u32>) -> String {
    let line = |line: &str| match bits {
        Some(bits) if line.starts_with("  return_weight_min:") => format!("  return_weight_min: {bits}\n"),
        Some(_) if line.starts_with("  return_beyond_chance:") => String::new(),
        _ => format!("{line}\n"),
    };
    BUNDLED.lines().map(line).collect()
}

/// The line of the bundled settings that draws links of that type.
fn bundled_line(name: &str) -> String {
    let start = format!("  {name}:");
    let links = BUNDLED.split("\nlinks:").nth(1).unwrap_or_default();
    links.lines().find(|line| line.starts_with(&start)).unwrap_or_default().to_owned()
}

/// What becomes of a run's data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// It is measured and goes.
    Nothing,
    /// It is measured and stays.
    Measured,
    /// It is to be looked at: the reviewers are away at the end, so that cases wait.
    Waiting,
}

/// How long before the end the reviewers leave, in seconds: a weekend.
const AWAY_SECONDS: i64 = 2 * 86_400;

/// The data folder of a run.
pub(super) fn folder(root: &Path, arm: Arm, random_seed: u64, left: Left) -> PathBuf {
    let name = if left == Left::Waiting { "served" } else { arm.name() };
    root.join(format!("{name}-{random_seed}"))
}

/// Runs one arm on one simulated platform, in a data folder of its own below `root`; `return_weight`
/// is another threshold of likely returns.
pub(super) fn run(
    root: &Path,
    (arm, left): (Arm, Left),
    config: WorldConfig,
    return_weight: Option<u32>,
    bar: &ProgressBar,
) -> Result<RunFigures> {
    let begun = Instant::now();
    let folder = folder(root, arm, config.random_seed, left);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    put_key(&folder, config.random_seed)?;
    let clock = Arc::new(ManualClock::at(config.starts_at));
    let as_clock: Arc<dyn Clock> = clock.clone();
    let mut data = Data::open(
        &folder,
        Opening {
            settings_text: Some(arm.settings(return_weight)),
            clock: Some(as_clock),
            throwaway: Some(Arc::new(UnsyncedDisk)),
        },
    )?;
    let mut platform = Platform::new(World::new(config));
    let mut reviewers = Reviewers::new(config.random_seed);
    let away = if left == Left::Waiting { AWAY_SECONDS } else { 0 };
    let leave_at = config.starts_at.plus_seconds(i64::from(config.days) * 86_400 - away);
    while let Some(hour) = platform.next_hour() {
        // While the hour's events come in, reviewers work on what stood in the queue when it began.
        if hour.starts_at < leave_at {
            reviewers.work(&mut data, &mut platform, hour.starts_at)?;
        }
        platform.send(&mut data, &clock)?;
        clock.set(hour.starts_at.plus_seconds(3_600));
        platform.obey(&mut data, clock.now())?;
        bar.inc(1);
    }
    let facts = data.runtime.block_on(RecordFacts::read(&*data.record))?;
    let arrivals = Arrivals::read(&data.pipeline.journal(), &facts.return_offsets())?;
    let against_truth = AgainstTruth::of(&facts, &arrivals, &platform.truth());
    if left != Left::Nothing {
        data.close()?;
    } else {
        drop(data);
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(RunFigures {
        arm,
        random_seed: config.random_seed,
        events: arrivals.events,
        seconds: begun.elapsed().as_secs_f64(),
        story: Story::of(&facts),
        against_truth,
    })
}

/// Puts the folder's key there before it is opened. Drawn by chance it would break ties another way each time; what
/// it seals here is invented.
fn put_key(folder: &Path, random_seed: u64) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let key = HashKey::from_bytes(u128::from(random_seed).to_le_bytes());
    FolderKey { key, since: Offset(0) }.write(&DataFolder::at(folder).key())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cordon_detect::settings::LinkSettings;

    #[test]
    fn every_arms_settings_parse_and_hold_what_its_name_says() {
        let links = |arm: Arm| LinkSettings::parse(&arm.settings(None)).unwrap().links.len();
        assert!(links(Arm::Cordon) > 10);
        assert_eq!((links(Arm::ExactMatch), links(Arm::ReportsAlone)), (2, 0));
        assert_eq!(Arm::Cordon.settings(None), BUNDLED);
        let stricter = LinkSettings::parse(&Arm::Cordon.settings(Some(21))).unwrap();
        assert_eq!(stricter.proposals.return_weight_min, 21.0);
    }
}
