//! Icons: stroke drawings of one weight, coloured by what they stand on.

use iced::widget::svg;
use iced::{Color, Length};

use super::Element;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $file:literal),* $(,)?) => {
        /// One of the drawings in assets/icons.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Icon { $($(#[$doc])* $name),* }

        impl Icon {
            fn bytes(self) -> &'static [u8] {
                match self {
                    $(Self::$name => include_bytes!(concat!("../../../assets/icons/", $file, ".svg"))),*
                }
            }
        }
    };
}

icons! {
    Ticket = "ticket",
    Help = "help",
    Home = "home",
    Back = "back",
    Previous = "previous",
    Next = "next",
    Check = "check",
    Warning = "warning",
    Offline = "offline",
    Clock = "clock",
    Person = "person",
    Elder = "elder",
    Wheelchair = "wheelchair",
    Pregnant = "pregnant",
    Star = "star",
    Calendar = "calendar",
    Bell = "bell",
    Printer = "printer",
}

/// `icon` in a square of `side` screen pixels.
pub fn icon<'a, M: 'a>(icon: Icon, side: f32, color: Color) -> Element<'a, M> {
    svg(svg::Handle::from_memory(icon.bytes()))
        .width(Length::Fixed(side))
        .height(Length::Fixed(side))
        .style(move |_, _| svg::Style { color: Some(color) })
        .into()
}
