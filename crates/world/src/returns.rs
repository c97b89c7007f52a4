//! Who comes back after a suspension, when, and with which traits.

use crate::config;
use crate::identity::{Identity, Key};
use crate::population::{HolderId, Population};
use crate::stream::{Purpose, Stream};

const SECONDS_PER_HOUR: u32 = 3_600;

/// Seconds until the holder of a just suspended account opens another one; `None` where they never do.
pub(crate) fn comeback_after(population: &Population, suspended: Key) -> Option<u32> {
    let mut stream = Stream::new(population.seed(), Purpose::Return, suspended.bits(), 0);
    let holder = suspended.holder;
    let (chance, hours_min, hours_max) = if population.is_stubborn(holder) {
        (1.0, 1, 5)
    } else if population.role(holder).is_violator() {
        (0.7, 2, 36)
    } else {
        (0.2, 12, 72)
    };
    let seconds = hours_min * SECONDS_PER_HOUR + stream.below((hours_max - hours_min) * SECONDS_PER_HOUR);
    stream.chance(chance).then_some(seconds)
}

/// The traits of the account that follows upon `old`.
pub(crate) fn next_identity(population: &Population, old: &Identity) -> Identity {
    let incarnation = old.key.incarnation + 1;
    let key = Key { holder: HolderId(old.key.holder.0), incarnation };
    let fresh =
        Identity { key, device: incarnation, network: incarnation, stem: incarnation, friends: incarnation };
    let mut stream = Stream::new(population.seed(), Purpose::Return, key.bits(), 1);
    if population.config.is_null || stream.chance(config::RETURN_SHARES_NOTHING) {
        return fresh;
    }
    let of_the_rest = |share: f64| share / (1.0 - config::RETURN_SHARES_NOTHING);
    let device = stream.chance(of_the_rest(config::RETURN_KEEPS_DEVICE));
    let network = stream.chance(of_the_rest(config::RETURN_KEEPS_NETWORK));
    let stem = stream.chance(of_the_rest(config::RETURN_KEEPS_STEM));
    // Whoever keeps none of the other three keeps the friends, or more than the stated share would keep nothing.
    let none = [config::RETURN_KEEPS_DEVICE, config::RETURN_KEEPS_NETWORK, config::RETURN_KEEPS_STEM]
        .into_iter()
        .map(|share| 1.0 - of_the_rest(share))
        .product::<f64>();
    let otherwise = (of_the_rest(config::RETURN_FOLLOWS_FRIENDS) - none) / (1.0 - none);
    let friends = stream.chance(otherwise) || !(device || network || stem);
    Identity {
        key,
        device: if device { old.device } else { fresh.device },
        network: if network { old.network } else { fresh.network },
        stem: if stem { old.stem } else { fresh.stem },
        friends: if friends { old.friends } else { fresh.friends },
    }
}
