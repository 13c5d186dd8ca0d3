//! Somebody takes their place at a window.
//!
//! The PIN lives from its first figure to the answer, is wiped from memory then, and is never part of a debug output.

use std::fmt;

use iced::Length;
use iced::alignment::{Horizontal, Vertical};
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::{Column, column, container, row};
use zeroize::Zeroizing;

use crate::api::problem::code;
use crate::api::staff::{Session, SignIn};
use crate::domain::hall::{StaffId, WindowId};
use crate::i18n;
use crate::kiosk::context::Context;
use crate::kiosk::link::LinkError;
use crate::kiosk::ui::field::field;
use crate::kiosk::ui::{Element, button, keycap, pane, text};
use crate::kiosk::words::problem_words;

/// Names of the fields, for whoever moves the cursor.
pub const STAFF_FIELD: &str = "sign-in-staff";
pub const PIN_FIELD: &str = "sign-in-pin";

const WIDTH: f32 = 720.0;

/// A PIN as it is typed.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Pin(Zeroizing<String>);

impl From<String> for Pin {
    fn from(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }
}

/// Never shows the PIN.
impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin")
    }
}

#[derive(Debug, Clone)]
pub struct State {
    pub window: WindowId,
    staff: String,
    pin: Pin,
    /// AB岗: the colleague whose place is taken; empty for nobody.
    stands_in_for: String,
    signing_in: bool,
    error: Option<String>,
    /// Who is signed in here already.
    taken: Option<String>,
}

#[derive(Debug, Clone)]
pub enum Message {
    StaffTyped(String),
    PinTyped(Pin),
    StandInTyped(String),
    /// The button or Enter.
    Submitted,
    TakeOverPressed,
    CancelPressed,
    SignedIn(Result<Session, LinkError>),
}

#[derive(Debug, Clone)]
pub enum Action {
    None,
    SignIn(SignIn),
    Entered(Session),
    /// Move the cursor into the field of this name.
    Focus(&'static str),
}

impl State {
    pub fn new(window: WindowId) -> Self {
        Self {
            window,
            staff: String::new(),
            pin: Pin::default(),
            stands_in_for: String::new(),
            signing_in: false,
            error: None,
            taken: None,
        }
    }

    /// With something to say first, e.g. why the last session ended.
    pub fn saying(window: WindowId, words: String) -> Self {
        Self {
            error: Some(words),
            ..Self::new(window)
        }
    }

    pub fn update(&mut self, message: Message, cx: &Context<'_>) -> Action {
        match message {
            Message::StaffTyped(staff) if self.is_open() => self.staff = staff,
            Message::PinTyped(pin) if self.is_open() => self.pin = pin,
            Message::StandInTyped(staff) if self.is_open() => self.stands_in_for = staff,
            Message::Submitted if self.is_open() => {
                if self.staff.trim().is_empty() {
                    return Action::Focus(STAFF_FIELD);
                }
                if self.pin.0.is_empty() {
                    return Action::Focus(PIN_FIELD);
                }
                return self.ask(false);
            }
            // Never by Enter: an impatient second Enter must not take a colleague's place.
            Message::TakeOverPressed if self.taken.is_some() && !self.signing_in => {
                return self.ask(true);
            }
            Message::CancelPressed if !self.signing_in => {
                self.taken = None;
                self.pin = Pin::default();
                return Action::Focus(PIN_FIELD);
            }
            Message::SignedIn(answer) => return self.answered(answer, cx),
            Message::StaffTyped(_)
            | Message::PinTyped(_)
            | Message::StandInTyped(_)
            | Message::Submitted
            | Message::TakeOverPressed
            | Message::CancelPressed => {}
        }
        Action::None
    }

    fn answered(&mut self, answer: Result<Session, LinkError>, cx: &Context<'_>) -> Action {
        self.signing_in = false;
        let error = match answer {
            Ok(session) => {
                self.pin = Pin::default();
                return Action::Entered(session);
            }
            Err(error) => error,
        };
        if error.code() == code::WINDOW_TAKEN {
            let fact = |fact| error.problem().and_then(|problem| problem.text(fact));
            // The PIN is kept for the one answer that may follow.
            self.taken = Some(fact("clerk_name").or(fact("clerk")).unwrap_or_default().to_owned());
            return Action::None;
        }
        self.taken = None;
        self.pin = Pin::default();
        self.error = Some(problem_words(cx, &error));
        Action::Focus(PIN_FIELD)
    }

    fn ask(&mut self, take_over: bool) -> Action {
        self.signing_in = true;
        self.error = None;
        let other = self.stands_in_for.trim();
        Action::SignIn(SignIn {
            staff: StaffId(self.staff.trim().to_owned()),
            pin: (*self.pin.0).clone(),
            window: self.window.clone(),
            stands_in_for: (!other.is_empty()).then(|| StaffId(other.to_owned())),
            take_over,
        })
    }

    /// What a key outside the fields does.
    pub fn key(&self, key: &Key) -> Option<Message> {
        self.taken.as_ref()?;
        match key.as_ref() {
            Key::Named(Named::Escape) => Some(Message::CancelPressed),
            Key::Character("1") => Some(Message::TakeOverPressed),
            _ => None,
        }
    }

    /// Whether the form may be filled in.
    fn is_open(&self) -> bool {
        !self.signing_in && self.taken.is_none()
    }

    pub fn view<'a>(&'a self, cx: &Context<'a>) -> Element<'a, Message> {
        let look = &cx.look;
        let p = look.palette;
        let name = cx
            .hall
            .window(&self.window)
            .map_or(self.window.as_str(), |window| window.name.get(cx.lang.tag()));
        let head = row![
            pane::mark(
                look,
                text::sized_bold(look, mark(self.window.as_str()), 44.0).color(p.on_primary),
                88.0
            ),
            column![
                text::sized_bold(look, name, 40.0),
                text::sized(look, cx.hall.name.get(cx.lang.tag()), 26.0).color(p.ink_soft),
            ],
        ]
        .spacing(look.px(28.0))
        .align_y(Vertical::Center);
        let mut all = column![head].spacing(look.px(28.0)).width(Length::Fill);
        if let Some(tag) = cx.offline_tag() {
            all = all.push(said(cx, tag, p.warn, p.warn_soft));
        }
        if let Some(words) = &self.error {
            all = all.push(said(cx, words.clone(), p.danger, p.danger_soft));
        }
        all = match &self.taken {
            Some(clerk) => all.push(self.take_over(cx, clerk)),
            None => all.push(self.form(cx)),
        };
        let card = pane::card(look, all)
            .padding(look.px(56.0))
            .width(look.px(WIDTH).min(look.size.width * 0.92));
        pane::ground(look, container(card).center(Length::Fill)).into()
    }

    fn form<'a>(&'a self, cx: &Context<'a>) -> Column<'a, Message> {
        let look = &cx.look;
        let open = self.is_open();
        let staff = field(look, &self.staff, "", 32.0)
            .id(STAFF_FIELD)
            .on_input_maybe(open.then_some(Message::StaffTyped))
            .on_submit(Message::Submitted);
        let pin = field(look, &self.pin.0, "", 32.0)
            .id(PIN_FIELD)
            .secure(true)
            .on_input_maybe(open.then_some(|typed| Message::PinTyped(Pin::from(typed))))
            .on_submit(Message::Submitted);
        let other = field(look, &self.stands_in_for, &cx.tr("window-stand-in-none"), 32.0)
            .on_input_maybe(open.then_some(Message::StandInTyped))
            .on_submit(Message::Submitted);
        let words = cx.tr(if self.signing_in {
            "window-signing-in"
        } else {
            "window-enter"
        });
        let enter = button::confirm(
            look,
            centred(text::sized_bold(look, words, 36.0).color_maybe(None::<iced::Color>)),
        )
        .height(look.px(96.0))
        .width(Length::Fill)
        .on_press_maybe(open.then_some(Message::Submitted));
        column![
            named(cx, "window-staff", staff.into()),
            named(cx, "window-pin", pin.into()),
            named(cx, "window-stand-in", other.into()),
            pane::gap(look, 4.0),
            enter,
        ]
        .spacing(look.px(24.0))
    }

    fn take_over<'a>(&'a self, cx: &Context<'a>, clerk: &str) -> Column<'a, Message> {
        let look = &cx.look;
        let question = i18n::tr_with(cx.lang, "window-taken", &[("clerk", clerk.to_owned().into())]);
        let free = !self.signing_in;
        let words = cx.tr(if free { "window-take-over" } else { "window-signing-in" });
        let yes = row![
            text::sized_bold(look, words, 34.0).color_maybe(None::<iced::Color>),
            keycap::primary(look, "1", 22.0, free),
        ]
        .spacing(look.px(16.0))
        .align_y(Vertical::Center);
        let yes = button::confirm(look, centred(yes))
            .height(look.px(96.0))
            .width(Length::Fill)
            .on_press_maybe(free.then_some(Message::TakeOverPressed));
        let no = row![
            text::sized(look, cx.tr("window-cancel"), 34.0).color_maybe(None::<iced::Color>),
            keycap::quiet(look, "Esc", 22.0, free),
        ]
        .spacing(look.px(16.0))
        .align_y(Vertical::Center);
        let no = button::quiet(look, centred(no))
            .height(look.px(96.0))
            .width(Length::Fill)
            .on_press_maybe(free.then_some(Message::CancelPressed));
        column![
            text::sized_bold(look, question, 36.0).align_x(Horizontal::Left),
            row![no, yes].spacing(look.px(24.0)),
        ]
        .spacing(look.px(36.0))
    }
}

/// What stands in the blue square: a window's number, the first letter of a room with a name.
fn mark(id: &str) -> String {
    if id.len() <= 3 {
        id.to_owned()
    } else {
        id.chars().take(1).flat_map(char::to_uppercase).collect()
    }
}

fn named<'a>(cx: &Context<'a>, key: &str, field: Element<'a, Message>) -> Element<'a, Message> {
    let look = &cx.look;
    let name = text::sized(look, cx.tr(key), 26.0).color(look.palette.ink_soft);
    column![name, field].spacing(look.px(8.0)).into()
}

fn said<'a>(cx: &Context<'a>, words: String, ink: iced::Color, ground: iced::Color) -> Element<'a, Message> {
    let look = &cx.look;
    let words = text::sized(look, words, 28.0).color(ink);
    pane::pill(look, words, ground, ink)
        .padding([look.px(12.0), look.px(28.0)])
        .width(Length::Fill)
        .into()
}

fn centred<'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content).center(Length::Fill).into()
}
