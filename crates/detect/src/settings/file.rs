//! The file as typed, and the checks that turn it into [`LinkSettings`].

use super::{Caps, LinkKind, LinkSettings, LinkType, Normaliser, Path, ProfileStore, SettingsError};
use crate::proposals::ProposalSettings;
use cordon_model::entity::EvidenceGroup;
use cordon_model::event::EventType;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// Most lines under `links` or `profiles`: type numbers are one byte.
const LINES_MAX: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    version: u32,
    actor: String,
    prior: f64,
    never_evidence: Vec<String>,
    keep: BTreeMap<String, u16>,
    caps: BTreeMap<String, f64>,
    #[serde(default)]
    return_caps: BTreeMap<String, f64>,
    links: Ordered<LinkLine>,
    profiles: Ordered<ProfileLine>,
    proposals: ProposalSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkLine {
    group: String,
    path: String,
    normalise: String,
    m: f64,
    kind: Option<String>,
    window_seconds: Option<u32>,
    refines: Option<String>,
    #[serde(default)]
    on: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileLine {
    group: String,
    path: String,
    normalise: String,
    terms_max: usize,
    #[serde(default)]
    on: Vec<String>,
}

pub(super) fn read(yaml: &str) -> Result<LinkSettings, SettingsError> {
    let file: SettingsFile =
        serde_saphyr::from_str(yaml).map_err(|error| SettingsError::Shape(error.to_string()))?;
    if file.version != 1 {
        return Err(wrong("version", format!("{} is unknown; this binary reads version 1", file.version)));
    }
    if !(file.prior > 0.0 && file.prior < 0.5) {
        return Err(wrong("prior", "must lie between 0 and 0.5".to_owned()));
    }
    let names: Vec<&str> = file.links.0.iter().map(|(name, _)| name.as_str()).collect();
    if names.len() > LINES_MAX || file.profiles.0.len() > LINES_MAX {
        return Err(wrong("links", format!("at most {LINES_MAX} lines")));
    }
    let forbid = |line: &str, path: &str| match file.never_evidence.iter().any(|never| never == path) {
        true => Err(wrong(line, format!("`{path}` stands under never_evidence: it may not link anybody"))),
        false => Ok(()),
    };
    let mut links = Vec::new();
    for (name, line) in &file.links.0 {
        forbid(name, &line.path)?;
        links.push(link_type(name, line, &names)?);
    }
    let mut profiles = Vec::new();
    for (name, line) in &file.profiles.0 {
        forbid(name, &line.path)?;
        profiles.push(profile_store(name, line)?);
    }
    check_returns(&file.proposals)?;
    // A group that is not named has the cap that holds everywhere.
    let mut return_caps = file.caps.clone();
    return_caps.extend(file.return_caps);
    check_draws(&file.proposals)?;
    Ok(LinkSettings {
        actor: Path::parse(&file.actor),
        prior: file.prior,
        keep_days: by_group(&file.keep, "keep", 30)?,
        keep_suspended_days: file.keep.get("suspended").copied().unwrap_or(365),
        caps: Caps(by_group(&file.caps, "caps", 0.0)?),
        return_caps: Caps(by_group(&return_caps, "return_caps", 0.0)?),
        links,
        profiles,
        proposals: file.proposals,
    })
}

/// Content alone makes no likely return: what else must speak for it is more than nothing.
fn check_returns(proposals: &ProposalSettings) -> Result<(), SettingsError> {
    let bits = [
        ("return_weight_min", proposals.return_weight_min),
        ("return_possible_weight_min", proposals.return_possible_weight_min),
        ("return_beside_content_min", proposals.return_beside_content_min),
    ];
    if let Some((name, bits)) = bits.into_iter().find(|(_, bits)| !(*bits > 0.0 && bits.is_finite())) {
        return Err(wrong("proposals", format!("`{name}` is {bits}; give bits above 0")));
    }
    let beyond = proposals.return_beyond_chance.unwrap_or(0.0);
    let or_none = [("return_beyond_chance", beyond), ("return_timing_max", proposals.return_timing_max)];
    match or_none.into_iter().find(|(_, bits)| !(0.0..=60.0).contains(bits)) {
        None => Ok(()),
        Some((name, bits)) => Err(wrong("proposals", format!("`{name}` is {bits}; give bits from 0 to 60"))),
    }
}

/// What is drawn leaves most places to what is found.
fn check_draws(proposals: &ProposalSettings) -> Result<(), SettingsError> {
    let shares = [("uncertain_share", proposals.uncertain_share), ("audit_share", proposals.audit_share)];
    if let Some((name, share)) = shares.into_iter().find(|(_, share)| !(0.0..=0.5).contains(share)) {
        return Err(wrong("proposals", format!("`{name}` is {share}; give a share from 0 to 0.5")));
    }
    let bits = proposals.uncertain_bits;
    if bits > 0.0 && bits.is_finite() {
        Ok(())
    } else {
        Err(wrong("proposals", format!("`uncertain_bits` is {bits}; give bits above 0")))
    }
}

fn link_type(name: &str, line: &LinkLine, names: &[&str]) -> Result<LinkType, SettingsError> {
    let group = group_of(name, &line.group)?;
    if !(line.m > 0.0 && line.m < 1.0) {
        return Err(wrong(name, "`m` must lie between 0 and 1".to_owned()));
    }
    let kind = match (line.kind.as_deref(), line.window_seconds) {
        (None | Some("identifier"), None) => LinkKind::Identifier,
        (Some("follow"), None) => LinkKind::Follow,
        (Some("near_text"), None) => LinkKind::NearText,
        (Some("near_media"), None) => LinkKind::NearMedia,
        (Some("co_action"), Some(window_seconds)) if window_seconds > 0 => {
            LinkKind::CoAction { window_seconds }
        }
        _ => {
            let reason = "`kind` is identifier, follow, near_text, near_media, or co_action with a `window_seconds` above 0";
            return Err(wrong(name, reason.to_owned()));
        }
    };
    let refines = match &line.refines {
        None => None,
        Some(coarser) => match names.iter().position(|known| known == coarser) {
            Some(index) => u8::try_from(index).ok(),
            None => return Err(wrong(name, format!("`refines: {coarser}` names no line under links"))),
        },
    };
    Ok(LinkType {
        name: name.to_owned(),
        group,
        path: Path::parse(&line.path),
        normalise: normaliser(name, &line.normalise)?,
        m: line.m,
        kind,
        refines,
        on: event_types(name, &line.on)?,
    })
}

fn profile_store(name: &str, line: &ProfileLine) -> Result<ProfileStore, SettingsError> {
    if !(1..=8_192).contains(&line.terms_max) {
        return Err(wrong(name, "`terms_max` must lie between 1 and 8192".to_owned()));
    }
    Ok(ProfileStore {
        name: name.to_owned(),
        group: group_of(name, &line.group)?,
        path: Path::parse(&line.path),
        normalise: normaliser(name, &line.normalise)?,
        terms_max: line.terms_max,
        on: event_types(name, &line.on)?,
    })
}

fn group_of(line: &str, name: &str) -> Result<EvidenceGroup, SettingsError> {
    EvidenceGroup::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = EvidenceGroup::ALL.iter().map(|group| group.name()).collect();
        wrong(line, format!("`{name}` is no evidence group; they are {}", known.join(", ")))
    })
}

fn normaliser(line: &str, name: &str) -> Result<Normaliser, SettingsError> {
    const NAMED: [(&str, Normaliser); 10] = [
        ("exact", Normaliser::Exact),
        ("lower", Normaliser::Lower),
        ("ip", Normaliser::Ip),
        ("ip_network", Normaliser::IpNetwork),
        ("handle_stem", Normaliser::HandleStem),
        ("name_skeleton", Normaliser::NameSkeleton),
        ("url", Normaliser::Url),
        ("domain", Normaliser::Domain),
        ("words", Normaliser::Words),
        ("hour", Normaliser::Hour),
    ];
    NAMED.iter().find(|(known, _)| *known == name).map(|(_, found)| *found).ok_or_else(|| {
        let known: Vec<&str> = NAMED.iter().map(|(known, _)| *known).collect();
        wrong(line, format!("`normalise: {name}` is unknown; there are {}", known.join(", ")))
    })
}

fn event_types(line: &str, names: &[String]) -> Result<Vec<EventType>, SettingsError> {
    names
        .iter()
        .map(|name| match EventType::from_name(name) {
            EventType::Other => Err(wrong(line, format!("`on: {name}` is no native event type"))),
            known => Ok(known),
        })
        .collect()
}

fn by_group<T: Copy>(named: &BTreeMap<String, T>, line: &str, missing: T) -> Result<[T; 12], SettingsError> {
    for name in named.keys() {
        if name != "suspended" {
            group_of(line, name)?;
        }
    }
    Ok(EvidenceGroup::ALL.map(|group| named.get(group.name()).copied().unwrap_or(missing)))
}

fn wrong(line: &str, reason: String) -> SettingsError {
    SettingsError::Line { line: line.to_owned(), reason }
}

/// A mapping that keeps the order of the file: a type's place is its number.
struct Ordered<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OrderedVisitor(std::marker::PhantomData))
    }
}

struct OrderedVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for OrderedVisitor<T> {
    type Value = Ordered<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a mapping from name to line")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut members: A) -> Result<Ordered<T>, A::Error> {
        let mut lines = Vec::new();
        while let Some(line) = members.next_entry()? {
            lines.push(line);
        }
        Ok(Ordered(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::BUNDLED;

    fn reason(find: &str, replace: &str) -> String {
        assert!(BUNDLED.contains(find), "{find} is not in the bundled settings");
        read(&BUNDLED.replacen(find, replace, 1)).unwrap_err().to_string()
    }

    #[test]
    fn the_bundled_settings_parse() {
        let settings = read(BUNDLED).unwrap();
        assert_eq!(settings.link_number("ip"), Some(0));
        assert_eq!(settings.link(0).unwrap().refines, settings.link_number("network"));
        assert_eq!(settings.keep_days(EvidenceGroup::Device), 180);
    }

    #[test]
    fn every_field_under_never_evidence_is_refused_as_a_link_and_as_a_profile() {
        let file: SettingsFile = serde_saphyr::from_str(BUNDLED).unwrap();
        assert!(file.never_evidence.len() >= 11);
        for never in &file.never_evidence {
            assert!(reason("path: session.ip", &format!("path: {never}")).contains("never_evidence"));
            assert!(reason("path: post.hashtags", &format!("path: {never}")).contains("never_evidence"));
        }
    }

    #[test]
    fn mistakes_name_the_line_and_the_mend() {
        assert!(
            reason("group: device,", "group: devices,").contains("device: `devices` is no evidence group")
        );
        assert!(reason("normalise: ip,", "normalise: ipv9,").contains("there are exact, lower"));
        assert!(reason("refines: domain", "refines: domains").contains("names no line under links"));
        assert!(
            reason("window_seconds: 60", "window_seconds: 0").contains("co_action with a `window_seconds`")
        );
        assert!(reason("version: 1", "version: 2").contains("this binary reads version 1"));
    }
}
