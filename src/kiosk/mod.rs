//! The programs people touch: terminal, window console, board. One direction: `ui ← widget ← screen ← app`.

pub mod config;
pub mod context;
pub mod link;
pub mod screen;
pub mod ui;
pub mod widget;
