//! The facts behind the pictures of console and board.

use uuid::Uuid;

use super::Entry;
use super::presets::{NOW_MS, live, ticket};
use crate::api::live::WindowStatus;
use crate::api::staff::{Alert, Figures, HelpCall, PauseReason, Session, WindowView};
use crate::api::ticket::TicketView;
use crate::domain::hall::{StaffRole, WindowId};
use crate::domain::priority::Class;
use crate::domain::ticket::{HoldKind, Status};
use crate::kiosk::app::App;
use crate::kiosk::app::console::Screen;
use crate::kiosk::screen::window;

const MINUTE_MS: i64 = 60_000;

/// Where the console of a picture stands.
pub(super) fn window(state: &str) -> WindowId {
    WindowId::from(if state == "desk" { "desk" } else { "3" })
}

/// Brings console or board into the entry's state.
pub(super) fn set(entry: &Entry, app: &mut App) {
    let known = app.known_mut();
    match (entry.screen, entry.state) {
        ("board", "no-calls") => known.live.iter_mut().for_each(|live| live.calls.clear()),
        ("board" | "window", "offline") => known.lost_since = Some(NOW_MS - 2 * MINUTE_MS),
        _ => {}
    }
    if entry.screen != "window" {
        return;
    }
    let desk = entry.state == "desk";
    let session = Session {
        token: String::new(),
        staff: if desk { "volunteer" } else { "liu" }.into(),
        name: if desk { "志愿者小吴" } else { "刘洋" }.to_owned(),
        role: if desk { StaffRole::Volunteer } else { StaffRole::Clerk },
        window: window(entry.state),
        stands_in_for: None,
        ends_at_ms: NOW_MS + 480 * MINUTE_MS,
    };
    let view = view(entry.state, session.window.clone());
    let mut state = window::State::new(session);
    let Some(cx) = app.known_mut().context(
        entry.lang,
        crate::kiosk::ui::Look::fitted(crate::kiosk::ui::Palette::LIGHT, app_size(entry)),
    ) else {
        return;
    };
    state.update(window::Message::ViewChanged(Box::new(view)), &cx);
    match entry.state {
        "transfer" => press(&mut state, window::Act::Transfer, &cx),
        "hold" => press(&mut state, window::Act::Hold, &cx),
        "pause" => press(&mut state, window::Act::Pause, &cx),
        "issue" => press(&mut state, window::Act::Issue, &cx),
        _ => {}
    }
    if let Some(console) = app.console_mut() {
        console.screen = Screen::Window(Box::new(state));
    }
}

fn press(state: &mut window::State, act: window::Act, cx: &crate::kiosk::context::Context<'_>) {
    state.update(window::Message::Pressed(act), cx);
}

fn app_size(entry: &Entry) -> iced::Size {
    iced::Size::new(entry.size.0 as f32, entry.size.1 as f32)
}

fn view(state: &str, window: WindowId) -> WindowView {
    let waiting = vec![
        ticket("B017", "social", Class::Elder70, Status::Waiting, 12),
        ticket("A031", "civil", Class::Ordinary, Status::Waiting, 11),
        ticket("B018", "social", Class::Ordinary, Status::Waiting, 9),
        ticket("Y004", "appointment", Class::Appointment, Status::Waiting, 2),
        ticket("D009", "medical", Class::Ordinary, Status::Waiting, 6),
        ticket("B019", "social", Class::Pregnant, Status::Waiting, 4),
        ticket("A032", "civil", Class::Ordinary, Status::Waiting, 1),
    ];
    let current = match state {
        "free" | "desk" | "paused" => None,
        "called" => Some(TicketView {
            times_called: 2,
            last_called_at_ms: Some(NOW_MS - 4_000),
            window: Some(window.clone()),
            ..ticket("B016", "social", Class::Ordinary, Status::Called, 14)
        }),
        _ => Some(TicketView {
            times_called: 1,
            last_called_at_ms: Some(NOW_MS - 13 * MINUTE_MS),
            started_at_ms: Some(NOW_MS - 728_000),
            window: Some(window.clone()),
            ..ticket("B016", "social", Class::Elder70, Status::Serving, 20)
        }),
    };
    let held = TicketView {
        hold: Some(HoldKind::WithCase),
        window: Some(window.clone()),
        ..ticket("A027", "civil", Class::Ordinary, Status::Held, 40)
    };
    let quiet = state == "free";
    WindowView {
        revision: "preset".to_owned(),
        at_ms: NOW_MS,
        status: if state == "paused" {
            WindowStatus::Paused
        } else {
            WindowStatus::Open
        },
        pause: (state == "paused").then_some(PauseReason::Break),
        clerk: Some(if state == "desk" { "volunteer" } else { "liu" }.into()),
        current,
        waiting_count: if quiet { 0 } else { 14 },
        waiting: if quiet { Vec::new() } else { waiting },
        held: if quiet { Vec::new() } else { vec![held] },
        missed: if quiet {
            Vec::new()
        } else {
            vec![ticket("B012", "social", Class::Ordinary, Status::Missed, 35)]
        },
        queues: live().queues,
        help: if quiet {
            Vec::new()
        } else {
            vec![HelpCall {
                id: Uuid::from_u128(7),
                device: "terminal-03".to_owned(),
                at_ms: NOW_MS - 40_000,
            }]
        },
        alerts: if quiet {
            Vec::new()
        } else {
            vec![Alert {
                id: Uuid::from_u128(8),
                device: "terminal-03".to_owned(),
                code: "printer.out_of_paper".to_owned(),
                number: Some("B017".to_owned()),
                at_ms: NOW_MS - 90_000,
            }]
        },
        today: Figures {
            completed: 23,
            mean_wait_minutes: Some(9),
            mean_service_seconds: Some(432),
        },
        window,
    }
}
