//! A small invented data set of similar accounts, for evaluations where no real data is.
//!
//! Six groups that act together, each with words, hashtags, addresses and acquaintances of its own, inside a
//! crowd of ordinary accounts that speak the same languages about the same topics. Some of the crowd borrow a
//! group's hashtags, as people do who argue with it. Always the same bytes.

use crate::emit::write_number;
use crate::language::Language;
use crate::stream::{Purpose, Stream};
use crate::zipf::Zipf;
use cordon_model::clock::Timestamp;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Name of the file of `post.created` events, one a line, in no global time order.
pub const EVENTS_FILE: &str = "events.ndjson";
/// Name of the file of labels: `account_id,source,group,type,posts_total`.
pub const LABELS_FILE: &str = "labels.csv";
/// The group that the crowd's accounts are labelled with.
pub const CROWD_GROUP: &str = "unlabelled";

struct Group {
    name: &'static str,
    source: &'static str,
    /// The group's topic; the crowd has all of them.
    topic: Option<u32>,
    accounts: u32,
}

const TOPICS: [&str; 3] = ["boats", "gardens", "chess"];
const GROUPS: [Group; 7] = [
    Group { name: "Tidewatch", source: "ring", topic: Some(0), accounts: 25 },
    Group { name: "Mossgate", source: "ring", topic: Some(1), accounts: 32 },
    Group { name: "NorthLoom", source: "ring", topic: Some(2), accounts: 38 },
    Group { name: "Amberline", source: "ring", topic: Some(0), accounts: 44 },
    Group { name: "Quillfold", source: "ring", topic: Some(1), accounts: 52 },
    Group { name: "Fennelrow", source: "ring", topic: Some(2), accounts: 60 },
    Group { name: CROWD_GROUP, source: "crowd", topic: None, accounts: 800 },
];

const RANDOM_SEED: u64 = 20_160_205;
const GROUP_WORDS_START: u32 = 40_000;
const TOPIC_WORDS_START: u32 = 20_000;
const WORDS_PER_BLOCK: u32 = 200;
const FIRST_SECOND: i64 = 1_772_323_200;
const SECONDS: u32 = 90 * 86_400;

/// Writes [`EVENTS_FILE`] and [`LABELS_FILE`] into `out_dir`, which must exist.
///
/// Errors: those of creating and writing the two files.
pub fn write(out_dir: &Path) -> io::Result<()> {
    let mut events = BufWriter::new(std::fs::File::create(out_dir.join(EVENTS_FILE))?);
    let mut labels = BufWriter::new(std::fs::File::create(out_dir.join(LABELS_FILE))?);
    write_to(&mut events, &mut labels)?;
    events.flush()?;
    labels.flush()
}

/// The same into two writers.
///
/// Errors: those of the writers.
pub fn write_to(events: &mut dyn Write, labels: &mut dyn Write) -> io::Result<()> {
    let words = Words { everyday: Zipf::new(1_500), block: Zipf::new(150), hashtags: Zipf::new(12) };
    writeln!(labels, "account_id,source,group,type,posts_total")?;
    for (number, group) in (0u32..).zip(&GROUPS) {
        for member in 0..group.accounts {
            let mut writer = Writer::new(group, number, member, &words);
            let posts = 8 + writer.stream.below(28);
            let topic = TOPICS.get(writer.topic as usize).copied().unwrap_or_default();
            writeln!(labels, "{},{},{},{topic},{posts}", writer.account_id(), group.source, group.name)?;
            for post in 0..posts {
                events.write_all(writer.post(post))?;
            }
        }
    }
    Ok(())
}

struct Words {
    everyday: Zipf,
    block: Zipf,
    hashtags: Zipf,
}

/// One account at work.
struct Writer<'a> {
    group: &'a Group,
    number: u32,
    topic: u32,
    handle: String,
    /// The group whose hashtags it uses: its own, or one that it argues with.
    borrowed: Option<u32>,
    words: &'a Words,
    stream: Stream,
    text: Vec<u8>,
    lists: [Vec<u8>; 3],
    line: Vec<u8>,
}

impl<'a> Writer<'a> {
    fn new(group: &'a Group, number: u32, member: u32, words: &'a Words) -> Self {
        let mut stream = Stream::new(RANDOM_SEED, Purpose::Lookalike, u64::from(number), u64::from(member));
        let topic = group.topic.unwrap_or_else(|| stream.below(TOPICS.len() as u32));
        let borrowed = if group.topic.is_some() {
            Some(number)
        } else {
            // Groups of the same topic stand three apart.
            stream.chance(0.15).then(|| topic + 3 * stream.below(2))
        };
        Self {
            group,
            number,
            topic,
            handle: handle_of(number, member),
            borrowed,
            words,
            stream,
            text: Vec::new(),
            lists: Default::default(),
            line: Vec::new(),
        }
    }

    fn account_id(&self) -> String {
        format!("{}:{}", self.group.source, self.handle)
    }

    fn is_grouped(&self) -> bool {
        self.group.topic.is_some()
    }

    /// Everybody of one topic speaks the same language.
    fn language(&self) -> Language {
        Language::all().nth(self.topic as usize).unwrap_or_default()
    }

    /// The line of the account's next post.
    fn post(&mut self, number: u32) -> &[u8] {
        self.text.clear();
        self.lists.iter_mut().for_each(Vec::clear);
        self.compose();
        let time = Timestamp::from_seconds(FIRST_SECOND + i64::from(self.stream.below(SECONDS)));
        let id = self.account_id();
        let [urls, mentions, hashtags] = &self.lists;
        let text = String::from_utf8_lossy(&self.text);
        let list = |items: &[u8]| String::from_utf8_lossy(items).into_owned();
        self.line.clear();
        let line = format!(
            concat!(
                r#"{{"id":"{}/{}","type":"post.created","time":"{}","account":{{"id":"{}","handle":"{}"}},"#,
                r#""post":{{"text":"{}","lang":"{}","is_repost":false,"#,
                r#""urls":[{}],"mentions":[{}],"hashtags":[{}]}}}}"#,
            ),
            id,
            number,
            time,
            id,
            self.handle,
            text,
            self.language().tag(),
            list(urls),
            list(mentions),
            list(hashtags),
        );
        self.line.extend_from_slice(line.as_bytes());
        self.line.push(b'\n');
        &self.line
    }

    fn compose(&mut self) {
        for _ in 0..6 + self.stream.below(14) {
            let word = self.word();
            let language = self.language();
            language.write_word(&mut self.text, word);
            self.text.push(b' ');
        }
        if self.stream.chance(0.45) {
            self.hashtag();
        }
        if self.stream.chance(0.15) {
            self.url();
        }
        if self.stream.chance(0.25) {
            self.mention();
        }
        if self.text.ends_with(b" ") {
            self.text.pop();
        }
    }

    fn word(&mut self) -> u32 {
        let block = |start: u32, number: u32| start + number * WORDS_PER_BLOCK;
        match self.stream.unit() {
            way if way < 0.1 && self.is_grouped() => {
                block(GROUP_WORDS_START, self.number) + self.words.block.draw(&mut self.stream)
            }
            way if way < 0.4 => {
                block(TOPIC_WORDS_START, self.topic) + self.words.block.draw(&mut self.stream)
            }
            _ => self.words.everyday.draw(&mut self.stream),
        }
    }

    fn hashtag(&mut self) {
        let own = self.borrowed.filter(|_| self.stream.chance(0.35));
        let start = own.map_or(TOPIC_WORDS_START + self.topic * WORDS_PER_BLOCK, |group| {
            GROUP_WORDS_START + group * WORDS_PER_BLOCK
        });
        let number = start + 160 + self.words.hashtags.draw(&mut self.stream);
        let mut tag = Vec::new();
        self.language().write_word(&mut tag, number);
        self.text.push(b'#');
        self.text.extend_from_slice(&tag);
        self.text.push(b' ');
        push_item(&mut self.lists, 2, &tag);
    }

    fn url(&mut self) {
        let is_own = self.is_grouped() && self.stream.chance(0.5);
        let start = if is_own { 60_000 + self.number * 8 } else { 61_000 + self.topic * 8 };
        let mut url = b"https://".to_vec();
        Language::default().write_word(&mut url, start + self.stream.below(4));
        url.extend_from_slice(b".example/");
        write_number(&mut url, self.words.hashtags.draw(&mut self.stream));
        self.text.extend_from_slice(&url);
        self.text.push(b' ');
        push_item(&mut self.lists, 0, &url);
    }

    /// Members mention one another half of the time, and well-known accounts of the crowd otherwise.
    fn mention(&mut self) {
        let is_own = self.is_grouped() && self.stream.chance(0.5);
        let whom = if is_own {
            handle_of(self.number, self.stream.below(self.group.accounts))
        } else {
            let known = self.words.block.draw(&mut self.stream);
            handle_of(GROUPS.len() as u32 - 1, known * TOPICS.len() as u32 + self.topic)
        };
        self.text.push(b'@');
        self.text.extend_from_slice(whom.as_bytes());
        self.text.push(b' ');
        push_item(&mut self.lists, 1, whom.as_bytes());
    }
}

/// A name and three digits; neither tells the group.
fn handle_of(group: u32, member: u32) -> String {
    let number = group * 1_000 + member;
    let mut handle = Vec::new();
    Language::default().write_word(&mut handle, 100_000 + number);
    write_number(&mut handle, 100 + number * 7_919 % 900);
    String::from_utf8(handle).unwrap_or_default()
}

fn push_item(lists: &mut [Vec<u8>; 3], which: usize, item: &[u8]) {
    let Some(list) = lists.get_mut(which) else { return };
    if !list.is_empty() {
        list.push(b',');
    }
    list.push(b'"');
    list.extend_from_slice(item);
    list.push(b'"');
}
