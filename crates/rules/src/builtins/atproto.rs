//! Functions of rule sets for the AT Protocol: what they read of events, and what they ask a platform for.
//!
//! Effects on a platform are signals here, and no decisions: people or the platform itself decide.

use super::call::{Arguments, Make};
use super::{Builtin, Special, language};
use crate::check::typed::{EffectKind, Part, PlatformEffect};
use crate::eval::json::{Content, Document, NodeId};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use regex::Regex;
use std::sync::LazyLock;

pub(super) static ALL: &[&Builtin] = &[
    &LABEL,
    &ADD_LABEL,
    &REMOVE_LABEL,
    &LIST,
    &TAG,
    &ADD_TAG,
    &REMOVE_TAG,
    &ACKNOWLEDGE,
    &COMMENT,
    &EMAIL,
    &ESCALATE,
    &REPORT,
    &ADD_TAKEDOWN,
    &REMOVE_TAKEDOWN,
    &BAN_USER,
    &DID_FROM_URI,
    &LINKS,
    &MENTIONS,
    &TAGS,
    &RECORD_URI,
    &RECORD_CID,
    &HANDLE,
    &PDS,
    &CREATED_AT,
];

const fn effect(
    signature: &'static str,
    about: &'static str,
    example: &'static str,
    platform: &'static PlatformEffect,
) -> Builtin {
    Builtin {
        signature,
        about,
        example,
        is_pure: false,
        special: Special::Effect(EffectKind::Platform(platform)),
        make: Make::Ready(language),
    }
}

static LABEL: Builtin = effect(
    "AtprotoLabel(entity: str, label: str, comment: str, expiration_in_hours: Optional[int], cid: Optional[str] = '', apply_if: Optional[Rule] = None) -> Effect",
    "Asks for a label of an account or a record: the signal `atproto_label`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AtprotoLabel(entity=UserId, label='spam', comment='links', expiration_in_hours=24)])",
    &PlatformEffect {
        name: "atproto_label",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2), Part::Argument(3)],
        optional: &[3, 4, 5],
        apply_if: Some(5),
    },
);
static ADD_LABEL: Builtin = effect(
    "AddAtprotoLabel(entity: str, label: str, comment: str, email: Optional[str], expiration_in_hours: Optional[int]) -> Effect",
    "Asks for a label of an account or a record: the signal `atproto_label`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AddAtprotoLabel(entity=UserId, label='spam', comment='links', email=None, expiration_in_hours=None)])",
    &PlatformEffect {
        name: "atproto_label",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2), Part::Argument(4)],
        optional: &[3, 4],
        apply_if: None,
    },
);
static REMOVE_LABEL: Builtin = effect(
    "RemoveAtprotoLabel(entity: str, label: str, comment: str, email: Optional[str], expiration_in_hours: Optional[int]) -> Effect",
    "Asks for a label to be taken off: the signal `atproto_label_removal`, never a decision.",
    "WhenRules(rules_any=[Fine], then=[RemoveAtprotoLabel(entity=UserId, label='spam', comment='', email=None, expiration_in_hours=None)])",
    &PlatformEffect {
        name: "atproto_label_removal",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2), Part::Argument(4)],
        optional: &[3, 4],
        apply_if: None,
    },
);
static LIST: Builtin = effect(
    "AtprotoList(did: str, list_uri: str, apply_if: Optional[Rule] = None) -> Effect",
    "Asks for an account to be put on a list: the signal `atproto_list`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AtprotoList(did=UserId, list_uri='at://did:plc:abc/app.bsky.graph.list/1')])",
    &PlatformEffect {
        name: "atproto_list",
        detail: &[Part::Argument(0), Part::Argument(1)],
        optional: &[2],
        apply_if: Some(2),
    },
);
static TAG: Builtin = effect(
    "AtprotoTag(entity: str, tag: str, comment: str, neg: Optional[bool] = False, apply_if: Optional[Rule] = None) -> Effect",
    "Asks for a tag, or with `neg` for its removal: the signal `atproto_tag`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AtprotoTag(entity=UserId, tag='links', comment='many')])",
    &PlatformEffect {
        name: "atproto_tag",
        detail: &[Part::Argument(0), Part::Signed(1, 3), Part::Argument(2)],
        optional: &[3, 4],
        apply_if: Some(4),
    },
);
static ADD_TAG: Builtin = effect(
    "AddAtprotoTag(entity: str, tag: str, comment: Optional[str] = None) -> Effect",
    "Asks for a tag: the signal `atproto_tag`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AddAtprotoTag(entity=UserId, tag='links')])",
    &PlatformEffect {
        name: "atproto_tag",
        detail: &[Part::Argument(0), Part::Sign("+", 1), Part::Argument(2)],
        optional: &[2],
        apply_if: None,
    },
);
static REMOVE_TAG: Builtin = effect(
    "RemoveAtprotoTag(entity: str, tag: str, comment: Optional[str] = None) -> Effect",
    "Asks for a tag to be taken off: the signal `atproto_tag`, never a decision.",
    "WhenRules(rules_any=[Fine], then=[RemoveAtprotoTag(entity=UserId, tag='links')])",
    &PlatformEffect {
        name: "atproto_tag",
        detail: &[Part::Argument(0), Part::Sign("-", 1), Part::Argument(2)],
        optional: &[2],
        apply_if: None,
    },
);
static ACKNOWLEDGE: Builtin = effect(
    "AtprotoAcknowledge(entity: str, comment: Optional[str]) -> Effect",
    "Asks for reports to be acknowledged: the signal `atproto_acknowledge`, never a decision.",
    "WhenRules(rules_any=[Fine], then=[AtprotoAcknowledge(entity=UserId, comment=None)])",
    &PlatformEffect {
        name: "atproto_acknowledge",
        detail: &[Part::Argument(0), Part::Argument(1)],
        optional: &[1],
        apply_if: None,
    },
);
static COMMENT: Builtin = effect(
    "AtprotoComment(entity: str, comment: str) -> Effect",
    "Asks for a comment: the signal `atproto_comment`.",
    "WhenRules(rules_any=[Spam], then=[AtprotoComment(entity=UserId, comment='many links')])",
    &PlatformEffect {
        name: "atproto_comment",
        detail: &[Part::Argument(0), Part::Argument(1)],
        optional: &[],
        apply_if: None,
    },
);
static EMAIL: Builtin = effect(
    "AtprotoSendEmail(entity: str, email: str, comment: Optional[str]) -> Effect",
    "Asks for a mail to be sent: the signal `atproto_email`.",
    "WhenRules(rules_any=[Spam], then=[AtprotoSendEmail(entity=UserId, email='spam-label', comment=None)])",
    &PlatformEffect {
        name: "atproto_email",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2)],
        optional: &[2],
        apply_if: None,
    },
);
static ESCALATE: Builtin = effect(
    "AtprotoEscalate(entity: str, comment: Optional[str]) -> Effect",
    "Asks for people to look closer: the signal `atproto_escalate`. SendToReview opens a case here.",
    "WhenRules(rules_any=[Spam], then=[AtprotoEscalate(entity=UserId, comment='threat')])",
    &PlatformEffect {
        name: "atproto_escalate",
        detail: &[Part::Argument(0), Part::Argument(1)],
        optional: &[1],
        apply_if: None,
    },
);
static REPORT: Builtin = effect(
    "AtprotoReport(entity: str, report_kind: str, comment: str, priority_score: Optional[int] = None) -> Effect",
    "Asks for a report: the signal `atproto_report`. SendToReview opens a case here.",
    "WhenRules(rules_any=[Spam], then=[AtprotoReport(entity=UserId, report_kind='spam', comment='links')])",
    &PlatformEffect {
        name: "atproto_report",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2), Part::Argument(3)],
        optional: &[3],
        apply_if: None,
    },
);
static ADD_TAKEDOWN: Builtin = effect(
    "AddAtprotoTakedown(entity: str, comment: str, email: Optional[str]) -> Effect",
    "Asks for a takedown: the signal `atproto_takedown`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[AddAtprotoTakedown(entity=UserId, comment='threat', email=None)])",
    &PlatformEffect {
        name: "atproto_takedown",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2)],
        optional: &[2],
        apply_if: None,
    },
);
static REMOVE_TAKEDOWN: Builtin = effect(
    "RemoveAtprotoTakedown(entity: str, comment: str, email: Optional[str]) -> Effect",
    "Asks for a takedown to be undone: the signal `atproto_takedown_removal`, never a decision.",
    "WhenRules(rules_any=[Fine], then=[RemoveAtprotoTakedown(entity=UserId, comment='', email=None)])",
    &PlatformEffect {
        name: "atproto_takedown_removal",
        detail: &[Part::Argument(0), Part::Argument(1), Part::Argument(2)],
        optional: &[2],
        apply_if: None,
    },
);
static BAN_USER: Builtin = effect(
    "BanUser(entity: str, comment: str) -> Effect",
    "Asks for a ban, as in Osprey's example: the signal `ban_user`, never a decision.",
    "WhenRules(rules_any=[Spam], then=[BanUser(entity=UserId, comment='threat')])",
    &PlatformEffect {
        name: "ban_user",
        detail: &[Part::Argument(0), Part::Argument(1)],
        optional: &[],
        apply_if: None,
    },
);

const fn reader(signature: &'static str, about: &'static str, example: &'static str, make: Make) -> Builtin {
    Builtin { signature, about, example, is_pure: false, special: Special::None, make }
}

static DID_FROM_URI: Builtin = Builtin {
    is_pure: true,
    ..reader(
        "DidFromUri(uri: Optional[str]) -> Optional[str]",
        "The account in an AT address; None of None.",
        "Author = DidFromUri(uri=MaybeBio)",
        Make::Plain(did_from_uri),
    )
};
static LINKS: Builtin = reader(
    "LinksFromFacets() -> list[str]",
    "Addresses that a post links to, in lower case.",
    "Links = LinksFromFacets()",
    Make::Plain(|_, world| facets(world, "app.bsky.richtext.facet#link", "uri")),
);
static MENTIONS: Builtin = reader(
    "MentionsFromFacets() -> list[str]",
    "Accounts that a post mentions, in lower case.",
    "Mentions = MentionsFromFacets()",
    Make::Plain(|_, world| facets(world, "app.bsky.richtext.facet#mention", "did")),
);
static TAGS: Builtin = reader(
    "TagsFromFacets() -> list[str]",
    "Tags of a post, in lower case.",
    "Tags = TagsFromFacets()",
    Make::Plain(|_, world| facets(world, "app.bsky.richtext.facet#tag", "tag")),
);
static RECORD_URI: Builtin = reader(
    "GetRecordURI() -> str",
    "The AT address of the event's record, out of `did`, `collection` and `rkey`.",
    "Uri = GetRecordURI()",
    Make::Plain(|_, world| {
        let part = |name| {
            world.action.data.text(name).ok_or(Fault::Error("the event has no `did`, `collection` or `rkey`"))
        };
        Ok(Value::text(&format!("at://{}/{}/{}", part("did")?, part("collection")?, part("rkey")?)))
    }),
);
static RECORD_CID: Builtin = reader(
    "GetRecordCID() -> str",
    "The content id of the event's record, out of `cid`.",
    "Cid = GetRecordCID()",
    Make::Plain(|_, world| {
        let cid = world.action.data.text("cid").ok_or(Fault::Error("the event has no `cid`"))?;
        Ok(Value::text(cid))
    }),
);

/// What the readers of an account's documents give where a document does not say it.
const NOT_SAID: &str = "Error";

static HANDLE: Builtin = reader(
    "GetHandle() -> str",
    "The account's handle out of the event's `did_doc`, without the letters of `at://` that it begins with, as in the field; `Error` where it names none.",
    "Handle = GetHandle()",
    Make::Plain(|_, world| {
        let data = world.action.data;
        let document = document(data, "did_doc")?;
        let names = data.member(document, "alsoKnownAs").into_iter().flat_map(|names| data.children(names));
        let handle = names.filter_map(|name| plain_text(data, name)).find(|name| name.starts_with("at://"));
        Ok(Value::text(handle.map_or(NOT_SAID, |name| name.trim_start_matches(['a', 't', ':', '/']))))
    }),
);
static PDS: Builtin = reader(
    "GetPDSService() -> str",
    "The address of the account's data server out of the event's `did_doc`; `Error` where it names none.",
    "Server = GetPDSService()",
    Make::Plain(|_, world| {
        let data = world.action.data;
        let document = document(data, "did_doc")?;
        let mut services =
            data.member(document, "service").into_iter().flat_map(|found| data.children(found));
        let found = services.find(|service| text(data, *service, "id") == Some("#atproto_pds"));
        Ok(Value::text(found.and_then(|service| text(data, service, "serviceEndpoint")).unwrap_or(NOT_SAID)))
    }),
);
static CREATED_AT: Builtin = reader(
    "GetDIDCreatedAt() -> str",
    "When the account was made, as the first entry of the event's `did_audit_log` says; `Error` where it says nothing.",
    "Made = GetDIDCreatedAt()",
    Make::Plain(|_, world| {
        let data = world.action.data;
        let log = document(data, "did_audit_log")?;
        let first = data.member(log, "entries").and_then(|entries| data.children(entries).next());
        Ok(Value::text(first.and_then(|entry| text(data, entry, "createdAt")).unwrap_or(NOT_SAID)))
    }),
);

/// A document about the account that the event carries.
fn document(data: &Document<'_>, name: &str) -> Result<NodeId, Fault> {
    if data.text("did").is_none() {
        return Err(Fault::Error("the event has no `did`"));
    }
    data.member(0, name).ok_or(Fault::Error("the event does not carry the account's document"))
}

fn plain_text<'d>(data: &'d Document<'_>, node: NodeId) -> Option<&'d str> {
    match data.content(node) {
        Content::Text(text) => Some(text),
        _ => None,
    }
}

static URI: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let authority = r"(did:[a-z0-9:%-]+|[a-z0-9][a-z0-9.:-]*)";
    Regex::new(&format!(r"(?i)^(?:at://)?{authority}(/[^?#\s]*)?(\?[^#\s]+)?(#[^\s]+)?\n?$")).ok()
});

fn did_from_uri<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let Some(text) = arguments.optional_text(0)? else { return Ok(Value::None) };
    world.pay(text.len())?;
    let found = URI.as_ref().and_then(|uri| uri.captures(text));
    let found = found.ok_or(Fault::Error("this is no AT address"))?;
    // What follows a path needs one.
    if found.get(2).is_none() && (found.get(3).is_some() || found.get(4).is_some()) {
        return Err(Fault::Error("this is no AT address"));
    }
    Ok(found.get(1).map_or(Value::None, |did| Value::text(did.as_str())))
}

/// The values of one kind of facet of the event's record; a facet without features ends them.
fn facets<'e>(world: &mut World<'_, 'e>, kind: &str, name: &str) -> Outcome<'e> {
    let data = world.action.data;
    let list = ["operation", "record", "facets"].iter().try_fold(0, |node, key| data.member(node, key));
    let mut found = Vec::new();
    let Some(list) = list.filter(|list| matches!(data.content(*list), Content::Array)) else {
        return Ok(Value::list(found));
    };
    for facet in data.children(list) {
        let features = data.member(facet, "features").filter(|node| data.children(*node).next().is_some());
        let Some(features) = features else { break };
        for feature in data.children(features) {
            if text(data, feature, "$type") == Some(kind) && data.member(feature, name).is_some() {
                let value = text(data, feature, name).ok_or(Fault::Error("a facet's value is no text"))?;
                world.pay(value.len())?;
                found.push(Value::text(&value.to_lowercase()));
            }
        }
    }
    Ok(Value::list(found))
}

fn text<'d>(data: &'d Document<'_>, node: NodeId, name: &str) -> Option<&'d str> {
    plain_text(data, data.member(node, name)?)
}
