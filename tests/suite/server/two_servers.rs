//! Several servers on one database serve one hall.

use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::BoxStream;
use hall_kiosk::api::live::HallLive;
use hall_kiosk::api::paths;
use hall_kiosk::api::staff::{CallNextRequest, SignIn};
use hall_kiosk::api::ticket::IssueRequest;
use hall_kiosk::domain::priority::Class;
use hall_kiosk::kiosk::link::client::Client;
use hall_kiosk::kiosk::link::{HallLink as _, LiveEvent};
use hall_kiosk::server::config::Config;
use hall_kiosk::server::{Clock, Server};
use uuid::Uuid;

use super::live::Events;
use super::{Device, TestHall, small_hall};
use crate::common::ServerProcess;

#[tokio::test]
async fn a_device_enrolled_at_one_server_is_known_at_the_other_and_sees_its_changes() {
    let hall = TestHall::open().await;
    let config = Config::local(vec![small_hall()]);
    let other = Server::start(config, Arc::clone(&hall.store), hall.clock.clone())
        .await
        .unwrap();
    assert_eq!(other.ca_pem, hall.server.ca_pem);
    let (terminal, board) = (hall.terminal().await, hall.board().await);
    let elsewhere = Device {
        base: format!("https://{}", other.device_addr),
        ..board
    };
    let mut events = Events::open(&elsewhere, paths::LIVE, None).await;
    events.next().await;
    let issued = terminal.issue("social").await;
    let view: HallLive = serde_json::from_str(&events.next().await.1).unwrap();
    assert_eq!(view.queues[0].waiting, 1);
    let token = issued.url.rsplit('/').next().unwrap();
    let page = reqwest::get(format!("http://{}/t/{token}", other.public_addr))
        .await
        .unwrap();
    assert_eq!(page.status(), 200, "either server's public address opens the ticket");
    assert!(matches!(hall.clock, Clock::Set(_)));
}

#[test]
fn two_processes_on_one_postgresql_serve_one_hall() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let Some(database) = crate::store::postgres::database().await else {
            return;
        };
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut a = ServerProcess::new(here.path(), &database);
        let mut b = ServerProcess::new(there.path(), &database);
        // Both make an authority at once; one is kept.
        tokio::join!(a.start(), b.start());
        let terminal = a.terminal("terminal-1").await;
        let board = a.enroll("board-1", "board", None).await;
        let clerk = a.enroll("window-1", "window", Some("1")).await;
        let board = Client::new(&b.address, &board).unwrap();
        let clerk = Client::new(&b.address, &clerk).unwrap();
        let mut live = board.live();
        let request = IssueRequest {
            queue: "social".into(),
            class: Class::Ordinary,
        };
        let key = Uuid::now_v7();
        let issued = terminal.issue(request.clone(), key).await.unwrap();
        assert_eq!(issued.ticket.number, "B001");
        sees(&mut live, |view| view.queues.iter().any(|queue| queue.waiting == 1)).await;

        let elsewhere = Client::new(&b.address, &a.enroll("terminal-2", "terminal", None).await).unwrap();
        let next = elsewhere.issue(request.clone(), Uuid::now_v7()).await.unwrap();
        assert_eq!(next.ticket.number, "B002", "one line of numbers");
        let again = elsewhere.issue(request, key).await.unwrap();
        assert_eq!(
            again.ticket.id, issued.ticket.id,
            "the same touch, retried at the other server"
        );
        let token = |url: &str| url.rsplit('/').next().unwrap().to_owned();
        assert_eq!(token(&again.url), token(&issued.url));

        let sign_in = SignIn {
            staff: "wang".into(),
            pin: super::PIN.to_owned(),
            window: "1".into(),
            stands_in_for: None,
            take_over: false,
        };
        let session = clerk.sign_in(sign_in).await.unwrap();
        let called = clerk
            .call_next(&session, CallNextRequest::default())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(called.id, issued.ticket.id);
        sees(&mut live, |view| {
            view.calls.first().is_some_and(|call| call.number == "B001")
        })
        .await;
    });
}

/// Waits until the board's view is as `wanted`.
async fn sees(live: &mut BoxStream<'_, LiveEvent<HallLive>>, wanted: impl Fn(&HallLive) -> bool) {
    let arrives = async {
        while let Some(event) = live.next().await {
            if matches!(&event, LiveEvent::View(view) if wanted(view)) {
                return;
            }
        }
        panic!("the stream ended");
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), arrives)
        .await
        .unwrap();
}
