//! The hall server over HTTPS: who may ask what, and what is answered.

mod browser;
mod command_line;
mod configuration;
mod devices;
mod live;
mod phone;
mod sessions;
mod tickets;
mod two_servers;
mod windows;

use std::path::Path;
use std::sync::Arc;

use hall_kiosk::api::device::{DeviceRole, EnrollRequest, Enrolled};
use hall_kiosk::api::paths;
use hall_kiosk::api::problem::Problem;
use hall_kiosk::api::staff::Session;
use hall_kiosk::api::ticket::{Issued, TicketView};
use hall_kiosk::domain::hall::{Hall, WindowId};
use hall_kiosk::server::config::{Config, parse_hall};
use hall_kiosk::server::store::Store;
use hall_kiosk::server::store::sqlite::SqliteStore;
use hall_kiosk::server::{Clock, RunningServer, Server};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// A Monday morning in Shanghai, the hall open.
pub(crate) const MORNING: &str = "2026-11-23T10:00:00+08:00";
pub(crate) const PIN: &str = "2468";

/// Two windows, a desk, three queues, four members of staff.
pub(crate) fn small_hall() -> Hall {
    // Argon2 at its cheapest, of 2468: these tests are about everything else.
    let pin = cheap_hash(PIN);
    let hours = r#"{ mon = ["09:00-12:00", "13:30-17:00"], tue = ["09:00-17:00"], wed = ["09:00-17:00"] }"#;
    let text = format!(
        r#"
id = "small"
name = {{ "zh-CN" = "小厅", en = "Small Hall" }}
rules = {{ recall_gap_seconds = 10, recalls_before_missed = 1, recalls_max = 2 }}
zone = [{{ id = "B", name = {{ "zh-CN" = "综合区", en = "General area" }} }}]
queue = [
    {{ id = "social", prefix = "B", name = {{ "zh-CN" = "社会保障", en = "Social insurance" }}, zone = "B", usual_minutes = 6, hours = {hours} }},
    {{ id = "civil", prefix = "A", name = {{ "zh-CN" = "民政" }}, zone = "B", daily_quota = 2, hours = {hours} }},
    {{ id = "booked", prefix = "Y", name = {{ "zh-CN" = "预约" }}, zone = "B", at_terminal = false, hours = {hours} }},
]
window = [
    {{ id = "1", name = {{ "zh-CN" = "1 号窗口", en = "Window 1" }}, zone = "B", serves = ["booked", ["social", "civil"]] }},
    {{ id = "2", name = {{ "zh-CN" = "2 号窗口", en = "Window 2" }}, zone = "B", serves = ["social"] }},
    {{ id = "desk", name = {{ "zh-CN" = "导办台", en = "Front desk" }}, zone = "B", desk = true }},
]
staff = [
    {{ id = "wang", name = "王敏", role = "clerk", pin = "{pin}", shift = "08:30-17:30" }},
    {{ id = "li", name = "李强", role = "clerk", pin = "{pin}" }},
    {{ id = "zhou", name = "周正", role = "clerk", pin = "{pin}", windows = ["2"], shift = "08:00-09:30" }},
    {{ id = "wu", name = "小吴", role = "volunteer", pin = "{pin}" }},
]
"#
    );
    parse_hall(Path::new("small.toml"), &text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn cheap_hash(pin: &str) -> String {
    use argon2::password_hash::{PasswordHasher as _, SaltString};
    let cheap = argon2::Params::new(64, 1, 1, None).unwrap();
    let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, cheap);
    let salt = SaltString::encode_b64(b"sixteen bytes ok").unwrap();
    argon.hash_password(pin.as_bytes(), &salt).unwrap().to_string()
}

/// A server on a store of its own, in a hall whose clock the test sets.
pub(crate) struct TestHall {
    pub(crate) server: RunningServer,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    _dir: tempfile::TempDir,
}

impl TestHall {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        hall_kiosk::tls::install();
        let dir = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&dir.path().join("hall.db")).await.unwrap());
        let clock = Clock::fixed(MORNING.parse().unwrap());
        let mut config = Config::local(vec![small_hall()]);
        change(&mut config);
        let server = Server::start(config, Arc::clone(&store), clock.clone()).await.unwrap();
        Self {
            server,
            store,
            clock,
            _dir: dir,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("https://{}", self.server.device_addr)
    }

    /// Somebody who knows the authority and has no certificate.
    pub(crate) fn stranger(&self) -> Device {
        Device::new(&self.base(), &self.server.ca_pem, None)
    }

    pub(crate) async fn enroll(&self, name: &str, role: DeviceRole, window: Option<&str>) -> Device {
        let (code, key) = (self.code(name, role, window).await, Key::new());
        let enrolled: Enrolled = self
            .stranger()
            .post(
                paths::ENROLL,
                &json!(EnrollRequest {
                    code,
                    csr_pem: key.csr()
                }),
            )
            .await
            .ok();
        key.device(self, &enrolled)
    }

    pub(crate) async fn code(&self, name: &str, role: DeviceRole, window: Option<&str>) -> String {
        let window = window.map(WindowId::from);
        self.server.enroll(name, role, window).await.unwrap().to_string()
    }

    pub(crate) async fn terminal(&self) -> Device {
        self.enroll("terminal-1", DeviceRole::Terminal, None).await
    }

    pub(crate) async fn board(&self) -> Device {
        self.enroll("board-1", DeviceRole::Board, None).await
    }

    pub(crate) async fn window(&self, id: &str) -> Device {
        self.enroll(&format!("window-{id}"), DeviceRole::Window, Some(id)).await
    }

    /// A window console with somebody signed in.
    pub(crate) async fn clerk(&self, staff: &str, window: &str) -> Device {
        let mut device = self.window(window).await;
        let session: Session = device.post(paths::SESSIONS, &sign_in(staff, window)).await.ok();
        device.token = Some(session.token);
        device
    }
}

pub(crate) fn sign_in(staff: &str, window: &str) -> Value {
    json!({ "staff": staff, "pin": PIN, "window": window })
}

/// A device's key pair.
pub(crate) struct Key(rcgen::KeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        Self(rcgen::KeyPair::generate().unwrap())
    }

    pub(crate) fn csr(&self) -> String {
        let params = rcgen::CertificateParams::default();
        params.serialize_request(&self.0).unwrap().pem().unwrap()
    }

    pub(crate) fn device(&self, hall: &TestHall, enrolled: &Enrolled) -> Device {
        self.shown(hall, &enrolled.certificate_pem, &enrolled.serial)
    }

    pub(crate) fn shown(&self, hall: &TestHall, certificate_pem: &str, serial: &str) -> Device {
        let pem = format!("{certificate_pem}{}", self.0.serialize_pem());
        let mut device = Device::new(&hall.base(), &hall.server.ca_pem, Some(&pem));
        device.serial = serial.to_owned();
        device
    }
}

/// A client of the device listener.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) token: Option<String>,
    pub(crate) serial: String,
}

impl Device {
    pub(crate) fn new(base: &str, ca_pem: &str, identity: Option<&str>) -> Self {
        let ca = reqwest::Certificate::from_pem(ca_pem.as_bytes()).unwrap();
        let mut builder = reqwest::Client::builder().no_proxy().tls_certs_only([ca]);
        if let Some(pem) = identity {
            builder = builder.identity(reqwest::Identity::from_pem(pem.as_bytes()).unwrap());
        }
        Self {
            base: base.to_owned(),
            http: builder.build().unwrap(),
            token: None,
            serial: String::new(),
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn issue_with(&self, key: Uuid, body: &Value) -> Answer {
        let request = self.request(Method::POST, paths::TICKETS);
        Answer::of(request.header(paths::IDEMPOTENCY_KEY, key.to_string()).json(body)).await
    }

    /// Takes a number.
    pub(crate) async fn issue(&self, queue: &str) -> Issued {
        self.issue_with(Uuid::now_v7(), &json!({ "queue": queue })).await.ok()
    }

    pub(crate) async fn command(&self, ticket: Uuid, command: &str) -> Answer {
        let path = paths::fill(paths::TICKET_COMMANDS, &ticket.to_string());
        self.post(&path, &json!({ "command": command })).await
    }

    pub(crate) async fn call_next(&self, window: &str) -> Answer {
        self.post(&paths::fill(paths::WINDOW_CALL_NEXT, window), &json!({}))
            .await
    }

    pub(crate) async fn call(&self, window: &str) -> TicketView {
        self.call_next(window).await.ok()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status(),
            kind: response
                .headers()
                .get("content-type")
                .map(|kind| kind.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            body: response.text().await.unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn ok<T: serde::de::DeserializeOwned>(self) -> T {
        assert!(self.status.is_success(), "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    pub(crate) fn done(&self) {
        assert_eq!(self.status, StatusCode::NO_CONTENT, "{self:?}");
    }

    /// The problem, which every error is.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, code: &str) -> Problem {
        assert_eq!(self.kind, "application/problem+json", "{self:?}");
        let problem: Problem = serde_json::from_str(&self.body).unwrap();
        assert_eq!(
            (self.status.as_u16(), problem.code.as_str()),
            (status, code),
            "{self:?}"
        );
        assert_eq!(problem.status, status);
        assert_eq!(problem.kind, format!("urn:hall:problem:{code}"));
        problem
    }
}
