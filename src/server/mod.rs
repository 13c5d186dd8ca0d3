//! The hall server: one route table, one store, one problem type. It decides nothing the domain can decide.

pub mod store;
