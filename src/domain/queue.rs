//! Whether a queue gives a number, and which.

use jiff::Timestamp;

use super::calendar::{Opening, next_midnight, next_opening, opening};
use super::hall::{Hall, QueueId};

/// Why a queue gives no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefusal {
    #[error("no such queue")]
    UnknownQueue,
    #[error("the queue is closed")]
    Closed { opens_at: Option<Timestamp> },
    #[error("today's {quota} numbers are gone")]
    QuotaGone { quota: u32, opens_at: Option<Timestamp> },
    #[error("the numbers end at {last}")]
    RangeEnded { last: String, opens_at: Option<Timestamp> },
}

impl IssueRefusal {
    /// Stable code, part of the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownQueue => "queue.unknown",
            Self::Closed { .. } => "queue.closed",
            Self::QuotaGone { .. } => "queue.quota_gone",
            Self::RangeEnded { .. } => "queue.range_ended",
        }
    }
}

/// The number for the next ticket of `queue`, `issued` having been given out today.
///
/// # Errors
/// Why there is none, and when there will be.
pub fn admit(hall: &Hall, queue: &QueueId, issued: u32, now: Timestamp) -> Result<String, IssueRefusal> {
    let queue = hall.queue(queue).ok_or(IssueRefusal::UnknownQueue)?;
    if let Opening::Closed { opens_at } = opening(hall, queue, now) {
        return Err(IssueRefusal::Closed { opens_at });
    }
    // Numbers begin anew with the next hall day, not with the next interval of this one.
    let tomorrow = || next_opening(hall, queue, next_midnight(now, &hall.tz()));
    if let Some(quota) = queue.daily_quota.filter(|quota| issued >= *quota) {
        return Err(IssueRefusal::QuotaGone {
            quota,
            opens_at: tomorrow(),
        });
    }
    queue.number(issued).ok_or_else(|| IssueRefusal::RangeEnded {
        last: queue
            .range()
            .checked_sub(1)
            .and_then(|last| queue.number(last))
            .unwrap_or_default(),
        opens_at: tomorrow(),
    })
}
