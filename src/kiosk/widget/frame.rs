//! The frame of every resident's screen: who we are above, where to go below.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::{Column, Row, Space, column, container, row};
use iced::{Length, Padding};

use crate::kiosk::ui::icon::{Icon, icon};
use crate::kiosk::ui::{Element, Look, button, pane, text};

/// Left and right margin of everything, in design pixels.
pub const MARGIN: f32 = 56.0;
const HEADER: f32 = 132.0;
const FOOTER_BUTTON: f32 = 104.0;

pub struct Header {
    pub mark: String,
    pub hall: String,
    pub device: String,
    pub clock: String,
    pub date: String,
    /// Something quiet to say, e.g. that the line is gone.
    pub tag: Option<String>,
}

/// A button below: words, and a message when it can be pressed.
pub struct Action<M> {
    pub words: String,
    pub icon: Option<Icon>,
    pub message: Option<M>,
}

impl<M> Action<M> {
    pub fn new(words: String, message: M) -> Self {
        Self {
            words,
            icon: None,
            message: Some(message),
        }
    }

    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }
}

/// What stands below: the ways out at the left, help, and the primary action at the right.
pub struct Footer<M> {
    pub left: Vec<Action<M>>,
    pub help: Option<Action<M>>,
    pub primary: Option<Action<M>>,
}

pub fn frame<'a, M: Clone + 'a>(
    look: &Look,
    header: Header,
    body: impl Into<Element<'a, M>>,
    footer: Footer<M>,
) -> Element<'a, M> {
    let body = container(body)
        .padding(Padding::from([0.0, look.px(MARGIN)]))
        .width(Length::Fill)
        .height(Length::Fill);
    pane::ground(look, column![top(look, header), body, bottom(look, footer)]).into()
}

fn top<'a, M: 'a>(look: &Look, header: Header) -> Element<'a, M> {
    let p = look.palette;
    let mark = pane::mark(
        look,
        text::sized_bold(look, header.mark, 40.0).color(p.on_primary),
        72.0,
    );
    let mut name = Column::new().push(text::sized_bold(
        look,
        header.hall,
        if look.elder { 46.0 } else { 38.0 },
    ));
    let mut time = Column::new().align_x(Horizontal::Right);
    time = time.push(text::sized_bold(
        look,
        header.clock,
        if look.elder { 60.0 } else { 46.0 },
    ));
    if !look.elder {
        name = name.push(text::sized(look, header.device, 26.0).color(p.ink_soft));
        time = time.push(text::sized(look, header.date, 26.0).color(p.ink_soft));
    }
    let mut bar = row![mark, name].spacing(look.px(24.0)).align_y(Vertical::Center);
    bar = bar.push(Space::new().width(Length::Fill));
    // Where the screen is wide the tag has room beside the name; elsewhere it gets a line of its own.
    let mut below = None;
    if let Some(tag) = header.tag {
        let words = text::sized(look, tag, 28.0).color(p.warn);
        if look.is_landscape() {
            let pill = pane::pill(look, words, p.warn_soft, p.warn).padding([look.px(8.0), look.px(24.0)]);
            bar = bar.push(pill);
        } else {
            below = Some(container(words).center_x(Length::Fill).padding(look.px(8.0)));
        }
    }
    let bar = container(bar.push(time).spacing(look.px(32.0)))
        .padding(Padding::from([0.0, look.px(MARGIN)]))
        .height(look.px(HEADER))
        .width(Length::Fill)
        .align_y(Vertical::Center);
    let mut all = column![pane::strip(bar, p.surface), pane::rule(look)];
    if let Some(words) = below {
        all = all.push(pane::strip(words, p.warn_soft)).push(pane::rule(look));
    }
    all.into()
}

fn bottom<'a, M: Clone + 'a>(look: &Look, footer: Footer<M>) -> Element<'a, M> {
    let p = look.palette;
    let height = look.px(if look.elder { 128.0 } else { FOOTER_BUTTON });
    // Large print has no room beside: help gets a line of its own, and its whole width.
    let two_lines = look.elder && !look.is_landscape();
    let wide = if two_lines { Length::Fill } else { Length::Shrink };
    let mut bar = Row::new()
        .spacing(look.px(24.0))
        .align_y(Vertical::Center)
        .width(Length::Fill);
    for action in footer.left {
        bar = bar.push(
            button::quiet(look, words(look, action.words, action.icon, p.ink, Length::Shrink))
                .height(height)
                .on_press_maybe(action.message),
        );
    }
    let help = footer.help.map(|action| {
        let ink = if look.elder { p.on_accent } else { p.accent };
        button::help(look, words(look, action.words, action.icon, ink, wide))
            .height(height)
            .on_press_maybe(action.message)
    });
    let primary = footer.primary.map(|action| {
        button::confirm(look, words(look, action.words, action.icon, p.on_primary, wide))
            .height(height)
            .on_press_maybe(action.message)
    });
    let mut lines = Column::new().spacing(look.px(24.0)).width(Length::Fill);
    if two_lines {
        if let Some(help) = help {
            lines = lines.push(help.width(Length::Fill));
        }
        if let Some(primary) = primary {
            bar = bar.push(primary.width(Length::Fill));
        }
    } else {
        bar = bar.push(Space::new().width(Length::Fill));
        if let Some(help) = help {
            bar = bar.push(help);
        }
        if let Some(primary) = primary {
            bar = bar.push(primary);
        }
    }
    let bar = container(lines.push(bar))
        .padding([look.px(24.0), look.px(MARGIN)])
        .width(Length::Fill);
    column![pane::rule(look), pane::strip(bar, p.surface).width(Length::Fill)].into()
}

/// A button's picture and words, in the middle of `width`.
fn words<'a, M: 'a>(
    look: &Look,
    words: String,
    picture: Option<Icon>,
    ink: iced::Color,
    width: Length,
) -> Element<'a, M> {
    let label = text::label(look, words).color_maybe(None::<iced::Color>);
    let mut line = Row::new().spacing(look.px(14.0)).align_y(Vertical::Center);
    if let Some(picture) = picture {
        line = line.push(icon(picture, look.pick(40.0, 52.0), ink));
    }
    container(line.push(label)).center(Length::Fill).width(width).into()
}
