//! Functions of other rule sets that are knowingly not here, and what to write instead.

/// A function that is knowingly left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: &'static str,
    /// Why, and what to write instead.
    pub instead: &'static str,
}

const CACHE: &str = "a cache of values is no function of the journal: count with Count, CountDistinct or IncrementWindow, or set a label";
const SERVICE: &str = "asking a service while an event waits is not offered: put its answer into the event, and read it with JsonData";
const QUERY: &str = "it belongs to Osprey's search, not to its rules: see `cordon query`";
const DOCUMENT: &str = "put it into the event, and read it with JsonData";

pub(super) static ALL: &[LeftOut] = &[
    LeftOut { name: "AnalyzeSentiment", instead: SERVICE },
    LeftOut { name: "AnalyzeToxicity", instead: SERVICE },
    LeftOut { name: "AtprotoDisplayName", instead: DOCUMENT },
    LeftOut { name: "AtprotoHandle", instead: DOCUMENT },
    LeftOut { name: "CacheGetFloat", instead: CACHE },
    LeftOut { name: "CacheGetInt", instead: CACHE },
    LeftOut { name: "CacheGetStr", instead: CACHE },
    LeftOut { name: "CacheSetFloat", instead: CACHE },
    LeftOut { name: "CacheSetInt", instead: CACHE },
    LeftOut { name: "CacheSetStr", instead: CACHE },
    LeftOut { name: "CheckModerationResult", instead: SERVICE },
    LeftOut { name: "DidAddLabel", instead: QUERY },
    LeftOut { name: "DidDeclareVerdict", instead: QUERY },
    LeftOut { name: "DidMutateLabel", instead: QUERY },
    LeftOut { name: "DidRemoveLabel", instead: QUERY },
    LeftOut {
        name: "IsTrustedModerationSigner",
        instead: "compare with a list: ListContains(list_name='trusted', terms=[PubKey])",
    },
    LeftOut { name: "Log", instead: "drop the line: `cordon rules run` shows every feature" },
    LeftOut {
        name: "NostrAccountAge",
        instead: "write TimeSince(…) on the time as text, or AccountAge for accounts of this journal",
    },
    LeftOut { name: "Regex", instead: QUERY },
    LeftOut { name: "ResolveEventAuthor", instead: SERVICE },
    LeftOut { name: "ResolveUrls", instead: SERVICE },
];
