//! One contract, run on SQLite and on PostgreSQL; a model; and two servers on one database.

mod contract;
mod ground;
mod model;
pub(crate) mod postgres;
mod sqlite;
mod two_servers;
