//! Words, hashtags, domains and pictures: which belong to whom.

use crate::emit::write_number;
use crate::language::{self, Language};
use crate::population::{CommunityNumber, Persona, Role};
use crate::stream::{Purpose, Stream, keyed};
use crate::zipf::Zipf;

/// The tables from which posts are drawn; the same for every world.
#[derive(Clone, Debug)]
pub(crate) struct Vocabulary {
    pub(crate) everyday: Zipf,
    pub(crate) topical: Zipf,
    pub(crate) movement: Zipf,
    pub(crate) watcher: Zipf,
    pub(crate) community_hashtags: Zipf,
    pub(crate) movement_hashtags: Zipf,
    pub(crate) domains: Zipf,
    movement_names: Vec<String>,
}

/// Hashtags of the movement; the first are [`STOCK`] words, the rest invented.
const MOVEMENT_HASHTAGS: u16 = 40;
const COMMUNITY_HASHTAGS: u16 = 16;
const DOMAINS: u16 = 8;
/// Last words of a community's block, from which its hashtags are made.
const HASHTAG_WORDS_START: u32 = 232;

/// Harmless everyday words that stand in for the movement's slogans.
const STOCK: [&str; 12] = [
    "greybanner",
    "lanternroad",
    "copperkettle",
    "نافذة",
    "قارب_صغير",
    "ليمون",
    "فانوس",
    "фонарь",
    "облако",
    "самовар",
    "тёплыйчай",
    "orchardgate",
];

impl Vocabulary {
    /// The tables.
    pub(crate) fn new() -> Self {
        let invented = (STOCK.len() as u32..u32::from(MOVEMENT_HASHTAGS)).map(|number| {
            let mut name = b"grey".to_vec();
            Language::default().write_word(&mut name, 2_400 + number);
            String::from_utf8(name).unwrap_or_default()
        });
        Self {
            everyday: Zipf::new(language::EVERYDAY_WORDS),
            topical: Zipf::new(HASHTAG_WORDS_START as u16),
            movement: Zipf::new(language::MOVEMENT_WORDS),
            watcher: Zipf::new(language::WATCHER_WORDS),
            community_hashtags: Zipf::new(COMMUNITY_HASHTAGS),
            movement_hashtags: Zipf::new(MOVEMENT_HASHTAGS),
            domains: Zipf::new(DOMAINS),
            movement_names: STOCK.into_iter().map(str::to_owned).chain(invented).collect(),
        }
    }

    /// An everyday word.
    pub(crate) fn everyday_word(&self, stream: &mut Stream) -> u32 {
        self.everyday.draw(stream)
    }

    /// A word of the community's topic.
    pub(crate) fn topical_word(&self, community: CommunityNumber, stream: &mut Stream) -> u32 {
        community_block(community) + self.topical.draw(stream)
    }

    /// A word of the movement.
    pub(crate) fn movement_word(&self, stream: &mut Stream) -> u32 {
        language::MOVEMENT_WORDS_START + self.movement.draw(stream)
    }

    /// A word of those who write about the movement.
    pub(crate) fn watcher_word(&self, stream: &mut Stream) -> u32 {
        language::WATCHER_WORDS_START + self.watcher.draw(stream)
    }

    /// A slogan of the movement; also its hashtag of that number.
    pub(crate) fn movement_name(&self, number: u32) -> &str {
        self.movement_names.get(number as usize).map_or("greybanner", String::as_str)
    }

    /// Appends a line about somebody.
    pub(crate) fn write_bio(
        &self,
        out: &mut Vec<u8>,
        language: Language,
        persona: Persona,
        stream: &mut Stream,
    ) {
        for position in 0..4 + stream.below(4) {
            if position > 0 {
                out.push(b' ');
            }
            let word = match persona.behaviour {
                role if role.is_of_movement() && stream.chance(0.3) => self.movement_word(stream),
                role if role.is_watcher() && stream.chance(0.4) => self.watcher_word(stream),
                _ if stream.chance(0.5) => self.topical_word(persona.community, stream),
                _ => self.everyday_word(stream),
            };
            language.write_word(out, word);
        }
        if persona.behaviour == Role::Recruiter && stream.chance(0.3) {
            out.extend_from_slice(" greybanner".as_bytes());
        }
    }
}

/// First word of a community's block.
fn community_block(community: CommunityNumber) -> u32 {
    language::COMMUNITY_WORDS_START + u32::from(community) * u32::from(language::COMMUNITY_WORDS)
}

/// Appends a community's hashtag: two words glued together.
pub(crate) fn write_community_hashtag(
    out: &mut Vec<u8>,
    language: Language,
    community: CommunityNumber,
    number: u32,
) {
    language.write_word(out, community_block(community) + HASHTAG_WORDS_START + number);
    language.write_word(out, number);
}

/// Whose pages a url leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Site {
    /// A community's favourite sites.
    Community(CommunityNumber),
    /// Those of the movement.
    Movement,
    /// Newspapers and institutes.
    Press,
    /// The spam ring's; new ones all the time.
    Spam(u32),
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) site: Site,
    pub(crate) domain: u32,
    pub(crate) article: u32,
}

impl Page {
    /// Appends its address, always under `.example`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let (first_word, prefix) = match self.site {
            Site::Community(community) => (community_block(community) + 8 * self.domain, "https://"),
            Site::Movement => (2_500 + self.domain, "https://grey"),
            Site::Press => (2_530 + self.domain, "https://news."),
            Site::Spam(wave) => (9_000 + wave, "https://win-"),
        };
        out.extend_from_slice(prefix.as_bytes());
        Language::default().write_word(out, first_word);
        out.extend_from_slice(b".example/");
        write_number(out, self.article);
    }
}

/// The pages that a site brings out on a day are few, so that strangers share them.
pub(crate) fn article_of_day(day: u32, rank: u32) -> u32 {
    day * 64 + rank
}

/// A picture that goes round in a community (or, above all communities, in the movement) on a day.
pub(crate) fn popular_picture(seed: u64, circle: u32, day: u32, rank: u32) -> u64 {
    keyed(seed, Purpose::Picture, (u64::from(circle) + 1) << 32 | u64::from(day), u64::from(rank))
}
