//! The facts behind the pictures of the sign-in, the window console and the board.

use uuid::Uuid;

use super::Entry;
use super::presets::{self, NOW_MS, ticket};
use crate::api::live::{HallLive, WindowStatus};
use crate::api::problem::{Problem, code};
use crate::api::staff::{Alert, Figures, HelpCall, PauseReason, Session, WindowView};
use crate::api::ticket::{Issued, TicketView};
use crate::domain::hall::{StaffRole, WindowId};
use crate::domain::priority::Class;
use crate::domain::ticket::{HoldKind, Status};
use crate::kiosk::app::App;
use crate::kiosk::app::console::Screen;
use crate::kiosk::context::Context;
use crate::kiosk::link::LinkError;
use crate::kiosk::screen::sign_in::{self, Pin};
use crate::kiosk::screen::window::{self, Act};
use crate::kiosk::ui::{Look, Palette};

const MINUTE_MS: i64 = 60_000;

/// Where the console of a state stands.
pub fn window(state: &str) -> WindowId {
    if state.starts_with("desk") { "desk" } else { "3" }.into()
}

/// Since when the line is gone in a state.
pub fn lost_since(state: &str) -> Option<i64> {
    (state == "offline").then_some(NOW_MS - 3 * MINUTE_MS)
}

pub fn sign_in(state: &str, cx: &Context<'_>) -> sign_in::State {
    use sign_in::Message;
    let mut screen = sign_in::State::new(window(state));
    if state == "empty" {
        return screen;
    }
    screen.update(Message::StaffTyped("wang".to_owned()), cx);
    screen.update(Message::PinTyped(Pin::from("2468".to_owned())), cx);
    if state == "filled" {
        return screen;
    }
    screen.update(Message::Submitted, cx);
    let problem = match state {
        "taken" => Problem::new(409, code::WINDOW_TAKEN, "").with("clerk_name", "张丽"),
        _ => Problem::new(401, code::SIGN_IN_FAILED, ""),
    };
    screen.update(Message::SignedIn(Err(LinkError::Problem(Box::new(problem)))), cx);
    screen
}

pub fn console(state: &str, cx: &Context<'_>) -> window::State {
    use window::Message;
    let at = window(state);
    let desk = at.as_str() == "desk";
    let mut screen = window::State::new(Session {
        token: String::new(),
        staff: "wang".into(),
        name: "王敏".to_owned(),
        role: if desk { StaffRole::Volunteer } else { StaffRole::Clerk },
        window: at,
        stands_in_for: (state == "crowded").then(|| "zhang".into()),
        ends_at_ms: NOW_MS + 480 * MINUTE_MS,
    });
    if state == "connecting" {
        return screen;
    }
    screen.update(Message::ViewChanged(Box::new(view(state))), cx);
    match state {
        "refused" => {
            let problem = Problem::new(409, "ticket.changed", "");
            let error = LinkError::Problem(Box::new(problem));
            screen.update(Message::Done(Err(error)), cx);
        }
        "number-issued" => {
            let issued = Issued {
                ticket: ticket("C010", "certificate", Class::Ordinary, Status::Waiting, 0),
                people_ahead: 2,
                wait: None,
                zone: "A".into(),
                url: String::new(),
            };
            screen.update(Message::Issued(Ok(Box::new(issued))), cx);
        }
        "transfer" => press(&mut screen, Act::Transfer, cx),
        "hold" => press(&mut screen, Act::Hold, cx),
        "pause" => press(&mut screen, Act::Pause, cx),
        "issue" => press(&mut screen, Act::Issue, cx),
        "class" => {
            press(&mut screen, Act::Issue, cx);
            screen.update(Message::Chosen(1), cx);
        }
        "cancel" => press(&mut screen, Act::Cancel, cx),
        "sign-out" => {
            screen.update(Message::SignOutPressed, cx);
        }
        _ => {}
    }
    screen
}

fn press(screen: &mut window::State, act: Act, cx: &Context<'_>) {
    screen.update(window::Message::Pressed(act), cx);
}

/// The window's view in a state.
pub fn view(state: &str) -> WindowView {
    let desk = state.starts_with("desk");
    let crowded = state.ends_with("crowded");
    let waiting = |number: &str, queue, class, minutes| ticket(number, queue, class, Status::Waiting, minutes);
    let mut list = vec![
        waiting("Y004", "appointment", Class::Appointment, 3),
        waiting("B017", "social", Class::Elder70, 12),
        waiting("A031", "civil", Class::Ordinary, 11),
        waiting("B018", "social", Class::Ordinary, 9),
        waiting("D009", "medical", Class::Disabled, 6),
        waiting("B019", "social", Class::Ordinary, 4),
        waiting("A032", "civil", Class::Ordinary, 1),
    ];
    if crowded {
        list.extend((20..29).map(|n| waiting(&format!("B0{n}"), "social", Class::Serviceman, 128 - n)));
    }
    if state == "nobody-waiting" {
        list.clear();
    }
    let count = if crowded { 128 } else { list.len() as u32 };
    let live = presets::live();
    let served = ["civil", "social", "medical", "appointment"];
    let queues = live
        .queues
        .into_iter()
        .filter(|queue| desk || served.contains(&queue.id.as_str()))
        .collect();
    let rows = |count: usize| if crowded { count } else { count.min(1) };
    WindowView {
        revision: "preset".to_owned(),
        at_ms: NOW_MS,
        window: window(state),
        status: if state == "paused" {
            WindowStatus::Paused
        } else {
            WindowStatus::Open
        },
        pause: (state == "paused").then_some(PauseReason::BackOffice),
        clerk: Some("wang".into()),
        current: current(state),
        waiting: list,
        waiting_count: count,
        held: if desk { Vec::new() } else { held(rows(5)) },
        missed: missed(rows(9)),
        queues,
        help: (0..rows(4)).map(help).collect(),
        alerts: (0..if crowded { 3 } else { usize::from(desk) }).map(alert).collect(),
        today: Figures {
            completed: 23,
            mean_wait_minutes: Some(9),
            mean_service_seconds: Some(380),
        },
    }
}

fn current(state: &str) -> Option<TicketView> {
    let called = |times, ago_ms| {
        let mut ticket = ticket("B016", "social", Class::Ordinary, Status::Called, 15);
        ticket.window = Some("3".into());
        ticket.times_called = times;
        ticket.last_called_at_ms = Some(NOW_MS - ago_ms);
        ticket
    };
    Some(match state {
        "called" | "cancel" => called(1, 4_000),
        "called-thrice" => called(3, 21_000),
        "serving" | "crowded" | "refused" | "offline" | "transfer" | "hold" | "sign-out" => TicketView {
            status: Status::Serving,
            started_at_ms: Some(NOW_MS - 728_000),
            class: if state == "crowded" {
                Class::Serviceman
            } else {
                Class::Ordinary
            },
            ..called(1, 750_000)
        },
        _ => return None,
    })
}

fn held(count: usize) -> Vec<TicketView> {
    let kinds = HoldKind::ALL.into_iter().cycle();
    (0..count)
        .zip(kinds)
        .map(|(at, kind)| TicketView {
            hold: Some(kind),
            ..ticket(&format!("B00{}", at + 5), "social", Class::Ordinary, Status::Held, 40)
        })
        .collect()
}

fn missed(count: usize) -> Vec<TicketView> {
    (0..count)
        .map(|at| ticket(&format!("A02{at}"), "civil", Class::Ordinary, Status::Missed, 30))
        .collect()
}

fn help(at: usize) -> HelpCall {
    HelpCall {
        id: Uuid::from_u128(at as u128),
        device: format!("自助服务终端 0{}", at + 1),
        at_ms: NOW_MS - 40_000,
    }
}

fn alert(at: usize) -> Alert {
    Alert {
        id: Uuid::from_u128(100 + at as u128),
        device: "自助服务终端 03".to_owned(),
        code: "printer.out_of_paper".to_owned(),
        number: Some(format!("C01{at}")),
        at_ms: NOW_MS - 2 * MINUTE_MS,
    }
}

/// The hall's view behind a state of the board.
pub fn live(state: &str) -> HallLive {
    let mut live = presets::live();
    match state {
        "no-calls" => live.calls.clear(),
        "some-closed" => {
            for (at, queue) in live.queues.iter_mut().enumerate() {
                match at {
                    1 => queue.wait = None,
                    2 => (queue.open, queue.opens_at_ms) = (false, None),
                    4 => queue.waiting = 128,
                    _ => {}
                }
            }
        }
        _ => {}
    }
    live
}

/// Brings the app of an entry into the entry's state.
pub(super) fn set(entry: &Entry, app: &mut App) {
    let known = app.known_mut();
    known.live = Some(live(entry.state));
    known.lost_since = lost_since(entry.state);
    let look = Look::fitted(Palette::LIGHT, entry.size());
    let Some(cx) = known.context(entry.lang, look) else {
        return;
    };
    let screen = match entry.screen {
        "sign-in" => Screen::SignIn(sign_in(entry.state, &cx)),
        "window" => Screen::Window(Box::new(console(entry.state, &cx))),
        _ => return,
    };
    if let Some(console) = app.console_mut() {
        console.screen = screen;
    }
}
