//! Where webhooks go, and the secret that signs them.

use std::fmt;

/// Shortest secret that is accepted, in bytes: 128 bits.
const SECRET_BYTES_MIN: usize = 16;

/// Why an endpoint is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Neither `http://` nor `https://` and a host.
    #[error("a webhook's url begins with http:// or https:// and names a host")]
    UrlInvalid,
    /// An `https://` address in a build without TLS.
    #[error("this build cannot speak https: build with the feature `tls`")]
    TlsMissing,
    /// The secret is too short to resist guessing.
    #[error("a webhook's secret has at least {SECRET_BYTES_MIN} bytes")]
    SecretShort,
}

/// The secret shared with the platform.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

impl WebhookSecret {
    /// The secret made of these bytes.
    ///
    /// Errors: [`EndpointError::SecretShort`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, EndpointError> {
        let bytes = bytes.into();
        if bytes.len() < SECRET_BYTES_MIN { Err(EndpointError::SecretShort) } else { Ok(Self(bytes)) }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    /// Never prints the secret.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("WebhookSecret(secret)")
    }
}

/// Where webhooks go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub(crate) url: String,
    pub(crate) secret: WebhookSecret,
}

impl Endpoint {
    /// The endpoint at `url`.
    ///
    /// Errors: [`EndpointError::UrlInvalid`], [`EndpointError::TlsMissing`].
    pub fn new(url: &str, secret: WebhookSecret) -> Result<Self, EndpointError> {
        let is_secure = url.starts_with("https://");
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let is_named =
            rest.is_some_and(|rest| rest.split(['/', '?', '#']).next().is_some_and(|host| !host.is_empty()));
        if !is_named || url.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(EndpointError::UrlInvalid);
        }
        if is_secure && !cfg!(feature = "tls") {
            return Err(EndpointError::TlsMissing);
        }
        Ok(Self { url: url.to_owned(), secret })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Result<Endpoint, EndpointError> {
        Endpoint::new(url, WebhookSecret::new([7; 32]).unwrap())
    }

    #[test]
    fn only_web_addresses_are_taken() {
        assert!(endpoint("http://localhost:8080/hooks").is_ok());
        for url in ["", "http://", "http:///path", "ftp://host/", "http://host/a b"] {
            assert_eq!(endpoint(url).unwrap_err(), EndpointError::UrlInvalid, "{url}");
        }
        assert_eq!(endpoint("https://host/").is_ok(), cfg!(feature = "tls"));
    }

    #[test]
    fn a_guessable_secret_is_refused_and_none_is_printed() {
        assert_eq!(WebhookSecret::new("short").unwrap_err(), EndpointError::SecretShort);
        let printed = format!("{:?}", endpoint("http://host/").unwrap());
        assert!(!printed.contains('7'), "{printed}");
    }
}
