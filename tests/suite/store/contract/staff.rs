//! Sessions, devices and secrets.

use hall_kiosk::api::device::DeviceRole;
use hall_kiosk::api::staff::PauseReason;
use hall_kiosk::domain::hall::{HallId, StaffId, StaffRole, WindowId};
use hall_kiosk::server::store::{DeviceRow, Digest, Enrollment, NewSession, SessionEnd, SessionRow, StoreError};

use crate::store::ground::{Ground, digest};

async fn sign_in(ground: &Ground, staff: &str, now: i64, take_over: bool) -> Result<Digest, StoreError> {
    let (token, wang) = (digest(), StaffId::from("wang"));
    let session = NewSession {
        hall: &ground.hall.id,
        window: &WindowId::from("1"),
        staff: &StaffId::from(staff),
        role: StaffRole::Clerk,
        stands_in_for: (staff == "li").then_some(&wang),
        token,
        now,
        ends_at: now + 1_000,
        take_over,
    };
    ground.store.open_session(&session).await.map(|()| token)
}

async fn session(ground: &Ground, token: &Digest) -> SessionRow {
    ground.store.session(&ground.hall.id, token).await.unwrap().unwrap()
}

pub(super) async fn a_taken_window_is_taken_over_only_on_purpose(ground: Ground) {
    let first = sign_in(&ground, "wang", 100, false).await.unwrap();
    let taken = sign_in(&ground, "li", 200, false).await.unwrap_err();
    assert!(
        matches!(&taken, StoreError::WindowTaken { clerk, since: 100 } if clerk.as_str() == "wang"),
        "{taken}"
    );
    assert_eq!(session(&ground, &first).await.ended, None);

    let second = sign_in(&ground, "li", 300, true).await.unwrap();
    let ended = session(&ground, &first).await.ended;
    assert_eq!(
        ended,
        Some(SessionEnd::TakenOver {
            by: StaffId::from("li")
        })
    );
    let expected = SessionRow {
        window: WindowId::from("1"),
        staff: StaffId::from("li"),
        role: StaffRole::Clerk,
        stands_in_for: Some(StaffId::from("wang")),
        began_at: 300,
        ends_at: 1_300,
        ended: None,
    };
    assert_eq!(session(&ground, &second).await, expected);
    let again = sign_in(&ground, "li", 400, false).await.unwrap();
    assert_eq!(
        session(&ground, &second).await.ended,
        Some(SessionEnd::SignedOut),
        "the same person, anew"
    );
    assert_eq!(session(&ground, &again).await.ended, None);
    assert_eq!(ground.store.session(&ground.hall.id, &digest()).await.unwrap(), None);
    assert_eq!(
        ground.store.session(&HallId::from("other"), &again).await.unwrap(),
        None
    );
}

pub(super) async fn a_session_past_its_end_takes_no_window(ground: Ground) {
    let first = sign_in(&ground, "wang", 100, false).await.unwrap();
    sign_in(&ground, "li", 1_100, false).await.unwrap();
    assert_eq!(session(&ground, &first).await.ended, Some(SessionEnd::SignedOut));
}

pub(super) async fn signing_out_frees_the_window(ground: Ground) {
    let first = sign_in(&ground, "wang", 100, false).await.unwrap();
    ground.store.end_session(&ground.hall.id, &first, 150).await.unwrap();
    ground.store.end_session(&ground.hall.id, &digest(), 150).await.unwrap();
    assert_eq!(session(&ground, &first).await.ended, Some(SessionEnd::SignedOut));
    sign_in(&ground, "li", 200, false).await.unwrap();
}

pub(super) async fn signing_in_opens_a_paused_window(ground: Ground) {
    let window = WindowId::from("1");
    ground
        .store
        .set_pause(&ground.hall.id, &window, Some(PauseReason::Break), 1)
        .await
        .unwrap();
    sign_in(&ground, "wang", 100, false).await.unwrap();
    let day = ground
        .store
        .day(&ground.hall.id, "2026-11-23".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(day.windows[0].pause, None);
}

pub(super) async fn two_who_sign_in_at_once_do_not_share_a_window(ground: Ground) {
    let tasks: Vec<_> = (0..12)
        .map(|person| {
            let ground = ground.clone();
            tokio::spawn(async move {
                match sign_in(&ground, &format!("clerk{person}"), 100, false).await {
                    Ok(_) => true,
                    Err(StoreError::WindowTaken { .. }) => false,
                    Err(error) => panic!("{error}"),
                }
            })
        })
        .collect();
    let mut seated = 0;
    for task in tasks {
        seated += usize::from(task.await.unwrap());
    }
    assert_eq!(seated, 1);
}

pub(super) async fn failed_sign_ins_count_until_one_succeeds(ground: Ground) {
    let (hall, wang) = (&ground.hall.id, StaffId::from("wang"));
    for now in [100, 200, 300] {
        ground.store.record_sign_in(hall, &wang, false, now).await.unwrap();
    }
    ground
        .store
        .record_sign_in(hall, &StaffId::from("li"), false, 400)
        .await
        .unwrap();
    assert_eq!(ground.store.sign_in_failures(hall, &wang, 0).await.unwrap(), (3, 300));
    assert_eq!(ground.store.sign_in_failures(hall, &wang, 200).await.unwrap(), (2, 300));
    ground.store.record_sign_in(hall, &wang, true, 500).await.unwrap();
    assert_eq!(ground.store.sign_in_failures(hall, &wang, 0).await.unwrap(), (0, 0));
    assert_eq!(
        ground
            .store
            .sign_in_failures(hall, &StaffId::from("li"), 0)
            .await
            .unwrap(),
        (1, 400)
    );
}

fn enrollment(ground: &Ground) -> Enrollment {
    Enrollment {
        hall: ground.hall.id.clone(),
        code: digest(),
        name: "window-07".to_owned(),
        role: DeviceRole::Window,
        window: Some(WindowId::from("7")),
        expires_at: 1_000,
    }
}

pub(super) async fn an_enrolment_code_works_once_also_under_concurrency(ground: Ground) {
    let enrollment = enrollment(&ground);
    ground.store.add_enrollment(&enrollment).await.unwrap();
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let (ground, code) = (ground.clone(), enrollment.code);
            tokio::spawn(async move { ground.store.redeem_enrollment(&code, 999).await.unwrap() })
        })
        .collect();
    let mut redeemed = Vec::new();
    for task in tasks {
        redeemed.extend(task.await.unwrap());
    }
    assert_eq!(redeemed, [enrollment]);
}

pub(super) async fn an_expired_code_does_not_work(ground: Ground) {
    let enrollment = enrollment(&ground);
    ground.store.add_enrollment(&enrollment).await.unwrap();
    assert_eq!(
        ground.store.redeem_enrollment(&enrollment.code, 1_000).await.unwrap(),
        None
    );
    assert_eq!(
        ground.store.redeem_enrollment(&digest(), 1).await.unwrap(),
        None,
        "nor an unknown one"
    );
}

pub(super) async fn a_revoked_device_stays_revoked(ground: Ground) {
    let device = |serial: &str, issued_at| DeviceRow {
        hall: ground.hall.id.clone(),
        serial: serial.to_owned(),
        name: "terminal-01".to_owned(),
        role: DeviceRole::Terminal,
        window: None,
        not_after: 9_000,
        issued_at,
        revoked_at: None,
    };
    for device in [device("0b", 2), device("0a", 1)] {
        ground.store.add_device(&device).await.unwrap();
    }
    assert!(ground.store.revoke_device("0a", 50).await.unwrap());
    assert!(ground.store.revoke_device("0a", 60).await.unwrap(), "again is no error");
    assert!(!ground.store.revoke_device("0c", 50).await.unwrap());
    let revoked = DeviceRow {
        revoked_at: Some(50),
        ..device("0a", 1)
    };
    assert_eq!(ground.store.device("0a").await.unwrap(), Some(revoked.clone()));
    assert_eq!(ground.store.device("0c").await.unwrap(), None);
    assert_eq!(
        ground.store.devices(&ground.hall.id).await.unwrap(),
        [revoked, device("0b", 2)]
    );
    assert!(ground.store.devices(&HallId::from("other")).await.unwrap().is_empty());
}

pub(super) async fn the_first_secret_stays_under_concurrency(ground: Ground) {
    let tasks: Vec<_> = (0..32_u8)
        .map(|server| {
            let ground = ground.clone();
            tokio::spawn(async move { ground.store.secret("ca", &[server; 48]).await.unwrap() })
        })
        .collect();
    let mut secrets = Vec::new();
    for task in tasks {
        secrets.push(task.await.unwrap());
    }
    assert!(secrets.iter().all(|secret| *secret == secrets[0] && secret.len() == 48));
    assert_eq!(ground.store.secret("ca", b"late").await.unwrap(), secrets[0]);
    assert_eq!(ground.store.secret("other", b"first").await.unwrap(), b"first");
}

pub(super) async fn the_database_answers(ground: Ground) {
    ground.store.ping().await.unwrap();
}
