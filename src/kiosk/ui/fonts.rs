//! The fonts, the same bytes the paper is set in: regular and bold of one family, loaded once a process before anything is laid out.

use std::borrow::Cow;
use std::sync::Once;

use iced::Font;
use iced::font::{Family, Weight};

use crate::print::font::{BOLD_BYTES, REGULAR_BYTES};

const FAMILY: Family = Family::Name("Noto Sans SC");

pub const REGULAR: Font = Font {
    family: FAMILY,
    ..Font::DEFAULT
};
pub const BOLD: Font = Font {
    family: FAMILY,
    weight: Weight::Bold,
    ..Font::DEFAULT
};

/// Makes the fonts known to the text system. Static bytes: nothing is copied.
pub fn load() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Ok(mut system) = iced::advanced::graphics::text::font_system().write() {
            system.load_font(Cow::Borrowed(REGULAR_BYTES));
            system.load_font(Cow::Borrowed(BOLD_BYTES));
        }
    });
}
