//! The key that does the same as a button, drawn like a key.

use iced::widget::container;
use iced::{Background, Border, Color, border};

use super::Element;
use super::look::Look;
use super::text;

/// On a quiet button or a card.
pub fn quiet<'a, M: 'a>(look: &Look, key: impl Into<String>, size: f32, enabled: bool) -> Element<'a, M> {
    let p = look.palette;
    let ink = if enabled { p.ink_soft } else { p.line };
    cap(look, key, size, ink, p.ground, p.line)
}

/// On the primary action.
pub fn primary<'a, M: 'a>(look: &Look, key: impl Into<String>, size: f32, enabled: bool) -> Element<'a, M> {
    let p = look.palette;
    let ink = if enabled { p.on_primary } else { p.ink_soft };
    cap(look, key, size, ink, Color::TRANSPARENT, Color { a: 0.6, ..ink })
}

fn cap<'a, M: 'a>(
    look: &Look,
    key: impl Into<String>,
    size: f32,
    ink: Color,
    ground: Color,
    edge: Color,
) -> Element<'a, M> {
    let unit = look.unit;
    container(text::sized(look, key, size).color(ink))
        .padding([0.0, look.px(size * 0.45)])
        .style(move |_| container::Style {
            background: Some(Background::Color(ground)),
            border: Border {
                color: edge,
                width: (1.5 * unit).max(1.0),
                radius: border::radius(8.0 * unit),
            },
            ..container::Style::default()
        })
        .into()
}
