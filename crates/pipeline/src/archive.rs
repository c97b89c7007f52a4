//! Every entry, wherever it stands: in the log, in history, or in both.

use crate::PipelineError;
use crate::facts::facts_of;
use crate::folder::DataFolder;
use cordon_detect::settings::LinkSettings;
use cordon_journal::{Disk, History, HistoryOptions, JournalReader, Sealer, WholeJournal};
use cordon_model::entry::Entry;
use std::sync::{Arc, PoisonError, RwLock};

/// The readers of a data folder's entries. Clones are cheap and share what they know.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) log: JournalReader,
    pub(crate) history: History,
    pub(crate) journal: WholeJournal,
    settings: SettingsInForce,
}

/// The settings in force, for readers on other threads.
type SettingsInForce = Arc<RwLock<Arc<LinkSettings>>>;

impl Archive {
    /// Opens the history behind a log.
    pub(crate) fn open(
        disk: &Arc<dyn Disk>,
        folder: &DataFolder,
        options: HistoryOptions,
        log: JournalReader,
    ) -> Result<Self, PipelineError> {
        let history = History::open(Arc::clone(disk), &folder.history(), options)?;
        let settings: SettingsInForce = Arc::new(RwLock::new(Arc::new(LinkSettings::bundled())));
        let journal = WholeJournal::new(history.clone(), log.clone(), describe(&settings));
        Ok(Self { log, history, journal, settings })
    }

    /// Seals the log into the history.
    pub(crate) fn sealer(&self) -> Sealer {
        Sealer::new(self.history.clone(), self.log.clone(), describe(&self.settings))
    }

    /// From here on entries are read under these settings.
    pub(crate) fn activate(&self, settings: &Arc<LinkSettings>) {
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(settings);
    }
}

fn describe(
    settings: &SettingsInForce,
) -> impl Fn(&Entry) -> cordon_journal::Facts + Send + Sync + use<> + 'static {
    let settings = Arc::clone(settings);
    move |entry| {
        let settings = Arc::clone(&settings.read().unwrap_or_else(PoisonError::into_inner));
        facts_of(&settings, entry)
    }
}
