//! What accounts are told, language by language, from `policies/notices`.

/// A language with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, also for every language that has no template.
    English,
    /// German.
    German,
    /// French.
    French,
    /// Arabic.
    Arabic,
}

/// A sentence of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the key of that name in the templates")]
pub enum Phrase {
    Warn,
    Label,
    Restrict,
    Suspend,
    RestrictUntil,
    SuspendUntil,
    Terminate,
    Ground,
    Facts,
    DetectedByNotice,
    DetectedByPartner,
    DetectedByAuthority,
    DetectedByUs,
    AutomatedDetection,
    NotAutomated,
    PartiallyAutomated,
    FullyAutomated,
    InternalRedress,
    OutOfCourtRedress,
    CourtRedress,
    Upheld,
    Overturned,
}

impl Phrase {
    /// All sentences: a template has every one of them.
    pub const ALL: [Phrase; 22] = [
        Self::Warn,
        Self::Label,
        Self::Restrict,
        Self::Suspend,
        Self::RestrictUntil,
        Self::SuspendUntil,
        Self::Terminate,
        Self::Ground,
        Self::Facts,
        Self::DetectedByNotice,
        Self::DetectedByPartner,
        Self::DetectedByAuthority,
        Self::DetectedByUs,
        Self::AutomatedDetection,
        Self::NotAutomated,
        Self::PartiallyAutomated,
        Self::FullyAutomated,
        Self::InternalRedress,
        Self::OutOfCourtRedress,
        Self::CourtRedress,
        Self::Upheld,
        Self::Overturned,
    ];

    /// Its key in the templates.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Label => "label",
            Self::Restrict => "restrict",
            Self::Suspend => "suspend",
            Self::RestrictUntil => "restrict_until",
            Self::SuspendUntil => "suspend_until",
            Self::Terminate => "terminate",
            Self::Ground => "ground",
            Self::Facts => "facts",
            Self::DetectedByNotice => "detected_by_notice",
            Self::DetectedByPartner => "detected_by_partner",
            Self::DetectedByAuthority => "detected_by_authority",
            Self::DetectedByUs => "detected_by_us",
            Self::AutomatedDetection => "automated_detection",
            Self::NotAutomated => "not_automated",
            Self::PartiallyAutomated => "partially_automated",
            Self::FullyAutomated => "fully_automated",
            Self::InternalRedress => "internal_redress",
            Self::OutOfCourtRedress => "out_of_court_redress",
            Self::CourtRedress => "court_redress",
            Self::Upheld => "upheld",
            Self::Overturned => "overturned",
        }
    }
}

impl Language {
    /// All languages with a template.
    pub const ALL: [Language; 4] = [Self::English, Self::German, Self::French, Self::Arabic];

    /// Its code, ISO 639-1.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Arabic => "ar",
        }
    }

    /// The language of that code, if there is a template.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// A sentence as the template has it, placeholders included.
    pub fn phrase(self, phrase: Phrase) -> String {
        let line =
            self.template().lines().find_map(|line| line.strip_prefix(phrase.key())?.strip_prefix(": \""));
        line.and_then(|line| line.strip_suffix('"')).unwrap_or_default().replace("\\\"", "\"")
    }

    const fn template(self) -> &'static str {
        match self {
            Self::English => include_str!("../../../../policies/notices/en.yaml"),
            Self::German => include_str!("../../../../policies/notices/de.yaml"),
            Self::French => include_str!("../../../../policies/notices/fr.yaml"),
            Self::Arabic => include_str!("../../../../policies/notices/ar.yaml"),
        }
    }
}
