//! What a hall must survive: a killed server, a double tap, two servers on one database.

use std::collections::{BTreeMap, BTreeSet};

use hall_kiosk::api::ticket::{IssueRequest, Issued};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::kiosk::link::client::Client;
use hall_kiosk::kiosk::link::{HallLink as _, LinkError};
use uuid::Uuid;

use crate::common::ServerProcess;

const RESIDENTS: usize = 1_000;
/// A queue has 999 numbers a day; the residents go to two.
const QUEUES: [&str; 2] = ["social", "civil"];
/// Answered before the server is killed.
const ANSWERED_BEFORE_KILL: usize = 300;

#[test]
fn a_server_killed_amid_a_thousand_issues_loses_and_repeats_nothing() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", dir.path().join("data/hall.db").display());
        let mut server = ServerProcess::new(dir.path(), &database);
        server.start().await;
        let terminal = server.terminal("terminal-01").await;
        let keys: Vec<(Uuid, &str)> = (0..RESIDENTS)
            .map(|turn| (Uuid::now_v7(), QUEUES[turn % QUEUES.len()]))
            .collect();

        let (told, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for (key, queue) in keys.clone() {
            let (terminal, told) = (terminal.clone(), told.clone());
            tasks.push(tokio::spawn(async move {
                if let Ok(issued) = touch(&terminal, key, queue).await {
                    let _ = told.send((key, issued));
                }
            }));
        }
        drop(told);
        let mut before = BTreeMap::new();
        while before.len() < ANSWERED_BEFORE_KILL {
            let (key, issued) = answers.recv().await.unwrap();
            before.insert(key, issued);
        }
        server.kill();
        for task in tasks {
            task.abort();
        }
        while let Ok((key, issued)) = answers.try_recv() {
            before.insert(key, issued);
        }

        server.start().await;
        let mut numbers = BTreeSet::new();
        for (key, queue) in &keys {
            let issued = touch(&terminal, *key, queue).await.unwrap();
            if let Some(first) = before.get(key) {
                assert_eq!(issued.ticket.number, first.ticket.number, "an answered number changed");
                assert_eq!(issued.url, first.url, "the QR code on paper would be dead");
            }
            assert!(
                numbers.insert(issued.ticket.number.clone()),
                "{} was given twice",
                issued.ticket.number
            );
        }
        let each = RESIDENTS / QUEUES.len();
        let wanted: BTreeSet<String> = (1..=each)
            .flat_map(|number| [format!("A{number:03}"), format!("B{number:03}")])
            .collect();
        assert_eq!(numbers, wanted, "a gap, or a number too many");
    });
}

async fn touch(terminal: &Client, key: Uuid, queue: &str) -> Result<Issued, LinkError> {
    terminal
        .issue(
            IssueRequest {
                queue: queue.into(),
                class: Class::Ordinary,
            },
            key,
        )
        .await
}
