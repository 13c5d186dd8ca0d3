//! The page behind a ticket's QR code.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::sse::Event;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::Stream;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::words::Words;
use crate::api::live::KEEP_ALIVE_SECONDS;
use crate::domain::hall::Hall;
use crate::domain::ticket::{Actor, Command, Status, Ticket};
use crate::server::app::{App, Room, digest};
use crate::server::error::ApiError;
use crate::server::live::{self, Frame, Snapshot};
use crate::server::store::{Change, StoreError};
use crate::server::views;

const CSS: &str = include_str!("page.css");
const JS: &str = include_str!("page.js");
/// How often a page without a script asks again.
const RELOAD_SECONDS: u64 = 15;
/// The longest text taken for a token, in bytes.
const TOKEN_BYTES_MAX: usize = 64;

/// No source but this page's own two inline blocks, named by their hashes.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        hash(CSS),
        hash(JS)
    )
});

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    lang: Option<String>,
    poll: Option<String>,
}

#[derive(Template)]
#[template(path = "ticket.html", config = "src/server/pages/askama.toml")]
struct Page<'a> {
    words: &'a Words,
    css: &'static str,
    js: &'static str,
    hall: &'a str,
    html: &'a str,
    body: &'a Body<'a>,
    revision: &'a str,
    reload_seconds: u64,
    live_href: String,
    other_href: String,
    other_tag: &'a str,
}

/// The part that changes.
#[derive(Template)]
#[template(path = "body.html", config = "src/server/pages/askama.toml")]
struct Body<'a> {
    words: &'a Words,
    title: String,
    tone: &'static str,
    queue: &'a str,
    zone: Option<&'a str>,
    number: &'a str,
    say: String,
    more: Option<String>,
    note: Option<&'static str>,
    percent: Option<u32>,
    updated: String,
    more_time: Option<String>,
    may_cancel: bool,
    more_time_href: String,
    cancel_href: String,
    called: bool,
    over: bool,
}

#[derive(Template)]
#[template(path = "nothing.html", config = "src/server/pages/askama.toml")]
struct Nothing {
    css: &'static str,
    zh: &'static str,
    en: &'static str,
}

/// What a stream or a poll carries.
#[derive(Serialize)]
struct Update<'a> {
    revision: &'a str,
    title: &'a str,
    html: &'a str,
    called: bool,
    over: bool,
}

/// `GET /t/{token}`
pub(crate) async fn ticket(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let words = words(&asked, &headers);
    let (room, ticket) = match open(&app, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing().await,
        Err(error) => return failed(&error),
    };
    let snapshot = match fresh_enough(&room, &ticket).await {
        Ok(snapshot) => snapshot,
        Err(error) => return failed(&error),
    };
    let mut body = body(words, &room.hall, &snapshot, &ticket, &token);
    let (revision, html) = rendered(&mut body);
    let page = Page {
        words,
        css: CSS,
        js: JS,
        hall: room.hall.name.get(words.tag),
        revision: &revision,
        html: &html,
        body: &body,
        reload_seconds: RELOAD_SECONDS,
        live_href: format!("{token}/live?lang={}", words.tag),
        other_href: format!("{token}?lang={}", words.other_tag),
        other_tag: words.other_tag,
    };
    match page.render() {
        Ok(text) => guarded(StatusCode::OK, text),
        Err(_) => failed(&StoreError::Corrupt("the page".to_owned())),
    }
}

/// `GET /t/{token}/live`: the changing part, again whenever it changes; once with `?poll`.
pub(crate) async fn live(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Response {
    let words = words(&asked, &headers);
    let (room, ticket) = match open(&app, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing().await,
        Err(error) => return failed(&error),
    };
    if asked.poll.is_some() {
        let Ok(snapshot) = fresh_enough(&room, &ticket).await else {
            return ApiError::busy().into_response();
        };
        let frame = frame(words, &room.hall, &snapshot, &ticket, &token);
        return crate::server::routes::hall::json(&frame);
    }
    let Ok(place) = Arc::clone(&app.streams).try_acquire_owned() else {
        return ApiError::busy().into_response();
    };
    let last_id = live::last_event_id(&headers);
    let stream = follow(Arc::clone(&app), room, ticket, token, words, last_id);
    live::reply(async_stream::stream! {
        let _place = place;
        for await event in stream {
            yield event;
        }
    })
}

/// One ticket's frames as the hall changes. Every few seconds a sign of life that a script can see, which needs data: a
/// browser keeps an event without any to itself.
fn follow(
    app: Arc<App>,
    room: Arc<Room>,
    first: Ticket,
    token: String,
    words: &'static Words,
    last_id: Option<String>,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut newest = room.hub.watch();
    let mut stop = app.stop.clone();
    async_stream::stream! {
        let mut sent = last_id;
        let mut ticket = first;
        let mut drawn = None;
        let mut alive = tokio::time::interval(Duration::from_secs(KEEP_ALIVE_SECONDS));
        loop {
            let snapshot = Arc::clone(&newest.borrow_and_update());
            match current(&app, &snapshot, &ticket).await {
                Ok(Some(now)) => ticket = now,
                Ok(None) => return,
                // The database is away; the page says how old it is.
                Err(_) => {}
            }
            // Many phones watch one busy hall: what says the same is not drawn again.
            let says = (ticket.revision, snapshot.day, snapshot.place(ticket.id));
            if drawn.as_ref() != Some(&says) {
                drawn = Some(says);
                let frame = frame(words, &room.hall, &snapshot, &ticket, &token);
                if sent.as_ref() != Some(&frame.revision) {
                    yield Ok(live::event(&frame));
                    sent = Some(frame.revision);
                }
            }
            loop {
                tokio::select! {
                    changed = newest.changed() => match changed {
                        Ok(()) => break,
                        Err(_) => return,
                    },
                    _ = stop.changed() => return,
                    _ = alive.tick() => yield Ok(Event::default().event("alive").data("1")),
                }
            }
        }
    }
}

/// The ticket now: from the snapshot while it is open, else from the store. One that is over stays as it is.
async fn current(app: &App, snapshot: &Snapshot, ticket: &Ticket) -> Result<Option<Ticket>, StoreError> {
    if ticket.status.is_over() || snapshot.day != ticket.day {
        return Ok(Some(ticket.clone()));
    }
    match snapshot.open(ticket.id) {
        Some(open) if open.revision >= ticket.revision => Ok(Some(open.clone())),
        _ => app.store.ticket(&ticket.hall, ticket.id).await,
    }
}

/// `POST /t/{token}/more-time`
pub(crate) async fn more_time(
    state: State<Arc<App>>,
    path: Path<String>,
    query: Query<Asked>,
    headers: HeaderMap,
) -> Response {
    change(state, path, query, headers, Command::MoreTime).await
}

/// `POST /t/{token}/cancel`
pub(crate) async fn cancel(
    state: State<Arc<App>>,
    path: Path<String>,
    query: Query<Asked>,
    headers: HeaderMap,
) -> Response {
    change(state, path, query, headers, Command::Cancel).await
}

/// Carries out a resident's command and goes back to the page, which says what is so now.
async fn change(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    command: Command,
) -> Response {
    let (room, ticket) = match open(&app, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return nothing().await,
        Err(error) => return failed(&error),
    };
    let change = Change {
        id: ticket.id,
        command: &command,
        actor: &Actor::Resident,
        window: None,
        now: app.clock.now(),
    };
    match app.store.change(&room.hall, &change).await {
        // Refused or of yesterday: the page shows why.
        Ok(_) | Err(StoreError::Refused(_) | StoreError::UnknownTicket) => {}
        Err(error) => return failed(&error),
    }
    let back = format!("../{token}?lang={}", words(&asked, &headers).tag);
    let mut response = guarded(StatusCode::SEE_OTHER, String::new());
    if let Ok(back) = HeaderValue::from_str(&back) {
        response.headers_mut().insert(header::LOCATION, back);
    }
    response
}

/// What is shown to whoever has no token: always the same.
pub(crate) async fn nothing() -> Response {
    page_of(
        StatusCode::NOT_FOUND,
        "这里没有内容",
        "There is nothing here. Please scan the code on your ticket again.",
    )
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "a phone page failed");
    page_of(
        StatusCode::SERVICE_UNAVAILABLE,
        "现在看不了，请过一会儿再看",
        "Not available at the moment, please try again. Your number stays valid.",
    )
}

fn page_of(status: StatusCode, zh: &'static str, en: &'static str) -> Response {
    let page = Nothing { css: CSS, zh, en };
    guarded(status, page.render().unwrap_or_default())
}

fn guarded(status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn words(asked: &Asked, headers: &HeaderMap) -> &'static Words {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Words::choose(asked.lang.as_deref(), accepted)
}

async fn open(app: &App, token: &str) -> Result<Option<(Arc<Room>, Ticket)>, StoreError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Ok(None);
    }
    let ticket = app.store.ticket_by_token(&digest(token)).await?;
    Ok(ticket.and_then(|ticket| Some((Arc::clone(app.rooms.get(&ticket.hall)?), ticket))))
}

/// The newest snapshot, or a fresh one when the ticket has changed since.
async fn fresh_enough(room: &Room, ticket: &Ticket) -> Result<Arc<Snapshot>, StoreError> {
    let newest = room.hub.newest();
    let seen = newest.open(ticket.id).map(|seen| seen.revision);
    if ticket.status.is_over() || seen == Some(ticket.revision) {
        return Ok(newest);
    }
    room.hub.refresh().await
}

fn frame(words: &Words, hall: &Hall, snapshot: &Snapshot, ticket: &Ticket, token: &str) -> Frame {
    let mut body = body(words, hall, snapshot, ticket, token);
    let (revision, html) = rendered(&mut body);
    let update = Update {
        revision: &revision,
        title: &body.title,
        html: &html,
        called: body.called,
        over: body.over,
    };
    Frame {
        json: serde_json::to_string(&update).unwrap_or_default().into(),
        revision,
    }
}

/// The changing part and its revision; what time alone changes does not make a new one.
fn rendered(body: &mut Body<'_>) -> (String, String) {
    let updated = std::mem::take(&mut body.updated);
    let percent = body.percent.take();
    let revision = views::revision(&body.render().unwrap_or_default());
    body.updated = updated;
    body.percent = percent;
    (revision, body.render().unwrap_or_default())
}

fn body<'a>(words: &'a Words, hall: &'a Hall, snapshot: &Snapshot, ticket: &'a Ticket, token: &str) -> Body<'a> {
    let queue = hall.queue(&ticket.queue);
    let zone = queue.and_then(|queue| hall.zone(&queue.zone));
    let zone = zone.map(|zone| zone.name.get(words.tag));
    let window = ticket.window.as_ref().and_then(|id| hall.window(id));
    let window = window.map_or("", |window| window.name.get(words.tag));
    let now = snapshot
        .at
        .max(jiff::Timestamp::from_millisecond(ticket.issued_at).unwrap_or(snapshot.at));
    let mut body = Body {
        words,
        title: ticket.number.clone(),
        tone: "over",
        queue: queue.map_or("", |queue| queue.name.get(words.tag)),
        zone,
        number: &ticket.number,
        say: String::new(),
        more: None,
        note: None,
        percent: None,
        updated: words.updated(&now.to_zoned(hall.tz()).strftime("%H:%M:%S").to_string()),
        more_time: None,
        may_cancel: false,
        more_time_href: format!("{token}/more-time?lang={}", words.tag),
        cancel_href: format!("{token}/cancel?lang={}", words.tag),
        called: false,
        over: true,
    };
    if ticket.day != snapshot.day {
        body.say = words.expired.to_owned();
        body.more = Some(words.expired_more.to_owned());
        return titled(body);
    }
    body.over = ticket.status.is_over();
    match ticket.status {
        Status::Waiting => {
            let place = snapshot.place(ticket.id);
            let wait = place.and_then(|place| place.wait);
            body.tone = "waiting";
            body.say = place.map_or_else(String::new, |place| words.ahead(place.people_ahead, wait));
            body.more = Some(match (wait, zone) {
                (None, _) => words.no_estimate.to_owned(),
                (Some(_), Some(zone)) => words.wait_in(zone),
                (Some(_), None) => String::new(),
            });
            let waited = (now.as_millisecond() - ticket.waiting_since).max(0) as f64 / 60_000.0;
            body.percent = wait.map(|wait| {
                let left = f64::from(wait.from_minutes + wait.to_minutes) / 2.0;
                (100.0 * waited / (waited + left)).round().clamp(3.0, 97.0) as u32
            });
            if ticket.more_time_used {
                body.note = Some(words.more_time_used);
            } else {
                body.more_time = Some(words.more_time(hall.rules.more_time_places));
            }
            body.may_cancel = true;
        }
        Status::Called => {
            body.tone = "called";
            body.called = true;
            body.say = words.go_to(window);
            body.more = Some(words.come_now.to_owned());
            body.may_cancel = true;
        }
        Status::Serving => {
            body.tone = "serving";
            body.say = words.being_served(window);
        }
        Status::Held => {
            let (say, more) = words.held(ticket.hold, window);
            body.tone = "attention";
            body.say = say.to_owned();
            body.more = Some(more);
        }
        Status::Missed => {
            body.tone = "attention";
            body.say = words.missed.to_owned();
            body.more = Some(words.missed_more.to_owned());
            body.may_cancel = true;
        }
        Status::Completed => {
            body.say = words.completed.to_owned();
            body.more = Some(words.completed_more.to_owned());
        }
        Status::Cancelled => {
            body.say = words.cancelled.to_owned();
            body.more = Some(words.cancelled_more.to_owned());
        }
    }
    titled(body)
}

/// The tab says the most important thing, too.
fn titled(mut body: Body<'_>) -> Body<'_> {
    body.title = format!("{} {}", body.number, body.say);
    body
}
