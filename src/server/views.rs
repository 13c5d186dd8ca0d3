//! What boards, windows and phones are shown, made from the day as the store has it. Pure: no clock, no store.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::store::{DayState, WindowRow};

use crate::api::live::{CALLS_MAX, HallLive, QueueLive, WindowLive, WindowStatus};
use crate::api::staff::{WAITING_ROWS_MAX, WindowView};
use crate::api::ticket::TicketView;
use crate::domain::calendar::{Opening, hall_day, opening};
use crate::domain::estimate::{self, Load, WaitRange};
use crate::domain::hall::{Hall, Queue, QueueId, Window, WindowId};
use crate::domain::priority::{Candidate, call_order};
use crate::domain::ticket::{HoldKind, Status, Ticket};

pub(crate) fn ticket_view(ticket: &Ticket) -> TicketView {
    TicketView {
        id: ticket.id,
        number: ticket.number.clone(),
        queue: ticket.queue.clone(),
        class: ticket.class,
        status: ticket.status,
        issued_at_ms: ticket.issued_at,
        window: ticket.window.clone(),
        hold: ticket.hold,
        times_called: ticket.last_called_at.map_or(0, |_| ticket.recalls + 1),
        last_called_at_ms: ticket.last_called_at,
        started_at_ms: ticket.started_at,
        revision: ticket.revision,
    }
}

/// How a queue moves: what an estimate needs beside the number of people ahead.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Pace {
    windows: f64,
    recent_ms: Vec<i64>,
    usual_minutes: Option<u32>,
}

impl Pace {
    pub(crate) fn wait(&self, people_ahead: u32) -> Option<WaitRange> {
        estimate::wait(&Load {
            people_ahead,
            windows: self.windows,
            recent_ms: &self.recent_ms,
            usual_minutes: self.usual_minutes,
        })
    }
}

/// Where a waiting ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) people_ahead: u32,
    pub(crate) wait: Option<WaitRange>,
}

/// Everything derived from one look at the day.
pub(crate) struct Derived {
    pub(crate) hall: HallLive,
    pub(crate) windows: HashMap<WindowId, WindowView>,
    pub(crate) places: HashMap<Uuid, Place>,
    pub(crate) paces: HashMap<QueueId, Pace>,
}

/// All views of the day at `now`.
pub(crate) fn derive(hall: &Hall, state: &DayState, now: Timestamp) -> Derived {
    let at_ms = now.as_millisecond();
    let line = Line::new(hall, state, at_ms);
    let paces: HashMap<_, _> = hall
        .queues
        .iter()
        .map(|queue| (queue.id.clone(), pace(hall, queue, state, &line, at_ms)))
        .collect();
    let mut places = HashMap::new();
    for (queue, order) in &line.by_queue {
        let pace = paces.get(queue);
        for (ahead, ticket) in order.iter().enumerate() {
            let people_ahead = ahead as u32;
            let wait = pace.and_then(|pace| pace.wait(people_ahead));
            places.insert(ticket.id, Place { people_ahead, wait });
        }
    }
    let queues: Vec<_> = hall
        .queues
        .iter()
        .map(|queue| queue_live(hall, queue, state, &line, paces.get(&queue.id), now))
        .collect();
    let mut live = HallLive {
        revision: String::new(),
        at_ms,
        day: hall_day(now, &hall.tz()).to_string(),
        windows: hall
            .windows
            .iter()
            .map(|window| WindowLive {
                id: window.id.clone(),
                status: status(row(state, &window.id), at_ms).0,
                number: at_window(state, &window.id).map(|ticket| ticket.number.clone()),
            })
            .collect(),
        calls: state.calls.iter().take(CALLS_MAX).cloned().collect(),
        queues: queues.clone(),
    };
    live.revision = revision(&live);
    let windows = hall
        .windows
        .iter()
        .map(|window| {
            let view = window_view(hall, window, state, &line, &queues, at_ms);
            (window.id.clone(), view)
        })
        .collect();
    Derived {
        hall: live,
        windows,
        places,
        paces,
    }
}

/// Who waits, by queue, in the order they would be called.
struct Line<'a> {
    by_queue: HashMap<&'a QueueId, Vec<&'a Ticket>>,
}

impl<'a> Line<'a> {
    fn new(hall: &Hall, state: &'a DayState, now: i64) -> Self {
        let mut by_queue: HashMap<&QueueId, Vec<&Ticket>> = HashMap::new();
        for ticket in state.open.iter().filter(|ticket| ticket.status == Status::Waiting) {
            by_queue.entry(&ticket.queue).or_default().push(ticket);
        }
        for tickets in by_queue.values_mut() {
            *tickets = ordered(hall, tickets, now);
        }
        Self { by_queue }
    }

    fn of(&self, queue: &QueueId) -> &[&'a Ticket] {
        self.by_queue.get(queue).map_or(&[], Vec::as_slice)
    }

    fn count(&self, queue: &QueueId) -> u32 {
        self.of(queue).len() as u32
    }
}

/// Ties beyond the domain's own are broken as the store breaks them, so that who stands first here is called first.
fn ordered<'a>(hall: &Hall, tickets: &[&'a Ticket], now: i64) -> Vec<&'a Ticket> {
    let mut tickets = tickets.to_vec();
    tickets.sort_by(|a, b| {
        let key = |ticket: &Ticket| (ticket.waiting_since, ticket.sequence);
        key(a).cmp(&key(b)).then_with(|| a.origin.cmp(&b.origin))
    });
    let candidates: Vec<Candidate> = tickets.iter().map(|ticket| ticket.candidate()).collect();
    call_order(&candidates, &hall.rules.rates, now)
        .into_iter()
        .map(|index| tickets[index])
        .collect()
}

fn pace(hall: &Hall, queue: &Queue, state: &DayState, line: &Line<'_>, now: i64) -> Pace {
    let own = line.count(&queue.id);
    let open =
        |window: &&Window| window.serves(&queue.id) && status(row(state, &window.id), now).0 == WindowStatus::Open;
    let windows = hall
        .windows
        .iter()
        .filter(open)
        .map(|window| estimate::share(own, window.queues().map(|served| line.count(served)).sum()))
        .sum();
    let recent = state.service_ms.iter().find(|(id, _)| id == &queue.id);
    Pace {
        windows,
        recent_ms: recent.map_or_else(Vec::new, |(_, times)| times.clone()),
        usual_minutes: queue.usual_minutes,
    }
}

fn queue_live(
    hall: &Hall,
    queue: &Queue,
    state: &DayState,
    line: &Line<'_>,
    pace: Option<&Pace>,
    now: Timestamp,
) -> QueueLive {
    let waiting = line.count(&queue.id);
    let (open, opens_at) = match opening(hall, queue, now) {
        Opening::Open { .. } => (true, None),
        Opening::Closed { opens_at } => (false, opens_at),
    };
    let issued = state.issued.iter().find(|(id, _)| id == &queue.id);
    let issued = issued.map_or(0, |(_, count)| *count);
    QueueLive {
        id: queue.id.clone(),
        waiting,
        wait: pace.and_then(|pace| pace.wait(waiting)),
        open,
        opens_at_ms: opens_at.map(Timestamp::as_millisecond),
        left: queue.daily_quota.map(|quota| quota.saturating_sub(issued)),
    }
}

fn window_view(
    hall: &Hall,
    window: &Window,
    state: &DayState,
    line: &Line<'_>,
    queues: &[QueueLive],
    at_ms: i64,
) -> WindowView {
    let row = row(state, &window.id);
    let (status, signed_in) = status(row, at_ms);
    let concerns = |queue: &QueueId| window.desk || window.serves(queue);
    let waiting = waiting_at(hall, window, line, at_ms);
    let held_here = |ticket: &&Ticket| match ticket.hold {
        _ if ticket.window.as_ref() == Some(&window.id) => true,
        Some(HoldKind::WithCase) => window.desk,
        Some(HoldKind::WithoutCase | HoldKind::Waiting) | None => concerns(&ticket.queue),
    };
    let with_status = |status| state.open.iter().filter(move |ticket| ticket.status == status);
    let mut view = WindowView {
        revision: String::new(),
        at_ms,
        window: window.id.clone(),
        status,
        pause: row.and_then(|row| row.pause),
        clerk: row.filter(|_| signed_in).and_then(|row| row.clerk.clone()),
        current: at_window(state, &window.id).map(ticket_view),
        waiting_count: waiting.len() as u32,
        waiting: waiting.iter().take(WAITING_ROWS_MAX).map(|t| ticket_view(t)).collect(),
        held: with_status(Status::Held).filter(held_here).map(ticket_view).collect(),
        missed: with_status(Status::Missed)
            .filter(|ticket| concerns(&ticket.queue))
            .map(ticket_view)
            .collect(),
        queues: queues.iter().filter(|queue| concerns(&queue.id)).cloned().collect(),
        help: state.help.clone(),
        alerts: state.alerts.clone(),
        today: state
            .figures
            .iter()
            .find(|(id, _)| id == &window.id)
            .map(|(_, figures)| *figures)
            .unwrap_or_default(),
    };
    view.revision = revision(&view);
    view
}

/// Waiting tickets in the order this window would call them: tier by tier. The desk, which calls nobody, sees all.
fn waiting_at<'a>(hall: &Hall, window: &Window, line: &Line<'a>, now: i64) -> Vec<&'a Ticket> {
    let callable = |ticket: &&&Ticket| ticket.reserved_for.as_ref().is_none_or(|id| id == &window.id);
    let merged = |queues: &[QueueId]| {
        let tickets: Vec<&Ticket> = queues
            .iter()
            .flat_map(|queue| line.of(queue))
            .filter(|ticket| window.desk || callable(ticket))
            .copied()
            .collect();
        ordered(hall, &tickets, now)
    };
    if window.desk {
        let all: Vec<QueueId> = hall.queues.iter().map(|queue| queue.id.clone()).collect();
        return merged(&all);
    }
    window.serves.iter().flat_map(|tier| merged(tier)).collect()
}

fn at_window<'a>(state: &'a DayState, window: &WindowId) -> Option<&'a Ticket> {
    state
        .open
        .iter()
        .find(|ticket| ticket.status.is_at_window() && ticket.window.as_ref() == Some(window))
}

fn row<'a>(state: &'a DayState, window: &WindowId) -> Option<&'a WindowRow> {
    state.windows.iter().find(|row| &row.window == window)
}

/// The window's status, and whether somebody is signed in whose session has not run out.
fn status(row: Option<&WindowRow>, now: i64) -> (WindowStatus, bool) {
    match row {
        Some(row) if row.clerk.is_some() && now < row.ends_at => match row.pause {
            Some(_) => (WindowStatus::Paused, true),
            None => (WindowStatus::Open, true),
        },
        _ => (WindowStatus::Closed, false),
    }
}

/// SHA-256 of the view's canonical JSON (keys sorted) without `at_ms` and `revision`.
pub(crate) fn revision(view: &impl Serialize) -> String {
    let mut json = serde_json::to_value(view).unwrap_or_default();
    if let Value::Object(fields) = &mut json {
        fields.remove("at_ms");
        fields.remove("revision");
    }
    hex::encode(Sha256::digest(json.to_string()))
}
