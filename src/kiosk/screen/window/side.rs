//! Who waits, at the left; who wants something, at the right.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Color, Length};

use super::view::{pill, span};
use super::{Message, State};
use crate::api::staff::{Alert, HelpCall, WindowView};
use crate::api::ticket::TicketView;
use crate::domain::priority::Class;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::{Element, button, keycap, pane, text};

const WAITING_ROWS: usize = 10;
const WAITING_ROW: f32 = 75.0;
const WAITING_HEAD: f32 = 84.0;
/// Width of one character of a number.
const NUMBER: f32 = 23.0;
const ROW: f32 = 57.0;
/// Another line of small words in a row.
const BELOW: f32 = 25.0;

/// Rows of the right column: as many as always fit.
pub(super) fn held_rows(desk: bool) -> usize {
    if desk { 0 } else { 3 }
}

pub(super) fn missed_rows(desk: bool) -> usize {
    if desk { 5 } else { 3 }
}

/// The digit on the first missed number; the held ones have those before it.
pub(super) fn first_missed_key(desk: bool) -> usize {
    held_rows(desk) + 1
}

fn help_rows(desk: bool) -> usize {
    if desk { 3 } else { 2 }
}

fn alert_rows(desk: bool) -> usize {
    if desk { 2 } else { 1 }
}

impl State {
    pub(super) fn waiting<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let title = container(text::sized_bold(look, cx.tr("window-waiting-list"), 30.0))
            .height(look.px(WAITING_HEAD))
            .padding([0.0, look.px(22.0)])
            .align_y(Vertical::Center);
        let mut list = Column::new().push(title);
        let waiting = self.view.as_ref().map_or(&[][..], |view| &view.waiting);
        for ticket in waiting.iter().take(WAITING_ROWS) {
            list = list.push(pane::rule(look)).push(waiting_row(cx, ticket));
        }
        let count = self.view.as_ref().map_or(0, |view| view.waiting_count as usize);
        let shown = waiting.len().min(WAITING_ROWS);
        let below = match (&self.view, count.saturating_sub(shown)) {
            (Some(_), 0) if count == 0 => Some(cx.tr("window-nobody")),
            (_, more) if more > 0 => Some(cx.tr_n("window-more", more as i64)),
            _ => None,
        };
        if let Some(words) = below {
            let words =
                container(text::sized(look, words, 24.0).color(p.ink_soft)).padding([look.px(8.0), look.px(22.0)]);
            list = list.push(pane::rule(look)).push(words);
        }
        pane::card(look, list)
            .width(Length::Fill)
            .height(Length::Fill)
            .clip(true)
            .into()
    }

    pub(super) fn side<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let desk = self.is_desk(cx);
        let mut all = Column::new().spacing(look.px(11.0)).width(Length::Fill);
        if let Some(view) = &self.view {
            all = all.push(self.help(cx, view, desk)).push(self.alerts(cx, view, desk));
            if !desk {
                all = all.push(self.held_list(cx, view));
            }
            all = all.push(self.missed_list(cx, view, desk));
            if !desk {
                all = all.push(Space::new().height(Length::Fill)).push(today(cx, view));
            }
        }
        pane::card(look, all)
            .padding([look.px(20.0), look.px(26.0)])
            .width(Length::Fill)
            .height(Length::Fill)
            .clip(true)
            .into()
    }

    fn help<'a>(&'a self, cx: &Context<'a>, view: &'a WindowView, desk: bool) -> Element<'a, Message> {
        let p = cx.look.palette;
        let enabled = self.is_free_to_ask();
        let rows = view.help.iter().take(help_rows(desk)).enumerate().map(|(at, call)| {
            let HelpCall { id, device, at_ms } = call;
            let key = (at == 0).then(|| "G".to_owned());
            let button = small(cx, "window-answer", key, enabled.then_some(Message::HelpPressed(*id)));
            lines(cx, device.clone(), p.accent, vec![cx.age(*at_ms)], button)
        });
        section(cx, "window-side-help", view.help.len(), rows.collect())
    }

    fn alerts<'a>(&'a self, cx: &Context<'a>, view: &'a WindowView, desk: bool) -> Element<'a, Message> {
        let p = cx.look.palette;
        let enabled = self.is_free_to_ask();
        let rows = view
            .alerts
            .iter()
            .take(alert_rows(desk))
            .enumerate()
            .map(|(at, alert)| {
                let Alert {
                    id,
                    device,
                    code,
                    number,
                    at_ms,
                } = alert;
                let told = trouble(cx, code);
                let place = format!("{device} · {}", cx.age(*at_ms));
                let (words, below) = match number {
                    Some(number) => {
                        let number = ("number", number.clone().into());
                        (i18n::tr_with(cx.lang, "alert-number", &[number]), vec![told, place])
                    }
                    None => (told, vec![place]),
                };
                let key = (at == 0).then(|| "C".to_owned());
                let button = small(cx, "window-clear", key, enabled.then_some(Message::AlertPressed(*id)));
                lines(cx, words, p.warn, below, button)
            });
        section(cx, "window-side-alerts", view.alerts.len(), rows.collect())
    }

    fn held_list<'a>(&'a self, cx: &Context<'a>, view: &'a WindowView) -> Element<'a, Message> {
        let p = cx.look.palette;
        let enabled = self.can_resume();
        let rows = self.held(cx).iter().enumerate().map(|(at, ticket)| {
            let kind = ticket
                .hold
                .map_or(String::new(), |kind| cx.tr(&format!("hold-short-{}", kind.code())));
            let message = enabled.then_some(Message::ResumePressed(ticket.id));
            let button = small(cx, "window-resume", Some((at + 1).to_string()), message);
            lines(cx, ticket.number.clone(), p.ink, vec![kind], button)
        });
        section(cx, "window-side-held", view.held.len(), rows.collect())
    }

    fn missed_list<'a>(&'a self, cx: &Context<'a>, view: &'a WindowView, desk: bool) -> Element<'a, Message> {
        let p = cx.look.palette;
        let enabled = self.is_free_to_ask();
        let rows = self.missed(cx).iter().enumerate().map(|(at, ticket)| {
            let key = Some((at + first_missed_key(desk)).to_string());
            let message = enabled.then_some(Message::ReactivatePressed(ticket.id));
            let button = small(cx, "window-reactivate", key, message);
            let queue = queue_name(cx, ticket).to_owned();
            lines(cx, ticket.number.clone(), p.ink, vec![queue], button)
        });
        section(cx, "window-side-missed", view.missed.len(), rows.collect())
    }
}

fn waiting_row<'a>(cx: &Context<'a>, ticket: &'a TicketView) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let minutes = (cx.now_ms - ticket.issued_at_ms).max(0) / 60_000;
    let mut line = Row::new()
        .spacing(look.px(8.0))
        .height(look.px(WAITING_ROW))
        .padding([0.0, look.px(22.0)])
        .align_y(Vertical::Center)
        .push(
            text::sized_bold(look, ticket.number.as_str(), 32.0)
                .wrapping(Wrapping::None)
                .width(look.px(NUMBER * ticket.number.len().max(4) as f32)),
        )
        .push(
            text::sized(look, queue_name(cx, ticket), 23.0)
                .line_height(LineHeight::Relative(1.2))
                .width(Length::Fill),
        );
    if ticket.class != Class::Ordinary {
        let words = cx.tr(&format!("class-pill-{}", ticket.class.code()));
        let (ink, ground) = match ticket.class {
            Class::Appointment => (p.primary, p.primary_soft),
            _ => (p.accent, p.danger_soft),
        };
        line = line.push(pill(cx, words, ink, ground));
    }
    line.push(
        text::sized(look, cx.tr_n("minutes", minutes), 24.0)
            .color(p.ink_soft)
            .wrapping(Wrapping::None)
            .width(look.px(94.0))
            .align_x(Horizontal::Right),
    )
    .into()
}

fn section<'a>(cx: &Context<'a>, key: &str, count: usize, rows: Vec<Element<'a, Message>>) -> Element<'a, Message> {
    let look = &cx.look;
    let count = if count == 0 {
        text::sized(look, cx.tr("window-none"), 24.0).color(look.palette.ink_soft)
    } else {
        text::sized_bold(look, count.to_string(), 26.0)
    };
    let head = row![text::sized_bold(look, cx.tr(key), 26.0).width(Length::Fill), count].align_y(Vertical::Center);
    let mut all = column![head].spacing(look.px(6.0)).width(Length::Fill);
    for row in rows {
        all = all.push(row);
    }
    all.push(pane::rule(look)).into()
}

/// A row of the right column: what it is, smaller words below, and its button.
fn lines<'a>(
    cx: &Context<'a>,
    first: String,
    ink: Color,
    below: Vec<String>,
    button: Element<'a, Message>,
) -> Element<'a, Message> {
    let look = &cx.look;
    let height = ROW + BELOW * below.len().saturating_sub(1) as f32;
    let tight = LineHeight::Relative(1.3);
    let first = text::sized_bold(look, first, 24.0)
        .color(ink)
        .wrapping(Wrapping::None)
        .line_height(tight);
    let mut words = column![first];
    for line in below {
        let line = text::sized(look, line, 19.0).color(look.palette.ink_soft);
        words = words.push(line.wrapping(Wrapping::None).line_height(tight));
    }
    row![container(words).width(Length::Fill).clip(true), button]
        .spacing(look.px(12.0))
        .height(look.px(height))
        .align_y(Vertical::Center)
        .into()
}

fn small<'a>(cx: &Context<'a>, key: &str, cap: Option<String>, message: Option<Message>) -> Element<'a, Message> {
    let look = &cx.look;
    let mut line = Row::new()
        .spacing(look.px(10.0))
        .height(Length::Fill)
        .align_y(Vertical::Center)
        .push(
            text::sized(look, cx.tr(key), 23.0)
                .color_maybe(None::<Color>)
                .wrapping(Wrapping::None),
        );
    if let Some(cap) = cap {
        line = line.push(keycap::quiet(look, cap, 20.0, message.is_some()));
    }
    button::quiet(look, line)
        .padding([0.0, look.px(16.0)])
        .height(look.px(ROW - 6.0))
        .on_press_maybe(message)
        .into()
}

/// What the bar above has no room for.
fn today<'a>(cx: &Context<'a>, view: &WindowView) -> Element<'a, Message> {
    let look = &cx.look;
    let soft = |words| text::sized(look, words, 23.0).color(look.palette.ink_soft);
    let head = row![
        text::sized_bold(look, cx.tr("window-side-today"), 26.0).width(Length::Fill),
        soft(cx.tr_n("window-today-completed", view.today.completed)),
    ]
    .align_y(Vertical::Center);
    let mut words = column![head];
    if let Some(seconds) = view.today.mean_service_seconds {
        let time = span(cx, i64::from(seconds));
        words = words.push(soft(i18n::tr_with(
            cx.lang,
            "window-today-service",
            &[("time", time.into())],
        )));
    }
    words.into()
}

fn queue_name<'a>(cx: &Context<'a>, ticket: &TicketView) -> &'a str {
    let hall = cx.hall;
    hall.queue(&ticket.queue)
        .map_or("", |queue| queue.name.get(cx.lang.tag()))
}

/// Words for a printer's code; one nobody knows is still printer trouble.
fn trouble(cx: &Context<'_>, code: &str) -> String {
    i18n::try_tr(cx.lang, &code.replace('.', "-")).unwrap_or_else(|| cx.tr("printer-other"))
}
