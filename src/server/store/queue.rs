//! Tickets inside one transaction. Whoever calls these rolls back when they return an error.
//!
//! Locks are taken in one order (window, queues, tickets), so two of these never wait for each other in a circle.

use jiff::civil::Date;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::conn::{Conn, Row, Value};
use super::line::{self, heads_sql, turns};
use super::rows::{self, Waiting, optional_text, ticket_columns};
use super::{CallNext, Change, Digest, Issue, NewTicket, StoreError};
use crate::domain::calendar::hall_day;
use crate::domain::hall::{Hall, HallId, QueueId, WindowId};
use crate::domain::queue::{IssueRefusal, admit};
use crate::domain::ticket::{Circumstances, Command, HoldKind, Refusal, Status, Ticket, Transition};

const BY_ID: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND id = $2"
);
const BY_KEY: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND idempotency_key = $2"
);
const BY_TOKEN: &str = concat!("SELECT ", ticket_columns!(), " FROM tickets WHERE token = $1");
const AT_WINDOW: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND day = $2 AND at_window = $3 AND status IN ('called', 'serving')"
);
const STILL_WAITING: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND id = $2 AND status = 'waiting'"
);
/// `$2` are ids in order; only the row returned is locked. PostgreSQL alone has such neighbours to step around.
const FIRST_FREE: &str = concat!(
    "SELECT ",
    ticket_columns!(),
    " FROM tickets WHERE hall = $1 AND id = ANY(string_to_array($2, ',')) AND status = 'waiting' \
     ORDER BY array_position(string_to_array($2, ','), id) LIMIT 1 FOR UPDATE SKIP LOCKED"
);
const NEXT_NUMBER: &str = "INSERT INTO counters (hall, day, queue, issued) VALUES ($1, $2, $3, 1) \
     ON CONFLICT (hall, day, queue) DO UPDATE SET issued = counters.issued + 1 RETURNING issued";
const INSERT: &str = concat!(
    "INSERT INTO tickets (",
    ticket_columns!(),
    ", idempotency_key, token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, NULL, NULL, NULL, NULL, 0, \
     NULL, NULL, NULL, NULL, 0, $12, $13)"
);
const UPDATE: &str = "UPDATE tickets SET queue = $4, status = $5, places_back = $6, more_time_used = $7, \
     at_window = $8, clerk = $9, reserved_for = $10, hold = $11, recalls = $12, first_called_at = $13, \
     last_called_at = $14, started_at = $15, ended_at = $16, revision = $17, waiting_since = $18 \
     WHERE hall = $1 AND id = $2 AND revision = $3";
const RECORD: &str = "INSERT INTO transitions \
     (hall, ticket, revision, at, command, from_status, to_status, actor, at_window) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const RECORDS: &str = "SELECT ticket, at, command, from_status, to_status, actor, at_window FROM transitions \
     WHERE hall = $1 AND ticket = $2 ORDER BY revision";
/// One place less for everybody who gave up places in a queue.
const ONE_PASSED: &str = "UPDATE tickets SET places_back = places_back - 1 \
     WHERE hall = $1 AND day = $2 AND queue = $3 AND status = 'waiting' AND places_back > 0";
const WINDOW: &str = "SELECT pause FROM windows WHERE hall = $1 AND at_window = $2";
const ADD_WINDOW: &str =
    "INSERT INTO windows (hall, at_window) VALUES ($1, $2) ON CONFLICT (hall, at_window) DO NOTHING";

pub(super) async fn issue(conn: &mut Conn<'_>, hall: &Hall, new: &NewTicket<'_>) -> Result<Issue, StoreError> {
    let key = new.idempotency_key.to_string();
    if let Some(row) = conn
        .row(BY_KEY, &[Value::Text(hall.id.as_str()), Value::Text(&key)])
        .await?
    {
        let ticket = rows::ticket(&row)?;
        if ticket.origin != *new.queue || ticket.class != new.class {
            return Err(StoreError::IdempotencyConflict);
        }
        return Ok(Issue { ticket, replayed: true });
    }
    let day = hall_day(new.now, &hall.tz());
    let day_text = day.to_string();
    let counted = conn
        .one(
            NEXT_NUMBER,
            &[
                Value::Text(hall.id.as_str()),
                Value::Text(&day_text),
                Value::Text(new.queue.as_str()),
            ],
        )
        .await?
        .count(0)?;
    let sequence = counted.saturating_sub(1);
    let now = new.now.as_millisecond();
    let ticket = Ticket {
        id: new.id,
        hall: hall.id.clone(),
        day,
        origin: new.queue.clone(),
        sequence,
        number: admit(hall, new.queue, sequence, new.now)?,
        queue: new.queue.clone(),
        class: new.class,
        status: Status::Waiting,
        issued_at: now,
        waiting_since: now,
        places_back: 0,
        more_time_used: false,
        window: None,
        clerk: None,
        reserved_for: None,
        hold: None,
        recalls: 0,
        first_called_at: None,
        last_called_at: None,
        started_at: None,
        ended_at: None,
        revision: 0,
    };
    conn.execute(
        INSERT,
        &[
            Value::Text(ticket.hall.as_str()),
            Value::Text(&ticket.id.to_string()),
            Value::Text(&day_text),
            Value::Text(ticket.origin.as_str()),
            Value::Int(i64::from(ticket.sequence)),
            Value::Text(&ticket.number),
            Value::Text(ticket.queue.as_str()),
            Value::Text(ticket.class.code()),
            Value::Text(ticket.status.code()),
            Value::Int(ticket.issued_at),
            Value::Int(ticket.waiting_since),
            Value::Text(&key),
            Value::Bytes(&new.token),
        ],
    )
    .await?;
    record(conn, &ticket, &ticket.issued(new.actor)).await?;
    Ok(Issue {
        ticket,
        replayed: false,
    })
}

pub(super) async fn change(conn: &mut Conn<'_>, hall: &Hall, change: &Change<'_>) -> Result<Ticket, StoreError> {
    let day = hall_day(change.now, &hall.tz());
    let occupies = matches!(change.command, Command::Call | Command::Resume);
    let paused = match change.window.filter(|_| occupies) {
        Some(window) => lock_window(conn, &hall.id, &window.id).await?,
        None => false,
    };
    let id = change.id.to_string();
    let key = [Value::Text(hall.id.as_str()), Value::Text(&id)];
    if *change.command == Command::Call {
        // Its queue is locked before the ticket: others lock in that order too.
        let ticket = conn.row(BY_ID, &key).await?.map(|row| rows::ticket(&row)).transpose()?;
        let ticket = ticket.ok_or(StoreError::UnknownTicket)?;
        lock_queues(conn, &hall.id, vec![&ticket.queue]).await?;
    }
    let ticket = conn
        .locked_row(BY_ID, &key)
        .await?
        .map(|row| rows::ticket(&row))
        .transpose()?
        .filter(|ticket| ticket.day == day)
        .ok_or(StoreError::UnknownTicket)?;
    let now = change.now.as_millisecond();
    let mut people_ahead = 0;
    match change.command {
        Command::MoreTime => people_ahead = line::people_ahead(conn, hall, &ticket, now).await?,
        Command::Transfer { queue, window } => leads_somewhere(hall, queue, window.as_ref())?,
        _ => {}
    }
    let (next, transition) = ticket.apply(
        change.command,
        &Circumstances {
            rules: &hall.rules,
            actor: change.actor,
            window: change.window.map(|window| &window.id),
            served_here: change.window.is_some_and(|window| window.serves(&ticket.queue)),
            people_ahead,
            now,
        },
    )?;
    if let Some(window) = change.window.filter(|_| occupies) {
        if let Some(other) = at_window(conn, &hall.id, day, &window.id).await? {
            return Err(StoreError::WindowBusy { number: other.number });
        }
        if paused && *change.command == Command::Call {
            return Err(StoreError::WindowPaused);
        }
    }
    save(conn, &ticket, &next, &transition).await?;
    if *change.command == Command::Call {
        one_passed(conn, &hall.id, day, &ticket.queue).await?;
    }
    Ok(next)
}

pub(super) async fn call_next(
    conn: &mut Conn<'_>,
    hall: &Hall,
    call: &CallNext<'_>,
) -> Result<Option<Ticket>, StoreError> {
    let day = hall_day(call.now, &hall.tz());
    if lock_window(conn, &hall.id, &call.window.id).await? {
        return Err(StoreError::WindowPaused);
    }
    if let Some(current) = at_window(conn, &hall.id, day, &call.window.id).await? {
        if !call.complete_current || current.status != Status::Serving {
            return Err(StoreError::WindowBusy { number: current.number });
        }
        let (done, transition) = current.apply(&Command::Complete, &circumstances(hall, call))?;
        save(conn, &current, &done, &transition).await?;
    }
    let Some((ticket, others_gave_up)) = choose(conn, hall, call, day).await? else {
        return Ok(None);
    };
    let (called, transition) = ticket.apply(&Command::Call, &circumstances(hall, call))?;
    save(conn, &ticket, &called, &transition).await?;
    if others_gave_up {
        one_passed(conn, &hall.id, day, &called.queue).await?;
    }
    Ok(Some(called))
}

fn circumstances<'a>(hall: &'a Hall, call: &'a CallNext<'_>) -> Circumstances<'a> {
    Circumstances {
        rules: &hall.rules,
        actor: call.actor,
        window: Some(&call.window.id),
        served_here: true,
        people_ahead: 0,
        now: call.now.as_millisecond(),
    }
}

/// How many of a queue and class are looked at where others call at the same moment.
const HEADS_AMONG_MANY: usize = 4;

/// The ticket to call, held against everybody else, and whether others of its queue gave up places.
///
/// Reads only who can be first: of each queue and class the oldest, and all who gave up places. A ticket somebody
/// else holds is being called there, or changed: it is passed over, and waited for only when nobody else is left.
async fn choose(
    conn: &mut Conn<'_>,
    hall: &Hall,
    call: &CallNext<'_>,
    day: Date,
) -> Result<Option<(Ticket, bool)>, StoreError> {
    let queues: Vec<&QueueId> = call.window.queues().collect();
    if queues.is_empty() {
        return Ok(None);
    }
    let now = call.now.as_millisecond();
    let day_text = day.to_string();
    let mut depth = if conn.has_many_writers() { HEADS_AMONG_MANY } else { 1 };
    let mut queues_locked = false;
    loop {
        let mut values = vec![
            Value::Text(hall.id.as_str()),
            Value::Text(&day_text),
            Value::Text(call.window.id.as_str()),
        ];
        values.extend(queues.iter().map(|queue| Value::Text(queue.as_str())));
        let sql = heads_sql(queues.len(), depth);
        let rows = conn.rows(AssertSqlSafe(sql), &values).await?;
        let heads = rows.iter().map(rows::waiting).collect::<Result<Vec<_>, _>>()?;
        if !queues_locked && heads.iter().any(|head| head.candidate.places_back > 0) {
            lock_queues(conn, &hall.id, queues.clone()).await?;
            queues_locked = true;
            continue;
        }
        let turns = turns(call.window, &heads, depth, &hall.rules.rates, now);
        let Some(first) = turns.known.first() else {
            return Ok(None);
        };
        let row = match first_free(conn, &hall.id, &turns.known).await? {
            None if turns.more => {
                depth *= 4;
                continue;
            }
            None => {
                let key = [Value::Text(hall.id.as_str()), Value::Text(&first.id)];
                conn.locked_row(STILL_WAITING, &key).await?
            }
            row => row,
        };
        let Some(row) = row else { continue };
        let ticket = rows::ticket(&row)?;
        let reserved = ticket.reserved_for.as_ref();
        let ours = reserved.is_none_or(|window| *window == call.window.id);
        // Somebody may have moved it since it was read.
        if ours && heads.iter().any(|head| head.is(&ticket)) {
            let gave_up = |head: &Waiting| {
                head.candidate.places_back > 0 && ticket.queue.as_str() == head.queue && !head.is(&ticket)
            };
            let others_gave_up = heads.iter().any(gave_up);
            return Ok(Some((ticket, others_gave_up)));
        }
    }
}

/// The first of `turns` whom nobody else is calling or changing, held from now on.
async fn first_free(conn: &mut Conn<'_>, hall: &HallId, turns: &[&Waiting]) -> Result<Option<Row>, StoreError> {
    if !conn.has_many_writers() {
        let Some(first) = turns.first() else { return Ok(None) };
        return conn
            .row(STILL_WAITING, &[Value::Text(hall.as_str()), Value::Text(&first.id)])
            .await;
    }
    let ids: Vec<&str> = turns.iter().map(|waiting| waiting.id.as_str()).collect();
    conn.row(FIRST_FREE, &[Value::Text(hall.as_str()), Value::Text(&ids.join(","))])
        .await
}

pub(super) async fn by_id(conn: &mut Conn<'_>, hall: &HallId, id: Uuid) -> Result<Option<Ticket>, StoreError> {
    let row = conn
        .row(BY_ID, &[Value::Text(hall.as_str()), Value::Text(&id.to_string())])
        .await?;
    row.map(|row| rows::ticket(&row)).transpose()
}

pub(super) async fn by_token(conn: &mut Conn<'_>, token: &Digest) -> Result<Option<Ticket>, StoreError> {
    let row = conn.row(BY_TOKEN, &[Value::Bytes(token)]).await?;
    row.map(|row| rows::ticket(&row)).transpose()
}

pub(super) async fn transitions(conn: &mut Conn<'_>, hall: &HallId, id: Uuid) -> Result<Vec<Transition>, StoreError> {
    let key = [Value::Text(hall.as_str()), Value::Text(&id.to_string())];
    conn.rows(RECORDS, &key).await?.iter().map(rows::transition).collect()
}

/// Takes the window for this transaction and says whether it is paused.
pub(super) async fn lock_window(conn: &mut Conn<'_>, hall: &HallId, window: &WindowId) -> Result<bool, StoreError> {
    let key = [Value::Text(hall.as_str()), Value::Text(window.as_str())];
    let mut row = conn.locked_row(WINDOW, &key).await?;
    if row.is_none() && conn.has_many_writers() {
        conn.execute(ADD_WINDOW, &key).await?;
        row = conn.locked_row(WINDOW, &key).await?;
    }
    Ok(match row {
        Some(row) => row.maybe_text(0)?.is_some(),
        None => false,
    })
}

/// Called or served at the window now.
async fn at_window(
    conn: &mut Conn<'_>,
    hall: &HallId,
    day: Date,
    window: &WindowId,
) -> Result<Option<Ticket>, StoreError> {
    let key = [
        Value::Text(hall.as_str()),
        Value::Text(&day.to_string()),
        Value::Text(window.as_str()),
    ];
    let row = conn.locked_row(AT_WINDOW, &key).await?;
    row.map(|row| rows::ticket(&row)).transpose()
}

/// Keeps others from counting down the given-up places of these queues; they are counted down one call at a time.
async fn lock_queues(conn: &mut Conn<'_>, hall: &HallId, mut queues: Vec<&QueueId>) -> Result<(), StoreError> {
    if !conn.has_many_writers() {
        return Ok(());
    }
    queues.sort_unstable();
    for queue in queues {
        let name = format!("{hall} {queue}");
        conn.rows(
            "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1, 0))",
            &[Value::Text(&name)],
        )
        .await?;
    }
    Ok(())
}

async fn one_passed(conn: &mut Conn<'_>, hall: &HallId, day: Date, queue: &QueueId) -> Result<(), StoreError> {
    let values = [
        Value::Text(hall.as_str()),
        Value::Text(&day.to_string()),
        Value::Text(queue.as_str()),
    ];
    conn.execute(ONE_PASSED, &values).await.map(drop)
}

/// A transfer nobody could call from would lose the person: the queue must exist, the window must serve it.
fn leads_somewhere(hall: &Hall, queue: &QueueId, window: Option<&WindowId>) -> Result<(), StoreError> {
    if hall.queue(queue).is_none() {
        return Err(IssueRefusal::UnknownQueue.into());
    }
    match window {
        Some(id) if !hall.window(id).is_some_and(|window| window.serves(queue)) => Err(Refusal::NotServedHere.into()),
        _ => Ok(()),
    }
}

/// Writes `next` over `old`, and the record of it.
async fn save(conn: &mut Conn<'_>, old: &Ticket, next: &Ticket, transition: &Transition) -> Result<(), StoreError> {
    let touched = conn
        .execute(
            UPDATE,
            &[
                Value::Text(old.hall.as_str()),
                Value::Text(&old.id.to_string()),
                Value::Int(i64::from(old.revision)),
                Value::Text(next.queue.as_str()),
                Value::Text(next.status.code()),
                Value::Int(i64::from(next.places_back)),
                Value::Int(i64::from(next.more_time_used)),
                optional_text(next.window.as_ref()),
                optional_text(next.clerk.as_ref()),
                optional_text(next.reserved_for.as_ref()),
                Value::MaybeText(next.hold.map(HoldKind::code)),
                Value::Int(i64::from(next.recalls)),
                Value::MaybeInt(next.first_called_at),
                Value::MaybeInt(next.last_called_at),
                Value::MaybeInt(next.started_at),
                Value::MaybeInt(next.ended_at),
                Value::Int(i64::from(next.revision)),
                Value::Int(next.waiting_since),
            ],
        )
        .await?;
    if touched != 1 {
        return Err(StoreError::Corrupt(format!(
            "revision {} of a ticket held by this transaction",
            old.revision
        )));
    }
    record(conn, next, transition).await
}

async fn record(conn: &mut Conn<'_>, ticket: &Ticket, transition: &Transition) -> Result<(), StoreError> {
    conn.execute(
        RECORD,
        &[
            Value::Text(ticket.hall.as_str()),
            Value::Text(&ticket.id.to_string()),
            Value::Int(i64::from(ticket.revision)),
            Value::Int(transition.at),
            Value::Text(transition.command),
            Value::MaybeText(transition.from.map(Status::code)),
            Value::Text(transition.to.code()),
            Value::Text(&transition.actor),
            optional_text(transition.window.as_ref()),
        ],
    )
    .await
    .map(drop)
}
