//! How rows become the domain's types, and back.

use jiff::civil::Date;
use uuid::Uuid;

use super::conn::{Row, Value};
use super::{DeviceRow, Digest, Enrollment, SessionEnd, SessionRow, StoreError};
use crate::api::device::DeviceRole;
use crate::domain::hall::{HallId, QueueId, StaffId, StaffRole, WindowId};
use crate::domain::priority::{Candidate, Class};
use crate::domain::ticket::{HoldKind, Status, Ticket, Transition};

/// The columns of a ticket, in the order [`ticket`] reads them.
macro_rules! ticket_columns {
    () => {
        "hall, id, day, origin, sequence, number, queue, class, status, issued_at, waiting_since, places_back, \
         more_time_used, at_window, clerk, reserved_for, hold, recalls, first_called_at, last_called_at, started_at, \
         ended_at, revision"
    };
}
pub(super) use ticket_columns;

pub(super) fn ticket(row: &Row) -> Result<Ticket, StoreError> {
    Ok(Ticket {
        hall: HallId(row.text(0)?),
        id: uuid(row.text(1)?)?,
        day: date(&row.text(2)?)?,
        origin: QueueId(row.text(3)?),
        sequence: row.count(4)?,
        number: row.text(5)?,
        queue: QueueId(row.text(6)?),
        class: class(&row.text(7)?)?,
        status: status(&row.text(8)?)?,
        issued_at: row.int(9)?,
        waiting_since: row.int(10)?,
        places_back: row.count(11)?,
        more_time_used: row.int(12)? != 0,
        window: row.maybe_text(13)?.map(WindowId),
        clerk: row.maybe_text(14)?.map(StaffId),
        reserved_for: row.maybe_text(15)?.map(WindowId),
        hold: row.maybe_text(16)?.map(|code| hold(&code)).transpose()?,
        recalls: row.count(17)?,
        first_called_at: row.maybe_int(18)?,
        last_called_at: row.maybe_int(19)?,
        started_at: row.maybe_int(20)?,
        ended_at: row.maybe_int(21)?,
        revision: row.count(22)?,
    })
}

/// What the choice of the next ticket reads: [`candidate`].
pub(super) struct Waiting {
    pub(super) id: String,
    pub(super) queue: String,
    pub(super) candidate: Candidate,
    pub(super) reserved_for: Option<String>,
}

impl Waiting {
    /// Whether this is the ticket, still waiting as it was read.
    pub(super) fn is(&self, ticket: &Ticket) -> bool {
        self.candidate == ticket.candidate() && ticket.queue.as_str() == self.queue && ticket.id.to_string() == self.id
    }
}

/// Reads `id, queue, class, waiting_since, sequence, places_back, reserved_for`.
pub(super) fn waiting(row: &Row) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        id: row.text(0)?,
        queue: row.text(1)?,
        candidate: Candidate {
            class: class(&row.text(2)?)?,
            waiting_since: row.int(3)?,
            order: row.int(4)?,
            places_back: row.count(5)?,
        },
        reserved_for: row.maybe_text(6)?,
    })
}

/// Reads `ticket, at, command, from_status, to_status, actor, at_window`.
pub(super) fn transition(row: &Row) -> Result<Transition, StoreError> {
    let command = row.text(2)?;
    Ok(Transition {
        ticket: uuid(row.text(0)?)?,
        at: row.int(1)?,
        command: COMMANDS
            .into_iter()
            .find(|name| *name == command)
            .ok_or_else(|| unreadable("command", &command))?,
        from: row.maybe_text(3)?.map(|code| status(&code)).transpose()?,
        to: status(&row.text(4)?)?,
        actor: row.text(5)?,
        window: row.maybe_text(6)?.map(WindowId),
    })
}

/// Every name a transition is written under.
const COMMANDS: [&str; 12] = [
    "issue",
    "call",
    "recall",
    "start",
    "miss",
    "reactivate",
    "transfer",
    "hold",
    "resume",
    "complete",
    "cancel",
    "more_time",
];

/// Reads `at_window, staff, role, stands_in_for, began_at, ends_at, ended_at, taken_over_by`.
pub(super) fn session(row: &Row) -> Result<SessionRow, StoreError> {
    let ended = match (row.maybe_int(6)?, row.maybe_text(7)?) {
        (None, _) => None,
        (Some(_), None) => Some(SessionEnd::SignedOut),
        (Some(_), Some(by)) => Some(SessionEnd::TakenOver { by: StaffId(by) }),
    };
    Ok(SessionRow {
        window: WindowId(row.text(0)?),
        staff: StaffId(row.text(1)?),
        role: staff_role(&row.text(2)?)?,
        stands_in_for: row.maybe_text(3)?.map(StaffId),
        began_at: row.int(4)?,
        ends_at: row.int(5)?,
        ended,
    })
}

/// Reads `hall, code, name, role, at_window, expires_at`.
pub(super) fn enrollment(row: &Row) -> Result<Enrollment, StoreError> {
    Ok(Enrollment {
        hall: HallId(row.text(0)?),
        code: digest(&row.bytes(1)?)?,
        name: row.text(2)?,
        role: device_role(&row.text(3)?)?,
        window: row.maybe_text(4)?.map(WindowId),
        expires_at: row.int(5)?,
    })
}

/// Reads `hall, serial, name, role, at_window, not_after, issued_at, revoked_at`.
pub(super) fn device(row: &Row) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        hall: HallId(row.text(0)?),
        serial: row.text(1)?,
        name: row.text(2)?,
        role: device_role(&row.text(3)?)?,
        window: row.maybe_text(4)?.map(WindowId),
        not_after: row.int(5)?,
        issued_at: row.int(6)?,
        revoked_at: row.maybe_int(7)?,
    })
}

pub(super) fn uuid(text: String) -> Result<Uuid, StoreError> {
    Uuid::parse_str(&text).map_err(|_| unreadable("id", &text))
}

/// The name of a staff role in the store.
pub(super) fn staff_role_code(role: StaffRole) -> &'static str {
    match role {
        StaffRole::Clerk => "clerk",
        StaffRole::Volunteer => "volunteer",
        StaffRole::Manager => "manager",
    }
}

pub(super) fn optional_text<T: AsText>(value: Option<&T>) -> Value<'_> {
    Value::MaybeText(value.map(AsText::as_text))
}

pub(super) trait AsText {
    fn as_text(&self) -> &str;
}

impl AsText for WindowId {
    fn as_text(&self) -> &str {
        self.as_str()
    }
}

impl AsText for StaffId {
    fn as_text(&self) -> &str {
        self.as_str()
    }
}

fn staff_role(code: &str) -> Result<StaffRole, StoreError> {
    [StaffRole::Clerk, StaffRole::Volunteer, StaffRole::Manager]
        .into_iter()
        .find(|role| staff_role_code(*role) == code)
        .ok_or_else(|| unreadable("staff role", code))
}

fn device_role(code: &str) -> Result<DeviceRole, StoreError> {
    DeviceRole::parse(code).ok_or_else(|| unreadable("device role", code))
}

fn class(code: &str) -> Result<Class, StoreError> {
    Class::parse(code).ok_or_else(|| unreadable("class", code))
}

fn status(code: &str) -> Result<Status, StoreError> {
    Status::parse(code).ok_or_else(|| unreadable("status", code))
}

fn hold(code: &str) -> Result<HoldKind, StoreError> {
    HoldKind::parse(code).ok_or_else(|| unreadable("hold", code))
}

fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| unreadable("date", text))
}

fn digest(bytes: &[u8]) -> Result<Digest, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt(format!("a digest of {} bytes", bytes.len())))
}

fn unreadable(what: &str, value: &str) -> StoreError {
    StoreError::Corrupt(format!("`{value}` where a {what} was expected"))
}
