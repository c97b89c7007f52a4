//! What an event's actor did to which objects, finer than a day: the input of coordination.
//!
//! The settings say what counts: every path that a `co_action` line reads, and every text. Objects have the hash of the
//! plain entity of the same value where there is one, so that the index can name them.

use super::{each_value, near_sketch, normalised, reads, text};
use crate::fingerprints::Sketch;
use crate::settings::{LinkKind, LinkSettings};
use cordon_model::event::Event;
use cordon_model::hashing::HashKey;

/// What somebody acted on.
#[derive(Clone, Debug, PartialEq)]
pub enum ActObject {
    /// A thing, by its keyed hash.
    Thing(u64),
    /// A text, by its fingerprint: near-duplicates are one object.
    Text(Sketch),
}

/// Numbers of the entity types whose values are objects of acts, ascending.
pub fn act_kinds(settings: &LinkSettings) -> Vec<u8> {
    let numbered = || (0_u8..).zip(&settings.links);
    let kinds = numbered().filter_map(|(number, link)| match link.kind {
        LinkKind::NearText => Some(number),
        LinkKind::CoAction { .. } => {
            let is_same = |other: &crate::settings::LinkType| {
                other.kind == LinkKind::Identifier
                    && other.path == link.path
                    && other.normalise == link.normalise
            };
            Some(numbered().find(|(_, other)| is_same(other)).map_or(number, |(plain, _)| plain))
        }
        LinkKind::Identifier | LinkKind::Follow | LinkKind::NearMedia => None,
    });
    let mut kinds: Vec<u8> = kinds.collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Calls `found` with every object of these kinds that the event's actor acted on.
pub fn each_act(
    settings: &LinkSettings,
    key: &HashKey,
    event: &Event<'_>,
    kinds: &[u8],
    found: &mut dyn FnMut(u8, ActObject),
) {
    for number in kinds {
        let Some(link) = settings.link(*number).filter(|link| reads(&link.on, event.kind)) else { continue };
        each_value(&event.body, &link.path, &mut |value| {
            let object = match link.kind {
                LinkKind::NearText => near_sketch(&text::fold(value), key).map(ActObject::Text),
                _ => normalised(link.normalise, value)
                    .map(|value| ActObject::Thing(key.hash64(*number, value.as_bytes()))),
            };
            if let Some(object) = object {
                found(*number, object);
            }
        });
    }
}
