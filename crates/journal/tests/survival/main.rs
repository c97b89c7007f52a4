//! What was acknowledged is never lost: a scripted workload is cut, killed or failed at each of its disk
//! operations in turn, and what it had promised by then is looked for afterwards.

mod promises;
mod workload;

use cordon_journal::simulated::{Fault, PowerLoss, SyncSite};
use cordon_journal::{Disk, SimulatedDisk};
use promises::Promises;
use std::sync::Arc;
use workload::{STEPS, World};

/// How the machine stops.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Power(PowerLoss),
    /// The process dies; what it wrote is still in the machine's memory.
    Process,
}

const STOPS: [Stop; 3] = [Stop::Power(PowerLoss::Drop), Stop::Power(PowerLoss::Tear), Stop::Process];
/// Seeds for the search of a loss, which ends with the first one found.
const RANDOM_SEEDS_MAX: u64 = 8;
/// Seeds for the proof that there is none.
const RANDOM_SEEDS: u64 = 2;

fn shared(disk: &SimulatedDisk) -> Arc<dyn Disk> {
    Arc::new(disk.clone())
}

/// Runs the workload until it fails or ends; what it had promised by then.
fn run(disk: &SimulatedDisk) -> Promises {
    let mut world = World::new(shared(disk));
    for step in 0..STEPS {
        if world.perform(step).is_err() {
            break;
        }
    }
    world.promises
}

/// Stops the workload at `operation`, and says what is broken afterwards.
fn check_stop(
    random_seed: u64,
    operation: u64,
    stop: Stop,
    ignored: Option<&SyncSite>,
) -> Result<(), String> {
    let disk = SimulatedDisk::new(random_seed ^ operation << 8);
    if let Some(site) = ignored {
        disk.ignore_syncs(site.clone());
    }
    disk.stop_at(operation);
    let promises = run(&disk);
    match stop {
        Stop::Power(loss) => disk.lose_power(loss),
        Stop::Process => disk.restart(),
    }
    let promises = promises.check(&shared(&disk))?;
    // Whatever was read after the first stop may have been acted on, so a second must not take it away.
    disk.lose_power(PowerLoss::Drop);
    promises.check(&shared(&disk)).map(|_| ())
}

fn operations() -> u64 {
    let disk = SimulatedDisk::new(0);
    let promises = run(&disk);
    assert!(promises.is_complete(), "the workload ends when nothing goes wrong");
    disk.operations()
}

/// All cuts, in the cheapest order for finding a failure.
fn cuts(random_seeds: u64) -> impl Iterator<Item = (u64, u64, Stop)> {
    let operations = operations();
    (0..random_seeds).flat_map(move |random_seed| {
        STOPS.into_iter().flat_map(move |stop| (0..=operations).map(move |at| (random_seed, at, stop)))
    })
}

#[test]
fn nothing_acknowledged_is_lost_wherever_it_stops() {
    for (random_seed, operation, stop) in cuts(RANDOM_SEEDS) {
        if let Err(broken) = check_stop(random_seed, operation, stop, None) {
            panic!("{stop:?} at operation {operation}, random seed {random_seed}: {broken}");
        }
    }
}

#[test]
fn every_sync_is_needed() {
    let mut sites = std::collections::BTreeSet::new();
    for stop in STOPS {
        let disk = SimulatedDisk::new(0);
        disk.stop_at(operations() / 2);
        let promises = run(&disk);
        match stop {
            Stop::Power(loss) => disk.lose_power(loss),
            Stop::Process => disk.restart(),
        }
        promises.check(&shared(&disk)).unwrap();
        sites.extend(disk.sync_sites());
    }
    let disk = SimulatedDisk::new(0);
    run(&disk);
    sites.extend(disk.sync_sites());
    for site in &sites {
        let is_missed = cuts(RANDOM_SEEDS_MAX)
            .any(|(random_seed, at, stop)| check_stop(random_seed, at, stop, Some(site)).is_err());
        assert!(is_missed, "nothing is lost without the sync of {} after {}", site.path, site.after);
        println!("needed: sync of {} after {}", site.path, site.after);
    }
    assert!(sites.len() >= 5, "{sites:?}");
}

/// Fails the workload at `operation`, heals the disk after some steps, and says what is broken then.
fn check_fault(operation: u64, fault: Fault, is_lasting: bool) -> Result<(), String> {
    let disk = SimulatedDisk::new(operation);
    disk.fail_at(operation, fault, is_lasting);
    let mut world = World::new(shared(&disk));
    let mut failures = 0;
    for step in 0..STEPS {
        failures += u32::from(world.perform(step).is_err());
        world.promises.check_readers(&world)?;
        if failures == 3 || step + 2 == STEPS {
            disk.heal();
        }
    }
    disk.heal();
    world.perform(STEPS - 1).map_err(|error| format!("still failing: {error}"))?;
    let promises = world.promises;
    disk.lose_power(PowerLoss::Tear);
    promises.check(&shared(&disk)).map(|_| ())
}

#[test]
fn a_full_or_broken_disk_loses_nothing_and_work_goes_on_when_it_is_well() {
    for fault in [Fault::Full, Fault::Broken] {
        for is_lasting in [false, true] {
            for operation in 0..=operations() {
                if let Err(broken) = check_fault(operation, fault, is_lasting) {
                    panic!("{fault:?} at operation {operation}, lasting: {is_lasting}: {broken}");
                }
            }
        }
    }
}
