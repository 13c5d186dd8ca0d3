//! Who asks: the device by its certificate, the member of staff by the session. And how a body is read.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::acceptor::PeerSerial;
use super::app::{App, Room, digest};
use super::error::{ApiError, Reply};
use super::store::{DeviceRow, SessionEnd, SessionRow};
use crate::api::device::DeviceRole;
use crate::api::paths::IDEMPOTENCY_KEY;
use crate::api::problem::code;
use crate::domain::hall::{StaffRole, Window, WindowId};
use crate::domain::ticket::Actor;

/// Longest body of a request, in bytes.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// An enrolled device, and the hall it stands in.
pub(crate) struct Caller {
    pub(crate) device: DeviceRow,
    pub(crate) room: Arc<Room>,
}

impl Caller {
    /// # Errors
    /// `role.may_not` unless the device is one of `roles`.
    pub(crate) fn only(&self, roles: &[DeviceRole]) -> Reply<()> {
        if roles.contains(&self.device.role) {
            return Ok(());
        }
        let role = self.device.role.code();
        Err(ApiError::may_not(&format!("a {role} may not do this")).with("role", role))
    }

    /// # Errors
    /// `role.may_not` when the device stands at another window.
    pub(crate) fn stands_at(&self, window: &WindowId) -> Reply<()> {
        match &self.device.window {
            Some(own) if own != window => Err(ApiError::may_not("this device stands at another window")),
            _ => Ok(()),
        }
    }

    pub(crate) fn window(&self, id: &WindowId) -> Reply<&Window> {
        self.room.hall.window(id).ok_or_else(ApiError::window_unknown)
    }

    pub(crate) fn actor(&self) -> Actor {
        Actor::Device(self.device.name.clone())
    }
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Reply<Self> {
        let needed = || {
            ApiError::new(
                StatusCode::UNAUTHORIZED,
                code::DEVICE_NEEDED,
                "only an enrolled device may ask this",
            )
        };
        let unknown = || {
            ApiError::new(
                StatusCode::FORBIDDEN,
                code::DEVICE_UNKNOWN,
                "this device is not enrolled here",
            )
        };
        let PeerSerial(serial) = parts.extensions.get().cloned().ok_or_else(needed)?;
        let device = app.devices.find(&*app.store, &serial).await?.ok_or_else(unknown)?;
        if device.revoked_at.is_some() {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                code::DEVICE_REVOKED,
                "this device's certificate was revoked",
            ));
        }
        // The handshake judged it when the connection began, which may be long ago.
        if device.not_after < jiff::Timestamp::now().as_millisecond() {
            return Err(needed());
        }
        let room = app.rooms.get(&device.hall).cloned().ok_or_else(unknown)?;
        Ok(Self { device, room })
    }
}

/// A member of staff who is signed in, at a window device.
pub(crate) struct Signed {
    pub(crate) caller: Caller,
    pub(crate) session: SessionRow,
}

impl Signed {
    pub(crate) fn actor(&self) -> Actor {
        Actor::Staff {
            id: self.session.staff.clone(),
            stands_in_for: self.session.stands_in_for.clone(),
        }
    }

    /// The window signed in at.
    pub(crate) fn window(&self) -> Reply<&Window> {
        self.caller.window(&self.session.window)
    }

    /// # Errors
    /// `role.may_not` when `window` is not the one signed in at, or is the desk, or for a volunteer: none of them
    /// calls people.
    pub(crate) fn serves_at(&self, window: &WindowId) -> Reply<&Window> {
        if window != &self.session.window {
            return Err(ApiError::may_not("signed in at another window"));
        }
        if self.session.role == StaffRole::Volunteer {
            return Err(ApiError::may_not("a volunteer calls nobody"));
        }
        let window = self.window()?;
        if window.desk {
            return Err(ApiError::may_not("the desk calls nobody"));
        }
        Ok(window)
    }
}

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Reply<Self> {
        let caller = Caller::from_request_parts(parts, app).await?;
        caller.only(&[DeviceRole::Window])?;
        let session = session(&parts.headers, &caller, app).await?;
        Ok(Self { caller, session })
    }
}

/// The session a request names.
///
/// # Errors
/// `session.needed` without one, `session.ended`, `session.taken_over`.
async fn session(headers: &HeaderMap, caller: &Caller, app: &App) -> Reply<SessionRow> {
    let needed = || ApiError::new(StatusCode::UNAUTHORIZED, code::SESSION_NEEDED, "sign in first");
    let token = bearer(headers).ok_or_else(needed)?;
    let hall = &caller.room.hall;
    let session = app.store.session(&hall.id, &digest(token)).await?.ok_or_else(needed)?;
    let ended = || ApiError::new(StatusCode::UNAUTHORIZED, code::SESSION_ENDED, "the session is over");
    match &session.ended {
        Some(SessionEnd::TakenOver { by }) => {
            let name = hall.staff(by).map_or(by.as_str(), |staff| &staff.name);
            return Err(ApiError::new(
                StatusCode::UNAUTHORIZED,
                code::SESSION_TAKEN_OVER,
                format!("{by} took the window over"),
            )
            .with("clerk", by.as_str())
            .with("clerk_name", name));
        }
        Some(SessionEnd::SignedOut) => return Err(ended()),
        None if session.ends_at <= app.now_ms() => return Err(ended()),
        None => {}
    }
    caller.stands_at(&session.window)?;
    // Somebody taken off the list is out at once.
    hall.staff(&session.staff).ok_or_else(ended)?;
    Ok(session)
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The key that names one touch; quotes around it, as the header's draft standard has them, are allowed.
///
/// # Errors
/// `request.invalid` when it is there and not a UUID.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Reply<Option<Uuid>> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim_matches('"');
    let key = Uuid::parse_str(text).map_err(|_| ApiError::bad_request("the Idempotency-Key is not a UUID"))?;
    Ok(Some(key))
}

/// A JSON body. An unreadable one is answered with what is wrong and where.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Reply<Self> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    code::TOO_LARGE,
                    format!("at most {BODY_BYTES_MAX} bytes"),
                ),
                _ => ApiError::bad_request("the body did not arrive"),
            }
        })?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let at = error.path().to_string();
            ApiError::bad_request(without_values(&error.inner().to_string())).with("at", at)
        })?;
        json.end().map_err(|error| ApiError::bad_request(error.to_string()))?;
        Ok(Self(value))
    }
}

/// A message without what the sender wrote: it may be a PIN.
fn without_values(message: &str) -> String {
    match message.split_once(": string \"") {
        Some((before, after)) => {
            let rest = after.rsplit_once('"').map_or("", |(_, rest)| rest);
            format!("{before}: a string{rest}")
        }
        None => message.to_owned(),
    }
}
