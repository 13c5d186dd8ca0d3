//! Signing in and out at a window.

use std::sync::Arc;

use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::DONE;
use crate::api::device::DeviceRole;
use crate::api::paths;
use crate::api::problem::{Problem, code};
use crate::api::staff::{Session, SignIn};
use crate::domain::calendar::{hall_day, next_midnight};
use crate::domain::hall::{Hall, ID_BYTES_MAX, Staff, StaffRole};
use crate::server::app::{App, digest};
use crate::server::auth::{Body, Caller, Signed, bearer};
use crate::server::error::{ApiError, Reply};
use crate::server::store::{NewSession, StoreError};

/// Longest PIN looked at, in bytes.
const PIN_BYTES_MAX: usize = 128;

/// Signs somebody in at the window this device stands at.
#[utoipa::path(post, path = paths::SESSIONS, tag = "sessions", request_body = SignIn, responses(
    (status = 201, description = "Signed in; the token goes into `Authorization: Bearer`", body = Session),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(request): Body<SignIn>,
) -> Reply<(StatusCode, Json<Session>)> {
    caller.only(&[DeviceRole::Window])?;
    let window = caller.window(&request.window)?;
    caller.stands_at(&window.id)?;
    let hall = &caller.room.hall;
    let now = app.clock.now();
    let staff = authenticate(&app, hall, &request, now.as_millisecond()).await?;
    if !staff.windows.is_empty() && !staff.windows.contains(&window.id) {
        return Err(ApiError::may_not("not at this window"));
    }
    if staff.role == StaffRole::Volunteer && !window.desk {
        return Err(ApiError::may_not("a volunteer signs in at the desk"));
    }
    let other = request.stands_in_for.as_ref();
    if other.is_some_and(|other| other == &staff.id || hall.staff(other).is_none()) {
        return Err(ApiError::bad_request("`stands_in_for` is another member of staff"));
    }
    let ends_at = session_end(hall, staff, now)?;
    let mut random = Zeroizing::new([0u8; 32]);
    getrandom::fill(&mut *random).map_err(|_| ApiError::internal())?;
    let token = URL_SAFE_NO_PAD.encode(*random);
    let session = NewSession {
        hall: &hall.id,
        window: &window.id,
        staff: &staff.id,
        role: staff.role,
        stands_in_for: other,
        token: digest(&token),
        now: now.as_millisecond(),
        ends_at: ends_at.as_millisecond(),
        take_over: request.take_over,
    };
    app.store
        .open_session(&session)
        .await
        .map_err(|error| named(hall, error))?;
    tracing::info!(hall = %hall.id, window = %window.id, staff = %staff.id, "signed in");
    Ok((
        StatusCode::CREATED,
        Json(Session {
            token,
            staff: staff.id.clone(),
            name: staff.name.clone(),
            role: staff.role,
            window: window.id.clone(),
            stands_in_for: request.stands_in_for.clone(),
            ends_at_ms: ends_at.as_millisecond(),
        }),
    ))
}

/// `window.taken` with the name colleagues know.
fn named(hall: &Hall, error: StoreError) -> ApiError {
    let name = match &error {
        StoreError::WindowTaken { clerk, .. } => hall.staff(clerk).map(|staff| staff.name.clone()),
        _ => None,
    };
    let error = ApiError::from(error);
    match name {
        Some(name) => error.with("clerk_name", name),
        None => error,
    }
}

/// Who it is, if the PIN is right. Takes as long for somebody unknown.
async fn authenticate<'a>(app: &App, hall: &'a Hall, request: &SignIn, now: i64) -> Reply<&'a Staff> {
    let failed = || {
        ApiError::new(
            StatusCode::UNAUTHORIZED,
            code::SIGN_IN_FAILED,
            "name and PIN do not go together",
        )
    };
    if request.pin.len() > PIN_BYTES_MAX || request.staff.as_str().len() > ID_BYTES_MAX {
        return Err(failed());
    }
    let _turn = app.pins.turn(request.staff.as_str()).await;
    let window_ms = i64::from(app.sign_in.minutes) * 60_000;
    let (failures, last) = app
        .store
        .sign_in_failures(&hall.id, &request.staff, now - window_ms)
        .await?;
    if failures >= app.sign_in.failures_max {
        return Err(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            code::SIGN_IN_LIMITED,
            "too many wrong PINs",
        )
        .with("wait_ms", (last + window_ms - now).max(1)));
    }
    let staff = hall.staff(&request.staff);
    // The hash of somebody else, for the time it takes.
    let hash = staff.or(hall.staff.first()).map(|staff| staff.pin.clone());
    let right = verify(app, request.pin.clone(), hash.ok_or_else(failed)?).await?;
    let staff = staff.filter(|_| right);
    app.store
        .record_sign_in(&hall.id, &request.staff, staff.is_some(), now)
        .await?;
    if staff.is_none() {
        tracing::warn!(hall = %hall.id, window = %request.window, "a sign-in failed");
    }
    staff.ok_or_else(failed)
}

async fn verify(app: &App, pin: String, hash: String) -> Reply<bool> {
    let _core = app.pins.cores.acquire().await.map_err(|_| ApiError::busy())?;
    let pin = Zeroizing::new(pin);
    let check = move || {
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
    };
    tokio::task::spawn_blocking(check)
        .await
        .map_err(|_| ApiError::internal())
}

/// The end of the shift or of the hall's day, whichever comes first.
fn session_end(hall: &Hall, staff: &Staff, now: Timestamp) -> Reply<Timestamp> {
    let tz = hall.tz();
    let midnight = next_midnight(now, &tz);
    let Some(shift) = staff.shift else {
        return Ok(midnight);
    };
    let end = hall_day(now, &tz).to_datetime(shift.to).to_zoned(tz);
    let end = end.map_or(midnight, |end| end.timestamp()).min(midnight);
    if end <= now {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            code::SESSION_ENDED,
            format!("the shift {shift} is over"),
        )
        .with("ended_at_ms", end.as_millisecond()));
    }
    Ok(end)
}

/// Whose session this is. The token is not told again.
#[utoipa::path(get, path = paths::SESSION, tag = "sessions", security(("device" = [], "session" = [])), responses(
    (status = 200, body = Session),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn current(signed: Signed) -> Json<Session> {
    let Signed { caller, session } = signed;
    let name = caller.room.hall.staff(&session.staff).map(|staff| staff.name.clone());
    Json(Session {
        token: String::new(),
        name: name.unwrap_or_default(),
        staff: session.staff,
        role: session.role,
        window: session.window,
        stands_in_for: session.stands_in_for,
        ends_at_ms: session.ends_at,
    })
}

/// Signs out. Signed out twice is signed out once.
#[utoipa::path(delete, path = paths::SESSION, tag = "sessions", security(("device" = [], "session" = [])), responses(
    (status = 204, description = "Signed out"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_out(State(app): State<Arc<App>>, caller: Caller, headers: HeaderMap) -> Reply<StatusCode> {
    caller.only(&[DeviceRole::Window])?;
    let Some(token) = bearer(&headers) else {
        return Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            code::SESSION_NEEDED,
            "sign in first",
        ));
    };
    let hall = &caller.room.hall.id;
    app.store.end_session(hall, &digest(token), app.now_ms()).await?;
    Ok(DONE)
}
