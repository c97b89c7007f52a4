//! The functions of the language: one file for each, or for a family that came together, and their registry.

pub(crate) mod call;
pub(crate) mod signature;

mod accounts;
mod atproto;
mod base64_decode;
mod base64_encode;
mod buckets;
mod clean;
mod cookies;
mod count_regex_matches;
mod counts;
mod dates;
mod declare_verdict;
mod digests;
mod domain_chopper;
mod domain_tld;
mod domains;
mod email_domain;
mod email_local_part;
mod email_subdomain;
mod entity;
mod entity_json;
mod experiment;
mod experiment_when;
mod experiments;
mod experiments_bucket_assignment;
mod extract_cookie;
mod get_action_id;
mod get_action_name;
mod get_snowflake_bucket;
mod get_timedelta_bucket;
mod get_timestamp_bucket;
mod has_label;
mod hash_md5;
mod hash_sha1;
mod hash_sha256;
mod hash_sha512;
mod hold;
mod import;
mod increment_window;
mod ip_network;
mod json_data;
mod label_add;
mod label_remove;
mod left_out;
mod linked_accounts;
mod list_length;
mod list_read;
mod list_sort;
mod matches_bank;
mod mx_lookup;
mod nostr;
mod phone_country;
mod phone_prefix;
mod phones;
mod random_bool;
mod random_int;
mod regex_match;
mod regex_match_map;
mod require;
mod resolve_optional;
mod rule;
mod send_signal;
mod send_to_review;
mod string_clean;
mod string_ends_with;
mod string_extract_domains;
mod string_extract_urls;
mod string_join;
mod string_length;
mod string_lstrip;
mod string_replace;
mod string_rstrip;
mod string_slice;
mod string_split;
mod string_starts_with;
mod string_strip;
mod string_to_lower;
mod string_to_upper;
mod suspended_weight;
mod texts;
mod time_delta;
mod time_since;
mod urls;
mod when_rules;
mod word_lists;

use crate::check::typed::EffectKind;
use crate::eval::value::Fault;
use crate::pattern::TooManySteps;
use call::{Constants, Function, Make, Problem};

/// One function of the language.
pub(crate) struct Builtin {
    /// As a rule author reads it.
    pub(crate) signature: &'static str,
    pub(crate) about: &'static str,
    pub(crate) example: &'static str,
    /// Whether equal arguments give equal results, whatever the event and the world.
    pub(crate) is_pure: bool,
    pub(crate) special: Special,
    pub(crate) make: Make,
}

/// What the language itself knows of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Special {
    None,
    /// A statement: it has no result.
    Language,
    JsonData,
    EntityJson,
    Rule,
    Effect(EffectKind),
    Experiment,
    ExperimentWhen,
}

impl Builtin {
    /// A function whose result follows from its arguments.
    const fn pure(signature: &'static str, about: &'static str, example: &'static str, make: Make) -> Self {
        Self { signature, about, example, is_pure: true, special: Special::None, make }
    }

    /// A function that asks the event or the world.
    const fn of_the_world(
        signature: &'static str,
        about: &'static str,
        example: &'static str,
        make: Make,
    ) -> Self {
        Self { is_pure: false, ..Self::pure(signature, about, example, make) }
    }

    pub(crate) fn name(&self) -> &'static str {
        self.signature.split('(').next().unwrap_or("")
    }
}

pub(crate) use clean::plain_letter as look_alike_letter;
pub use left_out::LeftOut;

/// Every function there is.
pub(crate) fn all() -> impl Iterator<Item = &'static Builtin> {
    let families = [word_lists::ALL, texts::ALL, atproto::ALL, nostr::ALL, counts::ALL, accounts::ALL];
    ALL.iter().chain(families.into_iter().flatten()).copied()
}

/// Functions with a file of their own.
static ALL: &[&Builtin] = &[
    &base64_decode::BUILTIN,
    &base64_encode::BUILTIN,
    &count_regex_matches::BUILTIN,
    &declare_verdict::BUILTIN,
    &domain_chopper::BUILTIN,
    &domain_tld::BUILTIN,
    &email_domain::BUILTIN,
    &email_local_part::BUILTIN,
    &email_subdomain::BUILTIN,
    &entity::BUILTIN,
    &entity_json::BUILTIN,
    &experiment::BUILTIN,
    &experiment_when::BUILTIN,
    &experiments_bucket_assignment::BUILTIN,
    &extract_cookie::BUILTIN,
    &get_action_id::BUILTIN,
    &get_action_name::BUILTIN,
    &get_snowflake_bucket::BUILTIN,
    &get_timedelta_bucket::BUILTIN,
    &get_timestamp_bucket::BUILTIN,
    &has_label::BUILTIN,
    &hash_md5::BUILTIN,
    &hash_sha1::BUILTIN,
    &hash_sha256::BUILTIN,
    &hash_sha512::BUILTIN,
    &hold::BUILTIN,
    &import::BUILTIN,
    &increment_window::BUILTIN,
    &ip_network::BUILTIN,
    &json_data::BUILTIN,
    &label_add::BUILTIN,
    &label_remove::BUILTIN,
    &linked_accounts::BUILTIN,
    &list_length::BUILTIN,
    &list_read::BUILTIN,
    &list_sort::BUILTIN,
    &matches_bank::BUILTIN,
    &mx_lookup::BUILTIN,
    &phone_country::BUILTIN,
    &phone_prefix::BUILTIN,
    &random_bool::BUILTIN,
    &random_int::BUILTIN,
    &regex_match::BUILTIN,
    &regex_match_map::BUILTIN,
    &require::BUILTIN,
    &resolve_optional::BUILTIN,
    &rule::BUILTIN,
    &send_signal::BUILTIN,
    &send_to_review::BUILTIN,
    &string_clean::BUILTIN,
    &string_ends_with::BUILTIN,
    &string_extract_domains::BUILTIN,
    &string_extract_urls::BUILTIN,
    &string_join::BUILTIN,
    &string_length::BUILTIN,
    &string_lstrip::BUILTIN,
    &string_replace::BUILTIN,
    &string_rstrip::BUILTIN,
    &string_slice::BUILTIN,
    &string_split::BUILTIN,
    &string_starts_with::BUILTIN,
    &string_strip::BUILTIN,
    &string_to_lower::BUILTIN,
    &string_to_upper::BUILTIN,
    &suspended_weight::BUILTIN,
    &time_delta::BUILTIN,
    &time_since::BUILTIN,
    &when_rules::BUILTIN,
];

/// The function of that name; of several the first.
pub(crate) fn find(name: &str) -> Option<&'static Builtin> {
    all().find(|builtin| builtin.name() == name)
}

/// Of the functions of that name the one that takes the keywords; the first where none takes them all.
pub(crate) fn find_for(name: &str, keywords: &[&str]) -> Option<&'static Builtin> {
    let takes = |builtin: &Builtin| {
        let parameters = signature::Signature::read(builtin.signature).parameters;
        keywords.iter().filter(|word| parameters.iter().any(|parameter| parameter.name == **word)).count()
    };
    let mut best: Option<(usize, &'static Builtin)> = None;
    for builtin in all().filter(|builtin| builtin.name() == name) {
        if best.is_none_or(|(most, _)| takes(builtin) > most) {
            best = Some((takes(builtin), builtin));
        }
    }
    best.map(|(_, builtin)| builtin)
}

/// What to write instead of a function that is knowingly left out.
pub(crate) fn left_out(name: &str) -> Option<&'static str> {
    left_out::ALL.iter().find(|function| function.name == name).map(|function| function.instead)
}

/// Functions of other rule sets that are knowingly not here, by name.
#[must_use]
pub fn left_out_functions() -> &'static [LeftOut] {
    left_out::ALL
}

/// What a rule author may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionHelp {
    /// Its name.
    pub name: &'static str,
    /// Name, arguments with types and defaults, and result.
    pub signature: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// A line of rules that uses it.
    pub example: &'static str,
}

/// Every function of the language, by name.
#[must_use]
pub fn functions() -> Vec<FunctionHelp> {
    let help = |builtin: &'static Builtin| FunctionHelp {
        name: builtin.name(),
        signature: builtin.signature,
        about: builtin.about,
        example: builtin.example,
    };
    let mut all: Vec<FunctionHelp> = all().map(help).collect();
    all.sort_by_key(|function| function.name);
    all
}

/// Stands in for functions that the compiler itself turns into nodes.
fn language(_: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    Err(Problem {
        argument: None,
        message: "this function is part of the language".into(),
        hint: String::new(),
    })
}

impl From<TooManySteps> for Fault {
    fn from(_: TooManySteps) -> Self {
        Self::Error("the pattern steps back too often on this text")
    }
}
