//! Functions of rule sets for Nostr relays: hashes of media, and what they ask a relay for.
//!
//! Effects on a relay are signals here, and no decisions: people or the relay itself decide.

use super::call::Make;
use super::{Builtin, Special, language};
use crate::check::typed::{EffectKind, Part, PlatformEffect};
use crate::eval::value::Value;

pub(super) static ALL: &[&Builtin] = &[&BAN, &AGE_RESTRICT, &IS_HASH, &NORMALIZED];

/// Letters of a SHA-256 in hexadecimal.
const HASH_LETTERS: usize = 64;

static BAN: Builtin = Builtin {
    signature: "BanNostrEvent(event_id: str, pubkey: str, reason: str) -> Effect",
    about: "Asks a relay to ban an event: the signal `ban_nostr_event`, never a decision.",
    example: "WhenRules(rules_any=[Spam], then=[BanNostrEvent(event_id=Text, pubkey='', reason='links')])",
    is_pure: false,
    special: Special::Effect(EffectKind::Platform(&PlatformEffect {
        name: "ban_nostr_event",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2)],
        optional: &[],
        apply_if: None,
    })),
    make: Make::Ready(language),
};
static AGE_RESTRICT: Builtin = Builtin {
    signature: "AgeRestrictNostrEvent(event_id: str, sha256: str, reason: str) -> Effect",
    about: "Asks a relay to show media to adults alone: the signal `age_restrict_nostr_event`, never a decision.",
    example: "WhenRules(rules_any=[Spam], then=[AgeRestrictNostrEvent(event_id=Text, sha256=Text, reason='gore')])",
    is_pure: false,
    special: Special::Effect(EffectKind::Platform(&PlatformEffect {
        name: "age_restrict_nostr_event",
        detail: &[Part::Argument(0), Part::Lower(1), Part::Argument(2)],
        optional: &[],
        apply_if: None,
    })),
    make: Make::Ready(language),
};
static IS_HASH: Builtin = Builtin {
    signature: "IsValidMediaHash(sha256: Optional[str] = None) -> bool",
    about: "Whether a text is a SHA-256: 64 hexadecimal letters and nothing else; None is none.",
    example: "HasHash = IsValidMediaHash(sha256=MaybeBio)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(|arguments, _| {
        let is_hash =
            |text: &str| text.len() == HASH_LETTERS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(Value::Bool(arguments.optional_text(0)?.is_some_and(is_hash)))
    }),
};
static NORMALIZED: Builtin = Builtin {
    signature: "NormalizeMediaHash(sha256: Optional[str] = None) -> str",
    about: "A hash of media in the spelling that all share: lower case, without white space around; nothing of None.",
    example: "Hash = NormalizeMediaHash(sha256=MaybeBio)",
    is_pure: true,
    special: Special::None,
    make: Make::Plain(|arguments, world| {
        let text = arguments.optional_text(0)?.unwrap_or_default();
        world.pay(text.len())?;
        Ok(Value::text(&text.trim().to_lowercase()))
    }),
};
