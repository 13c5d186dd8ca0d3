//! Where a hall's day is kept. The trait; SQL lives in the rooms below and nowhere else.
//!
//! What must hold on every store, and is proven by one contract suite on each:
//! - numbers are gapless per queue and hall day, and no two tickets share one;
//! - one idempotency key makes one ticket;
//! - a ticket is called by at most one window, a window has at most one ticket;
//! - a ticket and the record of its change are committed together, durably, before the call returns.

mod conn;
mod day;
mod devices;
mod line;
pub mod postgres;
mod queue;
mod rows;
pub mod sqlite;
mod staff;
mod work;

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::api::device::DeviceRole;
use crate::api::live::CallLive;
use crate::api::staff::{Alert, Figures, HelpCall, PauseReason};
use crate::domain::hall::{Hall, HallId, QueueId, StaffId, StaffRole, Window, WindowId};
use crate::domain::priority::Class;
use crate::domain::queue::IssueRefusal;
use crate::domain::ticket::{Actor, Command, Refusal, Ticket, Transition};

/// A SHA-256 digest: what the store keeps of a secret (token, code), never the secret.
pub type Digest = [u8; 32];

#[async_trait]
pub trait Store: Send + Sync + fmt::Debug + 'static {
    // Tickets

    /// Takes the next number of a queue.
    ///
    /// The day and the opening hours are judged at `new.now`, read once by the caller.
    ///
    /// # Errors
    /// [`StoreError::Issue`] when the queue gives no number; nothing was counted.
    /// [`StoreError::IdempotencyConflict`] when the key was used for another queue or class.
    async fn issue(&self, hall: &Hall, new: &NewTicket<'_>) -> Result<Issue, StoreError>;

    async fn ticket(&self, hall: &HallId, id: Uuid) -> Result<Option<Ticket>, StoreError>;

    /// The ticket a phone's token opens, on any hall of this store.
    async fn ticket_by_token(&self, token: &Digest) -> Result<Option<Ticket>, StoreError>;

    /// What was written down about a ticket, oldest first.
    async fn transitions(&self, hall: &HallId, ticket: Uuid) -> Result<Vec<Transition>, StoreError>;

    /// Carries out one command on one ticket.
    ///
    /// # Errors
    /// [`StoreError::Refused`] by the state machine, [`StoreError::WindowBusy`] when the window already has a
    /// ticket (call, resume), [`StoreError::WindowPaused`] (call), [`StoreError::UnknownTicket`], also for a ticket of
    /// another day. A transfer to a queue that does not exist is [`StoreError::Issue`]; one to a window that does not
    /// serve the queue is [`Refusal::NotServedHere`].
    async fn change(&self, hall: &Hall, change: &Change<'_>) -> Result<Ticket, StoreError>;

    /// Calls the next ticket to a window: tier by tier, by accumulated priority, past tickets reserved for others.
    /// Every ticket of that queue that gave up places has one less to wait for.
    ///
    /// With `complete_current` the case being served there is completed in the same transaction, also when
    /// nobody waits.
    ///
    /// # Errors
    /// [`StoreError::WindowBusy`] when a ticket is still there, [`StoreError::WindowPaused`].
    async fn call_next(&self, hall: &Hall, call: &CallNext<'_>) -> Result<Option<Ticket>, StoreError>;

    /// The day as it stands.
    async fn day(&self, hall: &HallId, day: Date) -> Result<DayState, StoreError>;

    /// How many stand before a waiting ticket in its queue, by the order in which they would be called.
    async fn people_ahead(&self, hall: &Hall, ticket: &Ticket, now: i64) -> Result<u32, StoreError>;

    /// Waiting tickets of a queue.
    async fn waiting(&self, hall: &HallId, day: Date, queue: &QueueId) -> Result<u32, StoreError>;

    // Staff

    /// Signs somebody in at a window, which is open then: a pause ends. Who was there is signed out if `take_over`,
    /// or if it is the same person.
    ///
    /// # Errors
    /// [`StoreError::WindowTaken`] when somebody else is signed in and `take_over` is not set.
    async fn open_session(&self, session: &NewSession<'_>) -> Result<(), StoreError>;
    async fn session(&self, hall: &HallId, token: &Digest) -> Result<Option<SessionRow>, StoreError>;
    async fn end_session(&self, hall: &HallId, token: &Digest, now: i64) -> Result<(), StoreError>;
    async fn set_pause(
        &self,
        hall: &HallId,
        window: &WindowId,
        pause: Option<PauseReason>,
        now: i64,
    ) -> Result<(), StoreError>;
    /// Failed sign-ins of `staff` since `since`, and the time of the last one.
    async fn sign_in_failures(&self, hall: &HallId, staff: &StaffId, since: i64) -> Result<(u32, i64), StoreError>;
    /// Writes down an attempt; a success forgets the failures.
    async fn record_sign_in(&self, hall: &HallId, staff: &StaffId, succeeded: bool, now: i64)
    -> Result<(), StoreError>;

    // Help and alerts; the same id twice is one.

    async fn raise_help(&self, hall: &HallId, help: &HelpCall) -> Result<(), StoreError>;
    /// False when it was answered before.
    async fn answer_help(&self, hall: &HallId, id: Uuid, actor: &Actor, now: i64) -> Result<bool, StoreError>;
    async fn raise_alert(&self, hall: &HallId, alert: &Alert) -> Result<(), StoreError>;
    async fn clear_alert(&self, hall: &HallId, id: Uuid, actor: &Actor, now: i64) -> Result<bool, StoreError>;

    // Devices

    async fn add_enrollment(&self, enrollment: &Enrollment) -> Result<(), StoreError>;
    /// Takes a code out of use and returns what it was for; none when unknown, used or expired.
    async fn redeem_enrollment(&self, code: &Digest, now: i64) -> Result<Option<Enrollment>, StoreError>;
    async fn add_device(&self, device: &DeviceRow) -> Result<(), StoreError>;
    async fn device(&self, serial: &str) -> Result<Option<DeviceRow>, StoreError>;
    async fn devices(&self, hall: &HallId) -> Result<Vec<DeviceRow>, StoreError>;
    /// False when there is no such serial.
    async fn revoke_device(&self, serial: &str, now: i64) -> Result<bool, StoreError>;

    // The server itself

    /// The secret called `name`: what was stored first, by whichever server; `fresh` if it is the first.
    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError>;

    /// Tells which halls changed: by this server at once, by another on the same database within
    /// [`crate::server::store::NOTICE_DELAY_MS_MAX`]. A lagging receiver has missed nothing it cannot read again.
    fn changes(&self) -> broadcast::Receiver<HallId>;

    /// Answers when the database does.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// Longest time until a change made by another server on the same database is noticed, in milliseconds.
pub const NOTICE_DELAY_MS_MAX: u64 = 5_000;

/// Notices of change a slow receiver may fall behind by.
const CHANGES_KEPT: usize = 256;

#[derive(Debug)]
pub struct NewTicket<'a> {
    pub id: Uuid,
    pub queue: &'a QueueId,
    pub class: Class,
    /// One per touch.
    pub idempotency_key: Uuid,
    pub token: Digest,
    pub actor: &'a Actor,
    pub now: Timestamp,
}

/// What [`Store::issue`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// As issued first; with `replayed` its `id` is not `new.id`.
    pub ticket: Ticket,
    /// The key had made this ticket before.
    pub replayed: bool,
}

#[derive(Debug)]
pub struct Change<'a> {
    pub id: Uuid,
    pub command: &'a Command,
    pub actor: &'a Actor,
    pub window: Option<&'a Window>,
    pub now: Timestamp,
}

#[derive(Debug)]
pub struct CallNext<'a> {
    pub window: &'a Window,
    pub actor: &'a Actor,
    pub complete_current: bool,
    pub now: Timestamp,
}

/// Everything the live views are made from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DayState {
    /// Neither completed nor cancelled, in issue order.
    pub open: Vec<Ticket>,
    /// Numbers given out today, by queue.
    pub issued: Vec<(QueueId, u32)>,
    pub windows: Vec<WindowRow>,
    /// Newest first, at most [`crate::api::live::CALLS_MAX`].
    pub calls: Vec<CallLive>,
    /// Service times of the newest completed cases by queue, newest last, in milliseconds.
    pub service_ms: Vec<(QueueId, Vec<i64>)>,
    pub figures: Vec<(WindowId, Figures)>,
    pub help: Vec<HelpCall>,
    pub alerts: Vec<Alert>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRow {
    pub window: WindowId,
    /// Signed in now (a session that has ended does not count; one past `ends_at` is the reader's to judge).
    pub clerk: Option<StaffId>,
    pub ends_at: i64,
    pub pause: Option<PauseReason>,
}

#[derive(Debug)]
pub struct NewSession<'a> {
    pub hall: &'a HallId,
    pub window: &'a WindowId,
    pub staff: &'a StaffId,
    pub role: StaffRole,
    pub stands_in_for: Option<&'a StaffId>,
    pub token: Digest,
    pub now: i64,
    pub ends_at: i64,
    pub take_over: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    pub window: WindowId,
    pub staff: StaffId,
    pub role: StaffRole,
    pub stands_in_for: Option<StaffId>,
    pub began_at: i64,
    pub ends_at: i64,
    pub ended: Option<SessionEnd>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEnd {
    SignedOut,
    TakenOver { by: StaffId },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrollment {
    pub hall: HallId,
    pub code: Digest,
    pub name: String,
    pub role: DeviceRole,
    pub window: Option<WindowId>,
    pub expires_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    pub hall: HallId,
    /// Certificate serial, lower-case hex.
    pub serial: String,
    pub name: String,
    pub role: DeviceRole,
    pub window: Option<WindowId>,
    pub not_after: i64,
    pub issued_at: i64,
    pub revoked_at: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Issue(#[from] IssueRefusal),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("no such ticket today")]
    UnknownTicket,
    #[error("that key belongs to another request")]
    IdempotencyConflict,
    #[error("ticket {number} is still at the window")]
    WindowBusy { number: String },
    #[error("the window is paused")]
    WindowPaused,
    #[error("{clerk} is signed in there")]
    WindowTaken { clerk: StaffId, since: i64 },
    /// The database did not answer or answered nonsense; what was asked did not happen, or will be found done
    /// when it is asked again with the same key.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the database's layout: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("a row that cannot be read: {0}")]
    Corrupt(String),
}
