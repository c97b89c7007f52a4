//! Telling an account what was decided against it, and how it may complain.
//!
//! The record asks [`state`] for every decision that weighs on an account, whatever way it came, within the decision's
//! own transaction. So no restriction is without a statement of reasons, or without a recorded reason why it is withheld.

mod compose;
mod templates;
#[cfg(test)]
mod tests;
mod token;

pub use compose::{NoticeBody, follow, notice_row, state, text, text_without_link};
pub use templates::{Language, Phrase};
pub use token::{AppealToken, sign, verify};

use cordon_model::limits;
use cordon_model::statement::{NoticeProfile, Withheld};
use std::fmt;

/// What notices need to know of the house.
#[derive(Clone, PartialEq, Eq)]
pub struct NoticeSettings {
    /// What signs appeal links: the record's own secret.
    pub secret: String,
    /// What stands before the token in a link; the path of the API where nothing is set.
    pub appeal_url: String,
    /// Days within which an account may appeal.
    pub appeal_days: i64,
}

impl fmt::Debug for NoticeSettings {
    /// Never prints the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { appeal_url, appeal_days, .. } = self;
        write!(out, "NoticeSettings(secret, {appeal_url:?}, {appeal_days} days)")
    }
}

/// Refuses a profile that says nothing sound: what to mend.
pub fn check_profile(profile: &NoticeProfile) -> Result<(), String> {
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if !profile.language.as_ref().is_none_or(is_code) {
        return Err("language is two lower-case letters of ISO 639-1, such as de".to_owned());
    }
    let Some(Withheld::Gag { basis, authority, .. }) = &profile.withheld else { return Ok(()) };
    for (name, text) in [("basis", basis), ("authority", authority)] {
        let chars = text.trim().chars().count();
        if !(1..=limits::NOTICE_SETTING_CHARS_MAX).contains(&chars) {
            let max = limits::NOTICE_SETTING_CHARS_MAX;
            return Err(format!("a gag names its {name} in 1 to {max} characters, not {chars}"));
        }
    }
    Ok(())
}
