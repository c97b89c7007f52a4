//! How well and how fast near-duplicates of short texts are found.
//!
//! `cargo run --release -p cordon-detect --example near_text -- 1000000 [FILE]`
//! Texts are drawn from an invented vocabulary whose words are as unevenly common as those of a language; with a
//! file, one text a line, those are taken instead of as many drawn ones. Printed: look-ups a second, the share of
//! 60-word texts found again with 1, 3 and 6 words changed, and how many look-ups of a new text met a stranger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a measurement")]

use cordon_detect::banks::TextBank;
use cordon_detect::splitmix::SplitMix;
use cordon_model::hashing::HashKey;
use std::collections::HashSet;
use std::time::Instant;

const KEY: HashKey = HashKey::from_bytes([5; 16]);
const ASKED: usize = 10_000;
const WORDS: usize = 20_000;
/// Share of words in common from which two texts are no strangers.
const LIKE_FROM: f64 = 0.4;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(1_000_000, |text| text.parse().expect("a number"));
    let mut chance = Chance(SplitMix::new(1));
    let vocabulary: Vec<String> = (0..WORDS).map(|_| chance.word()).collect();
    let read = arguments.next().map(|path| std::fs::read_to_string(path).expect("a file of texts"));
    let mut texts: Vec<String> = read.iter().flat_map(|text| text.lines()).map(str::to_owned).collect();
    texts.truncate(count);
    let given = texts.len();
    while texts.len() < count {
        let length = if texts.len().is_multiple_of(10) { 60 } else { 12 + chance.below(30) };
        texts.push(chance.text(&vocabulary, length));
    }

    let start = Instant::now();
    let mut bank = TextBank::default();
    let kept = (0..).zip(&texts).filter(|(number, text)| bank.insert(&KEY, text, *number)).count();
    println!(
        "{count} texts ({given} read), {kept} long enough, taken in within {:.1} s, {} MiB",
        start.elapsed().as_secs_f64(),
        bank.bytes() >> 20
    );
    recall(&bank, &texts, &vocabulary, &mut chance);
    strangers(&bank, &texts, given, &vocabulary, &mut chance);
}

fn recall(bank: &TextBank, texts: &[String], vocabulary: &[String], chance: &mut Chance) {
    let long: Vec<usize> =
        (0..texts.len()).filter(|number| texts[*number].split(' ').count() == 60).take(ASKED).collect();
    for changes in [0, 1, 3, 6] {
        let edited: Vec<String> =
            long.iter().map(|number| chance.edited(&texts[*number], changes, vocabulary)).collect();
        let start = Instant::now();
        let found: Vec<Vec<u32>> = edited.iter().map(|text| bank.search(&KEY, text)).collect();
        let taken = start.elapsed();
        let hits = long.iter().zip(&found).filter(|(number, found)| found.contains(&(**number as u32)));
        let recall = hits.count() as f64 / long.len() as f64;
        let rate = long.len() as f64 / taken.as_secs_f64();
        println!("{changes} of 60 words changed: recall {recall:.3}, {rate:.0} look-ups a second");
    }
}

/// Texts that are in no bank: drawn ones, and every fiftieth of those that were read, itself left out.
fn strangers(bank: &TextBank, texts: &[String], given: usize, vocabulary: &[String], chance: &mut Chance) {
    let drawn: Vec<String> = (0..ASKED).map(|turn| chance.text(vocabulary, 12 + turn % 49)).collect();
    let start = Instant::now();
    let met = drawn.iter().filter(|text| !bank.search(&KEY, text).is_empty()).count();
    let rate = ASKED as f64 / start.elapsed().as_secs_f64();
    println!("{ASKED} new texts, drawn: {met} met a stranger, {rate:.0} look-ups a second");
    let (mut asked, mut near, mut unlike) = (0, 0, 0);
    for number in (0..given).step_by(50) {
        asked += 1;
        for other in bank.search(&KEY, &texts[number]).into_iter().filter(|other| *other as usize != number) {
            near += 1;
            let is_unlike = in_common(&texts[number], &texts[other as usize]) < LIKE_FROM;
            unlike += usize::from(is_unlike);
            if is_unlike && unlike <= 5 {
                eprintln!("unlike:\n  {}\n  {}", texts[number], texts[other as usize]);
            }
        }
    }
    if asked > 0 {
        println!("{asked} texts read: {near} near-duplicates, of which {unlike} share few words");
    }
}

/// Words in both, of words in either.
fn in_common(one: &str, two: &str) -> f64 {
    let words = |text: &str| -> HashSet<String> {
        let plain = text.to_lowercase();
        let kept = plain.split(' ').filter(|word| !word.starts_with("http") && !word.starts_with('@'));
        kept.map(|word| word.chars().filter(|letter| letter.is_alphanumeric()).collect()).collect()
    };
    let (one, two) = (words(one), words(two));
    one.intersection(&two).count() as f64 / one.union(&two).count().max(1) as f64
}

/// The same texts in every run.
struct Chance(SplitMix);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0.next_number()
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn word(&mut self) -> String {
        const BEGINNINGS: [&str; 24] = [
            "b", "c", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "st",
            "br", "cl", "tr", "sh", "",
        ];
        const ENDS: [&str; 12] = ["", "", "", "", "n", "r", "s", "t", "l", "ng", "nd", "m"];
        let syllable = |chance: &mut Self| {
            let (beginning, end) = (BEGINNINGS[chance.below(24)], ENDS[chance.below(12)]);
            format!("{beginning}{}{end}", ["a", "e", "i", "o", "u"][chance.below(5)])
        };
        (0..1 + self.below(4)).map(|_| syllable(self)).collect()
    }

    /// Words by rank: each power of two of ranks is as common as any other.
    fn text(&mut self, vocabulary: &[String], length: usize) -> String {
        let word = |chance: &mut Self| {
            let share = (chance.next() >> 11) as f64 / (1_u64 << 53) as f64;
            let rank = (vocabulary.len() as f64).powf(share) as usize;
            vocabulary[rank.min(vocabulary.len() - 1)].as_str()
        };
        (0..length).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }

    /// As many different places get another word.
    fn edited(&mut self, text: &str, changes: usize, vocabulary: &[String]) -> String {
        let mut words: Vec<&str> = text.split(' ').collect();
        let mut places: Vec<usize> = (0..words.len()).collect();
        for change in 0..changes {
            let other = change + self.below(places.len() - change);
            places.swap(change, other);
            words[places[change]] = vocabulary[self.below(vocabulary.len())].as_str();
        }
        words.join(" ")
    }
}
