//! Web addresses, compared without what sharing adds to them.

/// Query parameters that say how a link was shared, not what it leads to.
const TRACKING: [&str; 6] = ["fbclid", "gclid", "igshid", "ref", "ref_src", "si"];

/// An address as it is compared, with its parts at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NormalisedUrl {
    /// As [`canonical`] gives it.
    pub(crate) canonical: String,
    /// Bytes of host and port in front of the path.
    host: usize,
}

impl NormalisedUrl {
    /// Reads an address; `None` where it has no host.
    pub(crate) fn of(address: &str) -> Option<Self> {
        let (mut text, rest) = split(address)?;
        let host = text.len();
        let rest = rest.split('#').next().unwrap_or("");
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        text.push_str(path.trim_end_matches('/'));
        let kept: Vec<&str> = query.split('&').filter(|pair| is_kept(pair)).collect();
        if !kept.is_empty() {
            text.push('?');
            text.push_str(&kept.join("&"));
        }
        Some(Self { canonical: text, host })
    }

    /// Host and path.
    pub(crate) fn without_query(&self) -> &str {
        self.canonical.split('?').next().unwrap_or(&self.canonical)
    }

    /// Host; host and one segment; and so on up to the whole path.
    pub(crate) fn beginnings(&self) -> impl Iterator<Item = &str> {
        let path = self.without_query();
        let slashes = path.match_indices('/').map(|(at, _)| at).filter(|at| *at >= self.host);
        slashes.chain([path.len()]).filter_map(|end| path.get(..end))
    }

    /// The host, without port.
    pub(crate) fn domain(&self) -> &str {
        let host = self.canonical.get(..self.host).unwrap_or(&self.canonical);
        host.split(':').next().unwrap_or(host)
    }

    /// The host and the domains that it lies under, as long as they have a dot.
    pub(crate) fn domains(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(Some(self.domain()), |domain| domain.split_once('.').map(|(_, parent)| parent))
            .take_while(|domain| domain.contains('.'))
    }
}

/// The address without scheme, `www.`, tracking parameters, fragment and trailing slash; host in lower case.
pub(super) fn canonical(address: &str) -> Option<String> {
    NormalisedUrl::of(address).map(|url| url.canonical)
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
    fn an_address_lies_under_its_beginnings_and_its_domains() {
        let url = NormalisedUrl::of("https://www.a.x.example:8080/b/c/?id=3").unwrap();
        let beginnings: Vec<&str> = url.beginnings().collect();
        assert_eq!(beginnings, ["a.x.example:8080", "a.x.example:8080/b", "a.x.example:8080/b/c"]);
        assert_eq!(url.domains().collect::<Vec<_>>(), ["a.x.example", "x.example"]);
    }

    #[test]
    fn the_domain_is_the_host_alone() {
        assert_eq!(domain("https://www.x.example:8080/a").as_deref(), Some("x.example"));
        assert_eq!(domain("nonsense"), None);
    }
}
