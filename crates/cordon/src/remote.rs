//! A running server, asked over its HTTP API: the way to rules and banks while it has the data folder.

use crate::cli::Remote;
use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;
use std::time::Duration;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a whole exchange may take: a large rule set is checked meanwhile.
const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(180);
/// Bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A running server.
pub struct Server {
    url: String,
    token: Option<String>,
    agent: ureq::Agent,
}

impl Server {
    /// The server that the options or the environment name; `None` where neither does.
    ///
    /// Errors: an address that is none.
    pub fn named(remote: Remote) -> Result<Option<Self>> {
        let from = |variable: &str| std::env::var(variable).ok().filter(|text| !text.is_empty());
        let Some(url) = remote.server.or_else(|| from("CORDON_SERVER")) else { return Ok(None) };
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            bail!("the server {url} is no address: write it as http://127.0.0.1:8463");
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(EXCHANGE_TIMEOUT))
            .user_agent(concat!("cordon/", env!("CARGO_PKG_VERSION")))
            .build();
        let (url, token) =
            (url.trim_end_matches('/').to_owned(), remote.token.or_else(|| from("CORDON_TOKEN")));
        Ok(Some(Self { url, token, agent: config.into() }))
    }

    /// Reads.
    ///
    /// Errors: that nobody answers, or what the server refuses, in its words.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.exchange("GET", path, None)
    }

    /// Posts a body, which may be null.
    ///
    /// Errors: as [`Server::get`].
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.exchange("POST", path, Some(body))
    }

    /// Puts a body.
    ///
    /// Errors: as [`Server::get`].
    pub fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.exchange("PUT", path, Some(body))
    }

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("Content-Type", "application/json");
        }
        let malformed = || format!("the server {} is no address", self.url);
        let nobody = || format!("no server answers at {}: is `cordon serve` running there?", self.url);
        let answer = match body {
            None => self.agent.run(request.body(()).with_context(malformed)?),
            Some(Value::Null) => self.agent.run(request.body(String::new()).with_context(malformed)?),
            Some(body) => self.agent.run(request.body(body.to_string()).with_context(malformed)?),
        };
        let mut answer = answer.with_context(nobody)?;
        let text =
            answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().with_context(nobody)?;
        let told: Option<Value> = serde_json::from_slice(&text).ok();
        let status = answer.status();
        match told {
            Some(told) if status.is_success() => Ok(told),
            Some(problem) if member(&problem, "detail").is_string() => Err(refusal(&problem)),
            _ => bail!("{} answers {status}, which no cordon server does: check the address", self.url),
        }
    }
}

/// What the server says of a request that it refuses; a rule set's mistakes are named one by one.
fn refusal(problem: &Value) -> anyhow::Error {
    let mut told = format!("the server refuses: {} ({})", text(problem, "detail"), text(problem, "code"));
    for one in items(problem, "diagnostics") {
        let place = format!("{}:{}:{}", text(one, "path"), text(one, "line"), text(one, "column"));
        told += &format!("\n{place}: {}", text(one, "message"));
    }
    if member(problem, "status") == 401 {
        told += "; pass one with --token, or in CORDON_TOKEN";
    }
    anyhow!(told)
}

/// A name as a part of a path.
pub fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    name.bytes().map(one).collect()
}

/// A member of an object; null where it has none of that name.
pub fn member<'v>(value: &'v Value, name: &str) -> &'v Value {
    static NULL: Value = Value::Null;
    value.get(name).unwrap_or(&NULL)
}

/// The text of a member, as a table shows it.
pub fn text(value: &Value, name: &str) -> String {
    shown(member(value, name))
}

/// The items of a member that is a list.
pub fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    member(value, name).as_array().into_iter().flatten()
}

/// A value as a table shows it: text without quotes, nothing for null.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_become_parts_of_a_path_and_values_text() {
        assert_eq!(segment("known-spam"), "known-spam");
        assert_eq!(segment("a/b é"), "a%2Fb%20%C3%A9");
        let all = [json!(null), json!("x"), json!(3)];
        assert_eq!(all.each_ref().map(shown), ["", "x", "3"]);
    }

    #[test]
    fn a_refusal_says_what_the_server_says_with_every_mistake() {
        let mistake = json!({ "path": "main.sml", "line": 1, "column": 5, "message": "unknown" });
        let problem = json!({ "detail": "2 mistakes", "code": "rules_unsound", "status": 422, "diagnostics": [mistake] });
        let text = refusal(&problem).to_string();
        assert_eq!(text, "the server refuses: 2 mistakes (rules_unsound)\nmain.sml:1:5: unknown");
    }
}
