//! Taking a number over HTTPS.

use std::collections::BTreeSet;

use hall_kiosk::api::paths;
use hall_kiosk::api::problem::code;
use hall_kiosk::api::staff::WindowView;
use hall_kiosk::api::ticket::{Issued, TicketView};
use serde_json::json;
use uuid::Uuid;

use super::TestHall;

#[tokio::test]
async fn a_resident_takes_a_number_and_everything_the_paper_needs() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let first = terminal.issue("social").await;
    let second = terminal.issue("social").await;
    assert_eq!(
        (first.ticket.number.as_str(), second.ticket.number.as_str()),
        ("B001", "B002")
    );
    assert_eq!((first.people_ahead, second.people_ahead), (0, 1));
    assert_eq!(second.wait, None, "nobody is at a window yet");
    assert_eq!(second.zone.as_str(), "B");
    assert!(
        second.url.starts_with(&format!("{}/t/", hall.server.public_url)),
        "{}",
        second.url
    );
    let token = second.url.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 22, "128 bits");
    let seen: TicketView = terminal
        .get(&paths::fill(paths::TICKET, &first.ticket.id.to_string()))
        .await
        .ok();
    assert_eq!(seen, first.ticket);
}

#[tokio::test]
async fn a_double_tap_is_one_ticket_with_one_address() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let (key, body) = (Uuid::now_v7(), json!({ "queue": "social" }));
    let mut both = Vec::new();
    for answer in futures_join(&terminal, key, &body).await {
        both.push(answer.ok::<Issued>());
    }
    assert_eq!(both[0].ticket, both[1].ticket);
    assert_eq!(both[0].url, both[1].url);
    let other = terminal.issue_with(key, &json!({ "queue": "civil" })).await;
    other.problem(409, code::IDEMPOTENCY_CONFLICT);
    terminal
        .post(paths::TICKETS, &body)
        .await
        .problem(400, code::IDEMPOTENCY_KEY_MISSING);
    assert_eq!(
        terminal.issue("social").await.ticket.number,
        "B002",
        "nothing was counted twice"
    );
}

async fn futures_join(terminal: &super::Device, key: Uuid, body: &serde_json::Value) -> [super::Answer; 2] {
    let (one, two) = tokio::join!(terminal.issue_with(key, body), terminal.issue_with(key, body));
    [one, two]
}

#[tokio::test]
async fn many_at_once_get_gapless_numbers_and_their_own_address() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let tasks: Vec<_> = (0..40)
        .map(|_| {
            let terminal = terminal.clone();
            tokio::spawn(async move { terminal.issue("social").await })
        })
        .collect();
    let (mut numbers, mut urls) = (BTreeSet::new(), BTreeSet::new());
    for task in tasks {
        let issued = task.await.unwrap();
        numbers.insert(issued.ticket.number);
        urls.insert(issued.url);
    }
    assert_eq!(numbers, (1..=40).map(|n| format!("B{n:03}")).collect());
    assert_eq!(urls.len(), 40);
}

#[tokio::test]
async fn a_queue_that_gives_no_number_says_why_and_when() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let ask = |queue: &'static str| {
        let terminal = terminal.clone();
        async move { terminal.issue_with(Uuid::now_v7(), &json!({ "queue": queue })).await }
    };
    ask("nothing").await.problem(404, code::QUEUE_UNKNOWN);
    ask("booked").await.problem(404, code::QUEUE_UNKNOWN);
    terminal.issue("civil").await;
    terminal.issue("civil").await;
    let gone = ask("civil").await.problem(409, code::QUEUE_QUOTA_GONE);
    let tomorrow: jiff::Timestamp = "2026-11-24T09:00:00+08:00".parse().unwrap();
    assert_eq!(gone.number("quota"), Some(2));
    assert_eq!(gone.number("opens_at_ms"), Some(tomorrow.as_millisecond()));
    hall.clock.set("2026-11-23T12:30:00+08:00".parse().unwrap());
    let closed = ask("social").await.problem(409, code::QUEUE_CLOSED);
    let afternoon: jiff::Timestamp = "2026-11-23T13:30:00+08:00".parse().unwrap();
    assert_eq!(closed.number("opens_at_ms"), Some(afternoon.as_millisecond()));
}

#[tokio::test]
async fn staff_take_a_number_for_somebody_also_in_their_own_queue() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("wang", "1").await;
    let issued = clerk
        .issue_with(Uuid::now_v7(), &json!({ "queue": "booked", "class": "appointment" }))
        .await;
    assert_eq!(issued.ok::<Issued>().ticket.number, "Y001");
}

#[tokio::test]
async fn a_print_that_failed_is_told_to_staff_once() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let clerk = hall.clerk("wang", "1").await;
    let issued = terminal.issue("social").await;
    let path = paths::fill(paths::TICKET_PRINT, &issued.ticket.id.to_string());
    terminal.post(&path, &json!({ "printed": true })).await.done();
    let failed = json!({ "printed": false, "code": "printer.out_of_paper" });
    terminal.post(&path, &failed).await.done();
    terminal.post(&path, &failed).await.done();
    let view: WindowView = clerk.get("/v1/windows/1").await.ok();
    let [alert] = view.alerts.as_slice() else {
        panic!("{:?}", view.alerts)
    };
    assert_eq!(
        (alert.device.as_str(), alert.code.as_str()),
        ("terminal-1", "printer.out_of_paper")
    );
    assert_eq!(alert.number.as_deref(), Some("B001"));
    clerk
        .post(&paths::fill(paths::ALERT_CLEAR, &alert.id.to_string()), &json!(null))
        .await
        .done();
    let view: WindowView = clerk.get("/v1/windows/1").await.ok();
    assert!(view.alerts.is_empty());
}
