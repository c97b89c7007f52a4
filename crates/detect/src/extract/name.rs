//! Display names with look-alike characters folded (Unicode TR 39), reduced to letters.

use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton as confusable_skeleton;

/// Names with fewer letters than this are shared by accident.
const LETTERS_MIN: usize = 5;

/// The name as an eye reads it.
pub(super) fn skeleton(name: &str) -> Option<String> {
    let compatible: String = name.nfkc().flat_map(char::to_lowercase).collect();
    let folded: String = confusable_skeleton(&compatible).filter(|c| c.is_alphabetic()).collect();
    let lower: String = folded.chars().flat_map(char::to_lowercase).collect();
    (lower.chars().count() >= LETTERS_MIN).then_some(lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alike_letters_read_the_same() {
        // The second spelling has Cyrillic а, е and о.
        assert_eq!(skeleton("Tall Heron"), skeleton("T\u{0430}ll H\u{0435}r\u{043e}n ★"));
        assert_ne!(skeleton("Tall Heron"), skeleton("Tall Robin"));
    }

    #[test]
    fn short_names_have_no_skeleton() {
        assert_eq!(skeleton("Anna"), None);
    }
}
