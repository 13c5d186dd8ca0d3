//! One file a screen: what it knows, what can happen on it, what it then wants. Screens never import screens; only the
//! app navigates.

pub mod board;
pub mod choose_queue;
pub mod home;
pub mod issued;
pub mod issuing;
pub mod sign_in;
pub mod trouble;
pub mod who_for;
pub mod window;
