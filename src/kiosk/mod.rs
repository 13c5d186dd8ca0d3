//! The programs people touch: terminal, window console, board. One direction: `ui ← widget ← screen ← app`.

pub mod app;
pub mod config;
pub mod context;
#[cfg(feature = "demo")]
pub mod gallery;
pub mod link;
pub mod program;
pub mod screen;
pub mod session;
#[cfg(feature = "demo")]
pub mod stage;
pub mod start;
pub mod ui;
pub mod widget;
pub mod words;
