//! Posts, and that posts are gone.

use super::account::open_account;
use super::envelope::EventName;
use super::write_number;
use crate::accounts::Scene;
use crate::content::Draft;
use crate::identity::{AccountIds, Key};

/// A post, named by its author and which of the author's posts of that day it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PostRef {
    pub(crate) author: Key,
    pub(crate) day: u32,
    pub(crate) ordinal: u32,
}

impl PostRef {
    /// Appends the post's id.
    pub(crate) fn write(&self, out: &mut Vec<u8>, ids: &AccountIds) {
        out.push(b'p');
        write_action(out, ids, self.author, self.day, self.ordinal);
    }
}

/// Appends `<16 digits>-<day>-<ordinal>`, unique for what one account does of one kind.
pub(super) fn write_action(out: &mut Vec<u8>, ids: &AccountIds, actor: Key, day: u32, ordinal: u32) {
    crate::identity::write_hex(out, ids.number(actor));
    out.push(b'-');
    write_number(out, day);
    out.push(b'-');
    write_number(out, ordinal);
}

/// Appends the post that the draft holds.
pub(crate) fn write_post(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, draft: &Draft) {
    let post = PostRef { author: name.actor, day: scene.now.day, ordinal: name.ordinal };
    name.write_envelope(out, scene.ids, &scene.now);
    open_account(out, scene, &draft.author);
    out.extend_from_slice(br#"},"post":{"id":""#);
    post.write(out, scene.ids);
    if let Some(original) = draft.repost_of {
        out.extend_from_slice(br#"","is_repost":true,"repost_of":""#);
        original.write(out, scene.ids);
    } else {
        out.extend_from_slice(br#"","text":""#);
        out.extend_from_slice(&draft.text);
        out.extend_from_slice(br#"","lang":""#);
        out.extend_from_slice(draft.language.tag().as_bytes());
        out.extend_from_slice(br#"","is_repost":false,"client":""#);
        out.extend_from_slice(draft.client.as_bytes());
    }
    out.push(b'"');
    write_list(out, br#","urls":["#, &draft.urls);
    write_list(out, br#","mentions":["#, &draft.mentions);
    write_list(out, br#","hashtags":["#, &draft.hashtags);
    write_list(out, br#","media_hashes":["#, &draft.media);
    out.extend_from_slice(b"}}");
}

/// Appends that the actor's post of that ordinal, made the same day, is gone.
pub(crate) fn write_post_deleted(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, ordinal: u32) {
    name.write_envelope(out, scene.ids, &scene.now);
    out.extend_from_slice(br#","account":{"id":""#);
    scene.ids.write(out, name.actor);
    out.extend_from_slice(br#""},"post":{"id":""#);
    PostRef { author: name.actor, day: scene.now.day, ordinal }.write(out, scene.ids);
    out.extend_from_slice(br#""}}"#);
}

/// A list whose items are written already, with commas between; nothing where it is empty.
fn write_list(out: &mut Vec<u8>, start: &[u8], items: &[u8]) {
    if items.is_empty() {
        return;
    }
    out.extend_from_slice(start);
    out.extend_from_slice(items);
    out.push(b']');
}
