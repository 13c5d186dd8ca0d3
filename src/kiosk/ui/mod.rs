//! How everything looks: the only place with colours, sizes and icons. Screens say what a thing is, not how it looks.

pub mod button;
pub mod field;
pub mod fonts;
pub mod icon;
pub mod keycap;
pub mod look;
pub mod pane;
pub mod text;

pub use look::{Look, Palette};

/// What screens build.
pub type Element<'a, Message> = iced::Element<'a, Message>;
