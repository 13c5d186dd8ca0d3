//! The HTTPS client: pinned to the hall's own authority, known by its own certificate.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::identity::Identity;
use super::{HallLink, LinkError, LiveEvent, live};
use crate::api::device::{Enrolled, RenewRequest};
use crate::api::hall::HallInfo;
use crate::api::live::{HallLive, KEEP_ALIVE_SECONDS};
use crate::api::paths;
use crate::api::problem::Problem;
use crate::api::staff::{CallNextRequest, PauseReason, PauseRequest, Session, SignIn, WindowView};
use crate::api::ticket::{IssueRequest, Issued, PrintReport, TicketView};
use crate::domain::hall::WindowId;
use crate::domain::ticket::Command;

/// Longest time one request may take before the line counts as gone.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(4);
/// Longest silence on a live stream: three missed keep-alives.
const SILENCE_MAX: Duration = Duration::from_secs(3 * KEEP_ALIVE_SECONDS);
/// A request that may be repeated is tried this often, with pauses between.
const TRIES: u32 = 3;
const TRY_PAUSE: Duration = Duration::from_millis(300);

/// Cheap to clone; all clones share connections and the certificate.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: Arc<RwLock<reqwest::Client>>,
}

impl Client {
    /// A client for the server at `base` (`https://host:port`).
    ///
    /// # Errors
    /// In words for the technician, when the certificate files do not fit together.
    pub fn new(base: &str, identity: &Identity) -> Result<Self, String> {
        let http = build(identity)?;
        Ok(Self {
            base: base.trim_end_matches('/').to_owned(),
            http: Arc::new(RwLock::new(http)),
        })
    }

    /// Asks for a new certificate for a fresh key and uses it from now on.
    ///
    /// # Errors
    /// [`LinkError`], the old certificate stays in use.
    pub async fn renew(&self, identity: &Identity) -> Result<Identity, LinkError> {
        let (key_pem, csr_pem) = super::identity::request(&identity.name).map_err(LinkError::Garbled)?;
        let reply = self.request(Method::POST, paths::RENEW).json(&RenewRequest { csr_pem });
        let enrolled: Enrolled = read(send(reply).await?).await?;
        let renewed = Identity::from_enrolled(&enrolled, key_pem);
        let http = build(&renewed).map_err(LinkError::Garbled)?;
        if let Ok(mut current) = self.http.write() {
            *current = http;
        }
        Ok(renewed)
    }

    pub(super) async fn open_stream(&self, path: &str, last_id: Option<&str>) -> Result<Response, LinkError> {
        let mut request = self.request(Method::GET, path).header("accept", "text/event-stream");
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        // No overall time limit: the stream ends when it falls silent.
        send(request).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let http = self
            .http
            .read()
            .map_or_else(|poisoned| poisoned.into_inner().clone(), |http| http.clone());
        http.request(method, format!("{}{path}", self.base))
    }

    async fn get<R: DeserializeOwned>(&self, path: &str) -> Result<R, LinkError> {
        retried(|| self.request(Method::GET, path)).await
    }

    /// A change a member of staff asks for; `body` may be `()`.
    async fn act<R: DeserializeOwned>(
        &self,
        session: &Session,
        path: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<R, LinkError> {
        let request = self
            .request(Method::POST, path)
            .bearer_auth(&session.token)
            .timeout(REQUEST_TIMEOUT)
            .json(body);
        read(send(request).await?).await
    }
}

#[async_trait]
impl HallLink for Client {
    async fn hall(&self) -> Result<HallInfo, LinkError> {
        self.get(paths::HALL).await
    }

    async fn issue(&self, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError> {
        retried(|| {
            self.request(Method::POST, paths::TICKETS)
                .header(paths::IDEMPOTENCY_KEY, key.to_string())
                .json(&request)
        })
        .await
    }

    async fn report_print(&self, ticket: Uuid, report: PrintReport) -> Result<(), LinkError> {
        let path = paths::fill(paths::TICKET_PRINT, &ticket.to_string());
        retried(|| self.request(Method::POST, &path).json(&report)).await
    }

    async fn raise_help(&self, id: Uuid) -> Result<(), LinkError> {
        retried(|| {
            self.request(Method::POST, paths::HELP)
                .header(paths::IDEMPOTENCY_KEY, id.to_string())
        })
        .await
    }

    async fn sign_in(&self, request: SignIn) -> Result<Session, LinkError> {
        // Checking a PIN is slow on purpose.
        let request = self
            .request(Method::POST, paths::SESSIONS)
            .timeout(REQUEST_TIMEOUT * 3)
            .json(&request);
        read(send(request).await?).await
    }

    async fn sign_out(&self, session: &Session) -> Result<(), LinkError> {
        let request = self.request(Method::DELETE, paths::SESSION).bearer_auth(&session.token);
        read(send(request.timeout(REQUEST_TIMEOUT)).await?).await
    }

    async fn call_next(&self, session: &Session, request: CallNextRequest) -> Result<Option<TicketView>, LinkError> {
        self.act(
            session,
            &paths::fill(paths::WINDOW_CALL_NEXT, session.window.as_str()),
            &request,
        )
        .await
    }

    async fn command(&self, session: &Session, ticket: Uuid, command: Command) -> Result<TicketView, LinkError> {
        self.act(
            session,
            &paths::fill(paths::TICKET_COMMANDS, &ticket.to_string()),
            &command,
        )
        .await
    }

    async fn pause(&self, session: &Session, reason: PauseReason) -> Result<(), LinkError> {
        let path = paths::fill(paths::WINDOW_PAUSE, session.window.as_str());
        self.act(session, &path, &PauseRequest { reason }).await
    }

    async fn open(&self, session: &Session) -> Result<(), LinkError> {
        self.act(session, &paths::fill(paths::WINDOW_OPEN, session.window.as_str()), &())
            .await
    }

    async fn issue_for(&self, session: &Session, request: IssueRequest, key: Uuid) -> Result<Issued, LinkError> {
        retried(|| {
            self.request(Method::POST, paths::TICKETS)
                .bearer_auth(&session.token)
                .header(paths::IDEMPOTENCY_KEY, key.to_string())
                .json(&request)
        })
        .await
    }

    async fn answer_help(&self, session: &Session, id: Uuid) -> Result<(), LinkError> {
        self.act(session, &paths::fill(paths::HELP_ANSWER, &id.to_string()), &())
            .await
    }

    async fn clear_alert(&self, session: &Session, id: Uuid) -> Result<(), LinkError> {
        self.act(session, &paths::fill(paths::ALERT_CLEAR, &id.to_string()), &())
            .await
    }

    fn live(&self) -> BoxStream<'static, LiveEvent<HallLive>> {
        live::follow(self.clone(), paths::LIVE.to_owned())
    }

    fn window_live(&self, window: &WindowId) -> BoxStream<'static, LiveEvent<WindowView>> {
        live::follow(self.clone(), paths::fill(paths::WINDOW_LIVE, window.as_str()))
    }
}

fn build(identity: &Identity) -> Result<reqwest::Client, String> {
    crate::tls::install();
    let ca = reqwest::Certificate::from_pem(identity.ca_pem.as_bytes())
        .map_err(|error| format!("the hall's authority (ca.pem) cannot be read: {error}"))?;
    let mut pem = identity.certificate_pem.clone().into_bytes();
    pem.extend_from_slice(identity.key_pem.as_bytes());
    let own = reqwest::Identity::from_pem(&pem)
        .map_err(|error| format!("the device's certificate or key cannot be read: {error}"))?;
    reqwest::Client::builder()
        .tls_certs_only([ca])
        .identity(own)
        .https_only(true)
        .no_proxy()
        .tcp_nodelay(true)
        .connect_timeout(REQUEST_TIMEOUT)
        .read_timeout(SILENCE_MAX)
        .user_agent(concat!("hall-kiosk/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("the connection cannot be set up: {error}"))
}

/// Sends a request that is safe to repeat; only a line that is gone is tried again.
async fn retried<R: DeserializeOwned>(request: impl Fn() -> RequestBuilder + Send) -> Result<R, LinkError> {
    let mut left = TRIES;
    loop {
        left -= 1;
        let answer = match send(request().timeout(REQUEST_TIMEOUT)).await {
            Ok(response) => read(response).await,
            Err(error) => Err(error),
        };
        match answer {
            Err(LinkError::Offline) if left > 0 => tokio::time::sleep(TRY_PAUSE).await,
            answer => return answer,
        }
    }
}

async fn send(request: RequestBuilder) -> Result<Response, LinkError> {
    let response = request.send().await.map_err(|error| {
        // `without_url`: a path may hold a ticket's id.
        tracing::debug!(error = %error.without_url(), "no answer");
        LinkError::Offline
    })?;
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status();
    match response.json::<Problem>().await {
        Ok(problem) => Err(LinkError::Problem(Box::new(problem))),
        Err(_) if status.is_server_error() => Err(LinkError::Offline),
        Err(_) => Err(LinkError::Garbled(format!("HTTP {status} without a problem"))),
    }
}

/// An empty answer reads as `()` or `None`.
async fn read<R: DeserializeOwned>(response: Response) -> Result<R, LinkError> {
    let body = match response.status() {
        StatusCode::NO_CONTENT => b"null".to_vec(),
        _ => response.bytes().await.map_err(|_| LinkError::Offline)?.to_vec(),
    };
    serde_json::from_slice(&body).map_err(|error| LinkError::Garbled(error.to_string()))
}
