//! The first screen: what brings you here?

use iced::Length;
use iced::alignment::{Horizontal, Vertical};
use iced::widget::{Column, Row, Space, column, container, row};

use crate::api::hall::QueueInfo;
use crate::domain::hall::QueueId;
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, button, pane, text};
use crate::kiosk::widget::grid::grid;

/// Queues that can be touched without going through the list.
const DIRECT_MAX: usize = 6;
const DIRECT_MAX_ELDER: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    TakeNumberPressed,
    QueuePressed(QueueId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    ChooseQueue,
    QueueChosen(QueueId),
}

pub fn update(message: Message) -> Action {
    match message {
        Message::TakeNumberPressed => Action::ChooseQueue,
        Message::QueuePressed(queue) => Action::QueueChosen(queue),
    }
}

pub fn view<'a>(cx: &Context<'a>) -> Element<'a, Message> {
    let look = &cx.look;
    let question = text::question(look, cx.tr_pick("home-question", "home-question-elder"));
    let main = primary(cx);
    let direct = direct(cx);
    let body: Element<'a, Message> = if look.is_landscape() {
        let mut left = Column::new()
            .spacing(look.px(28.0))
            .width(Length::FillPortion(5))
            .height(Length::Fill);
        left = left.push(question).push(container(main).height(Length::Fill));
        if let Some(notice) = notice(cx).filter(|_| !look.elder && cx.lost_since.is_none()) {
            left = left.push(notice);
        }
        row![
            left,
            container(direct).width(Length::FillPortion(6)).height(Length::Fill)
        ]
        .spacing(look.px(40.0))
        .into()
    } else {
        let mut all = column![question].spacing(look.px(28.0));
        if look.elder {
            all = all.push(container(main).height(Length::FillPortion(1)));
            all = all.push(container(direct).height(Length::FillPortion(3)));
        } else {
            all = all.push(container(main).height(Length::FillPortion(4)));
            all = all.push(text::strong(look, cx.tr("home-direct")));
            all = all.push(container(direct).height(Length::FillPortion(8)));
            if let Some(notice) = notice(cx) {
                all = all.push(notice);
            }
        }
        all.into()
    };
    container(body)
        .padding([look.px(40.0), 0.0])
        .width(Length::Fill)
        .height(Length::Fill)
        .into()
}

/// The one thing most people come to the terminal for.
fn primary<'a>(cx: &Context<'a>) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let waiting: u32 = cx
        .live
        .map_or(0, |live| live.queues.iter().map(|queue| queue.waiting).sum());
    let crowd = match (cx.printer_trouble, cx.live) {
        (Some(_), _) => cx.tr("paper-out-home"),
        (None, None) => String::new(),
        (None, Some(_)) if waiting == 0 => cx.tr("home-no-waiting"),
        (None, Some(_)) => cx.tr_n("home-waiting", waiting),
    };
    let title = text::tile(look, cx.tr_pick("take-number", "take-number-elder"));
    if look.elder {
        let words = column![title, text::hint(look, cx.tr("take-number-hint-elder"))].spacing(look.px(8.0));
        return elder_tile(
            cx,
            icon(Icon::Ticket, look.px(112.0), p.primary),
            words.into(),
            p.primary,
            Message::TakeNumberPressed,
        );
    }
    let words = column![
        title.color(p.on_primary),
        text::body(look, cx.tr("take-number-hint")).color(p.on_primary),
        text::hint(look, crowd).color(p.on_primary_soft),
    ]
    .spacing(look.px(6.0));
    let inside = column![
        icon(Icon::Ticket, look.px(96.0), p.on_primary),
        Space::new().height(Length::Fill),
        words
    ];
    button::confirm(look, inside)
        .padding(look.px(32.0))
        .width(Length::Fill)
        .height(Length::Fill)
        .on_press(Message::TakeNumberPressed)
        .into()
}

/// The queues themselves, one touch away, with how many wait there.
fn direct<'a>(cx: &Context<'a>) -> Element<'a, Message> {
    let look = &cx.look;
    let queues: Vec<&QueueInfo> = cx.hall.queues.iter().filter(|queue| queue.at_terminal).collect();
    if look.elder {
        let p = look.palette;
        let colors = [p.ok, p.accent, p.ink_soft];
        let tiles = queues
            .iter()
            .take(DIRECT_MAX_ELDER)
            .zip(colors)
            .map(|(queue, color)| {
                let words = column![
                    text::tile(look, queue.name.get(cx.lang.tag())),
                    text::hint(look, cx.queue_line(&queue.id)),
                ]
                .spacing(look.px(8.0));
                let letter =
                    container(text::sized_bold(look, queue.prefix.clone(), 84.0).color(color)).center_x(look.px(112.0));
                elder_tile(
                    cx,
                    letter.into(),
                    words.into(),
                    color,
                    Message::QueuePressed(queue.id.clone()),
                )
            })
            .collect();
        return grid(look, 1, tiles, 28.0);
    }
    let tiles = queues.iter().take(DIRECT_MAX).map(|queue| tile(cx, queue)).collect();
    grid(look, 2, tiles, 28.0)
}

fn tile<'a>(cx: &Context<'a>, queue: &QueueInfo) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let letter = pane::pill(
        look,
        container(text::sized_bold(look, queue.prefix.clone(), 34.0).color(p.primary)).center_x(look.px(64.0)),
        p.primary_soft,
        p.primary,
    )
    .padding([look.px(4.0), 0.0]);
    let words = column![
        text::choice(look, queue.name.get(cx.lang.tag())),
        text::sized(look, cx.queue_line(&queue.id), 28.0).color(p.ink_soft),
    ]
    .spacing(look.px(6.0));
    button::card(
        look,
        column![letter, Space::new().height(Length::Fill), words].width(Length::Fill),
    )
    .padding(look.px(28.0))
    .width(Length::Fill)
    .height(Length::Fill)
    .on_press(Message::QueuePressed(queue.id.clone()))
    .into()
}

fn elder_tile<'a>(
    cx: &Context<'a>,
    picture: Element<'a, Message>,
    words: Element<'a, Message>,
    edge: iced::Color,
    message: Message,
) -> Element<'a, Message> {
    let look = &cx.look;
    let inside = Row::new()
        .push(picture)
        .push(container(words).width(Length::Fill))
        .spacing(look.px(if look.is_landscape() { 28.0 } else { 48.0 }))
        .height(Length::Fill)
        .align_y(Vertical::Center);
    button::edged(look, inside, edge)
        .padding([look.px(12.0), look.px(if look.is_landscape() { 36.0 } else { 56.0 })])
        .width(Length::Fill)
        .height(Length::Fill)
        .on_press(message)
        .into()
}

fn notice<'a>(cx: &Context<'a>) -> Option<Element<'a, Message>> {
    let look = &cx.look;
    let first = cx.hall.notices.first()?;
    let words = column![
        text::strong(look, i18n::tr(cx.lang, "home-notice")),
        text::body(look, first.get(cx.lang.tag())),
    ]
    .spacing(look.px(6.0));
    let line = row![icon(Icon::Bell, look.px(64.0), look.palette.primary), words]
        .spacing(look.px(28.0))
        .align_y(Vertical::Center);
    Some(
        pane::card(look, line)
            .padding(look.px(32.0))
            .width(Length::Fill)
            .align_x(Horizontal::Left)
            .into(),
    )
}
