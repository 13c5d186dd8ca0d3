//! The programs people touch.

pub mod link;
