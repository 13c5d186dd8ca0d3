//! The wall: who is called where, how long the queues are. Read from eight metres, touched by nobody.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::text::{LineHeight, Wrapping};
use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Color, Length, Padding};
use uuid::Uuid;

use crate::api::hall::QueueInfo;
use crate::api::live::{CallLive, HallLive};
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::{Element, pane, text};

/// Calls and queues that are shown at a time; with more queues the list turns its pages.
const CALLS: usize = 5;
pub const QUEUES_MAX: usize = 7;
/// How long one page of queues, or one notice that does not fit beside the others, stays.
const PAGE_MS: i64 = 10_000;

/// A call older than this is not said any more.
const STALE_MS: i64 = 60_000;
/// The first view after a start may bring calls that were said before it.
const FIRST_STALE_MS: i64 = 10_000;

const MARGIN: f32 = 48.0;
const HEADER: f32 = 122.0;
const CAPTION: f32 = 92.0;
const CALL: f32 = 157.0;
const LEFT: f32 = 1068.0;
const QUEUE: f32 = 108.0;
/// Width of all notices together, in characters of full width, that fit on the footer's line.
const NOTICE_WIDTH: usize = 52;

/// What was said. A call is named by its ticket and its time: a recall is another call.
#[derive(Debug, Clone, Default)]
pub struct State {
    said: Vec<(Uuid, i64)>,
    /// Nothing older is ever said; set by the first view.
    from_ms: Option<i64>,
}

impl State {
    pub fn new() -> Self {
        Self::default()
    }

    /// The calls of `live` that are to be said now, oldest first. Each is returned once.
    ///
    /// Calls are told apart one by one, not by the newest time: two servers of one hall may bring them out of order.
    pub fn announce(&mut self, live: &HallLive, now_ms: i64) -> Vec<CallLive> {
        let from_ms = *self.from_ms.get_or_insert(now_ms - FIRST_STALE_MS);
        let oldest = from_ms.max(now_ms - STALE_MS);
        self.said.retain(|(_, at_ms)| *at_ms >= oldest);
        let mut fresh: Vec<CallLive> = live
            .calls
            .iter()
            .filter(|call| call.pending && call.at_ms >= oldest)
            .filter(|call| !self.said.contains(&(call.ticket, call.at_ms)))
            .cloned()
            .collect();
        fresh.sort_by_key(|call| (call.at_ms, call.ticket));
        self.said.extend(fresh.iter().map(|call| (call.ticket, call.at_ms)));
        fresh
    }

    pub fn view<'a, M: 'a>(&self, cx: &Context<'a>) -> Element<'a, M> {
        let look = &cx.look;
        let body = row![
            container(calls(cx)).width(look.px(LEFT)),
            pane::strip(
                Space::new()
                    .width(look.px(look.palette.edge).max(1.0))
                    .height(Length::Fill),
                look.palette.line
            ),
            container(queues(cx)).width(Length::Fill),
        ]
        .height(Length::Fill);
        pane::ground(look, column![header(cx), pane::rule(look), body, footer(cx)]).into()
    }
}

fn header<'a, M: 'a>(cx: &Context<'a>) -> Element<'a, M> {
    let look = &cx.look;
    let p = look.palette;
    let hall = cx.hall.name.get(cx.lang.tag());
    let title = i18n::tr_with(cx.lang, "board-title", &[("hall", hall.into())]);
    let mut bar = row![text::sized_bold(look, title, 44.0).wrapping(Wrapping::None)]
        .spacing(look.px(44.0))
        .align_y(Vertical::Center)
        .push(Space::new().width(Length::Fill));
    // How old all this is matters more than the date.
    bar = match cx.offline_tag() {
        Some(tag) => {
            let words = text::sized_bold(look, tag, 32.0)
                .color(p.on_primary)
                .wrapping(Wrapping::None);
            bar.push(pane::pill(look, words, p.warn, p.warn).padding([look.px(6.0), look.px(28.0)]))
        }
        None => {
            let date = i18n::date(cx.lang, cx.now_ms, cx.zone);
            bar.push(text::sized(look, date, 44.0).wrapping(Wrapping::None))
        }
    };
    let clock = text::sized_bold(look, i18n::clock(cx.now_ms, cx.zone), 48.0).wrapping(Wrapping::None);
    bar = bar.push(clock);
    container(bar)
        .padding(Padding::from([0.0, look.px(MARGIN)]))
        .height(look.px(HEADER))
        .width(Length::Fill)
        .align_y(Vertical::Center)
        .into()
}

fn calls<'a, M: 'a>(cx: &Context<'a>) -> Element<'a, M> {
    let look = &cx.look;
    let p = look.palette;
    let caption = |key| text::sized(look, cx.tr(key), 40.0).color(p.ink_soft);
    let head = row![
        caption("board-number").width(Length::Fill),
        caption("board-goto").align_x(Horizontal::Right),
    ]
    .align_y(Vertical::Center)
    .height(look.px(CAPTION))
    .padding([0.0, look.px(MARGIN)]);
    let mut list = Column::new().push(head).width(Length::Fill).height(Length::Fill);
    let calls = cx.live.map_or(&[][..], |live| &live.calls);
    if calls.is_empty() && cx.live.is_some() {
        let words = text::sized(look, cx.tr("board-no-calls"), 60.0).color(p.ink_soft);
        return list.push(container(words).center(Length::Fill)).into();
    }
    for (at, call) in calls.iter().take(CALLS).enumerate() {
        if at > 1 {
            list = list.push(pane::rule(look));
        }
        list = list.push(call_row(cx, call, at == 0));
    }
    list.into()
}

fn call_row<'a, M: 'a>(cx: &Context<'a>, call: &CallLive, newest: bool) -> Element<'a, M> {
    let look = &cx.look;
    let p = look.palette;
    let (ink, ground) = if newest {
        (p.on_primary, p.primary)
    } else {
        (p.ink, p.ground)
    };
    let hall = cx.hall;
    let place = hall.window(&call.window).map_or_else(
        || call.window.to_string(),
        |window| window.name.get(cx.lang.tag()).to_owned(),
    );
    // A long name gets smaller letters before it would lose its end.
    let size = if width(&place) > 16 { 56.0 } else { 80.0 };
    let line = row![
        text::sized_bold(look, call.number.clone(), 84.0)
            .color(ink)
            .wrapping(Wrapping::None),
        Space::new().width(Length::Fill),
        text::sized_bold(look, place, size)
            .color(ink)
            .line_height(LineHeight::Relative(1.15))
            .align_x(Horizontal::Right),
    ]
    .spacing(look.px(40.0))
    .align_y(Vertical::Center)
    .height(look.px(CALL))
    .padding([0.0, look.px(MARGIN)]);
    pane::strip(line, ground).width(Length::Fill).into()
}

fn queues<'a, M: 'a>(cx: &Context<'a>) -> Element<'a, M> {
    let look = &cx.look;
    let p = look.palette;
    let all: Vec<&QueueInfo> = cx.hall.queues.iter().filter(|queue| queue.at_terminal).collect();
    let pages = all.len().div_ceil(QUEUES_MAX).max(1);
    let page = usize::try_from(cx.now_ms.div_euclid(PAGE_MS)).unwrap_or(0) % pages;
    let mut head = row![
        text::sized(look, cx.tr("board-waiting"), 40.0)
            .color(p.ink_soft)
            .width(Length::Fill)
    ]
    .align_y(Vertical::Center)
    .height(look.px(CAPTION));
    if pages > 1 {
        head = head.push(text::sized(look, format!("{}/{pages}", page + 1), 32.0).color(p.ink_soft));
    }
    let mut list = Column::new().push(head).padding([0.0, look.px(44.0)]);
    for queue in all.into_iter().skip(page * QUEUES_MAX).take(QUEUES_MAX) {
        list = list.push(queue_row(cx, queue));
    }
    list.into()
}

fn queue_row<'a, M: 'a>(cx: &Context<'a>, queue: &'a QueueInfo) -> Element<'a, M> {
    let look = &cx.look;
    let p = look.palette;
    let name = format!("{} {}", queue.prefix, queue.name.get(cx.lang.tag()));
    let size = if width(&name) > 14 { 40.0 } else { 44.0 };
    let mut line: Row<'a, M> = row![
        text::sized(look, name, size)
            .line_height(LineHeight::Relative(1.1))
            .width(Length::Fill)
    ]
    .spacing(look.px(12.0))
    .align_y(Vertical::Center)
    .height(look.px(QUEUE));
    let Some(live) = cx.queue_live(&queue.id) else {
        return line.into();
    };
    if !live.open {
        return line
            .push(text::sized(look, cx.tr("board-closed"), 40.0).color(p.ink_soft))
            .into();
    }
    line = line.push(cell(cx, cx.tr_n("board-people", live.waiting), 112.0, p.ink));
    let wait = match live.wait {
        Some(_) if live.waiting == 0 => String::new(),
        Some(wait) => i18n::tr_with(
            cx.lang,
            "board-about",
            &[("from", wait.from_minutes.into()), ("to", wait.to_minutes.into())],
        ),
        None if live.waiting == 0 => String::new(),
        None => cx.tr("board-unknown"),
    };
    line.push(cell(cx, wait, 232.0, p.ink)).into()
}

fn cell<'a, M: 'a>(cx: &Context<'a>, words: String, width: f32, ink: Color) -> Element<'a, M> {
    text::sized(&cx.look, words, 42.0)
        .color(ink)
        .wrapping(Wrapping::None)
        .width(cx.look.px(width))
        .align_x(Horizontal::Right)
        .into()
}

/// As many notices as the line takes; the others take turns.
fn footer<'a, M: 'a>(cx: &Context<'a>) -> Element<'a, M> {
    let look = &cx.look;
    let notices: Vec<&str> = cx.hall.notices.iter().map(|notice| notice.get(cx.lang.tag())).collect();
    let words = notice_line(&notices, cx.now_ms);
    let line = text::sized(look, words, 36.0).wrapping(Wrapping::None);
    let bar = container(line)
        .padding(Padding::from([0.0, look.px(MARGIN)]))
        .width(Length::Fill)
        .height(look.px(78.0))
        .align_y(Vertical::Center)
        .clip(true);
    pane::strip(bar, look.palette.surface).width(Length::Fill).into()
}

/// The notices shown at `now_ms`, each whole, beginning with another one every [`PAGE_MS`] when not all fit.
fn notice_line(notices: &[&str], now_ms: i64) -> String {
    const BETWEEN: &str = "　|　";
    let whole = notices.join(BETWEEN);
    if width(&whole) <= NOTICE_WIDTH * 2 || notices.is_empty() {
        return whole;
    }
    let first = usize::try_from(now_ms.div_euclid(PAGE_MS)).unwrap_or(0) % notices.len();
    let mut line = notices[first].to_owned();
    for more in notices.iter().cycle().skip(first + 1).take(notices.len() - 1) {
        let longer = format!("{line}{BETWEEN}{more}");
        if width(&longer) > NOTICE_WIDTH * 2 {
            break;
        }
        line = longer;
    }
    line
}

/// Width in half characters: a Han character is as wide as two letters.
fn width(words: &str) -> usize {
    words.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
