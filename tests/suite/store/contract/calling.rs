//! Calling the next one.

use std::collections::BTreeSet;

use hall_kiosk::domain::hall::{QueueId, WindowId};
use hall_kiosk::domain::priority::{Candidate, Class, call_order};
use hall_kiosk::domain::ticket::{Command, HoldKind, Refusal, Status, Ticket};
use hall_kiosk::server::store::StoreError;
use jiff::Timestamp;

use crate::store::ground::{CALLERS, Ground, WINDOWS, after, morning};

pub(super) async fn callers_at_64_never_share_a_ticket_and_never_lose_one(ground: Ground) {
    const TICKETS: usize = 150;
    for queue in ["civil", "social", "legal"] {
        ground.line(queue, TICKETS / 3).await;
    }
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let ground = ground.clone();
            tokio::spawn(async move {
                let window = (caller % WINDOWS + 1).to_string();
                let mut called = Vec::new();
                loop {
                    match ground.try_call(&window, true, after(1000)).await {
                        Ok(Some(ticket)) => {
                            ground.at_window(&ticket, Command::Start, &window, after(1000)).await;
                            called.push(ticket.id);
                        }
                        Ok(None) => return called,
                        // A colleague at the same window was quicker.
                        Err(StoreError::WindowBusy { .. }) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let (mut distinct, mut count) = (BTreeSet::new(), 0);
    for task in tasks {
        let called = task.await.unwrap();
        count += called.len();
        distinct.extend(called);
    }
    assert_eq!((count, distinct.len()), (TICKETS, TICKETS));
}

pub(super) async fn a_window_calls_by_the_full_call_order(ground: Ground) {
    let mut seed = 17_u64;
    let mut random = move |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut waiting: Vec<Ticket> = Vec::new();
    for second in 0..60 {
        let class = Class::ALL[random(6) as usize];
        let queue = ["civil", "social"][random(2) as usize];
        let mut ticket = ground.issue_as(queue, class, after(second)).await;
        if random(4) == 0 {
            ticket = ground
                .try_do(&ticket, &Command::MoreTime, None, after(second))
                .await
                .unwrap();
        }
        waiting.push(ticket);
    }
    for round in 0..60 {
        let now = after(100 + round * 20);
        let candidates: Vec<Candidate> = waiting.iter().map(Ticket::candidate).collect();
        let expected = call_order(&candidates, &ground.hall.rules.rates, now.as_millisecond())[0];
        let called = ground.call("1", now).await;
        assert_eq!(called.number, waiting[expected].number, "round {round}");
        let started = ground.at_window(&called, Command::Start, "1", now).await;
        ground.at_window(&started, Command::Complete, "1", now).await;
        waiting.remove(expected);
        for ticket in &mut waiting {
            *ticket = ground.read(ticket).await;
        }
    }
    assert!(ground.try_call("1", false, after(5000)).await.unwrap().is_none());
}

pub(super) async fn a_later_tier_is_called_only_while_the_earlier_is_empty(ground: Ground) {
    let legal = ground.issue_as("legal", Class::Appointment, morning()).await;
    let civil = ground.issue("civil", after(600)).await;
    assert_eq!(ground.call("1", after(601)).await.id, civil.id);
    assert_eq!(ground.call("2", after(601)).await.id, legal.id);
}

pub(super) async fn a_window_has_one_ticket_at_a_time(ground: Ground) {
    let line = ground.line("civil", 3).await;
    ground.call("1", after(10)).await;
    let busy = ground.try_call("1", false, after(11)).await.unwrap_err();
    assert!(
        matches!(&busy, StoreError::WindowBusy { number } if *number == line[0].number),
        "{busy}"
    );
    let busy = ground
        .try_do(&line[1], &Command::Call, Some("1"), after(11))
        .await
        .unwrap_err();
    assert!(
        matches!(&busy, StoreError::WindowBusy { number } if *number == line[0].number),
        "{busy}"
    );
    assert_eq!(
        ground.at_window(&line[1], Command::Call, "2", after(11)).await.window,
        Some(WindowId::from("2"))
    );
}

pub(super) async fn calling_with_completion_completes_in_the_same_step(ground: Ground) {
    let line = ground.line("civil", 2).await;
    let first = ground.call("1", after(10)).await;
    ground.at_window(&first, Command::Start, "1", after(20)).await;
    let second = ground.try_call("1", true, after(200)).await.unwrap().unwrap();
    assert_eq!(second.id, line[1].id);
    let first = ground.read(&first).await;
    assert_eq!((first.status, first.service()), (Status::Completed, Some(180_000)));
}

pub(super) async fn completion_happens_also_when_nobody_waits(ground: Ground) {
    ground.issue("civil", morning()).await;
    let only = ground.call("1", after(10)).await;
    ground.at_window(&only, Command::Start, "1", after(20)).await;
    assert_eq!(ground.try_call("1", true, after(30)).await.unwrap(), None);
    assert_eq!(ground.read(&only).await.status, Status::Completed);
}

pub(super) async fn a_ticket_only_called_is_not_completed_by_calling_the_next(ground: Ground) {
    ground.line("civil", 2).await;
    let first = ground.call("1", after(10)).await;
    let busy = ground.try_call("1", true, after(11)).await.unwrap_err();
    assert!(matches!(busy, StoreError::WindowBusy { .. }));
    assert_eq!(ground.read(&first).await.status, Status::Called);
}

pub(super) async fn a_paused_window_calls_nobody(ground: Ground) {
    use hall_kiosk::api::staff::PauseReason;
    let line = ground.line("civil", 2).await;
    let window = WindowId::from("1");
    let pause = |reason| ground.store.set_pause(&ground.hall.id, &window, reason, 0);
    pause(Some(PauseReason::Meeting)).await.unwrap();
    assert!(matches!(
        ground.try_call("1", true, after(1)).await,
        Err(StoreError::WindowPaused)
    ));
    let refused = ground.try_do(&line[0], &Command::Call, Some("1"), after(1)).await;
    assert!(matches!(refused, Err(StoreError::WindowPaused)));
    assert_eq!(
        ground.call("2", after(1)).await.id,
        line[0].id,
        "another window is open"
    );
    pause(None).await.unwrap();
    assert_eq!(ground.call("1", after(1)).await.id, line[1].id);
}

pub(super) async fn a_ticket_reserved_for_a_window_is_called_by_that_window_alone(ground: Ground) {
    let line = ground.line("civil", 2).await;
    let called = ground.call("1", after(10)).await;
    let transfer = Command::Transfer {
        queue: QueueId::from("social"),
        window: Some(WindowId::from("3")),
    };
    ground.at_window(&called, transfer, "1", after(11)).await;
    assert_eq!(
        ground.call("2", after(12)).await.id,
        line[1].id,
        "past the one reserved for window 3"
    );
    assert_eq!(ground.try_call("4", false, after(12)).await.unwrap(), None);
    let refused = ground
        .try_do(&line[0], &Command::Call, Some("4"), after(12))
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Refused(Refusal::AtOtherWindow { .. })));
    assert_eq!(ground.call("3", after(13)).await.id, line[0].id);
}

pub(super) async fn yesterdays_tickets_are_neither_called_nor_changed_nor_counted(ground: Ground) {
    let yesterday: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let waiting = ground.issue("civil", yesterday).await;
    ground.issue("civil", yesterday).await;
    let left_at_window = ground.call("1", yesterday).await;
    assert_eq!(ground.waiting("civil", yesterday).await, 1);
    assert_eq!(ground.waiting("civil", morning()).await, 0);
    assert_eq!(
        ground.try_call("1", false, morning()).await.unwrap(),
        None,
        "yesterday's ticket keeps no window busy"
    );
    for (ticket, command, window) in [
        (&waiting, Command::Call, Some("2")),
        (&waiting, Command::Cancel, None),
        (&left_at_window, Command::Start, Some("1")),
    ] {
        let refused = ground.try_do(ticket, &command, window, morning()).await.unwrap_err();
        assert!(matches!(refused, StoreError::UnknownTicket), "{refused}");
    }
    let today = ground.issue("civil", morning()).await;
    assert_eq!(today.number, "A0001");
    assert_eq!(
        ground
            .store
            .people_ahead(&ground.hall, &today, after(1).as_millisecond())
            .await
            .unwrap(),
        0
    );
    let day = ground.store.day(&ground.hall.id, today.day).await.unwrap();
    assert_eq!(day.open, [today]);
    assert!(day.calls.is_empty());
}

pub(super) async fn each_call_lets_one_pass_who_gave_up_places(ground: Ground) {
    let line = ground.line("civil", 6).await;
    ground.issue("social", after(6)).await;
    let patient = ground
        .try_do(&line[0], &Command::MoreTime, None, after(10))
        .await
        .unwrap();
    assert_eq!(patient.places_back, 3);
    let mut numbers = Vec::new();
    for window in ["1", "2", "3", "4"] {
        numbers.push(ground.call(window, after(20)).await.number);
    }
    assert_eq!(numbers, ["A0002", "A0003", "A0004", "A0001"]);
    let late = ground
        .try_do(&line[4], &Command::MoreTime, None, after(21))
        .await
        .unwrap();
    let back = ground.read(&late).await.places_back;
    ground.at_window(&line[5], Command::Call, "5", after(22)).await;
    assert_eq!(
        ground.read(&late).await.places_back,
        back - 1,
        "a ticket called by name passes too"
    );
    ground.call("6", after(22)).await;
    assert_eq!(
        ground.read(&late).await.places_back,
        back - 1,
        "a call of another queue lets nobody pass"
    );
}

pub(super) async fn a_reserved_ticket_that_gave_up_places_is_passed_like_others(ground: Ground) {
    ground.line("civil", 3).await;
    let called = ground.call("1", after(10)).await;
    let transfer = Command::Transfer {
        queue: QueueId::from("civil"),
        window: Some(WindowId::from("3")),
    };
    ground.at_window(&called, transfer, "1", after(11)).await;
    let patient = ground
        .try_do(&called, &Command::MoreTime, None, after(12))
        .await
        .unwrap();
    ground.call("2", after(13)).await;
    assert_eq!(ground.read(&called).await.places_back, patient.places_back - 1);
}

pub(super) async fn a_window_that_serves_nothing_calls_nobody(mut ground: Ground) {
    ground.line("civil", 1).await;
    ground.hall.windows[0].serves.clear();
    assert_eq!(ground.try_call("1", true, after(1)).await.unwrap(), None);
}

pub(super) async fn people_ahead_agree_with_the_call_order(mut ground: Ground) {
    ground.hall.rules.rates.elder70 = 1.7;
    ground.hall.rules.rates.disabled = 0.3;
    for (index, seconds) in [0, 0, 3, 3, 3, 60, 61, 61, 200, 200, 300, 300].into_iter().enumerate() {
        ground
            .issue_as("civil", Class::ALL[index * 7 % 6], after(seconds))
            .await;
        ground.issue_as("civil", Class::ALL[index % 6], after(seconds)).await;
    }
    let day = ground.issue("social", morning()).await.day;
    let agree = async |now: Timestamp| {
        let open = ground.store.day(&ground.hall.id, day).await.unwrap().open;
        let line: Vec<Ticket> = open
            .into_iter()
            .filter(|ticket| ticket.status == Status::Waiting && ticket.queue.as_str() == "civil")
            .collect();
        let candidates: Vec<Candidate> = line.iter().map(Ticket::candidate).collect();
        let now = now.as_millisecond();
        for (place, index) in call_order(&candidates, &ground.hall.rules.rates, now)
            .into_iter()
            .enumerate()
        {
            let ahead = ground
                .store
                .people_ahead(&ground.hall, &line[index], now)
                .await
                .unwrap();
            assert_eq!(ahead as usize, place, "{:?} at {now}", line[index]);
        }
        line
    };
    for seconds in [300, 301, 350, 1000, 9000] {
        agree(after(seconds)).await;
    }
    let line = agree(after(0)).await;
    ground
        .try_do(&line[3], &Command::MoreTime, None, after(400))
        .await
        .unwrap();
    ground
        .try_do(&line[9], &Command::MoreTime, None, after(400))
        .await
        .unwrap();
    agree(after(401)).await;
    let called = ground.call("1", after(402)).await;
    agree(after(402)).await;
    ground.at_window(&called, Command::Start, "1", after(403)).await;
    let held = ground
        .at_window(
            &called,
            Command::Hold {
                kind: HoldKind::Waiting,
            },
            "1",
            after(404),
        )
        .await;
    assert_eq!(
        ground
            .store
            .people_ahead(&ground.hall, &held, after(405).as_millisecond())
            .await
            .unwrap(),
        0
    );
}
