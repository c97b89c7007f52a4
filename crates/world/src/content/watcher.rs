//! How journalists, researchers and critics post: about the movement, in words of their own trade.

use super::vocabulary::{Page, Site, article_of_day};
use super::{Author, Draft};
use crate::follows;
use crate::population::Role;

/// Share of a watcher's hashtags that are the movement's.
const MOVEMENT_HASHTAG_SHARE: f64 = 0.88;

impl Author<'_> {
    /// A watcher's post; one in six is about private things.
    pub(super) fn watch(&mut self, draft: &mut Draft) {
        if self.stream.chance(0.16) {
            return self.ordinary_words(draft, 5);
        }
        if self.stream.chance(0.1) {
            let hub = follows::draw_hub(self.scene.population, &mut self.stream);
            if self.repost_from(draft, hub) {
                return;
            }
        }
        self.watcher_words(draft);
        for _ in 0..self.stream.below(3) {
            if self.stream.chance(MOVEMENT_HASHTAG_SHARE) {
                self.movement_hashtag(draft);
            } else {
                self.community_hashtag(draft);
            }
        }
        if self.stream.chance(0.3) {
            self.press_page(draft);
        }
        if self.stream.chance(self.quoting()) {
            self.movement_page(draft);
        }
        if self.stream.chance(0.08) {
            let hub = follows::draw_hub(self.scene.population, &mut self.stream);
            self.mention(draft, hub);
        }
    }

    fn watcher_words(&mut self, draft: &mut Draft) {
        let vocabulary = self.scene.vocabulary;
        for _ in 0..8 + self.stream.below(14) {
            match self.roll() {
                way if way < 0.2 => draft.word(vocabulary.movement_word(&mut self.stream)),
                way if way < 0.5 => draft.word(vocabulary.watcher_word(&mut self.stream)),
                _ => self.ordinary_word(draft),
            }
        }
    }

    fn press_page(&mut self, draft: &mut Draft) {
        let domain = self.scene.vocabulary.domains.draw(&mut self.stream);
        let rank = self.scene.vocabulary.domains.draw(&mut self.stream);
        let article = article_of_day(self.scene.now.day, rank);
        draft.url(|out| Page { site: Site::Press, domain, article }.write(out));
    }

    /// How often a post links to the movement's own pages: researchers cite most.
    fn quoting(&self) -> f64 {
        if self.persona.behaviour == Role::Researcher { 0.12 } else { 0.05 }
    }
}
