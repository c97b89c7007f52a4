//! A disk that fills up under a server in this process.

use super::client::Call;
use super::{created, decision, report_on};
use crate::support::Folder;
use cordon_enforce::audit::CheckpointKey;
use cordon_enforce::ports::{NewToken, Operators, Policies};
use cordon_enforce::queues::{QueueTarget, QueueTargets};
use cordon_journal::{Disk, DiskFile, RealDisk};
use cordon_model::clock::{Clock, SystemClock};
use cordon_model::hashing::HashKey;
use cordon_model::ids::Offset;
use cordon_model::limits;
use cordon_model::operator::{Operator, Role, TokenSecret};
use cordon_model::policy::{Policy, PolicyVersion, Severity};
use cordon_pipeline::{DataFolder, Pipeline, PipelineOptions, UpkeepOptions};
use cordon_server::{Authentication, House, Outside, Ports, QueueBounds, ServerOptions, serve};
use cordon_store::{Record, RecordOptions};
use serde_json::Value;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};

/// The machine's disk, but for what it says is free.
#[derive(Debug)]
struct FillingDisk {
    real: Arc<dyn Disk>,
    free_bytes: AtomicU64,
}

impl Disk for FillingDisk {
    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.real.create_folder(folder)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.real.create(path)
    }

    fn open_append(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.real.open_append(path)
    }

    fn open_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.real.open_read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.real.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.real.remove(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.real.list(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.real.sync_folder(folder)
    }

    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.free_bytes.load(Ordering::SeqCst))
    }
}

fn policy() -> Policy {
    Policy {
        policy_id: "violent-movements".into(),
        version: PolicyVersion(1),
        title: "title".to_owned(),
        text: "text".to_owned(),
        severity: Severity::Severe,
        strike_weight: 0,
        strike_days: None,
        is_retired: false,
    }
}

async fn admin(record: &Record) -> String {
    let operator = Operator {
        operator_id: "admin".into(),
        display_name: "admin".to_owned(),
        role: Role::Admin,
        is_disabled: false,
    };
    let (secret, by, now) = (TokenSecret::from_bytes([3; 32]), "test".into(), SystemClock.now());
    record.put_operator(&operator, &by, now).await.unwrap();
    let new = NewToken {
        token_id: "t".into(),
        operator_id: "admin".into(),
        secret: secret.clone(),
        expires_at: None,
    };
    record.create_token(new, &by, now).await.unwrap();
    secret.reveal()
}

#[test]
fn on_a_full_disk_intake_closes_while_people_go_on() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.data()).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let disk = Arc::new(FillingDisk { real: RealDisk::shared(), free_bytes: AtomicU64::new(u64::MAX) });
    let data = DataFolder::at(folder.data());
    let record = Arc::new(runtime.block_on(Record::open(&data.record(), RecordOptions::default())).unwrap());
    runtime.block_on(record.put_policy(&policy(), &"test".into(), SystemClock.now())).unwrap();
    let token = runtime.block_on(admin(&record));
    let pipeline = Pipeline::open(PipelineOptions {
        disk: disk.clone(),
        folder: data,
        key: HashKey::from_bytes([7; 16]),
        key_since: Offset(0),
        settings_text: cordon_detect::settings::BUNDLED.to_owned(),
        clock: Arc::new(SystemClock),
        record: record.clone(),
        runtime: runtime.handle().clone(),
        snapshot_every: u64::MAX,
        upkeep: UpkeepOptions::default(),
    })
    .unwrap();
    let ports = Ports {
        desk: record.clone(),
        clusters: record.clone(),
        bulk: record.clone(),
        notices: record.clone(),
        quality: record.clone(),
        operators: record.clone(),
        sign_in: record.clone(),
        outbox: record.clone(),
        policies: record.clone(),
        counts: record.clone(),
        audit: record.clone(),
    };
    let drawn = AtomicU64::new(1);
    let outside = Outside {
        clock: Arc::new(SystemClock),
        random: Arc::new(move || drawn.fetch_add(1, Ordering::Relaxed).into()),
        deliver: None,
    };
    let usual = QueueTarget { first_look_minutes: 60, decision_minutes: 60, due_soon_at: 0.5 };
    let options = ServerOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        authentication: Authentication::Tokens,
        queue: QueueBounds::default(),
        query_timeout: std::time::Duration::from_secs(30),
        house: House {
            queue_targets: QueueTargets { usual, by_queue: Default::default() },
            templates: Vec::new(),
            audit_key: Arc::new(CheckpointKey::from_bytes([7; 32])),
        },
        needs_second_factor: false,
        login_code: None,
    };
    let (say, hear) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = runtime.spawn(serve(
        pipeline,
        (ports, outside),
        options,
        move |address| say.send(address.to_string()).unwrap(),
        async move { stopped.await.unwrap_or(()) },
    ));
    let address = hear.recv().unwrap();
    let send = |call: Call<'_>| call.by(&token).to(&address);

    send(Call::events(created("mallory"))).expect(200);
    send(Call::post("/v1/reports", &report_on("mallory"))).expect(202);
    let case = super::client::until("a case is opened", || {
        let case = send(Call::post("/v1/cases/next/claim", &Value::Null));
        (case.status == 200).then(|| case.json())
    });
    disk.free_bytes.store(limits::DISK_FREE_BYTES_MIN - 1, Ordering::SeqCst);
    let refused = send(Call::events(created("late")));
    refused.refuses(503, "storage_full");
    assert_eq!(refused.header("retry-after"), Some("60"));
    send(Call::post("/v1/reports", &report_on("mallory"))).refuses(503, "storage_full");
    send(Call::get("/v1/accounts/mallory")).expect(200);
    let path = format!("/v1/cases/{}/decision", case["case_id"].as_str().unwrap());
    send(Call::post(&path, &decision(&case["claim"]["claim_id"]))).expect(201);
    disk.free_bytes.store(u64::MAX, Ordering::SeqCst);
    send(Call::events(created("late"))).expect(200);

    send(Call::events(created("second"))).expect(200);
    send(Call::post("/v1/reports", &report_on("second"))).expect(202);
    let second = super::client::until("another case is opened", || {
        let case = send(Call::post("/v1/cases/next/claim", &Value::Null));
        (case.status == 200).then(|| case.json())
    });
    assert_eq!(second["account_id"], "second");

    // The record's disk fills up apart from the journal's: what is acknowledged waits, and intake closes.
    runtime.block_on(record.limit_pages(Some(1))).unwrap();
    let acknowledged = (0..1_000)
        .map(|_| {
            let mut report = report_on("late");
            report["text"] = "x".repeat(5_000).into();
            send(Call::post("/v1/reports", &report))
        })
        .take_while(|answer| {
            if answer.status != 202 {
                answer.refuses(503, "storage_full");
            }
            answer.status == 202
        })
        .count();
    assert!(acknowledged < 1_000, "a record without room took everything");
    let path = format!("/v1/cases/{}/decision", second["case_id"].as_str().unwrap());
    let mut suspension = decision(&second["claim"]["claim_id"]);
    suspension["rationale"] = "x".repeat(limits::TEXT_CHARS_MAX).into();
    let refused = send(Call::post(&path, &suspension));
    refused.refuses(503, "storage_full");
    assert_eq!(refused.header("retry-after"), Some("60"));
    send(Call::get("/v1/accounts/late")).expect(200);
    let account = send(Call::get("/v1/accounts/second")).expect(200);
    assert_eq!(account["account"]["standing"], "unjudged", "a decision that was refused changes nothing");
    runtime.block_on(record.limit_pages(None)).unwrap();
    super::client::until("intake opens again", || {
        (send(Call::events(created("latest"))).status == 200).then_some(())
    });
    send(Call::post(&path, &suspension)).expect(201);
    let case = super::client::until("what was acknowledged is in the record", || {
        let page = send(Call::get("/v1/cases")).expect(200);
        let case =
            page["cases"].as_array().unwrap().iter().find(|case| case["account_id"] == "late").cloned();
        case.filter(|case| case["report_count"] == acknowledged)
    });
    assert_eq!(case["status"], "open");
    stop.send(()).unwrap();
    runtime.block_on(serving).unwrap().unwrap();
}
