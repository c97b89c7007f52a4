//! The functions on word lists, in the three spellings that rule sets in the field use.

use super::Builtin;
use super::call::{Arguments, Constants, Function, Make, Problem};
use crate::eval::value::{Fault, Outcome, Value};
use crate::eval::world::World;
use crate::lists::{List, Lists, Marked, Words};
use std::sync::Arc;

/// `ListContains` and `ListContainsCount` as the standard library spells them come first, those of the field after them.
pub(super) static ALL: &[&Builtin] = &[
    &CONTAINS,
    &CONTAINS_COUNT,
    &CONTAINS_ITEMS,
    &REGEX_CONTAINS,
    &REGEX_COUNT,
    &REGEX_ITEMS,
    &CENSORED_CONTAINS,
    &CENSORED_COUNT,
    &CENSORED_ITEMS,
    &FIELD_CONTAINS,
    &FIELD_COUNT,
    &SIMPLE_CONTAINS,
    &REGEX_MATCH,
    &CENSORIZED_MATCH,
    &CENSORIZED_CONTAINS,
    &CHECK_CENSORED,
    &STRING_CHECK_CENSORED,
    &CHECK_CENSORIZED,
];

static CONTAINS: Builtin = Builtin::pure(
    "ListContains(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False, substrings: bool = False) -> bool",
    "Whether one of some texts is a word of the list lists/NAME.yaml or .txt; with substrings, contains one.",
    "Shop = ListContains(list_name='shops', terms=Links)",
    Make::Ready(|constants| on_list(constants, "list_name", contains)),
);
static CONTAINS_COUNT: Builtin = Builtin::pure(
    "ListContainsCount(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False, substrings: bool = False) -> int",
    "How many words of the list are among some texts; with substrings, within them.",
    "Shops = ListContainsCount(list_name='shops', terms=Links)",
    Make::Ready(|constants| on_list(constants, "list_name", count)),
);
static CONTAINS_ITEMS: Builtin = Builtin::pure(
    "ListContainsItems(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False, substrings: bool = False) -> list[str]",
    "Which words of the list are among some texts; with substrings, within them.",
    "Shops = ListContainsItems(list_name='shops', terms=Links)",
    Make::Ready(|constants| on_list(constants, "list_name", items)),
);
static REGEX_CONTAINS: Builtin = Builtin::pure(
    "RegexListContains(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False) -> bool",
    "Whether a pattern of the list matches one of some texts.",
    "Offer = RegexListContains(list_name='offers', terms=[Text])",
    Make::Ready(|constants| on_patterns(constants, "list_name", regex_contains)),
);
static REGEX_COUNT: Builtin = Builtin::pure(
    "RegexListContainsCount(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False) -> int",
    "How many patterns of the list match one of some texts.",
    "Offers = RegexListContainsCount(list_name='offers', terms=[Text])",
    Make::Ready(|constants| on_patterns(constants, "list_name", regex_count)),
);
static REGEX_ITEMS: Builtin = Builtin::pure(
    "RegexListContainsItems(list_name: str, terms: list[Optional[str]], case_sensitive: bool = False) -> list[str]",
    "Which patterns of the list match one of some texts.",
    "Offers = RegexListContainsItems(list_name='offers', terms=[Text])",
    Make::Ready(|constants| on_patterns(constants, "list_name", regex_items)),
);
static CENSORED_CONTAINS: Builtin = Builtin::pure(
    "CensoredListContains(list_name: str, terms: list[Optional[str]], plurals: bool = False, substrings: bool = False, must_be_censored: bool = False) -> bool",
    "Whether a word of the list stands in one of some texts, look-alikes and separators seen through.",
    "Hidden = CensoredListContains(list_name='shops', terms=[Text], must_be_censored=True)",
    Make::Ready(|constants| on_list(constants, "list_name", censored_contains)),
);
static CENSORED_COUNT: Builtin = Builtin::pure(
    "CensoredListContainsCount(list_name: str, terms: list[Optional[str]], plurals: bool = False, substrings: bool = False, must_be_censored: bool = False) -> int",
    "In how many of some texts a word of the list stands, look-alikes and separators seen through.",
    "Hidden = CensoredListContainsCount(list_name='shops', terms=Links)",
    Make::Ready(|constants| on_list(constants, "list_name", censored_count)),
);
static CENSORED_ITEMS: Builtin = Builtin::pure(
    "CensoredListContainsItems(list_name: str, terms: list[Optional[str]], plurals: bool = False, substrings: bool = False, must_be_censored: bool = False) -> list[str]",
    "Those of some texts in which a word of the list stands, look-alikes and separators seen through.",
    "Hidden = CensoredListContainsItems(list_name='shops', terms=Links)",
    Make::Ready(|constants| on_list(constants, "list_name", censored_items)),
);
static FIELD_CONTAINS: Builtin = Builtin::pure(
    "ListContains(list: str, phrases: list[Optional[str]], case_sensitive: bool = False, word_boundaries: bool = True) -> Optional[str]",
    "The first word of the list that stands whole in one of some texts, as the AT Protocol rule sets call it.",
    "Shop = ListContains(list='shops', phrases=[Text])",
    Make::Ready(|constants| on_list(constants, "list", field_contains)),
);
static FIELD_COUNT: Builtin = Builtin::pure(
    "ListContainsCount(list: str, phrases: list[Optional[str]], case_sensitive: bool = False, word_boundaries: bool = True) -> int",
    "How many words of the list stand whole in each of some texts, all together.",
    "Shops = ListContainsCount(list='shops', phrases=[Text])",
    Make::Ready(|constants| on_list(constants, "list", field_count)),
);
static SIMPLE_CONTAINS: Builtin = Builtin::pure(
    "SimpleListContains(cache_name: str, list: list[str], phrases: list[Optional[str]], case_sensitive: bool = False, word_boundaries: bool = True) -> Optional[str]",
    "The first of some words that stands whole in one of some texts. The words are those of the call; `cache_name` is not looked at.",
    "Shop = SimpleListContains(cache_name='shops', list=['stall', 'kiosk'], phrases=[Text])",
    Make::Ready(simple),
);
static REGEX_MATCH: Builtin = Builtin::pure(
    "RegexListMatch(list: str, phrases: list[Optional[str]], case_sensitive: bool = False) -> Optional[str]",
    "The first pattern of the list that matches one of some texts.",
    "Offer = RegexListMatch(list='offers', phrases=[Text])",
    Make::Ready(|constants| on_patterns(constants, "list", regex_match)),
);
static CENSORIZED_MATCH: Builtin = Builtin::pure(
    "CensorizedListMatch(list: str, phrases: list[Optional[str]], plurals: bool = False, substrings: bool = False, must_be_censorized: bool = False) -> Optional[str]",
    "The first word of the list that stands in one of some texts, look-alikes and separators seen through; the word, not a pattern.",
    "Hidden = CensorizedListMatch(list='shops', phrases=[Text])",
    Make::Ready(|constants| on_list(constants, "list", censorized_match)),
);
static CENSORIZED_CONTAINS: Builtin = Builtin::pure(
    "CensorizedListContains(list: str, phrases: list[Optional[str]], plurals: bool = False, must_be_censorized: bool = False) -> Optional[str]",
    "The first word of the list anywhere in one of some texts, look-alikes and separators seen through; the word, not a pattern.",
    "Hidden = CensorizedListContains(list='shops', phrases=[Text])",
    Make::Ready(|constants| on_list(constants, "list", censorized_contains)),
);
static CHECK_CENSORED: Builtin = Builtin::pure(
    "CheckCensored(s: str, pattern: str, plurals: bool = False, substrings: bool = False, must_be_censored: bool = False) -> bool",
    "Whether a word stands in a text, look-alikes and separators seen through.",
    "Hidden = CheckCensored(s=Text, pattern='heron', must_be_censored=True)",
    Make::Plain(check_censored),
);
static STRING_CHECK_CENSORED: Builtin = Builtin::pure(
    "StringCheckCensored(s: str, pattern: str, plurals: bool = False, substrings: bool = False, must_be_censored: bool = False) -> bool",
    "The same as `CheckCensored`.",
    "Hidden = StringCheckCensored(s=Text, pattern='heron')",
    Make::Plain(check_censored),
);
static CHECK_CENSORIZED: Builtin = Builtin::pure(
    "CheckCensorized(s: str, pattern: str, plurals: bool = False, substrings: bool = False, must_be_censorized: bool = False) -> bool",
    "Whether a word stands in a text, look-alikes and separators seen through, as the AT Protocol rule sets call it.",
    "Hidden = CheckCensorized(s=Text, pattern='heron', must_be_censorized=True)",
    Make::Plain(check_censorized),
);

/// What a function does with the list that its first argument names.
type OfList = for<'a, 'w, 'e> fn(&List, &Arguments<'a, 'e>, &mut World<'w, 'e>) -> Outcome<'e>;

struct OnList {
    lists: Arc<Lists>,
    of: OfList,
    /// Stands in for a list that the call names and that is not there.
    empty: Option<List>,
}

impl Function for OnList {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        // A name that is put together while events come may name no list.
        let list = self.lists.get(arguments.text(0)?).or(self.empty.as_ref());
        (self.of)(list.ok_or(Fault::Error("there is no list of that name"))?, arguments, world)
    }
}

fn on_list(
    constants: &Constants<'_>,
    argument: &'static str,
    of: OfList,
) -> Result<Box<dyn Function>, Problem> {
    let name = constants.known_text(argument);
    if let Some((message, hint)) = name.and_then(|name| constants.lists.mistake(name)) {
        return Err(Problem::new(argument, message, hint));
    }
    let missing = name.and_then(|name| constants.lists.missing(name));
    let empty = missing.is_some().then(|| List::new(Vec::new()));
    if let Some((message, hint)) = missing {
        constants.warnings.borrow_mut().push(Problem::new(argument, message, hint));
    }
    Ok(Box::new(OnList { lists: Arc::clone(constants.lists), of, empty }))
}

fn on_patterns(
    constants: &Constants<'_>,
    argument: &'static str,
    of: OfList,
) -> Result<Box<dyn Function>, Problem> {
    let function = on_list(constants, argument, of)?;
    let list = constants.known_text(argument).and_then(|name| constants.lists.get(name));
    match list.and_then(List::bad_pattern) {
        Some(message) => {
            let hint = "the entries of this list are patterns of Python's `re`";
            Err(Problem::new(argument, message, hint))
        }
        None => Ok(function),
    }
}

/// The texts among the second argument; `None` is passed over.
fn phrases<'a>(arguments: &'a Arguments<'_, '_>, index: usize) -> Result<Vec<&'a str>, Fault> {
    let mut texts = Vec::new();
    for item in arguments.list(index)? {
        match item {
            Value::None => {}
            item => texts.push(item.as_text().ok_or(Fault::Error("an item is no text"))?),
        }
    }
    Ok(texts)
}

fn texts<'e>(items: impl IntoIterator<Item = Arc<str>>) -> Value<'e> {
    Value::list(items.into_iter().map(Value::Owned).collect())
}

fn number<'e>(count: usize) -> Value<'e> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn optional<'e>(found: Option<Arc<str>>) -> Value<'e> {
    found.map_or(Value::None, Value::Owned)
}

/// The words of the list that are among the texts or, with substrings, within them: in the order of finding, each once.
fn found_words(
    list: &List,
    arguments: &Arguments<'_, '_>,
    world: &mut World<'_, '_>,
) -> Result<Vec<Arc<str>>, Fault> {
    let (words, substrings) = (list.words(arguments.bool(2)?), arguments.bool(3)?);
    let mut found: Vec<Arc<str>> = Vec::new();
    let mut seen = rustc_hash::FxHashSet::default();
    for text in phrases(arguments, 1)? {
        world.pay(if substrings { text.len().saturating_mul(1 + words.shown.len()) } else { text.len() })?;
        if substrings {
            found.extend(words.within(text).filter(|word| seen.insert(Arc::clone(word))).cloned());
        } else {
            found.extend(words.same(text).filter(|word| seen.insert(Arc::clone(word))).cloned());
        }
    }
    Ok(found)
}

fn contains<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Bool(!found_words(list, arguments, world)?.is_empty()))
}

fn count<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(number(found_words(list, arguments, world)?.len()))
}

fn items<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(texts(found_words(list, arguments, world)?))
}

/// The patterns that match one of the texts, each once, in the order of finding; with `first`, no more than one.
fn found_patterns(
    list: &List,
    arguments: &Arguments<'_, '_>,
    world: &mut World<'_, '_>,
    first: bool,
) -> Result<Vec<Arc<str>>, Fault> {
    let patterns = list.patterns(arguments.bool(2)?);
    let mut found: Vec<Arc<str>> = Vec::new();
    for text in phrases(arguments, 1)? {
        for (shown, pattern) in patterns {
            world.pay(text.len())?;
            if !found.contains(shown) && pattern.is_match(text)? {
                found.push(Arc::clone(shown));
                if first {
                    return Ok(found);
                }
            }
        }
    }
    Ok(found)
}

fn regex_contains<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(Value::Bool(!found_patterns(list, arguments, world, true)?.is_empty()))
}

fn regex_count<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(number(found_patterns(list, arguments, world, false)?.len()))
}

fn regex_items<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(texts(found_patterns(list, arguments, world, false)?))
}

fn regex_match<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(optional(found_patterns(list, arguments, world, true)?.into_iter().next()))
}

fn first_word(
    words: &Words,
    texts: &[&str],
    bounded: bool,
    world: &mut World<'_, '_>,
) -> Result<Option<Arc<str>>, Fault> {
    for text in texts {
        let cost = if bounded { words.cost(text.len()) } else { text.len() * (1 + words.shown.len()) };
        world.pay(cost)?;
        let found = if bounded { words.first(text) } else { words.within(text).next() };
        if let Some(word) = found {
            return Ok(Some(Arc::clone(word)));
        }
    }
    Ok(None)
}

fn field_contains<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let words = list.words(arguments.bool(2)?);
    Ok(optional(first_word(words, &phrases(arguments, 1)?, arguments.bool(3)?, world)?))
}

fn field_count<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (words, bounded) = (list.words(arguments.bool(2)?), arguments.bool(3)?);
    let mut all = 0;
    for text in phrases(arguments, 1)? {
        world.pay(if bounded { words.cost(text.len()) } else { text.len() * (1 + words.shown.len()) })?;
        all += if bounded { words.count(text) } else { words.within(text).count() };
    }
    Ok(number(all))
}

/// `SimpleListContains`, with its words made ready where they are known.
struct Simple {
    known: Option<List>,
}

fn simple(constants: &Constants<'_>) -> Result<Box<dyn Function>, Problem> {
    let entries = constants.texts("list");
    Ok(Box::new(Simple { known: (!entries.is_empty()).then(|| List::new(entries)) }))
}

impl Function for Simple {
    fn call<'e>(&self, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
        let (case_sensitive, bounded) = (arguments.bool(3)?, arguments.bool(4)?);
        let texts = phrases(arguments, 2)?;
        if let Some(list) = &self.known {
            return Ok(optional(first_word(list.words(case_sensitive), &texts, bounded, world)?));
        }
        let entries: Vec<Arc<str>> = phrases(arguments, 1)?.into_iter().map(Arc::from).collect();
        world.pay(entries.iter().map(|entry| entry.len()).sum())?;
        let words = Words::new(&entries, case_sensitive);
        Ok(optional(first_word(&words, &texts, bounded, world)?))
    }
}

/// What counts as a find, besides the look-alike itself.
#[derive(Clone, Copy)]
enum Must {
    /// The word, without separators, is spelt otherwise than in the list.
    DifferFromWord,
    /// What was found is not the whole text.
    DifferFromText,
}

struct Search {
    plurals: bool,
    substrings: bool,
    must: Option<Must>,
}

/// The number of the first entry that stands in a text.
fn look(list: &List, text: &str, search: &Search, world: &mut World<'_, '_>) -> Result<Option<usize>, Fault> {
    let marked = Marked::new(text);
    for (number, (entry, word)) in list.entries.iter().zip(list.look_alikes()).enumerate() {
        world.pay(text.len())?;
        let Some(found) = word.find(&marked, search.plurals, search.substrings) else { continue };
        let is_other = match search.must {
            None => true,
            Some(Must::DifferFromWord) => found.word.to_lowercase() != entry.to_lowercase(),
            Some(Must::DifferFromText) => found.with_neighbours.to_lowercase() != text.to_lowercase(),
        };
        if is_other {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Those of the texts in which an entry stands.
fn censored_hits(
    list: &List,
    arguments: &Arguments<'_, '_>,
    world: &mut World<'_, '_>,
) -> Result<Vec<Arc<str>>, Fault> {
    let must = arguments.bool(4)?.then_some(Must::DifferFromWord);
    let search = Search { plurals: arguments.bool(2)?, substrings: arguments.bool(3)?, must };
    let mut hits = Vec::new();
    for text in phrases(arguments, 1)? {
        if look(list, text, &search, world)?.is_some() {
            hits.push(Arc::from(text));
        }
    }
    Ok(hits)
}

fn censored_contains<'e>(
    list: &List,
    arguments: &Arguments<'_, 'e>,
    world: &mut World<'_, 'e>,
) -> Outcome<'e> {
    Ok(Value::Bool(!censored_hits(list, arguments, world)?.is_empty()))
}

fn censored_count<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(number(censored_hits(list, arguments, world)?.len()))
}

fn censored_items<'e>(list: &List, arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    Ok(texts(censored_hits(list, arguments, world)?))
}

fn censorized<'e>(
    list: &List,
    arguments: &Arguments<'_, 'e>,
    search: &Search,
    world: &mut World<'_, 'e>,
) -> Outcome<'e> {
    for text in phrases(arguments, 1)? {
        if let Some(number) = look(list, text, search, world)? {
            return Ok(optional(list.entries.get(number).cloned()));
        }
    }
    Ok(Value::None)
}

fn censorized_match<'e>(
    list: &List,
    arguments: &Arguments<'_, 'e>,
    world: &mut World<'_, 'e>,
) -> Outcome<'e> {
    let must = arguments.bool(4)?.then_some(Must::DifferFromText);
    let search = Search { plurals: arguments.bool(2)?, substrings: arguments.bool(3)?, must };
    censorized(list, arguments, &search, world)
}

fn censorized_contains<'e>(
    list: &List,
    arguments: &Arguments<'_, 'e>,
    world: &mut World<'_, 'e>,
) -> Outcome<'e> {
    let must = arguments.bool(3)?.then_some(Must::DifferFromText);
    let search = Search { plurals: arguments.bool(2)?, substrings: true, must };
    censorized(list, arguments, &search, world)
}

fn check_censored<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let list = List::new(vec![Arc::from(arguments.text(1)?)]);
    let must = arguments.bool(4)?.then_some(Must::DifferFromWord);
    let search = Search { plurals: arguments.bool(2)?, substrings: arguments.bool(3)?, must };
    Ok(Value::Bool(look(&list, arguments.text(0)?, &search, world)?.is_some()))
}

/// In the field's form what was found, its neighbours included, is compared with the word.
fn check_censorized<'e>(arguments: &Arguments<'_, 'e>, world: &mut World<'_, 'e>) -> Outcome<'e> {
    let (text, word) = (arguments.text(0)?, arguments.text(1)?);
    world.pay(text.len())?;
    let found =
        crate::lists::LookAlike::new(word).find(&Marked::new(text), arguments.bool(2)?, arguments.bool(3)?);
    let must = arguments.bool(4)?;
    let holds =
        found.is_some_and(|found| !must || found.with_neighbours.to_lowercase() != word.to_lowercase());
    Ok(Value::Bool(holds))
}
