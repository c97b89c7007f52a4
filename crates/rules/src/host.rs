//! What rules may ask of the world.

/// One label of an entity, as the host knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Name of the label.
    pub name: String,
    /// Whether it is on; a label that was taken off is known, too.
    pub is_added: bool,
    /// Whether a person set it.
    pub is_manual: bool,
    /// Why it was set.
    pub reasons: Vec<LabelReason>,
}

/// One reason of a [`Label`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelReason {
    /// When it was given, in microseconds since 1970, where that is known.
    pub created_at: Option<i64>,
    /// When it lapses, in microseconds since 1970; never if none.
    pub expires_at: Option<i64>,
}

/// Why the host has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// The host does not offer this at all.
    #[error("not offered here")]
    NotOffered,
    /// There is no such thing; the rules expect that, and it is no error.
    #[error("not found")]
    NotFound,
    /// It could not be asked.
    #[error("could not be asked")]
    Unavailable,
}

/// What rules may ask of the world while one event is evaluated. Every default answers "not offered".
///
/// Contract:
/// - answers are a function of the journal up to the event: the same event gives the same answers on replay;
/// - [`Host::now`] does not move while one event is evaluated;
/// - labels are those before this event's own effects.
pub trait Host {
    /// The one clock of rules, in microseconds since 1970: when the entry was received.
    fn now(&self) -> i64;

    /// All labels of an entity, those taken off included.
    fn labels(&mut self, entity_type: &str, entity_id: &str) -> Result<Vec<Label>, HostError> {
        let _ = (entity_type, entity_id);
        Err(HostError::NotOffered)
    }

    /// Sixty-four random bits.
    fn random(&mut self) -> Result<u64, HostError> {
        Err(HostError::NotOffered)
    }

    /// The smallest address, as text, of the first mail exchange of a domain.
    fn mail_exchange(&mut self, domain: &str) -> Result<String, HostError> {
        let _ = domain;
        Err(HostError::NotOffered)
    }

    /// Counts this event under `key`, and returns the count within the last `window_seconds`, this one included.
    fn increment_window(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let _ = (key, window_seconds);
        Err(HostError::NotOffered)
    }

    /// The count under `key` within the last `window_seconds`, without counting this event.
    fn window_count(&mut self, key: &str, window_seconds: f64) -> Result<u64, HostError> {
        let _ = (key, window_seconds);
        Err(HostError::NotOffered)
    }

    /// How many events the counter of that name has under `by` within the last `window_seconds`; this one is counted
    /// first if it `counts`.
    fn count(
        &mut self,
        counter: &str,
        by: &str,
        counts: bool,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        let _ = (counter, by, counts, window_seconds);
        Err(HostError::NotOffered)
    }

    /// How many different values the counter of that name has under `by` within the last `window_seconds`, `value`
    /// included where there is one.
    fn count_distinct(
        &mut self,
        counter: &str,
        by: &str,
        value: Option<&str>,
        window_seconds: f64,
    ) -> Result<u64, HostError> {
        let _ = (counter, by, value, window_seconds);
        Err(HostError::NotOffered)
    }

    /// Microseconds since the day of an account's first event, in whole days.
    fn account_age(&mut self, account_id: &str) -> Result<i64, HostError> {
        let _ = account_id;
        Err(HostError::NotOffered)
    }

    /// Events of an account, this one included; 0 of one never seen.
    fn account_events(&mut self, account_id: &str) -> Result<u64, HostError> {
        let _ = account_id;
        Err(HostError::NotOffered)
    }

    /// How an account stands: `unjudged`, `cleared`, `violating` or `suspended`.
    fn account_standing(&mut self, account_id: &str) -> Result<&'static str, HostError> {
        let _ = account_id;
        Err(HostError::NotOffered)
    }

    /// What variations of one handle have in common.
    fn handle_stem(&mut self, handle: &str) -> Result<Option<String>, HostError> {
        let _ = handle;
        Err(HostError::NotOffered)
    }

    /// A name with confusable characters folded.
    fn name_skeleton(&mut self, name: &str) -> Result<Option<String>, HostError> {
        let _ = name;
        Err(HostError::NotOffered)
    }

    /// Whether `text` is close to an entry of the bank of that name.
    fn matches_bank(&mut self, bank: &str, text: &str) -> Result<bool, HostError> {
        let _ = (bank, text);
        Err(HostError::NotOffered)
    }

    /// Bits with which the account's links speak for its being held by the holder of some suspended account; 0 where
    /// none do.
    fn suspended_weight(&mut self, account_id: &str) -> Result<f64, HostError> {
        let _ = account_id;
        Err(HostError::NotOffered)
    }

    /// How many accounts share the entity, the event's own included.
    fn linked_accounts(&mut self, entity_type: &str, entity_id: &str) -> Result<u64, HostError> {
        let _ = (entity_type, entity_id);
        Err(HostError::NotOffered)
    }
}

/// A host that offers a clock and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Clock(
    /// Microseconds since 1970.
    pub i64,
);

impl Host for Clock {
    fn now(&self) -> i64 {
        self.0
    }
}
