//! The window console, the sign-in and the board as whoever sits or stands before them has them: by keys, by answers
//! and by what comes in.

use hall_kiosk::api::hall::HallInfo;
use hall_kiosk::api::live::{CallLive, HallLive};
use hall_kiosk::api::problem::{Problem, code};
use hall_kiosk::api::staff::{PauseReason, Session, WindowView};
use hall_kiosk::domain::hall::StaffRole;
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::{Command, HoldKind};
use hall_kiosk::i18n::Lang;
use hall_kiosk::kiosk::context::Context;
use hall_kiosk::kiosk::gallery::{consoles, presets};
use hall_kiosk::kiosk::link::LinkError;
use hall_kiosk::kiosk::screen::window::{Act, Action, Message, Panel, State};
use hall_kiosk::kiosk::screen::{board, sign_in};
use hall_kiosk::kiosk::ui::{Look, Palette};
use hall_kiosk::kiosk::words::problem_words;
use iced::Size;
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use jiff::tz::TimeZone;
use uuid::Uuid;

const NOW: i64 = presets::NOW_MS;

/// A hall and a clock to look at screens with.
struct Room {
    hall: HallInfo,
    zone: TimeZone,
    now_ms: i64,
}

impl Room {
    fn new() -> Self {
        Self {
            hall: HallInfo::from(&presets::hall()),
            zone: TimeZone::UTC,
            now_ms: NOW,
        }
    }

    fn at(mut self, now_ms: i64) -> Self {
        self.now_ms = now_ms;
        self
    }

    fn cx(&self) -> Context<'_> {
        self.cx_in(Lang::ZhCn)
    }

    fn cx_in(&self, lang: Lang) -> Context<'_> {
        Context {
            look: Look::fitted(Palette::LIGHT, Size::new(1920.0, 1080.0)),
            lang,
            hall: &self.hall,
            live: None,
            lost_since: None,
            now_ms: self.now_ms,
            zone: &self.zone,
            device: "",
            printer_trouble: None,
        }
    }
}

/// The console in a state of the gallery, a while after the last call.
fn console(state: &str) -> (Room, State) {
    let room = Room::new();
    let screen = consoles::console(state, &room.cx());
    (room.at(NOW + 30_000), screen)
}

fn character(text: &str) -> Key {
    Key::Character(text.into())
}

/// Presses a key and returns what is asked for; nothing when the key means nothing.
fn press(screen: &mut State, room: &Room, key: &Key) -> Action {
    match screen.key(key, &room.cx()) {
        Some(message) => screen.update(message, &room.cx()),
        None => Action::None,
    }
}

fn space() -> Key {
    Key::Named(Named::Space)
}

fn problem(code: &str) -> LinkError {
    LinkError::Problem(Box::new(Problem::new(409, code, "")))
}

fn commanded(action: Action) -> Option<Command> {
    match action {
        Action::Command { command, .. } => Some(command),
        _ => None,
    }
}

#[test]
fn the_space_bar_always_does_the_next_sensible_thing() {
    let call = |complete_current| Action::CallNext { complete_current };
    for (state, expected) in [("free", call(false)), ("crowded", call(true)), ("paused", Action::Open)] {
        let (room, mut screen) = console(state);
        assert_eq!(press(&mut screen, &room, &space()), expected, "{state}");
    }
    let (room, mut screen) = console("called");
    assert_eq!(commanded(press(&mut screen, &room, &space())), Some(Command::Start));
    let (room, mut screen) = console("desk");
    press(&mut screen, &room, &space());
    assert_eq!(screen.panel, Panel::Issue { page: 0 });
    let (room, screen) = console("connecting");
    assert_eq!(screen.key(&space(), &room.cx()), None);
}

#[test]
fn the_last_case_is_completed_without_calling_anybody() {
    let (room, mut screen) = console("serving");
    let mut view = consoles::view("serving");
    view.waiting.clear();
    view.waiting_count = 0;
    screen.update(Message::ViewChanged(Box::new(view)), &room.cx());
    assert_eq!(commanded(press(&mut screen, &room, &space())), Some(Command::Complete));
}

#[test]
fn every_letter_on_a_button_presses_it_in_either_case() {
    for (state, key, expected) in [
        ("called-thrice", "r", Command::Recall),
        ("called-thrice", "M", Command::Miss),
        ("called", "s", Command::Start),
        ("serving", "D", Command::Complete),
    ] {
        let (room, mut screen) = console(state);
        assert_eq!(
            commanded(press(&mut screen, &room, &character(key))),
            Some(expected),
            "{key}"
        );
    }
}

#[test]
fn a_key_without_a_button_does_nothing() {
    let (room, screen) = console("serving");
    for key in ["z", "9", "0", "+", "王"] {
        assert_eq!(screen.key(&character(key), &room.cx()), None, "{key}");
    }
    assert_eq!(screen.key(&Key::Named(Named::Enter), &room.cx()), None);
}

#[test]
fn what_cannot_be_done_now_cannot_be_pressed() {
    let (room, screen) = console("free");
    for act in [
        Act::Recall,
        Act::Start,
        Act::Miss,
        Act::Transfer,
        Act::Hold,
        Act::Cancel,
        Act::Complete,
    ] {
        assert!(!screen.can(act, &room.cx()), "{act:?} with nobody here");
    }
    let (room, screen) = console("serving");
    for act in [Act::Recall, Act::Start, Act::Miss, Act::Cancel, Act::CallNext] {
        assert!(!screen.can(act, &room.cx()), "{act:?} while serving");
    }
    let (room, screen) = console("nobody-waiting");
    assert!(!screen.can(Act::CallNext, &room.cx()));
    let (room, screen) = console("desk");
    for act in [Act::CallNext, Act::Pause, Act::Recall] {
        assert!(!screen.can(act, &room.cx()), "{act:?} at the desk");
    }
}

#[test]
fn a_recall_waits_for_the_gap_and_ends_at_the_most() {
    let room = Room::new();
    let mut screen = consoles::console("called", &room.cx());
    assert_eq!(screen.recall_wait_seconds(&room.cx()), 6);
    assert!(!screen.can(Act::Recall, &room.cx()));
    let room = room.at(NOW + 6_000);
    assert_eq!(screen.recall_wait_seconds(&room.cx()), 0);
    assert!(screen.can(Act::Recall, &room.cx()));
    let mut view = consoles::view("called");
    view.current.as_mut().unwrap().times_called = 1 + room.hall.rules.recalls_max;
    screen.update(Message::ViewChanged(Box::new(view)), &room.cx());
    assert!(!screen.can(Act::Recall, &room.cx()), "called as often as allowed");
}

#[test]
fn a_clock_that_is_behind_never_locks_the_recall() {
    let room = Room::new().at(NOW - 3_600_000);
    let screen = consoles::console("called", &room.cx());
    assert_eq!(screen.recall_wait_seconds(&room.cx()), 0);
}

#[test]
fn missed_needs_its_recalls_first() {
    let (room, screen) = console("called");
    assert!(!screen.can(Act::Miss, &room.cx()));
    let (room, screen) = console("called-thrice");
    assert!(screen.can(Act::Miss, &room.cx()));
}

#[test]
fn a_double_press_of_the_space_bar_calls_but_does_not_start() {
    let (room, mut screen) = console("free");
    assert_ne!(press(&mut screen, &room, &space()), Action::None);
    screen.update(Message::Done(Ok(())), &room.cx());
    screen.update(Message::ViewChanged(Box::new(consoles::view("called"))), &room.cx());
    assert_eq!(press(&mut screen, &room, &space()), Action::None);
    let later = Room::new().at(room.now_ms + 1_000);
    assert_eq!(commanded(press(&mut screen, &later, &space())), Some(Command::Start));
}

#[test]
fn one_request_at_a_time() {
    let (room, mut screen) = console("free");
    assert_ne!(press(&mut screen, &room, &space()), Action::None);
    assert!(screen.busy);
    for key in [
        space(),
        character("n"),
        character("p"),
        character("g"),
        character("1"),
        character("4"),
    ] {
        assert_eq!(press(&mut screen, &room, &key), Action::None, "{key:?}");
        assert_eq!(screen.panel, Panel::None, "{key:?}");
    }
    screen.update(Message::Done(Ok(())), &room.cx());
    assert_ne!(press(&mut screen, &room, &character("g")), Action::None);
}

#[test]
fn a_panel_is_answered_by_digits_and_closed_by_escape() {
    let (room, mut screen) = console("hold");
    assert_eq!(
        screen.key(&character("d"), &room.cx()),
        None,
        "letters rest while it stands"
    );
    assert_eq!(screen.key(&character("9"), &room.cx()), None);
    let held = commanded(press(&mut screen, &room, &character("2")));
    assert_eq!(
        held,
        Some(Command::Hold {
            kind: HoldKind::WithCase
        })
    );
    assert_eq!(screen.panel, Panel::None);
    let (room, mut screen) = console("pause");
    let paused = press(&mut screen, &room, &character("4"));
    assert_eq!(paused, Action::Pause(PauseReason::Equipment));
    let (room, mut screen) = console("class");
    press(&mut screen, &room, &Key::Named(Named::Escape));
    assert_eq!(screen.panel, Panel::Issue { page: 0 }, "one step back");
    press(&mut screen, &room, &Key::Named(Named::Escape));
    assert_eq!(screen.panel, Panel::None);
}

#[test]
fn a_number_for_somebody_is_a_queue_and_a_class() {
    let (room, mut screen) = console("free");
    for key in ["n", "2"] {
        assert_eq!(press(&mut screen, &room, &character(key)), Action::None);
    }
    let taken = press(&mut screen, &room, &character("1"));
    assert_eq!(
        taken,
        Action::Issue {
            queue: "social".into(),
            class: Class::Ordinary
        }
    );
    let (room, mut screen) = console("issue");
    press(&mut screen, &room, &character("0"));
    assert_eq!(
        press(&mut screen, &room, &character("2")),
        Action::Issue {
            queue: "appointment".into(),
            class: Class::Elder70
        },
        "0 is the tenth"
    );
}

#[test]
fn a_hall_with_many_queues_turns_the_page_with_zero() {
    let mut room = Room::new();
    let more: Vec<_> = room.hall.queues.iter().take(6).cloned().collect();
    for (at, mut queue) in more.into_iter().enumerate() {
        queue.id = format!("more{at}").as_str().into();
        room.hall.queues.push(queue);
    }
    let mut screen = consoles::console("issue", &room.cx());
    press(&mut screen, &room, &character("0"));
    press(&mut screen, &room, &character("2"));
    assert_eq!(screen.panel, Panel::Class { queue: "more0".into() });
    let mut screen = consoles::console("issue", &room.cx());
    for _ in 0..2 {
        press(&mut screen, &room, &character("0"));
    }
    assert_eq!(screen.panel, Panel::Issue { page: 0 }, "after the last comes the first");
}

#[test]
fn nothing_is_cancelled_or_signed_out_by_one_key() {
    let (room, mut screen) = console("called");
    assert_eq!(press(&mut screen, &room, &character("x")), Action::None);
    assert_eq!(
        commanded(press(&mut screen, &room, &character("1"))),
        Some(Command::Cancel)
    );
    let (room, mut screen) = console("free");
    assert_eq!(press(&mut screen, &room, &character("q")), Action::None);
    assert_eq!(press(&mut screen, &room, &character("1")), Action::SignOut);
}

#[test]
fn a_panel_about_a_ticket_goes_when_the_ticket_does() {
    let (room, mut screen) = console("hold");
    screen.update(Message::ViewChanged(Box::new(consoles::view("free"))), &room.cx());
    assert_eq!(screen.panel, Panel::None);
    let (room, mut screen) = console("pause");
    screen.update(Message::ViewChanged(Box::new(consoles::view("called"))), &room.cx());
    assert_eq!(screen.panel, Panel::Pause, "a pause is about the window");
}

#[test]
fn held_and_missed_rows_answer_to_the_digits_on_them() {
    let (room, mut screen) = console("free");
    let view = consoles::view("free");
    let resumed = press(&mut screen, &room, &character("1"));
    assert_eq!(
        resumed,
        Action::Command {
            ticket: view.held[0].id,
            command: Command::Resume
        }
    );
    let (room, mut screen) = console("free");
    let again = press(&mut screen, &room, &character("4"));
    assert_eq!(
        again,
        Action::Command {
            ticket: view.missed[0].id,
            command: Command::Reactivate
        }
    );
    let (room, mut screen) = console("crowded");
    let busy = press(&mut screen, &room, &character("1"));
    assert_eq!(
        busy,
        Action::None,
        "a held case does not come back while another is being served"
    );
    let (room, mut screen) = console("desk");
    assert_eq!(
        commanded(press(&mut screen, &room, &character("1"))),
        Some(Command::Reactivate)
    );
}

#[test]
fn help_is_answered_and_alerts_are_cleared_oldest_first() {
    let (room, mut screen) = console("desk-crowded");
    let view = consoles::view("desk-crowded");
    let help = press(&mut screen, &room, &character("g"));
    assert_eq!(help, Action::AnswerHelp(view.help[0].id));
    let (room, mut screen) = console("desk-crowded");
    let alert = press(&mut screen, &room, &character("C"));
    assert_eq!(alert, Action::ClearAlert(view.alerts[0].id));
}

#[test]
fn a_refusal_is_said_in_words_and_the_console_goes_on() {
    let (room, mut screen) = console("called-thrice");
    press(&mut screen, &room, &character("r"));
    let error = LinkError::Problem(Box::new(
        Problem::new(409, "ticket.recall_too_soon", "").with("wait_ms", 2_100),
    ));
    assert_eq!(screen.update(Message::Done(Err(error)), &room.cx()), Action::None);
    let notice = screen.notice.clone().unwrap();
    assert!(notice.trouble && notice.words.contains('3'), "{notice:?}");
    assert!(!screen.busy);
}

#[test]
fn an_ended_session_leads_back_to_the_sign_in_with_the_reason() {
    for code in [code::SESSION_NEEDED, code::SESSION_ENDED, code::SESSION_TAKEN_OVER] {
        let (room, mut screen) = console("free");
        let ended = screen.update(Message::Done(Err(problem(code))), &room.cx());
        assert!(
            matches!(&ended, Action::SessionEnded(words) if !words.is_empty()),
            "{code}: {ended:?}"
        );
    }
    let (room, mut screen) = console("free");
    let ended = screen.update(Message::Issued(Err(problem(code::SESSION_ENDED))), &room.cx());
    assert!(matches!(ended, Action::SessionEnded(_)));
    let (room, mut screen) = console("free");
    assert_eq!(
        screen.update(Message::Done(Err(LinkError::Offline)), &room.cx()),
        Action::None
    );
}

#[test]
fn a_window_taken_over_is_noticed_without_a_touch() {
    let by = |clerk: Option<&str>, later_ms: i64| WindowView {
        clerk: clerk.map(Into::into),
        at_ms: NOW + later_ms,
        ..consoles::view("free")
    };
    let (room, mut screen) = console("free");
    let ended = screen.update(Message::ViewChanged(Box::new(by(Some("zhang"), 1))), &room.cx());
    assert!(
        matches!(&ended, Action::SessionEnded(words) if words.contains("zhang")),
        "{ended:?}"
    );
    let (room, mut screen) = console("free");
    let ended = screen.update(Message::ViewChanged(Box::new(by(None, 1))), &room.cx());
    assert!(matches!(ended, Action::SessionEnded(_)), "{ended:?}");
    let (room, mut screen) = console("free");
    let older = screen.update(Message::ViewChanged(Box::new(by(None, -1))), &room.cx());
    assert_eq!(older, Action::None, "a view from before is no news");
    let session = screen.session.clone();
    let mut fresh = State::new(session);
    let before = fresh.update(Message::ViewChanged(Box::new(by(None, 0))), &room.cx());
    assert_eq!(before, Action::None, "the view from before the sign-in may come first");
}

#[test]
fn a_volunteer_never_calls_wherever_they_sit() {
    let room = Room::new();
    let mut screen = State::new(Session {
        role: StaffRole::Volunteer,
        ..consoles::console("free", &room.cx()).session
    });
    screen.update(Message::ViewChanged(Box::new(consoles::view("free"))), &room.cx());
    assert_eq!(screen.primary(&room.cx()), Some(Act::Issue));
    assert!(!screen.can(Act::CallNext, &room.cx()));
}

#[test]
fn every_problem_has_words_in_both_languages() {
    let room = Room::new();
    let codes = [
        code::INTERNAL,
        code::BUSY,
        code::QUEUE_UNKNOWN,
        code::QUEUE_CLOSED,
        code::QUEUE_QUOTA_GONE,
        code::QUEUE_RANGE_ENDED,
        code::TICKET_UNKNOWN,
        code::TICKET_CHANGED,
        code::WINDOW_UNKNOWN,
        code::WINDOW_BUSY,
        code::WINDOW_PAUSED,
        code::WINDOW_TAKEN,
        code::NOBODY_WAITING,
        code::SESSION_NEEDED,
        code::SESSION_ENDED,
        code::SESSION_TAKEN_OVER,
        code::SIGN_IN_FAILED,
        code::SIGN_IN_LIMITED,
        code::ROLE_MAY_NOT,
        code::DEVICE_UNKNOWN,
        code::DEVICE_REVOKED,
        "ticket.illegal_transition",
        "ticket.recall_too_soon",
        "ticket.no_recalls_left",
        "ticket.recall_first",
        "ticket.at_other_window",
        "ticket.not_served_here",
        "ticket.needs_window",
    ];
    for lang in Lang::ALL {
        let cx = room.cx_in(lang);
        for code in codes {
            let words = problem_words(&cx, &problem(code));
            assert!(
                !words.contains(code) && !words.starts_with("problem-"),
                "{code}: {words}"
            );
        }
        let unknown = problem_words(&cx, &problem("never.heard_of"));
        assert!(unknown.contains("never.heard_of"), "{unknown}");
        assert!(!problem_words(&cx, &LinkError::Offline).is_empty());
    }
}

mod signing_in {
    use super::*;
    use sign_in::{Action, Message, Pin, State};

    fn filled(room: &Room) -> State {
        consoles::sign_in("filled", &room.cx())
    }

    #[test]
    fn enter_leads_to_the_field_that_is_still_empty() {
        let room = Room::new();
        let mut screen = State::new("3".into());
        let first = screen.update(Message::Submitted, &room.cx());
        assert!(matches!(first, Action::Focus(sign_in::STAFF_FIELD)));
        screen.update(Message::StaffTyped("wang".to_owned()), &room.cx());
        let second = screen.update(Message::Submitted, &room.cx());
        assert!(matches!(second, Action::Focus(sign_in::PIN_FIELD)));
    }

    #[test]
    fn it_asks_once_and_enters() {
        let room = Room::new();
        let mut screen = filled(&room);
        let Action::SignIn(request) = screen.update(Message::Submitted, &room.cx()) else {
            panic!("nothing was asked")
        };
        assert_eq!(
            (request.staff.as_str(), request.pin.as_str(), request.take_over),
            ("wang", "2468", false)
        );
        assert!(matches!(screen.update(Message::Submitted, &room.cx()), Action::None));
        let session = consoles::console("free", &room.cx()).session;
        let entered = screen.update(Message::SignedIn(Ok(session)), &room.cx());
        assert!(matches!(entered, Action::Entered(_)));
    }

    #[test]
    fn a_window_that_is_taken_is_taken_over_only_on_purpose() {
        let room = Room::new();
        let mut screen = consoles::sign_in("taken", &room.cx());
        assert!(
            matches!(screen.update(Message::Submitted, &room.cx()), Action::None),
            "Enter is not enough"
        );
        assert!(screen.key(&Key::Named(Named::Enter)).is_none());
        let message = screen.key(&character("1")).unwrap();
        let Action::SignIn(request) = screen.update(message, &room.cx()) else {
            panic!("nothing was asked")
        };
        assert!(request.take_over);
        assert_eq!(request.pin, "2468");
    }

    #[test]
    fn a_wrong_pin_is_gone_after_the_answer() {
        let room = Room::new();
        let mut screen = consoles::sign_in("wrong-pin", &room.cx());
        let again = screen.update(Message::Submitted, &room.cx());
        assert!(matches!(again, Action::Focus(sign_in::PIN_FIELD)));
    }

    #[test]
    fn a_pin_is_never_part_of_a_debug_output() {
        let room = Room::new();
        let typed = Message::PinTyped(Pin::from("2468".to_owned()));
        assert!(!format!("{typed:?}").contains("2468"));
        let mut screen = filled(&room);
        assert!(!format!("{screen:?}").contains("2468"));
        let asked = screen.update(Message::Submitted, &room.cx());
        assert!(!format!("{asked:?}").contains("2468"));
    }
}

mod announcing {
    use super::*;

    fn call(ticket: u128, at_ms: i64) -> CallLive {
        CallLive {
            ticket: Uuid::from_u128(ticket),
            number: format!("B{ticket:03}"),
            window: "3".into(),
            at_ms,
            times: 1,
            pending: true,
        }
    }

    fn live(calls: &[CallLive]) -> HallLive {
        HallLive {
            calls: calls.to_vec(),
            ..presets::live()
        }
    }

    fn said(board: &mut board::State, calls: &[CallLive], now_ms: i64) -> Vec<u128> {
        let said = board.announce(&live(calls), now_ms);
        said.iter().map(|call| call.ticket.as_u128()).collect()
    }

    #[test]
    fn every_call_is_said_once_and_in_order() {
        let mut board = board::State::new();
        assert!(said(&mut board, &[], NOW).is_empty());
        let calls = [call(2, NOW + 2_000), call(1, NOW + 1_000)];
        assert_eq!(said(&mut board, &calls, NOW + 2_500), [1, 2]);
        assert!(said(&mut board, &calls, NOW + 3_000).is_empty());
    }

    #[test]
    fn a_recall_is_said_again() {
        let mut board = board::State::new();
        assert_eq!(said(&mut board, &[call(1, NOW)], NOW), [1]);
        assert_eq!(said(&mut board, &[call(1, NOW + 12_000)], NOW + 12_100), [1]);
    }

    #[test]
    fn a_board_just_switched_on_does_not_repeat_the_morning() {
        let mut board = board::State::new();
        let calls = [call(2, NOW - 5_000), call(1, NOW - 11_000)];
        assert_eq!(said(&mut board, &calls, NOW), [2]);
        assert!(said(&mut board, &calls, NOW + 1_000).is_empty());
    }

    #[test]
    fn a_call_from_before_the_line_was_lost_is_too_old_to_say() {
        let mut board = board::State::new();
        said(&mut board, &[], NOW);
        let calls = [call(2, NOW + 100_000), call(1, NOW + 20_000)];
        assert_eq!(said(&mut board, &calls, NOW + 120_000), [2]);
    }

    #[test]
    fn whoever_is_at_the_window_already_is_not_called() {
        let mut board = board::State::new();
        said(&mut board, &[], NOW);
        let there = CallLive {
            pending: false,
            ..call(1, NOW + 1_000)
        };
        assert!(said(&mut board, &[there], NOW + 2_000).is_empty());
    }

    #[test]
    fn calls_that_arrive_out_of_order_are_all_said() {
        let mut board = board::State::new();
        said(&mut board, &[], NOW);
        assert_eq!(said(&mut board, &[call(2, NOW + 2_000)], NOW + 2_100), [2]);
        let late = [call(2, NOW + 2_000), call(1, NOW + 1_900)];
        assert_eq!(said(&mut board, &late, NOW + 2_200), [1]);
    }
}
