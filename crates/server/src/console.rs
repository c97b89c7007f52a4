//! The console: the files that `build.rs` embedded, served on the same address as the API.
//!
//! Names of everything below `/assets/` hold a hash of the content, so that browsers may keep them for ever; the page
//! itself is asked for anew each time. Any other path that a browser asks for as a page is the page: the console finds
//! its own way from there.

use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

/// One file of the console.
struct Asset {
    /// From `/` on.
    path: &'static str,
    /// Tells one build's file from another's, quoted as the header wants it.
    etag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Nothing but the console's own files and its own API: no inline script, no frame, nobody else's address. The one
/// inline style is that of the component library's pressable things, named by its hash.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; \
    style-src 'self' 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o='; \
    img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>cordon</title>\
    <h1>cordon</h1><p>The API answers on this address; the console was not built into this binary.</p>\
    <p>Build it with Node.js 20 or later: <code>make console build</code>.</p></html>";

/// What no other path takes.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    let is_read = method == Method::GET || method == Method::HEAD;
    if path == "/v1" || path.starts_with("/v1/") || !is_read {
        return Problem::not_found("path").into_response();
    }
    let page = if path == "/" { "/index.html" } else { path };
    if let Some(asset) = ASSETS.iter().find(|asset| asset.path == page) {
        return answer(asset, &headers);
    }
    if path != "/" && !wants_page(path, &headers) {
        return Problem::new(Code::NotFound, "no such path").into_response();
    }
    match ASSETS.iter().find(|asset| asset.path == "/index.html") {
        Some(index) => answer(index, &headers),
        None => guarded(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response()),
    }
}

/// Whether a browser asks for a page, and not a script for an answer or a page for one of its files.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("text/html") && !path.starts_with("/assets/")
}

fn answer(asset: &Asset, headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known =
        text(header::IF_NONE_MATCH).split(',').any(|tag| tag.trim().trim_start_matches("W/") == asset.etag);
    let (encoding, bytes) = encoded(asset, text(header::ACCEPT_ENCODING));
    let mut response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Response::new(Body::from(bytes)) };
    let kept =
        if asset.path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let given = response.headers_mut();
    let mut give =
        |name: HeaderName, value: &'static str| given.insert(name, HeaderValue::from_static(value));
    give(header::CACHE_CONTROL, kept);
    give(header::ETAG, asset.etag);
    give(header::VARY, "Accept-Encoding");
    if !is_known {
        give(header::CONTENT_TYPE, media_type(asset.path));
        if let Some(encoding) = encoding {
            give(header::CONTENT_ENCODING, encoding);
        }
    }
    guarded(response)
}

/// The smallest form that the browser reads.
fn encoded(asset: &Asset, accepted: &str) -> (Option<&'static str>, &'static [u8]) {
    let accepts = |name: &str| {
        accepted
            .split(',')
            .filter_map(|one| one.split(';').next())
            .any(|one| one.trim().eq_ignore_ascii_case(name))
    };
    match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts("br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts("gzip") => (Some("gzip"), bytes),
        _ => (None, asset.plain),
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A page as a browser may use it: in no frame, with no address told to others.
fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: Asset = Asset {
        path: "/assets/index-abc.js",
        etag: "\"1\"",
        plain: b"plain",
        brotli: Some(b"brotli"),
        gzip: Some(b"gzip"),
    };

    fn asked(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_browser_gets_the_smallest_form_that_it_reads() {
        assert_eq!(encoded(&SCRIPT, "gzip, deflate, br"), (Some("br"), b"brotli".as_slice()));
        assert_eq!(encoded(&SCRIPT, "gzip;q=0.8"), (Some("gzip"), b"gzip".as_slice()));
        assert_eq!(encoded(&SCRIPT, "breeze"), (None, b"plain".as_slice()));
    }

    #[test]
    fn a_file_named_by_its_hash_is_kept_for_ever_and_the_page_is_asked_for_anew() {
        let kept = |asset: &Asset| {
            let response = answer(asset, &HeaderMap::new());
            response.headers().get(header::CACHE_CONTROL).unwrap().to_str().unwrap().to_owned()
        };
        assert!(kept(&SCRIPT).contains("immutable"));
        assert_eq!(kept(&Asset { path: "/index.html", ..SCRIPT }), "no-cache");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let response = answer(&SCRIPT, &asked(header::IF_NONE_MATCH, "W/\"0\", \"1\""));
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer(&SCRIPT, &asked(header::IF_NONE_MATCH, "\"2\"")).status(), StatusCode::OK);
    }

    #[test]
    fn scripts_may_come_from_nowhere_else_and_never_inline() {
        let response = answer(&SCRIPT, &HeaderMap::new());
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY).unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"), "{policy}");
    }

    #[test]
    fn only_a_browser_that_asks_for_a_page_gets_one_on_an_unknown_path() {
        assert!(wants_page("/review/7", &asked(header::ACCEPT, "text/html,*/*")));
        assert!(!wants_page("/review/7", &asked(header::ACCEPT, "*/*")));
        assert!(!wants_page("/assets/gone.js", &asked(header::ACCEPT, "text/html")));
    }
}
