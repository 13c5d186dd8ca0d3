//! The software of a street-level service hall: terminal, window console, board, phone page and hall server.
//!
//! - [`domain`]: the hall's rules, pure.
//! - [`api`]: the HTTPS contract between the programs.
//! - [`config`]: configuration files; every error names file, line and what is expected.
//! - [`print`]: the slip on paper, and the printers.
//! - [`device`]: what is attached to a machine, such as its loudspeaker.

pub mod api;
pub mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod device;
pub mod domain;
pub mod i18n;
#[cfg(feature = "kiosk")]
pub mod kiosk;
pub mod print;
#[cfg(feature = "server")]
pub mod server;
pub mod tls;
