//! Web addresses, compared without what sharing adds to them.

/// Query parameters that say how a link was shared, not what it leads to.
const TRACKING: [&str; 6] = ["fbclid", "gclid", "igshid", "ref", "ref_src", "si"];

/// The address without scheme, `www.`, tracking parameters, fragment and trailing slash; host in lower case.
pub(super) fn canonical(address: &str) -> Option<String> {
    let (host, rest) = split(address)?;
    let rest = rest.split('#').next().unwrap_or("");
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut text = host;
    text.push_str(path.trim_end_matches('/'));
    let kept: Vec<&str> = query.split('&').filter(|pair| is_kept(pair)).collect();
    if !kept.is_empty() {
        text.push('?');
        text.push_str(&kept.join("&"));
    }
    Some(text)
}

/// The host, in lower case, without `www.` and port.
pub(super) fn domain(address: &str) -> Option<String> {
    let (host, _) = split(address)?;
    Some(host.split(':').next().unwrap_or(&host).to_owned())
}

fn split(address: &str) -> Option<(String, &str)> {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    let (host, rest) = after_scheme.split_at_checked(end)?;
    let host = host.rsplit('@').next().unwrap_or(host).to_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    (host.contains('.') && !host.contains(char::is_whitespace)).then(|| (host.to_owned(), rest))
}

fn is_kept(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or(pair);
    !name.is_empty() && !name.starts_with("utm_") && !TRACKING.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        for address in [
            "https://www.X.example/a/",
            "http://x.example/a?utm_source=b#top",
            "x.example/a?fbclid=1",
            "https://u@x.example/a",
        ] {
            assert_eq!(canonical(address).as_deref(), Some("x.example/a"), "{address}");
        }
        assert_eq!(canonical("https://x.example/a?id=3&utm_medium=c").as_deref(), Some("x.example/a?id=3"));
    }

    #[test]
    fn the_domain_is_the_host_alone() {
        assert_eq!(domain("https://www.x.example:8080/a").as_deref(), Some("x.example"));
        assert_eq!(domain("nonsense"), None);
    }
}
