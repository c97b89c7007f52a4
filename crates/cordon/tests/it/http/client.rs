//! The binary serving on a free port, an HTTP client of a few lines, and a platform that takes webhooks.

use crate::support::{Folder, text};
use cordon_connect::webhook::{Signature, WebhookSecret};
use cordon_model::clock::{Clock, SystemClock};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The body of an answer that must have this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// Checks that the answer is a problem of this status and code.
    pub fn refuses(&self, status: u16, code: &str) {
        let problem = self.expect(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("urn:cordon:problem:{code}"));
    }
}

/// A request to be sent.
pub struct Call<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub headers: Vec<(&'a str, String)>,
    pub body: Vec<u8>,
}

impl<'a> Call<'a> {
    pub fn get(path: &'a str) -> Self {
        Self { method: "GET", path, headers: Vec::new(), body: Vec::new() }
    }

    pub fn post(path: &'a str, body: &Value) -> Self {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let headers = vec![("Content-Type", "application/json".to_owned())];
        Self { method: "POST", path, headers, body }
    }

    pub fn events(lines: impl Into<Vec<u8>>) -> Self {
        Self { method: "POST", path: "/v1/events", headers: Vec::new(), body: lines.into() }
    }

    pub fn header(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn by(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    pub fn to(self, address: &str) -> Answer {
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", self.method, self.path);
        if !self.headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {address}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", self.body.len());
        let mut stream = TcpStream::connect(address).expect("the server listens");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        // A server that refuses early may hang up before it has read everything.
        let _ = stream.write_all(&self.body);
        let mut reader = BufReader::new(stream);
        let (first, headers) = read_head(&mut reader);
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut body = Vec::new();
        let _ = reader.read_to_end(&mut body);
        Answer { status: status.unwrap_or_else(|| panic!("no answer: {first:?}")), headers, body }
    }
}

/// The first line, and the headers with names in small letters.
fn read_head(reader: &mut impl BufRead) -> (String, Vec<(String, String)>) {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let headers = lines.iter().skip(1).filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    (lines.first().cloned().unwrap_or_default(), headers)
}

/// The binary, serving.
pub struct Server {
    pub folder: Folder,
    child: Child,
    printed: Mutex<BufReader<ChildStdout>>,
    pub address: String,
}

impl Server {
    pub fn start() -> Self {
        Self::start_on(Folder::new(), &[])
    }

    pub fn start_on(folder: Folder, arguments: &[&str]) -> Self {
        let mut command = folder.command();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).env("CORDON_QUEUE_WAIT_MS", "0");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        printed.read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap_or_default().to_owned();
        assert!(!address.is_empty(), "the server did not start");
        Self { folder, child, printed: Mutex::new(printed), address }
    }

    /// The code of the link that it printed, started with `--login`.
    pub fn login_code(&self) -> String {
        let mut line = String::new();
        self.printed.lock().unwrap().read_line(&mut line).unwrap();
        line.trim().rsplit_once("/#login=").expect("a link").1.to_owned()
    }

    /// A new token of this role.
    pub fn token(&self, role: &str) -> String {
        let name = format!("the-{role}");
        let made = self.folder.json(["admin", "token", "create", "--operator", &name, "--role", role]);
        made["token"].as_str().unwrap().to_owned()
    }

    pub fn send(&self, call: Call<'_>) -> Answer {
        call.to(&self.address)
    }

    pub fn get(&self, token: &str, path: &str) -> Answer {
        self.send(Call::get(path).by(token))
    }

    pub fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.send(Call::post(path, body).by(token))
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Waits for the end; the folder and the exit code, `None` where it was killed.
    pub fn ended(mut self) -> (Folder, Option<i32>) {
        let code = until("the server ends", || self.child.try_wait().unwrap()).code();
        (std::mem::replace(&mut self.folder, Folder::new()), code)
    }

    /// The case on an account, once it is there.
    pub fn case_on(&self, token: &str, account: &str) -> Value {
        until("a case is opened", || {
            let page = self.get(token, "/v1/cases?limit=500").expect(200);
            page["cases"].as_array().unwrap().iter().find(|case| case["account_id"] == account).cloned()
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks until there is an answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A webhook as the platform got it, its signature checked.
pub struct Webhook {
    pub key: String,
    pub body: Value,
}

/// A platform that takes webhooks on a loopback port.
pub struct Platform {
    pub url: String,
    pub secret_file: std::path::PathBuf,
    received: Receiver<Webhook>,
}

impl Platform {
    pub fn listen(folder: &Folder) -> Self {
        let secret = "0123456789abcdef0123456789abcdef";
        let secret_file = folder.write("webhook-secret", format!("{secret}\n"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let (send, received) = channel();
        std::thread::spawn(move || {
            let secret = WebhookSecret::new(secret).unwrap();
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                while let Some(webhook) = take_webhook(&mut reader, &secret) {
                    let _ = send.send(webhook);
                }
            }
        });
        Self { url, secret_file, received }
    }

    pub fn arguments(&self) -> [&str; 4] {
        ["--webhook-url", &self.url, "--webhook-secret-file", text(&self.secret_file)]
    }

    /// The next webhook about an action or a signal.
    pub fn next(&self) -> Webhook {
        self.next_that(false)
    }

    /// The next webhook that tells an account something.
    pub fn next_notice(&self) -> Webhook {
        self.next_that(true)
    }

    fn next_that(&self, is_notice: bool) -> Webhook {
        loop {
            let webhook = self.received.recv_timeout(PATIENCE).expect("a webhook with a valid signature");
            if webhook.body["type"].as_str().is_some_and(|kind| kind.starts_with("notice.")) == is_notice {
                return webhook;
            }
        }
    }
}

fn take_webhook(reader: &mut BufReader<TcpStream>, secret: &WebhookSecret) -> Option<Webhook> {
    let (first, headers) = read_head(reader);
    if first.is_empty() {
        return None;
    }
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut body = vec![0; header("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let signature = Signature::parse(&header("cordon-signature")?).ok()?;
    signature.verify(secret, &body, SystemClock.now().seconds(), 60).ok()?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()?;
    Some(Webhook { key: header("idempotency-key")?, body: serde_json::from_slice(&body).ok()? })
}
