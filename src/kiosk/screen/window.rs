//! The window console: who waits, who is here, and one key for everything.
//!
//! One request is under way at a time; until its answer comes nothing else can be asked. Nothing is shown as done
//! before the hall says so: the view is the hall's, never guessed.

mod acts;
mod panel;
mod side;
mod view;

use iced::keyboard::Key;
use iced::keyboard::key::Named;
use uuid::Uuid;

pub use acts::Act;
pub use panel::Panel;

use crate::api::staff::{PauseReason, Session, WindowView};
use crate::api::ticket::{Issued, TicketView};
use crate::domain::hall::{QueueId, StaffRole};
use crate::domain::priority::Class;
use crate::domain::ticket::{Command, Status};
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::link::LinkError;
use crate::kiosk::words::problem_words;

/// How long a notice stays.
const NOTICE_MS: i64 = 12_000;

/// After a call the space bar rests a moment: whoever presses it twice does not start with somebody who is still
/// getting up.
const SPACE_REST_MS: i64 = 1_000;

#[derive(Debug, Clone)]
pub struct State {
    pub session: Session,
    pub view: Option<WindowView>,
    pub panel: Panel,
    /// A request is under way.
    pub busy: bool,
    pub notice: Option<Notice>,
    /// The hall has shown us signed in here; when it no longer does, we are not.
    seen_here: bool,
    /// When the ticket at this window last became another one, by this device's clock.
    arrived_ms: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub words: String,
    /// Something was not done.
    pub trouble: bool,
    pub until_ms: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Pressed(Act),
    ResumePressed(Uuid),
    ReactivatePressed(Uuid),
    HelpPressed(Uuid),
    AlertPressed(Uuid),
    SignOutPressed,
    /// A choice of the open panel, from 0.
    Chosen(usize),
    MorePressed,
    /// Esc, or a touch beside the panel.
    Closed,
    Done(Result<(), LinkError>),
    Issued(Result<Box<Issued>, LinkError>),
    ViewChanged(Box<WindowView>),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    None,
    CallNext {
        complete_current: bool,
    },
    Command {
        ticket: Uuid,
        command: Command,
    },
    Pause(PauseReason),
    Open,
    Issue {
        queue: QueueId,
        class: Class,
    },
    AnswerHelp(Uuid),
    ClearAlert(Uuid),
    SignOut,
    /// Why, in words for the sign-in screen.
    SessionEnded(String),
}

impl State {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            view: None,
            panel: Panel::None,
            busy: false,
            notice: None,
            seen_here: false,
            arrived_ms: None,
        }
    }

    /// Issues, re-activates and answers, but calls nobody.
    pub fn is_desk(&self, cx: &Context<'_>) -> bool {
        self.session.role == StaffRole::Volunteer
            || cx.hall.window(&self.session.window).is_some_and(|window| window.desk)
    }

    pub fn update(&mut self, message: Message, cx: &Context<'_>) -> Action {
        match message {
            Message::Done(answer) => return self.answered(answer, cx),
            Message::Issued(Ok(issued)) => {
                self.busy = false;
                let words = i18n::tr_with(
                    cx.lang,
                    "window-issued",
                    &[
                        ("number", issued.ticket.number.into()),
                        ("n", i64::from(issued.people_ahead).into()),
                    ],
                );
                self.say(words, false, cx);
            }
            Message::Issued(Err(error)) => return self.answered(Err(error), cx),
            Message::ViewChanged(view) => return self.view_changed(*view, cx),
            Message::Closed => {
                if self.panel == Panel::None {
                    self.notice = None;
                }
                self.panel = self.panel.parent();
            }
            Message::MorePressed => self.panel.turn_page(self.choices(cx).len()),
            Message::Chosen(choice) if !self.busy => {
                let pick = self.choices(cx).into_iter().nth(choice);
                return match pick {
                    Some(choice) if choice.enabled => self.picked(choice.pick),
                    _ => Action::None,
                };
            }
            Message::Pressed(act) if self.can(act, cx) => {
                self.notice = None;
                return self.begin(act);
            }
            Message::ResumePressed(ticket) if self.can_resume() => {
                return self.ask(Action::Command {
                    ticket,
                    command: Command::Resume,
                });
            }
            Message::ReactivatePressed(ticket) if self.is_free_to_ask() => {
                return self.ask(Action::Command {
                    ticket,
                    command: Command::Reactivate,
                });
            }
            Message::HelpPressed(id) if self.is_free_to_ask() => return self.ask(Action::AnswerHelp(id)),
            Message::AlertPressed(id) if self.is_free_to_ask() => return self.ask(Action::ClearAlert(id)),
            Message::SignOutPressed if !self.busy => self.panel = Panel::SignOut,
            Message::Pressed(_)
            | Message::Chosen(_)
            | Message::ResumePressed(_)
            | Message::ReactivatePressed(_)
            | Message::HelpPressed(_)
            | Message::AlertPressed(_)
            | Message::SignOutPressed => {}
        }
        Action::None
    }

    /// What `key` does now. Held-down keys and keys with Ctrl or Alt are for the caller to leave out.
    pub fn key(&self, key: &Key, cx: &Context<'_>) -> Option<Message> {
        if self.panel != Panel::None {
            return match key.as_ref() {
                Key::Named(Named::Escape) => Some(Message::Closed),
                Key::Character(text) => self.panel.digit(text, self.choices(cx).len()),
                _ => None,
            };
        }
        let text = match key.as_ref() {
            Key::Named(Named::Escape) => return Some(Message::Closed),
            Key::Named(Named::Space) | Key::Character(" ") => return self.space(cx),
            Key::Character(text) => text.to_lowercase(),
            _ => return None,
        };
        let view = self.view.as_ref()?;
        match text.as_str() {
            "g" => view.help.first().map(|call| Message::HelpPressed(call.id)),
            "c" => view.alerts.first().map(|alert| Message::AlertPressed(alert.id)),
            "q" => Some(Message::SignOutPressed),
            text => match text.parse::<usize>() {
                Ok(digit) => self.row(digit, cx),
                Err(_) => self
                    .acts(cx)
                    .into_iter()
                    .find(|act| act.key() == text)
                    .map(Message::Pressed),
            },
        }
    }

    fn space(&self, cx: &Context<'_>) -> Option<Message> {
        let act = self.primary(cx)?;
        let rests = self
            .arrived_ms
            .is_some_and(|at| (0..SPACE_REST_MS).contains(&(cx.now_ms - at)));
        (act != Act::Start || !rests).then_some(Message::Pressed(act))
    }

    /// The row of the right column that `digit` stands on.
    fn row(&self, digit: usize, cx: &Context<'_>) -> Option<Message> {
        let place = digit.checked_sub(1)?;
        let (held, missed) = (self.held(cx), self.missed(cx));
        let first_missed = side::first_missed_key(self.is_desk(cx)) - 1;
        if place < first_missed {
            return held.get(place).map(|ticket| Message::ResumePressed(ticket.id));
        }
        let ticket = missed.get(place - first_missed)?;
        Some(Message::ReactivatePressed(ticket.id))
    }

    fn begin(&mut self, act: Act) -> Action {
        let current = self.current().map(|ticket| ticket.id);
        let command = |command| match current {
            Some(ticket) => Action::Command { ticket, command },
            None => Action::None,
        };
        let open = |panel: fn(Uuid) -> Panel| current.map_or(Panel::None, panel);
        match act {
            Act::CallNext => self.ask(Action::CallNext {
                complete_current: false,
            }),
            Act::CompleteNext => self.ask(Action::CallNext { complete_current: true }),
            Act::Start => self.ask(command(Command::Start)),
            Act::Recall => self.ask(command(Command::Recall)),
            Act::Miss => self.ask(command(Command::Miss)),
            Act::Complete => self.ask(command(Command::Complete)),
            Act::Open => self.ask(Action::Open),
            Act::Transfer => self.show(open(|ticket| Panel::Transfer { ticket, page: 0 })),
            Act::Hold => self.show(open(|ticket| Panel::Hold { ticket })),
            Act::Cancel => self.show(open(|ticket| Panel::Cancel { ticket })),
            Act::Pause => self.show(Panel::Pause),
            Act::Issue => self.show(Panel::Issue { page: 0 }),
        }
    }

    fn show(&mut self, panel: Panel) -> Action {
        self.panel = panel;
        Action::None
    }

    fn picked(&mut self, pick: panel::Pick) -> Action {
        match pick {
            panel::Pick::Panel(panel) => self.show(panel),
            panel::Pick::Ask(action) => {
                self.panel = Panel::None;
                self.ask(action)
            }
        }
    }

    fn ask(&mut self, action: Action) -> Action {
        self.busy = action != Action::None;
        self.notice = None;
        action
    }

    fn answered(&mut self, answer: Result<(), LinkError>, cx: &Context<'_>) -> Action {
        self.busy = false;
        let Err(error) = answer else { return Action::None };
        let words = problem_words(cx, &error);
        if error.ends_session() {
            return Action::SessionEnded(words);
        }
        self.say(words, true, cx);
        Action::None
    }

    fn view_changed(&mut self, view: WindowView, cx: &Context<'_>) -> Action {
        // After a change of servers an older view may come once more; it says nothing new.
        let older = self.view.as_ref().is_some_and(|last| view.at_ms < last.at_ms);
        let mine = view.clerk.as_ref() == Some(&self.session.staff);
        if self.seen_here && !mine && !older {
            return Action::SessionEnded(match &view.clerk {
                Some(clerk) => i18n::tr_with(
                    cx.lang,
                    "problem-session-taken_over",
                    &[("clerk", clerk.to_string().into())],
                ),
                None => cx.tr("problem-session-ended"),
            });
        }
        self.seen_here |= mine;
        let id = |ticket: Option<&TicketView>| ticket.map(|ticket| ticket.id);
        let stays = id(view.current.as_ref()) == id(self.current());
        let step = view.current.as_ref().map(|ticket| ticket.status) == self.current().map(|ticket| ticket.status);
        if !stays {
            self.arrived_ms = Some(cx.now_ms);
        }
        // A panel about a ticket means nothing once the ticket is elsewhere.
        if self.panel.ticket().is_some() && !(stays && step) {
            self.panel = Panel::None;
        }
        self.view = Some(view);
        Action::None
    }

    fn say(&mut self, words: String, trouble: bool, cx: &Context<'_>) {
        self.notice = Some(Notice {
            words,
            trouble,
            until_ms: cx.now_ms + NOTICE_MS,
        });
    }

    /// Called or served here.
    fn current(&self) -> Option<&TicketView> {
        self.view.as_ref()?.current.as_ref()
    }

    fn current_status(&self) -> Option<Status> {
        self.current().map(|ticket| ticket.status)
    }

    fn held(&self, cx: &Context<'_>) -> &[TicketView] {
        let held = self.view.as_ref().map_or(&[][..], |view| &view.held);
        &held[..held.len().min(side::held_rows(self.is_desk(cx)))]
    }

    fn missed(&self, cx: &Context<'_>) -> &[TicketView] {
        let missed = self.view.as_ref().map_or(&[][..], |view| &view.missed);
        &missed[..missed.len().min(side::missed_rows(self.is_desk(cx)))]
    }
}
