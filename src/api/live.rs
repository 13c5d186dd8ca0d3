//! The hall as it stands now, for terminals and boards.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::estimate::WaitRange;
use crate::domain::hall::{QueueId, WindowId};

/// Newest calls a view carries.
pub const CALLS_MAX: usize = 8;

/// Name of the event that carries a view.
pub const EVENT_VIEW: &str = "view";

/// Seconds between keep-alive comments on a stream; silence for three of them means the line is gone.
pub const KEEP_ALIVE_SECONDS: u64 = 5;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HallLive {
    /// Hex digest of everything below but `at_ms`: equal on every server of the hall while nothing changed.
    pub revision: String,
    pub at_ms: i64,
    /// The hall's day, `YYYY-MM-DD`.
    pub day: String,
    pub queues: Vec<QueueLive>,
    pub windows: Vec<WindowLive>,
    /// Newest first, at most [`CALLS_MAX`].
    pub calls: Vec<CallLive>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueueLive {
    pub id: QueueId,
    pub waiting: u32,
    /// None: it cannot be said yet.
    pub wait: Option<WaitRange>,
    pub open: bool,
    /// When it opens next, if closed.
    pub opens_at_ms: Option<i64>,
    /// Tickets left today, where there is a quota.
    pub left: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WindowStatus {
    /// Nobody is signed in.
    Closed,
    Open,
    Paused,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WindowLive {
    pub id: WindowId,
    pub status: WindowStatus,
    /// The number called or served there.
    pub number: Option<String>,
}

/// One call, as the board shows and speaks it. A recall is the same `ticket` with a later `at_ms`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CallLive {
    pub ticket: Uuid,
    pub number: String,
    pub window: WindowId,
    pub at_ms: i64,
    /// 1 for the first call, 2 for the first recall, …
    pub times: u32,
    /// Still called, not yet at the window.
    pub pending: bool,
}
