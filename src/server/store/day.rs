//! The day as it stands, read at one instant.

use std::sync::LazyLock;

use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use super::conn::{Conn, Row, Value};
use super::rows::{self, ticket_columns};
use super::{DayState, StoreError, WindowRow};
use crate::api::live::{CALLS_MAX, CallLive};
use crate::api::staff::{Alert, Figures, HelpCall, PauseReason};
use crate::domain::estimate::SAMPLES_MAX;
use crate::domain::hall::{HallId, QueueId, StaffId, WindowId};
use crate::domain::ticket::Status;

const OPEN: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND day = $2 AND status NOT IN ('completed', 'cancelled') \
     ORDER BY issued_at, sequence, origin"
);
const ISSUED: &str = "SELECT queue, issued FROM counters WHERE hall = $1 AND day = $2 ORDER BY queue";
/// Every window somebody signed in at or that was paused.
const WINDOWS: &str = "SELECT at_window, staff, ends_at, pause FROM ( \
       SELECT s.at_window, s.staff, s.ends_at, w.pause FROM sessions s \
         LEFT JOIN windows w ON w.hall = s.hall AND w.at_window = s.at_window \
         WHERE s.hall = $1 AND s.ended_at IS NULL \
       UNION ALL \
       SELECT w.at_window, NULL, 0, w.pause FROM windows w \
         WHERE w.hall = $1 AND w.pause IS NOT NULL AND NOT EXISTS ( \
           SELECT 1 FROM sessions s WHERE s.hall = w.hall AND s.at_window = w.at_window AND s.ended_at IS NULL) \
     ) AS rows_of_windows ORDER BY at_window";
/// The number is written out: SQLite plans a statement anew whenever the value of a bound `LIMIT` is set.
static CALLS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT id, number, at_window, last_called_at, recalls, status FROM tickets \
     WHERE hall = $1 AND day = $2 AND last_called_at IS NOT NULL AND at_window IS NOT NULL \
     ORDER BY last_called_at DESC, first_called_at DESC, id DESC LIMIT {CALLS_MAX}"
    )
});
/// The newest completed cases of each queue, oldest first.
const SERVICE: &str = "SELECT queue, ended_at - started_at FROM ( \
       SELECT queue, started_at, ended_at, id, \
         ROW_NUMBER() OVER (PARTITION BY queue ORDER BY ended_at DESC, id DESC) AS age \
       FROM tickets WHERE hall = $1 AND day = $2 AND status = 'completed' AND started_at IS NOT NULL \
         AND ended_at IS NOT NULL \
     ) AS newest WHERE age <= $3 ORDER BY queue, age DESC";
const FIGURES: &str = "SELECT at_window, \
       CAST(SUM(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) AS BIGINT), \
       CAST(COUNT(first_called_at) AS BIGINT), \
       CAST(COALESCE(SUM(first_called_at - issued_at), 0) AS BIGINT), \
       CAST(COALESCE(SUM(CASE WHEN status = 'completed' THEN ended_at - started_at ELSE 0 END), 0) AS BIGINT) \
     FROM tickets WHERE hall = $1 AND day = $2 AND at_window IS NOT NULL GROUP BY at_window ORDER BY at_window";
const HELP: &str = "SELECT id, device, at FROM help_calls WHERE hall = $1 AND answered_at IS NULL ORDER BY at, id";
const ALERTS: &str =
    "SELECT id, device, code, number, at FROM alerts WHERE hall = $1 AND cleared_at IS NULL ORDER BY at, id";
const WAITING: &str = "SELECT COUNT(*) FROM tickets \
     WHERE hall = $1 AND day = $2 AND queue = $3 AND status = 'waiting'";

pub(super) async fn day(conn: &mut Conn<'_>, hall: &HallId, day: Date) -> Result<DayState, StoreError> {
    let day = day.to_string();
    let of_hall = [Value::Text(hall.as_str())];
    let of_day = [Value::Text(hall.as_str()), Value::Text(&day)];
    let samples = Value::Int(i64::try_from(SAMPLES_MAX).unwrap_or(i64::MAX));
    let mut service_ms: Vec<(QueueId, Vec<i64>)> = Vec::new();
    for row in conn.rows(SERVICE, &[of_day[0], of_day[1], samples]).await? {
        let (queue, ms) = (QueueId(row.text(0)?), row.int(1)?);
        match service_ms.last_mut().filter(|(last, _)| *last == queue) {
            Some((_, times)) => times.push(ms),
            None => service_ms.push((queue, vec![ms])),
        }
    }
    Ok(DayState {
        open: read(&conn.rows(OPEN, &of_day).await?, rows::ticket)?,
        issued: read(&conn.rows(ISSUED, &of_day).await?, |row| {
            Ok((QueueId(row.text(0)?), row.count(1)?))
        })?,
        windows: read(&conn.rows(WINDOWS, &of_hall).await?, window)?,
        calls: read(&conn.rows(AssertSqlSafe(CALLS.as_str()), &of_day).await?, call)?,
        service_ms,
        figures: read(&conn.rows(FIGURES, &of_day).await?, figures)?,
        help: read(&conn.rows(HELP, &of_hall).await?, |row| {
            Ok(HelpCall {
                id: rows::uuid(row.text(0)?)?,
                device: row.text(1)?,
                at_ms: row.int(2)?,
            })
        })?,
        alerts: read(&conn.rows(ALERTS, &of_hall).await?, |row| {
            Ok(Alert {
                id: rows::uuid(row.text(0)?)?,
                device: row.text(1)?,
                code: row.text(2)?,
                number: row.maybe_text(3)?,
                at_ms: row.int(4)?,
            })
        })?,
    })
}

pub(super) async fn waiting(conn: &mut Conn<'_>, hall: &HallId, day: Date, queue: &QueueId) -> Result<u32, StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(&day.to_string()),
        Value::Text(queue.as_str()),
    ];
    conn.one(WAITING, &values).await?.count(0)
}

fn read<T>(rows: &[Row], one: impl Fn(&Row) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    rows.iter().map(one).collect()
}

fn window(row: &Row) -> Result<WindowRow, StoreError> {
    let pause = row.maybe_text(3)?;
    Ok(WindowRow {
        window: WindowId(row.text(0)?),
        clerk: row.maybe_text(1)?.map(StaffId),
        ends_at: row.int(2)?,
        pause: pause
            .map(|code| PauseReason::parse(&code).ok_or_else(|| StoreError::Corrupt(format!("pause `{code}`"))))
            .transpose()?,
    })
}

fn call(row: &Row) -> Result<CallLive, StoreError> {
    Ok(CallLive {
        ticket: rows::uuid(row.text(0)?)?,
        number: row.text(1)?,
        window: WindowId(row.text(2)?),
        at_ms: row.int(3)?,
        times: row.count(4)?.saturating_add(1),
        pending: row.text(5)? == Status::Called.code(),
    })
}

fn figures(row: &Row) -> Result<(WindowId, Figures), StoreError> {
    let (completed, called) = (row.count(1)?, row.count(2)?);
    let mean = |sum_ms: i64, count: u32, unit_ms: f64| {
        // A mean of a day's times fits.
        (count > 0).then(|| (sum_ms as f64 / f64::from(count) / unit_ms).round().max(0.0) as u32)
    };
    Ok((
        WindowId(row.text(0)?),
        Figures {
            completed,
            mean_wait_minutes: mean(row.int(3)?, called, 60_000.0),
            mean_service_seconds: mean(row.int(4)?, completed, 1_000.0),
        },
    ))
}
