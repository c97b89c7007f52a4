//! What a link costs in memory and time, and how long questions take, on an invented platform of any size.
//!
//! `cargo run --release -p cordon-detect --example index_scale -- 1000000 50 60` (accounts, links an account, terms an
//! account's profile; more than one number of accounts, parted by commas, gives a curve, whose growth is printed). Half
//! of what accounts use is their own, used again and again; the rest is shared, with popularities after Zipf, up to hubs
//! that nearly everybody uses. One account in a hundred belongs to a ring of two hundred that share a vocabulary. The
//! same numbers in every run. Times are processor times of this thread: keep the process on one core (`taskset -c 0`),
//! so that no other works for it. A fourth argument names a folder that links and single seeds are written to, for
//! `bench/similar-duckdb`, which asks another engine the same.
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
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const KEY: HashKey = HashKey::from_bytes([7; 16]);
const START: i64 = 1_700_000_000;
const YEAR: f64 = 365.0 * 86_400.0;
/// Entities that one event names.
const EVENT_ENTITIES: usize = 3;
/// Terms that one event names.
const EVENT_TERMS: usize = 12;
/// One account in so many is in a ring.
const RING_SHARE: u64 = 100;
const RING_ACCOUNTS: u64 = 200;
/// Words of a ring's own.
const RING_WORDS: usize = 400;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize, otherwise: usize| {
        arguments.get(place).map_or(otherwise, |text| text.parse().expect("a whole number"))
    };
    let accounts = arguments.first().map_or("1000000", String::as_str);
    let (links, terms) = (number(1, 50), number(2, 60));
    let exported = arguments.get(3).map(PathBuf::from);
    let mut smaller: Option<Costs> = None;
    for accounts in accounts.split(',') {
        let accounts = accounts.parse().expect("whole numbers parted by commas");
        let costs = measure(&Size { accounts, links, terms }, exported.as_deref());
        if let Some(smaller) = smaller {
            costs.report_growth(&smaller);
        }
        smaller = Some(costs);
    }
}

struct Size {
    accounts: usize,
    links: usize,
    terms: usize,
}

/// What grows with the platform: seconds to build, milliseconds of a middling question.
struct Costs {
    links: u64,
    build: f64,
    questions: Vec<(&'static str, f64)>,
}

impl Costs {
    /// Against a smaller platform: how many times as much, and the power of the number of links that this is.
    fn report_growth(&self, smaller: &Self) {
        let links = self.links as f64 / smaller.links as f64;
        println!("  growth over {links:.1} times the links (power of their number):");
        let report = |name: &str, now: f64, before: f64| {
            println!("    {name}: {:.2} times, power {:.2}", now / before, (now / before).ln() / links.ln());
        };
        report("build", self.build, smaller.build);
        for ((name, now), (_, before)) in self.questions.iter().zip(&smaller.questions) {
            report(name, *now, *before);
        }
    }
}

/// One kind of question, asked several times.
#[derive(Clone, Copy)]
struct Question {
    name: &'static str,
    seeds: usize,
    times: usize,
    has_profiles: bool,
    is_exhaustive: bool,
}

const fn question(name: &'static str, seeds: usize, times: usize) -> Question {
    Question { name, seeds, times, has_profiles: false, is_exhaustive: false }
}

const OF_LINKS: [Question; 4] = [
    question("one seed, links only", 1, 500),
    question("ten seeds, links only", 10, 200),
    question("10,000 seeds, links only", 10_000, 3),
    Question { is_exhaustive: true, ..question("ten seeds, links only, exhaustive", 10, 3) },
];

const OF_ALL: [Question; 4] = [
    Question { has_profiles: true, ..question("one seed with profiles", 1, 100) },
    Question { has_profiles: true, ..question("ten seeds with profiles", 10, 100) },
    Question { has_profiles: true, ..question("10,000 seeds with profiles", 10_000, 3) },
    Question {
        has_profiles: true,
        is_exhaustive: true,
        ..question("ten seeds with profiles, exhaustive", 10, 3)
    },
];

fn measure(size: &Size, exported: Option<&Path>) -> Costs {
    let mut chance = Chance(SplitMix::new(1));
    let mut detection = Detection::new(LinkSettings::bundled(), KEY);
    let (before, start) = (resident(), on_processor());
    let draws = draw_links(&mut detection, size, &mut chance);
    let build = on_processor() - start;
    report_build(&detection, draws, build, resident().saturating_sub(before));
    let exported = exported.map(|folder| Export::of(&detection, folder).expect("a folder to write to"));
    let mut questions = Vec::new();
    for question in OF_LINKS {
        let seeds = draw_seeds(&detection, &question, &mut chance);
        if let (1, Some(exported)) = (question.seeds, &exported) {
            exported.seeds(&seeds).expect("a folder to write to");
        }
        questions.push((question.name, ask(&detection, &question, &seeds)));
    }
    report_snapshot(&detection);
    if size.terms > 0 {
        let (before, start) = (resident(), on_processor());
        let terms = draw_terms(&mut detection, size, &mut chance);
        println!(
            "  profiles: {terms} uses in {:.1} s, {:.2} bytes resident a use",
            (on_processor() - start).as_secs_f64(),
            resident().saturating_sub(before) as f64 / terms as f64
        );
        for question in OF_ALL {
            let seeds = draw_seeds(&detection, &question, &mut chance);
            questions.push((question.name, ask(&detection, &question, &seeds)));
        }
        report_recall(&detection, size);
    }
    Costs { links: detection.stats().links, build: build.as_secs_f64(), questions }
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
            let terms = (0..EVENT_TERMS).map(|_| match ring_of(account) {
                Some(ring) if chance.below(3) == 0 => {
                    (0, mix(zipf(chance, RING_WORDS) | ring << 20 | 1 << 59))
                }
                _ => (0, mix(zipf(chance, 200_000) | 1 << 61)),
            });
            let extracted = Extracted { terms: terms.collect(), ..Extracted::default() };
            send(detection, account, extracted, START + YEAR as i64);
        }
    }
    rounds * EVENT_TERMS * size.accounts
}

/// The ring of an account, where it has one.
fn ring_of(account: u64) -> Option<u64> {
    account.is_multiple_of(RING_SHARE).then_some(account / RING_SHARE / RING_ACCOUNTS)
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
    let dictionary = stats.parts.get(2).map_or(0, |entities| entities.bytes);
    println!(
        "  counted in all: {:.2} bytes a link; resident without what entities take: {:.2} bytes a link",
        stats.index_bytes as f64 / stats.links as f64,
        resident.saturating_sub(dictionary as usize) as f64 / stats.links as f64
    );
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

fn draw_seeds(detection: &Detection, question: &Question, chance: &mut Chance) -> Vec<Vec<Seed>> {
    let mut seed = || Seed::confirmed(AccountNumber(chance.below(detection.links().account_count()) as u32));
    (0..question.times).map(|_| (0..question.seeds).map(|_| seed()).collect()).collect()
}

/// Asks and reports; gives the median in milliseconds.
fn ask(detection: &Detection, question: &Question, seeds: &[Vec<Seed>]) -> f64 {
    let options = options(question.has_profiles, question.is_exhaustive);
    let mut taken: Vec<Duration> = Vec::new();
    let (mut scored, mut digest) = (0, 0u64);
    for seeds in seeds {
        let start = on_processor();
        let ranking = rank(detection, seeds, &options);
        taken.push(on_processor() - start);
        scored += ranking.scored;
        for one in &ranking.candidates {
            digest = mix(digest ^ u64::from(one.account.0)) ^ one.weight.to_bits();
        }
    }
    taken.sort_unstable();
    let times = taken.len();
    let at = |share: f64| taken[((times - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    println!(
        "  {}: p50 {:.2} ms, p99 {:.2} ms, longest {:.2} ms over {times}; {} scored on average; rankings {:08x}",
        question.name,
        at(0.5),
        at(0.99),
        at(1.0),
        scored / times,
        mix(digest) >> 32
    );
    at(0.5)
}

fn options(has_profiles: bool, is_exhaustive: bool) -> RankOptions {
    let of_profiles = [EvidenceGroup::Content, EvidenceGroup::Social];
    let groups = EvidenceGroup::ALL.into_iter().filter(|group| !of_profiles.contains(group)).collect();
    RankOptions {
        groups: (!has_profiles).then_some(groups),
        explained: 0,
        is_exhaustive,
        ..RankOptions::default()
    }
}

fn number_of(detection: &Detection, account: u64) -> AccountNumber {
    detection.links().account(mix(account | 1 << 62)).expect("everybody has sent an event")
}

/// How many of the best hundred that scoring everybody finds are found by candidates, too, from seeds of one ring.
fn report_recall(detection: &Detection, size: &Size) {
    let rings = size.accounts as u64 / RING_SHARE / RING_ACCOUNTS;
    for ring in (0..rings).step_by((rings as usize / 5).max(1)).take(5) {
        let member = |place: u64| number_of(detection, (ring * RING_ACCOUNTS + place) * RING_SHARE);
        let seeds: Vec<Seed> = (0..10).map(|place| Seed::confirmed(member(place * 17))).collect();
        let best = |is_exhaustive| -> Vec<AccountNumber> {
            rank(detection, &seeds, &options(true, is_exhaustive))
                .candidates
                .iter()
                .map(|one| one.account)
                .collect()
        };
        let (all, found) = (best(true), best(false));
        let both = all.iter().filter(|account| found.contains(account)).count();
        let is_member = |account: &&AccountNumber| (0..RING_ACCOUNTS).any(|place| member(place) == **account);
        println!(
            "  ten seeds of ring {ring}: {both} of the best {}, {} of the ring among them",
            all.len(),
            found.iter().filter(is_member).count()
        );
    }
}

/// What another engine is asked the same with.
struct Export(PathBuf);

impl Export {
    fn of(detection: &Detection, folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut file = BufWriter::new(File::create(folder.join("links.csv"))?);
        for account in detection.links().accounts() {
            for entity in detection.links().links(account).entities() {
                writeln!(file, "{},{}", account.0, entity.0)?;
            }
        }
        file.flush()?;
        Ok(Self(folder.to_owned()))
    }

    fn seeds(&self, queries: &[Vec<Seed>]) -> std::io::Result<()> {
        let lines: Vec<String> =
            queries.iter().flatten().map(|seed| format!("{}\n", seed.account.0)).collect();
        std::fs::write(self.0.join("seeds.csv"), lines.concat())
    }
}

/// Time that this thread was on a processor, as the kernel counts it: others' work on the machine left out. Zero
/// where it does not say.
fn on_processor() -> Duration {
    // The count is brought up to date when the thread gives way.
    std::thread::sleep(Duration::from_nanos(1));
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
