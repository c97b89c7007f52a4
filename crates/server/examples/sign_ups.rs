//! What a sign-up waits for its answer: `POST /v1/events?wait=returns` or `?wait=verdict` against a running server, and
//! beside it, in the same run, what it waits until it is on disk alone.
//!
//! First as fast as so many connections go, then at half that rate, each request timed from the moment at which it
//! was due, so that what waits behind a slow one counts. The platform is made up: every tenth log-in shares a device
//! and a network with one of a thousand suspended accounts.
//!
//! ```sh
//! cordon serve --no-auth --data /tmp/cordon-sign-ups --listen 127.0.0.1:8463
//! cargo run --release -p cordon-server --example sign_ups -- 127.0.0.1:8463 8 10 returns
//!
//! cordon rules publish policies/rules/ --mode live --server http://127.0.0.1:8463
//! cargo run --release -p cordon-server --example sign_ups -- 127.0.0.1:8463 8 10 verdict
//! ```
#![allow(clippy::expect_used, clippy::print_stdout, reason = "an example says what went wrong and stops")]

use cordon_model::clock::{Clock, SystemClock};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Accounts before the first sign-up, and how many of them are suspended.
const ACCOUNTS: u64 = 100_000;
const SUSPENDED: u64 = 1_000;
/// Lines of one body while the platform is filled.
const FILL_LINES: u64 = 5_000;

static NUMBER: AtomicU64 = AtomicU64::new(0);

/// What a run of requests took.
#[derive(Default)]
struct Tally {
    milliseconds: Vec<f64>,
    statuses: [u64; 5],
}

const STATUSES: [&str; 5] = ["likely", "possible", "none", "evaluated", "unknown"];

/// The path of one run, and its name.
#[derive(Clone)]
struct Wait {
    name: &'static str,
    path: String,
}

struct Connection {
    stream: TcpStream,
    reader: BufReader<TcpStream>,
    address: String,
}

impl Connection {
    fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let reader = BufReader::new(stream.try_clone().expect("a second handle"));
        Self { stream, reader, address: address.to_owned() }
    }

    fn post(&mut self, path: &str, body: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).expect("the server reads");
        let (mut length, mut line) = (0, String::new());
        loop {
            line.clear();
            self.reader.read_line(&mut line).expect("an answer");
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).expect("a body");
        String::from_utf8(body).expect("text")
    }
}

fn log_in(account: &str, place: u64) -> String {
    let (id, time) = (NUMBER.fetch_add(1, Ordering::Relaxed), SystemClock.now());
    format!(
        r#"{{"id":"e{id}-{}","type":"account.logged_in","time":"{time}","account":{{"id":"{account}"}},"session":{{"ip":"10.{}.{}.{}","device":"device-{place}"}}}}"#,
        std::process::id(),
        place / 62_500 % 250,
        place / 250 % 250,
        place % 250
    ) + "\n"
}

fn suspended(account: &str) -> String {
    let (id, time) = (NUMBER.fetch_add(1, Ordering::Relaxed), SystemClock.now());
    format!(
        r#"{{"id":"e{id}-{}","type":"decision.imported","time":"{time}","decision":{{"account_id":"{account}","outcome":"suspended"}}}}"#,
        std::process::id()
    ) + "\n"
}

fn fill(address: &str) {
    let mut connection = Connection::open(address);
    for first in (0..ACCOUNTS).step_by(FILL_LINES as usize) {
        let lines: String =
            (first..first + FILL_LINES).map(|place| log_in(&format!("account{place}"), place)).collect();
        connection.post("/v1/events", &lines);
    }
    let lines: String = (0..SUSPENDED).map(|place| suspended(&format!("account{place}"))).collect();
    connection.post("/v1/events", &lines);
}

/// Sends sign-ups for so long: as fast as they are answered, or every `pause`.
fn send(
    address: &str,
    Wait { name: run, path }: &Wait,
    worker: u64,
    time: Duration,
    pause: Option<Duration>,
) -> Tally {
    let mut connection = Connection::open(address);
    let (begun, mut tally) = (Instant::now(), Tally::default());
    for number in 0_u64.. {
        let due = pause.map_or_else(Instant::now, |pause| begun + pause.mul_f64(number as f64));
        if due.duration_since(begun) >= time {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let place = match number % 10 {
            0 => (number / 10 + worker * 97) % SUSPENDED,
            _ => ACCOUNTS + number * 64 + worker,
        };
        let body = log_in(&format!("{run}-{worker}-{number}"), place);
        let answer = connection.post(path, &body);
        tally.milliseconds.push(due.elapsed().as_secs_f64() * 1_000.0);
        for (name, count) in STATUSES.iter().zip(&mut tally.statuses) {
            *count += u64::from(answer.contains(&format!(r#""status":"{name}""#)));
        }
    }
    tally
}

/// Prints how long answers took; how many came a second, and the 99th percentile in milliseconds.
fn run(address: &str, wait: &Wait, connections: u64, time: Duration, rate: Option<f64>) -> (f64, f64) {
    let pause = rate.map(|rate| Duration::from_secs_f64(connections as f64 / rate));
    let begun = Instant::now();
    let workers: Vec<_> = (0..connections)
        .map(|worker| {
            let (address, wait) = (address.to_owned(), wait.clone());
            thread::spawn(move || send(&address, &wait, worker, time, pause))
        })
        .collect();
    let mut all = Tally::default();
    for worker in workers {
        let tally = worker.join().expect("a worker ends");
        all.milliseconds.extend(tally.milliseconds);
        all.statuses.iter_mut().zip(tally.statuses).for_each(|(sum, count)| *sum += count);
    }
    all.milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = (share * all.milliseconds.len() as f64) as usize;
        all.milliseconds.get(place.min(all.milliseconds.len() - 1)).copied().unwrap_or_default()
    };
    let reached = all.milliseconds.len() as f64 / begun.elapsed().as_secs_f64();
    let statuses: Vec<String> =
        STATUSES.iter().zip(all.statuses).map(|(name, count)| format!("{count} {name}")).collect();
    println!(
        "{}: {reached:.0} sign-ups/s over {connections} connections; ms p50 {:.2}, p95 {:.2}, p99 {:.2}, most {:.2}; {}",
        wait.name,
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0),
        statuses.join(", ")
    );
    (reached, at(0.99))
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8463".to_owned());
    let mut number = |default: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (connections, time) = (number(8), Duration::from_secs(number(10)));
    let waits_for = arguments.next().unwrap_or_else(|| "returns".to_owned());
    fill(&address);
    let wait = |name, path: &str| Wait { name, path: path.to_owned() };
    let path = format!("/v1/events?wait={waits_for}&timeout_ms=1000");
    let (full, _) = run(&address, &wait("full", &path), connections, time, None);
    let half = Some(full / 2.0);
    let (_, durable) = run(&address, &wait("half-durable", "/v1/events"), connections, time, half);
    let (_, answered) = run(&address, &wait("half", &path), connections, time, half);
    println!("p99 above what it takes to be on disk: {:.2} ms", answered - durable);
}
