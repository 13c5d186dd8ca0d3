//! The one shape of every error: RFC 9457, with a stable code a locale turns into words.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub const CONTENT_TYPE: &str = "application/problem+json";

/// `type` is `urn:hall:problem:CODE`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[error("{code}: {detail}")]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    /// One of [`code`].
    pub code: String,
    /// Facts to build a sentence from, e.g. `opens_at_ms`, `wait_ms`, `window`, `clerk`.
    #[serde(flatten)]
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub facts: Map<String, Value>,
}

impl Problem {
    pub fn new(status: u16, code: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            kind: format!("urn:hall:problem:{code}"),
            title: detail.clone(),
            status,
            detail,
            code: code.to_owned(),
            facts: Map::new(),
        }
    }

    pub fn with(mut self, fact: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(fact.to_owned(), value.into());
        self
    }

    pub fn number(&self, fact: &str) -> Option<i64> {
        self.facts.get(fact)?.as_i64()
    }

    pub fn text(&self, fact: &str) -> Option<&str> {
        self.facts.get(fact)?.as_str()
    }
}

/// Every code the server answers with. Codes of [`crate::domain::ticket::Refusal`] come in addition.
pub mod code {
    pub const BAD_REQUEST: &str = "request.invalid";
    pub const NOT_FOUND: &str = "request.not_found";
    pub const METHOD_NOT_ALLOWED: &str = "request.method_not_allowed";
    pub const TOO_LARGE: &str = "request.too_large";
    pub const INTERNAL: &str = "server.internal";
    pub const BUSY: &str = "server.busy";
    pub const QUEUE_UNKNOWN: &str = "queue.unknown";
    /// Facts: `opens_at_ms` when it opens again within two months.
    pub const QUEUE_CLOSED: &str = "queue.closed";
    /// Facts: `quota`, `opens_at_ms`.
    pub const QUEUE_QUOTA_GONE: &str = "queue.quota_gone";
    /// Facts: `last`, `opens_at_ms`.
    pub const QUEUE_RANGE_ENDED: &str = "queue.range_ended";
    pub const IDEMPOTENCY_KEY_MISSING: &str = "request.idempotency_key_missing";
    /// The key was used for another request before.
    pub const IDEMPOTENCY_CONFLICT: &str = "request.idempotency_conflict";
    pub const TICKET_UNKNOWN: &str = "ticket.unknown";
    /// Somebody changed the ticket in between.
    pub const TICKET_CHANGED: &str = "ticket.changed";
    pub const WINDOW_UNKNOWN: &str = "window.unknown";
    /// Facts: `number`: the ticket still at the window.
    pub const WINDOW_BUSY: &str = "window.busy";
    pub const WINDOW_PAUSED: &str = "window.paused";
    /// Somebody else is signed in there. Facts: `clerk`, `clerk_name`, `since_ms`.
    pub const WINDOW_TAKEN: &str = "window.taken";
    pub const NOBODY_WAITING: &str = "window.nobody_waiting";
    pub const SESSION_NEEDED: &str = "session.needed";
    /// The shift, or the day, is over.
    pub const SESSION_ENDED: &str = "session.ended";
    /// Another clerk took the window over. Facts: `clerk`, `clerk_name`.
    pub const SESSION_TAKEN_OVER: &str = "session.taken_over";
    pub const SIGN_IN_FAILED: &str = "session.sign_in_failed";
    /// Facts: `wait_ms`.
    pub const SIGN_IN_LIMITED: &str = "session.too_many_attempts";
    pub const ROLE_MAY_NOT: &str = "role.may_not";
    pub const DEVICE_UNKNOWN: &str = "device.unknown";
    pub const DEVICE_REVOKED: &str = "device.revoked";
    pub const DEVICE_NEEDED: &str = "device.certificate_needed";
    pub const ENROLL_CODE_INVALID: &str = "enroll.code_invalid";
    /// Facts: `wait_ms`.
    pub const ENROLL_LIMITED: &str = "enroll.too_many_attempts";
    pub const ENROLL_CSR_INVALID: &str = "enroll.csr_invalid";
}
