//! Pieces screens are made of, generic over their messages.

pub mod frame;
pub mod grid;
pub mod question;
