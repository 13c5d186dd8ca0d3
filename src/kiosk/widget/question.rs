//! A question in front of everything: the screen behind is out of reach until it is answered.

use iced::alignment::Horizontal;
use iced::widget::{Column, Row, column, container, mouse_area, opaque, stack};
use iced::{Color, Length};

use super::frame::Action;
use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, Look, button, pane, text};

pub struct Question<M> {
    pub icon: Icon,
    pub color: Color,
    pub title: String,
    pub words: String,
    pub quiet: Option<Action<M>>,
    pub primary: Action<M>,
}

/// `behind` with `question` before it. `touched` is sent for a touch beside the card, which does nothing else.
pub fn over<'a, M: Clone + 'a>(
    look: &Look,
    behind: Element<'a, M>,
    question: Question<M>,
    touched: M,
) -> Element<'a, M> {
    let p = look.palette;
    let height = look.px(if look.elder { 136.0 } else { 112.0 });
    let answer = |words: String, ink| container(text::label(look, words).color(ink)).center(Length::Fill);
    let mut answers = Row::new().spacing(look.px(24.0)).width(Length::Fill);
    if let Some(action) = question.quiet {
        answers = answers.push(
            button::quiet(look, answer(action.words, p.ink))
                .height(height)
                .width(Length::Fill)
                .on_press_maybe(action.message),
        );
    }
    answers = answers.push(
        button::confirm(look, answer(question.primary.words, p.on_primary))
            .height(height)
            .width(Length::Fill)
            .on_press_maybe(question.primary.message),
    );
    let card: Column<'_, M> = column![
        icon(question.icon, look.px(112.0), question.color),
        text::question(look, question.title).align_x(Horizontal::Center),
        text::body(look, question.words).align_x(Horizontal::Center),
        pane::gap(look, 16.0),
        answers,
    ]
    .spacing(look.px(28.0))
    .align_x(Horizontal::Center);
    let card = pane::card(look, card)
        .padding(look.px(64.0))
        .width(look.px(880.0).min(look.size.width * 0.92));
    stack![behind, opaque(mouse_area(pane::veil(look, card)).on_press(touched))].into()
}
