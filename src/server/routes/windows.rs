//! A window: its view, calling, pausing.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::DONE;
use super::hall::{json, stream};
use crate::api::device::DeviceRole;
use crate::api::paths;
use crate::api::problem::Problem;
use crate::api::staff::{CallNextRequest, PauseRequest, WindowView};
use crate::api::ticket::TicketView;
use crate::domain::hall::WindowId;
use crate::server::app::App;
use crate::server::auth::{Body, Caller, Signed};
use crate::server::error::{ApiError, Reply};
use crate::server::live;
use crate::server::store::CallNext;
use crate::server::views::ticket_view;

/// Everything a window console shows.
#[utoipa::path(get, path = paths::WINDOW, tag = "windows", params(("id" = String, Path)), responses(
    (status = 200, body = WindowView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn window(caller: Caller, Path(id): Path<String>) -> Reply<Response> {
    let id = own(&caller, id)?;
    let snapshot = caller.room.hub.refresh().await?;
    let frame = snapshot.windows.get(&id).ok_or_else(ApiError::window_unknown)?;
    Ok(json(frame))
}

/// The same, again whenever it changes.
#[utoipa::path(get, path = paths::WINDOW_LIVE, tag = "windows",
    params(
        ("id" = String, Path),
        ("Last-Event-ID" = Option<String>, Header, description = "The revision already known; nothing is sent while it holds"),
    ),
    responses(
        (status = 200, description = "Events named `view`, each a whole WindowView; their id is its revision", body = WindowView, content_type = "text/event-stream"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn live(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Reply<Response> {
    let id = own(&caller, id)?;
    let pick = move |snapshot: &live::Snapshot| snapshot.windows.get(&id).cloned();
    stream(&app, &caller, &headers, pick)
}

fn own(caller: &Caller, id: String) -> Reply<WindowId> {
    caller.only(&[DeviceRole::Window])?;
    let id = WindowId(id);
    caller.window(&id)?;
    caller.stands_at(&id)?;
    Ok(id)
}

/// Calls the next person to this window.
#[utoipa::path(post, path = paths::WINDOW_CALL_NEXT, tag = "windows", params(("id" = String, Path)),
    request_body = CallNextRequest, security(("device" = [], "session" = [])),
    responses(
        (status = 200, description = "Called", body = TicketView),
        (status = 204, description = "Nobody waits; the case being served is completed if that was asked"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn call_next(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Body(request): Body<CallNextRequest>,
) -> Reply<Response> {
    let call = CallNext {
        window: signed.serves_at(&WindowId(id))?,
        actor: &signed.actor(),
        complete_current: request.complete_current,
        now: app.clock.now(),
    };
    let called = app.store.call_next(&signed.caller.room.hall, &call).await?;
    Ok(match called {
        Some(ticket) => Json(ticket_view(&ticket)).into_response(),
        None => DONE.into_response(),
    })
}

/// Stops calling for a while, and says why.
#[utoipa::path(post, path = paths::WINDOW_PAUSE, tag = "windows", params(("id" = String, Path)),
    request_body = PauseRequest, security(("device" = [], "session" = [])),
    responses(
        (status = 204, description = "Paused"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn pause(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Body(request): Body<PauseRequest>,
) -> Reply<StatusCode> {
    let window = own_session(&signed, id)?;
    let hall = &signed.caller.room.hall.id;
    app.store
        .set_pause(hall, &window, Some(request.reason), app.now_ms())
        .await?;
    Ok(DONE)
}

/// Goes on after a pause.
#[utoipa::path(post, path = paths::WINDOW_OPEN, tag = "windows", params(("id" = String, Path)),
    security(("device" = [], "session" = [])),
    responses(
        (status = 204, description = "Open"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn open(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<String>) -> Reply<StatusCode> {
    let window = own_session(&signed, id)?;
    let hall = &signed.caller.room.hall.id;
    app.store.set_pause(hall, &window, None, app.now_ms()).await?;
    Ok(DONE)
}

fn own_session(signed: &Signed, id: String) -> Reply<WindowId> {
    let id = WindowId(id);
    signed.caller.window(&id)?;
    if id != signed.session.window {
        return Err(ApiError::may_not("signed in at another window"));
    }
    Ok(id)
}
