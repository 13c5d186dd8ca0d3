//! The line before the windows: who can be first, and how many stand before somebody.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::AssertSqlSafe;

use super::StoreError;
use super::conn::{Conn, Value};
use super::rows::{self, Waiting};
use crate::domain::hall::{Hall, Window};
use crate::domain::priority::{Candidate, Class, Rates, call_order};
use crate::domain::ticket::{Status, Ticket};

/// Everybody who waits in a queue, in issue order.
const LINE: &str = "SELECT id, queue, class, waiting_since, sequence, places_back, reserved_for FROM tickets \
     WHERE hall = $1 AND day = $2 AND queue = $3 AND status = 'waiting' ORDER BY waiting_since, sequence, origin";

/// Whose turns come next at a window.
pub(super) struct Turns<'w> {
    /// In order, as far as it is certain.
    pub(super) known: Vec<&'w Waiting>,
    /// Others may come before those who follow.
    pub(super) more: bool,
}

/// Puts those who may be called to a window in order, tier by tier. `heads` are the first `depth` of each queue and
/// class, and all who gave up places, also those reserved for others; behind the last of a full class somebody unread may stand.
pub(super) fn turns<'w>(window: &Window, heads: &'w [Waiting], depth: usize, rates: &Rates, now: i64) -> Turns<'w> {
    let mut known = Vec::new();
    for tier in &window.serves {
        let tier: Vec<&Waiting> = heads
            .iter()
            .filter(|waiting| tier.iter().any(|queue| queue.as_str() == waiting.queue))
            .filter(|waiting| waiting.reserved_for.as_ref().is_none_or(|id| id == window.id.as_str()))
            .collect();
        let candidates: Vec<Candidate> = tier.iter().map(|waiting| waiting.candidate).collect();
        for index in call_order(&candidates, rates, now) {
            let next = tier[index];
            known.push(next);
            if next.candidate.places_back == 0 {
                let alike = |other: &&&Waiting| {
                    other.candidate.places_back == 0
                        && other.candidate.class == next.candidate.class
                        && other.queue == next.queue
                };
                if known.iter().filter(alike).count() == depth {
                    return Turns { known, more: true };
                }
            }
        }
    }
    Turns { known, more: false }
}

/// `$1` hall, `$2` day, `$3` window, from `$4` the queues; `depth` of each queue and class.
///
/// The depth is written out: SQLite plans a statement anew whenever the value of a bound `LIMIT` is set.
pub(super) fn heads_sql(queues: usize, depth: usize) -> String {
    const COLUMNS: &str = "id, queue, class, waiting_since, sequence, places_back, reserved_for, origin";
    const WHOM: &str = "hall = $1 AND day = $2 AND status = 'waiting'";
    const OURS: &str = "(reserved_for IS NULL OR reserved_for = $3)";
    let mut sql = format!("SELECT {COLUMNS} FROM (");
    for queue in 4..4 + queues {
        for class in Class::ALL {
            let class = class.code();
            let _ = write!(
                sql,
                "SELECT * FROM (SELECT {COLUMNS} FROM tickets WHERE {WHOM} AND queue = ${queue} AND class = '{class}' \
                 AND places_back = 0 AND {OURS} ORDER BY waiting_since, sequence LIMIT {depth}) AS {class}{queue} UNION ALL "
            );
        }
        let _ = write!(
            sql,
            "SELECT {COLUMNS} FROM tickets WHERE {WHOM} AND queue = ${queue} AND places_back > 0{}",
            if queue + 1 < 4 + queues { " UNION ALL " } else { "" }
        );
    }
    sql.push_str(") AS heads ORDER BY waiting_since, sequence, origin");
    sql
}

/// How many stand before `ticket`, by the order in which its queue would be called; nobody unless it waits.
///
/// While nobody in the queue has given up places, they are counted where they lie; otherwise the line is read.
pub(super) async fn people_ahead(
    conn: &mut Conn<'_>,
    hall: &Hall,
    ticket: &Ticket,
    now: i64,
) -> Result<u32, StoreError> {
    if ticket.status != Status::Waiting {
        return Ok(0);
    }
    let day = ticket.day.to_string();
    let line = [
        Value::Text(hall.id.as_str()),
        Value::Text(&day),
        Value::Text(ticket.queue.as_str()),
    ];
    let own = ticket.candidate();
    let mut values = line.to_vec();
    for class in Class::ALL {
        let (since, order) = first_behind(class, &own, &hall.rules.rates, now);
        values.extend([Value::Int(since), Value::Int(order)]);
    }
    let row = conn.one(AssertSqlSafe(AHEAD.as_str()), &values).await?;
    if row.int(0)? == 0 {
        return row.count(1);
    }
    let rows = conn.rows(LINE, &line).await?;
    let line = rows.iter().map(rows::waiting).collect::<Result<Vec<_>, _>>()?;
    let candidates: Vec<Candidate> = line.iter().map(|waiting| waiting.candidate).collect();
    let id = ticket.id.to_string();
    let place = call_order(&candidates, &hall.rules.rates, now)
        .iter()
        .position(|index| line[*index].id == id);
    Ok(place.and_then(|place| u32::try_from(place).ok()).unwrap_or(0))
}

/// Whether anybody gave up places, and how many of each class stand before the bounds given from `$4` in pairs.
static AHEAD: LazyLock<String> = LazyLock::new(|| {
    const WAITING: &str =
        "SELECT COUNT(*) FROM tickets WHERE hall = $1 AND day = $2 AND queue = $3 AND status = 'waiting'";
    let mut sql = format!("SELECT ({WAITING} AND places_back > 0), 0");
    for (index, class) in Class::ALL.into_iter().enumerate() {
        let (since, order) = (4 + 2 * index, 5 + 2 * index);
        let _ = write!(
            sql,
            " + ({WAITING} AND class = '{}' AND places_back = 0 AND waiting_since <= ${since} \
             AND (waiting_since < ${since} OR sequence < ${order}))",
            class.code()
        );
    }
    sql
});

/// The first place in the line of `class` that is not before `own`: since when it waits, and its order among those.
fn first_behind(class: Class, own: &Candidate, rates: &Rates, now: i64) -> (i64, i64) {
    let before = |since: i64, order: i64| {
        let other = Candidate {
            class,
            waiting_since: since,
            order,
            places_back: 0,
        };
        call_order(&[Candidate { places_back: 0, ..*own }, other], rates, now) == [1, 0]
    };
    let (mut first, mut last) = (0, now.max(own.waiting_since).saturating_add(1));
    while first < last {
        let middle = first + (last - first) / 2;
        if before(middle, i64::MAX) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    // Only at the same instant and score does the order decide.
    let order = if before(first, i64::MIN) { own.order } else { i64::MIN };
    (first, order)
}
