//! Who may ask: the token, the host that is named, and the page that asks; and headers of every response.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use super::shared::ServedPortfolio;
use crate::report::answer::refusal::RefusalCode;

/// Everything comes from this server, and nothing is framed or sent elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Lets a request through, or refuses it.
pub(super) async fn guarded(
    State(shared): State<Arc<ServedPortfolio>>,
    request: Request,
    next: Next,
) -> Response {
    let checked = check(&shared, request.uri(), request.headers());
    let mut response = match checked {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

fn check(shared: &ServedPortfolio, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let forbidden = |message| Refusal::new(StatusCode::FORBIDDEN, RefusalCode::Forbidden, message);
    // A name that resolves to this machine is no way in (DNS rebinding).
    if !text(&HOST).is_some_and(|host| shared.hosts.iter().any(|known| known == host)) {
        return Err(forbidden("the request names another host"));
    }
    if !is_known(&shared.token, uri, text(&AUTHORIZATION)) {
        let message = "the token is missing or wrong: open the address that 'multipolar serve' printed";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, RefusalCode::Unauthorized, message));
    }
    let is_own = |origin: &str| {
        origin.strip_prefix("http://").is_some_and(|host| shared.hosts.iter().any(|known| known == host))
    };
    if text(&ORIGIN).is_some_and(|origin| !is_own(origin)) {
        return Err(forbidden("the request comes from another page"));
    }
    Ok(())
}

/// Whether the request carries the token, as `token` of its query or as bearer.
fn is_known(token: &str, uri: &Uri, authorization: Option<&str>) -> bool {
    let bearer = authorization.and_then(|text| text.strip_prefix("Bearer "));
    let query = uri.query().unwrap_or_default();
    let queried = query.split('&').find_map(|part| part.strip_prefix("token="));
    [bearer, queried].into_iter().flatten().any(|given| is_same(given.as_bytes(), token.as_bytes()))
}

/// Compares in a time that does not tell where two texts of one length differ.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |different, (a, b)| different | (a ^ b)) == 0
}
