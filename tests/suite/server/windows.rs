//! A clerk's day at the window.

use hall_kiosk::api::live::{HallLive, WindowStatus};
use hall_kiosk::api::paths;
use hall_kiosk::api::problem::code;
use hall_kiosk::api::staff::{PauseReason, WindowView};
use hall_kiosk::api::ticket::TicketView;
use hall_kiosk::domain::ticket::Status;
use serde_json::json;

use super::{Device, TestHall};

async fn view(device: &Device, window: &str) -> WindowView {
    device.get(&paths::fill(paths::WINDOW, window)).await.ok()
}

#[tokio::test]
async fn from_the_call_to_the_next_call() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let clerk = hall.clerk("wang", "1").await;
    let first = terminal.issue("social").await;
    hall.clock.advance(1);
    let second = terminal.issue("civil").await;

    hall.clock.advance(60);
    let before = view(&clerk, "1").await;
    assert_eq!((before.status, before.waiting_count), (WindowStatus::Open, 2));
    assert_eq!(before.waiting[0].number, "B001", "in the order they would be called");
    let social = before
        .queues
        .iter()
        .find(|queue| queue.id.as_str() == "social")
        .unwrap();
    assert!(social.wait.is_some(), "somebody is at a window");

    let called = clerk.call("1").await;
    assert_eq!((called.id, called.status), (first.ticket.id, Status::Called));
    let busy = clerk.call_next("1").await.problem(409, code::WINDOW_BUSY);
    assert_eq!(busy.text("number"), Some("B001"));

    let soon = clerk
        .command(called.id, "recall")
        .await
        .problem(409, "ticket.recall_too_soon");
    assert_eq!(soon.number("wait_ms"), Some(10_000));
    let early = clerk
        .command(called.id, "miss")
        .await
        .problem(409, "ticket.recall_first");
    assert_eq!(early.number("remaining"), Some(1));
    hall.clock.advance(10);
    let recalled: TicketView = clerk.command(called.id, "recall").await.ok();
    assert_eq!(recalled.times_called, 2);

    let serving: TicketView = clerk.command(called.id, "start").await.ok();
    assert_eq!(serving.status, Status::Serving);
    hall.clock.advance(300);
    let next = clerk
        .post("/v1/windows/1/call-next", &json!({ "complete_current": true }))
        .await;
    assert_eq!(next.ok::<TicketView>().id, second.ticket.id);

    let after = view(&clerk, "1").await;
    assert_eq!(after.today.completed, 1);
    assert_eq!(after.today.mean_service_seconds, Some(300));
    assert_eq!(after.current.unwrap().number, "A001");
    let state: HallLive = terminal.get(paths::STATE).await.ok();
    let numbers: Vec<_> = state.calls.iter().map(|call| call.number.as_str()).collect();
    assert_eq!(numbers, ["A001", "B001"], "newest first");
    assert!(state.calls[0].pending && !state.calls[1].pending);
}

#[tokio::test]
async fn who_stands_first_in_the_list_is_called_first_also_in_a_tie() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let clerk = hall.clerk("wang", "1").await;
    for queue in ["social", "civil", "social", "civil"] {
        terminal.issue(queue).await;
    }
    loop {
        let waiting = view(&clerk, "1").await.waiting;
        let Some(first) = waiting.first() else { return };
        let called = clerk.call("1").await;
        assert_eq!(called.number, first.number);
        clerk.command(called.id, "start").await.ok::<TicketView>();
        clerk.command(called.id, "complete").await.ok::<TicketView>();
    }
}

#[tokio::test]
async fn two_clerks_never_call_one_ticket() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let (one, two) = (hall.clerk("wang", "1").await, hall.clerk("li", "2").await);
    terminal.issue("social").await;
    terminal.issue("social").await;
    let (a, b) = tokio::join!(one.call("1"), two.call("2"));
    assert_ne!(a.id, b.id);
    let other = two.command(a.id, "start").await.problem(409, "ticket.at_other_window");
    assert_eq!(other.text("window"), Some("1"));
}

#[tokio::test]
async fn missed_is_put_back_at_the_desk_and_held_comes_back() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let (clerk, desk) = (hall.clerk("wang", "1").await, hall.clerk("wu", "desk").await);
    let issued = terminal.issue("social").await;
    let id = issued.ticket.id;
    clerk.call("1").await;
    hall.clock.advance(10);
    clerk.command(id, "recall").await.ok::<TicketView>();
    clerk.command(id, "miss").await.ok::<TicketView>();
    assert_eq!(view(&desk, "desk").await.missed.len(), 1);
    let again: TicketView = desk.command(id, "reactivate").await.ok();
    assert_eq!((again.status, again.number.as_str()), (Status::Waiting, "B001"));

    clerk.call("1").await;
    clerk.command(id, "start").await.ok::<TicketView>();
    let path = paths::fill(paths::TICKET_COMMANDS, &id.to_string());
    let held = clerk
        .post(&path, &json!({ "command": "hold", "kind": "with_case" }))
        .await;
    assert_eq!(held.ok::<TicketView>().status, Status::Held);
    assert_eq!(view(&clerk, "1").await.held.len(), 1);
    assert_eq!(
        clerk.command(id, "resume").await.ok::<TicketView>().status,
        Status::Serving
    );
    let moved = clerk
        .post(
            &path,
            &json!({ "command": "transfer", "queue": "social", "window": "2" }),
        )
        .await;
    assert_eq!(moved.ok::<TicketView>().number, "B001", "the printed number stays");
    assert_eq!(clerk.call_next("1").await.status, 204, "it is kept for window 2");
    let done = clerk
        .command(id, "complete")
        .await
        .problem(409, "ticket.illegal_transition");
    assert_eq!(
        (done.text("command"), done.text("status_now")),
        (Some("complete"), Some("waiting"))
    );
    let two = hall.clerk("li", "2").await;
    assert_eq!(two.call("2").await.id, id);
    clerk
        .command(uuid::Uuid::now_v7(), "start")
        .await
        .problem(404, code::TICKET_UNKNOWN);
}

#[tokio::test]
async fn a_paused_window_calls_nobody_and_says_why() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("wang", "1").await;
    clerk
        .post("/v1/windows/1/pause", &json!({ "reason": "meeting" }))
        .await
        .done();
    let paused = view(&clerk, "1").await;
    assert_eq!(
        (paused.status, paused.pause),
        (WindowStatus::Paused, Some(PauseReason::Meeting))
    );
    clerk.call_next("1").await.problem(409, code::WINDOW_PAUSED);
    clerk.post("/v1/windows/1/open", &json!(null)).await.done();
    assert_eq!(clerk.call_next("1").await.status, 204);
    clerk
        .post("/v1/windows/2/pause", &json!({ "reason": "break" }))
        .await
        .problem(403, code::ROLE_MAY_NOT);
}
