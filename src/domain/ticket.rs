//! A ticket's life: one state machine, one place.
//!
//! ```text
//!            call            start             complete
//! Waiting ─────────▶ Called ───────▶ Serving ───────────▶ Completed
//!    ▲ ▲               │ │             │  │
//!    │ └── transfer ───┘ │ miss        │  └─ hold ─▶ Held ─ resume ─▶ Serving (or Called, when they wait in the hall)
//!    └──── reactivate ── Missed        └──── transfer ─▶ Waiting
//! cancel: from Waiting, Called, Held or Missed.   The end of the hall's day ends everything still open.
//! ```
//!
//! [`Ticket::apply`] is the only way a status changes. It never fails half-way: it returns the next ticket and what
//! is to be recorded, or the reason why not.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::hall::{HallId, QueueId, Rules, StaffId, WindowId};
use super::priority::{Candidate, Class};

/// A number somebody holds, and where it stands. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    pub id: Uuid,
    pub hall: HallId,
    /// The hall's day it was issued on; it means nothing on any other.
    pub day: Date,
    /// The queue whose number is printed. Never changes.
    pub origin: QueueId,
    /// Position in the day's numbers of `origin`, from 0, without gaps.
    pub sequence: u32,
    /// What is printed. Never changes, also after a transfer.
    pub number: String,
    /// The queue it waits in now.
    pub queue: QueueId,
    pub class: Class,
    pub status: Status,
    pub issued_at: i64,
    /// From when waiting counts; kept by a transfer and a re-activation.
    pub waiting_since: i64,
    /// Calls still to let pass, see [`super::priority::call_order`].
    pub places_back: u32,
    /// "I need more time" was used; it is granted once.
    pub more_time_used: bool,
    /// The window that called it last.
    pub window: Option<WindowId>,
    pub clerk: Option<StaffId>,
    /// Only this window may call it (transferred to a window rather than a queue).
    pub reserved_for: Option<WindowId>,
    pub hold: Option<HoldKind>,
    /// Calls after the first one, in the present round of calling.
    pub recalls: u32,
    pub first_called_at: Option<i64>,
    pub last_called_at: Option<i64>,
    pub started_at: Option<i64>,
    pub ended_at: Option<i64>,
    /// Counts changes; a writer that read an older revision has lost the race.
    pub revision: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Waiting,
    Called,
    Serving,
    Held,
    Missed,
    Completed,
    Cancelled,
}

impl Status {
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Called,
        Self::Serving,
        Self::Held,
        Self::Missed,
        Self::Completed,
        Self::Cancelled,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Serving => "serving",
            Self::Held => "held",
            Self::Missed => "missed",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Stands at a window now.
    pub fn is_at_window(self) -> bool {
        matches!(self, Self::Called | Self::Serving)
    }

    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Why a case rests (挂起).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// 不持件: the resident took the papers along and comes back; any window of the queue may resume.
    WithoutCase,
    /// 持件: the papers stay with the clerk; only that window may resume.
    WithCase,
    /// 等待: the resident waits in the hall; resuming calls them again.
    Waiting,
}

impl HoldKind {
    pub const ALL: [Self; 3] = [Self::WithoutCase, Self::WithCase, Self::Waiting];

    pub fn code(self) -> &'static str {
        match self {
            Self::WithoutCase => "without_case",
            Self::WithCase => "with_case",
            Self::Waiting => "waiting",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The person who holds the ticket, by phone.
    Resident,
    /// An enrolled device acting for a resident, by name.
    Device(String),
    /// Signed-in staff, and whom they stand in for (AB岗).
    Staff {
        id: StaffId,
        stands_in_for: Option<StaffId>,
    },
}

impl Actor {
    /// How it is written into the record.
    pub fn code(&self) -> String {
        match self {
            Self::Resident => "resident".to_owned(),
            Self::Device(name) => format!("device:{name}"),
            Self::Staff {
                id,
                stands_in_for: None,
            } => format!("staff:{id}"),
            Self::Staff {
                id,
                stands_in_for: Some(other),
            } => format!("staff:{id} for {other}"),
        }
    }

    fn staff(&self) -> Option<&StaffId> {
        match self {
            Self::Staff { id, .. } => Some(id),
            Self::Resident | Self::Device(_) => None,
        }
    }
}

/// What somebody wants done with a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Call a waiting ticket to the window (call next chooses which).
    Call,
    Recall,
    /// The resident is at the window.
    Start,
    Miss,
    /// At the desk: a missed ticket waits again, a few places back.
    Reactivate,
    Transfer {
        queue: QueueId,
        window: Option<WindowId>,
    },
    Hold {
        kind: HoldKind,
    },
    Resume,
    Complete,
    Cancel,
    /// From the phone: let some others go first, once.
    MoreTime,
}

impl Command {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Recall => "recall",
            Self::Start => "start",
            Self::Miss => "miss",
            Self::Reactivate => "reactivate",
            Self::Transfer { .. } => "transfer",
            Self::Hold { .. } => "hold",
            Self::Resume => "resume",
            Self::Complete => "complete",
            Self::Cancel => "cancel",
            Self::MoreTime => "more_time",
        }
    }
}

/// Under which circumstances a command is given. All of it comes from the caller; nothing is looked up.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    pub rules: &'a Rules,
    pub actor: &'a Actor,
    /// The window the actor sits at; none at the desk and on the phone.
    pub window: Option<&'a WindowId>,
    /// Whether that window serves the ticket's queue.
    pub served_here: bool,
    /// For [`Command::MoreTime`]: how many stand before it now.
    pub people_ahead: u32,
    pub now: i64,
}

/// Why a command is not done. The codes are part of the API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("a {} ticket cannot be changed by `{command}`", status.code())]
    Illegal { command: &'static str, status: Status },
    #[error("called a moment ago; again in {wait_ms} ms")]
    TooSoon { wait_ms: i64 },
    #[error("already called as often as allowed")]
    NoRecallsLeft,
    #[error("to be called {remaining} more times before it may be missed")]
    RecallFirst { remaining: u32 },
    #[error("at window {window}")]
    AtOtherWindow { window: WindowId },
    #[error("this window does not serve its queue")]
    NotServedHere,
    #[error("a window is needed for this")]
    NeedsWindow,
    #[error("more time was already given once")]
    MoreTimeUsed,
}

impl Refusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Illegal { .. } => "ticket.illegal_transition",
            Self::TooSoon { .. } => "ticket.recall_too_soon",
            Self::NoRecallsLeft => "ticket.no_recalls_left",
            Self::RecallFirst { .. } => "ticket.recall_first",
            Self::AtOtherWindow { .. } => "ticket.at_other_window",
            Self::NotServedHere => "ticket.not_served_here",
            Self::NeedsWindow => "ticket.needs_window",
            Self::MoreTimeUsed => "ticket.more_time_used",
        }
    }
}

/// What is written down about a change, beside the ticket itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    pub ticket: Uuid,
    pub at: i64,
    pub command: &'static str,
    /// None when the ticket was issued.
    pub from: Option<Status>,
    pub to: Status,
    pub actor: String,
    pub window: Option<WindowId>,
}

impl Ticket {
    /// What the choice of the next ticket needs to know.
    pub fn candidate(&self) -> Candidate {
        Candidate {
            class: self.class,
            waiting_since: self.waiting_since,
            order: i64::from(self.sequence),
            places_back: self.places_back,
        }
    }

    /// The record of this ticket's issue.
    pub fn issued(&self, actor: &Actor) -> Transition {
        Transition {
            ticket: self.id,
            at: self.issued_at,
            command: "issue",
            from: None,
            to: self.status,
            actor: actor.code(),
            window: None,
        }
    }

    /// The ticket after `command`, and the record of it.
    ///
    /// # Errors
    /// A [`Refusal`] that names what stands in the way; the ticket is as it was.
    pub fn apply(&self, command: &Command, at: &Circumstances<'_>) -> Result<(Self, Transition), Refusal> {
        let mut next = self.clone();
        match (command, self.status) {
            (Command::Call, Status::Waiting) => {
                let window = at.window.ok_or(Refusal::NeedsWindow)?;
                if !at.served_here {
                    return Err(Refusal::NotServedHere);
                }
                if let Some(reserved) = self.reserved_for.as_ref().filter(|reserved| *reserved != window) {
                    return Err(Refusal::AtOtherWindow {
                        window: reserved.clone(),
                    });
                }
                next.summon(window, at);
            }
            (Command::Recall, Status::Called) => {
                self.must_be_here(at)?;
                if self.recalls >= at.rules.recalls_max {
                    return Err(Refusal::NoRecallsLeft);
                }
                let since = at.now - self.last_called_at.unwrap_or(0);
                let wait_ms = i64::from(at.rules.recall_gap_seconds) * 1000 - since;
                if wait_ms > 0 {
                    return Err(Refusal::TooSoon { wait_ms });
                }
                next.recalls += 1;
                next.last_called_at = Some(at.now);
            }
            (Command::Start, Status::Called) => {
                self.must_be_here(at)?;
                next.status = Status::Serving;
                next.started_at = Some(at.now);
            }
            (Command::Miss, Status::Called) => {
                self.must_be_here(at)?;
                if self.recalls < at.rules.recalls_before_missed {
                    return Err(Refusal::RecallFirst {
                        remaining: at.rules.recalls_before_missed - self.recalls,
                    });
                }
                next.status = Status::Missed;
            }
            (Command::Reactivate, Status::Missed) => {
                next.wait_again();
                next.places_back = at.rules.reactivate_places;
            }
            (Command::Transfer { queue, window }, Status::Waiting | Status::Called | Status::Serving) => {
                if self.status.is_at_window() {
                    self.must_be_here(at)?;
                }
                next.wait_again();
                next.queue = queue.clone();
                next.reserved_for = window.clone();
                next.places_back = 0;
            }
            (Command::Hold { kind }, Status::Serving) => {
                self.must_be_here(at)?;
                next.status = Status::Held;
                next.hold = Some(*kind);
            }
            (Command::Resume, Status::Held) => {
                let window = at.window.ok_or(Refusal::NeedsWindow)?;
                match (self.hold, &self.window) {
                    (Some(HoldKind::WithCase), Some(holder)) if holder != window => {
                        return Err(Refusal::AtOtherWindow { window: holder.clone() });
                    }
                    _ if !at.served_here && self.window.as_ref() != Some(window) => return Err(Refusal::NotServedHere),
                    (Some(HoldKind::Waiting), _) => next.summon(window, at),
                    _ => {
                        next.status = Status::Serving;
                        next.window = Some(window.clone());
                        next.clerk = at.actor.staff().cloned();
                    }
                }
                next.hold = None;
            }
            (Command::Complete, Status::Serving) => {
                self.must_be_here(at)?;
                next.status = Status::Completed;
                next.ended_at = Some(at.now);
            }
            (Command::Cancel, Status::Waiting | Status::Called | Status::Held | Status::Missed) => {
                if self.status == Status::Called && at.actor.staff().is_some() {
                    self.must_be_here(at)?;
                }
                next.status = Status::Cancelled;
                next.hold = None;
                next.ended_at = Some(at.now);
            }
            (Command::MoreTime, Status::Waiting) => {
                if self.more_time_used {
                    return Err(Refusal::MoreTimeUsed);
                }
                next.more_time_used = true;
                next.places_back = at.people_ahead + at.rules.more_time_places;
            }
            (command, status) => {
                return Err(Refusal::Illegal {
                    command: command.name(),
                    status,
                });
            }
        }
        next.revision += 1;
        let transition = Transition {
            ticket: self.id,
            at: at.now,
            command: command.name(),
            from: Some(self.status),
            to: next.status,
            actor: at.actor.code(),
            window: at.window.cloned(),
        };
        Ok((next, transition))
    }

    /// Milliseconds this ticket waited before it was first called, if it was.
    pub fn waited(&self) -> Option<i64> {
        Some(self.first_called_at? - self.issued_at)
    }

    /// Milliseconds of service, once completed.
    pub fn service(&self) -> Option<i64> {
        Some(self.ended_at? - self.started_at?).filter(|_| self.status == Status::Completed)
    }

    fn summon(&mut self, window: &WindowId, at: &Circumstances<'_>) {
        self.status = Status::Called;
        self.window = Some(window.clone());
        self.clerk = at.actor.staff().cloned();
        self.recalls = 0;
        self.places_back = 0;
        self.first_called_at = self.first_called_at.or(Some(at.now));
        self.last_called_at = Some(at.now);
    }

    fn wait_again(&mut self) {
        self.status = Status::Waiting;
        self.window = None;
        self.clerk = None;
        self.recalls = 0;
        self.last_called_at = None;
        self.started_at = None;
    }

    fn must_be_here(&self, at: &Circumstances<'_>) -> Result<(), Refusal> {
        match (&self.window, at.window) {
            (Some(own), Some(window)) if own == window => Ok(()),
            (Some(own), _) => Err(Refusal::AtOtherWindow { window: own.clone() }),
            (None, _) => Err(Refusal::NeedsWindow),
        }
    }
}
