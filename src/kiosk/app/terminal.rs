//! The resident's terminal: which screen follows which, and how a visit ends.

pub mod number;

use iced::Task;
use uuid::Uuid;

use super::Known;
use crate::api::ticket::Issued;
use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::i18n::{self, Lang};
use crate::kiosk::context::Context;
use crate::kiosk::link::LinkError;
use crate::kiosk::screen::{choose_queue, home, issued, issuing, trouble, who_for};
use crate::kiosk::session::Visit;
use crate::kiosk::ui::icon::Icon;
use crate::kiosk::ui::{Element, Look, Palette};
use crate::kiosk::widget::frame::{self, Action, Footer, Header};
use crate::kiosk::widget::question::{self, Question};

const SECOND_MS: i64 = 1_000;
/// Nothing counts: the clock on the screen is all that moves.
const CALM_TICK_MS: u64 = 60_000;
const LIVELY_TICK_MS: u64 = 1_000;
/// After an answer has put another screen under the finger, its buttons wait this long: the second tap of a double tap
/// was meant for the screen before. In milliseconds.
const SETTLE_MS: i64 = 600;

#[derive(Debug)]
pub struct Terminal {
    pub(crate) visit: Visit,
    pub(crate) screen: Screen,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) touched_ms: i64,
    /// When an answer last changed the screen.
    changed_ms: i64,
    pub(crate) help: Help,
}

/// Where this visit's call for a person stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Help {
    Quiet,
    Calling(Uuid),
    /// It went out and nobody confirmed it.
    Unheard(Uuid),
}

#[derive(Debug)]
pub(crate) enum Screen {
    Home,
    Choose(choose_queue::State),
    Who(who_for::State),
    Issuing(issuing::State),
    Issued(Box<issued::State>),
    Trouble(trouble::State),
}

/// A question in front of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overlay {
    /// Are you still there? The visit ends at this time.
    Idle {
        until_ms: i64,
    },
    HelpSent,
    HelpFailed,
}

#[derive(Debug, Clone)]
pub enum Message {
    Home(home::Message),
    Choose(choose_queue::Message),
    Who(who_for::Message),
    BackPressed,
    HomePressed,
    ElderPressed,
    ContrastPressed,
    LanguagePressed,
    HelpPressed,
    HelpAnswered {
        visit: u64,
        sent: bool,
    },
    IssueAnswered {
        visit: u64,
        key: Uuid,
        answer: Result<Issued, LinkError>,
    },
    /// `trouble` is a stable printer code.
    PrintEnded {
        visit: u64,
        ticket: Uuid,
        trouble: Option<&'static str>,
    },
    PrintReported,
    RetryPressed,
    GiveUpPressed,
    AnotherPressed,
    DonePressed,
    StayPressed,
    OverlayClosed,
    /// A touch that means nothing by itself.
    Touched,
}

impl Terminal {
    pub(super) fn new(lang: Lang, high_contrast: bool) -> Self {
        Self {
            visit: Visit {
                id: 0,
                lang,
                elder: false,
                high_contrast,
            },
            screen: Screen::Home,
            overlay: None,
            touched_ms: 0,
            changed_ms: i64::MIN,
            help: Help::Quiet,
        }
    }

    /// Somebody is there. A question stays until the touch has reached it: what lies under the finger must not go
    /// away between press and release.
    pub(super) fn touched(&mut self, known: &Known) {
        self.touched_ms = known.now_ms;
        let whole = match &self.screen {
            Screen::Issued(state) => self.issued_ms(&state.paper, known),
            _ => return,
        };
        if let Screen::Issued(state) = &mut self.screen {
            state.until_ms = known.now_ms + whole;
        }
    }

    pub(super) fn update(&mut self, message: Message, known: &Known) -> Task<super::Message> {
        self.touched_ms = match &message {
            Message::HelpAnswered { .. } | Message::IssueAnswered { .. } | Message::PrintEnded { .. } => {
                self.touched_ms
            }
            _ => known.now_ms,
        };
        let settles = known.now_ms.saturating_sub(self.changed_ms) < SETTLE_MS;
        match message {
            Message::DonePressed | Message::AnotherPressed | Message::RetryPressed if settles => {}
            Message::Home(message) => match home::update(message) {
                home::Action::ChooseQueue => self.screen = Screen::Choose(choose_queue::State::default()),
                home::Action::QueueChosen(queue) => self.queue_chosen(queue, known),
            },
            Message::Choose(message) => {
                let (look, lang) = (self.look(known), self.visit.lang);
                let (Screen::Choose(state), Some(cx)) = (&mut self.screen, known.context(lang, look)) else {
                    return Task::none();
                };
                if let choose_queue::Action::QueueChosen(queue) = state.update(message, &cx) {
                    self.queue_chosen(queue, known);
                }
            }
            Message::Who(message) => {
                let Screen::Who(state) = &mut self.screen else {
                    return Task::none();
                };
                if let who_for::Action::Issue { queue, class } = state.update(message) {
                    return self.issue(queue, class, Uuid::now_v7(), known);
                }
            }
            Message::BackPressed => self.back(known),
            Message::HomePressed | Message::DonePressed => return self.reset(known),
            Message::ElderPressed => self.visit.elder = !self.visit.elder,
            Message::ContrastPressed => self.visit.high_contrast = !self.visit.high_contrast,
            Message::LanguagePressed => {
                self.visit.lang = match self.visit.lang {
                    Lang::ZhCn => Lang::En,
                    Lang::En => Lang::ZhCn,
                }
            }
            Message::HelpPressed => return self.raise_help(known),
            Message::HelpAnswered { visit, sent } if visit == self.visit.id => {
                self.help_answered(sent);
            }
            Message::IssueAnswered { visit, key, answer } if visit == self.visit.id => {
                return self.answered(key, answer, known);
            }
            Message::PrintEnded { visit, ticket, trouble } => return self.printed(visit, ticket, trouble, known),
            Message::RetryPressed => {
                let Screen::Trouble(state) = &self.screen else {
                    return Task::none();
                };
                let (queue, class, key) = (state.queue.clone(), state.class, state.key);
                return self.issue(queue, class, key, known);
            }
            Message::GiveUpPressed => {
                // The key is kept: should the number have been given after all, trying again shows it.
                if let Screen::Issuing(state) = &self.screen {
                    self.screen = Screen::Trouble(trouble::State {
                        reason: trouble::Reason::Offline,
                        queue: state.queue.clone(),
                        class: state.class,
                        key: state.key,
                    });
                }
            }
            Message::AnotherPressed => self.screen = Screen::Choose(choose_queue::State::default()),
            Message::StayPressed | Message::OverlayClosed => self.overlay = None,
            Message::HelpAnswered { .. } | Message::IssueAnswered { .. } | Message::PrintReported => {}
            Message::Touched => self.still_here(),
        }
        Task::none()
    }

    /// Ends what has run out.
    pub(super) fn ticked(&mut self, known: &Known) -> Task<super::Message> {
        let idle = known.settings.idle;
        let untouched = self.is_untouched(known);
        match &mut self.screen {
            Screen::Issuing(_) => return Task::none(),
            Screen::Issued(state) => {
                if state.paper == issued::Paper::Printing {
                    state.until_ms = known.now_ms + i64::from(idle.issued_seconds) * SECOND_MS;
                } else if known.now_ms >= state.until_ms {
                    return self.reset(known);
                }
                return Task::none();
            }
            Screen::Home if untouched => {
                // A message nobody closed; and the printer may have been refilled meanwhile.
                if self.overlay.is_some() && known.now_ms - self.touched_ms > self.idle_ms(known) {
                    self.overlay = None;
                }
                return known.read_printer();
            }
            Screen::Home | Screen::Choose(_) | Screen::Who(_) | Screen::Trouble(_) => {}
        }
        let (quiet, whole) = (known.now_ms - self.touched_ms, self.idle_ms(known));
        if quiet >= whole {
            return self.reset(known);
        }
        if quiet < whole * 2 / 3 {
            self.still_here();
        } else if !matches!(self.overlay, Some(Overlay::Idle { .. })) {
            self.overlay = Some(Overlay::Idle {
                until_ms: self.touched_ms + whole,
            });
        }
        Task::none()
    }

    #[cfg(feature = "demo")]
    pub(super) fn issued(&self) -> Option<&Issued> {
        match &self.screen {
            Screen::Issued(state) => Some(&state.issued),
            _ => None,
        }
    }

    /// A question whether somebody is there has been answered.
    fn still_here(&mut self) {
        if let Some(Overlay::Idle { .. }) = self.overlay {
            self.overlay = None;
        }
    }

    pub(super) fn tick_ms(&self, known: &Known) -> u64 {
        let calm = matches!(self.screen, Screen::Home) && self.overlay.is_none() && self.is_untouched(known);
        if calm { CALM_TICK_MS } else { LIVELY_TICK_MS }
    }

    pub(super) fn palette(&self) -> Palette {
        if self.visit.high_contrast {
            Palette::HIGH_CONTRAST
        } else {
            Palette::LIGHT
        }
    }

    pub(super) fn view<'a>(&'a self, known: &'a Known) -> Element<'a, Message> {
        let look = self.look(known);
        let Some(cx) = known.context(self.visit.lang, look) else {
            return super::connecting(&look, self.visit.lang);
        };
        let body = match &self.screen {
            Screen::Home => home::view(&cx).map(Message::Home),
            Screen::Choose(state) => state.view(&cx).map(Message::Choose),
            Screen::Who(state) => state.view(&cx).map(Message::Who),
            Screen::Issuing(state) => state.view(&cx),
            Screen::Issued(state) => state.view(&cx),
            Screen::Trouble(state) => state.view(&cx),
        };
        let screen = frame::frame(&look, header(&cx), body, self.footer(&cx));
        match self.overlay {
            Some(overlay) => question::over(&look, screen, ask(overlay, &cx), Message::Touched),
            None => screen,
        }
    }

    fn footer(&self, cx: &Context<'_>) -> Footer<Message> {
        let back = || Action::new(cx.tr("back"), Message::BackPressed);
        let home = || Action::new(cx.tr("home"), Message::HomePressed);
        let mut help = Action::new(cx.tr_pick("help", "help-elder"), Message::HelpPressed);
        if let Help::Calling(_) = self.help {
            // Still to be read, so not shown as disabled; touching it again calls nobody twice.
            help.words = cx.tr("help-calling");
        }
        let (left, primary) = match &self.screen {
            Screen::Home => (self.modes(cx), None),
            Screen::Choose(_) => (vec![home()], None),
            Screen::Who(_) => {
                let take = Action::new(cx.tr("get-number"), Message::Who(who_for::Message::GetNumberPressed));
                (vec![back(), home()], Some(take))
            }
            Screen::Issuing(state) if state.is_long(cx.now_ms) => (
                vec![Action::new(cx.tr("issuing-give-up"), Message::GiveUpPressed)],
                None,
            ),
            Screen::Issuing(_) => (Vec::new(), None),
            Screen::Issued(state) => {
                let done = cx.tr_n("issued-done", state.seconds_left(cx.now_ms));
                let another = Action::new(cx.tr("issued-another"), Message::AnotherPressed);
                (vec![another], Some(Action::new(done, Message::DonePressed)))
            }
            Screen::Trouble(state) => {
                let other = Action::new(cx.tr("choose-other"), Message::AnotherPressed);
                let again = Action::new(cx.tr("try-again"), Message::RetryPressed);
                if state.can_retry() {
                    (vec![home(), other], Some(again))
                } else {
                    (vec![home()], Some(other))
                }
            }
        };
        // Beside a primary action there is no room for a picture.
        let help = Some(if primary.is_none() || self.visit.elder {
            help.icon(Icon::Help)
        } else {
            help
        });
        Footer { left, help, primary }
    }

    /// The ways to see and read this better, each reachable from the first screen.
    fn modes(&self, cx: &Context<'_>) -> Vec<Action<Message>> {
        let elder = if self.visit.elder {
            "mode-standard"
        } else {
            "mode-elder"
        };
        let contrast = if self.visit.high_contrast {
            "mode-contrast-off"
        } else {
            "mode-contrast"
        };
        vec![
            Action::new(cx.tr(elder), Message::ElderPressed),
            Action::new(cx.tr(contrast), Message::ContrastPressed),
            Action::new(cx.tr("language-other"), Message::LanguagePressed),
        ]
    }

    fn look(&self, known: &Known) -> Look {
        Look::new(
            self.palette(),
            known.size,
            known.settings.diagonal_inches,
            self.visit.elder,
        )
    }

    fn idle_ms(&self, known: &Known) -> i64 {
        let idle = known.settings.idle;
        i64::from(if self.visit.elder {
            idle.elder_seconds
        } else {
            idle.standard_seconds
        }) * SECOND_MS
    }

    /// On the first screen, in the hall's own defaults.
    fn is_untouched(&self, known: &Known) -> bool {
        let fresh = self.visit.next(known.settings.lang, known.settings.high_contrast);
        Visit {
            id: fresh.id,
            ..self.visit
        } == fresh
    }

    fn queue_chosen(&mut self, queue: QueueId, known: &Known) {
        let live = known
            .live
            .as_ref()
            .and_then(|live| live.queues.iter().find(|live| live.id == queue));
        let reason = match live {
            Some(live) if !live.open => Some(trouble::Reason::Closed {
                opens_at_ms: live.opens_at_ms,
            }),
            Some(live) if live.left == Some(0) => Some(trouble::Reason::QuotaGone {
                opens_at_ms: live.opens_at_ms,
            }),
            _ => None,
        };
        self.screen = match reason {
            Some(reason) => Screen::Trouble(trouble::State {
                reason,
                queue,
                class: Class::Ordinary,
                key: Uuid::now_v7(),
            }),
            None => Screen::Who(who_for::State::new(queue)),
        };
    }

    fn back(&mut self, known: &Known) {
        self.screen = match &self.screen {
            Screen::Who(_) | Screen::Trouble(_) => Screen::Choose(choose_queue::State::default()),
            _ => Screen::Home,
        };
        self.touched_ms = known.now_ms;
    }

    /// The visit is over: everything of it is dropped.
    fn reset(&mut self, known: &Known) -> Task<super::Message> {
        self.visit = self.visit.next(known.settings.lang, known.settings.high_contrast);
        self.screen = Screen::Home;
        self.overlay = None;
        self.help = Help::Quiet;
        known.read_printer()
    }
}

fn header(cx: &Context<'_>) -> Header {
    let name = i18n::tr_with(cx.lang, "terminal-one-door", &[("name", cx.device.to_owned().into())]);
    Header {
        mark: cx.tr("brand"),
        hall: cx.hall.name.get(cx.lang.tag()).to_owned(),
        device: name,
        clock: i18n::clock(cx.now_ms, cx.zone),
        date: i18n::date(cx.lang, cx.now_ms, cx.zone),
        tag: cx.offline_tag(),
    }
}

fn ask(overlay: Overlay, cx: &Context<'_>) -> Question<Message> {
    let p = cx.look.palette;
    let close = || Action::new(cx.tr("ok"), Message::OverlayClosed);
    match overlay {
        Overlay::Idle { until_ms } => Question {
            icon: Icon::Clock,
            color: p.primary,
            title: cx.tr("idle-title"),
            words: cx.tr_n("idle-text", ((until_ms - cx.now_ms + 999) / SECOND_MS).max(0)),
            quiet: Some(Action::new(cx.tr("home"), Message::HomePressed)),
            primary: Action::new(cx.tr("idle-stay"), Message::StayPressed),
        },
        Overlay::HelpSent => Question {
            icon: Icon::Check,
            color: p.ok,
            title: cx.tr("help-sent-title"),
            words: cx.tr("help-sent"),
            quiet: None,
            primary: close(),
        },
        Overlay::HelpFailed => Question {
            icon: Icon::Offline,
            color: p.warn,
            title: cx.tr("help-failed-title"),
            words: cx.tr("help-failed"),
            quiet: None,
            primary: close(),
        },
    }
}
