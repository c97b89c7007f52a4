//! Functions on texts and lists of texts that rule sets in the field bring along.

use super::Builtin;
use super::call::{Arguments, Constants, Function, Make, Problem};
use crate::eval::python::{is_space, parse_int};
use crate::eval::value::{Fault, Outcome, Value, seconds};
use crate::eval::world::World;
use crate::lists::{Words, is_word};
use crate::pattern::Pattern;
use cordon_model::limits::RULE_VALUE_SIZE_MAX;
use regex::Regex;
use std::borrow::Cow;
use std::sync::{Arc, LazyLock};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

pub(super) static ALL: &[&Builtin] = &[
    &STRING_CONTAINS,
    &TEXT_CONTAINS,
    &TEXT_CONTAINS_EXAMPLE,
    &FORCE_STRING,
    &SUBSTR_COUNT,
    &TOKENIZE,
    &STRING_TOKENIZE,
    &CLEAN_STRING,
    &EXTRACT_DOMAINS,
    &EXTRACT_LIST_DOMAINS,
    &EXTRACT_EMOJI,
    &ROOT_DOMAIN,
    &CONCAT,
    &PARSE_INT,
    &TIMESTAMP_AGE,
];

static STRING_CONTAINS: Builtin = Builtin::pure(
    "StringContains(s: str, phrase: str, case_sensitive: bool = False, substrings: bool = False) -> bool",
    "Whether a phrase stands in a text: whole, unless substrings.",
    "Offer = StringContains(s=Text, phrase='free gift')",
    Make::Plain(|arguments, world| string_contains(arguments, world, arguments.bool(3)?)),
);
static TEXT_CONTAINS: Builtin = Builtin::pure(
    "TextContains(s: str, phrase: str, case_sensitive: bool = False) -> bool",
    "Whether a phrase stands whole in a text.",
    "Offer = TextContains(s=Text, phrase='free gift')",
    Make::Plain(|arguments, world| string_contains(arguments, world, false)),
);
static TEXT_CONTAINS_EXAMPLE: Builtin = Builtin::pure(
    "TextContains(text: str, phrase: str, case_sensitive: bool = False) -> bool",
    "The same with the argument's name of Osprey's example.",
    "Offer = TextContains(text=Text, phrase='free gift')",
    Make::Plain(|arguments, world| string_contains(arguments, world, false)),
);
static FORCE_STRING: Builtin = Builtin::pure(
    "ForceString(s: Optional[str]) -> str",
    "The text, or `<None>` where there is none.",
    "Language = ForceString(s=MaybeBio)",
    Make::Plain(|arguments, _| match arguments.optional_text(0)? {
        None => Ok(Value::text("<None>")),
        Some(_) => Ok(arguments.value(0).clone()),
    }),
);
static SUBSTR_COUNT: Builtin = Builtin::pure(
    "SubstrCount(s: str, substr: str) -> int",
    "How often a text occurs within another, without overlaps.",
    "Hashes = SubstrCount(s=Text, substr='#')",
    Make::Plain(substr_count),
);
static TOKENIZE: Builtin = Builtin::pure(
    "Tokenize(s: str, skip_censor_chars: bool = False, skip_regex: Optional[str] = None) -> list[str]",
    "The words of a text in lower case: what is neither an ASCII letter nor a digit separates them.",
    "Tokens = Tokenize(s=Text)",
    Make::Ready(tokenize),
);
static CLEAN_STRING: Builtin = Builtin::pure(
    "CleanString(s: str, zero_width: bool = True, underlines: bool = True, space_likes: bool = False, single_quotes: bool = False) -> str",
    "Drops zero-width spaces, combining marks and, if asked, star-like spaces and single quotes.",
    "Plain = CleanString(s=Text, single_quotes=True)",
    Make::Plain(clean_string),
);
static EXTRACT_DOMAINS: Builtin = Builtin::pure(
    "ExtractDomains(s: str) -> list[str]",
    "Domains in a text, written as such or in addresses; in lower case, without `www.`, in the order of the text.",
    "Domains = ExtractDomains(s=Text)",
    Make::Plain(|arguments, world| domains_of(&[arguments.text(0)?], world)),
);
static EXTRACT_LIST_DOMAINS: Builtin = Builtin::pure(
    "ExtractListDomains(list: list[str]) -> list[str]",
    "Domains in some texts, each once.",
    "Domains = ExtractListDomains(list=Links)",
    Make::Plain(|arguments, world| domains_of(&all_texts(arguments, 0)?, world)),
);
static EXTRACT_EMOJI: Builtin = Builtin::pure(
    "ExtractEmoji(s: str) -> list[str]",
    "Runs of emoji in a text.",
    "Emoji = ExtractEmoji(s=Text)",
    Make::Plain(extract_emoji),
);
static ROOT_DOMAIN: Builtin = Builtin::pure(
    "RootDomain(domain: str) -> str",
    "The last two labels of a domain; DomainChopper knows public suffixes.",
    "Root = RootDomain(domain=Domain)",
    Make::Plain(|arguments, _| {
        let domain = arguments.text(0)?;
        let cut = domain.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
        Ok(Value::text(domain.get(cut..).unwrap_or(domain)))
    }),
);
static CONCAT: Builtin = Builtin::pure(
    "ConcatStringLists(lists: list[list[str]], optional_lists: list[list[Optional[str]]] = []) -> list[str]",
    "All items of some lists; of optional ones those that are there.",
    "Everything = ConcatStringLists(lists=[Domains, Links])",
    Make::Plain(concat),
);
static PARSE_INT: Builtin = Builtin::pure(
    "ParseInt(s: str) -> int",
    "The whole number that a text is; nothing, without an error, where it is none.",
    "Number = ParseInt(s=Text)",
    Make::Plain(|arguments, _| Ok(Value::big(parse_int(arguments.text(0)?).ok_or(Fault::Silent)?))),
);
static TIMESTAMP_AGE: Builtin = Builtin {
    is_pure: false,
    ..Builtin::pure(
        "TimestampAge(timestamp: str) -> float",
        "Seconds between a date and time and the event.",
        "Age = TimestampAge(timestamp=CreatedAt)",
        Make::Plain(|arguments, world| {
            let then = super::dates::parse(arguments.text(0)?, world.action.time)
                .ok_or(Fault::Error("this is no date and time"))?;
            Ok(Value::Float(seconds(world.action.time.saturating_sub(then))))
        }),
    )
};

fn all_texts<'a>(arguments: &'a Arguments<'_, '_>, index: usize) -> Result<Vec<&'a str>, Fault> {
    let text = |item: &'a Value<'_>| item.as_text().ok_or(Fault::Error("an item is no text"));
    arguments.list(index)?.iter().map(text).collect()
}

fn number<'e>(count: usize) -> Value<'e> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn string_contains<'e>(
    arguments: &Arguments<'_, 'e>,
    world: &mut World<'_, 'e>,
    substrings: bool,
) -> Outcome<'e> {
    let (text, phrase, case_sensitive) = (arguments.text(0)?, arguments.text(1)?, arguments.bool(2)?);
    world.pay(text.len() + phrase.len())?;
    if phrase.is_empty() {
        let has_word = text.chars().any(|letter| letter.is_alphanumeric() || letter == '_');
        return Ok(Value::Bool(substrings || has_word));
    }
    let words = Words::new(&[Arc::from(phrase)], case_sensitive);
    Ok(Value::Bool(match substrings {
        true => words.within(text).next().is_some(),
        false => words.first(text).is_some(),
    }))
}

fn substr_count<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (text, part) = (arguments.text(0)?, arguments.text(1)?);
    world.pay(text.len())?;
    // As in Python, the empty text stands before every letter and at the end.
    Ok(number(if part.is_empty() { text.chars().count() + 1 } else { text.matches(part).count() }))
}

static STRING_TOKENIZE: Builtin = Builtin::pure(
    "StringTokenize(s: str) -> list[str]",
    "The words of a text in small letters, an apostrophe within a word kept.",
    "Words = StringTokenize(s=Text)",
    Make::Plain(string_tokenize),
);

/// Runs of letters, digits and `_`, each with at most one apostrophe in it.
fn string_tokenize<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len().saturating_mul(4))?;
    let plain = text.replace(['\u{2019}', '\u{2bc}'], "'").to_lowercase();
    let mut words = Vec::new();
    let mut rest = plain.as_str();
    while let Some(start) = rest.find(is_word) {
        let word = rest.get(start..).unwrap_or("");
        let run = |text: &str| text.find(|letter| !is_word(letter)).unwrap_or(text.len());
        let first = run(word);
        let more = word.get(first..).and_then(|tail| tail.strip_prefix('\'')).map_or(0, run);
        let end = if more > 0 { first + 1 + more } else { first };
        words.push(Value::text(word.get(..end).unwrap_or(word)));
        rest = word.get(end..).unwrap_or("");
    }
    Ok(Value::list(words))
}

/// What separates the words of `Tokenize`.
enum Separators {
    /// Everything but ASCII letters, digits and spaces.
    Signs,
    /// The same without signs that letters are hidden behind.
    SignsButCensors,
    Pattern(Box<Pattern>),
}

struct Tokens {
    known: Option<Pattern>,
}

fn tokenize(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let known = constants.known_text("skip_regex").map(|pattern| Pattern::compile(pattern, false));
    let known = known.transpose().map_err(|message| {
        Problem::new("skip_regex", message, "patterns are those of Python's `re`; write them raw: r'…'")
    })?;
    Ok(Box::new(Tokens { known }))
}

impl Separators {
    /// The text with every run of them replaced.
    fn replaced(&self, text: &str, with: &str) -> Result<String, Fault> {
        let keeps: &[char] = match self {
            Self::Pattern(pattern) => return Ok(pattern.replace_all(text, with)?),
            Self::Signs => &[],
            Self::SignsButCensors => &['#', '*', '_', '-'],
        };
        let is_kept =
            |letter: char| letter.is_ascii_alphanumeric() || is_space(letter) || keeps.contains(&letter);
        let mut out = String::with_capacity(text.len());
        let mut in_run = false;
        for letter in text.chars() {
            if is_kept(letter) {
                out.push(letter);
            } else if !in_run {
                out.push_str(with);
            }
            in_run = !is_kept(letter);
        }
        Ok(out)
    }
}

impl Function for Tokens {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let text = arguments.text(0)?;
        world.pay(text.len().saturating_mul(8))?;
        let separators = match (arguments.bool(1)?, arguments.optional_text(2)?) {
            (true, _) => Separators::SignsButCensors,
            (false, None) => Separators::Signs,
            (false, Some(pattern)) => Separators::Pattern(Box::new(match &self.known {
                Some(known) => known.clone(),
                None => Pattern::compile(pattern, false).map_err(|_| Fault::Error("this is no pattern"))?,
            })),
        };
        let split = separators.replaced(text, " ")?.to_lowercase();
        let bare = separators.replaced(&split, "")?.to_lowercase();
        let is_mark = |letter: &char| letter.general_category() == GeneralCategory::NonspacingMark;
        let plain: String = bare.nfd().filter(|letter| !is_mark(letter)).nfc().collect();
        let words = plain.split(is_space).filter(|word| !word.is_empty());
        Ok(Value::list(words.map(Value::text).collect()))
    }
}

fn clean_string<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let mut text = arguments.text(0)?.to_owned();
    world.pay(text.len())?;
    if arguments.bool(1)? {
        text.retain(|letter| !matches!(letter, '\u{200b}' | '\u{200e}'));
    }
    if arguments.bool(2)? {
        text.retain(|letter| letter.general_category() != GeneralCategory::NonspacingMark);
    }
    if arguments.bool(3)? {
        text.retain(|letter| !matches!(letter, '*' | '\u{2217}' | '\u{66d}' | '\u{ab48}' | '\u{1031f}'));
    }
    if arguments.bool(4)? {
        text.retain(|letter| letter != '\'');
    }
    Ok(Value::text(&text))
}

/// A domain, with or without what makes it an address.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let label = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+";
    Regex::new(&format!(r"(?i)(?:https?://)?(?:www\.)?{label}[a-z]{{2,}}(?:[:/]\S*)?")).ok()
});

fn domains_of<'e>(texts: &[&str], world: &mut World<'_, 'e>) -> Outcome<'e> {
    let mut domains: Vec<String> = Vec::new();
    for text in texts {
        world.pay(text.len().saturating_mul(4))?;
        for found in ADDRESS.iter().flat_map(|address| address.find_iter(text)) {
            let found = found.as_str();
            let has_scheme = found.starts_with("http://") || found.starts_with("https://");
            let address: Cow<'_, str> =
                if has_scheme { found.into() } else { format!("http://{found}").into() };
            let rest = address.split_once("://").map_or("", |(_, rest)| rest);
            let host = rest.split(['/', '?', '#']).next().unwrap_or("");
            let domain = host.strip_prefix("www.").unwrap_or(host).to_lowercase();
            if !domain.is_empty() && !domains.contains(&domain) {
                domains.push(domain);
            }
        }
    }
    Ok(Value::list(domains.iter().map(|domain| Value::text(domain)).collect()))
}

fn is_emoji(letter: char) -> bool {
    matches!(
        u32::from(letter),
        0x1F600..=0x1F64F
            | 0x1F300..=0x1F5FF
            | 0x1F680..=0x1F6FF
            | 0x1F1E0..=0x1F1FF
            | 0x2702..=0x27B0
            | 0x24C2..=0x1F251
            | 0x1F900..=0x1F9FF
            | 0x1FA70..=0x1FAFF
    )
}

fn extract_emoji<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let text = arguments.text(0)?;
    world.pay(text.len())?;
    let runs = text.split(|letter| !is_emoji(letter)).filter(|run| !run.is_empty());
    Ok(Value::list(runs.map(Value::text).collect()))
}

fn concat<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let mut all = Vec::new();
    for (index, is_optional) in [(0, false), (1, true)] {
        for list in arguments.list(index)? {
            let Value::List(items) = list else { return Err(Fault::Error("an item is no list")) };
            world.pay(items.len().saturating_mul(16))?;
            all.extend(items.iter().filter(|item| !(is_optional && matches!(item, Value::None))).cloned());
            if all.len() > RULE_VALUE_SIZE_MAX {
                return Err(Fault::Error("list grows too long"));
            }
        }
    }
    Ok(Value::list(all))
}
