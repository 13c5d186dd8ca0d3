//! The one shape of every error a route answers with.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::store::StoreError;
use crate::api::problem::{CONTENT_TYPE, Problem, code};
use crate::domain::queue::IssueRefusal;
use crate::domain::ticket::Refusal;

/// A [`Problem`] on its way out.
#[derive(Debug)]
pub(crate) struct ApiError(pub(crate) Box<Problem>);

pub(crate) type Reply<T> = Result<T, ApiError>;

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(Problem::new(status.as_u16(), code, detail)))
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code::BAD_REQUEST, detail)
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, code::NOT_FOUND, "there is nothing here")
    }

    pub(crate) fn ticket_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, code::TICKET_UNKNOWN, "no such ticket today")
    }

    pub(crate) fn window_unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, code::WINDOW_UNKNOWN, "no such window")
    }

    pub(crate) fn may_not(what: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code::ROLE_MAY_NOT, what)
    }

    pub(crate) fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code::BUSY,
            "too much at once; ask again in a moment",
        )
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            code::INTERNAL,
            "the server failed; what was asked did not happen, or will be found done when it is asked again",
        )
    }

    pub(crate) fn with(mut self, fact: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0 = Box::new(self.0.with(fact, value));
        self
    }

    fn with_opening(self, opens_at: Option<Timestamp>) -> Self {
        match opens_at {
            Some(at) => self.with("opens_at_ms", at.as_millisecond()),
            None => self,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let wait_seconds = match status {
            StatusCode::SERVICE_UNAVAILABLE => Some(1),
            StatusCode::TOO_MANY_REQUESTS => self.0.number("wait_ms").map(|ms| ms / 1000 + 1),
            _ => None,
        };
        let mut response = (status, Json(self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        if let Some(seconds) = wait_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let conflict = |code, detail: String| Self::new(StatusCode::CONFLICT, code, detail);
        let words = error.to_string();
        match error {
            StoreError::Issue(refusal) => refusal.into(),
            StoreError::Refused(refusal) => refusal.into(),
            StoreError::UnknownTicket => Self::ticket_unknown(),
            StoreError::IdempotencyConflict => conflict(code::IDEMPOTENCY_CONFLICT, words),
            StoreError::WindowBusy { number } => conflict(code::WINDOW_BUSY, words).with("number", number),
            StoreError::WindowPaused => conflict(code::WINDOW_PAUSED, words),
            StoreError::WindowTaken { clerk, since } => conflict(code::WINDOW_TAKEN, words)
                .with("clerk", clerk.as_str())
                .with("since_ms", since),
            StoreError::Database(sqlx::Error::PoolTimedOut) => Self::busy(),
            StoreError::Database(_) | StoreError::Migration(_) | StoreError::Corrupt(_) => {
                tracing::error!(error = %words, "the store failed");
                Self::internal()
            }
        }
    }
}

impl From<IssueRefusal> for ApiError {
    fn from(refusal: IssueRefusal) -> Self {
        let status = match refusal {
            IssueRefusal::UnknownQueue => StatusCode::NOT_FOUND,
            _ => StatusCode::CONFLICT,
        };
        let error = Self::new(status, refusal.code(), refusal.to_string());
        match refusal {
            IssueRefusal::UnknownQueue => error,
            IssueRefusal::Closed { opens_at } => error.with_opening(opens_at),
            IssueRefusal::QuotaGone { quota, opens_at } => error.with("quota", quota).with_opening(opens_at),
            IssueRefusal::RangeEnded { last, opens_at } => error.with("last", last).with_opening(opens_at),
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let error = Self::new(StatusCode::CONFLICT, refusal.code(), refusal.to_string());
        match refusal {
            Refusal::Illegal { command, status } => error.with("command", command).with("status_now", status.code()),
            Refusal::TooSoon { wait_ms } => error.with("wait_ms", wait_ms),
            Refusal::RecallFirst { remaining } => error.with("remaining", remaining),
            Refusal::AtOtherWindow { window } => error.with("window", window.as_str()),
            Refusal::NoRecallsLeft | Refusal::NotServedHere | Refusal::NeedsWindow | Refusal::MoreTimeUsed => error,
        }
    }
}
