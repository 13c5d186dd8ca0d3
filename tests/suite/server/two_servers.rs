//! Several servers on one database serve one hall.

use std::sync::Arc;

use hall_kiosk::api::live::HallLive;
use hall_kiosk::api::paths;
use hall_kiosk::server::config::Config;
use hall_kiosk::server::{Clock, Server};

use super::live::Events;
use super::{Device, TestHall, small_hall};

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
