//! Reviewers of several processes claim everything there is, and processes are killed meanwhile.

use crate::Backend;
use crate::fixtures::{at, bob, commit, report};
use crate::postgres::Postgres;
use cordon_enforce::ports::{AuditLog, CaseDesk};
use cordon_model::entity::Source;
use cordon_model::ids::{CaseId, OperatorId};
use cordon_model::limits;
use cordon_store::{Record, RecordOptions};
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Cases to claim; `CORDON_CLAIMS=10000` asks for more.
const CASES: u64 = 1_000;
/// 50 reviewers.
const PROCESSES: usize = 5;
const REVIEWERS: usize = 10;
const URL: &str = "CORDON_CLAIMERS_URL";
/// A file that takes a line for each claim that a reviewer was told of. Its name is the process's.
const TOLD: &str = "CORDON_CLAIMERS_TOLD";

/// A process with reviewers.
struct Claimers {
    child: Child,
    name: String,
}

impl Claimers {
    fn start(url: &str, folder: &Path, number: usize) -> Self {
        let name = format!("process{number}");
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "claimers::reviewers_of_one_process_claim_until_nothing_is_left", "--ignored"])
            .env(URL, url)
            .env(TOLD, folder.join(&name))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, name }
    }

    /// Kills it where it still runs, and says whether it did.
    fn kill(&mut self) -> bool {
        let was_running = self.child.try_wait().unwrap().is_none();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        was_running
    }
}

/// What the reviewers of all processes were told: the operator by case. Nobody is told of a case that another one was.
fn told(folder: &Path) -> BTreeMap<String, String> {
    let mut told = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        for line in std::fs::read_to_string(file.unwrap().path()).unwrap().lines() {
            let (case_id, operator_id) = line.split_once(' ').unwrap();
            let before = told.insert(case_id.to_owned(), operator_id.to_owned());
            assert_eq!(before, None, "{operator_id} was given {case_id} as well");
        }
    }
    told
}

#[tokio::test]
#[ignore = "a process that the other test of this file starts and kills"]
async fn reviewers_of_one_process_claim_until_nothing_is_left() {
    let (Ok(url), Some(path)) = (std::env::var(URL), std::env::var_os(TOLD).map(PathBuf::from)) else {
        return;
    };
    let record = Arc::new(Record::connect(&url, RecordOptions::default()).await.unwrap());
    let told = Arc::new(std::fs::File::options().create(true).append(true).open(&path).unwrap());
    let process = path.file_name().unwrap().to_str().unwrap();
    let reviewers = (0..REVIEWERS).map(|number| {
        let (record, told) = (record.clone(), told.clone());
        let by = OperatorId::from(format!("{process}-{number}").as_str());
        tokio::spawn(async move {
            while let Some(case) = record.claim_next(None, &by, at(10)).await.unwrap() {
                // One write for each line, so that a kill cuts none in two.
                (&*told).write_all(format!("{} {by}\n", case.case_id).as_bytes()).unwrap();
            }
        })
    });
    for reviewer in reviewers.collect::<Vec<_>>() {
        reviewer.await.unwrap();
    }
}

#[tokio::test]
async fn processes_killed_while_claiming_claim_no_case_twice_and_lose_none() {
    if !Postgres::is_there() {
        return;
    }
    let cases = std::env::var("CORDON_CLAIMS").ok().and_then(|text| text.parse().ok()).unwrap_or(CASES);
    let (backend, folder) = (Postgres::create().await, tempfile::tempdir().unwrap());
    let record = backend.open().await;
    let reports = (0..cases).map(|number| report(&format!("a{number}"), Source::User, number as i64 % 60));
    commit(&record, reports.collect(), 1).await;

    let begun = Instant::now();
    let start = |number| Claimers::start(backend.url(), folder.path(), number);
    let mut running: Vec<Claimers> = (0..PROCESSES).map(start).collect();
    let (mut killed, mut random) = (BTreeSet::new(), 0x2545_F491_4F6C_DD1D_u64);
    for number in PROCESSES.. {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 200));
        let mut victim = running.remove(0);
        if !victim.kill() {
            break;
        }
        killed.insert(victim.name);
        running.push(start(number));
    }
    for mut claimers in running {
        assert!(claimers.child.wait().unwrap().success(), "{} failed", claimers.name);
    }
    println!("{cases} claims while {} processes were killed, in {:.1?}", killed.len(), begun.elapsed());
    assert!(killed.len() >= 3, "only {killed:?} were killed in time");

    let told = told(folder.path());
    let statement = "SELECT case_id, claimed_by, claim_count FROM cases ORDER BY case_id";
    let rows = sqlx::query(statement).fetch_all(&mut backend.connect().await).await.unwrap();
    assert_eq!(rows.len() as u64, cases);
    let mut unheard = BTreeMap::new();
    for row in &rows {
        let (case_id, claims): (String, i64) = (row.get("case_id"), row.get("claim_count"));
        let by: String =
            row.get::<Option<String>, _>("claimed_by").unwrap_or_else(|| panic!("{case_id} is unclaimed"));
        assert_eq!(claims, 1, "{case_id} was claimed more than once");
        match told.get(&case_id) {
            Some(operator_id) => assert_eq!(*operator_id, by, "{case_id}"),
            // Committed, and killed before the answer came: at most one for each reviewer.
            None => assert_eq!(unheard.insert(by, CaseId(case_id)), None),
        }
    }
    for (by, case_id) in &unheard {
        assert!(killed.contains(by.rsplit_once('-').unwrap().0), "{by} was not told of {case_id}");
        assert!(record.claim(case_id, &bob(), at(11)).await.is_err());
        record.claim(case_id, &bob(), at(10 + limits::CLAIM_SECONDS)).await.unwrap();
    }
    assert!(record.verify_audit(None).await.unwrap().is_ok());
}
