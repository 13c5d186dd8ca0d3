//! How the console looks: a bar, three columns, and the question in front. Design pixels of 1920×1080.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Color, Length, Padding};

use super::{Act, Message, State};
use crate::api::live::WindowStatus;
use crate::api::ticket::TicketView;
use crate::domain::priority::Class;
use crate::domain::ticket::Status;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::{Element, button, keycap, pane, text};
use crate::kiosk::widget::grid::grid;

const MARGIN: f32 = 36.0;
const GAP: f32 = 24.0;
const HEADER: f32 = 92.0;
const LEFT: f32 = 520.0;
const RIGHT: f32 = 460.0;
const ACT: f32 = 78.0;
const ACT_GAP: f32 = 16.0;
const ACT_COLUMNS: usize = 3;
const PRIMARY: f32 = 116.0;
/// Waiting rows of the desk's table of queues.
const QUEUE_ROWS: usize = 10;

impl State {
    pub fn view<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let columns = row![
            container(self.waiting(cx)).width(look.px(LEFT)),
            container(self.centre(cx)).width(Length::Fill),
            container(self.side(cx)).width(look.px(RIGHT)),
        ]
        .spacing(look.px(GAP))
        .height(Length::Fill);
        let body = container(columns)
            .padding([look.px(GAP), look.px(MARGIN)])
            .height(Length::Fill);
        let all = pane::ground(look, column![self.header(cx), body]).into();
        self.with_panel(cx, all)
    }

    fn header<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let id = self.session.window.as_str();
        let name = cx
            .hall
            .window(&self.session.window)
            .map_or(id, |window| window.name.get(cx.lang.tag()));
        let short = if id.len() <= 3 {
            id.to_owned()
        } else {
            name.chars().take(1).collect()
        };
        let mut bar = row![
            pane::mark(look, text::sized_bold(look, short, 32.0).color(p.on_primary), 56.0),
            text::sized_bold(look, format!("{name} · {}", self.session.name), 30.0).wrapping(Wrapping::None),
        ]
        .spacing(look.px(24.0))
        .align_y(Vertical::Center);
        if let Some(other) = &self.session.stands_in_for {
            let words = i18n::tr_with(cx.lang, "window-standing-in", &[("clerk", other.to_string().into())]);
            bar = bar.push(pill(cx, words, p.primary, p.primary_soft));
        }
        if let Some((words, ink, ground)) = self.status(cx) {
            bar = bar.push(pill(cx, words, ink, ground));
        }
        if let Some(tag) = cx.offline_tag() {
            bar = bar.push(pill(cx, tag, p.warn, p.warn_soft));
        }
        bar = bar.push(Space::new().width(Length::Fill));
        if let Some(view) = &self.view {
            bar = bar.push(fact(cx, "window-head-waiting", view.waiting_count.to_string()));
            if !self.is_desk(cx) {
                if let Some(minutes) = view.today.mean_wait_minutes {
                    bar = bar.push(fact(cx, "window-head-mean", cx.tr_n("minutes", minutes)));
                }
                bar = bar.push(fact(cx, "window-head-done", view.today.completed.to_string()));
            }
        }
        bar = bar.push(text::sized_bold(look, i18n::clock(cx.now_ms, cx.zone), 30.0));
        let out = row![
            text::sized(look, cx.tr("window-sign-out"), 24.0).color_maybe(None::<Color>),
            keycap::quiet(look, "Q", 20.0, !self.busy),
        ]
        .spacing(look.px(12.0))
        .align_y(Vertical::Center);
        bar = bar.push(
            button::quiet(look, out)
                .padding([look.px(8.0), look.px(18.0)])
                .on_press_maybe((!self.busy).then_some(Message::SignOutPressed)),
        );
        let bar = container(bar)
            .padding(Padding::from([0.0, look.px(MARGIN)]))
            .height(look.px(HEADER))
            .width(Length::Fill)
            .align_y(Vertical::Center);
        column![pane::strip(bar, p.surface), pane::rule(look)].into()
    }

    /// What the window is doing, and since when.
    fn status(&self, cx: &Context<'_>) -> Option<(String, Color, Color)> {
        let p = cx.look.palette;
        let view = self.view.as_ref()?;
        let timed = |key: &str, since: Option<i64>| {
            let time = span(cx, (cx.now_ms - since.unwrap_or(cx.now_ms)).max(0) / 1000);
            i18n::tr_with(cx.lang, key, &[("time", time.into())])
        };
        let paused = || {
            let reason = view
                .pause
                .map_or(String::new(), |reason| cx.tr(&format!("pause-{}", reason.code())));
            let words = i18n::tr_with(cx.lang, "window-status-paused", &[("reason", reason.into())]);
            (words, p.warn, p.warn_soft)
        };
        Some(match (&view.current, view.status) {
            (_, WindowStatus::Paused) => paused(),
            (Some(ticket), _) if ticket.status == Status::Called => (
                timed("window-status-called", ticket.last_called_at_ms),
                p.primary,
                p.primary_soft,
            ),
            (Some(ticket), _) => (timed("window-status-serving", ticket.started_at_ms), p.ok, p.ok_soft),
            (None, _) if self.is_desk(cx) => return None,
            (None, WindowStatus::Closed) => (cx.tr("window-status-closed"), p.warn, p.warn_soft),
            (None, WindowStatus::Open) => (cx.tr("window-status-free"), p.ok, p.ok_soft),
        })
    }

    fn centre<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let acts = self.acts(cx);
        let body: Element<'a, Message> = match (self.is_desk(cx), self.current()) {
            (true, _) => self.queues(cx),
            (false, Some(ticket)) => current(cx, ticket),
            (false, None) => self.nobody(cx),
        };
        let card = column![
            container(body).center(Length::Fill),
            container(self.said(cx)).center_x(Length::Fill)
        ];
        let card = pane::card(look, card)
            .padding(look.px(28.0))
            .width(Length::Fill)
            .height(Length::Fill);
        let mut all = Column::new().spacing(look.px(GAP)).height(Length::Fill).push(card);
        if !self.is_desk(cx) {
            let rows = acts.len().div_ceil(ACT_COLUMNS) as f32;
            let tiles = acts.into_iter().map(|act| self.act(cx, act)).collect();
            let buttons =
                container(grid(look, ACT_COLUMNS, tiles, ACT_GAP)).height(look.px(rows * ACT + (rows - 1.0) * ACT_GAP));
            all = all.push(buttons);
        }
        all.push(self.space_bar(cx)).into()
    }

    fn nobody<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let Some(view) = &self.view else {
            return text::sized(look, cx.tr("window-connecting"), 34.0)
                .color(p.ink_soft)
                .into();
        };
        let hint = match view.status {
            WindowStatus::Paused | WindowStatus::Closed => String::new(),
            WindowStatus::Open if view.waiting_count == 0 => cx.tr("window-nobody-ahead"),
            WindowStatus::Open => cx.tr("window-free-hint"),
        };
        column![
            text::sized_bold(look, cx.tr("window-no-current"), 52.0),
            text::sized(look, hint, 30.0)
                .color(p.ink_soft)
                .align_x(Horizontal::Center),
        ]
        .spacing(look.px(16.0))
        .align_x(Horizontal::Center)
        .into()
    }

    /// The desk's middle: how long each queue is.
    fn queues<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let mut table =
            column![container(text::sized_bold(look, cx.tr("window-desk-queues"), 30.0)).height(look.px(56.0)),]
                .width(Length::Fill);
        for queue in self.view.iter().flat_map(|view| &view.queues).take(QUEUE_ROWS) {
            let name = cx.hall.queue(&queue.id).map_or(String::new(), |info| {
                format!("{} {}", info.prefix, info.name.get(cx.lang.tag()))
            });
            let wait = match (queue.open, queue.waiting, queue.wait) {
                (false, ..) => cx.tr("queue-closed"),
                (true, 0, _) => cx.tr("queue-nobody"),
                (true, _, wait) => i18n::wait(cx.lang, wait),
            };
            let line = row![
                text::sized(look, name, 27.0).width(Length::Fill),
                text::sized_bold(look, cx.tr_n("people", queue.waiting), 27.0)
                    .width(look.px(120.0))
                    .align_x(Horizontal::Right),
                text::sized(look, wait, 25.0)
                    .color(p.ink_soft)
                    .width(look.px(220.0))
                    .align_x(Horizontal::Right),
            ]
            .align_y(Vertical::Center)
            .height(look.px(58.0));
            table = table.push(pane::rule(look)).push(line);
        }
        container(table).height(Length::Fill).into()
    }

    /// The last thing to say, in one line that is always there.
    fn said<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let height = 56.0;
        match self.notice.as_ref().filter(|notice| cx.now_ms < notice.until_ms) {
            Some(notice) => {
                let (ink, ground) = if notice.trouble {
                    (p.danger, p.danger_soft)
                } else {
                    (p.ok, p.ok_soft)
                };
                let words = text::sized(look, notice.words.as_str(), 26.0).color(ink);
                pane::pill(look, words, ground, ink)
                    .padding([look.px(8.0), look.px(24.0)])
                    .into()
            }
            None => pane::gap(look, height),
        }
    }

    fn act<'a>(&'a self, cx: &Context<'a>, act: Act) -> Element<'a, Message> {
        let look = &cx.look;
        let enabled = self.can(act, cx);
        let mut words = Column::new().push(
            text::sized(look, cx.tr(act.words()), 30.0)
                .color_maybe(None::<Color>)
                .line_height(LineHeight::Relative(1.15)),
        );
        if let Some(note) = self.note(act, cx) {
            words = words.push(
                text::sized(look, note, 20.0)
                    .color_maybe(None::<Color>)
                    .line_height(LineHeight::Relative(1.1)),
            );
        }
        let line = row![
            container(words).width(Length::Fill),
            keycap::quiet(look, act.key().to_uppercase(), 24.0, enabled),
        ]
        .height(Length::Fill)
        .align_y(Vertical::Center);
        button::quiet(look, line)
            .padding([0.0, look.px(22.0)])
            .width(Length::Fill)
            .height(Length::Fill)
            .on_press_maybe(enabled.then_some(Message::Pressed(act)))
            .into()
    }

    fn space_bar<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let act = self.primary(cx).unwrap_or(Act::CallNext);
        let enabled = self.can(act, cx);
        let line: Row<'a, Message> = row![
            text::sized(look, cx.tr(act.words()), 42.0).color_maybe(None::<Color>),
            keycap::primary(look, cx.tr("key-space"), 26.0, enabled),
        ]
        .spacing(look.px(40.0))
        .align_y(Vertical::Center);
        button::confirm(look, container(line).center(Length::Fill))
            .padding(0.0)
            .width(Length::Fill)
            .height(look.px(PRIMARY))
            .on_press_maybe(enabled.then_some(Message::Pressed(act)))
            .into()
    }
}

fn current<'a>(cx: &Context<'a>, ticket: &'a TicketView) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let queue = cx
        .hall
        .queue(&ticket.queue)
        .map_or("", |queue| queue.name.get(cx.lang.tag()));
    let number = text::sized_bold(look, ticket.number.as_str(), 180.0)
        .color(p.primary)
        .line_height(LineHeight::Relative(1.1))
        .wrapping(Wrapping::None);
    let mut pills = Row::new().spacing(look.px(12.0));
    if ticket.times_called > 0 {
        pills = pills.push(pill(
            cx,
            cx.tr_n("window-times-called", ticket.times_called),
            p.primary,
            p.primary_soft,
        ));
    }
    if ticket.class != Class::Ordinary {
        let words = cx.tr(&format!("class-pill-{}", ticket.class.code()));
        pills = pills.push(pill(cx, words, p.accent, p.danger_soft));
    }
    column![
        text::sized(look, cx.tr("window-current"), 28.0).color(p.ink_soft),
        number,
        text::sized(look, queue, 34.0),
        pane::gap(look, 10.0),
        pills,
    ]
    .align_x(Horizontal::Center)
    .into()
}

fn fact<'a>(cx: &Context<'a>, key: &str, value: String) -> Element<'a, Message> {
    let look = &cx.look;
    row![
        text::sized(look, cx.tr(key), 24.0).color(look.palette.ink_soft),
        text::sized_bold(look, value, 26.0),
    ]
    .spacing(look.px(8.0))
    .align_y(Vertical::Center)
    .into()
}

pub(super) fn pill<'a>(cx: &Context<'a>, words: String, ink: Color, ground: Color) -> Element<'a, Message> {
    let look = &cx.look;
    let words = text::sized(look, words, 21.0).color(ink).wrapping(Wrapping::None);
    pane::pill(look, words, ground, ink)
        .padding([look.px(6.0), look.px(14.0)])
        .into()
}

/// `12 分 08 秒`
pub(super) fn span(cx: &Context<'_>, seconds: i64) -> String {
    if seconds < 60 {
        return cx.tr_n("seconds", seconds);
    }
    let (minutes, seconds) = (seconds / 60, format!("{:02}", seconds % 60));
    i18n::tr_with(cx.lang, "time-min-sec", &[("m", minutes.into()), ("s", seconds.into())])
}
