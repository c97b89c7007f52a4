//! Cookie headers, as Python's `BaseCookie` reads them.

use crate::eval::value::{Fault, Outcome, Value};

fn is_key(letter: char) -> bool {
    letter.is_alphanumeric() || "_!#%&'~`><@,:/$*+-.^|)(?}{=".contains(letter)
}

fn is_legal(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:".contains(letter)
}

/// The last value of a cookie, quotes and escapes kept.
pub(super) fn value<'e>(header: &str, key: &str) -> Outcome<'e> {
    let mut found = None;
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == ';');
        let end = rest.find(|letter: char| letter == '=' || !is_key(letter)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let trimmed = after.trim_start();
        // Reading stops where a piece is no cookie.
        let Some(after) = trimmed.strip_prefix('=').filter(|_| !name.is_empty()) else { break };
        let after = after.trim_start();
        let length = match after.strip_prefix('"').and_then(closing) {
            Some(inside) => inside + 2,
            None => after.find(|letter: char| letter.is_whitespace() || letter == ';').unwrap_or(after.len()),
        };
        let (value, tail) = after.split_at(length);
        if !name.starts_with('$') {
            if !name.chars().all(is_legal) {
                return Err(Fault::Error("the header holds an illegal cookie name"));
            }
            if name == key {
                found = Some(value);
            }
        }
        rest = tail;
    }
    found.map(Value::text).ok_or(Fault::Silent)
}

/// Where the quoted text ends.
fn closing(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.char_indices().find_map(|(at, letter)| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_cookie_of_a_name_counts() {
        let check = |header: &str, expected: Option<&str>| {
            let found = value(header, "a").ok();
            assert_eq!(found.as_ref().and_then(|found| found.as_text()), expected, "{header}");
        };
        check("a=1; b=2; a=3", Some("3"));
        check("a=b, c=d", Some("b,"));
        check("a=; b=1", Some(""));
        check("a=\"x y\"", Some("\"x y\""));
        check("b=1; broken; a=2", None);
        check("", None);
    }
}
