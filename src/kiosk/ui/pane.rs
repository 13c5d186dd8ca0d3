//! Surfaces: cards, bars, pills, rules, and the veil behind a question.

use iced::widget::{Container, Space, container};
use iced::{Background, Border, Color, Length, border};

use super::Element;
use super::look::Look;

/// A card on the ground.
pub fn card<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Container<'a, M> {
    let (p, unit) = (look.palette, look.unit);
    container(content).style(move |_| container::Style {
        background: Some(Background::Color(p.surface)),
        border: Border {
            color: p.line,
            width: (p.edge * unit).max(1.0),
            radius: border::radius(28.0 * unit),
        },
        ..container::Style::default()
    })
}

/// A strip of `color` without edge, for highlighted rows.
pub fn strip<'a, M: 'a>(content: impl Into<Element<'a, M>>, ground: Color) -> Container<'a, M> {
    container(content).style(move |_| container::Style {
        background: Some(Background::Color(ground)),
        ..container::Style::default()
    })
}

/// A short word on a soft ground.
pub fn pill<'a, M: 'a>(
    look: &Look,
    content: impl Into<Element<'a, M>>,
    ground: Color,
    edge: Color,
) -> Container<'a, M> {
    let (p, unit) = (look.palette, look.unit);
    // In high contrast the soft grounds are black: an edge shows what the ground cannot.
    let width = if p.edge > 2.0 { p.edge * unit } else { 0.0 };
    container(content).style(move |_| container::Style {
        background: Some(Background::Color(ground)),
        border: Border {
            color: edge,
            width,
            radius: border::radius(999.0),
        },
        ..container::Style::default()
    })
}

/// A horizontal rule.
pub fn rule<'a, M: 'a>(look: &Look) -> Element<'a, M> {
    let p = look.palette;
    bar(Length::Fill, Length::Fixed((p.edge * look.unit).max(1.0)), p.line)
}

/// A vertical rule.
pub fn divider<'a, M: 'a>(look: &Look, height: f32) -> Element<'a, M> {
    let p = look.palette;
    bar(
        Length::Fixed((p.edge * look.unit).max(1.0)),
        Length::Fixed(look.px(height)),
        p.line,
    )
}

/// Covers the screen behind a question.
pub fn veil<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Container<'a, M> {
    let p = look.palette;
    container(content)
        .center(Length::Fill)
        .style(move |_| container::Style {
            background: Some(Background::Color(p.veil)),
            ..container::Style::default()
        })
}

/// The small mark of the hall beside its name.
pub fn mark<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>, side: f32) -> Container<'a, M> {
    let (p, unit) = (look.palette, look.unit);
    container(content)
        .center(look.px(side))
        .style(move |_| container::Style {
            background: Some(Background::Color(p.primary)),
            border: border::rounded(16.0 * unit),
            ..container::Style::default()
        })
}

/// White whatever the palette: a QR code needs its quiet zone.
pub fn paper<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Container<'a, M> {
    let (p, unit) = (look.palette, look.unit);
    container(content).style(move |_| container::Style {
        background: Some(Background::Color(Color::WHITE)),
        border: Border {
            color: p.line,
            width: (p.edge * unit).max(1.0),
            radius: border::radius(8.0 * unit),
        },
        ..container::Style::default()
    })
}

/// The ground of a whole screen.
pub fn ground<'a, M: 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Container<'a, M> {
    strip(content, look.palette.ground)
        .width(Length::Fill)
        .height(Length::Fill)
}

pub fn gap<'a, M: 'a>(look: &Look, height: f32) -> Element<'a, M> {
    Space::new().height(look.px(height)).into()
}

fn bar<'a, M: 'a>(width: Length, height: Length, color: Color) -> Element<'a, M> {
    strip(Space::new().width(width).height(height), color).into()
}
