//! The real program on the real server, as a resident meets it: off-screen, and once in a real window.

mod real_window;
mod terminal;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use hall_kiosk::api::device::DeviceRole;
use hall_kiosk::api::hall::HallInfo;
use hall_kiosk::api::live::HallLive;
use hall_kiosk::api::staff::{CallNextRequest, PauseReason, Session, SignIn, WindowView};
use hall_kiosk::api::ticket::{IssueRequest, Issued, PrintReport, TicketView};
use hall_kiosk::demo::hall::DemoHall;
use hall_kiosk::domain::hall::WindowId;
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::Command;
use hall_kiosk::i18n::Lang;
use hall_kiosk::kiosk::app::{Clock, Devices, Kind, Message, Settings};
use hall_kiosk::kiosk::config::Idle;
use hall_kiosk::kiosk::link::client::Client;
use hall_kiosk::kiosk::link::{HallLink, Line, LinkError, LiveEvent};
use hall_kiosk::kiosk::stage::{Placed, Running};
use hall_kiosk::print::driver::Driver;
use hall_kiosk::print::layout::Paper;
use iced::{Point, Size};
use tokio::sync::watch;
use uuid::Uuid;

/// How long anything may take to show.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a touch may take through the program's subscriptions, which nothing on the screen tells.
const ECHO: Duration = Duration::from_millis(400);
const TERMINAL: &str = "terminal-03";
const PORTRAIT: (u32, u32) = (1080, 1920);

/// A hall of its own, open around the clock, and the time at its terminal.
struct Place {
    hall: DemoHall,
    client: Client,
    clock: Arc<AtomicI64>,
}

impl Place {
    fn open(dir: &Path) -> Self {
        let hall = DemoHall::open(dir, ([127, 0, 0, 1], 0).into()).unwrap();
        let client = hall.client(TERMINAL, DeviceRole::Terminal, None).unwrap();
        let clock = Arc::new(AtomicI64::new(Clock::System.now_ms()));
        Self { hall, client, clock }
    }

    fn terminal(&self, printer: Option<Arc<dyn Driver>>) -> Person {
        self.terminal_on(Line::new(self.client.clone()), printer)
    }

    fn terminal_on(&self, line: Line, printer: Option<Arc<dyn Driver>>) -> Person {
        Person::at(line, printer, Clock::Set(Arc::clone(&self.clock)), PORTRAIT)
    }

    /// Time for a look: a person reads an answer before they touch what came with it.
    fn looks(&self) {
        self.clock.fetch_add(LOOK_MS, Ordering::Relaxed);
    }

    /// A number taken elsewhere: how far the series has come.
    fn issue_elsewhere(&self) -> Issued {
        let request = IssueRequest {
            queue: "social".into(),
            class: Class::Ordinary,
        };
        let issued = self.client.issue(request, Uuid::now_v7());
        self.hall.runtime().block_on(issued).unwrap()
    }

    /// What the console of window 1 hears, once it `fits`.
    fn window_shows(&self, fits: impl Fn(&WindowView) -> bool) -> WindowView {
        let window = WindowId::from("1");
        let client = self.hall.client("window-1", DeviceRole::Window, Some(&window)).unwrap();
        let listen = async {
            let mut heard = client.window_live(&window);
            while let Some(event) = heard.next().await {
                match event {
                    LiveEvent::View(view) if fits(&view) => return view,
                    _ => {}
                }
            }
            panic!("the stream of a window ended");
        };
        self.hall
            .runtime()
            .block_on(async { tokio::time::timeout(PATIENCE, listen).await })
            .unwrap()
    }
}

/// Longer than the buttons rest after an answer, in milliseconds.
const LOOK_MS: i64 = 700;

/// Somebody in front of an unseen terminal.
struct Person {
    running: Running,
}

impl Person {
    fn at(line: Line, printer: Option<Arc<dyn Driver>>, clock: Clock, (width, height): (u32, u32)) -> Self {
        let settings = Settings {
            kind: Kind::Terminal,
            name: "自助服务终端 03".to_owned(),
            lang: Lang::ZhCn,
            high_contrast: false,
            diagonal_inches: 21.5,
            size: Size::new(width as f32, height as f32),
            idle: Idle::default(),
            paper: Paper::Mm80,
        };
        let devices = Devices {
            line: Some(line),
            printer,
            speaker: None,
            clock,
        };
        let mut person = Self {
            running: Running::boot(settings, devices).unwrap(),
        };
        person.sees("您好，请问要办什么事？");
        person
    }

    #[track_caller]
    fn sees(&mut self, words: &str) -> Placed {
        let found = self.running.wait_for(PATIENCE, |text| text.contains(words));
        found.unwrap_or_else(|| panic!("“{words}” did not come; the screen says {:?}", self.texts()))
    }

    /// Where the text that is just `words` stands.
    #[track_caller]
    fn finds(&mut self, words: &str) -> Point {
        let found = self.running.wait_for(PATIENCE, |text| text == words);
        let found = found.unwrap_or_else(|| panic!("no “{words}” to touch; the screen says {:?}", self.texts()));
        found.bounds.center()
    }

    #[track_caller]
    fn touches(&mut self, words: &str) {
        let at = self.finds(words);
        self.running.touch(at);
    }

    /// Touches, and waits until the program has heard of it in every way.
    #[track_caller]
    fn touches_and_rests(&mut self, words: &str) {
        self.touches(words);
        self.rests();
    }

    fn rests(&mut self) {
        let began = Instant::now();
        while began.elapsed() < ECHO {
            self.running.settle();
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn texts(&mut self) -> Vec<String> {
        self.running.texts().into_iter().map(|placed| placed.text).collect()
    }

    fn reads(&mut self, words: &str) -> bool {
        self.running.settle();
        self.texts().iter().any(|text| text.contains(words))
    }

    /// The clock has been moved: the program looks at it.
    fn ticks(&mut self) {
        self.running.send(Message::Ticked(0));
    }

    /// From the first screen to the last question before the number.
    #[track_caller]
    fn chooses_social_insurance(&mut self) {
        self.touches("取号排队");
        self.sees("您要办哪一类事？");
        self.touches("社会保障");
        self.sees("这次是给谁办？");
    }

    #[track_caller]
    fn number(&self) -> String {
        let issued = self.running.app().issued();
        issued.map(|issued| issued.ticket.number.clone()).unwrap()
    }
}

/// `B017` → 17
fn sequence(number: &str) -> u32 {
    number.trim_start_matches(char::is_alphabetic).parse().unwrap()
}

/// A line that can be held up, or lose an answer, for what only happens with bad luck.
struct Gate {
    client: Client,
    open: watch::Sender<bool>,
    loses_answer: AtomicBool,
}

impl Gate {
    fn new(client: Client) -> Arc<Self> {
        Arc::new(Self {
            client,
            open: watch::Sender::new(true),
            loses_answer: AtomicBool::new(false),
        })
    }

    fn line(self: &Arc<Self>) -> Line {
        Line::new(Through(Arc::clone(self)))
    }

    async fn passes(&self) {
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open).await.unwrap();
    }
}

struct Through(Arc<Gate>);

#[async_trait]
impl HallLink for Through {
    async fn hall(&self) -> Result<HallInfo, LinkError> {
        self.0.client.hall().await
    }

    async fn issue(&self, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError> {
        let answer = self.0.client.issue(request, key).await;
        self.0.passes().await;
        if self.0.loses_answer.swap(false, Ordering::Relaxed) {
            return Err(LinkError::Offline);
        }
        answer
    }

    async fn report_print(&self, ticket: Uuid, report: PrintReport) -> Result<(), LinkError> {
        self.0.client.report_print(ticket, report).await
    }

    async fn raise_help(&self, id: Uuid) -> Result<(), LinkError> {
        let answer = self.0.client.raise_help(id).await;
        self.0.passes().await;
        answer
    }

    async fn sign_in(&self, request: SignIn) -> Result<Session, LinkError> {
        self.0.client.sign_in(request).await
    }

    async fn sign_out(&self, session: &Session) -> Result<(), LinkError> {
        self.0.client.sign_out(session).await
    }

    async fn call_next(&self, session: &Session, request: CallNextRequest) -> Result<Option<TicketView>, LinkError> {
        self.0.client.call_next(session, request).await
    }

    async fn command(&self, session: &Session, ticket: Uuid, command: Command) -> Result<TicketView, LinkError> {
        self.0.client.command(session, ticket, command).await
    }

    async fn pause(&self, session: &Session, reason: PauseReason) -> Result<(), LinkError> {
        self.0.client.pause(session, reason).await
    }

    async fn open(&self, session: &Session) -> Result<(), LinkError> {
        self.0.client.open(session).await
    }

    async fn issue_for(&self, session: &Session, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError> {
        self.0.client.issue_for(session, request, key).await
    }

    async fn answer_help(&self, session: &Session, id: Uuid) -> Result<(), LinkError> {
        self.0.client.answer_help(session, id).await
    }

    async fn clear_alert(&self, session: &Session, id: Uuid) -> Result<(), LinkError> {
        self.0.client.clear_alert(session, id).await
    }

    fn live(&self) -> BoxStream<'static, LiveEvent<HallLive>> {
        self.0.client.live()
    }

    fn window_live(&self, window: &WindowId) -> BoxStream<'static, LiveEvent<WindowView>> {
        self.0.client.window_live(window)
    }
}
