//! Buttons by what they mean. The last-touched spot stays hovered on a touch screen, so hovered looks like active.

use iced::widget::{Button, button};
use iced::{Background, Border, Color, Shadow, border};

use super::Element;
use super::look::Look;

/// Smallest side of a target, in design pixels: 20 mm.
pub const TARGET: f32 = 84.0;

/// The one primary action of a screen.
pub fn confirm<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Button<'a, M> {
    let p = look.palette;
    styled(
        look,
        content,
        Face {
            ground: p.primary,
            ink: p.on_primary,
            edge: p.primary,
        },
    )
}

/// Everything that is not primary.
pub fn quiet<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Button<'a, M> {
    let p = look.palette;
    styled(
        look,
        content,
        Face {
            ground: p.surface,
            ink: p.ink,
            edge: p.line,
        },
    )
}

/// Calls a person: outlined in the accent colour, filled in large print.
pub fn help<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Button<'a, M> {
    let p = look.palette;
    let face = if look.elder {
        Face {
            ground: p.accent,
            ink: p.on_accent,
            edge: p.accent,
        }
    } else {
        Face {
            ground: p.surface,
            ink: p.accent,
            edge: p.accent,
        }
    };
    styled(look, content, face)
}

/// A card that is touched as a whole.
pub fn card<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>) -> Button<'a, M> {
    let p = look.palette;
    styled(
        look,
        content,
        Face {
            ground: p.surface,
            ink: p.ink,
            edge: p.line,
        },
    )
}

/// A card that carries one of the strong colours on its edge.
pub fn edged<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>, edge: Color) -> Button<'a, M> {
    let p = look.palette;
    styled(
        look,
        content,
        Face {
            ground: p.surface,
            ink: p.ink,
            edge,
        },
    )
}

struct Face {
    ground: Color,
    ink: Color,
    edge: Color,
}

fn styled<'a, M: Clone + 'a>(look: &Look, content: impl Into<Element<'a, M>>, face: Face) -> Button<'a, M> {
    let (palette, unit) = (look.palette, look.unit);
    button(content)
        .padding([look.px(16.0), look.px(28.0)])
        .style(move |_, status| {
            let mut ground = face.ground;
            let mut ink = face.ink;
            let mut edge = face.edge;
            match status {
                button::Status::Pressed => ground = blend(ground, palette.ink, 0.16),
                button::Status::Disabled => {
                    ground = blend(ground, palette.ground, 0.7);
                    ink = blend(ink, ground, 0.45);
                    edge = blend(edge, palette.ground, 0.5);
                }
                button::Status::Active | button::Status::Hovered => {}
            }
            button::Style {
                background: Some(Background::Color(ground)),
                text_color: ink,
                border: Border {
                    color: edge,
                    width: (palette.edge * unit).max(1.0),
                    radius: border::radius(20.0 * unit),
                },
                shadow: Shadow::default(),
                snap: true,
            }
        })
}

fn blend(a: Color, b: Color, part: f32) -> Color {
    let mix = |a: f32, b: f32| a + (b - a) * part;
    Color::from_rgba(mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b), a.a)
}
