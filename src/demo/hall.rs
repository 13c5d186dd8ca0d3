//! A whole hall in one process: the real server on its own store and authority, and devices enrolled the real way.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::api::device::DeviceRole;
use crate::domain::hall::{Hall, WindowId};
use crate::kiosk::app::Clock as KioskClock;
use crate::kiosk::link::client::Client;
use crate::kiosk::link::identity::{self, Identity};
use crate::server::clock::Clock;
use crate::server::config::Config;
use crate::server::store::sqlite::SqliteStore;
use crate::server::{RunningServer, Server};

/// Everybody's PIN in the demonstration hall; its file says so too.
pub const PIN: &str = "2468";

pub struct DemoHall {
    dir: PathBuf,
    hall: Hall,
    server: Option<RunningServer>,
    runtime: Runtime,
    address: String,
    public_url: String,
}

impl DemoHall {
    /// Opens the hall in `dir`, a new one or the one left there, for devices at `listen` and phones one port further.
    ///
    /// # Errors
    /// In words for whoever started it.
    pub fn open(dir: &Path, listen: SocketAddr) -> Result<Self, String> {
        crate::tls::install();
        private_dir(dir)?;
        let dir = dir
            .canonicalize()
            .map_err(|error| format!("{}: {error}", dir.display()))?;
        let hall: Hall = toml::from_str(include_str!("../../assets/demo/hall.toml"))
            .map_err(|error| format!("the demonstration hall: {error}"))?;
        let runtime = Runtime::new().map_err(|error| format!("no threads for the server: {error}"))?;
        let database = dir.join("hall.db");
        let config = Config {
            listen,
            names: vec![listen.ip().to_string()],
            public_listen: SocketAddr::new(listen.ip(), if listen.port() == 0 { 0 } else { listen.port() + 1 }),
            ..Config::local(vec![hall.clone()])
        };
        let server = runtime.block_on(async {
            let store = SqliteStore::open(&database)
                .await
                .map_err(|error| format!("{}: {error}", database.display()))?;
            Server::start(config, Arc::new(store), Clock::System)
                .await
                .map_err(|error| error.to_string())
        })?;
        let address = format!("https://{}", server.device_addr);
        let public_url = server.public_url.clone();
        Ok(Self {
            dir,
            hall,
            server: Some(server),
            runtime,
            address,
            public_url,
        })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn hall(&self) -> &Hall {
        &self.hall
    }

    /// Where devices connect.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Where phones look.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The device `name`, enrolled now if it was not before.
    ///
    /// # Errors
    /// In words for whoever started it.
    pub fn identity(&self, name: &str, role: DeviceRole, window: Option<&WindowId>) -> Result<Identity, String> {
        let dir = self.device_dir(name);
        let now = KioskClock::System.now_ms();
        if let Ok(known) = Identity::load(&dir)
            && !known.is_due(now)
            && self.server.as_ref().is_some_and(|server| server.ca_pem == known.ca_pem)
        {
            return Ok(known);
        }
        let server = self.server.as_ref().ok_or("the server is closed")?;
        let identity = self.runtime.block_on(async {
            let code = server
                .enroll(name, role, window.cloned())
                .await
                .map_err(|error| error.to_string())?;
            identity::enroll(&self.address, &code.to_string()).await
        })?;
        identity
            .save(&dir)
            .map_err(|error| format!("{}: {error}", dir.display()))?;
        Ok(identity)
    }

    /// A line for the device `name`.
    ///
    /// # Errors
    /// In words for whoever started it.
    pub fn client(&self, name: &str, role: DeviceRole, window: Option<&WindowId>) -> Result<Client, String> {
        Client::new(&self.address, &self.identity(name, role, window)?)
    }

    /// A configuration file with which `hall-kiosk run` starts the device.
    ///
    /// # Errors
    /// In words for whoever started it.
    pub fn write_config(
        &self,
        name: &str,
        role: DeviceRole,
        window: Option<&WindowId>,
        fullscreen: bool,
    ) -> Result<PathBuf, String> {
        self.identity(name, role, window)?;
        let file = self.dir.join(format!("{name}.toml"));
        let size = if role == DeviceRole::Terminal {
            "[1080, 1920]"
        } else {
            "[1920, 1080]"
        };
        let text = format!(
            "# Written by the demonstration; see packaging/hall-kiosk.toml for every key.\n\
             role = {role:?}\nserver = {server:?}\nidentity_dir = {dir:?}\n\n\
             [display]\nfullscreen = {fullscreen}\nsize = {size}\n\n\
             [printer]\ndriver = \"folder\"\nfolder = {receipts:?}\n",
            role = role.code(),
            server = self.address,
            dir = self.device_dir(name),
            receipts = self.dir.join("receipts"),
        );
        fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }

    /// Closes the server, as a power cut would not: requests under way end first.
    pub fn close_server(&mut self) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.shutdown());
        }
    }

    fn device_dir(&self, name: &str) -> PathBuf {
        self.dir.join("devices").join(name)
    }
}

impl Drop for DemoHall {
    fn drop(&mut self) {
        self.close_server();
    }
}

fn private_dir(dir: &Path) -> Result<(), String> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| format!("{}: {error}", dir.display()))
}
