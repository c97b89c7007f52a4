//! What is true about an account: what only the world knows.

use crate::language::Language;
use crate::population::{HolderId, Role};
use cordon_model::ids::AccountId;

/// The truth about one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// The account.
    pub account_id: AccountId,
    /// The part that its holder plays.
    pub role: Role,
    /// Whether it breaks the rules; everybody else is innocent, however reported.
    pub is_violator: bool,
    /// Who holds it; the same under every name.
    pub holder: HolderId,
    /// 0 for the holder's first account, then one more for each return.
    pub incarnation: u32,
    /// The suspended account after which the holder opened this one.
    pub predecessor: Option<AccountId>,
    /// The language in which it posts.
    pub language: Language,
    /// Whether its holder appeals a wrongful suspension, [`crate::config::APPEAL_HOURS`] later; the same under every
    /// name.
    pub appeals_when_wronged: bool,
    /// Whether some violators try to make it look like one of them.
    pub is_framed: bool,
}

impl Truth {
    /// First line of `truth.csv`.
    pub const CSV_HEADER: &'static str =
        "account_id,role,is_violator,holder,incarnation,predecessor,language";

    /// One line of `truth.csv`, without the line's end; `predecessor` is empty for first accounts.
    pub fn to_csv(&self) -> String {
        format!(
            "{},{},{},{},{},{},{}",
            self.account_id,
            self.role,
            self.is_violator,
            self.holder.0,
            self.incarnation,
            self.predecessor.as_ref().map_or("", AccountId::as_str),
            self.language.tag()
        )
    }
}
