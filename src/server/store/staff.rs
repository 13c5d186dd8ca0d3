//! Who sits where, and what they are told: sessions, pauses, failed sign-ins, help and alerts.

use uuid::Uuid;

use super::conn::{Conn, Row, Value};
use super::queue::lock_window;
use super::rows::{self, optional_text, staff_role_code};
use super::{Digest, NewSession, SessionRow, StoreError};
use crate::api::staff::{Alert, HelpCall, PauseReason};
use crate::domain::hall::{HallId, StaffId, WindowId};
use crate::domain::ticket::Actor;

/// Failed sign-ins are forgotten after a day.
const FAILURES_KEPT_MS: i64 = 24 * 60 * 60 * 1000;

const AT_WINDOW: &str = "SELECT staff, began_at, ends_at FROM sessions \
     WHERE hall = $1 AND at_window = $2 AND ended_at IS NULL";
const END_AT_WINDOW: &str = "UPDATE sessions SET ended_at = $3, taken_over_by = $4 \
     WHERE hall = $1 AND at_window = $2 AND ended_at IS NULL";
const BEGIN: &str = "INSERT INTO sessions \
     (hall, token, at_window, staff, role, stands_in_for, began_at, ends_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const BY_TOKEN: &str = "SELECT at_window, staff, role, stands_in_for, began_at, ends_at, ended_at, taken_over_by \
     FROM sessions WHERE hall = $1 AND token = $2";
const END: &str = "UPDATE sessions SET ended_at = $3 WHERE hall = $1 AND token = $2 AND ended_at IS NULL";
const PAUSE: &str = "INSERT INTO windows (hall, at_window, pause, paused_at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (hall, at_window) DO UPDATE SET pause = excluded.pause, paused_at = excluded.paused_at";
const FAILURES: &str = "SELECT COUNT(*), COALESCE(MAX(at), 0) FROM sign_in_failures \
     WHERE hall = $1 AND staff = $2 AND at >= $3";
const ADD_FAILURE: &str = "INSERT INTO sign_in_failures (hall, staff, at) VALUES ($1, $2, $3)";
const FORGET_FAILURES: &str = "DELETE FROM sign_in_failures WHERE hall = $1 AND staff = $2 AND at < $3";
const ADD_HELP: &str = "INSERT INTO help_calls (hall, id, device, at) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (hall, id) DO NOTHING";
const ANSWER_HELP: &str = "UPDATE help_calls SET answered_at = $3, answered_by = $4 \
     WHERE hall = $1 AND id = $2 AND answered_at IS NULL";
const ADD_ALERT: &str = "INSERT INTO alerts (hall, id, device, code, number, at) VALUES ($1, $2, $3, $4, $5, $6) \
     ON CONFLICT (hall, id) DO NOTHING";
const CLEAR_ALERT: &str = "UPDATE alerts SET cleared_at = $3, cleared_by = $4 \
     WHERE hall = $1 AND id = $2 AND cleared_at IS NULL";

pub(super) async fn open_session(conn: &mut Conn<'_>, session: &NewSession<'_>) -> Result<(), StoreError> {
    let (hall, window) = (Value::Text(session.hall.as_str()), Value::Text(session.window.as_str()));
    lock_window(conn, session.hall, session.window).await?;
    if let Some(row) = conn.locked_row(AT_WINDOW, &[hall, window]).await? {
        let (clerk, since, ends_at) = (StaffId(row.text(0)?), row.int(1)?, row.int(2)?);
        let (ended_at, taken_over_by) = if ends_at <= session.now {
            (ends_at, None)
        } else if clerk == *session.staff {
            (session.now, None)
        } else if session.take_over {
            (session.now, Some(session.staff))
        } else {
            return Err(StoreError::WindowTaken { clerk, since });
        };
        conn.execute(
            END_AT_WINDOW,
            &[hall, window, Value::Int(ended_at), optional_text(taken_over_by)],
        )
        .await?;
    }
    conn.execute(
        BEGIN,
        &[
            hall,
            Value::Bytes(&session.token),
            window,
            Value::Text(session.staff.as_str()),
            Value::Text(staff_role_code(session.role)),
            optional_text(session.stands_in_for),
            Value::Int(session.now),
            Value::Int(session.ends_at),
        ],
    )
    .await?;
    // Whoever sits down opens the window.
    set_pause(conn, session.hall, session.window, None, session.now).await
}

pub(super) async fn session(
    conn: &mut Conn<'_>,
    hall: &HallId,
    token: &Digest,
) -> Result<Option<SessionRow>, StoreError> {
    let key = [Value::Text(hall.as_str()), Value::Bytes(token)];
    conn.row(BY_TOKEN, &key)
        .await?
        .map(|row| rows::session(&row))
        .transpose()
}

pub(super) async fn end_session(
    conn: &mut Conn<'_>,
    hall: &HallId,
    token: &Digest,
    now: i64,
) -> Result<(), StoreError> {
    let values = [Value::Text(hall.as_str()), Value::Bytes(token), Value::Int(now)];
    conn.execute(END, &values).await.map(drop)
}

pub(super) async fn set_pause(
    conn: &mut Conn<'_>,
    hall: &HallId,
    window: &WindowId,
    pause: Option<PauseReason>,
    now: i64,
) -> Result<(), StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(window.as_str()),
        Value::MaybeText(pause.map(PauseReason::code)),
        Value::MaybeInt(pause.map(|_| now)),
    ];
    conn.execute(PAUSE, &values).await.map(drop)
}

pub(super) async fn sign_in_failures(
    conn: &mut Conn<'_>,
    hall: &HallId,
    staff: &StaffId,
    since: i64,
) -> Result<(u32, i64), StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(staff.as_str()),
        Value::Int(since),
    ];
    let row: Row = conn.one(FAILURES, &values).await?;
    Ok((row.count(0)?, row.int(1)?))
}

pub(super) async fn record_sign_in(
    conn: &mut Conn<'_>,
    hall: &HallId,
    staff: &StaffId,
    succeeded: bool,
    now: i64,
) -> Result<(), StoreError> {
    let (hall, staff) = (Value::Text(hall.as_str()), Value::Text(staff.as_str()));
    let forget_before = if succeeded {
        i64::MAX
    } else {
        now.saturating_sub(FAILURES_KEPT_MS)
    };
    conn.execute(FORGET_FAILURES, &[hall, staff, Value::Int(forget_before)])
        .await?;
    if !succeeded {
        conn.execute(ADD_FAILURE, &[hall, staff, Value::Int(now)]).await?;
    }
    Ok(())
}

pub(super) async fn raise_help(conn: &mut Conn<'_>, hall: &HallId, help: &HelpCall) -> Result<(), StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(&help.id.to_string()),
        Value::Text(&help.device),
        Value::Int(help.at_ms),
    ];
    conn.execute(ADD_HELP, &values).await.map(drop)
}

pub(super) async fn answer_help(
    conn: &mut Conn<'_>,
    hall: &HallId,
    id: Uuid,
    actor: &Actor,
    now: i64,
) -> Result<bool, StoreError> {
    see_to(conn, ANSWER_HELP, hall, id, actor, now).await
}

pub(super) async fn raise_alert(conn: &mut Conn<'_>, hall: &HallId, alert: &Alert) -> Result<(), StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(&alert.id.to_string()),
        Value::Text(&alert.device),
        Value::Text(&alert.code),
        Value::MaybeText(alert.number.as_deref()),
        Value::Int(alert.at_ms),
    ];
    conn.execute(ADD_ALERT, &values).await.map(drop)
}

pub(super) async fn clear_alert(
    conn: &mut Conn<'_>,
    hall: &HallId,
    id: Uuid,
    actor: &Actor,
    now: i64,
) -> Result<bool, StoreError> {
    see_to(conn, CLEAR_ALERT, hall, id, actor, now).await
}

async fn see_to(
    conn: &mut Conn<'_>,
    sql: &'static str,
    hall: &HallId,
    id: Uuid,
    actor: &Actor,
    now: i64,
) -> Result<bool, StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(&id.to_string()),
        Value::Int(now),
        Value::Text(&actor.code()),
    ];
    Ok(conn.execute(sql, &values).await? == 1)
}
