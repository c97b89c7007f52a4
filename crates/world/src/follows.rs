//! Whom somebody follows: friends first, then whom everybody in the same circle knows.

use crate::accounts::Scene;
use crate::identity::{Identity, Key};
use crate::population::{HolderId, Persona, Population, Role};
use crate::stream::{Purpose, Stream};
use crate::zipf::rank_of;

/// The first follows of an account are its friends; a return that keeps its friends starts with the same.
const FRIEND_SLOTS: u32 = 6;
/// Follow slots of one account; later ones stay empty.
const SLOTS_MAX: u32 = 120;
const FIRST_DAY_SECONDS: u32 = 86_400;

/// The account to follow in that slot; `None` where it is taken, gone, not there yet, or oneself.
pub(crate) fn target(scene: &Scene<'_>, index: u32, slot: u32) -> Option<Identity> {
    let account = scene.accounts.get(index)?;
    let identity = scene.accounts.identity(index);
    let wish = |slot| wanted(scene.population, &identity, account.persona, slot);
    let holder = wish(slot);
    if slot >= SLOTS_MAX || (0..slot).any(|earlier| wish(earlier) == holder) {
        return None;
    }
    // Whoever appears on the first day has been there for long: its snapshot may come after the follow.
    let target =
        scene.accounts.live(holder, scene.at.max(FIRST_DAY_SECONDS)).filter(|target| *target != index)?;
    Some(scene.accounts.identity(target))
}

/// Whom that account would follow in that slot, whether or not the account of that holder exists.
pub(crate) fn wanted(population: &Population, identity: &Identity, persona: Persona, slot: u32) -> HolderId {
    let is_friend = slot < FRIEND_SLOTS;
    let taken_up = if is_friend { identity.friends } else { identity.key.incarnation };
    let key = Key { holder: identity.key.holder, incarnation: taken_up };
    let mut stream = Stream::new(population.seed(), Purpose::Follow, key.bits(), u64::from(slot));
    match persona.behaviour {
        Role::Journalist | Role::Researcher | Role::Critic | Role::Lurker if stream.chance(0.6) => {
            draw_hub(population, &mut stream)
        }
        _ if is_friend => {
            community_member(population, persona, stream.unit(), |unit, size| (unit * f64::from(size)) as u32)
        }
        Role::Spammer => population.draw_anybody(&mut stream),
        behaviour if behaviour.is_of_movement() => {
            movement_wish(population, identity, persona, slot, &mut stream)
        }
        _ => popular_wish(population, persona, &mut stream),
    }
}

/// An account that the movement follows: its best-known recruiters, and innocent ones that it likes.
pub(crate) fn draw_hub(population: &Population, stream: &mut Stream) -> HolderId {
    let hubs = (population.quotas.violators() / 2).max(12);
    let number = stream.below(hubs);
    if number.is_multiple_of(2) {
        population.holder_at_rank(number / 2 % population.quotas.count(Role::Recruiter).max(1))
    } else {
        population.holder_at_rank(population.quotas.start(Role::Ordinary) + number)
    }
}

/// Those who left their friends avoid the circle that would give them away.
fn movement_wish(
    population: &Population,
    identity: &Identity,
    persona: Persona,
    slot: u32,
    stream: &mut Stream,
) -> HolderId {
    if slot == FRIEND_SLOTS && population.is_framer(identity.key.holder) {
        population.framed()
    } else if identity.left_its_friends() {
        population.draw_anybody(stream)
    } else if stream.chance(0.75) {
        draw_hub(population, stream)
    } else {
        popular_wish(population, persona, stream)
    }
}

/// Somebody well known in one's own community, in another one, or anybody.
fn popular_wish(population: &Population, persona: Persona, stream: &mut Stream) -> HolderId {
    match stream.unit() {
        way if way < 0.7 => community_member(population, persona, stream.unit(), rank_of),
        way if way < 0.9 => {
            let community = stream.below(population.communities.count()) as u16;
            community_member(population, Persona { community, ..persona }, stream.unit(), rank_of)
        }
        _ => population.draw_anybody(stream),
    }
}

fn community_member(
    population: &Population,
    persona: Persona,
    unit: f64,
    rank: impl Fn(f64, u32) -> u32,
) -> HolderId {
    let (_, size) = population.communities.places(persona.community);
    population.member(persona.community, rank(unit, size))
}
