//! What the terminal does when it is touched, when nobody touches it, and when an answer comes late.

mod idle;
mod paper;
mod person;
mod ticket;
mod words;
