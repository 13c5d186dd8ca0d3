//! Questions in front of the console, answered by a digit.

use iced::Length;
use iced::alignment::Vertical;
use iced::widget::{Row, Space, column, container, mouse_area, opaque, row, stack};
use uuid::Uuid;

use super::{Action, Message, State};
use crate::api::staff::PauseReason;
use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::domain::ticket::{Command, HoldKind};
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::ui::{Element, button, keycap, pane, text};
use crate::kiosk::widget::grid::grid;

/// Digits: 1 to 9, and 0 for the tenth.
const DIGITS: usize = 10;
/// With more than that, 0 turns the page.
const PAGE: usize = 9;
const CHOICE_HEIGHT: f32 = 92.0;
const GAP: f32 = 16.0;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    None,
    Transfer {
        ticket: Uuid,
        page: usize,
    },
    Hold {
        ticket: Uuid,
    },
    Cancel {
        ticket: Uuid,
    },
    Pause,
    Issue {
        page: usize,
    },
    /// 代取号, second step.
    Class {
        queue: QueueId,
    },
    SignOut,
}

pub(super) struct Choice {
    pub(super) words: String,
    pub(super) detail: String,
    pub(super) pick: Pick,
    pub(super) enabled: bool,
}

pub(super) enum Pick {
    Ask(Action),
    Panel(Panel),
}

impl Panel {
    /// The ticket it is about.
    pub(super) fn ticket(&self) -> Option<Uuid> {
        match self {
            Self::Transfer { ticket, .. } | Self::Hold { ticket } | Self::Cancel { ticket } => Some(*ticket),
            Self::None | Self::Pause | Self::Issue { .. } | Self::Class { .. } | Self::SignOut => None,
        }
    }

    /// What stands there after Esc.
    pub(super) fn parent(&self) -> Self {
        match self {
            Self::Class { .. } => Self::Issue { page: 0 },
            _ => Self::None,
        }
    }

    fn page(&self) -> usize {
        match self {
            Self::Transfer { page, .. } | Self::Issue { page } => *page,
            _ => 0,
        }
    }

    pub(super) fn turn_page(&mut self, choices: usize) {
        let pages = if choices > DIGITS { choices.div_ceil(PAGE) } else { 1 };
        if let Self::Transfer { page, .. } | Self::Issue { page } = self {
            *page = (*page + 1) % pages;
        }
    }

    /// What a digit means among so many choices.
    pub(super) fn digit(&self, text: &str, choices: usize) -> Option<Message> {
        let digit: usize = text.parse().ok().filter(|digit| *digit < DIGITS)?;
        let paged = choices > DIGITS;
        let choice = match digit {
            0 if paged => return Some(Message::MorePressed),
            0 => DIGITS - 1,
            digit => digit - 1 + if paged { self.page() * PAGE } else { 0 },
        };
        (choice < choices).then_some(Message::Chosen(choice))
    }
}

impl State {
    /// The answers to the open question, in order.
    pub(super) fn choices(&self, cx: &Context<'_>) -> Vec<Choice> {
        let ask = |words, action| Choice {
            words,
            detail: String::new(),
            pick: Pick::Ask(action),
            enabled: true,
        };
        match &self.panel {
            Panel::None => Vec::new(),
            Panel::Transfer { ticket, .. } => {
                let here = self.current().map(|ticket| &ticket.queue);
                let queues = cx.hall.queues.iter().filter(|queue| Some(&queue.id) != here);
                queues
                    .map(|queue| {
                        let command = Command::Transfer {
                            queue: queue.id.clone(),
                            window: None,
                        };
                        let mut choice = self.queue_choice(
                            cx,
                            &queue.id,
                            Pick::Ask(Action::Command {
                                ticket: *ticket,
                                command,
                            }),
                        );
                        choice.enabled = true;
                        choice
                    })
                    .collect()
            }
            Panel::Issue { .. } => cx
                .hall
                .queues
                .iter()
                .map(|queue| {
                    let next = Panel::Class {
                        queue: queue.id.clone(),
                    };
                    self.queue_choice(cx, &queue.id, Pick::Panel(next))
                })
                .collect(),
            Panel::Class { queue } => {
                let others = Class::ALL.into_iter().filter(|class| *class != Class::Ordinary);
                std::iter::once(Class::Ordinary)
                    .chain(others)
                    .map(|class| {
                        let words = cx.tr(&format!("class-{}", class.code()));
                        let queue = queue.clone();
                        ask(words, Action::Issue { queue, class })
                    })
                    .collect()
            }
            Panel::Hold { ticket } => HoldKind::ALL
                .into_iter()
                .map(|kind| {
                    let words = cx.tr(&format!("hold-{}", kind.code()));
                    let command = Command::Hold { kind };
                    ask(
                        words,
                        Action::Command {
                            ticket: *ticket,
                            command,
                        },
                    )
                })
                .collect(),
            Panel::Pause => PauseReason::ALL
                .into_iter()
                .map(|reason| ask(cx.tr(&format!("pause-{}", reason.code())), Action::Pause(reason)))
                .collect(),
            Panel::Cancel { ticket } => vec![ask(
                cx.tr("window-yes-cancel"),
                Action::Command {
                    ticket: *ticket,
                    command: Command::Cancel,
                },
            )],
            Panel::SignOut => vec![ask(cx.tr("window-sign-out"), Action::SignOut)],
        }
    }

    /// A queue to choose; one that gives no numbers now can be read but not chosen.
    fn queue_choice(&self, cx: &Context<'_>, id: &QueueId, pick: Pick) -> Choice {
        let name = cx.hall.queue(id).map_or(String::new(), |queue| {
            format!("{} {}", queue.prefix, queue.name.get(cx.lang.tag()))
        });
        // The window hears of its own queues; the hall's view, where there is one, knows all.
        let live = self
            .view
            .as_ref()
            .and_then(|view| view.queues.iter().find(|queue| &queue.id == id))
            .or_else(|| cx.queue_live(id));
        let open = live.is_none_or(|queue| queue.open && queue.left != Some(0));
        let detail = match live {
            Some(queue) if !queue.open => cx.tr("queue-closed"),
            Some(queue) if queue.left == Some(0) => cx.tr("queue-quota-gone"),
            Some(queue) => cx.tr_n("queue-waiting", queue.waiting),
            None => String::new(),
        };
        Choice {
            words: name,
            detail,
            pick,
            enabled: open,
        }
    }

    fn panel_title(&self, cx: &Context<'_>) -> String {
        let number = || {
            let number = self.current().map_or(String::new(), |ticket| ticket.number.clone());
            [("number", number.into())]
        };
        match &self.panel {
            Panel::None => String::new(),
            Panel::Transfer { .. } => cx.tr("window-choose-queue"),
            Panel::Hold { .. } => cx.tr("window-choose-hold"),
            Panel::Pause => cx.tr("window-choose-pause"),
            Panel::Issue { .. } => cx.tr("window-issue-queue"),
            Panel::Class { .. } => cx.tr("window-issue-class"),
            Panel::Cancel { .. } => i18n::tr_with(cx.lang, "window-cancel-sure", &number()),
            Panel::SignOut if self.current().is_some() => i18n::tr_with(cx.lang, "window-sign-out-current", &number()),
            Panel::SignOut => cx.tr("window-sign-out-sure"),
        }
    }

    /// `behind`, with the open question before it.
    pub(super) fn with_panel<'a>(&'a self, cx: &Context<'a>, behind: Element<'a, Message>) -> Element<'a, Message> {
        if self.panel == Panel::None {
            return behind;
        }
        let look = &cx.look;
        let choices = self.choices(cx);
        let paged = choices.len() > DIGITS;
        let (skip, take) = if paged {
            (self.panel.page() * PAGE, PAGE)
        } else {
            (0, DIGITS)
        };
        let mut tiles: Vec<Element<'a, Message>> = choices
            .into_iter()
            .enumerate()
            .skip(skip)
            .take(take)
            .map(|(at, choice)| {
                let message = (choice.enabled && !self.busy).then_some(Message::Chosen(at));
                tile(cx, (at - skip + 1) % DIGITS, choice.words, choice.detail, message)
            })
            .collect();
        if paged {
            let words = cx.tr("window-more-choices");
            tiles.push(tile(cx, 0, words, String::new(), Some(Message::MorePressed)));
        }
        let columns = if tiles.len() > 5 { 2 } else { 1 };
        let rows = tiles.len().div_ceil(columns) as f32;
        let answers = container(grid(look, columns, tiles, GAP))
            .height(look.px(rows * CHOICE_HEIGHT + (rows - 1.0) * GAP))
            .width(Length::Fill);
        let close = row![
            text::sized(look, cx.tr("window-esc"), 28.0).color_maybe(None::<iced::Color>),
            keycap::quiet(look, "Esc", 20.0, true),
        ]
        .spacing(look.px(16.0))
        .align_y(Vertical::Center);
        let close = button::quiet(look, close)
            .padding([look.px(12.0), look.px(24.0)])
            .on_press(Message::Closed);
        let title = container(text::sized_bold(look, self.panel_title(cx), 38.0)).width(Length::Fill);
        let head = row![title, close].spacing(look.px(24.0)).align_y(Vertical::Center);
        let width = if columns == 2 { 1240.0 } else { 860.0 };
        let card = pane::card(look, column![head, answers].spacing(look.px(36.0)))
            .padding(look.px(48.0))
            .width(look.px(width));
        let veil = pane::veil(look, opaque(card));
        stack![behind, opaque(mouse_area(veil).on_press(Message::Closed))].into()
    }
}

fn tile<'a>(
    cx: &Context<'a>,
    digit: usize,
    words: String,
    detail: String,
    message: Option<Message>,
) -> Element<'a, Message> {
    let look = &cx.look;
    let enabled = message.is_some();
    let mut line = Row::new()
        .spacing(look.px(20.0))
        .height(Length::Fill)
        .align_y(Vertical::Center)
        .push(keycap::quiet(look, digit.to_string(), 28.0, enabled))
        .push(text::sized(look, words, 32.0).color_maybe(None::<iced::Color>));
    if !detail.is_empty() {
        line = line
            .push(Space::new().width(Length::Fill))
            .push(text::sized(look, detail, 24.0).color_maybe(None::<iced::Color>));
    }
    button::quiet(look, line)
        .padding([0.0, look.px(24.0)])
        .width(Length::Fill)
        .height(Length::Fill)
        .on_press_maybe(message)
        .into()
}
