//! The day as the views see it.

use std::time::Duration;

use hall_kiosk::api::live::CALLS_MAX;
use hall_kiosk::api::staff::{Alert, Figures, HelpCall, PauseReason};
use hall_kiosk::domain::hall::{QueueId, StaffId, StaffRole, WindowId};
use hall_kiosk::domain::ticket::{Command, HoldKind, Status};
use hall_kiosk::server::store::{DayState, NewSession, WindowRow};
use uuid::Uuid;

use crate::store::ground::{Ground, after, clerk, digest, morning};

async fn day(ground: &Ground) -> DayState {
    let today = "2026-11-23".parse().unwrap();
    ground.store.day(&ground.hall.id, today).await.unwrap()
}

pub(super) async fn the_day_lists_what_is_open_and_what_was_issued(ground: Ground) {
    let line = ground.line("civil", 4).await;
    let legal = ground.issue("legal", after(3)).await;
    let held = ground.call("1", after(10)).await;
    ground.at_window(&held, Command::Start, "1", after(11)).await;
    let held = ground
        .at_window(
            &held,
            Command::Hold {
                kind: HoldKind::WithCase,
            },
            "1",
            after(12),
        )
        .await;
    let over = ground.call("1", after(20)).await;
    ground.try_do(&over, &Command::Cancel, None, after(21)).await.unwrap();
    ground
        .try_do(&line[3], &Command::Cancel, None, after(21))
        .await
        .unwrap();
    let state = day(&ground).await;
    assert_eq!(state.open, [held, line[2].clone(), legal]);
    assert_eq!(state.issued, [(QueueId::from("civil"), 4), (QueueId::from("legal"), 1)]);
}

pub(super) async fn the_newest_call_of_each_ticket_comes_first(mut ground: Ground) {
    ground.hall.rules.recalls_before_missed = 0;
    ground.line("civil", CALLS_MAX + 4).await;
    let first = ground.call("1", after(20)).await;
    let second = ground.call("2", after(21)).await;
    ground.at_window(&first, Command::Recall, "1", after(40)).await;
    ground.at_window(&second, Command::Start, "2", after(41)).await;
    let calls = day(&ground).await.calls;
    let told: Vec<_> = calls
        .iter()
        .map(|call| (call.number.as_str(), call.window.as_str(), call.times, call.pending))
        .collect();
    assert_eq!(told, [("A0001", "1", 2, true), ("A0002", "2", 1, false)]);
    assert_eq!(calls[0].at_ms, after(40).as_millisecond());

    ground.at_window(&first, Command::Miss, "1", after(50)).await;
    assert!(!day(&ground).await.calls[0].pending, "a missed ticket is still seen");
    let to_legal = Command::Transfer {
        queue: QueueId::from("legal"),
        window: None,
    };
    ground.at_window(&second, to_legal, "2", after(51)).await;
    assert_eq!(
        day(&ground).await.calls.len(),
        1,
        "one who waits again is not called any more"
    );
    for window in 3..(3 + CALLS_MAX) {
        ground.call(&window.to_string(), after(60 + window as i64)).await;
    }
    let calls = day(&ground).await.calls;
    assert_eq!(calls.len(), CALLS_MAX);
    assert!(calls.is_sorted_by(|a, b| a.at_ms > b.at_ms));
}

pub(super) async fn figures_and_service_times_are_of_the_window_and_the_queue(ground: Ground) {
    ground.line("civil", 3).await;
    for (begin, minutes) in [(60, 4), (600, 6)] {
        let ticket = ground.call("1", after(begin)).await;
        ground.at_window(&ticket, Command::Start, "1", after(begin)).await;
        ground
            .at_window(&ticket, Command::Complete, "1", after(begin + 60 * minutes))
            .await;
    }
    ground.call("2", after(1202)).await;
    let state = day(&ground).await;
    assert_eq!(state.service_ms, [(QueueId::from("civil"), vec![240_000, 360_000])]);
    let one = Figures {
        completed: 2,
        mean_wait_minutes: Some(5),
        mean_service_seconds: Some(300),
    };
    let two = Figures {
        completed: 0,
        mean_wait_minutes: Some(20),
        mean_service_seconds: None,
    };
    assert_eq!(state.figures, [(WindowId::from("1"), one), (WindowId::from("2"), two)]);
}

pub(super) async fn windows_show_who_sits_there_and_what_is_paused(ground: Ground) {
    let (hall, token) = (&ground.hall.id, digest());
    for (window, staff, token) in [("1", "wang", token), ("2", "li", digest())] {
        let session = NewSession {
            hall,
            window: &WindowId::from(window),
            staff: &StaffId::from(staff),
            role: StaffRole::Clerk,
            stands_in_for: None,
            token,
            now: 1_000,
            ends_at: 9_000,
            take_over: false,
        };
        ground.store.open_session(&session).await.unwrap();
    }
    for (window, reason) in [("2", PauseReason::Break), ("3", PauseReason::Equipment)] {
        ground
            .store
            .set_pause(hall, &window.into(), Some(reason), 2_000)
            .await
            .unwrap();
    }
    let row = |window: &str, clerk: Option<&str>, pause| WindowRow {
        window: WindowId::from(window),
        clerk: clerk.map(StaffId::from),
        ends_at: if clerk.is_some() { 9_000 } else { 0 },
        pause,
    };
    let third = row("3", None, Some(PauseReason::Equipment));
    let second = row("2", Some("li"), Some(PauseReason::Break));
    assert_eq!(
        day(&ground).await.windows,
        [row("1", Some("wang"), None), second.clone(), third.clone()]
    );
    ground.store.end_session(hall, &token, 3_000).await.unwrap();
    assert_eq!(day(&ground).await.windows, [second, third]);
}

pub(super) async fn help_and_alerts_stay_until_somebody_sees_to_them(ground: Ground) {
    let hall = &ground.hall.id;
    let help = HelpCall {
        id: Uuid::new_v4(),
        device: "terminal-01".to_owned(),
        at_ms: 5,
    };
    let alert = Alert {
        id: Uuid::new_v4(),
        device: "terminal-02".to_owned(),
        code: "printer.out_of_paper".to_owned(),
        number: Some("A0007".to_owned()),
        at_ms: 6,
    };
    for _ in 0..2 {
        ground.store.raise_help(hall, &help).await.unwrap();
        ground.store.raise_alert(hall, &alert).await.unwrap();
    }
    let state = day(&ground).await;
    assert_eq!(
        (state.help, state.alerts),
        (vec![help.clone()], vec![alert.clone()]),
        "the same id twice is one"
    );
    let actor = clerk("wang");
    assert!(ground.store.answer_help(hall, help.id, &actor, 9).await.unwrap());
    assert!(
        !ground.store.answer_help(hall, help.id, &actor, 9).await.unwrap(),
        "answered before"
    );
    assert!(ground.store.clear_alert(hall, alert.id, &actor, 9).await.unwrap());
    assert!(
        !ground.store.clear_alert(hall, alert.id, &actor, 9).await.unwrap(),
        "cleared before"
    );
    ground.store.raise_help(hall, &help).await.unwrap();
    let state = day(&ground).await;
    assert!(
        state.help.is_empty() && state.alerts.is_empty(),
        "a late repetition raises nothing anew"
    );
}

pub(super) async fn every_change_is_told(ground: Ground) {
    let mut changes = ground.store.changes();
    let mut told = async |what: &str| {
        let hall = tokio::time::timeout(Duration::from_secs(2), changes.recv()).await;
        assert_eq!(hall.expect(what).unwrap(), ground.hall.id, "{what}");
        while changes.try_recv().is_ok() {}
    };
    ground.issue("civil", morning()).await;
    told("an issue").await;
    let ticket = ground.call("1", after(1)).await;
    assert_eq!(ticket.status, Status::Called);
    told("a call").await;
    ground.at_window(&ticket, Command::Start, "1", after(2)).await;
    told("a change").await;
    ground
        .store
        .set_pause(&ground.hall.id, &"1".into(), Some(PauseReason::Break), 3)
        .await
        .unwrap();
    told("a pause").await;
}
