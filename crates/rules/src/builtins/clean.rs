//! The steps of `StringClean`, in their fixed order.

use crate::eval::python::is_space;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Which steps are taken.
pub(super) struct Options<'o> {
    pub(super) form: &'o str,
    pub(super) remove_emoji: bool,
    pub(super) space: bool,
    pub(super) l33t: bool,
    pub(super) homoglyph: bool,
    pub(super) unicode_normalize: bool,
    pub(super) unidecode: bool,
    pub(super) upper: bool,
    pub(super) lower: bool,
    pub(super) remove_space: bool,
    pub(super) remove_punctuation: bool,
}

/// The cleaned text; nothing if the form of normalization is unknown.
pub(super) fn clean(text: &str, options: &Options<'_>) -> Option<String> {
    let mut text = text.to_owned();
    if options.remove_emoji {
        text = without_emoji(&text, options.homoglyph);
    }
    if options.space {
        text = single_spaces(&text);
    }
    if options.l33t {
        text = without_l33t(&text);
    }
    if options.homoglyph {
        text = text.chars().map(|letter| plain_letter(letter).unwrap_or(letter)).collect();
    }
    if options.unicode_normalize {
        text = normalized(&text, options.form)?;
    }
    if options.unidecode {
        text = any_ascii::any_ascii(&text);
    }
    if options.upper && !options.lower {
        text = text.to_uppercase();
    }
    if options.lower {
        text = text.to_lowercase();
    }
    if options.remove_space {
        text.retain(|letter| !is_space(letter));
    }
    if options.remove_punctuation {
        text.retain(|letter| {
            let group = letter.general_category_group();
            !matches!(group, GeneralCategoryGroup::Symbol | GeneralCategoryGroup::Punctuation)
        });
    }
    Some(text)
}

fn is_emoji(letter: char) -> bool {
    matches!(u32::from(letter), 0x1F600..=0x1F64F | 0x1F300..=0x1F5FF | 0x1F680..=0x1F6FF | 0x1F1E0..=0x1F1FF)
}

/// Each run of emoji becomes one space.
fn without_emoji(text: &str, homoglyph: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for letter in text.chars() {
        let letter = match enclosed_letter(letter) {
            Some(plain) if homoglyph => plain,
            _ => letter,
        };
        if !is_emoji(letter) {
            out.push(letter);
        } else if !in_run {
            out.push(' ');
        }
        in_run = is_emoji(letter);
    }
    out
}

fn single_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_run = false;
    for letter in text.chars() {
        let space = is_space(letter);
        if !space {
            out.push(letter);
        } else if !in_run {
            out.push(' ');
        }
        in_run = space;
    }
    out
}

/// `|` before a digit is a `1`; a run of `3` that touches a letter is as many `e`.
fn without_l33t(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let next: Vec<Option<char>> = letters.iter().copied().skip(1).map(Some).chain([None]).collect();
    for (letter, next) in letters.iter_mut().zip(next) {
        if *letter == '|' && next.is_some_and(char::is_numeric) {
            *letter = '1';
        }
    }
    let is_letter = |letter: Option<&char>| letter.is_some_and(|letter| ('A'..='z').contains(letter));
    let mut at = 0;
    let mut out = String::with_capacity(text.len());
    while let Some(letter) = letters.get(at) {
        let run = letters.iter().skip(at).take_while(|letter| **letter == '3').count();
        if run == 0 {
            out.push(*letter);
            at += 1;
            continue;
        }
        let touches = is_letter(at.checked_sub(1).and_then(|before| letters.get(before)))
            || is_letter(letters.get(at + run));
        out.push_str(&(if touches { "e" } else { "3" }).repeat(run));
        at += run;
    }
    out
}

/// The lower-case ASCII letter that an enclosed one shows.
fn enclosed_letter(letter: char) -> Option<char> {
    let code = u32::from(letter);
    let offset = match code {
        0x24B6..=0x24CF => code - 0x24B6,
        0x24D0..=0x24E9 => code - 0x24D0,
        0x249C..=0x24B5 => code - 0x249C,
        0x1F110..=0x1F129 => code - 0x1F110,
        0x1F130..=0x1F149 => code - 0x1F130,
        0x1F150..=0x1F169 => code - 0x1F150,
        0x1F170..=0x1F189 => code - 0x1F170,
        0x1F1E6..=0x1F1FF => code - 0x1F1E6,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

/// Characters that look like an ASCII letter, by the letter, besides the enclosed and the mathematical ones.
const LOOK_ALIKES: [(char, &str); 10] = [
    ('a', "@"),
    ('c', "ϲÇç"),
    ('e', "€"),
    ('l', "|"),
    ('n', "ηΠπ∏∩"),
    ('p', "Ρρ"),
    ('s', "$"),
    ('u', "µ"),
    ('w', "ω"),
    ('x', "×"),
];

/// The lower-case ASCII letter that a look-alike stands for; ASCII letters and digits stay as they are.
pub(crate) fn plain_letter(letter: char) -> Option<char> {
    if letter.is_ascii_alphanumeric() {
        return None;
    }
    if let Some(plain) = enclosed_letter(letter) {
        return Some(plain);
    }
    if (0x1D400..=0x1D7CB).contains(&u32::from(letter)) {
        let folded = std::iter::once(letter).nfkc().next()?;
        return folded.is_ascii_alphabetic().then(|| folded.to_ascii_lowercase());
    }
    LOOK_ALIKES.iter().find(|(_, alikes)| alikes.contains(letter)).map(|(plain, _)| *plain)
}

/// If normalizing changes the length, each character keeps the first one of its own form only.
fn normalized(text: &str, form: &str) -> Option<String> {
    let of = |text: &str| -> Option<String> {
        Some(match form {
            "NFC" => text.nfc().collect(),
            "NFD" => text.nfd().collect(),
            "NFKC" => text.nfkc().collect(),
            "NFKD" => text.nfkd().collect(),
            _ => return None,
        })
    };
    let whole = of(text)?;
    if whole.chars().count() == text.chars().count() {
        return Some(whole);
    }
    text.chars()
        .map(|letter| of(letter.encode_utf8(&mut [0; 4])).map(|form| form.chars().next()))
        .collect::<Option<Vec<_>>>()
        .map(|letters| letters.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str, change: impl Fn(&mut Options<'_>)) -> String {
        let mut options = Options {
            form: "NFKC",
            remove_emoji: false,
            space: true,
            l33t: false,
            homoglyph: true,
            unicode_normalize: true,
            unidecode: false,
            upper: false,
            lower: false,
            remove_space: false,
            remove_punctuation: false,
        };
        change(&mut options);
        clean(text, &options).unwrap_or_else(|| "none".into())
    }

    #[test]
    fn steps_follow_each_other_in_their_fixed_order() {
        assert_eq!(cleaned("a \t b", |_| {}), "a b");
        assert_eq!(cleaned("ﬁ ½", |_| {}), "f 1");
        assert_eq!(cleaned("h3llo 33 |5", |o| o.l33t = true), "hello 33 15");
        assert_eq!(cleaned("Κνωσός", |o| o.unidecode = true), "Knwsos");
        assert_eq!(
            cleaned("Κνωσός", |o| {
                o.unidecode = true;
                o.homoglyph = false;
            }),
            "Knosos"
        );
        assert_eq!(
            cleaned("a, b!", |o| {
                o.remove_punctuation = true;
                o.remove_space = true;
                o.upper = true;
            }),
            "AB"
        );
        assert_eq!(cleaned("hi😀😀there", |o| o.remove_emoji = true), "hi there");
        assert_eq!(cleaned("x", |o| o.form = "NFX"), "none");
    }
}
