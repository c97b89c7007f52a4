//! Events about accounts: created, snapshot, updated, deleted, logged in, follows.

use super::envelope::EventName;
use super::write_number;
use crate::accounts::Scene;
use crate::identity::{self, Identity, LoginMoment};
use crate::population::Role;
use crate::stream::{Purpose, Stream};
use cordon_model::event::EventType;

/// Appends one event that says how an account presents itself, or (deleted) that it is gone.
pub(crate) fn write_account_event(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, index: u32) {
    let identity = scene.accounts.identity(index);
    name.write_envelope(out, scene.ids, &scene.now);
    open_account(out, scene, &identity);
    if name.kind != EventType::AccountDeleted {
        write_profile(out, scene, name, index);
    }
    out.push(b'}');
    if matches!(name.kind, EventType::AccountCreated | EventType::AccountSnapshot) {
        write_session(out, scene, index, LoginMoment::Arrival, 0);
    }
    out.push(b'}');
}

/// Appends a log-in; ordinal 0 on the account's first day is its first one.
pub(crate) fn write_login(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, index: u32) {
    let is_first_day =
        scene.accounts.get(index).is_some_and(|account| account.arrival_day() == scene.now.day);
    let moment = if is_first_day && name.ordinal == 0 { LoginMoment::First } else { LoginMoment::Later };
    name.write_envelope(out, scene.ids, &scene.now);
    open_account(out, scene, &scene.accounts.identity(index));
    out.push(b'}');
    write_session(out, scene, index, moment, name.ordinal);
    out.push(b'}');
}

/// Appends that the actor follows `target`.
pub(crate) fn write_follow(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, target: Identity) {
    name.write_envelope(out, scene.ids, &scene.now);
    out.extend_from_slice(br#","account":{"id":""#);
    scene.ids.write(out, name.actor);
    out.extend_from_slice(br#""},"follow":{"account_id":""#);
    scene.ids.write(out, target.key);
    out.extend_from_slice(br#""}}"#);
}

/// `,"account":{"id":…,"handle":…`, the object left open.
pub(crate) fn open_account(out: &mut Vec<u8>, scene: &Scene<'_>, identity: &Identity) {
    out.extend_from_slice(br#","account":{"id":""#);
    scene.ids.write(out, identity.key);
    out.extend_from_slice(br#"","handle":""#);
    identity.write_handle(scene.population, out);
    out.push(b'"');
}

fn write_profile(out: &mut Vec<u8>, scene: &Scene<'_>, name: EventName, index: u32) {
    let Some(account) = scene.accounts.get(index) else { return };
    let identity = scene.accounts.identity(index);
    let language = scene.population.language(account.persona.community);
    let version = if name.kind == EventType::AccountUpdated { name.ordinal + scene.now.day + 1 } else { 0 };
    let mut words =
        Stream::new(scene.population.seed(), Purpose::Profile, identity.key.bits(), u64::from(version));
    out.extend_from_slice(br#","display_name":""#);
    language.write_word(out, 512 + words.below(1_500));
    out.push(b' ');
    language.write_word(out, 8_192 + words.below(100_000));
    out.extend_from_slice(br#"","bio":""#);
    scene.vocabulary.write_bio(out, language, account.persona, &mut words);
    out.extend_from_slice(br#"","lang":""#);
    out.extend_from_slice(language.tag().as_bytes());
    out.push(b'"');
    if identity.has_avatar(scene.population) {
        out.extend_from_slice(br#","avatar_hash":""#);
        identity.write_avatar(scene.population, out);
        out.push(b'"');
    }
    if account.persona.behaviour == Role::Journalist && identity.key.holder.0.is_multiple_of(2) {
        out.extend_from_slice(br#","is_protected":true"#);
    }
    write_history(out, scene, name.kind, &mut words);
}

/// When it signed up and, where that was up to five years before the world's start, how often it has posted since.
fn write_history(out: &mut Vec<u8>, scene: &Scene<'_>, kind: EventType, words: &mut Stream) {
    match kind {
        EventType::AccountCreated => {
            out.extend_from_slice(br#","created_at":""#);
            scene.now.write(out);
            out.push(b'"');
        }
        EventType::AccountSnapshot => {
            let age_days = 30 + words.below(1_800);
            let created_at = scene.now.time.plus_seconds(-86_400 * i64::from(age_days));
            out.extend_from_slice(br#","created_at":""#);
            out.extend_from_slice(created_at.to_string().as_bytes());
            out.extend_from_slice(br#"","posts":"#);
            write_number(out, words.below(3_000));
        }
        _ => {}
    }
}

fn write_session(out: &mut Vec<u8>, scene: &Scene<'_>, index: u32, moment: LoginMoment, ordinal: u32) {
    let Some(account) = scene.accounts.get(index) else { return };
    let identity = scene.accounts.identity(index);
    let slot = u64::from(scene.now.day) << 8 | u64::from(ordinal);
    let mut chance = Stream::new(scene.population.seed(), Purpose::Network, identity.key.bits(), slot);
    let login = identity::Login { day: scene.now.day, moment, chance: chance.bits() >> 8 };
    let address = scene.networks.address(scene.population, &identity, account.persona.habit, login);
    let device =
        identity::device(scene.population, &identity, moment == LoginMoment::Later && chance.chance(0.3));
    out.extend_from_slice(br#","session":{"ip":""#);
    identity::write_address(out, address);
    out.extend_from_slice(br#"","device":"d"#);
    identity::write_hex(out, device);
    out.extend_from_slice(br#""}"#);
}
