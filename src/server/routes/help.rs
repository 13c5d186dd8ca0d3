//! Calls for a person, and alerts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use uuid::Uuid;

use super::{DONE, uuid};
use crate::api::device::DeviceRole;
use crate::api::paths;
use crate::api::problem::Problem;
use crate::api::staff::HelpCall;
use crate::server::app::App;
use crate::server::auth::{Caller, Signed, idempotency_key};
use crate::server::error::Reply;

/// Somebody at this terminal wants a person. The same Idempotency-Key calls once.
#[utoipa::path(post, path = paths::HELP, tag = "help",
    params(("Idempotency-Key" = Option<Uuid>, Header, description = "One per touch")),
    responses(
        (status = 204, description = "Staff are called"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn raise(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap) -> Reply<StatusCode> {
    caller.only(&[DeviceRole::Terminal])?;
    let help = HelpCall {
        id: idempotency_key(&headers)?.unwrap_or_else(Uuid::now_v7),
        device: caller.device.name.clone(),
        at_ms: app.now_ms(),
    };
    app.store.raise_help(&caller.room.hall.id, &help).await?;
    Ok(DONE)
}

/// Somebody goes there. Answered twice is answered once.
#[utoipa::path(post, path = paths::HELP_ANSWER, tag = "help", params(("id" = Uuid, Path)),
    security(("device" = [], "session" = [])),
    responses(
        (status = 204, description = "Answered"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn answer(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<String>) -> Reply<StatusCode> {
    let hall = &signed.caller.room.hall.id;
    app.store
        .answer_help(hall, uuid(&id)?, &signed.actor(), app.now_ms())
        .await?;
    Ok(DONE)
}

/// The trouble is seen to. Cleared twice is cleared once.
#[utoipa::path(post, path = paths::ALERT_CLEAR, tag = "help", params(("id" = Uuid, Path)),
    security(("device" = [], "session" = [])),
    responses(
        (status = 204, description = "Cleared"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn clear(State(app): State<Arc<App>>, signed: Signed, Path(id): Path<String>) -> Reply<StatusCode> {
    let hall = &signed.caller.room.hall.id;
    app.store
        .clear_alert(hall, uuid(&id)?, &signed.actor(), app.now_ms())
        .await?;
    Ok(DONE)
}
