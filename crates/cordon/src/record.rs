//! Where a data folder's record is: in the folder on SQLite, or elsewhere on PostgreSQL.

use anyhow::{Context, Result, bail};
use cordon_pipeline::DataFolder;
use cordon_store::{Record, RecordOptions};
use std::convert::Infallible;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The variable that names the record where the command line does not.
const VARIABLE: &str = "CORDON_RECORD";

/// The address of a database, which may hold a password: it is never printed.
#[derive(Clone)]
pub struct RecordUrl(String);

impl std::fmt::Debug for RecordUrl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("RecordUrl")
    }
}

impl FromStr for RecordUrl {
    type Err = Infallible;

    /// Takes every text: a complaint of the command line's parser would repeat it.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl RecordUrl {
    /// `given`, or what the environment names; `None` where neither names one.
    ///
    /// Errors: what is no address of a PostgreSQL database, without repeating it.
    pub fn or_of_environment(given: Option<Self>) -> Result<Option<Self>> {
        let from_environment = || std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()).map(Self);
        let Some(url) = given.or_else(from_environment) else { return Ok(None) };
        if !is_postgres(&url.0) {
            bail!(
                "--record (or {VARIABLE}) names no PostgreSQL database: write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out for the record in the data folder"
            );
        }
        Ok(Some(url))
    }

    /// The address of a database.
    pub fn new(url: &str) -> Self {
        Self(url.to_owned())
    }

    /// The address itself, with its password: to connect by, not to be shown.
    #[cfg(feature = "postgres")]
    pub fn address(&self) -> &str {
        &self.0
    }

    /// The database, without user and password.
    ///
    /// Errors: a binary without PostgreSQL, and what names no database.
    pub fn database(&self) -> Result<String> {
        database(&self.0)
    }
}

/// Whether a text is the address of a PostgreSQL database.
pub fn is_postgres(url: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme))
}

/// Where a record is.
pub enum Whereabouts {
    /// The file of a data folder, or any other.
    File(PathBuf),
    /// A database.
    Database {
        /// Its address.
        url: RecordUrl,
        /// Its name, to be remembered by the folder once it was opened.
        remember: Option<(DataFolder, String)>,
    },
}

impl Whereabouts {
    /// Where the record of the data folder at `root` is, as `given` and as the folder remembers it.
    ///
    /// Errors: a record elsewhere of which nothing or another one was given, and one in the folder while another was
    /// given.
    pub fn of(root: &Path, given: Option<&RecordUrl>) -> Result<Self> {
        let folder = DataFolder::at(root);
        let remembered = remembered(&folder)?;
        let Some(url) = given else {
            return match remembered {
                None => Ok(Self::File(folder.record())),
                Some(database) => bail!(
                    "the record of {} is in {database}: name it with --record, or with {VARIABLE}, as postgres://USER:PASSWORD@HOST:PORT/DATABASE",
                    root.display()
                ),
            };
        };
        let database = url.database()?;
        let remember = match remembered {
            Some(remembered) if remembered != database => bail!(
                "the record of {} is in {remembered}, not in {database}: name that one; where the database itself has moved, write its new name into {}",
                root.display(),
                folder.record_elsewhere().display()
            ),
            Some(_) => None,
            None if folder.record().is_file() => bail!(
                "the record of {} is {}: leave --record and {VARIABLE} out, or begin in another folder with --data",
                root.display(),
                folder.record().display()
            ),
            None => Some((folder, database)),
        };
        Ok(Self::Database { url: url.clone(), remember })
    }

    /// Opens the record there. A folder that had none before remembers from here on that it is elsewhere.
    ///
    /// Errors: those of the record, naming the database without who opens it, and a folder that cannot be written.
    pub async fn open(&self, options: RecordOptions) -> Result<Record> {
        match self {
            Self::File(path) => Ok(Record::open(path, options).await?),
            Self::Database { url, remember: new } => {
                let record = connect(url, options).await?;
                new.iter().try_for_each(|(folder, database)| remember(folder, database))?;
                Ok(record)
            }
        }
    }
}

/// The database that the folder remembers; `None` where its record is within.
///
/// Errors: a file that cannot be read.
pub fn remembered(folder: &DataFolder) -> Result<Option<String>> {
    let path = folder.record_elsewhere();
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Has the folder remember that its record is in `database`: at once and for good, or, cut off, not at all.
///
/// Errors: a folder that cannot be written.
pub fn remember(folder: &DataFolder, database: &str) -> Result<()> {
    let path = folder.record_elsewhere();
    write_whole(folder, &path, database).with_context(|| {
        format!("cannot write {}: pass another folder with --data, or make this one writable", path.display())
    })
}

fn write_whole(folder: &DataFolder, path: &Path, database: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.root())?;
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    writeln!(file, "{database}")?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    File::open(folder.root())?.sync_all()
}

/// Has the folder forget that its record is elsewhere: it is within from here on.
///
/// Errors: a folder that cannot be written.
#[cfg(feature = "postgres")]
pub fn forget(folder: &DataFolder) -> std::io::Result<()> {
    std::fs::remove_file(folder.record_elsewhere())?;
    File::open(folder.root())?.sync_all()
}

#[cfg(feature = "postgres")]
fn database(url: &str) -> Result<String> {
    Ok(cordon_store::database_named_by(url)?)
}

#[cfg(not(feature = "postgres"))]
fn database(_: &str) -> Result<String> {
    bail!("{WITHOUT}")
}

#[cfg(feature = "postgres")]
async fn connect(url: &RecordUrl, options: RecordOptions) -> Result<Record> {
    let database = url.database()?;
    Record::connect(&url.0, options).await.with_context(|| format!("cannot open the record in {database}"))
}

#[cfg(not(feature = "postgres"))]
async fn connect(_: &RecordUrl, _: RecordOptions) -> Result<Record> {
    bail!("{WITHOUT}")
}

/// What a binary says that knows SQLite alone.
#[cfg(not(feature = "postgres"))]
pub const WITHOUT: &str = "this cordon was built without PostgreSQL: build it with `cargo build --release -p cordon --features postgres`, or leave --record and CORDON_RECORD out";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_never_shown() {
        let url: RecordUrl = "postgres://ana:hunter2@db.example/x".parse().unwrap();
        assert!(!format!("{url:?}").contains("hunter2"));
        let refused =
            RecordUrl::or_of_environment(Some(RecordUrl::new("mysql://ana:hunter2@db/x"))).unwrap_err();
        assert!(!format!("{refused:#}").contains("hunter2"), "{refused:#}");
    }

    #[test]
    fn a_folder_that_remembers_nothing_has_its_record_within() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Whereabouts::of(folder.path(), None).unwrap(), Whereabouts::File(_)));
        assert!(!DataFolder::at(folder.path()).record_elsewhere().exists());
    }

    #[cfg(not(feature = "postgres"))]
    #[test]
    fn without_postgres_a_database_is_refused_and_nothing_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let refused = Whereabouts::of(folder.path(), Some(&RecordUrl::new("postgres://db.example/x")));
        let told = format!("{:#}", refused.err().unwrap());
        assert!(told.contains("--features postgres"), "{told}");
        assert!(!DataFolder::at(folder.path()).record_elsewhere().exists());
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_folder_remembers_its_database_and_refuses_any_other() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let of = |url: Option<&str>| Whereabouts::of(root, url.map(RecordUrl::new).as_ref());
        let Whereabouts::Database { remember: Some((folder, database)), .. } =
            of(Some("postgres://ana:hunter2@db.example/x")).unwrap()
        else {
            panic!("a folder without a record has nothing to remember");
        };
        assert!(of(None).is_ok(), "nothing is remembered before it was opened");
        remember(&folder, &database).unwrap();
        let kept = std::fs::read_to_string(DataFolder::at(root).record_elsewhere()).unwrap();
        assert_eq!(kept, "postgres://db.example:5432/x\n");
        assert!(of(Some("postgres://ben@db.example:5432/x")).is_ok(), "whoever opens it");
        let told = format!("{:#}", of(None).err().unwrap());
        assert!(told.contains("--record") && told.contains(kept.trim()), "{told}");
        let told = format!("{:#}", of(Some("postgres://ana:hunter2@db.example/y")).err().unwrap());
        assert!(told.contains("example:5432/y") && !told.contains("hunter2"), "{told}");
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn a_record_in_the_folder_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(DataFolder::at(folder.path()).record(), "").unwrap();
        let refused = Whereabouts::of(folder.path(), Some(&RecordUrl::new("postgres://db.example/x")));
        let told = format!("{:#}", refused.err().unwrap());
        assert!(told.contains("record.sqlite"), "{told}");
    }
}
