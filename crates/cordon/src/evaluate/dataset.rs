//! A labelled data set: `events.ndjson` (plain or compressed) and `labels.csv`.

use crate::input;
use anyhow::{Context, Result, bail};
use cordon_model::json::Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Posts from which an account is part of the evaluation.
const POSTS_MIN: usize = 5;
/// The group of ordinary people in the labels.
const CROWD_GROUP: &str = "unlabelled";
const EVENT_FILES: [&str; 3] = ["events.ndjson.zst", "events.ndjson.gz", "events.ndjson"];

/// One account of the evaluation.
pub(crate) struct Labelled {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) group: String,
    pub(crate) kind: String,
    /// All its posts' texts, one after the other.
    pub(crate) text: String,
    pub(crate) hashtags: Vec<String>,
    /// In which most of its posts are, as the posts say; empty where none does. For figures alone: no evidence.
    pub(crate) language: String,
}

/// Accounts with enough posts, in order of id.
pub(crate) struct Dataset {
    pub(crate) events: PathBuf,
    pub(crate) accounts: Vec<Labelled>,
    /// The source of ordinary people, which must not be swept up: that of most accounts labelled `unlabelled`.
    pub(crate) crowd_source: String,
}

/// What an account posted, put together.
#[derive(Default)]
pub(crate) struct Posts {
    count: usize,
    text: String,
    hashtags: Vec<String>,
    languages: BTreeMap<String, usize>,
}

impl Posts {
    /// One post more.
    pub(crate) fn add<'t>(&mut self, text: &str, hashtags: impl Iterator<Item = &'t str>) {
        self.count += 1;
        self.text.push_str(text);
        self.text.push(' ');
        self.hashtags.extend(hashtags.map(str::to_lowercase));
    }

    /// The account of this id, source, group and kind that posted it.
    pub(crate) fn of_account(self, [id, source, group, kind]: [String; 4]) -> Labelled {
        let language = self.language();
        let Self { text, hashtags, .. } = self;
        Labelled { id, source, group, kind, text, hashtags, language }
    }

    /// The commonest language; the first by name where several are.
    fn language(&self) -> String {
        let commonest = self.languages.iter().rev().max_by_key(|(_, count)| **count);
        commonest.map(|(language, _)| language.clone()).unwrap_or_default()
    }
}

impl Dataset {
    /// Reads the folder.
    ///
    /// Errors: files that are missing or not of the format, by name.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let files = EVENT_FILES.map(|name| folder.join(name));
        let Some(events) = files.into_iter().find(|file| file.exists()) else {
            bail!("{}: none of {} is there", folder.display(), EVENT_FILES.join(", "));
        };
        let mut posts = posts(&events)?;
        let labels = folder.join("labels.csv");
        let text =
            std::fs::read_to_string(&labels).with_context(|| format!("cannot read {}", labels.display()))?;
        let mut accounts: Vec<Labelled> = text
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut fields = line.split(',').map(str::to_owned);
                let (id, source, group, kind) =
                    (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
                let posts = posts.remove(&id).filter(|posts| posts.count >= POSTS_MIN)?;
                Some(posts.of_account([id, source, group, kind]))
            })
            .collect();
        accounts.sort_by(|one, two| one.id.cmp(&two.id));
        let Some(crowd_source) = crowd_source(&accounts) else {
            bail!("{}: no account with 5 posts is of the group `{CROWD_GROUP}`", labels.display());
        };
        Ok(Self { events, crowd_source, accounts })
    }

    /// The places of the crowd.
    pub(crate) fn crowd(&self) -> impl Iterator<Item = usize> + '_ {
        let all = self.accounts.iter().enumerate();
        all.filter(|(_, account)| account.source == self.crowd_source).map(|(place, _)| place)
    }
}

fn crowd_source(accounts: &[Labelled]) -> Option<String> {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    for account in accounts.iter().filter(|account| account.group == CROWD_GROUP) {
        *sources.entry(&account.source).or_default() += 1;
    }
    sources.into_iter().max_by_key(|(_, count)| *count).map(|(source, _)| source.to_owned())
}

fn posts(events: &Path) -> Result<BTreeMap<String, Posts>> {
    let mut posts: BTreeMap<String, Posts> = BTreeMap::new();
    let mut input = input::open(events)?;
    while let Some(chunk) = input.lines.next_chunk()? {
        let mut start = 0;
        for end in &chunk.ends {
            let line = chunk.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            let Ok(event) = Json::parse(line) else { continue };
            let Some(id) = event.path(&["account", "id"]).and_then(Json::as_str) else { continue };
            let one = posts.entry(id.to_owned()).or_default();
            let hashtags = event.path(&["post", "hashtags"]).map_or(&[][..], Json::items);
            one.add(
                event.path(&["post", "text"]).and_then(Json::as_str).unwrap_or_default(),
                hashtags.iter().filter_map(Json::as_str),
            );
            if let Some(language) = event.path(&["post", "lang"]).and_then(Json::as_str) {
                *one.languages.entry(language.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(posts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labelled(source: &str, group: &str) -> Labelled {
        let [id, kind, text, language] = [(); 4].map(|()| String::new());
        Labelled {
            id,
            source: source.to_owned(),
            group: group.to_owned(),
            kind,
            text,
            hashtags: Vec::new(),
            language,
        }
    }

    #[test]
    fn the_crowd_is_the_unlabelled_source_also_where_it_is_the_smaller_one() {
        let accounts = [("ring", "One"), ("ring", "Two"), ("ring", "Two"), ("crowd", CROWD_GROUP)];
        let accounts: Vec<Labelled> = accounts.map(|(source, group)| labelled(source, group)).into();
        assert_eq!(crowd_source(&accounts).as_deref(), Some("crowd"));
        assert_eq!(crowd_source(&accounts[..3]), None);
    }
}
