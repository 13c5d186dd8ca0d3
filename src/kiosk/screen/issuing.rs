//! Asking the hall for a number. The key of the touch lives here: whatever is retried, it is one ticket.

use iced::Length;
use iced::alignment::Horizontal;
use iced::widget::{column, container};
use uuid::Uuid;

use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::kiosk::context::Context;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, pane, text};

/// After this long the screen says what it is waiting for and offers a way out, in milliseconds.
pub const LONG_MS: i64 = 3_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub queue: QueueId,
    pub class: Class,
    pub key: Uuid,
    pub since_ms: i64,
}

impl State {
    pub fn is_long(&self, now_ms: i64) -> bool {
        now_ms - self.since_ms >= LONG_MS
    }

    pub fn view<'a, M: 'a>(&self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let mut words = column![
            icon(Icon::Ticket, look.px(200.0), look.palette.primary),
            pane::gap(look, 16.0),
            text::question(look, cx.tr("issuing")).align_x(Horizontal::Center),
        ]
        .spacing(look.px(16.0))
        .align_x(Horizontal::Center);
        if self.is_long(cx.now_ms) {
            words = words.push(text::body(look, cx.tr("issuing-long")).align_x(Horizontal::Center));
        }
        container(words).center(Length::Fill).into()
    }
}
