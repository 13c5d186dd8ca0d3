//! What may become of a ticket.

use hall_kiosk::domain::hall::{QueueId, StaffId, WindowId};
use hall_kiosk::domain::ticket::{Actor, Command, HoldKind, Refusal, Status, Ticket};
use hall_kiosk::server::store::{Change, StoreError};
use uuid::Uuid;

use crate::store::ground::{Ground, after, morning};

fn to(queue: &str) -> Command {
    Command::Transfer {
        queue: QueueId::from(queue),
        window: None,
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Refusal {
    match outcome {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Called and being served at window 1.
async fn served(ground: &Ground) -> Ticket {
    ground.issue("civil", morning()).await;
    let called = ground.call("1", after(10)).await;
    ground.at_window(&called, Command::Start, "1", after(20)).await
}

pub(super) async fn a_transfer_keeps_the_number_and_the_waiting_time(ground: Ground) {
    let ticket = served(&ground).await;
    ground.issue("legal", after(5)).await;
    let moved = ground.at_window(&ticket, to("legal"), "1", after(30)).await;
    assert_eq!(
        (
            moved.number.as_str(),
            moved.origin.as_str(),
            moved.queue.as_str(),
            moved.waiting_since
        ),
        ("A0001", "civil", "legal", ticket.issued_at)
    );
    assert_eq!(ground.waiting("legal", after(30)).await, 2);
    let called = ground.call("20", after(40)).await;
    assert_eq!(called.id, ticket.id, "it waited longer than those who were there");
    assert_eq!(
        ground.call("1", after(40)).await.number,
        "C0001",
        "the window it left is free"
    );
}

pub(super) async fn a_transfer_to_nowhere_is_refused(ground: Ground) {
    let ticket = served(&ground).await;
    let unknown = ground.try_do(&ticket, &to("tax"), Some("1"), after(30)).await;
    assert!(matches!(unknown, Err(StoreError::Issue(_))));
    let wrong_window = Command::Transfer {
        queue: QueueId::from("civil"),
        window: Some(WindowId::from("20")),
    };
    let refused = refusal(ground.try_do(&ticket, &wrong_window, Some("1"), after(30)).await);
    assert_eq!(refused, Refusal::NotServedHere);
    assert_eq!(ground.read(&ticket).await, ticket);
}

pub(super) async fn each_kind_of_hold_resumes_where_it_may(ground: Ground) {
    for (kind, elsewhere, status) in [
        (HoldKind::WithoutCase, true, Status::Serving),
        (HoldKind::WithCase, false, Status::Serving),
        (HoldKind::Waiting, true, Status::Called),
    ] {
        let ticket = served(&ground).await;
        let held = ground.at_window(&ticket, Command::Hold { kind }, "1", after(30)).await;
        assert_eq!((held.status, held.hold), (Status::Held, Some(kind)));
        assert_eq!(
            ground.try_call("1", false, after(31)).await.unwrap(),
            None,
            "the window is free, nobody waits"
        );
        let window = if elsewhere {
            "2"
        } else {
            let refused = refusal(ground.try_do(&ticket, &Command::Resume, Some("2"), after(40)).await);
            assert_eq!(
                refused,
                Refusal::AtOtherWindow {
                    window: WindowId::from("1")
                }
            );
            "1"
        };
        let resumed = ground.at_window(&ticket, Command::Resume, window, after(50)).await;
        assert_eq!(
            (resumed.status, resumed.hold, resumed.window),
            (status, None, Some(WindowId::from(window)))
        );
        if status == Status::Called {
            ground.at_window(&ticket, Command::Start, window, after(60)).await;
        }
        ground.at_window(&ticket, Command::Complete, window, after(70)).await;
    }
}

pub(super) async fn resuming_at_a_busy_window_is_refused(ground: Ground) {
    let ticket = served(&ground).await;
    let hold = Command::Hold {
        kind: HoldKind::WithoutCase,
    };
    ground.at_window(&ticket, hold, "1", after(30)).await;
    let other = served(&ground).await;
    let busy = ground.try_do(&ticket, &Command::Resume, Some("1"), after(40)).await;
    assert!(matches!(busy, Err(StoreError::WindowBusy { number }) if number == other.number));
    assert_eq!(ground.read(&ticket).await.status, Status::Held);
}

pub(super) async fn recalls_keep_their_gap_and_their_limit(ground: Ground) {
    ground.issue("civil", morning()).await;
    let ticket = ground.call("1", after(10)).await;
    let too_soon = refusal(ground.try_do(&ticket, &Command::Recall, Some("1"), after(14)).await);
    assert_eq!(too_soon, Refusal::TooSoon { wait_ms: 6_000 });
    for recall in 1..=3 {
        let again = ground
            .at_window(&ticket, Command::Recall, "1", after(10 + 10 * recall))
            .await;
        assert_eq!(i64::from(again.recalls), recall);
    }
    let enough = refusal(ground.try_do(&ticket, &Command::Recall, Some("1"), after(100)).await);
    assert_eq!(enough, Refusal::NoRecallsLeft);
}

pub(super) async fn a_ticket_is_missed_only_after_enough_recalls(ground: Ground) {
    ground.issue("civil", morning()).await;
    let ticket = ground.call("1", after(10)).await;
    for recall in 1..=2 {
        let first = refusal(
            ground
                .try_do(&ticket, &Command::Miss, Some("1"), after(9 + 10 * recall))
                .await,
        );
        assert_eq!(
            first,
            Refusal::RecallFirst {
                remaining: 3 - recall as u32
            }
        );
        ground
            .at_window(&ticket, Command::Recall, "1", after(10 + 10 * recall))
            .await;
    }
    let missed = ground.at_window(&ticket, Command::Miss, "1", after(50)).await;
    assert_eq!(missed.status, Status::Missed);
    assert_eq!(
        ground.try_call("1", false, after(51)).await.unwrap(),
        None,
        "the window is free"
    );
}

pub(super) async fn a_reactivated_ticket_waits_its_places(mut ground: Ground) {
    ground.hall.rules.recalls_before_missed = 0;
    ground.line("civil", 6).await;
    let missed = ground.call("1", after(10)).await;
    ground.at_window(&missed, Command::Miss, "1", after(20)).await;
    let back = ground
        .try_do(&missed, &Command::Reactivate, None, after(30))
        .await
        .unwrap();
    assert_eq!((back.places_back, back.waiting_since), (3, missed.waiting_since));
    let mut numbers = Vec::new();
    for window in ["1", "2", "3", "4", "5", "6"] {
        numbers.push(ground.call(window, after(40)).await.number);
    }
    assert_eq!(numbers, ["A0002", "A0003", "A0004", "A0001", "A0005", "A0006"]);
}

pub(super) async fn more_time_is_granted_once(ground: Ground) {
    let line = ground.line("civil", 8).await;
    let given = ground
        .try_do(&line[2], &Command::MoreTime, None, after(10))
        .await
        .unwrap();
    assert_eq!(
        (given.places_back, given.more_time_used),
        (5, true),
        "two were ahead, and three more may pass"
    );
    let ahead = ground
        .store
        .people_ahead(&ground.hall, &given, after(11).as_millisecond())
        .await
        .unwrap();
    assert_eq!(ahead, 5);
    let again = refusal(ground.try_do(&line[2], &Command::MoreTime, None, after(20)).await);
    assert_eq!(again, Refusal::MoreTimeUsed);
}

pub(super) async fn a_resident_cancels_and_is_not_called(ground: Ground) {
    let line = ground.line("civil", 2).await;
    let cancelled = ground
        .try_do(&line[0], &Command::Cancel, None, after(10))
        .await
        .unwrap();
    assert_eq!(
        (cancelled.status, cancelled.ended_at),
        (Status::Cancelled, Some(after(10).as_millisecond()))
    );
    assert_eq!(ground.call("1", after(20)).await.id, line[1].id);
    ground
        .try_do(&line[1], &Command::Cancel, None, after(30))
        .await
        .unwrap();
    assert_eq!(
        ground.try_call("1", false, after(40)).await.unwrap(),
        None,
        "the window is free at once"
    );
}

pub(super) async fn each_change_is_recorded_with_actor_window_and_time(ground: Ground) {
    let ticket = served(&ground).await;
    let stand_in = Actor::Staff {
        id: StaffId::from("li"),
        stands_in_for: Some(StaffId::from("wang")),
    };
    let change = Change {
        id: ticket.id,
        command: &Command::Complete,
        actor: &stand_in,
        window: Some(ground.window("1")),
        now: after(90),
    };
    ground.store.change(&ground.hall, &change).await.unwrap();
    let record = ground.store.transitions(&ground.hall.id, ticket.id).await.unwrap();
    let told: Vec<String> = record
        .iter()
        .map(|entry| {
            let from = entry.from.map_or("nothing", Status::code);
            let window = entry.window.as_ref().map_or("-", WindowId::as_str);
            let seconds = (entry.at - morning().as_millisecond()) / 1000;
            format!(
                "{seconds} {} {from}>{} {} {window}",
                entry.command,
                entry.to.code(),
                entry.actor
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "0 issue nothing>waiting device:terminal-01 -",
            "10 call waiting>called staff:wang 1",
            "20 start called>serving staff:wang 1",
            "90 complete serving>completed staff:li for wang 1",
        ]
    );
}

pub(super) async fn a_refused_command_leaves_no_record(ground: Ground) {
    let ticket = served(&ground).await;
    let illegal = refusal(ground.try_do(&ticket, &Command::Miss, Some("1"), after(30)).await);
    assert_eq!(
        illegal,
        Refusal::Illegal {
            command: "miss",
            status: Status::Serving
        }
    );
    assert_eq!(
        ground
            .store
            .transitions(&ground.hall.id, ticket.id)
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(ground.read(&ticket).await, ticket);
}

pub(super) async fn concurrent_changes_of_one_ticket_happen_once(ground: Ground) {
    ground.issue("civil", morning()).await;
    let ticket = ground.call("1", after(10)).await;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (ground, ticket) = (ground.clone(), ticket.clone());
            tokio::spawn(async move {
                ground
                    .try_do(&ticket, &Command::Start, Some("1"), after(20))
                    .await
                    .is_ok()
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += usize::from(task.await.unwrap());
    }
    assert_eq!(done, 1);
    assert_eq!(
        ground
            .store
            .transitions(&ground.hall.id, ticket.id)
            .await
            .unwrap()
            .len(),
        3
    );
}

pub(super) async fn an_unknown_ticket_is_unknown(ground: Ground) {
    let mut nobody = ground.issue("civil", morning()).await;
    nobody.id = Uuid::new_v4();
    let refused = ground.try_do(&nobody, &Command::Cancel, None, after(1)).await;
    assert!(matches!(refused, Err(StoreError::UnknownTicket)));
    assert_eq!(ground.store.ticket(&ground.hall.id, nobody.id).await.unwrap(), None);
}
