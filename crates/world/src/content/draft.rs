//! A post before it is written: reused buffers, so that a post costs no allocation.

use crate::accounts::Scene;
use crate::emit::PostRef;
use crate::identity::Identity;
use crate::language::Language;

/// A post in the making. Lists hold their JSON items with commas between.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(crate) author: Identity,
    pub(crate) language: Language,
    pub(crate) text: Vec<u8>,
    pub(crate) urls: Vec<u8>,
    pub(crate) mentions: Vec<u8>,
    pub(crate) hashtags: Vec<u8>,
    pub(crate) media: Vec<u8>,
    pub(crate) client: &'static str,
    pub(crate) repost_of: Option<PostRef>,
}

impl Draft {
    /// Empties it for a new post by that author.
    pub(crate) fn start(&mut self, author: Identity, language: Language) {
        self.author = author;
        self.language = language;
        for buffer in
            [&mut self.text, &mut self.urls, &mut self.mentions, &mut self.hashtags, &mut self.media]
        {
            buffer.clear();
        }
        self.client = match author.key.bits() % 5 {
            0 | 1 => "web",
            2 | 3 => "phone",
            _ => "tablet",
        };
        self.repost_of = None;
    }

    /// A repost carries nothing of its own.
    pub(crate) fn finish(&mut self) {
        if self.repost_of.is_some() {
            self.start_over_as_repost();
        }
    }

    fn start_over_as_repost(&mut self) {
        let original = self.repost_of;
        self.start(self.author, self.language);
        self.repost_of = original;
    }

    /// Appends a word of the draft's language to the text.
    pub(crate) fn word(&mut self, number: u32) {
        self.gap();
        self.language.write_word(&mut self.text, number);
    }

    /// Appends a word as it is.
    pub(crate) fn literal(&mut self, word: &str) {
        self.gap();
        self.text.extend_from_slice(word.as_bytes());
    }

    /// Appends a hashtag, without `#` in the list and with it in the text; the same one only once.
    pub(crate) fn hashtag(&mut self, write: impl Fn(&mut Vec<u8>)) {
        let before = (self.text.len(), self.hashtags.len());
        self.gap();
        self.text.push(b'#');
        write(&mut self.text);
        item(&mut self.hashtags, write);
        if is_repeated(&self.hashtags, before.1) {
            self.text.truncate(before.0);
            self.hashtags.truncate(before.1);
        }
    }

    /// Appends an address to the list and the text.
    pub(crate) fn url(&mut self, write: impl Fn(&mut Vec<u8>)) {
        self.gap();
        write(&mut self.text);
        item(&mut self.urls, write);
    }

    /// Mentions an account: by handle in the text, by id in the list.
    pub(crate) fn mention(&mut self, scene: &Scene<'_>, whom: &Identity) {
        self.gap();
        self.text.push(b'@');
        whom.write_handle(scene.population, &mut self.text);
        item(&mut self.mentions, |out| scene.ids.write(out, whom.key));
    }

    /// Attaches media by its hash.
    pub(crate) fn media(&mut self, write: impl Fn(&mut Vec<u8>)) {
        item(&mut self.media, write);
    }

    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push(b' ');
        }
    }
}

/// Appends one JSON string to a list.
fn item(list: &mut Vec<u8>, write: impl Fn(&mut Vec<u8>)) {
    if !list.is_empty() {
        list.push(b',');
    }
    list.push(b'"');
    write(list);
    list.push(b'"');
}

/// Whether the item from `start` on, its comma included, stands in the list before.
fn is_repeated(list: &[u8], start: usize) -> bool {
    let (Some(earlier), Some([b',', added @ ..])) = (list.get(..start), list.get(start..)) else {
        return false;
    };
    earlier.windows(added.len()).any(|window| window == added)
}
