//! Real programs on loopback for the tests that need more than one process.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hall_kiosk::kiosk::link::client::Client;
use hall_kiosk::kiosk::link::identity::{self, Identity};

/// How long a process may take to come up.
const START_SECONDS_MAX: u64 = 30;

/// A `hall-server` process on its own data folder; killed when dropped.
pub(crate) struct ServerProcess {
    pub(crate) address: String,
    config: PathBuf,
    child: Option<Child>,
}

impl ServerProcess {
    /// A server of the demonstration hall in `dir`, on `database` (`sqlite:…` or `postgres://…`).
    pub(crate) fn new(dir: &Path, database: &str) -> Self {
        let (port, public_port) = (free_port(), free_port());
        let hall = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/hall.toml");
        let config = dir.join("hall-server.toml");
        std::fs::create_dir_all(dir.join("data")).unwrap();
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\nnames = [\"localhost\"]\npublic_listen = \"127.0.0.1:{public_port}\"\n\
             public_url = \"http://127.0.0.1:{public_port}\"\ndatabase = \"{database}\"\ndata_dir = {:?}\nhalls = [{hall:?}]\nlog = \"warn\"\n",
            dir.join("data"),
        );
        std::fs::write(&config, text).unwrap();
        Self {
            address: format!("https://127.0.0.1:{port}"),
            config,
            child: None,
        }
    }

    pub(crate) async fn start(&mut self) {
        let child = Command::new(env!("CARGO_BIN_EXE_hall-server"))
            .args(["run", "--config"])
            .arg(&self.config)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let address = self.address.trim_start_matches("https://").to_owned();
        let began = Instant::now();
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            assert!(
                began.elapsed() < Duration::from_secs(START_SECONDS_MAX),
                "the server did not come up"
            );
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// SIGKILL: no goodbye, no flush.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Enrols a device the way a technician does: code from the server's command line, typed at the device.
    pub(crate) async fn enroll(&self, name: &str, role: &str, window: Option<&str>) -> Identity {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hall-server"));
        command
            .args(["enroll", name, "--role", role, "--config"])
            .arg(&self.config);
        if let Some(window) = window {
            command.args(["--window", window]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        let code = text
            .split_whitespace()
            .find(|word| hall_kiosk::api::device::EnrollCode::parse(word).is_some())
            .unwrap_or_else(|| panic!("no code in: {text}"));
        identity::enroll(&self.address, code).await.unwrap()
    }

    pub(crate) async fn terminal(&self, name: &str) -> Client {
        Client::new(&self.address, &self.enroll(name, "terminal", None).await).unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
