//! How the spam ring posts: in waves, the same address from every member within minutes.

use super::vocabulary::{Page, Site};
use super::{Author, Draft};
use crate::language::Language;
use crate::stream::{Purpose, Stream, keyed};

impl Author<'_> {
    /// The member's post in that wave: one address, one text, one word changed.
    pub(super) fn join_wave(&mut self, draft: &mut Draft, wave: u8) {
        let seed = self.scene.population.seed();
        let slot = u64::from(self.scene.now.day) << 8 | u64::from(wave);
        let mut script = Stream::new(seed, Purpose::Wave, slot, SCRIPT);
        draft.language = Language::drawn(&mut script);
        let words = 7 + script.below(8);
        let changed = self.stream.below(words);
        for position in 0..words {
            let word = self.scene.vocabulary.everyday_word(&mut script);
            if position == changed { self.ordinary_word(draft) } else { draft.word(word) }
        }
        self.community_hashtag(draft);
        let article = keyed(seed, Purpose::Wave, slot, ARTICLE) as u32;
        let wave_number = self.scene.now.day * 8 + u32::from(wave);
        draft.url(|out| Page { site: Site::Spam(wave_number), domain: 0, article }.write(out));
    }
}

/// Keys of a wave's text and address, apart from those of its members.
const SCRIPT: u64 = u64::MAX;
const ARTICLE: u64 = u64::MAX - 1;
