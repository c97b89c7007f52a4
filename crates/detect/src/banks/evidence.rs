//! Matches as evidence: which entry of which bank, how like, never what was banked.

use super::looked_up::{BankMatch, Likeness};
use super::store::Banks;
use cordon_model::bank::{BankKind, SignalKind};
use cordon_model::entity::{Evidence, EvidenceGroup};
use cordon_model::limits::PDQ_DISTANCE_MAX;

/// The type's name in evidence rows.
const ENTITY_TYPE: &str = "bank";
/// Bits of a match of the very file, picture or text: odds of about one half with the shipped prior. Set by hand,
/// as are those below: decisions do not teach them yet.
const SAME_BITS: f64 = 13.0;
/// Bits that a picture at the greatest distance has less.
const FARTHEST_PICTURE_LESS_BITS: f64 = 4.0;
/// Bits that a text has less for each percent that differs.
const TEXT_PERCENT_LESS_BITS: f64 = 0.1;
const URL_BITS: f64 = 11.0;
const URL_PREFIX_BITS: f64 = 9.0;
const DOMAIN_BITS: f64 = 7.0;

/// Puts matches into words, heaviest first; of each group the heaviest alone weighs, as all lean on one piece of
/// content.
pub fn describe_matches(banks: &Banks, matches: &[BankMatch]) -> Vec<Evidence> {
    let mut rows: Vec<Evidence> = matches.iter().map(|found| describe(banks, found)).collect();
    rows.sort_by(|one, two| two.weight.total_cmp(&one.weight));
    let mut counted: Vec<EvidenceGroup> = Vec::new();
    for row in &mut rows {
        if counted.contains(&row.group) {
            row.weight = 0.0;
        } else {
            counted.push(row.group);
        }
    }
    rows
}

fn describe(banks: &Banks, found: &BankMatch) -> Evidence {
    let name = banks.bank(found.bank_id.as_str()).map_or(found.bank_id.as_str(), |bank| bank.name.as_str());
    Evidence {
        group: group(found.kind),
        entity_type: ENTITY_TYPE.to_owned(),
        entity: Some(found.entry_id.to_string()),
        terms: Vec::new(),
        weight: bits(found),
        levels: Vec::new(),
        text: format!(
            "{} entry {} of the bank “{name}” ({}): {}",
            verb(found.kind),
            found.entry_id,
            found.bank_id,
            likeness(found)
        ),
    }
}

fn group(kind: SignalKind) -> EvidenceGroup {
    match kind.bank_kind() {
        BankKind::Media => EvidenceGroup::Media,
        BankKind::Text => EvidenceGroup::Content,
        BankKind::Url => EvidenceGroup::Url,
    }
}

fn verb(kind: SignalKind) -> &'static str {
    match kind.bank_kind() {
        BankKind::Media => "used a picture or other media that matches",
        BankKind::Text => "posted a text that matches",
        BankKind::Url => "posted an address that matches",
    }
}

fn likeness(found: &BankMatch) -> String {
    match (found.likeness, found.kind) {
        (Likeness::Distance(0), _) => "PDQ, all 256 bits agree".to_owned(),
        (Likeness::Distance(bits), _) => format!("PDQ, {bits} of 256 bits differ"),
        (Likeness::DiffersPercent(percent), _) => format!("nearly the same text, about {percent} % differs"),
        (Likeness::Same, SignalKind::Text) => "the same text but for case, marks and signs".to_owned(),
        (Likeness::Same, SignalKind::Url) => "the same address".to_owned(),
        (Likeness::Same, SignalKind::UrlPrefix) => "an address under this one".to_owned(),
        (Likeness::Same, SignalKind::Domain) => "an address of this domain".to_owned(),
        (Likeness::Same, kind) => format!("the same {kind}"),
    }
}

fn bits(found: &BankMatch) -> f64 {
    match (found.likeness, found.kind) {
        (Likeness::Distance(bits), _) => {
            SAME_BITS - FARTHEST_PICTURE_LESS_BITS * f64::from(bits) / f64::from(PDQ_DISTANCE_MAX)
        }
        (Likeness::DiffersPercent(percent), _) => SAME_BITS - TEXT_PERCENT_LESS_BITS * f64::from(percent),
        (Likeness::Same, SignalKind::Url) => URL_BITS,
        (Likeness::Same, SignalKind::UrlPrefix) => URL_PREFIX_BITS,
        (Likeness::Same, SignalKind::Domain) => DOMAIN_BITS,
        (Likeness::Same, _) => SAME_BITS,
    }
}
