//! Taking a number, and what becomes of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{DONE, uuid};
use crate::api::device::DeviceRole;
use crate::api::paths;
use crate::api::problem::{Problem, code};
use crate::api::staff::Alert;
use crate::api::ticket::{IssueRequest, Issued, PrintReport, TicketView};
use crate::domain::calendar::hall_day;
use crate::domain::hall::{Hall, StaffRole};
use crate::domain::ticket::{Actor, Command, Status, Ticket};
use crate::server::app::{App, Room, digest};
use crate::server::auth::{Body, Caller, Signed, bearer, idempotency_key};
use crate::server::error::{ApiError, Reply};
use crate::server::store::{Change, NewTicket};
use crate::server::views::ticket_view;

/// The longest code of a printer's trouble, in bytes.
const PRINT_CODE_BYTES_MAX: usize = 64;

/// Takes a number. The same Idempotency-Key takes it only once.
#[utoipa::path(post, path = paths::TICKETS, tag = "tickets",
    params(("Idempotency-Key" = Uuid, Header, description = "One per touch")),
    request_body = IssueRequest,
    responses(
        (status = 201, description = "A fresh ticket", body = Issued),
        (status = 200, description = "The ticket this key took before", body = Issued),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn issue(
    State(app): State<Arc<App>>,
    mut parts: Parts,
    Body(request): Body<IssueRequest>,
) -> Reply<Response> {
    let (room, actor, by_staff) = taker(&app, &mut parts).await?;
    let key = idempotency_key(&parts.headers)?.ok_or_else(|| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            code::IDEMPOTENCY_KEY_MISSING,
            "an Idempotency-Key header with a UUID is needed",
        )
    })?;
    // A queue for staff only does not exist at the terminal.
    let hidden = room.hall.queue(&request.queue).is_some_and(|queue| !queue.at_terminal);
    if hidden && !by_staff {
        return Err(crate::domain::queue::IssueRefusal::UnknownQueue.into());
    }
    let id = Uuid::now_v7();
    let now = app.clock.now();
    let issue = app
        .store
        .issue(
            &room.hall,
            &NewTicket {
                id,
                queue: &request.queue,
                class: request.class,
                idempotency_key: key,
                token: digest(&app.token(id)),
                actor: &actor,
                now,
            },
        )
        .await?;
    let issued = issued(&app, &room, &issue.ticket, now.as_millisecond()).await?;
    let status = if issue.replayed {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(issued)).into_response())
}

/// Who takes a number: a terminal for a resident, or staff signed in at a window.
async fn taker(app: &Arc<App>, parts: &mut Parts) -> Reply<(Arc<Room>, Actor, bool)> {
    let caller = Caller::from_request_parts(parts, app).await?;
    if caller.device.role == DeviceRole::Window || bearer(&parts.headers).is_some() {
        let signed = Signed::from_request_parts(parts, app).await?;
        let actor = signed.actor();
        return Ok((signed.caller.room, actor, true));
    }
    caller.only(&[DeviceRole::Terminal])?;
    let actor = caller.actor();
    Ok((caller.room, actor, false))
}

async fn issued(app: &App, room: &Room, ticket: &Ticket, now: i64) -> Reply<Issued> {
    let people_ahead = match ticket.status {
        Status::Waiting => app.store.people_ahead(&room.hall, ticket, now).await?,
        _ => 0,
    };
    let newest = room.hub.newest();
    let wait = newest.pace(&ticket.queue).and_then(|pace| pace.wait(people_ahead));
    let queue = room.hall.queue(&ticket.queue).ok_or_else(ApiError::internal)?;
    Ok(Issued {
        ticket: ticket_view(ticket),
        people_ahead,
        wait,
        zone: queue.zone.clone(),
        url: format!(
            "{}{}",
            app.public_url,
            paths::fill(paths::PAGE_TICKET, &app.token(ticket.id))
        ),
    })
}

/// A ticket as it stands.
#[utoipa::path(get, path = paths::TICKET, tag = "tickets", params(("id" = Uuid, Path)), responses(
    (status = 200, body = TicketView),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn ticket(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<Json<TicketView>> {
    caller.only(&[DeviceRole::Terminal, DeviceRole::Window])?;
    let ticket = todays(&app, &caller.room.hall, uuid(&id)?).await?;
    Ok(Json(ticket_view(&ticket)))
}

async fn todays(app: &App, hall: &Hall, id: Uuid) -> Reply<Ticket> {
    let today = hall_day(app.clock.now(), &hall.tz());
    let ticket = app.store.ticket(&hall.id, id).await?;
    ticket
        .filter(|ticket| ticket.day == today)
        .ok_or_else(ApiError::ticket_unknown)
}

/// Does something with a ticket, from the window signed in at.
#[utoipa::path(post, path = paths::TICKET_COMMANDS, tag = "tickets", params(("id" = Uuid, Path)),
    request_body = Command, security(("device" = [], "session" = [])),
    responses(
        (status = 200, body = TicketView),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn command(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Body(command): Body<Command>,
) -> Reply<Json<TicketView>> {
    let hall = &signed.caller.room.hall;
    may(&signed, &command)?;
    let window = signed.window()?;
    let ticket = app
        .store
        .change(
            hall,
            &Change {
                id: uuid(&id)?,
                command: &command,
                actor: &signed.actor(),
                window: Some(window).filter(|window| !window.desk),
                now: app.clock.now(),
            },
        )
        .await?;
    Ok(Json(ticket_view(&ticket)))
}

/// What a role may do with a ticket.
fn may(signed: &Signed, command: &Command) -> Reply<()> {
    let volunteers = matches!(command, Command::Reactivate | Command::Cancel);
    match (signed.session.role, command) {
        (_, Command::MoreTime) => Err(ApiError::may_not("only the resident asks for more time")),
        (StaffRole::Volunteer, _) if !volunteers => Err(ApiError::may_not("a volunteer may not do this")),
        (StaffRole::Volunteer | StaffRole::Clerk | StaffRole::Manager, _) => Ok(()),
    }
}

/// Tells what became of the paper. A print that failed raises an alert for staff.
#[utoipa::path(post, path = paths::TICKET_PRINT, tag = "tickets", params(("id" = Uuid, Path)),
    request_body = PrintReport,
    responses(
        (status = 204, description = "Noted"),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn print(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(report): Body<PrintReport>,
) -> Reply<StatusCode> {
    caller.only(&[DeviceRole::Terminal, DeviceRole::Window])?;
    let ticket = todays(&app, &caller.room.hall, uuid(&id)?).await?;
    if report.printed {
        return Ok(DONE);
    }
    let code = report.code.unwrap_or_else(|| "printer.failed".to_owned());
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
    if code.is_empty() || code.len() > PRINT_CODE_BYTES_MAX || !code.chars().all(fits) {
        return Err(ApiError::bad_request("`code` is a name such as printer.out_of_paper"));
    }
    let key = idempotency_key(&headers)?.unwrap_or_else(|| alert_id(ticket.id, &code));
    let alert = Alert {
        id: key,
        device: caller.device.name.clone(),
        code,
        number: Some(ticket.number),
        at_ms: app.now_ms(),
    };
    app.store.raise_alert(&caller.room.hall.id, &alert).await?;
    Ok(DONE)
}

/// A report sent twice is one alert.
fn alert_id(ticket: Uuid, code: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update(ticket.as_bytes())
        .chain_update(code)
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
