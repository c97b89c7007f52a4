//! How an account behaves: what of its holder shows in what it does.

use super::{CommunityNumber, Population, Role};
use crate::identity::Key;
use crate::stream::{Purpose, Stream};

/// From which kinds of network somebody logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NetworkHabit {
    /// From home.
    Home,
    /// From home and from a carrier, school or office.
    Mixed,
    /// Never from home.
    SharedOnly,
}

/// The visible habits of one account; 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Persona {
    /// How it behaves: its holder's role, or [`Role::Ordinary`] in a null world.
    pub(crate) behaviour: Role,
    pub(crate) habit: NetworkHabit,
    pub(crate) community: CommunityNumber,
    /// Hour of the UTC day around which it is active.
    pub(crate) peak_hour: u8,
    /// Mean posts a day.
    pub(crate) posts_per_day: f32,
    /// Mean follows a day after the first day.
    pub(crate) follows_per_day: f32,
}

impl Population {
    /// The habits of that account.
    pub(crate) fn persona(&self, key: Key) -> Persona {
        let source = if self.config.is_null { key } else { Key::first(key.holder) };
        let mut stream = Stream::new(self.seed(), Purpose::Persona, source.bits(), 0);
        let behaviour = self.behaviour(key);
        let community = self.communities.at_place(self.place(source));
        let zone = self.language(community).peak_hour();
        let zipf = stream.unit().max(1e-4).powf(-0.75);
        Persona {
            behaviour,
            habit: self.network_habit(source),
            community,
            peak_hour: ((i32::from(zone) + (stream.normal() * 2.5) as i32).rem_euclid(24)) as u8,
            posts_per_day: posts_per_day(behaviour, zipf),
            follows_per_day: follows_per_day(behaviour, zipf),
        }
    }

    fn behaviour(&self, key: Key) -> Role {
        match self.role(key.holder) {
            Role::Brigader => Role::Brigader,
            _ if self.config.is_null => Role::Ordinary,
            role => role,
        }
    }

    /// Dealt by rank, one in ten and two in ten, so that each role gets its share exactly.
    fn network_habit(&self, key: Key) -> NetworkHabit {
        match (self.rank(key.holder) + key.incarnation) % 10 {
            0 => NetworkHabit::SharedOnly,
            1 | 2 => NetworkHabit::Mixed,
            _ => NetworkHabit::Home,
        }
    }
}

fn posts_per_day(behaviour: Role, zipf: f64) -> f32 {
    // `zipf` is at least 1 and about 4 on average, with a heavy tail.
    let mean = match behaviour {
        Role::Recruiter => (1.2 * zipf).clamp(2.0, 8.0),
        Role::Amplifier => (1.6 * zipf).clamp(3.0, 12.0),
        Role::Spammer => 0.4,
        Role::Journalist | Role::Researcher | Role::Critic => (0.9 * zipf).clamp(1.5, 8.0),
        Role::Lurker => 0.08,
        Role::Brigader | Role::Ordinary => (0.33 * zipf).min(40.0),
    };
    mean as f32
}

fn follows_per_day(behaviour: Role, zipf: f64) -> f32 {
    let mean = match behaviour {
        Role::Recruiter => 1.2,
        Role::Amplifier => 0.9,
        Role::Journalist | Role::Researcher | Role::Critic => 1.0,
        Role::Lurker => 0.5,
        Role::Spammer => 0.2,
        Role::Brigader | Role::Ordinary => (0.05 * zipf).min(2.0),
    };
    mean as f32
}
