//! The facts behind the pictures: the demonstration hall on a Sunday morning in November, 09:42.

use iced::Size;
use uuid::Uuid;

use super::Entry;
use crate::api::hall::HallInfo;
use crate::api::live::{CallLive, HallLive, QueueLive, WindowLive, WindowStatus};
use crate::api::ticket::{Issued, TicketView};
use crate::domain::estimate::WaitRange;
use crate::domain::hall::{Hall, QueueId, WindowId};
use crate::domain::priority::Class;
use crate::domain::ticket::Status;
use crate::kiosk::app::terminal::{Help, Overlay, Screen};
use crate::kiosk::app::{App, Clock, Devices, Kind, Settings};
use crate::kiosk::config::Idle;
use crate::kiosk::screen::{choose_queue, issued, issuing, trouble, who_for};
use crate::print::driver::PrinterState;
use crate::print::layout::Paper;

/// 2026-11-22 09:42:00 in Shanghai.
pub const NOW_MS: i64 = 1_795_311_720_000;
const MINUTE_MS: i64 = 60_000;

/// Portrait, landscape, and the small landscape many halls still have.
pub const TERMINAL_SIZES: [(u32, u32); 3] = [(1080, 1920), (1920, 1080), (1366, 768)];
/// Consoles and boards.
pub const WALL_SIZES: [(u32, u32); 2] = [(1920, 1080), (1366, 768)];

/// Every screen and every state it can be in. A test holds this against the screens' own types.
pub const STATES: &[(&str, &str)] = &[
    ("home", "connecting"),
    ("home", "waiting"),
    ("home", "nobody-waiting"),
    ("home", "offline"),
    ("home", "out-of-paper"),
    ("home", "help-calling"),
    ("home", "help-sent"),
    ("home", "help-failed"),
    ("choose-queue", "first-page"),
    ("choose-queue", "last-page"),
    ("choose-queue", "some-closed"),
    ("who-for", "ordinary"),
    ("who-for", "elder-chosen"),
    ("who-for", "idle"),
    ("issuing", "short"),
    ("issuing", "long"),
    ("issued", "printing"),
    ("issued", "printed"),
    ("issued", "by-phone"),
    ("issued", "print-failed"),
    ("issued", "next"),
    ("trouble", "offline"),
    ("trouble", "closed"),
    ("trouble", "closed-long"),
    ("trouble", "quota-gone"),
    ("trouble", "range-ended"),
    ("trouble", "other"),
    ("sign-in", "empty"),
    ("sign-in", "filled"),
    ("sign-in", "wrong-pin"),
    ("sign-in", "taken"),
    ("window", "connecting"),
    ("window", "free"),
    ("window", "nobody-waiting"),
    ("window", "called"),
    ("window", "called-thrice"),
    ("window", "serving"),
    ("window", "paused"),
    ("window", "crowded"),
    ("window", "refused"),
    ("window", "number-issued"),
    ("window", "offline"),
    ("window", "transfer"),
    ("window", "hold"),
    ("window", "pause"),
    ("window", "issue"),
    ("window", "class"),
    ("window", "cancel"),
    ("window", "sign-out"),
    ("window", "desk"),
    ("window", "desk-crowded"),
    ("board", "calls"),
    ("board", "no-calls"),
    ("board", "some-closed"),
    ("board", "offline"),
];

pub fn is_residents(screen: &str) -> bool {
    !matches!(screen, "sign-in" | "window" | "board")
}

/// The demonstration hall, as devices know it.
pub fn hall() -> Hall {
    toml::from_str(include_str!("../../../assets/demo/hall.toml"))
        .unwrap_or_else(|error| unreachable!("the demonstration hall is part of the program: {error}"))
}

/// The app in the state an entry shows.
pub fn app(entry: &Entry) -> App {
    let (width, height) = entry.size;
    let kind = match entry.screen {
        "sign-in" | "window" => Kind::Window(super::consoles::window(entry.state)),
        "board" => Kind::Board,
        _ => Kind::Terminal,
    };
    let settings = Settings {
        kind,
        name: if entry.lang == crate::i18n::Lang::En {
            "Terminal 03"
        } else {
            "自助服务终端 03"
        }
        .to_owned(),
        lang: entry.lang,
        high_contrast: entry.mode.contrast(),
        diagonal_inches: 21.5,
        size: Size::new(width as f32, height as f32),
        idle: Idle::default(),
        paper: Paper::Mm80,
    };
    let devices = Devices {
        line: None,
        printer: None,
        speaker: None,
        clock: Clock::Fixed(NOW_MS),
    };
    let (mut app, _) = App::boot(settings, devices);
    let known = app.known_mut();
    known.hall = Some(HallInfo::from(&hall()));
    known.zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap_or(jiff::tz::TimeZone::UTC);
    known.live = Some(live());
    if is_residents(entry.screen) {
        terminal(entry, &mut app);
    } else {
        super::consoles::set(entry, &mut app);
    }
    app
}

fn terminal(entry: &Entry, app: &mut App) {
    let known = app.known_mut();
    match entry.state {
        "connecting" => known.hall = None,
        "nobody-waiting" => known
            .live
            .iter_mut()
            .flat_map(|live| &mut live.queues)
            .for_each(|queue| {
                queue.waiting = 0;
                queue.wait = None;
            }),
        "offline" if entry.screen == "home" => known.lost_since = Some(NOW_MS - 3 * MINUTE_MS),
        "out-of-paper" => known.printer = Some(PrinterState::OutOfPaper),
        "some-closed" => {
            for (index, queue) in known.live.iter_mut().flat_map(|live| &mut live.queues).enumerate() {
                match index {
                    1 => (queue.open, queue.opens_at_ms) = (false, Some(NOW_MS + 228 * MINUTE_MS)),
                    2 => queue.left = Some(0),
                    4 => (queue.open, queue.opens_at_ms) = (false, None),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    let Some(terminal) = app.terminal_mut() else { return };
    terminal.visit.elder = entry.mode.elder();
    if entry.state == "help-calling" {
        terminal.help = Help::Calling(Uuid::nil());
    }
    let queue = || QueueId::from("social");
    let issuing = |since_ms| {
        Screen::Issuing(issuing::State {
            queue: queue(),
            class: Class::Ordinary,
            key: Uuid::nil(),
            since_ms,
        })
    };
    let issued = |paper, ahead| {
        let state = issued::State::new(issued_ticket(ahead), paper, NOW_MS + 8_000);
        Screen::Issued(Box::new(state))
    };
    let trouble = |reason| {
        Screen::Trouble(trouble::State {
            reason,
            queue: queue(),
            class: Class::Ordinary,
            key: Uuid::nil(),
        })
    };
    let tomorrow = Some(NOW_MS + 1_398 * MINUTE_MS);
    terminal.screen = match (entry.screen, entry.state) {
        ("choose-queue", "last-page") => Screen::Choose(choose_queue::State::at_page(usize::MAX)),
        ("choose-queue", _) => Screen::Choose(choose_queue::State::default()),
        ("who-for", "elder-chosen") => Screen::Who(who_for::State {
            queue: queue(),
            class: Class::Elder70,
        }),
        ("who-for", _) => Screen::Who(who_for::State::new(queue())),
        ("issuing", "long") => issuing(NOW_MS - 4_000),
        ("issuing", _) => issuing(NOW_MS),
        ("issued", "printing") => issued(issued::Paper::Printing, 6),
        ("issued", "printed") => issued(issued::Paper::Printed, 6),
        ("issued", "by-phone") => issued(issued::Paper::ByPhone, 6),
        ("issued", "print-failed") => issued(issued::Paper::Failed("printer.out_of_paper".to_owned()), 6),
        ("issued", _) => issued(issued::Paper::Printed, 0),
        ("trouble", "offline") => trouble(trouble::Reason::Offline),
        ("trouble", "closed") => trouble(trouble::Reason::Closed {
            opens_at_ms: Some(NOW_MS + 228 * MINUTE_MS),
        }),
        ("trouble", "closed-long") => trouble(trouble::Reason::Closed { opens_at_ms: None }),
        ("trouble", "quota-gone") => trouble(trouble::Reason::QuotaGone { opens_at_ms: tomorrow }),
        ("trouble", "range-ended") => trouble(trouble::Reason::RangeEnded { opens_at_ms: None }),
        ("trouble", _) => trouble(trouble::Reason::Other),
        _ => Screen::Home,
    };
    terminal.overlay = match (entry.screen, entry.state) {
        (_, "help-sent") => Some(Overlay::HelpSent),
        (_, "help-failed") => Some(Overlay::HelpFailed),
        ("who-for", "idle") => Some(Overlay::Idle {
            until_ms: NOW_MS + 17_000,
        }),
        _ => None,
    };
}

/// The hall as it stands in every picture.
pub fn live() -> HallLive {
    let range = |from, to| {
        Some(WaitRange {
            from_minutes: from,
            to_minutes: to,
        })
    };
    let counts = [4, 6, 2, 3, 0, 1, 0, 2, 1, 1];
    let waits = [
        range(5, 10),
        range(10, 15),
        range(2, 4),
        range(5, 10),
        range(0, 6),
        range(3, 8),
        range(0, 9),
        None,
        range(15, 25),
        range(0, 5),
    ];
    let hall = hall();
    let queues = hall
        .queues
        .iter()
        .zip(counts.into_iter().zip(waits))
        .map(|(queue, (waiting, wait))| QueueLive {
            id: queue.id.clone(),
            waiting,
            wait,
            open: true,
            opens_at_ms: None,
            left: None,
        })
        .collect();
    let windows = hall
        .windows
        .iter()
        .map(|window| WindowLive {
            id: window.id.clone(),
            status: WindowStatus::Open,
            number: None,
        })
        .collect();
    let call = |number: &str, window: &str, ago: i64, pending| CallLive {
        ticket: Uuid::from_u128(ago as u128),
        number: number.to_owned(),
        window: WindowId::from(window),
        at_ms: NOW_MS - ago * 1000,
        times: 1,
        pending,
    };
    HallLive {
        revision: "preset".to_owned(),
        at_ms: NOW_MS,
        day: "2026-11-22".to_owned(),
        queues,
        windows,
        calls: vec![
            call("B016", "3", 5, true),
            call("A030", "1", 65, false),
            call("C008", "17", 140, false),
            call("B015", "4", 200, false),
            call("L003", "legal", 320, false),
        ],
    }
}

pub fn ticket(number: &str, queue: &str, class: Class, status: Status, minutes_ago: i64) -> TicketView {
    TicketView {
        id: Uuid::from_u128(number.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))),
        number: number.to_owned(),
        queue: QueueId::from(queue),
        class,
        status,
        issued_at_ms: NOW_MS - minutes_ago * MINUTE_MS,
        window: None,
        hold: None,
        times_called: 0,
        last_called_at_ms: None,
        started_at_ms: None,
        revision: 0,
    }
}

fn issued_ticket(people_ahead: u32) -> Issued {
    Issued {
        ticket: ticket("B017", "social", Class::Ordinary, Status::Waiting, 0),
        people_ahead,
        wait: Some(WaitRange {
            from_minutes: if people_ahead == 0 { 0 } else { 10 },
            to_minutes: if people_ahead == 0 { 5 } else { 15 },
        }),
        zone: "B".into(),
        url: "https://hall.example/t/Zm9yIHRoZSBnYWxsZXJ5IQ".to_owned(),
    }
}
