//! stub
pub mod speaker;
