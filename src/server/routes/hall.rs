//! The hall, as it is configured and as it stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::api::hall::HallInfo;
use crate::api::live::HallLive;
use crate::api::paths;
use crate::api::problem::Problem;
use crate::server::app::App;
use crate::server::auth::Caller;
use crate::server::error::{ApiError, Reply};
use crate::server::live::{self, Frame};

/// Whether the server and its database answer.
#[utoipa::path(get, path = paths::HEALTH, tag = "server", security(()), responses(
    (status = 200, description = "Both answer", body = String, content_type = "text/plain"),
    (status = 503, description = "The database does not", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn health(State(app): State<Arc<App>>) -> Reply<&'static str> {
    app.store.ping().await.map_err(|_| ApiError::busy())?;
    Ok("ok")
}

/// The hall's zones, queues, windows and rules.
#[utoipa::path(get, path = paths::HALL, tag = "hall", responses(
    (status = 200, body = HallInfo),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn hall(caller: Caller) -> Json<HallInfo> {
    Json(caller.room.info.clone())
}

/// The hall as it stands now.
#[utoipa::path(get, path = paths::STATE, tag = "hall", responses(
    (status = 200, body = HallLive),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn state(caller: Caller) -> Reply<Response> {
    let snapshot = caller.room.hub.refresh().await?;
    Ok(json(&snapshot.hall_frame))
}

/// The hall as it stands, again whenever it changes.
#[utoipa::path(get, path = paths::LIVE, tag = "hall",
    params(("Last-Event-ID" = Option<String>, Header, description = "The revision already known; nothing is sent while it holds")),
    responses(
        (status = 200, description = "Events named `view`, each a whole HallLive; their id is its revision", body = HallLive, content_type = "text/event-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn live(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap) -> Reply<Response> {
    let pick = |snapshot: &live::Snapshot| Some(snapshot.hall_frame.clone());
    stream(&app, &caller, &headers, pick)
}

/// Opens a stream of one view of the caller's hall.
///
/// # Errors
/// `server.busy` when there are too many already.
pub(crate) fn stream(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    pick: impl Fn(&live::Snapshot) -> Option<Frame> + Send + 'static,
) -> Reply<Response> {
    let place = Arc::clone(&app.streams)
        .try_acquire_owned()
        .map_err(|_| ApiError::busy())?;
    let newest = caller.room.hub.watch();
    let last_id = live::last_event_id(headers);
    let frames = live::frames(newest, pick, last_id, app.stop.clone(), place);
    Ok(live::reply(frames))
}

/// A view that is JSON already.
pub(crate) fn json(frame: &Frame) -> Response {
    let mut response = (StatusCode::OK, frame.json.to_string()).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
