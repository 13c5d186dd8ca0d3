//! The program of a device: what it knows of the hall, what time it is, and which role's screens it shows.
//!
//! Only here and in the roles below is anything navigated. Facts come in as messages, work goes out as tasks; an answer
//! that comes too late for the screen that asked is dropped.

pub mod console;
pub mod terminal;
pub mod wall;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use iced::keyboard::{self, Key};
use iced::{Event, Size, Subscription, Task, Theme, event, mouse, touch, window};
use jiff::tz::TimeZone;

use super::config::Idle;
use super::context::Context;
use super::link::{Line, LinkError, LiveEvent};
use super::ui::{Element, Look, Palette, fonts, pane, text};
use crate::api::hall::HallInfo;
use crate::api::live::HallLive;
use crate::device::speaker::Speaker;
use crate::domain::hall::WindowId;
use crate::i18n::Lang;
use crate::print::driver::{Driver, PrinterState};

/// Pause before the hall's description is asked for again.
const HALL_RETRY: Duration = Duration::from_secs(2);
const MINUTE_MS: u64 = 60_000;

/// What a device is told about itself.
#[derive(Debug, Clone)]
pub struct Settings {
    pub kind: Kind,
    /// What the screen calls this device.
    pub name: String,
    pub lang: Lang,
    pub high_contrast: bool,
    pub diagonal_inches: f32,
    /// In pixels, until the window says otherwise.
    pub size: Size,
    pub idle: Idle,
    pub paper: crate::print::layout::Paper,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Terminal,
    Window(WindowId),
    Board,
}

/// The outside world of a device.
#[derive(Debug, Clone)]
pub struct Devices {
    /// None in a picture: nothing is asked, nothing is heard.
    pub line: Option<Line>,
    pub printer: Option<Arc<dyn Driver>>,
    pub speaker: Option<Arc<dyn Speaker>>,
    pub clock: Clock,
}

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// For pictures: milliseconds since the epoch.
    Fixed(i64),
    /// The same, moved by whoever holds it too; it ticks only when somebody says so.
    Set(Arc<AtomicI64>),
}

impl Clock {
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::System => jiff::Timestamp::now().as_millisecond(),
            Self::Fixed(at) => *at,
            Self::Set(at) => at.load(Ordering::Relaxed),
        }
    }
}

/// What the device knows, whatever its role.
#[derive(Debug)]
pub struct Known {
    pub settings: Settings,
    pub devices: Devices,
    pub hall: Option<HallInfo>,
    pub zone: TimeZone,
    pub live: Option<HallLive>,
    pub lost_since: Option<i64>,
    pub now_ms: i64,
    pub size: Size,
    pub printer: Option<PrinterState>,
}

pub struct App {
    known: Known,
    role: Role,
}

enum Role {
    Terminal(terminal::Terminal),
    Console(Box<console::Console>),
    Wall(wall::Wall),
}

#[derive(Debug, Clone)]
pub enum Message {
    HallRead(Result<HallInfo, LinkError>),
    LiveHeard(LiveEvent<HallLive>),
    Ticked(i64),
    Resized(Size),
    PrinterRead(PrinterState),
    /// Somebody touched the screen or a key.
    Touched,
    KeyPressed(Key),
    Terminal(terminal::Message),
    Console(console::Message),
}

impl App {
    /// A device that has just been switched on.
    pub fn boot(settings: Settings, devices: Devices) -> (Self, Task<Message>) {
        fonts::load();
        let role = match &settings.kind {
            Kind::Terminal => Role::Terminal(terminal::Terminal::new(settings.lang, settings.high_contrast)),
            Kind::Window(window) => Role::Console(Box::new(console::Console::new(window.clone()))),
            Kind::Board => Role::Wall(wall::Wall::default()),
        };
        let known = Known {
            hall: None,
            zone: TimeZone::UTC,
            live: None,
            lost_since: None,
            now_ms: devices.clock.now_ms(),
            size: settings.size,
            printer: None,
            settings,
            devices,
        };
        if known.devices.printer.is_some() {
            // The fonts are parsed before the first resident waits for paper.
            std::thread::spawn(crate::print::pdf::warm_up);
        }
        let tasks = Task::batch([known.read_hall(Duration::ZERO), known.read_printer()]);
        (Self { known, role }, tasks)
    }

    pub fn update(&mut self, message: Message) -> Task<Message> {
        self.known.now_ms = self.known.devices.clock.now_ms();
        match message {
            Message::HallRead(Ok(hall)) => {
                self.known.zone = TimeZone::get(&hall.time_zone).unwrap_or(TimeZone::UTC);
                self.known.hall = Some(hall);
                Task::none()
            }
            Message::HallRead(Err(error)) => {
                tracing::warn!(code = error.code(), "the hall's description was not read");
                self.known.lost();
                self.known.read_hall(HALL_RETRY)
            }
            Message::LiveHeard(event) => {
                match event {
                    LiveEvent::View(live) => {
                        self.known.live = Some(live);
                        self.known.lost_since = None;
                    }
                    LiveEvent::Confirmed => self.known.lost_since = None,
                    LiveEvent::Lost => self.known.lost(),
                }
                match &mut self.role {
                    Role::Wall(wall) => wall.heard(&self.known),
                    Role::Terminal(_) | Role::Console(_) => {}
                }
                Task::none()
            }
            Message::Ticked(_) => match &mut self.role {
                Role::Terminal(terminal) => terminal.ticked(&self.known),
                Role::Console(_) | Role::Wall(_) => Task::none(),
            },
            Message::Resized(size) => {
                self.known.size = size;
                Task::none()
            }
            Message::PrinterRead(state) => {
                self.known.printer = Some(state);
                Task::none()
            }
            Message::Touched => {
                if let Role::Terminal(terminal) = &mut self.role {
                    terminal.touched(&self.known);
                }
                Task::none()
            }
            Message::KeyPressed(key) => match &mut self.role {
                Role::Console(console) => console.key(&key, &self.known).map(Message::Console),
                Role::Terminal(_) | Role::Wall(_) => Task::none(),
            },
            Message::Terminal(message) => match &mut self.role {
                Role::Terminal(terminal) => terminal.update(message, &self.known),
                Role::Console(_) | Role::Wall(_) => Task::none(),
            },
            Message::Console(message) => match &mut self.role {
                Role::Console(console) => console.update(message, &self.known).map(Message::Console),
                Role::Terminal(_) | Role::Wall(_) => Task::none(),
            },
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        match &self.role {
            Role::Terminal(terminal) => terminal.view(&self.known).map(Message::Terminal),
            Role::Console(console) => console.view(&self.known).map(Message::Console),
            Role::Wall(wall) => wall.view(&self.known),
        }
    }

    /// Every source of messages; nothing ticks that nobody looks at.
    pub fn subscription(&self) -> Subscription<Message> {
        let mut sources = vec![event::listen_with(|event, _, _| match event {
            Event::Window(window::Event::Resized(size)) => Some(Message::Resized(size)),
            Event::Window(window::Event::Opened { size, .. }) => Some(Message::Resized(size)),
            Event::Mouse(mouse::Event::ButtonPressed(_)) | Event::Touch(touch::Event::FingerPressed { .. }) => {
                Some(Message::Touched)
            }
            // A key that is held down acts once; one with Ctrl or Alt belongs to the system.
            Event::Keyboard(keyboard::Event::KeyPressed {
                key,
                modifiers,
                repeat: false,
                ..
            }) if !modifiers.control() && !modifiers.alt() => Some(Message::KeyPressed(key)),
            _ => None,
        })];
        if let Clock::System = self.known.devices.clock {
            sources.push(ticks(self.tick_ms()));
        }
        if let Some(line) = &self.known.devices.line {
            sources.push(line.live().map(Message::LiveHeard));
            if let Role::Console(console) = &self.role {
                sources.push(console.subscription(line).map(Message::Console));
            }
        }
        Subscription::batch(sources)
    }

    pub fn theme(&self) -> Theme {
        Theme::Light
    }

    pub fn palette(&self) -> Palette {
        match &self.role {
            Role::Terminal(terminal) => terminal.palette(),
            Role::Console(_) => Palette::LIGHT,
            Role::Wall(_) => Palette::BOARD,
        }
    }

    pub fn title(&self) -> String {
        self.known
            .hall
            .as_ref()
            .map_or_else(|| "Hall Kiosk".to_owned(), |hall| hall.name.get("zh-CN").to_owned())
    }

    /// How often the time must be looked at now, in milliseconds.
    pub fn tick_ms(&self) -> u64 {
        let wanted = match &self.role {
            Role::Terminal(terminal) => terminal.tick_ms(&self.known),
            Role::Console(console) => console.tick_ms(),
            Role::Wall(wall) => wall.tick_ms(&self.known),
        };
        // An age that is shown must grow.
        if self.known.lost_since.is_some() {
            wanted.min(5_000)
        } else {
            wanted
        }
    }

    /// The number on the screen, if one is.
    #[cfg(feature = "demo")]
    pub fn issued(&self) -> Option<&crate::api::ticket::Issued> {
        match &self.role {
            Role::Terminal(terminal) => terminal.issued(),
            Role::Console(_) | Role::Wall(_) => None,
        }
    }

    /// Sets the time, for pictures and tests; nothing happens yet.
    #[cfg(feature = "demo")]
    pub fn set_clock(&mut self, clock: Clock) {
        self.known.devices.clock = clock;
    }

    #[cfg(feature = "demo")]
    pub(super) fn known_mut(&mut self) -> &mut Known {
        &mut self.known
    }

    #[cfg(feature = "demo")]
    pub(super) fn terminal_mut(&mut self) -> Option<&mut terminal::Terminal> {
        match &mut self.role {
            Role::Terminal(terminal) => Some(terminal),
            Role::Console(_) | Role::Wall(_) => None,
        }
    }

    #[cfg(feature = "demo")]
    pub(super) fn console_mut(&mut self) -> Option<&mut console::Console> {
        match &mut self.role {
            Role::Console(console) => Some(console),
            Role::Terminal(_) | Role::Wall(_) => None,
        }
    }
}

impl Known {
    /// The context of a view, once the hall is known.
    pub fn context(&self, lang: Lang, look: Look) -> Option<Context<'_>> {
        Some(Context {
            look,
            lang,
            hall: self.hall.as_ref()?,
            live: self.live.as_ref(),
            lost_since: self.lost_since,
            now_ms: self.now_ms,
            zone: &self.zone,
            device: &self.settings.name,
            printer_trouble: self.printer_trouble(),
        })
    }

    /// Why no paper can be had; none too when there is no printer to begin with.
    pub fn printer_trouble(&self) -> Option<&'static str> {
        self.printer.filter(|state| !state.can_print()).map(PrinterState::code)
    }

    pub fn read_printer(&self) -> Task<Message> {
        match self.devices.printer.clone() {
            Some(printer) => Task::perform(async move { printer.state().await }, Message::PrinterRead),
            None => Task::none(),
        }
    }

    fn lost(&mut self) {
        self.lost_since = self.lost_since.or(Some(self.now_ms));
    }

    fn read_hall(&self, after: Duration) -> Task<Message> {
        let Some(line) = self.devices.line.clone() else {
            return Task::none();
        };
        let ask = async move {
            tokio::time::sleep(after).await;
            line.hall().await
        };
        Task::perform(ask, Message::HallRead)
    }
}

/// What is shown until the hall is known.
fn connecting<'a, M: 'a>(look: &Look, lang: Lang) -> Element<'a, M> {
    let words = text::question(look, crate::i18n::tr(lang, "connecting"));
    pane::ground(look, iced::widget::center(words)).into()
}

/// The time at each full `period_ms` of the wall clock.
fn ticks(period_ms: u64) -> Subscription<Message> {
    Subscription::run_with(period_ms, |period_ms| {
        let period = (*period_ms).clamp(100, MINUTE_MS) as i64;
        futures::stream::unfold((), move |()| async move {
            let now = Clock::System.now_ms();
            let left = period - now.rem_euclid(period);
            tokio::time::sleep(Duration::from_millis(left as u64)).await;
            Some((Message::Ticked(Clock::System.now_ms()), ()))
        })
    })
}
