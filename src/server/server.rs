//! Starting and stopping. Everything a running server holds ends with [`RunningServer::shutdown`].

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use ring::hmac;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::acceptor::{PlainDoor, TlsDoor, TlsError, device_tls, public_tls};
use super::app::{App, DeviceCache, Pins, REQUESTS_MAX, Room, STREAMS_MAX, Tries, digest};
use super::ca::{Ca, CaError};
use super::clock::Clock;
use super::config::Config;
use super::live::Hub;
use super::router;
use super::store::{Enrollment, Store, StoreError};
use crate::api::device::{DeviceRole, EnrollCode};
use crate::api::hall::HallInfo;
use crate::domain::hall::{HallId, WindowId};

/// Under which name the store keeps the key of the phone pages' tokens.
const TOKEN_SECRET: &str = "phone-token";
/// How long requests may take to end when the server stops.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(3);
/// How long an enrolment code is good for.
pub const ENROLL_CODE_MS: i64 = 60 * 60 * 1000;
const DAY_SECONDS: u64 = 24 * 60 * 60;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{what} {address}: {error}")]
    Listen {
        what: &'static str,
        address: SocketAddr,
        error: io::Error,
    },
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the authority: {0}")]
    Ca(#[from] CaError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
    #[error("there is no hall to serve")]
    NoHall,
}

/// Why no enrolment code was made.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    #[error("there is no hall `{0}`")]
    UnknownHall(HallId),
    #[error("name the hall; there are several: {0}")]
    WhichHall(String),
    #[error("there is no window `{0}` in this hall")]
    UnknownWindow(WindowId),
    #[error("only a `window` device stands at a window")]
    NoWindowNeeded,
    #[error("a device's name is 1 to 64 characters without control characters")]
    Name,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
}

#[derive(Debug)]
pub struct Server;

impl Server {
    /// Opens the listeners and serves until [`RunningServer::shutdown`].
    ///
    /// # Errors
    /// [`StartError`] when an address is taken, a file cannot be read or the store does not answer; nothing is left
    /// running.
    pub async fn start(config: Config, store: Arc<dyn Store>, clock: Clock) -> Result<RunningServer, StartError> {
        if config.halls.is_empty() {
            return Err(StartError::NoHall);
        }
        let listen = bind("listen", config.listen)?;
        let public_listen = bind("public_listen", config.public_listen)?;
        let device_addr = address(&listen, config.listen)?;
        let public_addr = address(&public_listen, config.public_listen)?;
        let public_scheme = config.public_tls.as_ref().map_or("http", |_| "https");
        let public_tls = config.public_tls.as_ref().map(public_tls).transpose()?;
        let public_url = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("{public_scheme}://{public_addr}"));
        let ca = Ca::open(&*store).await?;
        let ca_pem = ca.pem().to_owned();
        let ca_sha256 = ca.sha256();
        let tls = device_tls(&ca, &config.names)?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let mut rooms = HashMap::new();
        for hall in &config.halls {
            let hall = Arc::new(hall.clone());
            let hub = Arc::new(Hub::open(Arc::clone(&hall), Arc::clone(&store), clock.clone()).await?);
            tasks.spawn(Arc::clone(&hub).run(stopped.clone()));
            let info = HallInfo::from(&*hall);
            rooms.insert(hall.id.clone(), Arc::new(Room { hall, info, hub }));
        }
        let app = Arc::new(App {
            token_key: token_key(&*store).await?,
            store: Arc::clone(&store),
            clock: clock.clone(),
            ca,
            rooms,
            public_url: public_url.trim_end_matches('/').to_owned(),
            sign_in: config.sign_in,
            certificate_life: Duration::from_secs(u64::from(config.certificate_days) * DAY_SECONDS),
            requests: Arc::new(Semaphore::new(REQUESTS_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            pins: Pins::default(),
            enroll_tries: Tries::default(),
            devices: DeviceCache::default(),
            stop: stopped,
        });
        let handles = [Handle::new(), Handle::new()];
        let devices = router::devices(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
        let phones = router::public(app).into_make_service_with_connect_info::<SocketAddr>();
        let listening = |what, address| move |error| StartError::Listen { what, address, error };
        let server = axum_server::from_tcp(listen).map_err(listening("listen", device_addr))?;
        let server = server.acceptor(TlsDoor::new(tls)).handle(handles[0].clone());
        tasks.spawn(async move { ended("devices", server.serve(devices).await) });
        let server = axum_server::from_tcp(public_listen).map_err(listening("public_listen", public_addr))?;
        match public_tls {
            Some(tls) => {
                let server = server.acceptor(TlsDoor::new(tls)).handle(handles[1].clone());
                tasks.spawn(async move { ended("phones", server.serve(phones).await) });
            }
            None => {
                let server = server.acceptor(PlainDoor::new()).handle(handles[1].clone());
                tasks.spawn(async move { ended("phones", server.serve(phones).await) });
            }
        }
        tracing::info!(%device_addr, %public_addr, %public_url, "serving");
        Ok(RunningServer {
            device_addr,
            public_addr,
            public_url,
            ca_pem,
            ca_sha256,
            halls: config.halls.iter().map(|hall| hall.id.clone()).collect(),
            config,
            store,
            clock,
            handles,
            stop,
            tasks,
        })
    }
}

/// A server that serves until it is told to stop.
#[derive(Debug)]
pub struct RunningServer {
    /// Where devices connect: `https://` and this.
    pub device_addr: SocketAddr,
    /// Where phones connect.
    pub public_addr: SocketAddr,
    pub public_url: String,
    pub ca_pem: String,
    pub halls: Vec<HallId>,
    ca_sha256: [u8; 32],
    config: Config,
    store: Arc<dyn Store>,
    clock: Clock,
    handles: [Handle<SocketAddr>; 2],
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl RunningServer {
    /// A one-time code for a device of this server's only hall.
    ///
    /// # Errors
    /// [`EnrollError`]
    pub async fn enroll(
        &self,
        name: &str,
        role: DeviceRole,
        window: Option<WindowId>,
    ) -> Result<EnrollCode, EnrollError> {
        let order = EnrollOrder {
            hall: None,
            name: name.to_owned(),
            role,
            window,
        };
        enroll(
            &self.config,
            &*self.store,
            &self.ca_sha256,
            order,
            self.clock.now().as_millisecond(),
        )
        .await
    }

    /// Ends the streams, lets requests under way end, then closes what is left.
    pub async fn shutdown(mut self) {
        // Err means that everybody is gone already.
        let _ = self.stop.send(true);
        for handle in &self.handles {
            handle.graceful_shutdown(Some(SHUTDOWN_GRACE));
        }
        while self.tasks.join_next().await.is_some() {}
    }

    /// Returns when a listener ended by itself, which it never should.
    pub async fn ended(&mut self) {
        self.tasks.join_next().await;
    }
}

/// What an enrolment code is asked for.
#[derive(Debug, Clone)]
pub struct EnrollOrder {
    /// May be left out where there is only one.
    pub hall: Option<HallId>,
    pub name: String,
    pub role: DeviceRole,
    pub window: Option<WindowId>,
}

/// Makes a one-time code, good for [`ENROLL_CODE_MS`]. The store keeps its digest.
///
/// # Errors
/// [`EnrollError`]
pub async fn enroll(
    config: &Config,
    store: &dyn Store,
    ca_sha256: &[u8],
    order: EnrollOrder,
    now: i64,
) -> Result<EnrollCode, EnrollError> {
    let hall = match (&order.hall, config.halls.as_slice()) {
        (Some(id), _) => config.hall(id).ok_or_else(|| EnrollError::UnknownHall(id.clone()))?,
        (None, [hall]) => hall,
        (None, halls) => {
            let names: Vec<_> = halls.iter().map(|hall| hall.id.as_str()).collect();
            return Err(EnrollError::WhichHall(names.join(", ")));
        }
    };
    if order.name.is_empty() || order.name.chars().count() > 64 || order.name.chars().any(char::is_control) {
        return Err(EnrollError::Name);
    }
    match &order.window {
        Some(_) if order.role != DeviceRole::Window => return Err(EnrollError::NoWindowNeeded),
        Some(id) if hall.window(id).is_none() => return Err(EnrollError::UnknownWindow(id.clone())),
        _ => {}
    }
    let mut random = [0; EnrollCode::SECRET_CHARS];
    getrandom::fill(&mut random).map_err(EnrollError::Random)?;
    let code = EnrollCode::new(&random, ca_sha256);
    let enrollment = Enrollment {
        hall: hall.id.clone(),
        code: digest(code.secret()),
        name: order.name,
        role: order.role,
        window: order.window,
        expires_at: now + ENROLL_CODE_MS,
    };
    store.add_enrollment(&enrollment).await?;
    Ok(code)
}

async fn token_key(store: &dyn Store) -> Result<hmac::Key, StartError> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(StartError::Random)?;
    let kept = store.secret(TOKEN_SECRET, &fresh).await?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &kept))
}

fn bind(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let failed = |error| StartError::Listen { what, address, error };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

fn address(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|error| StartError::Listen {
        what: "listen",
        address: asked,
        error,
    })
}

fn ended(what: &str, result: io::Result<()>) {
    if let Err(error) = result {
        tracing::error!(%error, "the listener for {what} ended");
    }
}
