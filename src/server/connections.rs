//! Connections: how many there may be, and how long a request's head may take.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::api::routes;
use super::shared::ServedPortfolio;

/// Most connections at a time.
const MAX_CONNECTIONS: usize = 128;
/// Time in which a request's head must have come.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request, bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// How often the stop flag is looked at.
const STOP_POLL: Duration = Duration::from_millis(100);
/// Pause after a connection that could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Answers requests until `stop` is set.
pub(super) async fn serve(
    listener: TcpListener,
    shared: Arc<ServedPortfolio>,
    stop: &'static AtomicBool,
) -> io::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let routes = routes(shared);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    while !stop.load(Ordering::SeqCst) {
        let accepted = match timeout(STOP_POLL, listener.accept()).await {
            Err(_) => continue,
            Ok(Err(_)) => {
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
            Ok(Ok((stream, _))) => stream,
        };
        // A connection too many is closed at once.
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let service = TowerToHyperService::new(routes.clone());
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(MAX_HEAD_BYTES)
                .serve_connection(TokioIo::new(accepted), service);
            // A client that goes away, or speaks no HTTP, concerns nobody else.
            let _ = connection.await;
            drop(place);
        });
    }
    Ok(())
}
