//! Public suffixes, of the ICANN and the private section of the list.

/// The host within a domain or address, in lower case.
pub(super) fn host(text: &str) -> String {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = if host.starts_with('[') { host } else { host.split(':').next().unwrap_or("") };
    host.trim_end_matches('.').to_lowercase()
}

/// The public suffix of a host in lower case; nothing where the list knows none.
pub(super) fn suffix(host: &str) -> Option<&str> {
    if host.is_empty() || host.starts_with('.') {
        return None;
    }
    let found = psl::suffix(host.as_bytes()).filter(psl::Suffix::is_known)?;
    std::str::from_utf8(found.as_bytes()).ok().and_then(|suffix| host.get(host.len() - suffix.len()..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_those_of_the_list() {
        assert_eq!(suffix("www.example.co.uk"), Some("co.uk"));
        assert_eq!(suffix("x.github.io"), Some("github.io"));
        assert_eq!(suffix("co.uk"), Some("co.uk"));
        assert_eq!(suffix(&host("https://FOO.com./path?x")), Some("com"));
        for unknown in ["localhost", "127.0.0.1", "", "mail.example"] {
            assert_eq!(suffix(unknown), None, "{unknown}");
        }
    }
}
