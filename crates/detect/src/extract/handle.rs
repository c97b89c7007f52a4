//! Handles as their holders vary them: `Grey_Heron88`, `greyheron`, `gr3yheroon` have one stem.

/// Stems shorter than this are shared by accident.
const STEM_CHARS_MIN: usize = 4;

/// Lower case, look-alike digits read as letters, everything but letters dropped, doubled letters made one.
pub(super) fn stem(handle: &str) -> Option<String> {
    let handle = handle.trim_start_matches('@');
    let core = handle.trim_matches(|c: char| !c.is_alphabetic());
    let mut stem = String::with_capacity(core.len());
    let mut last = '\0';
    for c in core.chars().flat_map(char::to_lowercase).filter_map(letter) {
        if c != last {
            stem.push(c);
        }
        last = c;
    }
    (stem.chars().count() >= STEM_CHARS_MIN).then_some(stem)
}

/// The letter that a sign stands for inside a word; `None` for separators.
fn letter(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' => Some('i'),
        '3' => Some('e'),
        '4' => Some('a'),
        '5' => Some('s'),
        '7' => Some('t'),
        c if c.is_alphabetic() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variations_of_one_handle_share_a_stem() {
        for handle in ["GreyHeron", "grey_heron88", "@gr3yheroon", "greyheron_2016", "007greyheron"] {
            assert_eq!(stem(handle).as_deref(), Some("greyheron"), "{handle}");
        }
    }

    #[test]
    fn short_and_numeric_handles_have_none() {
        assert_eq!(stem("abc99"), None);
        assert_eq!(stem("123456"), None);
    }
}
