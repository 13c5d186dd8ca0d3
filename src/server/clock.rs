//! Time as the hall sees it: read once a request, and settable in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Certificates do not obey it: TLS peers judge them by their own clocks.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// Milliseconds since the epoch; stands still until it is set.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that shows `at` until [`Self::set`].
    pub fn fixed(at: Timestamp) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.as_millisecond())))
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Set(ms) => Timestamp::from_millisecond(ms.load(Ordering::Relaxed)).unwrap_or(Timestamp::MAX),
        }
    }

    /// Sets a fixed clock and all its clones; the system's clock is left alone.
    pub fn set(&self, at: Timestamp) {
        if let Self::Set(ms) = self {
            ms.store(at.as_millisecond(), Ordering::Relaxed);
        }
    }

    pub fn advance(&self, seconds: i64) {
        if let Self::Set(ms) = self {
            ms.fetch_add(seconds * 1000, Ordering::Relaxed);
        }
    }
}
