//! Live views: whole states, resumed by revision.

use std::time::Duration;

use hall_kiosk::api::live::{EVENT_VIEW, HallLive, WindowStatus};
use hall_kiosk::api::paths;
use hall_kiosk::api::staff::WindowView;
use reqwest::Method;

use super::{Device, TestHall};

/// Long enough for any change to arrive, and to be sure that nothing does.
const ARRIVES: Duration = Duration::from_secs(30);
const NOTHING: Duration = Duration::from_millis(600);

/// Reads a stream's events as text.
pub(crate) struct Events {
    response: reqwest::Response,
    text: String,
}

impl Events {
    pub(crate) async fn open(device: &Device, path: &str, last_id: Option<&str>) -> Self {
        let mut request = device.request(Method::GET, path);
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        Self::of(request.send().await.unwrap())
    }

    pub(crate) fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    /// The next event: its id and its data.
    pub(crate) async fn next(&mut self) -> (String, String) {
        tokio::time::timeout(ARRIVES, self.read()).await.expect("an event")
    }

    pub(crate) async fn nothing(&mut self) {
        let answer = tokio::time::timeout(NOTHING, self.read()).await;
        assert!(answer.is_err(), "{answer:?}");
    }

    async fn read(&mut self) -> (String, String) {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = block.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim().to_owned()
                };
                let (kind, id, data) = (field("event:"), field("id:"), field("data:"));
                self.text = rest.to_owned();
                if kind == EVENT_VIEW {
                    return (id, data);
                }
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

#[tokio::test]
async fn a_board_sees_each_change_and_resumes_where_it_was() {
    let hall = TestHall::open().await;
    let (terminal, board) = (hall.terminal().await, hall.board().await);
    let mut events = Events::open(&board, paths::LIVE, None).await;
    let (id, data) = events.next().await;
    let view: HallLive = serde_json::from_str(&data).unwrap();
    assert_eq!((view.revision.as_str(), view.day.as_str()), (id.as_str(), "2026-11-23"));
    assert_eq!(view.queues[0].waiting, 0);

    terminal.issue("social").await;
    let (changed, data) = events.next().await;
    let view: HallLive = serde_json::from_str(&data).unwrap();
    assert_ne!(changed, id);
    assert_eq!(view.queues[0].waiting, 1);
    drop(events);

    let mut resumed = Events::open(&board, paths::LIVE, Some(&changed)).await;
    resumed.nothing().await;
    terminal.issue("social").await;
    let view: HallLive = serde_json::from_str(&resumed.next().await.1).unwrap();
    assert_eq!(view.queues[0].waiting, 2);

    let mut behind = Events::open(&board, paths::LIVE, Some(&id)).await;
    let view: HallLive = serde_json::from_str(&behind.next().await.1).unwrap();
    assert_eq!(view.queues[0].waiting, 2, "one that missed events has missed nothing");
}

#[tokio::test]
async fn a_window_sees_its_own_call_at_once() {
    let hall = TestHall::open().await;
    let (terminal, clerk) = (hall.terminal().await, hall.clerk("wang", "1").await);
    let mut events = Events::open(&clerk, "/v1/windows/1/live", None).await;
    events.next().await;
    let issued = terminal.issue("social").await;
    clerk.call("1").await;
    let current = loop {
        let view: WindowView = serde_json::from_str(&events.next().await.1).unwrap();
        if let Some(current) = view.current {
            break current;
        }
    };
    assert_eq!(current.id, issued.ticket.id);
}

#[tokio::test]
async fn a_session_that_runs_out_closes_the_window_without_anybody_touching_anything() {
    let hall = TestHall::open().await;
    let (board, _clerk) = (hall.board().await, hall.clerk("wang", "1").await);
    let mut events = Events::open(&board, paths::LIVE, None).await;
    loop {
        let view: HallLive = serde_json::from_str(&events.next().await.1).unwrap();
        if view.windows[0].status == WindowStatus::Open {
            break;
        }
    }
    hall.clock.set("2026-11-23T17:30:00+08:00".parse().unwrap());
    let view: HallLive = serde_json::from_str(&events.next().await.1).unwrap();
    assert_eq!(view.windows[0].status, WindowStatus::Closed);
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let hall = TestHall::open().await;
    let board = hall.board().await;
    let mut events = Events::open(&board, paths::LIVE, None).await;
    events.next().await;
    let began = std::time::Instant::now();
    hall.server.shutdown().await;
    while let Ok(Some(_)) = events.response.chunk().await {}
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}
