//! Invented languages: words made of syllables, in several scripts, computed from their number.
//!
//! No word is stored and none is taken from a living language, apart from the short list of harmless
//! everyday words that stands in for a movement's vocabulary ([`crate::content`]).

use crate::stream::Stream;
use std::sync::LazyLock;

/// One of the invented languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u8);

/// Words of a language: 2^18 of three syllables, the first 2^11 of two.
const SHORT_WORDS: u32 = 1 << 11;

/// Everyday words: `0..EVERYDAY_WORDS`.
pub(crate) const EVERYDAY_WORDS: u16 = 2_000;
/// First word of the movement's own vocabulary.
pub(crate) const MOVEMENT_WORDS_START: u32 = 2_048;
/// Words in the movement's own vocabulary.
pub(crate) const MOVEMENT_WORDS: u16 = 240;
/// First word of the trade of those who write about the movement.
pub(crate) const WATCHER_WORDS_START: u32 = 2_560;
/// Words of that trade.
pub(crate) const WATCHER_WORDS: u16 = 240;
/// First word of the first community's block.
pub(crate) const COMMUNITY_WORDS_START: u32 = 4_096;
/// Words in the block of each community.
pub(crate) const COMMUNITY_WORDS: u16 = 256;

struct Grammar {
    /// Private-use language tag (ISO 639-2 keeps `qaa`–`qtz` free), with a script where not Latin.
    tag: &'static str,
    /// Share of communities that speak it, in percent.
    percent: u32,
    peak_hour: u8,
    consonants: [&'static str; 16],
    vowels: [&'static str; 4],
}

const GRAMMARS: [Grammar; 6] = [
    Grammar {
        tag: "qaa",
        percent: 40,
        peak_hour: 17,
        consonants: ["b", "d", "f", "l", "m", "n", "sp", "r", "s", "t", "v", "w", "br", "st", "th", "gl"],
        vowels: ["a", "e", "i", "o"],
    },
    Grammar {
        tag: "qab",
        percent: 18,
        peak_hour: 19,
        consonants: ["kl", "g", "z", "č", "š", "ž", "h", "j", "kr", "zd", "vr", "ml", "dr", "t", "l", "n"],
        vowels: ["á", "e", "ů", "y"],
    },
    Grammar {
        tag: "qac-Arab",
        percent: 16,
        peak_hour: 18,
        consonants: ["ب", "ت", "ج", "د", "ر", "ز", "س", "ش", "ط", "ف", "ق", "ك", "ل", "م", "ن", "ه"],
        vowels: ["ا", "ي", "و", "ة"],
    },
    Grammar {
        tag: "qad-Cyrl",
        percent: 14,
        peak_hour: 16,
        consonants: ["б", "в", "г", "д", "вл", "з", "к", "л", "м", "н", "пр", "р", "с", "т", "ф", "ш"],
        vowels: ["а", "е", "и", "о"],
    },
    Grammar {
        tag: "qae-Grek",
        percent: 6,
        peak_hour: 18,
        consonants: ["β", "γ", "δ", "ζ", "θ", "κ", "λ", "μ", "ν", "ξ", "π", "ρ", "σ", "τ", "φ", "χ"],
        vowels: ["α", "ε", "ι", "ο"],
    },
    Grammar {
        tag: "qaf-Deva",
        percent: 6,
        peak_hour: 13,
        consonants: ["क", "ग", "च", "ज", "ट", "ड", "त", "द", "न", "प", "ब", "म", "र", "ल", "व", "स"],
        vowels: ["ा", "ि", "े", "ो"],
    },
];

impl Language {
    /// How many languages there are.
    pub const COUNT: usize = GRAMMARS.len();

    /// All languages, the most spoken first.
    pub fn all() -> impl Iterator<Item = Language> {
        (0..GRAMMARS.len() as u8).map(Language)
    }

    /// Its tag, from the range that ISO 639-2 keeps for private use.
    pub fn tag(self) -> &'static str {
        self.grammar().tag
    }

    /// A language, each as often as communities speak it.
    pub(crate) fn drawn(stream: &mut Stream) -> Self {
        let mut left = stream.below(100);
        for (language, grammar) in Self::all().zip(&GRAMMARS) {
            if left < grammar.percent {
                return language;
            }
            left -= grammar.percent;
        }
        Self::default()
    }

    /// Its number, from 0.
    pub(crate) fn number(self) -> usize {
        usize::from(self.0)
    }

    /// Hour of the UTC day at which its speakers are most active.
    pub(crate) fn peak_hour(self) -> u8 {
        self.grammar().peak_hour
    }

    /// Appends the word of that number; numbers from 2^18 on repeat.
    pub(crate) fn write_word(self, out: &mut Vec<u8>, number: u32) {
        let syllables = SYLLABLES.get(self.number());
        // Multiplying by an odd number shuffles the syllables without making two words equal.
        let shuffled = number.wrapping_mul(0x9_e377);
        let length = if number < SHORT_WORDS { 2 } else { 3 };
        for position in 0..length {
            let number = (shuffled >> (6 * position)) as usize & 63;
            if let Some(syllable) = syllables.and_then(|of_language| of_language.get(number)) {
                syllable.push_to(out);
            }
        }
    }

    fn grammar(self) -> &'static Grammar {
        const FIRST: &Grammar = &GRAMMARS[0];
        GRAMMARS.get(usize::from(self.0)).unwrap_or(FIRST)
    }
}

/// A consonant and a vowel; padded, because copying eight bytes always is faster than copying just enough.
#[derive(Clone, Copy, Default)]
struct Syllable {
    bytes: [u8; 8],
    padding: u8,
}

static SYLLABLES: LazyLock<[[Syllable; 64]; Language::COUNT]> = LazyLock::new(|| {
    std::array::from_fn(|language| {
        std::array::from_fn(|number| Syllable::new(Language(language as u8), number))
    })
});

impl Syllable {
    fn new(language: Language, number: usize) -> Self {
        let grammar = language.grammar();
        let consonant = grammar.consonants.get((number >> 2) & 15).map_or("", |text| text);
        let vowel = grammar.vowels.get(number & 3).map_or("", |text| text);
        let mut syllable = Self { padding: 8, ..Self::default() };
        for (to, from) in syllable.bytes.iter_mut().zip(consonant.bytes().chain(vowel.bytes())) {
            *to = from;
            syllable.padding -= 1;
        }
        syllable
    }

    fn push_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes);
        out.truncate(out.len() - usize::from(self.padding));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn word(language: Language, number: u32) -> String {
        let mut out = Vec::new();
        language.write_word(&mut out, number);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_language_has_its_own_tag_and_words() {
        let tags: BTreeSet<_> = Language::all().map(Language::tag).collect();
        let words: BTreeSet<_> = Language::all().map(|language| word(language, 5)).collect();
        assert_eq!((tags.len(), words.len()), (Language::COUNT, Language::COUNT));
    }

    #[test]
    fn words_of_one_language_hardly_ever_coincide() {
        let words: BTreeSet<_> = (0..20_000).map(|number| word(Language::default(), number)).collect();
        assert!(words.len() > 19_500, "{}", words.len());
    }
}
