//! The hall server: one route table, one store, one problem type. It decides nothing the domain can decide.
//!
//! A request comes through [`acceptor`] (TLS and who is calling), [`router`] (bounds) and one route; what it changes
//! goes through the [`store`]; [`live`] tells boards, windows and phones. [`Server::start`] is the way in.

mod acceptor;
mod app;
mod auth;
pub mod ca;
pub mod cli;
pub mod clock;
pub mod config;
mod error;
mod live;
pub mod openapi;
mod pages;
mod router;
mod routes;
#[allow(clippy::module_inception)]
mod server;
pub mod store;
mod views;

pub use clock::Clock;
pub use server::{ENROLL_CODE_MS, EnrollError, EnrollOrder, RunningServer, Server, StartError, enroll};
