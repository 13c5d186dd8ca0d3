//! One file a noun: parse → store (where the domain decides) → reply.

pub(crate) mod devices;
pub(crate) mod hall;
pub(crate) mod help;
pub(crate) mod sessions;
pub(crate) mod tickets;
pub(crate) mod windows;

use axum::http::StatusCode;
use uuid::Uuid;

use super::error::{ApiError, Reply};

/// The id of a ticket or a call in a path; one that is no UUID names nothing.
pub(crate) fn uuid(text: &str) -> Reply<Uuid> {
    Uuid::parse_str(text).map_err(|_| ApiError::not_found())
}

/// No content: done, nothing to tell.
pub(crate) const DONE: StatusCode = StatusCode::NO_CONTENT;
