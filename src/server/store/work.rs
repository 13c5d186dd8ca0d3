//! The one implementation of [`Store`]: each method is a piece of work in a transaction of whichever database.
//!
//! A write that loses a race with another writer (a deadlock, or a key that was taken between looking and writing)
//! is rolled back and done again from the start; it then finds what the other wrote.

use std::fmt;

use async_trait::async_trait;
use jiff::civil::Date;
use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::conn::Conn;
use super::{
    CallNext, Change, DayState, DeviceRow, Digest, Enrollment, Issue, NewSession, NewTicket, SessionRow, Store,
    StoreError,
};
use super::{day, devices, line, postgres, queue, sqlite, staff};
use crate::api::staff::{Alert, HelpCall, PauseReason};
use crate::domain::hall::{Hall, HallId, QueueId, StaffId, WindowId};
use crate::domain::ticket::{Actor, Ticket, Transition};

/// Times a write is tried before its race is reported.
const TRIES_MAX: u32 = 8;

/// What a database must offer for the rest to work on it.
#[async_trait]
pub(super) trait Backend: Send + Sync + fmt::Debug + 'static {
    /// A transaction that may write; undone unless committed.
    async fn begin(&self) -> Result<Write, StoreError>;
    /// A connection for one reading statement.
    async fn reader(&self) -> Result<Read, StoreError>;
    /// A connection on which every reading statement sees the same instant.
    async fn snapshot(&self) -> Result<Read, StoreError>;
    fn listen(&self) -> broadcast::Receiver<HallId>;
    /// Somebody shows this hall and wants to know when it changes.
    fn reads(&self, hall: &HallId);
}

/// A transaction under way.
#[derive(Debug)]
pub(super) enum Write {
    Sqlite(sqlite::Job),
    Postgres(postgres::Work),
}

impl Write {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(job) => job.conn(),
            Self::Postgres(work) => work.conn(),
        }
    }

    /// Returns once the work is durable; then tells who listens that `changed` did.
    async fn commit(self, changed: Option<&HallId>) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(job) => job.commit(changed.cloned()).await,
            Self::Postgres(work) => work.commit(changed.cloned()).await,
        }
    }

    /// Returns once nothing is held any more: nobody shall pass over a ticket for the sake of a refused command.
    async fn undo<T>(self, error: StoreError) -> Result<T, StoreError> {
        match self {
            Self::Sqlite(job) => drop(job),
            Self::Postgres(work) => work.undo().await,
        }
        Err(error)
    }
}

/// A connection for reading.
#[derive(Debug)]
pub(super) enum Read {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    SqliteSnapshot(Transaction<'static, Sqlite>),
    PostgresSnapshot(Transaction<'static, Postgres>),
}

impl Read {
    fn conn(&mut self) -> Conn<'_> {
        match self {
            Self::Sqlite(conn) => Conn::Sqlite(conn),
            Self::Postgres(conn) => Conn::Postgres(conn),
            Self::SqliteSnapshot(conn) => Conn::Sqlite(conn),
            Self::PostgresSnapshot(conn) => Conn::Postgres(conn),
        }
    }
}

/// `write!(store, conn => work, |value| changed hall)`
macro_rules! write {
    ($store:expr, $conn:ident => $work:expr, |$value:ident| $changed:expr) => {{
        let mut tries = 1;
        loop {
            let done = async {
                let mut write = $store.begin().await?;
                let work = {
                    let $conn = &mut write.conn();
                    $work.await
                };
                match work {
                    Ok($value) => write.commit($changed).await.map(|()| $value),
                    Err(error) => write.undo(error).await,
                }
            }
            .await;
            match done {
                Err(error) if tries < TRIES_MAX && lost_a_race(&error) => tries += 1,
                done => break done,
            }
        }
    }};
}

/// Whether trying again will see what another writer has just written.
fn lost_a_race(error: &StoreError) -> bool {
    const SERIALIZATION_FAILURE: &str = "40001";
    const DEADLOCK_DETECTED: &str = "40P01";
    let StoreError::Database(sqlx::Error::Database(error)) = error else {
        return false;
    };
    match error.constraint() {
        Some(constraint) => ["tickets_idempotency_key", "tickets_at_window", "sessions_open"].contains(&constraint),
        None => error
            .code()
            .is_some_and(|code| [SERIALIZATION_FAILURE, DEADLOCK_DETECTED].contains(&code.as_ref())),
    }
}

#[async_trait]
impl<B: Backend> Store for B {
    async fn issue(&self, hall: &Hall, new: &NewTicket<'_>) -> Result<Issue, StoreError> {
        write!(self, conn => queue::issue(conn, hall, new), |issue| (!issue.replayed).then_some(&hall.id))
    }

    async fn ticket(&self, hall: &HallId, id: Uuid) -> Result<Option<Ticket>, StoreError> {
        queue::by_id(&mut self.reader().await?.conn(), hall, id).await
    }

    async fn ticket_by_token(&self, token: &Digest) -> Result<Option<Ticket>, StoreError> {
        queue::by_token(&mut self.reader().await?.conn(), token).await
    }

    async fn transitions(&self, hall: &HallId, ticket: Uuid) -> Result<Vec<Transition>, StoreError> {
        queue::transitions(&mut self.reader().await?.conn(), hall, ticket).await
    }

    async fn change(&self, hall: &Hall, change: &Change<'_>) -> Result<Ticket, StoreError> {
        write!(self, conn => queue::change(conn, hall, change), |ticket| Some(&hall.id))
    }

    async fn call_next(&self, hall: &Hall, call: &CallNext<'_>) -> Result<Option<Ticket>, StoreError> {
        write!(self, conn => queue::call_next(conn, hall, call), |ticket| Some(&hall.id))
    }

    async fn day(&self, hall: &HallId, day: Date) -> Result<DayState, StoreError> {
        self.reads(hall);
        day::day(&mut self.snapshot().await?.conn(), hall, day).await
    }

    async fn people_ahead(&self, hall: &Hall, ticket: &Ticket, now: i64) -> Result<u32, StoreError> {
        line::people_ahead(&mut self.reader().await?.conn(), hall, ticket, now).await
    }

    async fn waiting(&self, hall: &HallId, day: Date, queue: &QueueId) -> Result<u32, StoreError> {
        day::waiting(&mut self.reader().await?.conn(), hall, day, queue).await
    }

    async fn open_session(&self, session: &NewSession<'_>) -> Result<(), StoreError> {
        write!(self, conn => staff::open_session(conn, session), |done| Some(session.hall))
    }

    async fn session(&self, hall: &HallId, token: &Digest) -> Result<Option<SessionRow>, StoreError> {
        staff::session(&mut self.reader().await?.conn(), hall, token).await
    }

    async fn end_session(&self, hall: &HallId, token: &Digest, now: i64) -> Result<(), StoreError> {
        write!(self, conn => staff::end_session(conn, hall, token, now), |done| Some(hall))
    }

    async fn set_pause(
        &self,
        hall: &HallId,
        window: &WindowId,
        pause: Option<PauseReason>,
        now: i64,
    ) -> Result<(), StoreError> {
        write!(self, conn => staff::set_pause(conn, hall, window, pause, now), |done| Some(hall))
    }

    async fn sign_in_failures(&self, hall: &HallId, staff: &StaffId, since: i64) -> Result<(u32, i64), StoreError> {
        staff::sign_in_failures(&mut self.reader().await?.conn(), hall, staff, since).await
    }

    async fn record_sign_in(
        &self,
        hall: &HallId,
        staff: &StaffId,
        succeeded: bool,
        now: i64,
    ) -> Result<(), StoreError> {
        write!(self, conn => staff::record_sign_in(conn, hall, staff, succeeded, now), |done| None)
    }

    async fn raise_help(&self, hall: &HallId, help: &HelpCall) -> Result<(), StoreError> {
        write!(self, conn => staff::raise_help(conn, hall, help), |done| Some(hall))
    }

    async fn answer_help(&self, hall: &HallId, id: Uuid, actor: &Actor, now: i64) -> Result<bool, StoreError> {
        write!(self, conn => staff::answer_help(conn, hall, id, actor, now), |done| done.then_some(hall))
    }

    async fn raise_alert(&self, hall: &HallId, alert: &Alert) -> Result<(), StoreError> {
        write!(self, conn => staff::raise_alert(conn, hall, alert), |done| Some(hall))
    }

    async fn clear_alert(&self, hall: &HallId, id: Uuid, actor: &Actor, now: i64) -> Result<bool, StoreError> {
        write!(self, conn => staff::clear_alert(conn, hall, id, actor, now), |done| done.then_some(hall))
    }

    async fn add_enrollment(&self, enrollment: &Enrollment) -> Result<(), StoreError> {
        write!(self, conn => devices::add_enrollment(conn, enrollment), |done| None)
    }

    async fn redeem_enrollment(&self, code: &Digest, now: i64) -> Result<Option<Enrollment>, StoreError> {
        write!(self, conn => devices::redeem_enrollment(conn, code, now), |enrollment| None)
    }

    async fn add_device(&self, device: &DeviceRow) -> Result<(), StoreError> {
        write!(self, conn => devices::add_device(conn, device), |done| None)
    }

    async fn device(&self, serial: &str) -> Result<Option<DeviceRow>, StoreError> {
        devices::device(&mut self.reader().await?.conn(), serial).await
    }

    async fn devices(&self, hall: &HallId) -> Result<Vec<DeviceRow>, StoreError> {
        devices::devices(&mut self.reader().await?.conn(), hall).await
    }

    async fn revoke_device(&self, serial: &str, now: i64) -> Result<bool, StoreError> {
        let hall: Result<Option<HallId>, StoreError> =
            write!(self, conn => devices::revoke_device(conn, serial, now), |hall| hall.as_ref());
        Ok(hall?.is_some())
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        write!(self, conn => devices::secret(conn, name, fresh), |secret| None)
    }

    fn changes(&self) -> broadcast::Receiver<HallId> {
        self.listen()
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.reader().await?.conn().one("SELECT 1", &[]).await.map(drop)
    }
}
