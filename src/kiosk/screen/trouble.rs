//! No number, and why: in words that say what to do next.

use iced::Length;
use iced::alignment::Horizontal;
use iced::widget::{column, container};
use uuid::Uuid;

use crate::api::problem::code;
use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, pane, text};

/// Why there is no number, in a resident's terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    Offline,
    Closed { opens_at_ms: Option<i64> },
    QuotaGone { opens_at_ms: Option<i64> },
    RangeEnded { opens_at_ms: Option<i64> },
    Other,
}

impl Reason {
    /// From a stable code and the fact that may come with it.
    pub fn new(problem_code: &str, opens_at_ms: Option<i64>) -> Self {
        match problem_code {
            "link.offline" | code::BUSY => Self::Offline,
            code::QUEUE_CLOSED => Self::Closed { opens_at_ms },
            code::QUEUE_QUOTA_GONE => Self::QuotaGone { opens_at_ms },
            code::QUEUE_RANGE_ENDED => Self::RangeEnded { opens_at_ms },
            _ => Self::Other,
        }
    }
}

/// What was asked for, so that it can be asked again with the same key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub reason: Reason,
    pub queue: QueueId,
    pub class: Class,
    pub key: Uuid,
}

impl State {
    /// Whether asking again may help.
    pub fn can_retry(&self) -> bool {
        matches!(self.reason, Reason::Offline | Reason::Other)
    }

    pub fn view<'a, M: 'a>(&self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let p = look.palette;
        let (title, words, picture) = match &self.reason {
            Reason::Offline => ("trouble-offline-title", cx.tr("trouble-offline"), Icon::Offline),
            Reason::Closed { opens_at_ms } => (
                "trouble-closed-title",
                opens(cx, "trouble-closed", *opens_at_ms),
                Icon::Clock,
            ),
            Reason::QuotaGone { opens_at_ms } => (
                "trouble-quota-title",
                opens(cx, "trouble-quota", *opens_at_ms),
                Icon::Clock,
            ),
            Reason::RangeEnded { opens_at_ms } => (
                "trouble-range-title",
                opens(cx, "trouble-quota", *opens_at_ms),
                Icon::Clock,
            ),
            Reason::Other => ("trouble-other-title", cx.tr("trouble-other"), Icon::Warning),
        };
        let queue = cx
            .hall
            .queue(&self.queue)
            .map_or("", |queue| queue.name.get(cx.lang.tag()))
            .to_owned();
        let all = column![
            icon(picture, look.px(180.0), p.warn),
            text::hint(look, queue),
            text::question(look, cx.tr(title)).align_x(Horizontal::Center),
            pane::gap(look, 8.0),
            text::body(look, words).align_x(Horizontal::Center),
        ]
        .spacing(look.px(20.0))
        .align_x(Horizontal::Center)
        .max_width(look.px(900.0));
        container(all).center(Length::Fill).into()
    }
}

fn opens(cx: &Context<'_>, key: &str, at: Option<i64>) -> String {
    match at {
        Some(at) => {
            let at = i18n::opens_at(cx.lang, at, cx.now_ms, cx.zone);
            i18n::tr_with(cx.lang, key, &[("at", at.into())])
        }
        None => cx.tr(&format!("{key}-long")),
    }
}
