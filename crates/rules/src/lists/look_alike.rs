//! Words written with look-alikes: `h3r0n`, `h.e.r.o.n`, `нeron`.

use super::words::is_word;
use crate::builtins::look_alike_letter;
use unicode_normalization::UnicodeNormalization;

/// Signs that may stand between the letters of a word.
const SEPARATORS: &str = ",.+/|&%#!@_\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{feff}";
/// Letters of other scripts by the Latin letter that they are drawn like, where they do not sound like it: `с` of
/// Cyrillic, `Η` of Greek, `հ` of Armenian, and syllabics, Lisu, Coptic and Cherokee.
#[rustfmt::skip]
const DRAWN_LIKE: [(char, &str); 26] = [
    ('a', "АаΑαᗩꓮⲀⲁᎪɑ"), ('b', "ВЬьΒβᗷꓐⲂⲃᏴƄᏏ"), ('c', "СсϹϲᑕꓚⲤⲥᏟᴄ"), ('d', "ԁძᗪꓓᎠᗞ"), ('e', "ЕеΕεєⲈꓰᎬҽ"),
    ('f', "ᖴꓝϜſ"), ('g', "ԌցɡᏀꓖᏳ"), ('h', "НһΗհᕼꓧⲎᎻᏂ"), ('i', "ІіΙιıɪӏꓲⲒᎥ"), ('j', "ЈјϳᒍꓙᎫ"),
    ('k', "КкΚκᛕꓗⲔᏦ"), ('l', "ІӀӏΙլᒪꓡᏞⳐ"), ('m', "МмΜᗰꓟⲘᎷϺ"), ('n', "ΝոռηπᑎꓠⲚ"), ('o', "ОоΟοօՕσθΘꓳⲞⲟᴏ"),
    ('p', "РрΡρքᑭꓑⲢⲣᏢ"), ('q', "ԛգզ"), ('r', "гЯᖇꓣⲅᎡᏒ"), ('s', "ЅѕՏꓢᏚᏕꜱ"), ('t', "ТтΤτꓔⲦᎢէ"),
    ('u', "υսՍᑌꓴᴜ"), ('v', "νѵѴᐯꓦᏙᴠ"), ('w', "ԝѡωաᗯꓪᎳᴡ"), ('x', "ХхΧχ᙭ꓫⲬⲭ×"), ('y', "УуΥγүҮꓬⲨᎩʏ"), ('z', "ΖꓜᏃᴢ"),
];
/// Letters, each with the digits and signs that are written for it.
const STANDS_FOR: [(char, &str); 16] = [
    ('a', "4@^*_-x"),
    ('b', "8"),
    ('c', "(<[{k©"),
    ('e', "3€*_-x"),
    ('g', "69q&"),
    ('h', "#"),
    ('i', "1!|l*_-x"),
    ('k', "c<[{"),
    ('l', "1!|i"),
    ('o', "0*_-"),
    ('q', "9g"),
    ('s', "5$z2§"),
    ('t', "7+"),
    ('u', "v*_-"),
    ('y', "¥"),
    ('z', "2s"),
];

/// A text whose letters are known by what they may stand for.
pub(crate) struct Marked {
    letters: Vec<char>,
    /// Bit n: may be the n-th letter of the Latin alphabet.
    masks: Vec<u32>,
}

/// A word to look for.
pub(crate) struct LookAlike {
    letters: Vec<char>,
}

/// What was found: places of letters, the neighbours that bound it included, and the word without separators.
pub(crate) struct Found {
    pub(crate) with_neighbours: String,
    pub(crate) word: String,
}

impl Marked {
    pub(crate) fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let masks = letters.iter().map(|letter| mask(*letter)).collect();
        Self { letters, masks }
    }

    fn is_word(&self, at: usize) -> bool {
        self.letters.get(at).is_some_and(|letter| is_word(*letter))
    }

    fn stands(&self, at: usize, wanted: char) -> bool {
        let Some(letter) = self.letters.get(at) else { return false };
        *letter == wanted || bit(wanted).is_some_and(|bit| self.masks.get(at).is_some_and(|m| m & bit != 0))
    }
}

fn bit(letter: char) -> Option<u32> {
    letter.is_ascii_lowercase().then(|| 1 << (u32::from(letter) - u32::from('a')))
}

/// The letters that a sign may be read as.
fn mask(letter: char) -> u32 {
    let mut mask = 0;
    let mut add = |plain: char| mask |= bit(plain.to_ascii_lowercase()).unwrap_or(0);
    add(letter);
    STANDS_FOR.iter().filter(|(_, signs)| signs.contains(letter)).for_each(|(plain, _)| add(*plain));
    if !letter.is_ascii() {
        DRAWN_LIKE.iter().filter(|(_, signs)| signs.contains(letter)).for_each(|(plain, _)| add(*plain));
        look_alike_letter(letter).into_iter().for_each(&mut add);
        std::iter::once(letter).nfkd().next().into_iter().for_each(&mut add);
        let mut plain = any_ascii::any_ascii_char(letter).chars();
        if let (Some(one), None) = (plain.next(), plain.next()) {
            add(one);
        }
    }
    mask
}

impl LookAlike {
    pub(crate) fn new(word: &str) -> Self {
        Self { letters: word.to_lowercase().chars().collect() }
    }

    /// Looks for the word; with `plurals` an `s` may follow, and without `substrings` it stands alone.
    pub(crate) fn find(&self, text: &Marked, plurals: bool, substrings: bool) -> Option<Found> {
        (0..text.letters.len()).find_map(|start| self.at(text, start, plurals, substrings))
    }

    fn at(&self, text: &Marked, start: usize, plurals: bool, substrings: bool) -> Option<Found> {
        if !substrings && start > 0 && text.is_word(start - 1) {
            return None;
        }
        // Every place that the letters so far may end at.
        let mut ends = vec![start];
        for (number, wanted) in self.letters.iter().enumerate() {
            let mut next: Vec<usize> =
                ends.iter().filter(|at| text.stands(**at, *wanted)).map(|at| at + 1).collect();
            if number + 1 < self.letters.len() {
                let mut at = 0;
                while let Some(end) = next.get(at).copied() {
                    let separates = text.letters.get(end).is_some_and(|c| SEPARATORS.contains(*c));
                    if separates && !next.contains(&(end + 1)) {
                        next.push(end + 1);
                    }
                    at += 1;
                }
            }
            if next.is_empty() {
                return None;
            }
            ends = next;
        }
        if plurals {
            let more: Vec<usize> = ends.iter().filter(|at| text.stands(**at, 's')).map(|at| at + 1).collect();
            ends.extend(more);
        }
        let end = ends.into_iter().filter(|end| substrings || !text.is_word(*end)).max()?;
        let before = if substrings { start } else { start.saturating_sub(1) };
        let after = if substrings { end } else { (end + 1).min(text.letters.len()) };
        let text_of = |from: usize, to: usize| text.letters.get(from..to).unwrap_or(&[]).iter();
        let word = text_of(start, end).filter(|letter| !SEPARATORS.contains(**letter) || **letter == '@');
        Some(Found { with_neighbours: text_of(before, after).collect(), word: word.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(word: &str, text: &str, plurals: bool, substrings: bool) -> bool {
        LookAlike::new(word).find(&Marked::new(text), plurals, substrings).is_some()
    }

    #[test]
    fn words_are_found_as_an_eye_reads_them() {
        for text in [
            "heron",
            "HERON",
            "a h3r0n!",
            "h.e.r.o.n",
            "h\u{435}ron",
            "𝐡eron",
            "ħéron",
            "Ηеꓣοո",
            "h\u{200b}er\u{feff}on",
        ] {
            assert!(finds("heron", text, false, false), "{text}");
        }
        assert!(!finds("heron", "herons", false, false));
        assert!(finds("heron", "heron5", true, false));
        assert!(finds("heron", "greyheronry", false, true));
        assert!(!finds("heron", "hero n", false, true));
    }
}
