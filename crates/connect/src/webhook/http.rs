//! One HTTP request, bounded in time and size.

use async_trait::async_trait;
use std::time::Duration;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where to.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

/// Why there is no answer. Never holds content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The time allowed ran out.
    #[error("timed out")]
    TimedOut,
    /// Nobody listens there, or the connection broke.
    #[error("the connection failed")]
    ConnectionFailed,
    /// What came back is no HTTP, or the request cannot be made.
    #[error("the exchange failed")]
    ExchangeFailed,
}

/// Sends requests.
///
/// Contract: an answer is a status, whatever it is; redirects are not followed; a call ends within a bounded time.
/// Each is a test in `tests/webhook.rs`.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request; the answer's status.
    async fn send(&self, request: Request) -> Result<u16, TransportError>;
}

/// How long and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// For the name and the connection.
    pub connect: Duration,
    /// For the whole exchange.
    pub exchange: Duration,
    /// Bytes of an answer that are read, to keep the connection; a longer answer costs the connection.
    pub answer_bytes: u64,
}

impl Default for HttpLimits {
    /// 3 seconds, 10 seconds, 16 KiB.
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), exchange: Duration::from_secs(10), answer_bytes: 16 << 10 }
    }
}

/// HTTP/1.1 over a pool of connections, on the runtime's blocking threads.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    agent: ureq::Agent,
    limits: HttpLimits,
}

impl HttpTransport {
    /// A transport within `limits`. Ignores the proxies that the environment names.
    pub fn new(limits: HttpLimits) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_connect(Some(limits.connect))
            .timeout_global(Some(limits.exchange))
            .user_agent(concat!("cordon/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), limits }
    }

    fn exchange(&self, request: Request) -> Result<u16, TransportError> {
        let mut call = self.agent.post(&request.url);
        for (name, value) in &request.headers {
            call = call.header(*name, value);
        }
        let mut answer = call.send(&request.body).map_err(failed)?;
        // Read only to free the connection for the next request; the status alone counts.
        let _ = answer.body_mut().with_config().limit(self.limits.answer_bytes).read_to_vec();
        Ok(answer.status().as_u16())
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request) -> Result<u16, TransportError> {
        let transport = self.clone();
        let exchange = tokio::task::spawn_blocking(move || transport.exchange(request));
        exchange.await.unwrap_or(Err(TransportError::ExchangeFailed))
    }
}

fn failed(error: ureq::Error) -> TransportError {
    match error {
        ureq::Error::Timeout(_) => TransportError::TimedOut,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => TransportError::TimedOut,
        ureq::Error::Io(_) | ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => {
            TransportError::ConnectionFailed
        }
        _ => TransportError::ExchangeFailed,
    }
}
