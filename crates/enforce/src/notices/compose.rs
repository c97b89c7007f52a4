//! Making statements of reasons, and the notices that carry them.

use super::{Language, NoticeSettings, Phrase, sign};
use crate::audit::hexadecimal;
use crate::change::Change;
use crate::outbox::{NewOutboxRow, OutboxKind};
use cordon_model::case::SourceSet;
use cordon_model::clock::Timestamp;
use cordon_model::decision::{Automation, Decision, DecisionKind};
use cordon_model::entity::Source;
use cordon_model::limits;
use cordon_model::policy::Policy;
use cordon_model::statement::{NoticeProfile, Restriction, SourceType, Statement, Withheld};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const DAY_SECONDS: i64 = 86_400;
const GROUND: &str = "DECISION_GROUND_INCOMPATIBLE_CONTENT";

/// The body of the webhook that carries a statement of reasons to whoever reaches the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeBody {
    /// The notice's id; equal to the idempotency key.
    pub id: String,
    /// `notice.statement`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom to tell.
    pub account_id: String,
    /// On which decision.
    pub decision_id: String,
    /// In which language `text` is.
    pub language: String,
    /// Whether there is no template for the account's own language.
    pub is_language_fallback: bool,
    /// What to tell, in words, links included.
    pub text: String,
    /// Where the account may complain.
    pub appeal_url: String,
    /// Until when, RFC 3339.
    pub appeal_until: String,
    /// The statement in its fields.
    pub statement: Statement,
}

/// The statement of reasons on a decision, and the notice that leaves now; `None` for a decision that weighs on nobody.
/// `profile` is what the platform said of how to tell the account.
pub fn state(
    decision: &Decision,
    policy: &Policy,
    profile: &NoticeProfile,
    settings: &NoticeSettings,
) -> Option<(Statement, Option<NewOutboxRow>)> {
    let restriction = restriction(decision.kind)?;
    let wanted = profile.language.as_deref();
    let language = wanted.and_then(Language::from_code);
    let (source_type, detected) = detection(decision.sources);
    let automated_detection = decision.sources.iter().any(is_automated);
    let language_used = language.unwrap_or(Language::English);
    let facts = facts(language_used, detected, automated_detection, decision.automation);
    let now = decision.decided_at;
    let (category, keywords) = category(policy.policy_id.as_str());
    let statement = Statement {
        decision_id: decision.decision_id.clone(),
        account_id: decision.account_id.clone(),
        puid: hexadecimal(&Sha256::digest(decision.decision_id.as_str().as_bytes())),
        kind: decision.kind,
        restriction,
        policy: decision.policy.clone(),
        decision_ground: GROUND.to_owned(),
        ground: cut(&policy.title, limits::STATEMENT_GROUND_CHARS_MAX),
        explanation: cut(&policy.text, limits::STATEMENT_EXPLANATION_CHARS_MAX),
        facts: cut(&facts, limits::STATEMENT_FACTS_CHARS_MAX),
        category: category.to_owned(),
        category_specification: keywords.iter().map(|&keyword| keyword.to_owned()).collect(),
        content_language: wanted.map(str::to_uppercase),
        territorial_scope: Vec::new(),
        application_date: date(now),
        end_date: decision.ends_at.map(date),
        source_type,
        automated_detection,
        automated_decision: decision.automation,
        account_type: profile.account_type,
        language: language_used.code().to_owned(),
        is_language_fallback: wanted.is_some() && language.is_none(),
        withheld: profile.withheld.clone().filter(|withheld| !is_over(withheld, now)),
        made_at: now,
        notified_at: None,
        appeal_until: until(now, settings),
    };
    if statement.withheld.is_some() {
        return Some((statement, None));
    }
    let statement = Statement { notified_at: Some(now), ..statement };
    let row = notice_row(&statement, settings);
    Some((statement, Some(row)))
}

/// Holds a statement that is withheld against what is said now of how to tell the account, and lets its notice leave once
/// nothing keeps it: what was withheld was lifted, or is over. Nothing for a statement whose notice has left.
pub fn follow(
    statement: Statement,
    profile: &NoticeProfile,
    settings: &NoticeSettings,
    now: Timestamp,
) -> Vec<Change> {
    if statement.notified_at.is_some() {
        return Vec::new();
    }
    if let Some(withheld) = profile.withheld.as_ref().filter(|withheld| !is_over(withheld, now)) {
        let is_same = statement.withheld.as_ref() == Some(withheld);
        let withheld = Some(withheld.clone());
        return if is_same {
            Vec::new()
        } else {
            vec![Change::StatementMade(Statement { withheld, ..statement })]
        };
    }
    // The time to complain begins when the account hears of it.
    let statement = Statement { notified_at: Some(now), appeal_until: until(now, settings), ..statement };
    let row = notice_row(&statement, settings);
    vec![Change::StatementMade(statement), Change::Queued(row)]
}

/// The outbox row that carries a statement. Its stream is not that of the account's actions: a notice that cannot be
/// delivered holds no action back.
pub fn notice_row(statement: &Statement, settings: &NoticeSettings) -> NewOutboxRow {
    let id = format!("notice-{}", statement.decision_id);
    let body = NoticeBody {
        id: id.clone(),
        kind: "notice.statement".to_owned(),
        account_id: statement.account_id.to_string(),
        decision_id: statement.decision_id.to_string(),
        language: statement.language.clone(),
        is_language_fallback: statement.is_language_fallback,
        text: text(statement, settings),
        appeal_url: link(statement, settings),
        appeal_until: statement.appeal_until.to_string(),
        // The account is not told why it was not told before.
        statement: Statement { withheld: None, ..statement.clone() },
    };
    NewOutboxRow {
        kind: OutboxKind::Webhook,
        stream: format!("notice:{}", statement.account_id),
        key: id,
        payload: serde_json::to_string(&body).unwrap_or_default(),
    }
}

/// The statement in words, with its appeal link.
pub fn text(statement: &Statement, settings: &NoticeSettings) -> String {
    text_with(statement, &link(statement, settings))
}

/// The statement in words for whoever may read it but not appeal in the account's name.
pub fn text_without_link(statement: &Statement) -> String {
    text_with(statement, "[…]")
}

fn text_with(statement: &Statement, link: &str) -> String {
    let language = Language::from_code(&statement.language).unwrap_or(Language::English);
    let done = match statement.kind {
        DecisionKind::Warn => Phrase::Warn,
        DecisionKind::Label => Phrase::Label,
        DecisionKind::Restrict if statement.end_date.is_some() => Phrase::RestrictUntil,
        DecisionKind::Restrict => Phrase::Restrict,
        DecisionKind::Terminate => Phrase::Terminate,
        _ if statement.end_date.is_some() => Phrase::SuspendUntil,
        _ => Phrase::Suspend,
    };
    let done = language.phrase(done).replace("{end}", statement.end_date.as_deref().unwrap_or_default());
    let redress = language
        .phrase(Phrase::InternalRedress)
        .replace("{until}", &date(statement.appeal_until))
        .replace("{link}", link);
    // What comes from outside goes in last, so that nothing in it is taken for a placeholder.
    let ground = language.phrase(Phrase::Ground).replace("{date}", &statement.application_date);
    let ground = fill(&ground, &[("{policy}", &statement.ground), ("{policy_text}", &statement.explanation)]);
    [
        done,
        ground,
        statement.facts.clone(),
        redress,
        language.phrase(Phrase::OutOfCourtRedress),
        language.phrase(Phrase::CourtRedress),
    ]
    .join("\n\n")
}

/// Fills placeholders in one pass: what was filled in is not looked at again.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some(next) = rest.find('{') {
        let (before, after) = rest.split_at(next);
        filled.push_str(before);
        let found = values.iter().find_map(|(name, value)| Some((value, after.strip_prefix(name)?)));
        match found {
            Some((value, left)) => {
                filled.push_str(value);
                rest = left;
            }
            None => {
                filled.push('{');
                rest = after.get(1..).unwrap_or_default();
            }
        }
    }
    filled + rest
}

fn link(statement: &Statement, settings: &NoticeSettings) -> String {
    let Statement { decision_id, account_id, appeal_until, .. } = statement;
    format!("{}{}", settings.appeal_url, sign(settings, decision_id, account_id, *appeal_until))
}

/// The outer one: whether the decision weighs on the account; the inner: its name in the database.
#[expect(clippy::option_option, reason = "a warning has a statement and no name in the database")]
const fn restriction(kind: DecisionKind) -> Option<Option<Restriction>> {
    match kind {
        DecisionKind::NoViolation | DecisionKind::Restore => None,
        DecisionKind::Warn => Some(None),
        DecisionKind::Label => Some(Some(Restriction::Labelled)),
        DecisionKind::Restrict => Some(Some(Restriction::PartlySuspended)),
        DecisionKind::Suspend => Some(Some(Restriction::Suspended)),
        DecisionKind::Terminate => Some(Some(Restriction::Terminated)),
    }
}

/// Whoever from outside pointed at the account first in rank is named as the origin, never by name.
fn detection(sources: SourceSet) -> (SourceType, Phrase) {
    if sources.contains(Source::Partner) {
        (SourceType::TrustedFlagger, Phrase::DetectedByPartner)
    } else if sources.contains(Source::User) {
        (SourceType::Notice, Phrase::DetectedByNotice)
    } else if sources.contains(Source::Authority) {
        (SourceType::OtherNotification, Phrase::DetectedByAuthority)
    } else {
        (SourceType::Voluntary, Phrase::DetectedByUs)
    }
}

const fn is_automated(source: Source) -> bool {
    matches!(source, Source::Rule | Source::Bank | Source::Similar | Source::Return)
}

/// The facts in words: what is of the account alone. Evidence and rationale may name others and stay out.
fn facts(language: Language, detected: Phrase, automated_detection: bool, automation: Automation) -> String {
    let decided = match automation {
        Automation::NotAutomated => Phrase::NotAutomated,
        Automation::PartiallyAutomated => Phrase::PartiallyAutomated,
        Automation::FullyAutomated => Phrase::FullyAutomated,
    };
    let detection = automated_detection.then_some(Phrase::AutomatedDetection);
    let phrases = [Phrase::Facts, detected].into_iter().chain(detection).chain([decided]);
    phrases.map(|phrase| language.phrase(phrase)).collect::<Vec<_>>().join(" ")
}

/// The database's category of a policy, by the policy's id.
fn category(policy_id: &str) -> (&'static str, &'static [&'static str]) {
    match policy_id {
        "terrorism" | "violent-movements" => {
            ("STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", &["KEYWORD_TERRORIST_CONTENT"])
        }
        "spam" | "ban-evasion" => {
            ("STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE", &["KEYWORD_INAUTHENTIC_ACCOUNTS"])
        }
        _ => ("STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE", &[]),
    }
}

fn is_over(withheld: &Withheld, now: Timestamp) -> bool {
    withheld.ends_at().is_some_and(|ends_at| ends_at <= now)
}

fn until(now: Timestamp, settings: &NoticeSettings) -> Timestamp {
    now.plus_seconds(settings.appeal_days.saturating_mul(DAY_SECONDS))
}

/// The day as `YYYY-MM-DD`.
fn date(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

fn cut(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    text.chars().take(chars_max.saturating_sub(1)).chain(['…']).collect()
}
