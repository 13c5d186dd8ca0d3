//! Only enrolled devices, each only what it is for.

use std::time::{Duration, SystemTime};

use hall_kiosk::api::device::{CaReply, DeviceRole, EnrollRequest, Enrolled, RenewRequest};
use hall_kiosk::api::paths;
use hall_kiosk::api::problem::code;
use hall_kiosk::server::ca::Ca;
use reqwest::Method;
use serde_json::json;

use super::{Answer, Key, TestHall};

#[tokio::test]
async fn a_device_without_a_certificate_is_refused_but_for_the_way_in() {
    let hall = TestHall::open().await;
    let stranger = hall.stranger();
    stranger.get(paths::HALL).await.problem(401, code::DEVICE_NEEDED);
    let key = uuid::Uuid::now_v7();
    let taken = stranger.issue_with(key, &json!({ "queue": "social" })).await;
    taken.problem(401, code::DEVICE_NEEDED);
    assert_eq!(stranger.get(paths::HEALTH).await.body, "ok");
    let ca: CaReply = stranger.get(paths::CA).await.ok();
    assert_eq!(ca.ca_pem, hall.server.ca_pem);
}

#[tokio::test]
async fn a_foreign_certificate_ends_the_handshake() {
    let (hall, other) = (TestHall::open().await, TestHall::open().await);
    let key = Key::new();
    let foreign = Ca::open(&*other.store).await.unwrap();
    let leaf = foreign
        .device(&key.csr(), "terminal-1", Duration::from_secs(3600))
        .unwrap();
    let device = key.shown(&hall, &leaf.pem, &leaf.serial);
    let answer = device.request(Method::GET, paths::HEALTH).send().await;
    assert!(answer.unwrap_err().is_request(), "not even /healthz answers it");
}

#[tokio::test]
async fn an_expired_certificate_ends_the_handshake() {
    let hall = TestHall::open().await;
    let key = Key::new();
    let ca = Ca::open(&*hall.store).await.unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let hour = Duration::from_secs(3600);
    let leaf = ca
        .device_between(&key.csr(), "terminal-1", now - 2 * hour, now - hour)
        .unwrap();
    let device = key.shown(&hall, &leaf.pem, &leaf.serial);
    assert!(device.request(Method::GET, paths::HALL).send().await.is_err());
    let fresh = ca
        .device_between(&key.csr(), "terminal-1", now - 2 * hour, now + hour)
        .unwrap();
    let device = key.shown(&hall, &fresh.pem, &fresh.serial);
    device.get(paths::HALL).await.problem(403, code::DEVICE_UNKNOWN);
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_within_a_second_on_an_open_connection() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    assert_eq!(terminal.get(paths::HALL).await.status, 200);
    assert!(hall.store.revoke_device(&terminal.serial, 1).await.unwrap());
    tokio::time::sleep(Duration::from_secs(1)).await;
    terminal.get(paths::HALL).await.problem(403, code::DEVICE_REVOKED);
    let renewal = json!(RenewRequest {
        csr_pem: Key::new().csr()
    });
    terminal
        .post(paths::RENEW, &renewal)
        .await
        .problem(403, code::DEVICE_REVOKED);
}

#[tokio::test]
async fn an_enrolment_code_works_once_and_for_an_hour() {
    let hall = TestHall::open().await;
    let stranger = hall.stranger();
    let ask = |code: &str| {
        json!(EnrollRequest {
            code: code.to_owned(),
            csr_pem: Key::new().csr()
        })
    };
    let code = hall.code("terminal-1", DeviceRole::Terminal, None).await;
    let enrolled: Enrolled = stranger.post(paths::ENROLL, &ask(&code)).await.ok();
    assert_eq!(
        (enrolled.hall.as_str(), enrolled.name.as_str()),
        ("small", "terminal-1")
    );
    stranger
        .post(paths::ENROLL, &ask(&code))
        .await
        .problem(403, code::ENROLL_CODE_INVALID);
    let late = hall.code("terminal-2", DeviceRole::Terminal, None).await;
    hall.clock.advance(3601);
    stranger
        .post(paths::ENROLL, &ask(&late))
        .await
        .problem(403, code::ENROLL_CODE_INVALID);
}

#[tokio::test]
async fn a_request_that_cannot_be_signed_does_not_use_the_code_up() {
    let hall = TestHall::open().await;
    let code = hall.code("board-1", DeviceRole::Board, None).await;
    let stranger = hall.stranger();
    let nonsense = json!({ "code": code, "csr_pem": "nonsense" });
    stranger
        .post(paths::ENROLL, &nonsense)
        .await
        .problem(400, code::ENROLL_CSR_INVALID);
    let sound = json!({ "code": code.to_lowercase(), "csr_pem": Key::new().csr() });
    let enrolled: Enrolled = stranger.post(paths::ENROLL, &sound).await.ok();
    assert_eq!(enrolled.role, DeviceRole::Board);
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let hall = TestHall::open().await;
    let stranger = hall.stranger();
    let guess = json!({ "code": "0000-0000-0000-0000-0000-0000-0000", "csr_pem": Key::new().csr() });
    for _ in 0..10 {
        stranger
            .post(paths::ENROLL, &guess)
            .await
            .problem(403, code::ENROLL_CODE_INVALID);
    }
    let refused = stranger
        .post(paths::ENROLL, &guess)
        .await
        .problem(429, code::ENROLL_LIMITED);
    assert!(refused.number("wait_ms").unwrap() > 0);
}

#[tokio::test]
async fn a_device_renews_its_certificate_and_stays_who_it_was() {
    let hall = TestHall::open().await;
    let window = hall.window("2").await;
    let key = Key::new();
    let enrolled: Enrolled = window.post(paths::RENEW, &json!({ "csr_pem": key.csr() })).await.ok();
    assert_ne!(enrolled.serial, window.serial);
    assert_eq!(enrolled.window.as_ref().unwrap().as_str(), "2");
    let renewed = key.device(&hall, &enrolled);
    assert_eq!(renewed.get("/v1/windows/2").await.status, 200);
    assert_eq!(
        window.get("/v1/windows/2").await.status,
        200,
        "the old one is good until its end"
    );
}

#[tokio::test]
async fn each_device_may_do_only_what_it_is_for() {
    let hall = TestHall::open().await;
    let (terminal, window, board) = (hall.terminal().await, hall.window("1").await, hall.board().await);
    for device in [&terminal, &window, &board] {
        assert_eq!(device.get(paths::HALL).await.status, 200);
        assert_eq!(device.get(paths::STATE).await.status, 200);
    }
    let queue = json!({ "queue": "social" });
    let key = uuid::Uuid::now_v7();
    board.issue_with(key, &queue).await.problem(403, code::ROLE_MAY_NOT);
    board.get("/v1/windows/1").await.problem(403, code::ROLE_MAY_NOT);
    board
        .post(paths::HELP, &json!(null))
        .await
        .problem(403, code::ROLE_MAY_NOT);
    terminal.get("/v1/windows/1").await.problem(403, code::ROLE_MAY_NOT);
    let sign_in = super::sign_in("wang", "1");
    terminal
        .post(paths::SESSIONS, &sign_in)
        .await
        .problem(403, code::ROLE_MAY_NOT);
    window.get("/v1/windows/2").await.problem(403, code::ROLE_MAY_NOT);
    window
        .post(paths::HELP, &json!(null))
        .await
        .problem(403, code::ROLE_MAY_NOT);
    window.issue_with(key, &queue).await.problem(401, code::SESSION_NEEDED);
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let hall = TestHall::open().await;
    let terminal = hall.terminal().await;
    terminal.get("/nowhere").await.problem(404, code::NOT_FOUND);
    terminal
        .get(paths::TICKETS)
        .await
        .problem(405, code::METHOD_NOT_ALLOWED);
    let key = uuid::Uuid::now_v7();
    let wrong = terminal
        .issue_with(key, &json!({ "queue": "social", "colour": 1 }))
        .await;
    assert_eq!(wrong.problem(400, code::BAD_REQUEST).text("at"), Some("colour"));
    let long = terminal
        .request(Method::POST, paths::TICKETS)
        .body("x".repeat(65 * 1024));
    let long = long.header(paths::IDEMPOTENCY_KEY, key.to_string());
    Answer::of(long).await.problem(413, code::TOO_LARGE);
    let no_uuid = terminal.request(Method::GET, "/v1/tickets/17");
    Answer::of(no_uuid).await.problem(404, code::NOT_FOUND);
}

#[tokio::test]
async fn two_starts_on_one_store_are_one_authority() {
    let hall = TestHall::open().await;
    let again = Ca::open(&*hall.store).await.unwrap();
    assert_eq!(again.pem(), hall.server.ca_pem);
}
