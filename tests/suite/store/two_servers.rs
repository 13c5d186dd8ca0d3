//! Two servers, each with its own connections, on one database and one hall.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hall_kiosk::domain::hall::HallId;
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::{Command, Status};
use hall_kiosk::server::store::{NOTICE_DELAY_MS_MAX, StoreError};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::ground::{CALLERS, Ground, WINDOWS, after, at, morning};
use super::postgres;

/// A notice usually takes some milliseconds; this leaves room for a machine with much to do.
const NOTICED_MS_MAX: u64 = 2_000;

async fn two() -> Option<[Ground; 2]> {
    let url = postgres::database().await?;
    let (one, other) = tokio::join!(at(&url), at(&url));
    Some([one, other])
}

async fn notices(changes: &mut broadcast::Receiver<HallId>, within_ms: u64) -> bool {
    let noticed = tokio::time::timeout(Duration::from_millis(within_ms), changes.recv()).await;
    matches!(noticed, Ok(Ok(hall)) if hall.as_str() == "test")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_have_no_gaps_and_one_key_is_one_ticket_on_two_servers() {
    let Some(servers) = two().await else { return };
    let keys: Vec<Uuid> = (0..CALLERS * 2).map(|_| Uuid::new_v4()).collect();
    let mut tasks = Vec::new();
    // Each touch reaches both servers at once.
    for key in &keys {
        for server in &servers {
            let (server, key) = (server.clone(), *key);
            tasks.push(tokio::spawn(async move {
                let issue = server
                    .try_issue("civil", Class::Ordinary, key, morning())
                    .await
                    .unwrap();
                (key, issue.ticket.sequence)
            }));
        }
    }
    let mut of_key = BTreeMap::new();
    for task in tasks {
        let (key, sequence) = task.await.unwrap();
        assert_eq!(
            *of_key.entry(key).or_insert(sequence),
            sequence,
            "one touch, two numbers"
        );
    }
    let sequences: BTreeSet<u32> = of_key.into_values().collect();
    assert!(sequences.into_iter().eq(0..keys.len() as u32));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_on_two_servers_never_share_a_ticket_and_never_lose_one() {
    const TICKETS: usize = 120;
    let Some(servers) = two().await else { return };
    let line = servers[0].line("civil", TICKETS).await;
    for ticket in line.iter().step_by(7) {
        servers[1]
            .try_do(ticket, &Command::MoreTime, None, after(500))
            .await
            .unwrap();
    }
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let server = servers[caller % 2].clone();
            // Also two callers at one window, each on a server of its own.
            let window = (caller / 2 % WINDOWS + 1).to_string();
            tokio::spawn(async move {
                let mut called = Vec::new();
                loop {
                    match server.try_call(&window, true, after(1000)).await {
                        Ok(Some(ticket)) => {
                            server.at_window(&ticket, Command::Start, &window, after(1000)).await;
                            called.push(ticket.id);
                        }
                        Ok(None) => return called,
                        Err(StoreError::WindowBusy { .. }) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        })
        .collect();
    let mut called = Vec::new();
    for task in tasks {
        called.extend(task.await.unwrap());
    }
    let distinct: BTreeSet<Uuid> = called.iter().copied().collect();
    assert_eq!((called.len(), distinct.len()), (TICKETS, TICKETS));
    let day = servers[1].store.day(&servers[1].hall.id, line[0].day).await.unwrap();
    assert!(day.open.iter().all(|ticket| ticket.status == Status::Serving));
    let completed: u32 = day.figures.iter().map(|(_, figures)| figures.completed).sum();
    assert_eq!(completed as usize + day.open.len(), TICKETS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_on_one_server_is_noticed_on_the_other() {
    let Some([one, other]) = two().await else { return };
    let mut changes = other.store.changes();
    for number in ["A0001", "A0002"] {
        assert_eq!(one.issue("civil", morning()).await.number, number);
        assert!(notices(&mut changes, NOTICED_MS_MAX).await, "{number}");
        // Its own issue and the other's notice of it may both be under way.
        tokio::time::sleep(Duration::from_millis(100)).await;
        while changes.try_recv().is_ok() {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_hears_of_its_own_change_once() {
    let Some([one, _]) = two().await else { return };
    let mut changes = one.store.changes();
    one.issue("civil", morning()).await;
    assert!(notices(&mut changes, NOTICED_MS_MAX).await);
    assert!(!notices(&mut changes, 500).await, "the notice for others came back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_cut_off_from_the_database_recovers_and_listens_again() {
    let Some(url) = postgres::database().await else { return };
    let (one, other) = (at(&url).await, at(&url).await);
    let day = one.issue("civil", morning()).await.day;
    other.store.day(&other.hall.id, day).await.unwrap();
    let mut changes = other.store.changes();
    // Left alone long enough, a connection is tried before it is used.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    admin.execute(cut).await.unwrap();
    assert!(
        notices(&mut changes, NOTICE_DELAY_MS_MAX).await,
        "what was said meanwhile is unknown: look again"
    );
    while changes.try_recv().is_ok() {}
    assert_eq!(one.issue("civil", morning()).await.number, "A0002");
    assert!(notices(&mut changes, NOTICED_MS_MAX).await, "listening again");
    assert_eq!(other.waiting("civil", morning()).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_notice_is_made_up_for_by_looking_again() {
    let Some(url) = postgres::database().await else { return };
    let shown = at(&url).await;
    let day = shown.issue("civil", morning()).await.day;
    shown.store.day(&shown.hall.id, day).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut changes = shown.store.changes();
    // A server that died between its commit and its notice.
    let mut dead = PgConnection::connect(&url).await.unwrap();
    dead.execute("UPDATE tickets SET status = 'cancelled'").await.unwrap();
    assert!(notices(&mut changes, NOTICE_DELAY_MS_MAX).await);
    assert_eq!(shown.waiting("civil", morning()).await, 0);
}
