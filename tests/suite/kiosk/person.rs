//! Somebody at a terminal whose hall, printer and clock are in the test's hand.
//!
//! Work the program starts rests in [`Person::work`] until the test lets it happen, so that "late" is an order of
//! calls and never a matter of milliseconds.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use hall_kiosk::api::hall::HallInfo;
use hall_kiosk::api::live::HallLive;
use hall_kiosk::api::staff::{CallNextRequest, PauseReason, Session, SignIn, WindowView};
use hall_kiosk::api::ticket::{IssueRequest, Issued, PrintReport, TicketView};
use hall_kiosk::domain::hall::WindowId;
use hall_kiosk::domain::ticket::{Command, Status};
use hall_kiosk::i18n::Lang;
use hall_kiosk::kiosk::app::{App, Clock, Devices, Kind, Message, Settings};
use hall_kiosk::kiosk::config::Idle;
use hall_kiosk::kiosk::gallery::presets;
use hall_kiosk::kiosk::link::{HallLink, Line, LinkError, LiveEvent};
use hall_kiosk::kiosk::stage::Stage;
use hall_kiosk::kiosk::ui::fonts;
use hall_kiosk::print::driver::Driver;
use hall_kiosk::print::layout::Paper;
use hall_kiosk::print::simulator::Simulator as Printer;
use iced::Size;
use iced_test::Simulator;
use iced_test::runtime::{Action, Task, task};
use uuid::Uuid;

/// The longest any piece of work may take in here.
const WORK_MAX: Duration = Duration::from_secs(20);
pub(crate) const SIZE: Size = Size::new(1080.0, 1920.0);

/// The hall's side of the line: what was asked of it, and what it will say.
#[derive(Default)]
pub(crate) struct Hall {
    pub(crate) asked: Mutex<Vec<(IssueRequest, Uuid)>>,
    pub(crate) reports: Mutex<Vec<(Uuid, PrintReport)>>,
    pub(crate) help: Mutex<Vec<Uuid>>,
    /// Said to the next requests for a number, first to last; after them a number is given.
    pub(crate) refusals: Mutex<VecDeque<LinkError>>,
    pub(crate) help_fails: Mutex<bool>,
}

impl Hall {
    pub(crate) fn asked(&self) -> Vec<(IssueRequest, Uuid)> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn reports(&self) -> Vec<PrintReport> {
        let reports = self.reports.lock().unwrap();
        reports.iter().map(|(_, report)| report.clone()).collect()
    }

    pub(crate) fn refuse(&self, error: LinkError) {
        self.refusals.lock().unwrap().push_back(error);
    }
}

struct Wire(Arc<Hall>);

#[async_trait]
impl HallLink for Wire {
    async fn hall(&self) -> Result<HallInfo, LinkError> {
        Ok(HallInfo::from(&presets::hall()))
    }

    async fn issue(&self, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError> {
        self.0.asked.lock().unwrap().push((request.clone(), key));
        if let Some(error) = self.0.refusals.lock().unwrap().pop_front() {
            return Err(error);
        }
        let ticket = TicketView {
            id: key,
            ..presets::ticket("B017", request.queue.as_str(), request.class, Status::Waiting, 0)
        };
        Ok(Issued {
            ticket,
            people_ahead: 6,
            wait: None,
            zone: "B".into(),
            url: "https://hall.example/t/Zm9yIHRoZSB0ZXN0cw".to_owned(),
        })
    }

    async fn report_print(&self, ticket: Uuid, report: PrintReport) -> Result<(), LinkError> {
        self.0.reports.lock().unwrap().push((ticket, report));
        Ok(())
    }

    async fn raise_help(&self, id: Uuid) -> Result<(), LinkError> {
        self.0.help.lock().unwrap().push(id);
        if *self.0.help_fails.lock().unwrap() {
            return Err(LinkError::Offline);
        }
        Ok(())
    }

    async fn sign_in(&self, _: SignIn) -> Result<Session, LinkError> {
        Err(LinkError::Offline)
    }
    async fn sign_out(&self, _: &Session) -> Result<(), LinkError> {
        Err(LinkError::Offline)
    }
    async fn call_next(&self, _: &Session, _: CallNextRequest) -> Result<Option<TicketView>, LinkError> {
        Err(LinkError::Offline)
    }
    async fn command(&self, _: &Session, _: Uuid, _: Command) -> Result<TicketView, LinkError> {
        Err(LinkError::Offline)
    }
    async fn pause(&self, _: &Session, _: PauseReason) -> Result<(), LinkError> {
        Err(LinkError::Offline)
    }
    async fn open(&self, _: &Session) -> Result<(), LinkError> {
        Err(LinkError::Offline)
    }
    async fn issue_for(&self, _: &Session, _: IssueRequest, _: Uuid) -> Result<Issued, LinkError> {
        Err(LinkError::Offline)
    }
    async fn answer_help(&self, _: &Session, _: Uuid) -> Result<(), LinkError> {
        Err(LinkError::Offline)
    }
    async fn clear_alert(&self, _: &Session, _: Uuid) -> Result<(), LinkError> {
        Err(LinkError::Offline)
    }

    fn live(&self) -> BoxStream<'static, LiveEvent<HallLive>> {
        stream::pending().boxed()
    }
    fn window_live(&self, _: &WindowId) -> BoxStream<'static, LiveEvent<WindowView>> {
        stream::pending().boxed()
    }
}

pub(crate) struct Person {
    pub(crate) app: App,
    pub(crate) hall: Arc<Hall>,
    pub(crate) printer: Option<Arc<Printer>>,
    /// Started and not yet happened, oldest first.
    pub(crate) work: VecDeque<BoxStream<'static, Action<Message>>>,
    now_ms: i64,
    runtime: tokio::runtime::Runtime,
}

impl Person {
    /// In front of the first screen of a terminal that can print.
    pub(crate) fn arrives() -> Self {
        Self::at(Some(Arc::new(Printer::new())))
    }

    /// In front of a terminal without a printer.
    pub(crate) fn arrives_where_nothing_prints() -> Self {
        Self::at(None)
    }

    fn at(printer: Option<Arc<Printer>>) -> Self {
        let hall = Arc::new(Hall::default());
        let settings = Settings {
            kind: Kind::Terminal,
            name: "自助服务终端 03".to_owned(),
            lang: Lang::ZhCn,
            high_contrast: false,
            diagonal_inches: 21.5,
            size: SIZE,
            idle: Idle::default(),
            paper: Paper::Mm80,
        };
        let devices = Devices {
            line: Some(Line::new(Wire(hall.clone()))),
            printer: printer.clone().map(|printer| printer as Arc<dyn Driver>),
            speaker: None,
            clock: Clock::Fixed(presets::NOW_MS),
        };
        let (app, task) = App::boot(settings, devices);
        let mut person = Self {
            app,
            hall,
            printer,
            work: VecDeque::new(),
            now_ms: presets::NOW_MS,
            runtime: tokio::runtime::Runtime::new().unwrap(),
        };
        person.keep(task);
        person.happen();
        person.send(Message::LiveHeard(LiveEvent::View(presets::live())));
        person
    }

    /// Somebody who touched their way to a choice of queue and class, with 取号 before them.
    pub(crate) fn chooses(words: &str) -> Self {
        let mut person = Self::arrives();
        person.touches(words);
        person
    }

    pub(crate) fn send(&mut self, message: Message) {
        let task = self.app.update(message);
        self.keep(task);
    }

    /// Touches what says `words`, and lets nothing happen yet.
    pub(crate) fn taps(&mut self, words: &str) {
        self.taps_quickly(words, 1);
    }

    /// Touches it `times` before the screen is drawn anew.
    pub(crate) fn taps_quickly(&mut self, words: &str, times: usize) {
        self.send(Message::Touched);
        let mut screen = Simulator::with_size(settings(), SIZE, self.app.view());
        for _ in 0..times {
            assert!(screen.click(words).is_ok(), "there is no “{words}” to touch");
        }
        let messages: Vec<Message> = screen.into_messages().collect();
        for message in messages {
            self.send(message);
        }
    }

    /// Touches the topmost of several things that say `words`.
    pub(crate) fn taps_last(&mut self, words: &str) {
        self.send(Message::Touched);
        let placed = Stage::new(SIZE).texts(&self.app);
        let place = placed.iter().rfind(|placed| placed.text == words);
        let at = place.expect("something says it").bounds.center();
        let mut screen = Simulator::with_size(settings(), SIZE, self.app.view());
        screen.point_at(at);
        screen.simulate(iced_test::simulator::click());
        let messages: Vec<Message> = screen.into_messages().collect();
        for message in messages {
            self.send(message);
        }
    }

    /// Touches what says `words` and waits for what comes of it.
    pub(crate) fn touches(&mut self, words: &str) {
        self.taps(words);
        self.happen();
    }

    /// Lets everything started happen, and what follows from it.
    pub(crate) fn happen(&mut self) {
        while self.happens_next() {}
    }

    /// Lets the oldest piece of work happen; false when there is none.
    pub(crate) fn happens_next(&mut self) -> bool {
        let Some(work) = self.work.pop_front() else {
            return false;
        };
        let done = self.runtime.block_on(async {
            tokio::time::timeout(WORK_MAX, work.collect::<Vec<_>>())
                .await
                .expect("the work ends")
        });
        for action in done {
            if let Action::Output(message) = action {
                self.send(message);
            }
        }
        true
    }

    /// Stands there for `seconds` without a touch, while the clock ticks each of them.
    pub(crate) fn waits(&mut self, seconds: i64) {
        for _ in 0..seconds {
            self.passes(1_000);
        }
    }

    /// Time goes on by `ms`, with one tick at its end.
    pub(crate) fn passes(&mut self, ms: i64) {
        self.now_ms += ms;
        self.app.set_clock(Clock::Fixed(self.now_ms));
        self.send(Message::Ticked(self.now_ms));
    }

    pub(crate) fn sees(&self, words: &str) -> bool {
        self.texts().iter().any(|text| text.contains(words))
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        let placed = Stage::new(SIZE).texts(&self.app);
        placed.into_iter().map(|placed| placed.text).collect()
    }

    fn keep(&mut self, task: Task<Message>) {
        self.work.extend(task::into_stream(task));
    }
}

fn settings() -> iced::Settings {
    iced::Settings {
        default_font: fonts::REGULAR,
        ..iced::Settings::default()
    }
}
