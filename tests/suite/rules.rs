//! The state machine of a ticket, case by case.

use hall_kiosk::domain::hall::{Rules, StaffId, WindowId};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::{Actor, Circumstances, Command, HoldKind, Refusal, Status, Ticket};
use uuid::Uuid;

const SECOND: i64 = 1_000;

fn ticket() -> Ticket {
    Ticket {
        id: Uuid::nil(),
        hall: "demo".into(),
        day: "2026-11-22".parse().unwrap(),
        origin: "social".into(),
        sequence: 16,
        number: "B017".to_owned(),
        queue: "social".into(),
        class: Class::Ordinary,
        status: Status::Waiting,
        issued_at: 0,
        waiting_since: 0,
        places_back: 0,
        more_time_used: false,
        window: None,
        clerk: None,
        reserved_for: None,
        hold: None,
        recalls: 0,
        first_called_at: None,
        last_called_at: None,
        started_at: None,
        ended_at: None,
        revision: 0,
    }
}

/// A ticket and the clock beside it; every step must be allowed unless asked for by `refused`.
struct Case {
    ticket: Ticket,
    rules: Rules,
    now: i64,
}

impl Case {
    fn new() -> Self {
        Self {
            ticket: ticket(),
            rules: Rules::default(),
            now: 60 * SECOND,
        }
    }

    fn try_at(&self, window: &str, command: Command) -> Result<Ticket, Refusal> {
        let actor = Actor::Staff {
            id: StaffId::from("li"),
            stands_in_for: None,
        };
        let window = WindowId::from(window);
        let at = Circumstances {
            rules: &self.rules,
            actor: &actor,
            window: Some(&window),
            served_here: true,
            people_ahead: 2,
            now: self.now,
        };
        self.ticket.apply(&command, &at).map(|(next, transition)| {
            assert_eq!(transition.from, Some(self.ticket.status));
            assert_eq!(transition.to, next.status);
            assert_eq!((transition.at, transition.actor.as_str()), (self.now, "staff:li"));
            next
        })
    }

    fn at(mut self, window: &str, command: Command) -> Self {
        self.ticket = self.try_at(window, command).unwrap();
        self
    }

    fn does(self, command: Command) -> Self {
        self.at("3", command)
    }

    fn later(mut self, seconds: i64) -> Self {
        self.now += seconds * SECOND;
        self
    }

    fn refused(&self, command: Command) -> Refusal {
        self.try_at("3", command).unwrap_err()
    }

    fn serving() -> Self {
        Self::new().does(Command::Call).does(Command::Start)
    }
}

#[test]
fn a_ticket_is_called_served_and_completed() {
    let done = Case::serving().later(120).does(Command::Complete).ticket;
    assert_eq!(done.status, Status::Completed);
    assert_eq!((done.waited(), done.service()), (Some(60 * SECOND), Some(120 * SECOND)));
}

#[test]
fn a_recall_keeps_its_distance_and_its_number() {
    let called = Case::new().does(Command::Call).later(4);
    assert_eq!(
        called.refused(Command::Recall),
        Refusal::TooSoon { wait_ms: 6 * SECOND }
    );
    let often = called
        .later(6)
        .does(Command::Recall)
        .later(10)
        .does(Command::Recall)
        .later(10)
        .does(Command::Recall)
        .later(10);
    assert_eq!(often.refused(Command::Recall), Refusal::NoRecallsLeft);
}

#[test]
fn nobody_is_missed_after_one_call() {
    let called = Case::new().does(Command::Call);
    assert_eq!(called.refused(Command::Miss), Refusal::RecallFirst { remaining: 2 });
    let missed = called
        .later(10)
        .does(Command::Recall)
        .later(10)
        .does(Command::Recall)
        .does(Command::Miss);
    assert_eq!(missed.ticket.status, Status::Missed);
}

#[test]
fn a_missed_ticket_waits_some_places_and_not_anew() {
    let missed = Case::new()
        .does(Command::Call)
        .later(10)
        .does(Command::Recall)
        .later(10)
        .does(Command::Recall)
        .does(Command::Miss);
    let again = missed.later(600).does(Command::Reactivate).ticket;
    assert_eq!(
        (again.status, again.places_back, again.waiting_since),
        (Status::Waiting, 3, 0)
    );
}

#[test]
fn a_transfer_keeps_the_number_and_the_wait() {
    let moved = Case::serving()
        .later(300)
        .does(Command::Transfer {
            queue: "civil".into(),
            window: None,
        })
        .ticket;
    assert_eq!(
        (moved.number.as_str(), moved.waiting_since, moved.origin.as_str()),
        ("B017", 0, "social")
    );
    assert_eq!(
        (moved.queue.as_str(), moved.status, moved.window),
        ("civil", Status::Waiting, None)
    );
}

#[test]
fn a_ticket_sent_to_a_window_is_called_by_no_other() {
    let sent = Case::serving().does(Command::Transfer {
        queue: "civil".into(),
        window: Some("7".into()),
    });
    assert_eq!(
        sent.refused(Command::Call),
        Refusal::AtOtherWindow { window: "7".into() }
    );
    assert_eq!(sent.at("7", Command::Call).ticket.status, Status::Called);
}

#[test]
fn each_kind_of_hold_is_resumed_in_its_own_way() {
    let with_case = Case::serving().does(Command::Hold {
        kind: HoldKind::WithCase,
    });
    assert_eq!(
        with_case.try_at("4", Command::Resume).unwrap_err(),
        Refusal::AtOtherWindow { window: "3".into() }
    );
    assert_eq!(with_case.does(Command::Resume).ticket.status, Status::Serving);

    let without = Case::serving().does(Command::Hold {
        kind: HoldKind::WithoutCase,
    });
    let elsewhere = without.at("4", Command::Resume).ticket;
    assert_eq!(
        (elsewhere.status, elsewhere.window),
        (Status::Serving, Some("4".into()))
    );

    let waiting = Case::serving()
        .does(Command::Hold {
            kind: HoldKind::Waiting,
        })
        .later(60)
        .does(Command::Resume)
        .ticket;
    assert_eq!(
        (waiting.status, waiting.hold),
        (Status::Called, None),
        "they are called again"
    );
}

#[test]
fn more_time_is_given_once() {
    let later = Case::new().does(Command::MoreTime);
    assert_eq!(later.ticket.places_back, 5, "two ahead and three places more");
    assert_eq!(later.refused(Command::MoreTime), Refusal::MoreTimeUsed);
}

#[test]
fn only_the_window_that_called_may_go_on() {
    let called = Case::new().does(Command::Call);
    for command in [Command::Recall, Command::Start, Command::Cancel] {
        assert_eq!(
            called.try_at("4", command).unwrap_err(),
            Refusal::AtOtherWindow { window: "3".into() }
        );
    }
}

#[test]
fn whatever_is_not_drawn_is_refused_by_name() {
    let all = [
        (Command::Call, vec![Status::Waiting]),
        (Command::Recall, vec![Status::Called]),
        (Command::Start, vec![Status::Called]),
        (Command::Miss, vec![Status::Called]),
        (Command::Reactivate, vec![Status::Missed]),
        (
            Command::Transfer {
                queue: "civil".into(),
                window: None,
            },
            vec![Status::Waiting, Status::Called, Status::Serving],
        ),
        (
            Command::Hold {
                kind: HoldKind::Waiting,
            },
            vec![Status::Serving],
        ),
        (Command::Resume, vec![Status::Held]),
        (Command::Complete, vec![Status::Serving]),
        (
            Command::Cancel,
            vec![Status::Waiting, Status::Called, Status::Held, Status::Missed],
        ),
        (Command::MoreTime, vec![Status::Waiting]),
    ];
    for (command, from) in all {
        for status in Status::ALL {
            let mut case = Case::new();
            case.ticket.status = status;
            case.ticket.window = Some("3".into());
            let illegal = Refusal::Illegal {
                command: command.name(),
                status,
            };
            let answer = case.try_at("3", command.clone());
            assert_eq!(
                answer == Err(illegal),
                !from.contains(&status),
                "{command:?} from {status:?}: {answer:?}"
            );
        }
    }
}
