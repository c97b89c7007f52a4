//! Text as it is compared: cut into words for profiles, folded for near-duplicates.

use std::borrow::Cow;
use std::ops::RangeInclusive;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words longer than this many characters are noise (base64, keyboards slept on).
const WORD_CHARS_MAX: usize = 40;
/// Most characters of a text that are folded or cut.
const TEXT_CHARS_MAX: usize = 20_000;

/// Lower case; borrowed where it is so already.
pub(crate) fn lower(value: &str) -> Cow<'_, str> {
    if value.chars().all(|c| c.is_ascii() && !c.is_ascii_uppercase()) {
        Cow::Borrowed(value)
    } else {
        Cow::Owned(value.to_lowercase())
    }
}

/// Calls `found` with every word of `text`, in order: runs of two or more letters in lower case, without web
/// addresses, mentions, digits and the repost mark. Scripts written without spaces give pairs of characters.
pub(crate) fn each_word(text: &str, found: &mut dyn FnMut(&str)) {
    let mut word = String::new();
    for token in text.split_whitespace().take(TEXT_CHARS_MAX) {
        if token == "RT" || is_address(token) {
            continue;
        }
        let mut in_mention = false;
        for c in token.chars() {
            match c {
                '@' => {
                    finish(&mut word, found);
                    in_mention = true;
                }
                c if in_mention && (is_alphabetic(c) || c.is_numeric() || c == '_') => {}
                c if is_unspaced(c) => {
                    in_mention = false;
                    pair(&mut word, c, found);
                }
                c if is_letter(c) => {
                    in_mention = false;
                    push_lower(&mut word, c);
                }
                _ => {
                    in_mention = false;
                    finish(&mut word, found);
                }
            }
        }
        finish(&mut word, found);
    }
}

/// Text with everything folded that copyists vary: case, width, marks, spacing, punctuation, digits, addresses
/// and mentions. What is left is what two near-duplicates have in common.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for token in text.split_whitespace().take(TEXT_CHARS_MAX) {
        if is_address(token) || token.starts_with('@') || token == "RT" {
            continue;
        }
        if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
        if token.chars().all(is_whole) {
            let letters = token.chars().filter(|c| is_alphabetic(*c));
            letters.for_each(|c| push_lower(&mut folded, fold_arabic(c)));
        } else {
            let letters = token.nfkd().filter(|c| is_alphabetic(*c) && !is_combining_mark(*c));
            folded.extend(letters.flat_map(char::to_lowercase).map(fold_arabic));
        }
    }
    folded
}

fn is_address(token: &str) -> bool {
    token.starts_with("http://") || token.starts_with("https://")
}

/// The plain letters of Cyrillic and Arabic: alphabetic, and but for case each its own folded form.
const CYRILLIC_UPPER: RangeInclusive<char> = 'А'..='Я';
const CYRILLIC_LOWER: RangeInclusive<char> = 'а'..='я';
const ARABIC: RangeInclusive<char> = 'ؠ'..='ي';

/// [`char::is_alphabetic`], without its tables for the scripts that most posts are written in.
fn is_alphabetic(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphabetic();
    }
    let is_plain = CYRILLIC_UPPER.contains(&c) || CYRILLIC_LOWER.contains(&c) || ARABIC.contains(&c);
    is_plain || c.is_alphabetic()
}

/// Adds [`char::to_lowercase`], without its tables for the same.
fn push_lower(text: &mut String, c: char) {
    if c.is_ascii() {
        text.push(c.to_ascii_lowercase());
    } else if CYRILLIC_LOWER.contains(&c) || ARABIC.contains(&c) {
        text.push(c);
    } else {
        text.extend(c.to_lowercase());
    }
}

/// Whether compatibility decomposition leaves the character as it is, whatever stands beside it: ASCII, and the
/// letters that are no composites.
fn is_whole(c: char) -> bool {
    let is_cyrillic = CYRILLIC_UPPER.contains(&c) || CYRILLIC_LOWER.contains(&c);
    let is_arabic = ARABIC.contains(&c) && !('آ'..='ئ').contains(&c);
    c.is_ascii() || (is_cyrillic && !matches!(c, 'Й' | 'й')) || is_arabic
}

fn is_letter(c: char) -> bool {
    c == '_' || is_alphabetic(c) || (!c.is_ascii() && is_combining_mark(c))
}

/// Scripts whose words are not set apart by spaces: Han, kana, Thai, Lao, Khmer, Burmese.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0x20000..=0x2FA1F)
}

/// Letters of Arabic that writers use for one another.
fn fold_arabic(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        other => other,
    }
}

fn finish(word: &mut String, found: &mut dyn FnMut(&str)) {
    let chars = word.chars().take(WORD_CHARS_MAX + 1).count();
    if (2..=WORD_CHARS_MAX).contains(&chars) {
        found(word);
    }
    word.clear();
}

fn pair(word: &mut String, c: char, found: &mut dyn FnMut(&str)) {
    if word.chars().next_back().is_some_and(|last| !is_unspaced(last)) {
        finish(word, found);
    }
    word.push(c);
    if word.chars().count() == 2 {
        found(word);
        word.clear();
        word.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut list = Vec::new();
        each_word(text, &mut |word| list.push(word.to_owned()));
        list
    }

    #[test]
    fn words_are_letters_without_addresses_mentions_and_digits() {
        assert_eq!(
            words("RT @someone: The 3 GREY herons, a https://x.example/y #Tag_one"),
            ["the", "grey", "herons", "tag_one"]
        );
        assert_eq!(words("'quoted@name word"), ["quoted", "word"]);
    }

    #[test]
    fn the_short_ways_agree_with_unicodes_tables_for_every_character() {
        for c in '\0'..=char::MAX {
            assert_eq!(is_alphabetic(c), c.is_alphabetic(), "{c:?}");
            let mut lower = String::new();
            push_lower(&mut lower, c);
            assert_eq!(lower, c.to_lowercase().to_string(), "{c:?}");
            if is_whole(c) {
                assert!(std::iter::once(c).nfkd().eq([c]) && !is_combining_mark(c), "{c:?}");
                assert_eq!(unicode_normalization::char::canonical_combining_class(c), 0, "{c:?}");
            }
        }
    }

    #[test]
    fn scripts_without_spaces_give_pairs() {
        assert_eq!(words("灰鷺 灰鷺飛"), ["灰鷺", "灰鷺", "鷺飛"]);
    }

    #[test]
    fn near_duplicates_fold_to_the_same_text() {
        assert_eq!(fold("The GREY   herons!! fly @you"), fold("the grey herons, fly https://x.example"));
        assert_eq!(fold("أهلا"), fold("اهلا"));
    }
}
