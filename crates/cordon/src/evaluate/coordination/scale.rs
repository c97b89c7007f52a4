//! What clusters cost, and how it grows: invented acts of any number.

use anyhow::Result;
use cordon_detect::clusters::coordination::{CoordinationOptions, find};
use cordon_detect::clusters::{Act, ActTable, Acts};
use serde::Serialize;
use std::time::Instant;

/// Acts of one account, mean; objects are a quarter as many as acts.
const ACTS_AN_ACCOUNT: usize = 20;
const DAYS: u64 = 30;
const DAY_SECONDS: u64 = 86_400;
/// Accounts of the ring that hides in the crowd, and objects that it shares at once.
const RING: u32 = 40;
const RING_OBJECTS: u64 = 60;

/// What so many acts cost.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Cost {
    pub(super) acts: usize,
    pub(super) sort_seconds: f64,
    pub(super) find_seconds: f64,
    /// Highest resident size, the acts as read included.
    pub(super) peak_bytes: u64,
    pub(super) pairs: usize,
    pub(super) clusters: usize,
    /// Of the ring's accounts, found.
    pub(super) ring_found: usize,
}

/// Measures at one size.
///
/// Errors: none of its own; memory that the system does not tell counts as 0.
pub(super) fn measure(count: usize, window_seconds: u32) -> Result<Cost> {
    reset_peak();
    let acts = invented(count);
    let begun = Instant::now();
    let table = ActTable::of(acts);
    let sort_seconds = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let found = find(&table, &CoordinationOptions { window_seconds, ..CoordinationOptions::default() });
    let find_seconds = begun.elapsed().as_secs_f64();
    let members = found.clusters.iter().flat_map(|cluster| &cluster.members);
    Ok(Cost {
        acts: count,
        sort_seconds,
        find_seconds,
        peak_bytes: peak_bytes(),
        pairs: found.pairs,
        clusters: found.clusters.len(),
        ring_found: members.filter(|member| member.account < RING).count(),
    })
}

/// A crowd that shares popular and rare objects over a month, most soon after an object appears; and a ring in it.
fn invented(count: usize) -> Acts {
    let mut acts = Acts::default();
    let (accounts, objects) = ((count / ACTS_AN_ACCOUNT).max(100) as u64, (count / 4).max(100) as f64);
    for number in 0..count as u64 {
        let [who, what, when] = [1, 2, 3].map(|part| unit(number.wrapping_mul(4).wrapping_add(part)));
        // Popularity falls as the inverse of the rank.
        let object = objects.powf(what) as u64;
        let appeared = unit(object.wrapping_mul(4)) * (DAYS * DAY_SECONDS) as f64;
        let at = appeared + when.powi(3) * DAY_SECONDS as f64;
        let account = u64::from(RING) + (who * accounts as f64) as u64;
        acts.push(0, Act { object, at: at as u32, account: account as u32 });
    }
    for object in 0..RING_OBJECTS {
        for account in 0..RING {
            let at = object * (DAYS * DAY_SECONDS / RING_OBJECTS) + u64::from(account * 7_919 % 50);
            acts.push(0, Act { object: u64::MAX - object, at: at as u32, account });
        }
    }
    acts
}

/// A number in `0.0..1.0` that looks like chance (splitmix64).
fn unit(number: u64) -> f64 {
    let mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Lets the kernel count the highest resident size anew, where it can.
fn reset_peak() {
    // Where it cannot, the peak is that of the process so far: an upper bound all the same.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) << 10
}
