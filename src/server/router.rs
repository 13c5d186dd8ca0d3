//! Every route there is, and the bounds around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};

use super::app::App;
use super::auth::BODY_BYTES_MAX;
use super::error::ApiError;
use super::pages;
use super::routes::{devices, hall, help, sessions, tickets, windows};
use crate::api::paths;
use crate::api::problem::{CONTENT_TYPE, code};

/// A request not answered by then is given up; a stream has been answered.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// For devices, over mutual TLS.
pub(crate) fn devices(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route(paths::HEALTH, get(hall::health))
        .route(paths::CA, get(devices::ca))
        .route(paths::ENROLL, post(devices::enroll))
        .route(paths::RENEW, post(devices::renew))
        .route(paths::HALL, get(hall::hall))
        .route(paths::STATE, get(hall::state))
        .route(paths::LIVE, get(hall::live))
        .route(paths::TICKETS, post(tickets::issue))
        .route(paths::TICKET, get(tickets::ticket))
        .route(paths::TICKET_COMMANDS, post(tickets::command))
        .route(paths::TICKET_PRINT, post(tickets::print))
        .route(paths::WINDOW, get(windows::window))
        .route(paths::WINDOW_LIVE, get(windows::live))
        .route(paths::WINDOW_CALL_NEXT, post(windows::call_next))
        .route(paths::WINDOW_PAUSE, post(windows::pause))
        .route(paths::WINDOW_OPEN, post(windows::open))
        .route(paths::SESSIONS, post(sessions::sign_in))
        .route(paths::SESSION, get(sessions::current).delete(sessions::sign_out))
        .route(paths::HELP, post(help::raise))
        .route(paths::HELP_ANSWER, post(help::answer))
        .route(paths::ALERT_CLEAR, post(help::clear))
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || {
            ApiError::new(
                StatusCode::METHOD_NOT_ALLOWED,
                code::METHOD_NOT_ALLOWED,
                "this path does not take this method",
            )
        })
        .layer(middleware::map_response(as_problem));
    bounded(routes, app)
}

/// What the framework refuses by itself, in the one shape of every error.
async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes() == CONTENT_TYPE.as_bytes());
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let reason = status.canonical_reason().unwrap_or("refused").to_lowercase();
    match status.is_client_error() {
        true => ApiError::new(status, code::BAD_REQUEST, reason).into_response(),
        false => ApiError::internal().into_response(),
    }
}

/// For phones: nothing but what a token opens.
pub(crate) fn public(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route(paths::PAGE_TICKET, get(pages::ticket))
        .route(paths::PAGE_TICKET_LIVE, get(pages::live))
        .route(paths::PAGE_TICKET_MORE_TIME, post(pages::more_time))
        .route(paths::PAGE_TICKET_CANCEL, post(pages::cancel))
        .fallback(pages::nothing)
        .method_not_allowed_fallback(pages::nothing);
    bounded(routes, app)
}

fn bounded(routes: Router<Arc<App>>, app: Arc<App>) -> Router {
    routes
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), in_bounds))
        .with_state(app)
}

async fn in_bounds(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Ok(_place) = app.requests.try_acquire() else {
        return ApiError::busy().into_response();
    };
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await;
    let mut response = answer.unwrap_or_else(|_| ApiError::busy().into_response());
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
