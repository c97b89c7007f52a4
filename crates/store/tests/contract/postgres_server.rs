//! A PostgreSQL of the tests' own: one for the test process, gone with it.
//!
//! Its binaries are those of the machine. It listens on a socket in a folder of its own alone, knows no password, and
//! does not wait for the disk.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Serves until the pipe on its standard input is closed, as it is however the test process ends; then cleans up.
/// PostgreSQL refuses to run as root: `$2` is then how to become another user. What comes after `$3` is set as well.
const SERVE: &str = r#"
folder=$1 become=$2 bin=$3
shift 3
$become "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
    -c max_connections=300 -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 "$@" </dev/null &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$folder"
"#;
/// How a process of root becomes the user that the Debian package makes.
const BECOME: &str = "setpriv --reuid=postgres --regid=postgres --clear-groups";
const START_MAX: Duration = Duration::from_secs(60);

/// A running server.
pub(crate) struct Server {
    folder: PathBuf,
    /// Holds the pipe at whose end the server ends.
    _child: Child,
}

impl Server {
    /// The one of this process; none where the machine has no PostgreSQL, which is said and counted once.
    pub(crate) fn get() -> Option<&'static Self> {
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let start = || match binaries() {
            Some(bin) => Some(Server::start(&bin)),
            None => {
                skip(
                    "the record on PostgreSQL: there is no /usr/lib/postgresql/*/bin/postgres (apt-get install postgresql)",
                );
                None
            }
        };
        SERVER.get_or_init(start).as_ref()
    }

    fn start(bin: &Path) -> Self {
        Self::start_with(bin, |_| Vec::new())
    }

    /// Starts one that `prepare` has made ready in its folder, with the settings that it gives.
    pub(crate) fn start_with(bin: &Path, prepare: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::Builder::new().prefix("cordon-postgres-").tempdir().unwrap().keep();
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let become_user = if is_root { BECOME } else { "" };
        if is_root {
            run(Command::new("chown").arg("postgres:postgres").arg(&folder));
        }
        make_cluster(bin, &folder.join("data"), become_user);
        let settings = prepare(&folder);
        if is_root {
            run(Command::new("chown").arg("-R").arg("postgres:postgres").arg(&folder));
        }
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = Command::new("sh")
            .args(["-c", SERVE, "sh"])
            .arg(&folder)
            .arg(become_user)
            .arg(bin)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let server = Self { folder, _child: child };
        server.wait_until_up();
        server
    }

    /// Its socket answers before it takes anybody in; its log says when it does.
    fn wait_until_up(&self) {
        let begun = Instant::now();
        let log = || std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        while !log().contains("ready to accept connections") {
            assert!(begun.elapsed() < START_MAX, "PostgreSQL does not start: {}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How to reach a database of this server.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.folder.display())
    }
}

/// Makes an empty cluster at `data`. Making one takes a second, and a runner may give every test its own process: the
/// first one is kept beside what else was built, and copied.
fn make_cluster(bin: &Path, data: &Path, become_user: &str) {
    let version = bin.parent().and_then(Path::file_name).unwrap_or_default();
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join("postgres").join(version);
    if kept.is_dir() {
        copy(&kept, data);
    } else {
        let words = become_user.split(' ').filter(|word| !word.is_empty()).map(PathBuf::from);
        let initdb: Vec<PathBuf> = words.chain([bin.join("initdb")]).collect();
        run(Command::new(&initdb[0])
            .args(&initdb[1..])
            .args(["--username=postgres", "--auth=trust", "--no-sync", "--wal-segsize=1"])
            .args(["--encoding=UTF8", "--locale=C.UTF-8", "-D"])
            .arg(data));
        let unfinished = kept.with_extension(std::process::id().to_string());
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        copy(data, &unfinished);
        // Where another process was first, its copy is as good.
        if std::fs::rename(&unfinished, &kept).is_err() {
            std::fs::remove_dir_all(&unfinished).unwrap();
        }
    }
    if !become_user.is_empty() {
        run(Command::new("chown").arg("-R").arg("postgres:postgres").arg(data));
    }
}

fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-r").arg("--preserve=mode").arg(from).arg(to));
}

/// Where the newest PostgreSQL of the machine is.
pub(crate) fn binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let versions = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    versions.filter(|bin| bin.join("postgres").is_file() && bin.join("initdb").is_file()).max()
}

pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Says that tests cannot look at what is not there, and counts it.
fn skip(what: &str) {
    use std::io::Write;
    eprintln!("SKIPPED: {what}");
    if let Some(path) = std::env::var_os("CORDON_SKIPPED") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{what}")).unwrap();
    }
}
