//! The way to the server. Nothing here decides or draws: a request goes out, an answer or a [`LinkError`] comes back.
//!
//! The program knows only [`HallLink`]; [`client::Client`] speaks it over mutual TLS. Every request that changes
//! something carries a key or names the ticket it changes, so asking twice is never doing twice.

pub mod client;
pub mod identity;
mod live;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::BoxStream;
use iced::Subscription;
use uuid::Uuid;

use crate::api::hall::HallInfo;
use crate::api::live::HallLive;
use crate::api::problem::{Problem, code};
use crate::api::staff::{CallNextRequest, PauseReason, Session, SignIn, WindowView};
use crate::api::ticket::{IssueRequest, Issued, PrintReport, TicketView};
use crate::domain::hall::WindowId;
use crate::domain::ticket::Command;

/// What the programs ask of the hall.
#[async_trait]
pub trait HallLink: Send + Sync + 'static {
    async fn hall(&self) -> Result<HallInfo, LinkError>;

    /// Takes a number. `key` names the touch: retried with it, the same ticket comes back.
    async fn issue(&self, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError>;
    async fn report_print(&self, ticket: Uuid, report: PrintReport) -> Result<(), LinkError>;
    async fn raise_help(&self, id: Uuid) -> Result<(), LinkError>;

    async fn sign_in(&self, request: SignIn) -> Result<Session, LinkError>;
    async fn sign_out(&self, session: &Session) -> Result<(), LinkError>;
    /// `None` when nobody waits.
    async fn call_next(&self, session: &Session, request: CallNextRequest) -> Result<Option<TicketView>, LinkError>;
    async fn command(&self, session: &Session, ticket: Uuid, command: Command) -> Result<TicketView, LinkError>;
    async fn pause(&self, session: &Session, reason: PauseReason) -> Result<(), LinkError>;
    async fn open(&self, session: &Session) -> Result<(), LinkError>;
    /// 代取号: takes a number for somebody, at the window.
    async fn issue_for(&self, session: &Session, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError>;
    async fn answer_help(&self, session: &Session, id: Uuid) -> Result<(), LinkError>;
    async fn clear_alert(&self, session: &Session, id: Uuid) -> Result<(), LinkError>;

    /// The hall as it stands, for as long as the stream is read; it reconnects by itself.
    fn live(&self) -> BoxStream<'static, LiveEvent<HallLive>>;
    /// The same for one window.
    fn window_live(&self, window: &WindowId) -> BoxStream<'static, LiveEvent<WindowView>>;
}

/// One thing a live stream says.
#[derive(Debug, Clone, PartialEq)]
pub enum LiveEvent<V> {
    View(V),
    /// The server answered again and what is shown is still true.
    Confirmed,
    /// The line is gone; what is shown grows old.
    Lost,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LinkError {
    /// No server, or it stopped answering. What was asked may have happened; ask again with the same key.
    #[error("the server does not answer")]
    Offline,
    #[error("{0}")]
    Problem(Box<Problem>),
    /// The server answered something that is not of the contract.
    #[error("an answer that cannot be read: {0}")]
    Garbled(String),
}

impl LinkError {
    /// A stable code the locale turns into words.
    pub fn code(&self) -> &str {
        match self {
            Self::Offline => "link.offline",
            Self::Problem(problem) => &problem.code,
            Self::Garbled(_) => "link.garbled",
        }
    }

    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Offline | Self::Garbled(_) => None,
        }
    }

    /// The session is over, whatever the reason: sign in again.
    pub fn ends_session(&self) -> bool {
        matches!(
            self.code(),
            code::SESSION_NEEDED | code::SESSION_ENDED | code::SESSION_TAKEN_OVER
        )
    }
}

/// A line to the hall that can be cloned into tasks and named in subscriptions.
#[derive(Clone)]
pub struct Line(Arc<dyn HallLink>);

impl Line {
    pub fn new(link: impl HallLink) -> Self {
        Self(Arc::new(link))
    }

    /// The hall's live view as a subscription, alive as long as the line is the same.
    pub fn live(&self) -> Subscription<LiveEvent<HallLive>> {
        Subscription::run_with(self.clone(), |line| line.0.live())
    }

    /// A window's live view as a subscription.
    pub fn window_live(&self, window: &WindowId) -> Subscription<LiveEvent<WindowView>> {
        Subscription::run_with((self.clone(), window.clone()), |(line, window)| {
            line.0.window_live(window)
        })
    }
}

impl std::ops::Deref for Line {
    type Target = dyn HallLink;

    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}

impl Hash for Line {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).cast::<()>().hash(state);
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}
