//! What is it about? At most six choices a page.

use iced::Length;
use iced::alignment::{Horizontal, Vertical};
use iced::widget::{Column, Space, column, container, row};

use crate::api::hall::QueueInfo;
use crate::domain::hall::QueueId;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, button, pane, text};
use crate::kiosk::widget::grid::grid;

/// Choices a page; fewer in large print.
pub const CHOICES_MAX: usize = 6;
const CHOICES_MAX_ELDER: usize = 4;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    page: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    QueuePressed(QueueId),
    PreviousPressed,
    NextPressed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    QueueChosen(QueueId),
}

impl State {
    /// The list opened at `page`, or at the last one.
    pub fn at_page(page: usize) -> Self {
        Self { page }
    }

    pub fn update(&mut self, message: Message, cx: &Context<'_>) -> Action {
        match message {
            Message::QueuePressed(queue) => return Action::QueueChosen(queue),
            Message::PreviousPressed => self.page = self.page.saturating_sub(1),
            Message::NextPressed => self.page = (self.page + 1).min(pages(cx).saturating_sub(1)),
        }
        Action::None
    }

    pub fn view<'a>(&self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let pages = pages(cx);
        let page = self.page.min(pages.saturating_sub(1));
        let size = page_size(cx);
        let tiles: Vec<Element<'a, Message>> = queues(cx)
            .into_iter()
            .skip(page * size)
            .take(size)
            .map(|queue| tile(cx, queue))
            .collect();
        // A short last page keeps the tiles' size: the rest of the grid stays empty.
        let columns = if look.is_landscape() { 2 } else { 1 };
        let rows = tiles.len().div_ceil(columns).max(1) as u16;
        let all = (size / columns) as u16;
        let mut list = column![container(grid(look, columns, tiles, 24.0)).height(Length::FillPortion(rows))];
        if rows < all {
            list = list.push(Space::new().height(Length::FillPortion(all - rows)));
        }
        let mut body: Column<'a, Message> = column![
            text::question(look, cx.tr("choose-question")),
            list.height(Length::Fill).spacing(look.px(24.0)),
        ]
        .spacing(look.px(24.0));
        if pages > 1 {
            body = body.push(pager(cx, page, pages));
        }
        container(body)
            .padding([look.px(36.0), 0.0])
            .width(Length::Fill)
            .height(Length::Fill)
            .into()
    }
}

fn queues<'a>(cx: &Context<'a>) -> Vec<&'a QueueInfo> {
    cx.hall.queues.iter().filter(|queue| queue.at_terminal).collect()
}

fn page_size(cx: &Context<'_>) -> usize {
    if cx.look.elder { CHOICES_MAX_ELDER } else { CHOICES_MAX }
}

fn pages(cx: &Context<'_>) -> usize {
    queues(cx).len().div_ceil(page_size(cx)).max(1)
}

fn tile<'a>(cx: &Context<'a>, queue: &QueueInfo) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let open = cx.gives_numbers(&queue.id);
    let letter = pane::pill(
        look,
        container(text::sized_bold(look, queue.prefix.clone(), 48.0).color(p.primary)).center(look.px(96.0)),
        p.primary_soft,
        p.primary,
    );
    let mut words = column![text::choice(look, queue.name.get(cx.lang.tag()))]
        .spacing(look.px(2.0))
        .width(Length::Fill);
    let hint = queue.hint.get(cx.lang.tag());
    if !look.elder && !look.is_landscape() && !hint.is_empty() {
        words = words.push(text::sized(look, hint, 26.0).color(p.ink_soft));
    }
    let state = text::sized(look, cx.queue_line(&queue.id), if look.elder { 48.0 } else { 28.0 }).color(if open {
        p.primary
    } else {
        p.warn
    });
    let inside = row![letter, words.push(state)]
        .spacing(look.px(32.0))
        .align_y(Vertical::Center)
        .height(Length::Fill);
    button::card(look, inside)
        .padding([look.px(8.0), look.px(32.0)])
        .width(Length::Fill)
        .height(Length::Fill)
        .on_press(Message::QueuePressed(queue.id.clone()))
        .into()
}

fn pager<'a>(cx: &Context<'a>, page: usize, pages: usize) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let height = look.pick(104.0, 120.0);
    let turn = |words: String, picture, message: Option<Message>, first: bool| {
        let mark = icon(picture, look.px(44.0), if message.is_some() { p.ink } else { p.line });
        let label = text::label(look, words).color_maybe(None::<iced::Color>);
        let line = if first { row![mark, label] } else { row![label, mark] };
        let line = container(line.spacing(look.px(12.0)).align_y(Vertical::Center)).center(Length::Fill);
        button::quiet(look, line)
            .width(Length::FillPortion(2))
            .height(height)
            .on_press_maybe(message)
    };
    let words = i18n::tr_with(cx.lang, "page", &[("page", (page + 1).into()), ("pages", pages.into())]);
    row![
        turn(
            cx.tr("previous"),
            Icon::Previous,
            (page > 0).then_some(Message::PreviousPressed),
            true
        ),
        text::hint(look, words)
            .width(Length::FillPortion(2))
            .align_x(Horizontal::Center),
        turn(
            cx.tr("next"),
            Icon::Next,
            (page + 1 < pages).then_some(Message::NextPressed),
            false
        ),
    ]
    .spacing(look.px(24.0))
    .align_y(Vertical::Center)
    .into()
}
