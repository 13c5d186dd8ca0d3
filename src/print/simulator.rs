//! A printer made of memory, in any state one likes: for tests and the demonstration.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::driver::{Driver, Job, PrintError, PrinterState};

#[derive(Debug)]
pub struct Simulator {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: PrinterState,
    fails_next: Option<PrinterState>,
    printed: Vec<Job>,
}

impl Default for Simulator {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulator {
    /// Ready, with nothing printed.
    pub fn new() -> Self {
        Self {
            inner: Mutex::new(Inner {
                state: PrinterState::Ready,
                fails_next: None,
                printed: Vec::new(),
            }),
        }
    }

    pub fn set_state(&self, state: PrinterState) {
        self.lock().state = state;
    }

    /// Lets the next job fail halfway: the printer looks well before it, and is in `state` after.
    pub fn fail_next(&self, state: PrinterState) {
        self.lock().fails_next = Some(state);
    }

    /// What came out, oldest first.
    pub fn printed(&self) -> Vec<Job> {
        self.lock().printed.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Driver for Simulator {
    async fn state(&self) -> PrinterState {
        self.lock().state
    }

    async fn print(&self, job: Job) -> Result<(), PrintError> {
        let mut inner = self.lock();
        if let Some(state) = inner.fails_next.take() {
            inner.state = state;
        }
        if !inner.state.can_print() {
            return Err(inner.state.into());
        }
        inner.printed.push(job);
        Ok(())
    }
}
