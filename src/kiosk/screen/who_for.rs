//! Who is it for? Declared by the person; the window checks the paper. Nothing chosen is "ordinary".

use iced::Length;
use iced::alignment::Vertical;
use iced::widget::{column, container, row};

use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::kiosk::context::Context;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, button, text};
use crate::kiosk::widget::grid::grid;

/// In the order shown: most people first.
const CLASSES: [(Class, Icon); 6] = [
    (Class::Ordinary, Icon::Person),
    (Class::Elder70, Icon::Elder),
    (Class::Disabled, Icon::Wheelchair),
    (Class::Pregnant, Icon::Pregnant),
    (Class::Serviceman, Icon::Star),
    (Class::Appointment, Icon::Calendar),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub queue: QueueId,
    pub class: Class,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    ClassPressed(Class),
    GetNumberPressed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    None,
    Issue { queue: QueueId, class: Class },
}

impl State {
    pub fn new(queue: QueueId) -> Self {
        Self {
            queue,
            class: Class::Ordinary,
        }
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::ClassPressed(class) => {
                self.class = class;
                Action::None
            }
            Message::GetNumberPressed => Action::Issue {
                queue: self.queue.clone(),
                class: self.class,
            },
        }
    }

    pub fn view<'a>(&self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let queue = cx
            .hall
            .queue(&self.queue)
            .map_or("", |queue| queue.name.get(cx.lang.tag()))
            .to_owned();
        let tiles = CLASSES
            .iter()
            .map(|(class, picture)| tile(cx, *class, *picture, *class == self.class))
            .collect();
        let columns = if look.is_landscape() {
            3
        } else {
            if look.elder { 1 } else { 2 }
        };
        let body = column![
            column![
                text::hint(look, queue),
                text::question(look, cx.tr("who-question")),
                text::hint(look, cx.tr("who-hint")),
            ]
            .spacing(look.px(4.0)),
            grid(look, columns, tiles, 24.0),
        ]
        .spacing(look.px(28.0));
        container(body)
            .padding([look.px(36.0), 0.0])
            .width(Length::Fill)
            .height(Length::Fill)
            .into()
    }
}

fn tile<'a>(cx: &Context<'a>, class: Class, picture: Icon, chosen: bool) -> Element<'a, Message> {
    let look = &cx.look;
    let p = look.palette;
    let (ink, soft) = if chosen {
        (p.on_primary, p.on_primary_soft)
    } else {
        (p.ink, p.ink_soft)
    };
    let mut words =
        column![text::choice(look, cx.tr(&format!("class-{}", class.code()))).color(ink)].spacing(look.px(4.0));
    if !look.elder {
        words = words.push(text::hint(look, cx.tr(&format!("class-{}-hint", class.code()))).color(soft));
    }
    let mark = icon(picture, look.px(72.0), if chosen { p.on_primary } else { p.primary });
    let inside = row![mark, words.width(Length::Fill)]
        .spacing(look.px(28.0))
        .align_y(Vertical::Center)
        .height(Length::Fill);
    let face = if chosen {
        button::confirm(look, inside)
    } else {
        button::card(look, inside)
    };
    face.padding([look.px(16.0), look.px(32.0)])
        .width(Length::Fill)
        .height(Length::Fill)
        .on_press(Message::ClassPressed(class))
        .into()
}
