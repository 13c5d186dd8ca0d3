//! A screen nobody sees: the real program, its tasks and subscriptions included, driven by touches and keys.

use std::time::Duration;

use futures::StreamExt as _;
use futures::channel::mpsc;
use iced::advanced::renderer::Headless;
use iced::advanced::{clipboard, renderer, widget};
use iced::{Element, Event, Point, Rectangle, Renderer, Size, Theme, executor, mouse, window};
use iced_test::futures::{Runtime, subscription};
use iced_test::runtime::{Action, Task, UserInterface, task, user_interface};

use super::app::{App, Devices, Message, Settings};
use super::ui::fonts;

/// Messages that may wait to be handled.
const MESSAGES_MAX: usize = 256;

/// A surface things are laid out and drawn on.
pub struct Stage {
    renderer: Renderer,
    size: Size,
}

impl Stage {
    pub fn new(size: Size) -> Self {
        fonts::load();
        let made = <Renderer as Headless>::new(fonts::REGULAR, 32.0.into(), Some("tiny-skia"));
        let renderer =
            futures::executor::block_on(made).unwrap_or_else(|| unreachable!("the software renderer needs nothing"));
        Self { renderer, size }
    }

    /// The pixels of the app's present view, four bytes each.
    pub fn picture(&mut self, app: &App) -> Vec<u8> {
        let style = renderer::Style {
            text_color: app.palette().ink,
        };
        let mut ui = self.build(app.view(), user_interface::Cache::default());
        let _ = ui.update(
            &[Event::Window(window::Event::RedrawRequested(std::time::Instant::now()))],
            mouse::Cursor::Unavailable,
            &mut self.renderer,
            &mut clipboard::Null,
            &mut Vec::new(),
        );
        ui.draw(&mut self.renderer, &Theme::Light, &style, mouse::Cursor::Unavailable);
        let size = Size::new(self.size.width as u32, self.size.height as u32);
        self.renderer.screenshot(size, 1.0, app.palette().ground)
    }

    /// Every text of the app's present view with where it stands.
    pub fn texts(&mut self, app: &App) -> Vec<Placed> {
        let mut recorder = Recorder {
            around: Rectangle::with_size(self.size),
            found: Vec::new(),
        };
        let mut ui = self.build(app.view(), user_interface::Cache::default());
        ui.operate(&self.renderer, &mut widget::operation::black_box(&mut recorder));
        recorder.found
    }

    fn build<'a>(
        &mut self,
        view: Element<'a, Message>,
        cache: user_interface::Cache,
    ) -> UserInterface<'a, Message, Theme, Renderer> {
        UserInterface::build(view, self.size, cache, &mut self.renderer)
    }
}

/// A text, its own bounds, and what all the containers around it leave visible.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    pub text: String,
    pub bounds: Rectangle,
    pub visible: Rectangle,
}

struct Recorder {
    around: Rectangle,
    found: Vec<Placed>,
}

impl widget::Operation for Recorder {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn widget::Operation)) {
        let outer = self.around;
        operate(self);
        self.around = outer;
    }

    fn container(&mut self, _id: Option<&widget::Id>, bounds: Rectangle) {
        self.around = self.around.intersection(&bounds).unwrap_or_default();
    }

    fn text(&mut self, _id: Option<&widget::Id>, bounds: Rectangle, text: &str) {
        self.found.push(Placed {
            text: text.to_owned(),
            bounds,
            visible: self.around,
        });
    }
}

/// The program of a device running on a stage.
pub struct Running {
    app: App,
    stage: Stage,
    cache: Option<user_interface::Cache>,
    runtime: Runtime<executor::Default, mpsc::Sender<Message>, Message>,
    inbox: mpsc::Receiver<Message>,
}

impl Running {
    /// Boots the program; its tasks run on threads of their own.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn boot(settings: Settings, devices: Devices) -> Result<Self, String> {
        let stage = Stage::new(settings.size);
        let executor = executor::Default::new().map_err(|error| error.to_string())?;
        let (sender, inbox) = mpsc::channel(MESSAGES_MAX);
        let runtime = Runtime::new(executor, sender);
        let (app, task) = runtime.enter(|| App::boot(settings, devices));
        let mut running = Self {
            app,
            stage,
            cache: Some(user_interface::Cache::default()),
            runtime,
            inbox,
        };
        running.perform(task);
        running.follow();
        Ok(running)
    }

    pub fn app(&self) -> &App {
        &self.app
    }

    /// Handles what has come in meanwhile.
    pub fn settle(&mut self) {
        while let Ok(message) = self.inbox.try_recv() {
            self.send(message);
        }
    }

    /// Gives the program a message, as an event or a task would.
    pub fn send(&mut self, message: Message) {
        let task = self.runtime.enter(|| self.app.update(message));
        self.perform(task);
        self.follow();
    }

    /// Lets `events` happen with the finger, or the mouse, at `at`.
    pub fn happen(&mut self, events: &[Event], at: Option<Point>) {
        let cursor = at.map_or(mouse::Cursor::Unavailable, mouse::Cursor::Available);
        let mut messages = Vec::new();
        let cache = self.cache.take().unwrap_or_default();
        let mut ui = self.stage.build(self.app.view(), cache);
        let (_, statuses) = ui.update(
            events,
            cursor,
            &mut self.stage.renderer,
            &mut clipboard::Null,
            &mut messages,
        );
        self.cache = Some(ui.into_cache());
        let window = window::Id::unique();
        for (event, status) in events.iter().zip(statuses) {
            self.runtime.broadcast(subscription::Event::Interaction {
                window,
                event: event.clone(),
                status,
            });
        }
        for message in messages {
            self.send(message);
        }
    }

    /// Touches the screen at `at`.
    pub fn touch(&mut self, at: Point) {
        let moved = Event::Mouse(mouse::Event::CursorMoved { position: at });
        let pressed = Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left));
        let released = Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left));
        self.happen(&[moved, pressed, released], Some(at));
    }

    pub fn texts(&mut self) -> Vec<Placed> {
        self.stage.texts(&self.app)
    }

    pub fn picture(&mut self) -> Vec<u8> {
        self.stage.picture(&self.app)
    }

    /// The first visible text that `fits`, waiting for it up to `patience`.
    pub fn wait_for(&mut self, patience: Duration, fits: impl Fn(&str) -> bool) -> Option<Placed> {
        const GLANCE: Duration = Duration::from_millis(10);
        let began = std::time::Instant::now();
        loop {
            self.settle();
            let found = self.texts().into_iter().find(|placed| fits(&placed.text));
            if found.is_some() || began.elapsed() > patience {
                return found;
            }
            std::thread::sleep(GLANCE);
        }
    }

    fn perform(&mut self, task: Task<Message>) {
        if let Some(actions) = task::into_stream(task) {
            let messages = actions.filter_map(async |action| match action {
                Action::Output(message) => Some(message),
                // Nobody looks and nothing is focused: widget and window actions have nobody to act on.
                _ => None,
            });
            self.runtime.run(messages.boxed());
        }
    }

    fn follow(&mut self) {
        let recipes = subscription::into_recipes(self.runtime.enter(|| self.app.subscription()));
        self.runtime.track(recipes);
    }
}
