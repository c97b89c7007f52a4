//! How ordinary people post: everyday words, their community's topic, friends, the day's articles.

use super::vocabulary::{Page, Site, article_of_day, popular_picture, write_community_hashtag};
use super::{Author, Draft};
use crate::follows;
use crate::identity::write_picture;
use crate::stream::{Purpose, Stream};

impl Author<'_> {
    /// A post like anybody's; now and then a repost of somebody the author follows.
    pub(super) fn chat(&mut self, draft: &mut Draft) {
        if self.stream.chance(0.18) && self.repost_a_friend(draft) {
            return;
        }
        self.ordinary_words(draft, 5);
        if self.stream.chance(0.2) {
            let friend = self.friend();
            self.mention(draft, friend);
        }
        if self.stream.chance(0.3) {
            self.community_hashtag(draft);
        }
        if self.stream.chance(0.15) {
            self.community_page(draft);
        }
        if self.stream.chance(0.08) {
            self.community_picture(draft);
        }
    }

    /// `words_min` to 25 words, short posts more often.
    pub(super) fn ordinary_words(&mut self, draft: &mut Draft, words_min: u32) {
        let span = 26 - words_min;
        let more = self.stream.below(span).min(self.stream.below(span));
        for _ in 0..words_min + more {
            self.ordinary_word(draft);
        }
    }

    /// One word: of the topic, or an everyday one.
    pub(super) fn ordinary_word(&mut self, draft: &mut Draft) {
        let vocabulary = self.scene.vocabulary;
        let word = if self.stream.chance(0.3) {
            vocabulary.topical_word(self.persona.community, &mut self.stream)
        } else {
            vocabulary.everyday_word(&mut self.stream)
        };
        draft.word(word);
    }

    /// A hashtag of the author's community. One community has an innocent namesake of the movement's.
    pub(super) fn community_hashtag(&mut self, draft: &mut Draft) {
        let (community, language) = (self.persona.community, draft.language);
        let number = self.scene.vocabulary.community_hashtags.draw(&mut self.stream);
        if community == NAMESAKE_COMMUNITY && number == 0 {
            let name = self.scene.vocabulary.movement_name(0);
            draft.hashtag(|out| out.extend_from_slice(name.as_bytes()));
        } else {
            draft.hashtag(|out| write_community_hashtag(out, language, community, number));
        }
    }

    /// A link to what the community reads that day.
    fn community_page(&mut self, draft: &mut Draft) {
        let domain = self.scene.vocabulary.domains.draw(&mut self.stream);
        let rank = self.scene.vocabulary.domains.draw(&mut self.stream);
        let article = article_of_day(self.scene.now.day, rank);
        draft.url(|out| Page { site: Site::Community(self.persona.community), domain, article }.write(out));
    }

    /// One picture in three goes round; the rest are the author's own.
    fn community_picture(&mut self, draft: &mut Draft) {
        let seed = self.scene.population.seed();
        let picture = if self.stream.chance(0.35) {
            let rank = self.scene.vocabulary.domains.draw(&mut self.stream);
            popular_picture(seed, u32::from(self.persona.community), self.scene.now.day / 3, rank)
        } else {
            self.stream.bits()
        };
        self.attach(draft, picture);
    }

    /// Attaches a copy of a picture.
    pub(super) fn attach(&mut self, draft: &mut Draft, picture: u64) {
        let copy = self.stream.bits();
        draft.media(|out| write_picture(out, picture, &mut Stream::new(copy, Purpose::Picture, 0, 0)));
    }

    fn friend(&mut self) -> crate::population::HolderId {
        let slot = self.stream.below(12);
        let identity = self.scene.accounts.identity(self.index);
        follows::wanted(self.scene.population, &identity, self.persona, slot)
    }

    fn repost_a_friend(&mut self, draft: &mut Draft) -> bool {
        (0..3).any(|_| {
            let friend = self.friend();
            self.repost_from(draft, friend)
        })
    }
}

const NAMESAKE_COMMUNITY: u16 = 0;
