//! Signing in, and who may do what.

use hall_kiosk::api::paths;
use hall_kiosk::api::problem::code;
use hall_kiosk::api::staff::{Session, WindowView};
use hall_kiosk::api::ticket::Issued;
use hall_kiosk::domain::hall::StaffRole;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::{Answer, TestHall, sign_in};

#[tokio::test]
async fn a_clerk_signs_in_until_the_end_of_the_shift() {
    let hall = TestHall::open().await;
    let window = hall.window("1").await;
    let session: Session = window.post(paths::SESSIONS, &sign_in("wang", "1")).await.ok();
    let end: jiff::Timestamp = "2026-11-23T17:30:00+08:00".parse().unwrap();
    assert_eq!((session.name.as_str(), session.role), ("王敏", StaffRole::Clerk));
    assert_eq!(session.ends_at_ms, end.as_millisecond());
    let clerk = super::Device {
        token: Some(session.token),
        ..window
    };
    assert_eq!(clerk.call_next("1").await.status, 204, "nobody waits");
    hall.clock.set(end);
    clerk.call_next("1").await.problem(401, code::SESSION_ENDED);
    clerk
        .post(paths::SESSIONS, &sign_in("wang", "1"))
        .await
        .problem(403, code::SESSION_ENDED);
}

#[tokio::test]
async fn without_a_shift_a_session_ends_at_the_halls_midnight() {
    let hall = TestHall::open().await;
    let window = hall.window("1").await;
    let session: Session = window.post(paths::SESSIONS, &sign_in("li", "1")).await.ok();
    let midnight: jiff::Timestamp = "2026-11-24T00:00:00+08:00".parse().unwrap();
    assert_eq!(session.ends_at_ms, midnight.as_millisecond());
}

#[tokio::test]
async fn wrong_pins_are_counted_and_then_refused_for_a_while() {
    let hall = TestHall::open().await;
    let window = hall.window("1").await;
    let wrong = json!({ "staff": "wang", "pin": "1111", "window": "1" });
    for _ in 0..5 {
        window
            .post(paths::SESSIONS, &wrong)
            .await
            .problem(401, code::SIGN_IN_FAILED);
    }
    let limited = window.post(paths::SESSIONS, &sign_in("wang", "1")).await;
    assert_eq!(
        limited.problem(429, code::SIGN_IN_LIMITED).number("wait_ms"),
        Some(15 * 60_000)
    );
    let other: Session = window.post(paths::SESSIONS, &sign_in("li", "1")).await.ok();
    assert_eq!(other.staff.as_str(), "li", "only the one who guessed has to wait");
    hall.clock.advance(15 * 60 + 1);
    let taken = json!({ "staff": "wang", "pin": super::PIN, "window": "1", "take_over": true });
    assert_eq!(window.post(paths::SESSIONS, &taken).await.status, 201);
}

#[tokio::test]
async fn guesses_in_parallel_do_not_outrun_the_limit() {
    let hall = TestHall::open().await;
    let window = hall.window("1").await;
    let tasks: Vec<_> = (0..12)
        .map(|_| {
            let window = window.clone();
            let wrong = json!({ "staff": "wang", "pin": "1111", "window": "1" });
            tokio::spawn(async move { window.post(paths::SESSIONS, &wrong).await.status.as_u16() })
        })
        .collect();
    let mut tried = 0;
    for task in tasks {
        tried += usize::from(task.await.unwrap() == 401);
    }
    assert_eq!(tried, 5);
}

#[tokio::test]
async fn somebody_unknown_is_answered_as_a_wrong_pin_is() {
    let hall = TestHall::open().await;
    let window = hall.window("1").await;
    let unknown = window.post(paths::SESSIONS, &sign_in("nobody", "1")).await;
    let wrong = window
        .post(paths::SESSIONS, &json!({ "staff": "wang", "pin": "1", "window": "1" }))
        .await;
    unknown.problem(401, code::SIGN_IN_FAILED);
    assert_eq!(unknown.body, wrong.body);
}

#[tokio::test]
async fn a_taken_window_says_who_is_there_and_can_be_taken_over() {
    let hall = TestHall::open().await;
    let wang = hall.clerk("wang", "1").await;
    let device = hall.window("1").await;
    let taken = device
        .post(paths::SESSIONS, &sign_in("li", "1"))
        .await
        .problem(409, code::WINDOW_TAKEN);
    let morning: jiff::Timestamp = super::MORNING.parse().unwrap();
    assert_eq!(
        (taken.text("clerk"), taken.text("clerk_name")),
        (Some("wang"), Some("王敏"))
    );
    assert_eq!(taken.number("since_ms"), Some(morning.as_millisecond()));
    let mut over = sign_in("li", "1");
    over["take_over"] = json!(true);
    over["stands_in_for"] = json!("wang");
    let session: Session = device.post(paths::SESSIONS, &over).await.ok();
    assert_eq!(session.stands_in_for.unwrap().as_str(), "wang");
    let ousted = wang.call_next("1").await.problem(401, code::SESSION_TAKEN_OVER);
    assert_eq!(ousted.text("clerk"), Some("li"));
    assert_eq!(ousted.text("clerk_name"), Some("李强"));
}

#[tokio::test]
async fn who_is_limited_to_windows_signs_in_only_there() {
    let hall = TestHall::open().await;
    hall.clock.set("2026-11-23T09:00:00+08:00".parse().unwrap());
    let first = hall.window("1").await;
    first
        .post(paths::SESSIONS, &sign_in("zhou", "1"))
        .await
        .problem(403, code::ROLE_MAY_NOT);
    first
        .post(paths::SESSIONS, &sign_in("zhou", "2"))
        .await
        .problem(403, code::ROLE_MAY_NOT);
    first
        .post(paths::SESSIONS, &sign_in("zhou", "9"))
        .await
        .problem(404, code::WINDOW_UNKNOWN);
    let second = hall.window("2").await;
    assert_eq!(second.post(paths::SESSIONS, &sign_in("zhou", "2")).await.status, 201);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("wang", "1").await;
    Answer::of(clerk.request(Method::DELETE, paths::SESSION)).await.done();
    clerk.call_next("1").await.problem(401, code::SESSION_ENDED);
    let view: WindowView = clerk.get("/v1/windows/1").await.ok();
    assert_eq!(view.clerk, None);
}

#[tokio::test]
async fn a_volunteer_helps_at_the_desk_and_calls_nobody() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    let window = hall.window("1").await;
    window
        .post(paths::SESSIONS, &sign_in("wu", "1"))
        .await
        .problem(403, code::ROLE_MAY_NOT);
    let desk = hall.clerk("wu", "desk").await;
    let issued: Issued = desk
        .issue_with(Uuid::now_v7(), &json!({ "queue": "social" }))
        .await
        .ok();
    desk.call_next("desk").await.problem(403, code::ROLE_MAY_NOT);
    desk.command(issued.ticket.id, "start")
        .await
        .problem(403, code::ROLE_MAY_NOT);
    assert_eq!(desk.command(issued.ticket.id, "cancel").await.status, 200);

    let key = Uuid::now_v7();
    for _ in 0..2 {
        let help = terminal
            .request(Method::POST, paths::HELP)
            .header(paths::IDEMPOTENCY_KEY, key.to_string());
        Answer::of(help).await.done();
    }
    let view: WindowView = desk.get("/v1/windows/desk").await.ok();
    assert_eq!(view.help.len(), 1, "a touch twice is one call");
    assert_eq!(view.help[0].device, "terminal-1");
    desk.post(&paths::fill(paths::HELP_ANSWER, &key.to_string()), &json!(null))
        .await
        .done();
    let view: WindowView = desk.get("/v1/windows/desk").await.ok();
    assert!(view.help.is_empty());
}
