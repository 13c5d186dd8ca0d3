//! Taking a number and looking after it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::estimate::WaitRange;
use crate::domain::hall::{QueueId, WindowId, ZoneId};
use crate::domain::priority::Class;
use crate::domain::ticket::{HoldKind, Status};

/// `POST /v1/tickets`, with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct IssueRequest {
    pub queue: QueueId,
    #[serde(default)]
    pub class: Class,
}

/// A fresh ticket: all the paper and the screen need. Returned again, unchanged in number, for the same key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Issued {
    pub ticket: TicketView,
    pub people_ahead: u32,
    pub wait: Option<WaitRange>,
    pub zone: ZoneId,
    /// The phone page. Known only to whoever holds the ticket.
    pub url: String,
}

/// A ticket as staff and devices see it. Nothing personal: there is nothing personal in a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TicketView {
    pub id: Uuid,
    pub number: String,
    pub queue: QueueId,
    pub class: Class,
    pub status: Status,
    pub issued_at_ms: i64,
    pub window: Option<WindowId>,
    pub hold: Option<HoldKind>,
    /// Calls so far in this round: 0 before the first.
    pub times_called: u32,
    pub last_called_at_ms: Option<i64>,
    pub started_at_ms: Option<i64>,
    /// Counts its changes.
    pub revision: u32,
}

/// What became of the paper; a failure raises an alert for staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PrintReport {
    pub printed: bool,
    /// A printer code such as `printer.out_of_paper`, when not printed.
    #[serde(default)]
    pub code: Option<String>,
}
