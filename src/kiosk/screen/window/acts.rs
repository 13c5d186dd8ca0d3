//! What can be done at a window now. The hall decides again; this only keeps a clerk from asking in vain.

use super::State;
use crate::api::live::WindowStatus;
use crate::api::ticket::TicketView;
use crate::domain::ticket::Status;
use crate::kiosk::context::Context;

/// A button of the console, and its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    CallNext,
    /// Complete, and call the next in the same step.
    CompleteNext,
    Recall,
    Start,
    Miss,
    Transfer,
    Hold,
    Cancel,
    Pause,
    Open,
    Issue,
    Complete,
}

impl Act {
    /// The key in lower case; none where only the space bar does it.
    pub fn key(self) -> &'static str {
        match self {
            Self::CallNext | Self::CompleteNext => "",
            Self::Recall => "r",
            Self::Start => "s",
            Self::Miss => "m",
            Self::Transfer => "t",
            Self::Hold => "h",
            Self::Cancel => "x",
            Self::Pause | Self::Open => "p",
            Self::Issue => "n",
            Self::Complete => "d",
        }
    }

    /// The key of its words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::CallNext => "window-call-next",
            Self::CompleteNext => "window-complete-next",
            Self::Recall => "window-recall",
            Self::Start => "window-start",
            Self::Miss => "window-miss",
            Self::Transfer => "window-transfer",
            Self::Hold => "window-hold",
            Self::Cancel => "window-cancel-ticket",
            Self::Pause => "window-pause",
            Self::Open => "window-open",
            Self::Issue => "window-issue",
            Self::Complete => "window-complete",
        }
    }
}

impl State {
    /// The buttons with letters, in the order they are shown.
    pub(super) fn acts(&self, cx: &Context<'_>) -> Vec<Act> {
        if self.is_desk(cx) {
            return vec![Act::Issue];
        }
        let pause = if self.is_paused() { Act::Open } else { Act::Pause };
        vec![
            Act::Recall,
            Act::Start,
            Act::Miss,
            Act::Transfer,
            Act::Hold,
            Act::Cancel,
            pause,
            Act::Issue,
            Act::Complete,
        ]
    }

    /// What the space bar does.
    pub fn primary(&self, cx: &Context<'_>) -> Option<Act> {
        let view = self.view.as_ref()?;
        if self.is_desk(cx) {
            return Some(Act::Issue);
        }
        Some(match self.current_status() {
            Some(Status::Called) => Act::Start,
            // Nobody to call, or calling rests.
            Some(_) if self.is_paused() || view.waiting_count == 0 => Act::Complete,
            Some(_) => Act::CompleteNext,
            None if self.is_paused() => Act::Open,
            None => Act::CallNext,
        })
    }

    /// Whether `act` can be asked for now.
    pub fn can(&self, act: Act, cx: &Context<'_>) -> bool {
        let Some(view) = self.view.as_ref().filter(|_| self.is_free_to_ask()) else {
            return false;
        };
        if self.is_desk(cx) {
            return act == Act::Issue;
        }
        let called = self.current_status() == Some(Status::Called);
        let serving = self.current_status() == Some(Status::Serving);
        match act {
            // What was last heard of the line may be old while the hall is out of reach: let it be tried.
            Act::CallNext => {
                let somebody = view.waiting_count > 0 || cx.lost_since.is_some();
                view.current.is_none() && view.status == WindowStatus::Open && somebody
            }
            Act::CompleteNext => serving && view.status == WindowStatus::Open,
            Act::Complete | Act::Hold => serving,
            Act::Start | Act::Cancel => called,
            Act::Recall => called && self.recalls_left(cx) > 0 && self.recall_wait_seconds(cx) == 0,
            Act::Miss => called && self.recalls_to_miss(cx) == 0,
            Act::Transfer => (called || serving) && cx.hall.queues.len() > 1,
            Act::Pause => view.status == WindowStatus::Open,
            Act::Open => view.status == WindowStatus::Paused,
            Act::Issue => true,
        }
    }

    /// The small words on a button: how long, or how often.
    pub(super) fn note(&self, act: Act, cx: &Context<'_>) -> Option<String> {
        let current = self.current().filter(|ticket| ticket.status == Status::Called)?;
        match act {
            Act::Recall => match self.recall_wait_seconds(cx) {
                seconds if seconds > 0 && self.recalls_left(cx) > 0 => Some(cx.tr_n("seconds", seconds)),
                _ => Some(format!("{}/{}", recalls(current), cx.hall.rules.recalls_max)),
            },
            Act::Miss => match self.recalls_to_miss(cx) {
                0 => None,
                left => Some(cx.tr_n("window-miss-after", left)),
            },
            _ => None,
        }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.view
            .as_ref()
            .is_some_and(|view| view.status == WindowStatus::Paused)
    }

    /// Nothing under way and nothing in front.
    pub(super) fn is_free_to_ask(&self) -> bool {
        !self.busy && self.view.is_some()
    }

    /// A held case comes back to an empty window.
    pub(super) fn can_resume(&self) -> bool {
        self.is_free_to_ask() && self.current().is_none() && !self.is_paused()
    }

    fn recalls_left(&self, cx: &Context<'_>) -> u32 {
        let done = self.current().map_or(0, recalls);
        cx.hall.rules.recalls_max.saturating_sub(done)
    }

    fn recalls_to_miss(&self, cx: &Context<'_>) -> u32 {
        let done = self.current().map_or(0, recalls);
        cx.hall.rules.recalls_before_missed.saturating_sub(done)
    }

    /// Seconds until the next recall is allowed.
    pub fn recall_wait_seconds(&self, cx: &Context<'_>) -> i64 {
        let Some(last) = self.current().and_then(|ticket| ticket.last_called_at_ms) else {
            return 0;
        };
        let since = cx.now_ms - last;
        // A call from the future means this clock is behind: let the hall judge instead of waiting for ever.
        if since < 0 {
            return 0;
        }
        let wait_ms = i64::from(cx.hall.rules.recall_gap_seconds) * 1000 - since;
        (wait_ms.max(0) + 999) / 1000
    }
}

fn recalls(ticket: &TicketView) -> u32 {
    ticket.times_called.saturating_sub(1)
}
