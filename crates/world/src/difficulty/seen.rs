//! What the events showed of one account.

use crate::stream::mix;
use cordon_model::json::Json;
use std::collections::BTreeSet;

/// Hashes of what an account used.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) devices: BTreeSet<u64>,
    /// The first three bytes of its addresses.
    pub(super) networks: BTreeSet<u32>,
    pub(super) stem: u64,
    pub(super) hashtags: BTreeSet<u64>,
    pub(super) follows: BTreeSet<u64>,
}

/// What of an event the measurement looks at.
impl Seen {
    pub(super) fn read_session(&mut self, event: &Json<'_>) {
        if let Some(device) = event.path(&["session", "device"]).and_then(Json::as_str) {
            self.devices.insert(hash(device));
        }
        let address = event.path(&["session", "ip"]).and_then(Json::as_str);
        if let Some(address) = address.and_then(|text| text.parse::<std::net::Ipv4Addr>().ok()) {
            self.networks.insert(address.to_bits() >> 8);
        }
    }

    pub(super) fn read_handle(&mut self, event: &Json<'_>) {
        if let Some(handle) = event.path(&["account", "handle"]).and_then(Json::as_str) {
            self.stem = hash(&stem_of(handle));
        }
    }

    pub(super) fn read_hashtags(&mut self, event: &Json<'_>) {
        let hashtags = event.path(&["post", "hashtags"]).map_or(&[][..], Json::items);
        self.hashtags.extend(hashtags.iter().filter_map(Json::as_str).map(hash));
    }

    pub(super) fn read_follow(&mut self, event: &Json<'_>) {
        let whom = event.path(&["follow", "account_id"]).and_then(Json::as_str);
        self.follows.extend(whom.map(hash));
    }
}

/// Letters alone, doubled ones once.
pub(super) fn stem_of(handle: &str) -> String {
    let mut stem = String::with_capacity(handle.len());
    for letter in handle.chars().filter(|letter| letter.is_alphabetic()).flat_map(char::to_lowercase) {
        if !stem.ends_with(letter) {
            stem.push(letter);
        }
    }
    stem
}

/// A 64-bit hash of a text.
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0x517c_c1b7, |hash, byte| mix(hash ^ u64::from(byte)))
}

/// How many elements two sets share.
pub(super) fn common(one: &BTreeSet<u64>, other: &BTreeSet<u64>) -> usize {
    one.intersection(other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorations_of_a_handle_do_not_change_its_stem() {
        for handle in ["dalome_17", "_dalome17", "Dalomee99", "dalome5"] {
            assert_eq!(stem_of(handle), "dalome");
        }
    }
}
