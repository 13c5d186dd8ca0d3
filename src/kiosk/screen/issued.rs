//! The number: on the screen, on paper, on the phone.

use iced::Length;
use iced::alignment::{Horizontal, Vertical};
use iced::widget::text::Text;
use iced::widget::{column, container, qr_code, row};

use crate::api::ticket::Issued;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::{Element, Look, pane, text};

/// What became of the paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// There is no printer, or it was known to be out before: the code is the ticket.
    ByPhone,
    Printing,
    Printed,
    /// A printer code; staff were told.
    Failed(String),
}

#[derive(Debug)]
pub struct State {
    pub issued: Issued,
    pub paper: Paper,
    /// When the screen goes back to the first one.
    pub until_ms: i64,
    qr: Option<qr_code::Data>,
}

impl State {
    pub fn new(issued: Issued, paper: Paper, until_ms: i64) -> Self {
        // Too long an address for a code cannot come from our server; the number is still there to note.
        let qr = qr_code::Data::with_error_correction(&issued.url, qr_code::ErrorCorrection::Medium).ok();
        Self {
            issued,
            paper,
            until_ms,
            qr,
        }
    }

    pub fn seconds_left(&self, now_ms: i64) -> i64 {
        ((self.until_ms - now_ms + 999) / 1000).max(0)
    }

    pub fn view<'a, M: 'a>(&'a self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let card = self.card(cx);
        let zone = cx
            .hall
            .zone(&self.issued.zone)
            .map_or("", |zone| zone.name.get(cx.lang.tag()))
            .to_owned();
        let zone = text::body(look, i18n::tr_with(cx.lang, "issued-zone", &[("zone", zone.into())]))
            .align_x(Horizontal::Center);
        let all = column![self.status(cx), card, zone]
            .spacing(look.px(if look.is_landscape() { 16.0 } else { 32.0 }))
            .align_x(Horizontal::Center);
        container(all).center(Length::Fill).padding([look.px(12.0), 0.0]).into()
    }

    fn status<'a, M: 'a>(&self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let p = look.palette;
        let (key, ground, ink) = match &self.paper {
            Paper::ByPhone => ("issued-no-paper", p.ok_soft, p.ok),
            Paper::Printing => ("printing", p.primary_soft, p.primary),
            Paper::Printed => ("issued-take-paper", p.ok_soft, p.ok),
            Paper::Failed(_) => ("issued-print-failed", p.warn_soft, p.warn),
        };
        let words = text::body(look, cx.tr(key)).color(ink);
        let pill = pane::pill(look, words, ground, ink).padding([look.px(14.0), look.px(40.0)]);
        match &self.paper {
            Paper::Failed(_) => {
                let more = text::hint(look, cx.tr("issued-print-failed-hint")).align_x(Horizontal::Center);
                column![pill, more]
                    .spacing(look.px(8.0))
                    .align_x(Horizontal::Center)
                    .into()
            }
            Paper::ByPhone | Paper::Printing | Paper::Printed => pill.into(),
        }
    }

    fn card<'a, M: 'a>(&'a self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let ticket = &self.issued.ticket;
        let queue = cx
            .hall
            .queue(&ticket.queue)
            .map_or("", |queue| queue.name.get(cx.lang.tag()))
            .to_owned();
        let head = column![
            text::body(look, queue).color(look.palette.ink_soft),
            text::number(look, ticket.number.clone()),
        ]
        .align_x(Horizontal::Center);
        let ahead = match self.issued.people_ahead {
            0 => cx.tr("issued-none-ahead"),
            n => cx.tr_n("people", n),
        };
        let facts = row![
            fact(look, cx.tr("issued-ahead"), ahead),
            pane::divider(look, 120.0),
            fact(look, cx.tr("issued-wait"), i18n::wait(cx.lang, self.issued.wait)),
        ]
        .align_y(Vertical::Center);
        let inside: Element<'a, M> = if look.is_landscape() {
            let left = column![head, pane::rule(look), facts]
                .spacing(look.px(12.0))
                .align_x(Horizontal::Center);
            row![left.width(Length::Fill), self.phone(cx)]
                .spacing(look.px(48.0))
                .align_y(Vertical::Center)
                .into()
        } else {
            column![head, pane::rule(look), facts, pane::rule(look), self.phone(cx)]
                .spacing(look.px(28.0))
                .align_x(Horizontal::Center)
                .into()
        };
        let width = if look.is_landscape() { 1400.0 } else { 860.0 };
        pane::card(look, inside)
            .padding([look.px(if look.is_landscape() { 20.0 } else { 40.0 }), look.px(48.0)])
            .width(look.px(width))
            .into()
    }

    fn phone<'a, M: 'a>(&'a self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        // Without paper the code is all there is: larger.
        let only = matches!(self.paper, Paper::ByPhone | Paper::Failed(_));
        let side = match (only, look.is_landscape()) {
            (true, false) => 280.0,
            (true, true) => 240.0,
            (false, _) => 224.0,
        };
        let title = text::strong(look, cx.tr(if only { "issued-scan-only" } else { "issued-scan" }));
        let mut words = column![title].spacing(look.px(4.0));
        if !look.elder {
            words = words.push(text::hint(look, cx.tr("issued-scan-hint-1")));
            words = words.push(text::hint(look, cx.tr("issued-scan-hint-2")));
        }
        let code: Element<'a, M> = match &self.qr {
            Some(data) => pane::paper(look, qr_code(data).total_size(look.px(side)))
                .padding(look.px(8.0))
                .into(),
            None => pane::gap(look, side),
        };
        if look.is_landscape() {
            return column![code, words]
                .spacing(look.px(16.0))
                .align_x(Horizontal::Center)
                .into();
        }
        row![code, words.width(Length::Fill)]
            .spacing(look.px(40.0))
            .align_y(Vertical::Center)
            .into()
    }
}

fn fact<'a, M: 'a>(look: &Look, name: String, value: String) -> Element<'a, M> {
    let value: Text<'a> = text::sized_bold(look, value, if value_is_long(&name) { 44.0 } else { 52.0 });
    column![text::hint(look, name), value.align_x(Horizontal::Center)]
        .spacing(look.px(6.0))
        .align_x(Horizontal::Center)
        .width(Length::Fill)
        .into()
}

fn value_is_long(name: &str) -> bool {
    name.is_ascii()
}
