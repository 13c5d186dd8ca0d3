//! The window console: signed out or signed in, and what a clerk's keys set going.

use std::sync::Arc;

use iced::keyboard::Key;
use iced::{Subscription, Task};
use uuid::Uuid;

use super::Known;
use crate::api::staff::{CallNextRequest, Session, SignIn, WindowView};
use crate::api::ticket::IssueRequest;
use crate::domain::hall::WindowId;
use crate::kiosk::context::Context;
use crate::kiosk::link::{Line, LinkError, LiveEvent};
use crate::kiosk::screen::{sign_in, window};
use crate::kiosk::ui::{Element, Look, Palette};

const SIGNED_IN_TICK_MS: u64 = 1_000;
const SIGNED_OUT_TICK_MS: u64 = 60_000;

#[derive(Debug)]
pub struct Console {
    window: WindowId,
    pub(crate) screen: Screen,
}

#[derive(Debug)]
pub(crate) enum Screen {
    SignIn(sign_in::State),
    Window(Box<window::State>),
}

#[derive(Debug, Clone)]
pub enum Message {
    SignIn(sign_in::Message),
    Window(window::Message),
    /// The window as it stands; kept off the sign-in screen.
    ViewHeard(LiveEvent<Arc<WindowView>>),
    SignedOut,
}

impl Console {
    pub(super) fn new(window: WindowId) -> Self {
        Self {
            screen: Screen::SignIn(sign_in::State::new(window.clone())),
            window,
        }
    }

    pub(super) fn update(&mut self, message: Message, known: &Known) -> Task<Message> {
        let Some(cx) = context(known) else { return Task::none() };
        match (message, &mut self.screen) {
            (Message::SignIn(message), Screen::SignIn(state)) => match state.update(message, &cx) {
                sign_in::Action::None => Task::none(),
                sign_in::Action::SignIn(request) => sign_in(known, request),
                sign_in::Action::Entered(session) => {
                    self.screen = Screen::Window(Box::new(window::State::new(session)));
                    Task::none()
                }
                sign_in::Action::Focus(field) => iced::widget::operation::focus(field),
            },
            (Message::Window(message), Screen::Window(state)) => {
                let action = state.update(message, &cx);
                let session = state.session.clone();
                self.act(action, session, known)
            }
            (Message::ViewHeard(LiveEvent::View(view)), Screen::Window(state)) => {
                let action = state.update(window::Message::ViewChanged(Box::new((*view).clone())), &cx);
                let session = state.session.clone();
                self.act(action, session, known)
            }
            // A late answer for a screen that has gone, or a line whose age the hall's own stream tells.
            (Message::SignIn(_) | Message::Window(_) | Message::ViewHeard(_) | Message::SignedOut, _) => Task::none(),
        }
    }

    pub(super) fn key(&mut self, key: &Key, known: &Known) -> Task<Message> {
        let Some(cx) = context(known) else { return Task::none() };
        let message = match &self.screen {
            Screen::SignIn(state) => state.key(key).map(Message::SignIn),
            Screen::Window(state) => state.key(key, &cx).map(Message::Window),
        };
        message.map_or_else(Task::none, |message| self.update(message, known))
    }

    pub(super) fn view<'a>(&'a self, known: &'a Known) -> Element<'a, Message> {
        let look = look(known);
        let Some(cx) = context(known) else {
            return super::connecting(&look, known.settings.lang);
        };
        match &self.screen {
            Screen::SignIn(state) => state.view(&cx).map(Message::SignIn),
            Screen::Window(state) => state.view(&cx).map(Message::Window),
        }
    }

    pub(super) fn subscription(&self, line: &Line) -> Subscription<Message> {
        match &self.screen {
            Screen::SignIn(_) => Subscription::none(),
            Screen::Window(_) => line.window_live(&self.window).map(|event| {
                Message::ViewHeard(match event {
                    LiveEvent::View(view) => LiveEvent::View(Arc::new(view)),
                    LiveEvent::Confirmed => LiveEvent::Confirmed,
                    LiveEvent::Lost => LiveEvent::Lost,
                })
            }),
        }
    }

    pub(super) fn tick_ms(&self) -> u64 {
        match &self.screen {
            Screen::SignIn(_) => SIGNED_OUT_TICK_MS,
            Screen::Window(_) => SIGNED_IN_TICK_MS,
        }
    }

    fn act(&mut self, action: window::Action, session: Session, known: &Known) -> Task<Message> {
        let Some(line) = known.devices.line.clone() else {
            return Task::none();
        };
        match action {
            window::Action::None => Task::none(),
            window::Action::CallNext { complete_current } => done(async move {
                line.call_next(&session, CallNextRequest { complete_current })
                    .await
                    .map(drop)
            }),
            window::Action::Command { ticket, command } => {
                done(async move { line.command(&session, ticket, command).await.map(drop) })
            }
            window::Action::Pause(reason) => done(async move { line.pause(&session, reason).await }),
            window::Action::Open => done(async move { line.open(&session).await }),
            window::Action::AnswerHelp(id) => done(async move { line.answer_help(&session, id).await }),
            window::Action::ClearAlert(id) => done(async move { line.clear_alert(&session, id).await }),
            window::Action::Issue { queue, class } => {
                let key = Uuid::now_v7();
                let issue = async move { line.issue_for(&session, IssueRequest { queue, class }, key).await };
                Task::perform(issue, |answer| {
                    Message::Window(window::Message::Issued(answer.map(Box::new)))
                })
            }
            window::Action::SignOut => {
                self.screen = Screen::SignIn(sign_in::State::new(self.window.clone()));
                // Should the line be gone the session ends with the shift; the screen is free at once.
                let out = async move { line.sign_out(&session).await };
                Task::perform(out, |_: Result<(), LinkError>| Message::SignedOut)
            }
            window::Action::SessionEnded(words) => {
                self.screen = Screen::SignIn(sign_in::State::saying(self.window.clone(), words));
                Task::none()
            }
        }
    }
}

fn look(known: &Known) -> Look {
    Look::fitted(Palette::LIGHT, known.size)
}

fn context(known: &Known) -> Option<Context<'_>> {
    known.context(known.settings.lang, look(known))
}

fn sign_in(known: &Known, request: SignIn) -> Task<Message> {
    let Some(line) = known.devices.line.clone() else {
        return Task::none();
    };
    Task::perform(async move { line.sign_in(request).await }, |answer| {
        Message::SignIn(sign_in::Message::SignedIn(answer))
    })
}

fn done(work: impl Future<Output = Result<(), LinkError>> + Send + 'static) -> Task<Message> {
    Task::perform(work, |answer| Message::Window(window::Message::Done(answer)))
}
