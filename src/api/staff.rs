//! Signing in, and the window console's view.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::live::{QueueLive, WindowStatus};
use super::ticket::TicketView;
use crate::domain::hall::{StaffId, StaffRole, WindowId};

/// Waiting tickets a view lists; the count is always complete.
pub const WAITING_ROWS_MAX: usize = 50;

/// `POST /v1/sessions`, from a window device. The session's token goes into `Authorization: Bearer`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub staff: StaffId,
    pub pin: String,
    pub window: WindowId,
    /// AB岗: the colleague whose place is taken.
    #[serde(default)]
    pub stands_in_for: Option<StaffId>,
    /// End the session of whoever is signed in at this window.
    #[serde(default)]
    pub take_over: bool,
}

/// Never shows the PIN.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("staff", &self.staff)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Session {
    pub token: String,
    pub staff: StaffId,
    pub name: String,
    pub role: StaffRole,
    pub window: WindowId,
    pub stands_in_for: Option<StaffId>,
    pub ends_at_ms: i64,
}

/// Never shows the token.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("staff", &self.staff)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

/// `POST /v1/windows/{id}/pause`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PauseRequest {
    pub reason: PauseReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    Break,
    Meeting,
    BackOffice,
    Equipment,
}

impl PauseReason {
    pub const ALL: [Self; 4] = [Self::Break, Self::Meeting, Self::BackOffice, Self::Equipment];

    pub fn code(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Meeting => "meeting",
            Self::BackOffice => "back_office",
            Self::Equipment => "equipment",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}

/// `POST /v1/windows/{id}/call-next`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CallNextRequest {
    /// Complete the case being served first, in the same step.
    #[serde(default)]
    pub complete_current: bool,
}

/// `POST /v1/help`: somebody at a terminal wants a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HelpCall {
    pub id: Uuid,
    /// Name of the terminal.
    pub device: String,
    pub at_ms: i64,
}

/// Something staff should see to: a print that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Alert {
    pub id: Uuid,
    pub device: String,
    /// e.g. `printer.out_of_paper`
    pub code: String,
    /// The number it is about.
    pub number: Option<String>,
    pub at_ms: i64,
}

/// Everything a window console shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WindowView {
    /// Hex digest of everything below but `at_ms`.
    pub revision: String,
    pub at_ms: i64,
    pub window: WindowId,
    pub status: WindowStatus,
    pub pause: Option<PauseReason>,
    pub clerk: Option<StaffId>,
    /// Called or being served here.
    pub current: Option<TicketView>,
    /// In the order they would be called, at most [`WAITING_ROWS_MAX`]. The desk sees every queue.
    pub waiting: Vec<TicketView>,
    pub waiting_count: u32,
    pub held: Vec<TicketView>,
    pub missed: Vec<TicketView>,
    pub queues: Vec<QueueLive>,
    pub help: Vec<HelpCall>,
    pub alerts: Vec<Alert>,
    pub today: Figures,
}

/// The window's day so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Figures {
    /// Completed at this window.
    pub completed: u32,
    /// Mean wait of those called to this window, in minutes.
    pub mean_wait_minutes: Option<u32>,
    /// Mean service time at this window, in seconds.
    pub mean_service_seconds: Option<u32>,
}
