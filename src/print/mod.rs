//! Paper: a slip's facts become a layout, the layout becomes a document, and a driver prints it.
//!
//! A job is printed once or reported as not printed. Nothing is kept to be printed later: a number that comes out of
//! a refilled printer minutes after its owner left is worse than none.

pub mod driver;
pub mod folder;
pub mod font;
pub mod layout;
pub mod pdf;
pub mod simulator;
mod wrap;
