//! The few pages a resident's phone opens. A token opens one ticket; without one there is nothing here.
//!
//! They work without a script, by reload, and in an old WebView; they show nothing personal, because a ticket holds
//! nothing personal.

mod ticket;
mod words;

pub(crate) use ticket::{cancel, live, more_time, nothing, ticket};
