//! Banks: curated sets of known content, with an owner and a policy.
//!
//! What stands here is the form in the journal, with values as they were typed. The state that matching goes by
//! holds hashes alone; see `cordon_detect::banks`.

use crate::clock::Timestamp;
use crate::ids::{BankId, PolicyId};
use crate::limits;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What a bank is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankKind {
    /// Hashes of pictures and other media.
    Media,
    /// Texts.
    Text,
    /// Web addresses, their prefixes, domains.
    Url,
}

impl BankKind {
    /// All kinds.
    pub const ALL: [BankKind; 3] = [Self::Media, Self::Text, Self::Url];

    /// The kind's name in options, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Text => "text",
            Self::Url => "url",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What one entry is compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalKind {
    /// 32 hexadecimal digits, compared as they are.
    Md5,
    /// 40 hexadecimal digits.
    Sha1,
    /// 64 hexadecimal digits.
    Sha256,
    /// 64 hexadecimal digits of a PDQ hash; matches within [`limits::PDQ_DISTANCE_MAX`] bits.
    Pdq,
    /// A text; matches near-duplicates.
    Text,
    /// A web address, compared in its normalised form.
    Url,
    /// The beginning of a web address, up to a `/`; matches whatever lies under it.
    UrlPrefix,
    /// A host; matches itself and what lies under it.
    Domain,
}

impl SignalKind {
    /// All kinds.
    pub const ALL: [SignalKind; 8] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Pdq,
        Self::Text,
        Self::Url,
        Self::UrlPrefix,
        Self::Domain,
    ];

    /// The kind's name in options, tables and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Pdq => "pdq",
            Self::Text => "text",
            Self::Url => "url",
            Self::UrlPrefix => "url_prefix",
            Self::Domain => "domain",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of bank that holds such entries.
    pub const fn bank_kind(self) -> BankKind {
        match self {
            Self::Md5 | Self::Sha1 | Self::Sha256 | Self::Pdq => BankKind::Media,
            Self::Text => BankKind::Text,
            Self::Url | Self::UrlPrefix | Self::Domain => BankKind::Url,
        }
    }
}

impl fmt::Display for SignalKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Whom an entry's matches reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RollOut {
    /// Nobody: matches are counted only.
    Shadow,
    /// A share of all accounts, in percent, `1..=99`: always the same accounts for one entry.
    Share(u8),
    /// Everybody.
    Live,
}

impl RollOut {
    /// Reads `shadow`, `live` or a share as `25%` or `25`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "shadow" => Some(Self::Shadow),
            "live" => Some(Self::Live),
            share => {
                let percent = share.strip_suffix('%').unwrap_or(share).parse().ok()?;
                (1..=99).contains(&percent).then_some(Self::Share(percent))
            }
        }
    }
}

impl fmt::Display for RollOut {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shadow => out.pad("shadow"),
            Self::Share(percent) => out.pad(&format!("{percent}%")),
            Self::Live => out.pad("live"),
        }
    }
}

/// Names an entry: a keyed hash of its bank, kind and normalised value, so that the same value put twice is one
/// entry. 16 hexadecimal digits in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankEntryId(pub u64);

impl BankEntryId {
    /// Reads 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_plain.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for BankEntryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(&format!("{:016x}", self.0))
    }
}

impl Serialize for BankEntryId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BankEntryId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("an entry id has 16 hexadecimal digits"))
    }
}

/// A bank as it is put into the journal. Putting one that exists changes everything but its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bank {
    /// Its short name in commands and paths; see [`Bank::check`].
    pub bank_id: BankId,
    /// Its name for people.
    pub name: String,
    /// The policy that what is in it breaks.
    pub policy_id: PolicyId,
    /// Who answers for it.
    pub owner: String,
    /// What it is made of.
    pub kind: BankKind,
    /// Where its entries come from.
    pub source: String,
}

impl Bank {
    /// Whether it may stand.
    ///
    /// Errors: what is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let id = self.bank_id.as_str();
        let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if id.is_empty() || id.len() > limits::BANK_ID_BYTES_MAX || !id.chars().all(is_plain) {
            return Err(format!(
                "a bank's id has 1 to {} letters a–z, digits and `-`",
                limits::BANK_ID_BYTES_MAX
            ));
        }
        for (what, text) in [("name", &self.name), ("owner", &self.owner), ("source", &self.source)] {
            check_words(what, text)?;
        }
        check_words("policy", self.policy_id.as_str())
    }
}

/// An entry as it is put into the journal. Putting one that exists replaces all but its counts and its age.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankEntry {
    /// Its name.
    pub entry_id: BankEntryId,
    /// What it is compared by.
    pub kind: SignalKind,
    /// The value as typed: a hash in hexadecimal, a text, an address. Stands in the journal alone.
    pub value: String,
    /// Where it comes from.
    pub source: String,
    /// When it was first added.
    pub added_at: Timestamp,
    /// From when on it matches nothing; `None` for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whom its matches reach.
    pub roll_out: RollOut,
    /// Until when it matches nothing; `None` where it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_until: Option<Timestamp>,
    /// A word to whoever looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl BankEntry {
    /// Whether it may stand, its value's form apart.
    ///
    /// Errors: what is wrong, in words. Never quotes the value.
    pub fn check(&self) -> Result<(), String> {
        check_words("source", &self.source)?;
        if self.note.as_ref().is_some_and(|note| note.chars().count() > limits::BANK_NOTE_CHARS_MAX) {
            return Err(format!("a note has at most {} characters", limits::BANK_NOTE_CHARS_MAX));
        }
        if matches!(self.roll_out, RollOut::Share(percent) if !(1..=99).contains(&percent)) {
            return Err("a share lies between 1 and 99 percent".to_owned());
        }
        if self.value.chars().count() > limits::TEXT_CHARS_MAX {
            return Err(format!("a value has at most {} characters", limits::TEXT_CHARS_MAX));
        }
        Ok(())
    }
}

fn check_words(what: &str, text: &str) -> Result<(), String> {
    let is_sound = (1..=limits::ID_BYTES_MAX).contains(&text.len()) && !text.chars().any(char::is_control);
    if is_sound { Ok(()) } else { Err(format!("{what}: 1 to {} bytes on one line", limits::ID_BYTES_MAX)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_entry_ids_survive_their_text() {
        for roll_out in [RollOut::Shadow, RollOut::Share(25), RollOut::Live] {
            assert_eq!(RollOut::parse(&roll_out.to_string()), Some(roll_out));
        }
        assert_eq!([RollOut::parse("0"), RollOut::parse("100%"), RollOut::parse("half")], [None; 3]);
        let entry_id = BankEntryId(0x00ff);
        assert_eq!(BankEntryId::parse(&entry_id.to_string()), Some(entry_id));
        assert_eq!(BankEntryId::parse("+0000000000000ff"), None);
    }

    #[test]
    fn every_kind_of_signal_belongs_to_a_bank_and_keeps_its_name() {
        for kind in SignalKind::ALL {
            assert_eq!(SignalKind::from_name(kind.name()), Some(kind));
            assert_eq!(BankKind::from_name(kind.bank_kind().name()), Some(kind.bank_kind()));
        }
    }

    #[test]
    fn a_bank_without_an_owner_or_with_a_strange_id_is_refused() {
        let bank = Bank {
            bank_id: "herons".into(),
            name: "Heron pictures".to_owned(),
            policy_id: "spam".into(),
            owner: "ana".to_owned(),
            kind: BankKind::Media,
            source: "own reviews".to_owned(),
        };
        assert_eq!(bank.check(), Ok(()));
        assert!(Bank { owner: String::new(), ..bank.clone() }.check().unwrap_err().contains("owner"));
        assert!(Bank { bank_id: "a b".into(), ..bank }.check().unwrap_err().contains("id"));
    }
}
