//! Internet addresses and the networks they lie in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The one canonical text of an address; an IPv4 address inside IPv6 is the IPv4 address.
pub(super) fn canonical(text: &str) -> Option<String> {
    parse(text).map(|address| address.to_string())
}

/// The /24 of an IPv4 address, the /48 of an IPv6 address.
pub(super) fn network(text: &str) -> Option<String> {
    Some(match parse(text)? {
        IpAddr::V4(address) => {
            let bits = u32::from(address) & 0xffff_ff00;
            format!("{}/24", Ipv4Addr::from(bits))
        }
        IpAddr::V6(address) => {
            let bits = u128::from(address) >> 80 << 80;
            format!("{}/48", Ipv6Addr::from(bits))
        }
    })
}

/// The address, unless it is one that says nothing (unspecified, loopback).
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok()?.to_canonical();
    (!address.is_unspecified() && !address.is_loopback()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        assert_eq!(canonical("::ffff:192.0.2.7"), canonical("192.0.2.7"));
        assert_eq!(canonical("2001:DB8:0:0::1"), Some("2001:db8::1".to_owned()));
        assert_eq!(canonical("not an address"), None);
        assert_eq!(canonical("127.0.0.1"), None);
    }

    #[test]
    fn networks_are_cut_by_family() {
        assert_eq!(network("192.0.2.77"), Some("192.0.2.0/24".to_owned()));
        assert_eq!(network("2001:db8:1:2::9"), Some("2001:db8:1::/48".to_owned()));
    }
}
