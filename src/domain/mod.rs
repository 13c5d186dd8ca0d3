//! The hall's rules, pure: no I/O, no clock, no async, no randomness. Time and chance come in as arguments.
//!
//! What a ticket may become is decided in [`ticket`] alone; who is called next in [`priority`] alone; which day it
//! is and whether a queue is open in [`calendar`] alone. Stores and screens ask, they never decide.

pub mod calendar;
pub mod estimate;
pub mod hall;
pub mod priority;
pub mod queue;
pub mod receipt;
pub mod ticket;
