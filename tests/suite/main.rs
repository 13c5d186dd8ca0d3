//! The one test binary.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod common;
mod faults;
mod gallery;
mod journeys;
mod kiosk;
mod kiosk_console;
mod print;
mod rules;
mod server;
mod store;
mod tidy;
