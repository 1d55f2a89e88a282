//! Addresses and what they answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use hyper::body::Frame;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::guard::guarded;
use super::jobs::begin;
use super::openapi::openapi;
use super::page;
use super::refusal::{Refusal, json, text_of, typed};
use super::requests::{JobRequest, LandscapeRequest, StudyRequest};
use super::shared::ServedPortfolio;
use crate::report::answer::refusal::RefusalCode;

/// Largest body of a request, bytes.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Time in which a body must have come.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause between two signs of life in a stream of events.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

type SharedState = State<Arc<ServedPortfolio>>;
type Answered = Result<Response, Refusal>;

/// All addresses, behind the guard.
pub(super) fn routes(shared: Arc<ServedPortfolio>) -> Router {
    Router::new()
        .route("/", get(document))
        .route(
            "/page.css",
            get(|| async { typed(StatusCode::OK, "text/css; charset=utf-8", page::style().into()) }),
        )
        .route(
            "/page.js",
            get(|| async { typed(StatusCode::OK, "text/javascript; charset=utf-8", page::script().into()) }),
        )
        .route("/api/v1/openapi.json", get(|| async { json(StatusCode::OK, openapi().to_string()) }))
        .route("/api/v1/about", get(about))
        .route("/api/v1/list/{what}", get(list))
        .route("/api/v1/shocks/{*id}", get(shock))
        .route("/api/v1/offers/{*id}", get(offer))
        .route("/api/v1/what-if", post(what_if))
        .route("/api/v1/exposure", post(exposure))
        .route("/api/v1/stress", post(stress))
        .route("/api/v1/simulate", post(simulate))
        .route("/api/v1/check", post(check))
        .route("/api/v1/portfolio", post(portfolio))
        .route("/api/v1/landscape", post(landscape))
        .route("/api/v1/jobs", post(new_job))
        .route("/api/v1/jobs/{id}", get(job).delete(cancel_job))
        .route("/api/v1/jobs/{id}/events", get(job_events))
        .fallback(|| async { Refusal::not_found("such address") })
        .method_not_allowed_fallback(|| async {
            let message = "this address does not take this method";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, RefusalCode::MethodNotAllowed, message)
        })
        .layer(from_fn_with_state(Arc::clone(&shared), guarded))
        .with_state(shared)
}

async fn document(State(shared): SharedState) -> Response {
    typed(StatusCode::OK, "text/html; charset=utf-8", page::document(&shared.token).into())
}

async fn about(State(shared): SharedState) -> Answered {
    computed(shared, |shared, _| Ok(text_of(&shared.about()))).await
}

async fn list(State(shared): SharedState, Path(what): Path<String>, request: Request) -> Answered {
    let workload = queried(&request, "workload");
    computed(shared, move |shared, _| shared.list(&what, workload.as_deref())).await
}

async fn shock(State(shared): SharedState, Path(id): Path<String>) -> Answered {
    computed(shared, move |shared, _| answer(shared.shock(&id))).await
}

async fn offer(State(shared): SharedState, Path(id): Path<String>) -> Answered {
    computed(shared, move |shared, _| answer(shared.offer(&id))).await
}

async fn what_if(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    computed(shared, move |shared, stop| answer(shared.what_if(&asked, stop))).await
}

async fn exposure(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    computed(shared, move |shared, _| answer(shared.exposure(&asked))).await
}

async fn stress(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    computed(shared, move |shared, _| answer(shared.stress(&asked))).await
}

async fn simulate(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    computed(shared, move |shared, stop| answer(shared.simulate(&asked, stop))).await
}

async fn check(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    computed(shared, move |shared, stop| answer(shared.check(&asked, stop))).await
}

/// The changed portfolio as a file.
async fn portfolio(State(shared): SharedState, request: Request) -> Answered {
    let asked: StudyRequest = body(request).await?;
    let mut response = computed(shared, move |shared, _| Ok(shared.changed(&asked)?.text)).await?;
    let kind = header::HeaderValue::from_static("application/yaml; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

async fn landscape(State(shared): SharedState, request: Request) -> Answered {
    let asked: LandscapeRequest = body(request).await?;
    computed(shared, move |shared, _| answer(shared.landscape(&asked))).await
}

async fn new_job(State(shared): SharedState, request: Request) -> Answered {
    let asked: JobRequest = body(request).await?;
    Ok(json(StatusCode::ACCEPTED, text_of(&begin(&shared, asked)?)))
}

async fn job(State(shared): SharedState, Path(id): Path<String>) -> Answered {
    let job = shared.jobs.find(&id).ok_or_else(|| Refusal::not_found("such job"))?;
    Ok(json(StatusCode::OK, text_of(&job.now())))
}

async fn cancel_job(State(shared): SharedState, Path(id): Path<String>) -> Answered {
    let job = shared.jobs.find(&id).ok_or_else(|| Refusal::not_found("such job"))?;
    job.cancel();
    Ok(json(StatusCode::OK, text_of(&job.now())))
}

/// A job as it goes on: events named `job`, the last with the answer.
async fn job_events(State(shared): SharedState, Path(id): Path<String>) -> Answered {
    let job = shared.jobs.find(&id).ok_or_else(|| Refusal::not_found("such job"))?;
    let mut told = job.follow();
    let (sender, receiver) = mpsc::channel::<Bytes>(1);
    tokio::spawn(async move {
        loop {
            let now = told.borrow_and_update().clone();
            let has_ended = now.has_ended();
            if sender.send(Bytes::from(format!("event: job\ndata: {}\n\n", text_of(&now)))).await.is_err()
                || has_ended
            {
                return;
            }
            while timeout(KEEP_ALIVE, told.changed()).await.is_err() {
                if sender.send(Bytes::from_static(b": still here\n\n")).await.is_err() {
                    return;
                }
            }
        }
    });
    Ok(typed(StatusCode::OK, "text/event-stream", Body::new(EventBody(receiver))))
}

/// A body whose parts come one after the other.
struct EventBody(mpsc::Receiver<Bytes>);

impl hyper::body::Body for EventBody {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// The value of a key of the query, as it is.
fn queried(request: &Request, key: &str) -> Option<String> {
    let parts = request.uri().query()?.split('&');
    let value = parts.filter_map(|part| part.split_once('=')).find(|(own, _)| *own == key)?.1;
    percent_encoding::percent_decode_str(value).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// Reads the body of a request.
async fn body<T: DeserializeOwned>(request: Request) -> Result<T, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
        let message = "the body must be JSON: send 'content-type: application/json'";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, RefusalCode::BadRequest, message));
    }
    let read = timeout(BODY_TIMEOUT, to_bytes(request.into_body(), MAX_BODY_BYTES)).await;
    let too_slow =
        |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, RefusalCode::TooSlow, "the body did not come in time");
    let too_large = |_| {
        let message = format!("the body has more than {MAX_BODY_BYTES} bytes, or has broken off");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, RefusalCode::TooLarge, message)
    };
    let bytes = read.map_err(too_slow)?.map_err(too_large)?;
    let unread = |error: serde_json::Error| Refusal::bad(format!("the body cannot be read: {error}"));
    let value = whole(serde_json::from_slice(&bytes).map_err(unread)?);
    if !value.is_object() {
        return Err(Refusal::bad("the body must be an object"));
    }
    T::deserialize(value).map_err(unread)
}

/// The value with whole numbers written without a point: in JSON 3.0 is 3.
fn whole(value: Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(n) => match n.as_f64() {
            Some(x) if n.is_f64() && x.fract() == 0.0 && x.abs() < EXACT => Value::from(x as i64),
            _ => Value::Number(n),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, whole(value))).collect(),
        other => other,
    }
}

fn answer(found: Result<impl Serialize, Refusal>) -> Result<String, Refusal> {
    found.map(|found| text_of(&found))
}

/// Sets a flag when it is dropped: who asked has gone away.
struct StopOnDrop(Arc<AtomicBool>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Computes on the threads for quick answers, a few requests at a time.
async fn computed(
    shared: Arc<ServedPortfolio>,
    compute: impl FnOnce(&Arc<ServedPortfolio>, &AtomicBool) -> Result<String, Refusal> + Send + 'static,
) -> Answered {
    let stop = Arc::new(AtomicBool::new(false));
    let _gone = StopOnDrop(Arc::clone(&stop));
    let _place = shared.places.acquire().await.map_err(|_| Refusal::bug())?;
    let own = Arc::clone(&shared);
    let computed = tokio::task::spawn_blocking(move || own.quick.install(|| compute(&own, &stop)));
    let text = computed.await.map_err(|_| Refusal::bug())??;
    Ok(json(StatusCode::OK, text))
}
