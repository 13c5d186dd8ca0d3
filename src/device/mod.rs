//! Things attached to a machine. A device that is not there is a normal state, never an error on a screen.

pub mod clips;
pub mod speaker;
