//! What holds on SQLite alone: the file, and the transaction that writers share.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;

use hall_kiosk::domain::priority::Class;
use hall_kiosk::server::store::sqlite::SqliteStore;
use uuid::Uuid;

use super::ground::{Ground, after, morning, on, on_sqlite};

#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hall.db");
    std::fs::write(&path, b"").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let ground = on(SqliteStore::open(&path).await.unwrap());
    ground.issue("civil", morning()).await;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_day_goes_on_where_it_was_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hall.db");
    let key = Uuid::new_v4();
    let before = on(SqliteStore::open(&path).await.unwrap());
    let first = before
        .try_issue("civil", Class::Ordinary, key, morning())
        .await
        .unwrap();
    before.issue("civil", morning()).await;
    let called = before.call("1", after(1)).await;
    drop(before);
    let after_restart = on(SqliteStore::open(&path).await.unwrap());
    let again = after_restart
        .try_issue("civil", Class::Ordinary, key, after(9))
        .await
        .unwrap();
    assert!(again.replayed);
    assert_eq!((again.ticket.id, &again.ticket), (first.ticket.id, &called));
    assert_eq!(after_restart.issue("civil", after(9)).await.number, "A0003");
}

#[tokio::test]
async fn two_processes_may_open_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("hall.db");
    let server = on(SqliteStore::open(&path).await.unwrap());
    let command_line = on(SqliteStore::open(&path).await.unwrap());
    let mut numbers = BTreeSet::new();
    for round in 0..20 {
        let ground = if round % 2 == 0 { &server } else { &command_line };
        numbers.insert(ground.issue("civil", morning()).await.number);
    }
    assert_eq!(numbers.len(), 20);
    assert_eq!(server.waiting("civil", morning()).await, 20);
}

/// A caller that hangs up has its request dropped, at whatever await it stands; those who share its transaction
/// must not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_who_hang_up_spoil_nobody_elses_work() {
    const CALLERS: usize = 600;
    let ground = on_sqlite().await;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let ground = ground.clone();
            let key = Uuid::new_v4();
            tokio::spawn(async move {
                let issue = ground.try_issue("civil", Class::Ordinary, key, morning());
                if caller % 3 == 0 {
                    // Long enough to begin, mostly too short to be answered.
                    let patience = std::time::Duration::from_micros(caller as u64 * 37 % 4_000);
                    let _ = tokio::time::timeout(patience, issue).await;
                    None
                } else {
                    Some((key, issue.await))
                }
            })
        })
        .collect();
    let mut failed = 0;
    let mut numbers = BTreeSet::new();
    for task in tasks {
        let Some((key, issue)) = task.await.unwrap() else {
            continue;
        };
        let issue = match issue {
            Ok(issue) => issue,
            // Told that it did not happen, a client asks again with its key.
            Err(_) => {
                failed += 1;
                ground
                    .try_issue("civil", Class::Ordinary, key, morning())
                    .await
                    .unwrap()
            }
        };
        assert_eq!(
            ground.read(&issue.ticket).await,
            issue.ticket,
            "answered, and not there"
        );
        assert!(numbers.insert(issue.ticket.sequence));
    }
    assert!(failed <= CALLERS / 20, "{failed} were disturbed");
    no_gaps(&ground).await;
}

async fn no_gaps(ground: &Ground) {
    let day = ground
        .store
        .day(&ground.hall.id, "2026-11-23".parse().unwrap())
        .await
        .unwrap();
    let mut sequences: Vec<u32> = day.open.iter().map(|ticket| ticket.sequence).collect();
    sequences.sort_unstable();
    assert!(sequences.into_iter().eq(0..day.issued[0].1), "a number is missing");
}
