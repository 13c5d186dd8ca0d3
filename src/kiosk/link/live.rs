//! Live views over server-sent events: read, lose, come back.

use std::time::Duration;

use eventsource_stream::Eventsource as _;
use futures::stream::BoxStream;
use futures::{SinkExt as _, StreamExt as _};
use serde::de::DeserializeOwned;

use super::LiveEvent;
use super::client::Client;
use crate::api::live::EVENT_VIEW;

/// First and longest pause before the line is tried again.
const RETRY_FIRST: Duration = Duration::from_millis(250);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// Events a slow screen may leave unread; each carries a whole view.
const UNREAD_MAX: usize = 4;

/// Follows the stream at `path` for as long as it is read.
pub(super) fn follow<V>(client: Client, path: String) -> BoxStream<'static, LiveEvent<V>>
where
    V: DeserializeOwned + Send + 'static,
{
    iced::stream::channel(UNREAD_MAX, async move |mut out| {
        let mut last_id: Option<String> = None;
        let mut pause = RETRY_FIRST;
        loop {
            if let Ok(response) = client.open_stream(&path, last_id.as_deref()).await {
                pause = RETRY_FIRST;
                if last_id.is_some() && out.send(LiveEvent::Confirmed).await.is_err() {
                    return;
                }
                let mut events = response.bytes_stream().eventsource();
                // An error is a line that broke or fell silent for longer than the keep-alive allows.
                while let Some(Ok(event)) = events.next().await {
                    if event.event != EVENT_VIEW {
                        continue;
                    }
                    let Ok(view) = serde_json::from_str(&event.data) else {
                        tracing::warn!(%path, "a live view of an unknown shape; is the server newer than this program?");
                        continue;
                    };
                    last_id = Some(event.id);
                    if out.send(LiveEvent::View(view)).await.is_err() {
                        return;
                    }
                }
            }
            if out.send(LiveEvent::Lost).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY_MAX);
        }
    })
    .boxed()
}
