//! The HTTPS contract between kiosk and server: paths, shapes and problem codes. Only serde, no behaviour.
//!
//! Times are milliseconds since the Unix epoch (`…_ms`), days are `YYYY-MM-DD` in the hall's zone. Every error is an
//! `application/problem+json` (RFC 9457) [`problem::Problem`] with a stable `code`.
//!
//! Live views are states, not increments: each event of a stream carries a whole view and its `id` is that view's
//! [`live::HallLive::revision`]. A client that missed events has missed nothing; one that resumes with an
//! up-to-date `Last-Event-ID` is sent nothing.

pub mod device;
pub mod hall;
pub mod live;
pub mod paths;
pub mod problem;
pub mod staff;
pub mod ticket;
