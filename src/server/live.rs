//! Live views: one hub a hall reads the day when it changes and hands the newest views to whoever watches.
//!
//! Views are states. A slow watcher skips what it missed and gets the newest; one that already has it gets nothing.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Mutex, OwnedSemaphorePermit, watch};
use uuid::Uuid;

use super::clock::Clock;
use super::store::{DayState, Store, StoreError};
use super::views::{self, Pace, Place};
use crate::api::live::{EVENT_VIEW, KEEP_ALIVE_SECONDS};
use crate::domain::calendar::hall_day;
use crate::domain::hall::{Hall, QueueId, WindowId};
use crate::domain::ticket::Ticket;

/// Changes that follow each other this closely are shown as one.
const DEBOUNCE: Duration = Duration::from_millis(40);
/// Under load, at most this part of the time goes into reading the day: one in so many.
const REST_FACTOR: u32 = 4;
const REST_MAX: Duration = Duration::from_millis(1_500);
/// Hours open and close, sessions end and midnight comes without a change in the store.
const REFRESH_MAX: Duration = Duration::from_secs(10);

/// A view ready to send.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) revision: String,
    pub(crate) json: Arc<str>,
}

/// One look at the day, and all made from it.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) at: Timestamp,
    pub(crate) day: Date,
    pub(crate) hall_frame: Frame,
    pub(crate) windows: HashMap<WindowId, Frame>,
    places: HashMap<Uuid, Place>,
    paces: HashMap<QueueId, Pace>,
    open: HashMap<Uuid, Ticket>,
}

impl Snapshot {
    fn new(hall: &Hall, day: Date, state: DayState, at: Timestamp) -> Self {
        let derived = views::derive(hall, &state, at);
        Self {
            at,
            day,
            hall_frame: frame(&derived.hall.revision, &derived.hall),
            windows: derived
                .windows
                .into_iter()
                .map(|(id, view)| {
                    let frame = frame(&view.revision, &view);
                    (id, frame)
                })
                .collect(),
            places: derived.places,
            paces: derived.paces,
            open: state.open.into_iter().map(|ticket| (ticket.id, ticket)).collect(),
        }
    }

    pub(crate) fn place(&self, ticket: Uuid) -> Option<Place> {
        self.places.get(&ticket).copied()
    }

    pub(crate) fn pace(&self, queue: &QueueId) -> Option<&Pace> {
        self.paces.get(queue)
    }

    /// A ticket neither completed nor cancelled.
    pub(crate) fn open(&self, ticket: Uuid) -> Option<&Ticket> {
        self.open.get(&ticket)
    }
}

/// The newest snapshot of one hall.
#[derive(Debug)]
pub(crate) struct Hub {
    hall: Arc<Hall>,
    store: Arc<dyn Store>,
    clock: Clock,
    newest: watch::Sender<Arc<Snapshot>>,
    /// One reader at a time, so that an older look never replaces a newer one.
    reading: Mutex<()>,
}

impl Hub {
    pub(crate) async fn open(hall: Arc<Hall>, store: Arc<dyn Store>, clock: Clock) -> Result<Self, StoreError> {
        let first = look(&hall, &*store, &clock).await?;
        Ok(Self {
            hall,
            store,
            clock,
            newest: watch::Sender::new(Arc::new(first)),
            reading: Mutex::new(()),
        })
    }

    pub(crate) fn newest(&self) -> Arc<Snapshot> {
        Arc::clone(&self.newest.borrow())
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.newest.subscribe()
    }

    /// Reads the day now: what was committed before this call is in the answer.
    pub(crate) async fn refresh(&self) -> Result<Arc<Snapshot>, StoreError> {
        let _alone = self.reading.lock().await;
        let fresh = Arc::new(look(&self.hall, &*self.store, &self.clock).await?);
        self.newest.send_replace(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Keeps the snapshot fresh until `stop` changes.
    pub(crate) async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut changes = self.store.changes();
        let mut rest = DEBOUNCE;
        loop {
            let changed = async {
                loop {
                    match changes.recv().await {
                        Ok(hall) if hall != self.hall.id => {}
                        Ok(_) | Err(RecvError::Lagged(_)) => return,
                        Err(RecvError::Closed) => std::future::pending().await,
                    }
                }
            };
            tokio::select! {
                _ = stop.changed() => return,
                () = changed => tokio::time::sleep(rest).await,
                () = tokio::time::sleep(REFRESH_MAX) => {}
            }
            // What changed while we rested is in the day we are about to read.
            while changes.try_recv().is_ok() {}
            let began = Instant::now();
            if let Err(error) = self.refresh().await {
                tracing::warn!(hall = %self.hall.id, %error, "the day cannot be read; views grow old");
            }
            rest = (began.elapsed() * REST_FACTOR).clamp(DEBOUNCE, REST_MAX);
        }
    }
}

async fn look(hall: &Hall, store: &dyn Store, clock: &Clock) -> Result<Snapshot, StoreError> {
    let now = clock.now();
    let day = hall_day(now, &hall.tz());
    let state = store.day(&hall.id, day).await?;
    Ok(Snapshot::new(hall, day, state, now))
}

fn frame(revision: &str, view: &impl serde::Serialize) -> Frame {
    Frame {
        revision: revision.to_owned(),
        json: serde_json::to_string(view).unwrap_or_default().into(),
    }
}

/// A stream of frames as `pick` takes them from each snapshot; one equal to the last sent is not sent.
/// It ends with the server, and holds its place among the streams until then.
pub(crate) fn frames(
    mut newest: watch::Receiver<Arc<Snapshot>>,
    pick: impl Fn(&Snapshot) -> Option<Frame> + Send + 'static,
    last_id: Option<String>,
    mut stop: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    async_stream::stream! {
        let _place = place;
        let mut sent = last_id;
        loop {
            let frame = { pick(&newest.borrow_and_update()) };
            if let Some(frame) = frame && sent.as_ref() != Some(&frame.revision) {
                yield Ok(event(&frame));
                sent = Some(frame.revision);
            }
            tokio::select! {
                changed = newest.changed() => if changed.is_err() { return },
                _ = stop.changed() => return,
            }
        }
    }
}

pub(crate) fn event(frame: &Frame) -> Event {
    Event::default()
        .event(EVENT_VIEW)
        .id(&frame.revision)
        .data(&*frame.json)
}

/// The stream as a reply, with keep-alive comments; a reverse proxy must not hold it back.
pub(crate) fn reply(stream: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_SECONDS));
    let mut response = Sse::new(stream).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// The revision a client already has. One that is not ours is as good as none.
pub(crate) fn last_event_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("last-event-id")?.to_str().ok()?;
    Some(id.to_owned()).filter(|id| id.len() == 64)
}
