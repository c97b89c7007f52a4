//! What a link costs in memory and time, and how long questions take, on an invented platform of any size.
//!
//! `cargo run --release -p cordon-detect --example index_scale -- 1000000 50 60` (accounts, links an account, terms an
//! account's profile; more than one number of accounts, parted by commas, gives a curve). Half of what accounts use is
//! their own, used again and again; the rest is shared, with popularities after Zipf, up to hubs that nearly everybody
//! uses. The same numbers in every run. Times are processor times of this thread: keep the process on one core
//! (`taskset -c 0`), so that no other works for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a measurement")]

use cordon_detect::banks::Signals;
use cordon_detect::extract::Extracted;
use cordon_detect::links::AccountNumber;
use cordon_detect::settings::LinkSettings;
use cordon_detect::similar::{RankOptions, Seed, rank};
use cordon_detect::splitmix::{SplitMix, mix};
use cordon_detect::{Detection, Observation};
use cordon_model::clock::Timestamp;
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::EventType;
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use std::time::{Duration, Instant};

const KEY: HashKey = HashKey::from_bytes([7; 16]);
const START: i64 = 1_700_000_000;
const YEAR: f64 = 365.0 * 86_400.0;
/// Entities that one event names.
const EVENT_ENTITIES: usize = 3;
/// Terms that one event names.
const EVENT_TERMS: usize = 12;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: usize| {
        arguments.get(place).map_or(otherwise, |text| text.parse().expect("a whole number"))
    };
    let accounts = arguments.first().map_or("1000000", String::as_str);
    let (links, terms) = (number(1, 50), number(2, 60));
    for accounts in accounts.split(',') {
        measure(&Size { accounts: accounts.parse().expect("whole numbers parted by commas"), links, terms });
    }
}

struct Size {
    accounts: usize,
    links: usize,
    terms: usize,
}

fn measure(size: &Size) {
    let mut chance = Chance(SplitMix::new(1));
    let mut detection = Detection::new(LinkSettings::bundled(), KEY);
    let (before, start) = (resident(), on_processor());
    let draws = draw_links(&mut detection, size, &mut chance);
    report_build(&detection, draws, on_processor() - start, resident().saturating_sub(before));
    ask(&detection, "one seed, links only", 1, 500, false, &mut chance);
    ask(&detection, "ten seeds, links only", 10, 200, false, &mut chance);
    ask(&detection, "10,000 seeds, links only", 10_000, 3, false, &mut chance);
    report_snapshot(&detection);
    if size.terms > 0 {
        let (before, start) = (resident(), Instant::now());
        let terms = draw_terms(&mut detection, size, &mut chance);
        println!(
            "  profiles: {terms} uses in {:.1} s, {:.2} bytes resident a use",
            start.elapsed().as_secs_f64(),
            resident().saturating_sub(before) as f64 / terms as f64
        );
        ask(&detection, "one seed, links only", 1, 500, false, &mut chance);
        ask(&detection, "ten seeds with profiles", 10, 50, true, &mut chance);
        ask(&detection, "10,000 seeds with profiles", 10_000, 3, true, &mut chance);
    }
}

/// Links as events draw them; gives the uses that were drawn.
fn draw_links(detection: &mut Detection, size: &Size, chance: &mut Chance) -> usize {
    let kinds = detection.settings().links.len();
    let events = size.accounts * size.links * 6 / 5 / EVENT_ENTITIES;
    for event in 0..events {
        let progress = event as f64 / events as f64;
        let joined = (size.accounts as f64 * (0.1 + 0.9 * (1.5 * progress).min(1.0))) as usize;
        let account = chance.below(joined.max(1)) as u64;
        let entities = (0..EVENT_ENTITIES).map(|_| {
            if chance.below(2) == 0 {
                let own = (chance.share() * chance.share() * size.links as f64) as u64;
                ((own % kinds as u64) as u8, mix(account << 20 | own))
            } else {
                let rank = zipf(chance, 2 * size.accounts);
                ((rank % kinds as u64) as u8, mix(rank | 1 << 60))
            }
        });
        let extracted = Extracted { entities: entities.collect(), ..Extracted::default() };
        send(detection, account, extracted, START + (progress * YEAR) as i64);
    }
    events * EVENT_ENTITIES
}

/// Words as posts bring them into the first profile store; gives the uses.
fn draw_terms(detection: &mut Detection, size: &Size, chance: &mut Chance) -> usize {
    let rounds = size.terms.div_ceil(EVENT_TERMS);
    for _ in 0..rounds {
        for account in 0..size.accounts as u64 {
            let terms = (0..EVENT_TERMS).map(|_| (0, mix(zipf(chance, 200_000) | 1 << 61)));
            let extracted = Extracted { terms: terms.collect(), ..Extracted::default() };
            send(detection, account, extracted, START + YEAR as i64);
        }
    }
    rounds * EVENT_TERMS * size.accounts
}

fn send(detection: &mut Detection, account: u64, extracted: Extracted, seconds: i64) {
    let now = Timestamp::from_seconds(seconds);
    let extracted = Extracted { actor: Some(mix(account | 1 << 62)), day: now.day(), ..extracted };
    let observed = Observation {
        kind: EventType::PostCreated,
        extracted,
        signals: Signals::default(),
        is_late: false,
        subject: None,
        imported: None,
    };
    detection.observe(Offset(seconds as u64), now, &observed);
}

fn report_build(detection: &Detection, draws: usize, taken: Duration, resident: usize) {
    let stats = detection.stats();
    println!(
        "{} accounts, {} entities, {} links: {draws} draws in {:.1} s of processor time, {:.0} a second; resident {:.2} bytes a link in all",
        stats.accounts,
        stats.entities,
        stats.links,
        taken.as_secs_f64(),
        draws as f64 / taken.as_secs_f64(),
        resident as f64 / stats.links as f64
    );
    for part in stats.parts.iter().take(4) {
        println!(
            "  {}: {:.2} bytes each, {:.2} a link",
            part.name,
            part.bytes as f64 / part.items.max(1) as f64,
            part.bytes as f64 / stats.links as f64
        );
    }
    println!("  counted in all: {:.2} bytes a link", stats.index_bytes as f64 / stats.links as f64);
}

fn report_snapshot(detection: &Detection) {
    let start = Instant::now();
    let bytes = detection.snapshot(1).expect("a snapshot");
    let written = start.elapsed();
    let start = Instant::now();
    let restored = Detection::restore(&bytes, LinkSettings::bundled(), 1, KEY).expect("a snapshot");
    println!(
        "  snapshot: {} MiB, written in {:.2} s, read in {:.2} s",
        bytes.len() >> 20,
        written.as_secs_f64(),
        start.elapsed().as_secs_f64()
    );
    assert_eq!(restored.links().link_count(), detection.links().link_count());
}

fn ask(
    detection: &Detection,
    name: &str,
    seeds: usize,
    times: usize,
    has_profiles: bool,
    chance: &mut Chance,
) {
    let of_profiles = [EvidenceGroup::Content, EvidenceGroup::Social];
    let groups = EvidenceGroup::ALL.into_iter().filter(|group| !of_profiles.contains(group)).collect();
    let options =
        RankOptions { groups: (!has_profiles).then_some(groups), explained: 0, ..RankOptions::default() };
    let mut taken: Vec<Duration> = Vec::new();
    let mut scored = 0;
    for _ in 0..times {
        let seeds: Vec<Seed> = (0..seeds)
            .map(|_| Seed::confirmed(AccountNumber(chance.below(detection.links().account_count()) as u32)))
            .collect();
        let start = on_processor();
        scored += rank(detection, &seeds, &options).scored;
        taken.push(on_processor() - start);
    }
    taken.sort_unstable();
    let at = |share: f64| taken[((times - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!(
        "  {name}: p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms over {times}; {} scored on average",
        at(0.5),
        at(0.99),
        at(1.0),
        scored / times
    );
}

/// Time that this thread was on a processor, as the kernel counts it: others' work on the machine left out. Zero
/// where it does not say.
fn on_processor() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0))
}

/// Resident bytes of this process, as the kernel counts them; pages are 4 KiB.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}

/// A rank below `count`, popular ones first: as often as its reciprocal.
fn zipf(chance: &mut Chance, count: usize) -> u64 {
    ((count as f64).powf(chance.share()) - 1.0) as u64
}

/// The same numbers in every run.
struct Chance(SplitMix);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0.next_number()
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}
