//! What posts say: a draft that is filled by the way its author behaves, then written as JSON.

mod draft;
mod movement;
mod ordinary;
mod spam;
mod vocabulary;
mod watcher;

pub(crate) use draft::Draft;
pub(crate) use vocabulary::Vocabulary;

use crate::accounts::Scene;
use crate::emit::PostRef;
use crate::plan::{WAVE_ORDINALS_START, posts_on};
use crate::population::{HolderId, Persona, Role};
use crate::stream::{Purpose, Stream};

/// The author of a post and the chance that decides it.
struct Author<'a> {
    index: u32,
    persona: Persona,
    scene: &'a Scene<'a>,
    stream: Stream,
}

/// Fills the draft with the post of that ordinal by the account at `index`.
pub(crate) fn compose(scene: &Scene<'_>, index: u32, ordinal: u8, draft: &mut Draft) {
    let Some(account) = scene.accounts.get(index) else { return };
    let identity = scene.accounts.identity(index);
    let slot = u64::from(scene.now.day) << 8 | u64::from(ordinal);
    let stream = Stream::new(scene.population.seed(), Purpose::Post, identity.key.bits(), slot);
    let mut author = Author { index, persona: account.persona, scene, stream };
    draft.start(identity, scene.population.language(account.persona.community));
    match account.persona.behaviour {
        Role::Recruiter => author.recruit(draft),
        Role::Amplifier => author.amplify(draft),
        Role::Spammer if ordinal >= WAVE_ORDINALS_START => {
            author.join_wave(draft, ordinal - WAVE_ORDINALS_START)
        }
        Role::Journalist | Role::Researcher | Role::Critic => author.watch(draft),
        Role::Spammer | Role::Lurker | Role::Brigader | Role::Ordinary => author.chat(draft),
    }
    draft.finish();
}

impl Author<'_> {
    /// Uniform in `0.0..1.0`, for a choice between several ways.
    fn roll(&mut self) -> f64 {
        self.stream.unit()
    }

    /// Makes the draft a repost of something that the holder's account posted yesterday, where there is such a thing.
    fn repost_from(&mut self, draft: &mut Draft, holder: HolderId) -> bool {
        let scene = self.scene;
        let (Some(yesterday), Some(index)) =
            (scene.now.day.checked_sub(1), scene.accounts.live(holder, scene.at))
        else {
            return false;
        };
        let Some(account) = scene.accounts.get(index).filter(|account| account.arrival_day() < yesterday)
        else {
            return false;
        };
        let key = scene.accounts.identity(index).key;
        let posts = posts_on(scene.population.seed(), key, account, yesterday);
        if posts == 0 || index == self.index {
            return false;
        }
        let ordinal = self.stream.below(posts);
        draft.repost_of = Some(PostRef { author: key, day: yesterday, ordinal });
        true
    }

    /// Mentions the holder's newest account.
    fn mention(&mut self, draft: &mut Draft, holder: HolderId) {
        let index = self.scene.accounts.newest(holder);
        if index != self.index
            && self.scene.accounts.get(index).is_some_and(|a| a.arrives_at <= self.scene.at)
        {
            draft.mention(self.scene, &self.scene.accounts.identity(index));
        }
    }
}
