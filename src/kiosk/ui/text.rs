//! Type roles. Sizes are design pixels: 4 to the millimetre.

use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Text, text};
use iced::{Color, Font};

use super::fonts::{BOLD, REGULAR};
use super::look::Look;

/// The one question of a screen.
pub fn question<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(62.0, 80.0), BOLD, look.palette.ink)
}

/// The big words on a primary tile.
pub fn tile<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(54.0, 76.0), BOLD, look.palette.ink)
}

/// A choice, a card's name.
pub fn choice<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(40.0, 56.0), BOLD, look.palette.ink)
}

pub fn body<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(34.0, 48.0), REGULAR, look.palette.ink)
}

pub fn strong<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(34.0, 48.0), BOLD, look.palette.ink)
}

/// What may be read or not.
pub fn hint<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(30.0, 48.0), REGULAR, look.palette.ink_soft)
}

/// A button's words.
pub fn label<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    line(words, look.pick(36.0, 48.0), REGULAR, look.palette.ink)
}

/// The number on the screen, as large as its card allows.
pub fn number<'a>(look: &Look, words: impl Into<String>) -> Text<'a> {
    let size = if look.is_landscape() { 140.0 } else { 220.0 };
    line(words, look.px(size), BOLD, look.palette.primary).line_height(LineHeight::Relative(1.1))
}

/// Words of any other size, in design pixels; for console and board, which have scales of their own.
pub fn sized<'a>(look: &Look, words: impl Into<String>, size: f32) -> Text<'a> {
    line(words, look.px(size), REGULAR, look.palette.ink)
}

pub fn sized_bold<'a>(look: &Look, words: impl Into<String>, size: f32) -> Text<'a> {
    line(words, look.px(size), BOLD, look.palette.ink)
}

fn line<'a>(words: impl Into<String>, size: f32, font: Font, color: Color) -> Text<'a> {
    text(words.into())
        .size(size)
        .font(font)
        .color(color)
        .line_height(LineHeight::Relative(1.35))
        .wrapping(Wrapping::WordOrGlyph)
}
