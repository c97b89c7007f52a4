//! Web addresses in a text, as the extracting functions see them.

/// `http://` or `https://` and what follows up to a space, `)` or `>`.
pub(super) fn candidates(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("http") {
        let tail = rest.get(at..).unwrap_or("");
        let scheme = if tail.starts_with("http://") {
            "http://".len()
        } else if tail.starts_with("https://") {
            "https://".len()
        } else {
            rest = tail.get("http".len()..).unwrap_or("");
            continue;
        };
        let body = tail.get(scheme..).unwrap_or("");
        let first = body.chars().next().filter(|letter| *letter != '/' && !letter.is_whitespace());
        let skip = first.map_or(0, char::len_utf8);
        let after = body.get(skip..).unwrap_or("");
        let is_end = |letter: char| letter.is_whitespace() || matches!(letter, ')' | '>');
        let length = after.find(is_end).unwrap_or(after.len());
        if first.is_none() || length == 0 {
            rest = body;
            continue;
        }
        found.push(tail.get(..scheme + skip + length).unwrap_or(""));
        rest = after.get(length..).unwrap_or("");
    }
    found
}

/// Put together again from its parts: an empty query or fragment vanishes.
pub(super) fn rebuilt(url: &str) -> String {
    let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let mut whole = base.to_owned();
    for (sign, part) in [('?', query), ('#', fragment)] {
        if !part.is_empty() {
            whole.push(sign);
            whole.push_str(part);
        }
    }
    whole
}

/// The authority up to its first colon.
pub(super) fn domain(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    if authority.starts_with('[')
        && let Some(end) = authority.find(']')
    {
        return authority.get(..=end).unwrap_or(authority);
    }
    authority.split(':').next().unwrap_or(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_at_spaces_and_brackets() {
        let text = "see (http://foo.com/a?#) or https://user:pw@h.com, http://[::1]:80/x httpx http:///no";
        let found = candidates(text);
        assert_eq!(found, ["http://foo.com/a?#", "https://user:pw@h.com,", "http://[::1]:80/x"]);
        assert_eq!(rebuilt("http://foo.com/a?#"), "http://foo.com/a");
        let domains: Vec<&str> = found.iter().map(|url| domain(url)).collect();
        assert_eq!(domains, ["foo.com", "user", "[::1]"]);
    }
}
