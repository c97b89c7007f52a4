//! How the movement posts: recruiters write and address strangers, amplifiers repeat and repost.

use super::vocabulary::{Page, Site, article_of_day, popular_picture};
use super::{Author, Draft};
use crate::follows;
use crate::stream::{Purpose, Stream};

/// Talking points that a language's amplifiers are given each day.
const TALKING_POINTS: u32 = 4;
/// The movement's number where pictures are counted by community.
const CIRCLE: u32 = u32::MAX - 1;

impl Author<'_> {
    /// A recruiter's post; one in four is about private things.
    pub(super) fn recruit(&mut self, draft: &mut Draft) {
        if self.stream.chance(0.25) {
            return self.chat(draft);
        }
        self.movement_words(draft, 8, 0.45);
        if self.stream.chance(0.35) {
            let stranger = self.scene.population.draw_anybody(&mut self.stream);
            self.mention(draft, stranger);
        }
        self.frame_by_mention(draft);
        self.movement_hashtags(draft);
        self.movement_extras(draft);
    }

    /// An amplifier's post: a repost, a talking point with a word changed, or something private.
    pub(super) fn amplify(&mut self, draft: &mut Draft) {
        let way = self.roll();
        if way < 0.4 && self.repost_the_movement(draft) {
            return;
        }
        if way < 0.8 { self.repeat_talking_point(draft) } else { self.chat(draft) }
    }

    fn repost_the_movement(&mut self, draft: &mut Draft) -> bool {
        let population = self.scene.population;
        let me = self.scene.accounts.identity(self.index).key.holder;
        if population.is_framer(me) && self.stream.chance(0.3) && self.repost_from(draft, population.framed())
        {
            return true;
        }
        (0..3).any(|_| {
            let hub = follows::draw_hub(population, &mut self.stream);
            self.repost_from(draft, hub)
        })
    }

    fn repeat_talking_point(&mut self, draft: &mut Draft) {
        let day = u64::from(self.scene.now.day);
        let point = u64::from(self.stream.below(TALKING_POINTS)) << 8 | draft.language.number() as u64;
        let mut script = Stream::new(self.scene.population.seed(), Purpose::TalkingPoint, day, point);
        let words = 10 + script.below(9);
        let changed = self.stream.below(words);
        for position in 0..words {
            let word = if script.chance(0.5) {
                self.scene.vocabulary.movement_word(&mut script)
            } else {
                self.scene.vocabulary.everyday_word(&mut script)
            };
            if position == changed { self.ordinary_word(draft) } else { draft.word(word) }
        }
        self.frame_by_mention(draft);
        self.movement_hashtags(draft);
        self.movement_extras(draft);
    }

    /// Words of which that share belongs to the movement.
    pub(super) fn movement_words(&mut self, draft: &mut Draft, words_min: u32, share: f64) {
        for _ in 0..words_min + self.stream.below(12) {
            if self.stream.chance(share) {
                draft.word(self.scene.vocabulary.movement_word(&mut self.stream));
            } else {
                self.ordinary_word(draft);
            }
        }
    }

    fn movement_hashtags(&mut self, draft: &mut Draft) {
        for _ in 0..self.stream.below(3) {
            self.movement_hashtag(draft);
        }
    }

    /// One of the movement's hashtags.
    pub(super) fn movement_hashtag(&mut self, draft: &mut Draft) {
        let number = self.scene.vocabulary.movement_hashtags.draw(&mut self.stream);
        let name = self.scene.vocabulary.movement_name(number);
        draft.hashtag(|out| out.extend_from_slice(name.as_bytes()));
    }

    fn movement_extras(&mut self, draft: &mut Draft) {
        if self.stream.chance(0.2) {
            self.movement_page(draft);
        }
        if self.stream.chance(0.15) {
            let rank = self.scene.vocabulary.domains.draw(&mut self.stream);
            let week = self.scene.now.day / 7;
            let picture = popular_picture(self.scene.population.seed(), CIRCLE, week, rank);
            self.attach(draft, picture);
        }
        if self.stream.chance(0.1) {
            let slogan = self.scene.vocabulary.movement_name(self.stream.below(12));
            draft.literal(slogan);
        }
    }

    /// A page of the movement.
    pub(super) fn movement_page(&mut self, draft: &mut Draft) {
        let domain = self.scene.vocabulary.domains.draw(&mut self.stream);
        let rank = self.scene.vocabulary.domains.draw(&mut self.stream);
        let article = article_of_day(self.scene.now.day / 2, rank);
        draft.url(|out| Page { site: Site::Movement, domain, article }.write(out));
    }

    /// Some make one journalist look like one of them, by mentioning him all the time.
    fn frame_by_mention(&mut self, draft: &mut Draft) {
        let population = self.scene.population;
        let me = self.scene.accounts.identity(self.index).key.holder;
        if population.is_framer(me) && self.stream.chance(0.35) {
            self.mention(draft, population.framed());
        }
    }
}
