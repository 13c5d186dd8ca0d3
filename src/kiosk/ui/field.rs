//! A line to type into.

use iced::widget::{TextInput, text_input};
use iced::{Background, Border, border};

use super::fonts::REGULAR;
use super::look::Look;

/// `value` to be typed; read-only until it is given `on_input`.
pub fn field<'a, M: Clone + 'a>(look: &Look, value: &str, empty: &str, size: f32) -> TextInput<'a, M> {
    let (p, unit) = (look.palette, look.unit);
    text_input(empty, value)
        .font(REGULAR)
        .size(look.px(size))
        .padding([look.px(18.0), look.px(24.0)])
        .style(move |_, status| {
            let focused = matches!(status, text_input::Status::Focused { .. });
            text_input::Style {
                background: Background::Color(p.surface),
                border: Border {
                    color: if focused { p.primary } else { p.line },
                    width: ((if focused { 3.0 } else { p.edge }) * unit).max(1.0),
                    radius: border::radius(16.0 * unit),
                },
                icon: p.ink_soft,
                placeholder: p.ink_soft,
                value: p.ink,
                selection: p.primary_soft,
            }
        })
}
