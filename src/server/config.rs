//! The server's configuration file, and what it means once it has been judged.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::PasswordHash;
use serde::{Deserialize, Serialize};

use super::store::postgres::PostgresStore;
use super::store::sqlite::SqliteStore;
use super::store::{Store, StoreError};
use crate::config::{self, ConfigError};
use crate::domain::hall::{Hall, HallId};

/// The file as written. `packaging/hall-server.toml` documents every key.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default = "default_public_listen")]
    pub public_listen: SocketAddr,
    #[serde(default)]
    pub public_url: Option<String>,
    #[serde(default)]
    pub public_certificate: Option<PathBuf>,
    #[serde(default)]
    pub public_key: Option<PathBuf>,
    pub database: String,
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    #[serde(default = "default_certificate_days")]
    pub certificate_days: u16,
    #[serde(default)]
    pub sign_in: SignInLimits,
    #[serde(default = "default_log")]
    pub log: String,
    #[serde(default)]
    pub halls: Vec<PathBuf>,
    #[serde(default, rename = "hall")]
    pub inline_halls: Vec<Hall>,
}

/// How often a wrong PIN may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignInLimits {
    /// Failures of one member of staff before sign-in is refused for a while.
    pub failures_max: u32,
    /// Minutes for which failures count.
    pub minutes: u32,
}

impl Default for SignInLimits {
    fn default() -> Self {
        Self {
            failures_max: 5,
            minutes: 15,
        }
    }
}

/// Certificate and key of the public address, both PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicTls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Everything a server needs to start. Port 0 lets the system choose.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// For devices: TLS with the server's own authority.
    pub listen: SocketAddr,
    /// Host names and addresses devices reach it by, for its certificate; `localhost` and the loopback are added.
    pub names: Vec<String>,
    /// For phones: TLS with the given files, or plain HTTP behind a reverse proxy.
    pub public_listen: SocketAddr,
    pub public_tls: Option<PublicTls>,
    /// What a ticket's QR code begins with, without a final slash; none: `http://` and the address listened on.
    pub public_url: Option<String>,
    /// Life of a device's certificate.
    pub certificate_days: u16,
    pub sign_in: SignInLimits,
    pub halls: Vec<Hall>,
}

impl Config {
    /// A server on free loopback ports.
    pub fn local(halls: Vec<Hall>) -> Self {
        let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: loopback,
            names: Vec::new(),
            public_listen: loopback,
            public_tls: None,
            public_url: None,
            certificate_days: default_certificate_days(),
            sign_in: SignInLimits::default(),
            halls,
        }
    }

    pub fn hall(&self, id: &HallId) -> Option<&Hall> {
        self.halls.iter().find(|hall| &hall.id == id)
    }
}

/// A configuration file with everything it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub config: Config,
    pub database: Database,
    pub data_dir: PathBuf,
    /// A filter for the log, e.g. `info`.
    pub log: String,
}

/// Where the day is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

/// Never shows the password of a database's address.
impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres"),
        }
    }
}

impl Database {
    /// Opens it, and makes it if it is a file that is not there yet.
    ///
    /// # Errors
    /// What the store says.
    pub async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match self {
            Self::Sqlite(path) => {
                if let Some(dir) = path.parent() {
                    std::fs::create_dir_all(dir).map_err(|error| StoreError::Database(error.into()))?;
                }
                Arc::new(SqliteStore::open(path).await?)
            }
            Self::Postgres(url) => Arc::new(PostgresStore::connect(url).await?),
        })
    }
}

/// Reads the configuration at `file`, and the halls it names.
///
/// # Errors
/// All that is wrong, at least one; a key or value that does not fit ends the reading of its file.
pub fn load(file: &Path) -> Result<Loaded, Vec<ConfigError>> {
    let text = config::read(file).map_err(|error| vec![error])?;
    let written: ConfigFile = config::parse(file, &text).map_err(|error| vec![error])?;
    let mut wrong = Vec::new();
    let mut say = |path: &str, expected: &str| {
        wrong.push(ConfigError::at(
            file,
            &text,
            path,
            format!("{path}: expected {expected}"),
        ));
    };
    let base = file.parent().unwrap_or(Path::new("."));
    let data_dir = base.join(&written.data_dir);
    let database = database(&written.database, &data_dir);
    if database.is_none() {
        say("database", "\"sqlite:PATH\" or \"postgres://USER:PASSWORD@HOST/NAME\"");
    }
    if !(1..=825).contains(&written.certificate_days) {
        say("certificate_days", "1 to 825 days");
    }
    if written.sign_in.failures_max == 0 || written.sign_in.minutes == 0 {
        say("sign_in", "failures_max and minutes of at least 1");
    }
    if tracing_subscriber::EnvFilter::try_new(&written.log).is_err() {
        say("log", "a filter such as \"info\" or \"hall_kiosk=debug,warn\"");
    }
    if let Some(name) = written.names.iter().find(|name| !is_host(name)) {
        let expected = format!("host names or addresses without a port instead of `{name}`");
        say("names", &expected);
    }
    if let Some(url) = &written.public_url
        && !((url.starts_with("https://") || url.starts_with("http://")) && !url.contains(['?', '#', ' ']))
    {
        say("public_url", "an address such as \"https://hall.example.org\"");
    }
    let public_tls = match (&written.public_certificate, &written.public_key) {
        (Some(certificate), Some(key)) => Some(PublicTls {
            certificate: base.join(certificate),
            key: base.join(key),
        }),
        (None, None) => None,
        (Some(_), None) => {
            say("public_certificate", "public_key beside it");
            None
        }
        (None, Some(_)) => {
            say("public_key", "public_certificate beside it");
            None
        }
    };
    if public_tls.is_none() && !written.public_listen.ip().is_loopback() {
        say(
            "public_listen",
            "a loopback address behind a reverse proxy, or public_certificate and public_key",
        );
    }
    if written.halls.is_empty() && written.inline_halls.is_empty() {
        say("halls", "at least one file in `halls`, or a [[hall]]");
    }
    let mut halls = Vec::new();
    for hall in written.inline_halls {
        let prefix = format!("hall.{}.", hall.id);
        wrong.extend(hall_problems(&hall, file, &text, &prefix));
        halls.push(hall);
    }
    for path in &written.halls {
        match load_hall(&base.join(path)) {
            Ok(hall) => halls.push(hall),
            Err(errors) => wrong.extend(errors),
        }
    }
    for (index, hall) in halls.iter().enumerate() {
        if halls[..index].iter().any(|other| other.id == hall.id) {
            wrong.push(ConfigError::at(
                file,
                &text,
                "halls",
                format!("the hall `{}` is there twice; expected one id each", hall.id),
            ));
        }
    }
    let Some(database) = database.filter(|_| wrong.is_empty()) else {
        return Err(wrong);
    };
    Ok(Loaded {
        config: Config {
            listen: written.listen,
            names: written.names,
            public_listen: written.public_listen,
            public_tls,
            public_url: written.public_url.map(|url| url.trim_end_matches('/').to_owned()),
            certificate_days: written.certificate_days,
            sign_in: written.sign_in,
            halls,
        },
        database,
        data_dir,
        log: written.log,
    })
}

/// Reads one hall's file.
///
/// # Errors
/// All that is wrong with it.
pub fn load_hall(file: &Path) -> Result<Hall, Vec<ConfigError>> {
    let text = config::read(file).map_err(|error| vec![error])?;
    parse_hall(file, &text)
}

/// A hall from the text of its file; `file` is only named.
///
/// # Errors
/// All that is wrong with it.
pub fn parse_hall(file: &Path, text: &str) -> Result<Hall, Vec<ConfigError>> {
    let hall: Hall = config::parse(file, text).map_err(|error| vec![error])?;
    let wrong = hall_problems(&hall, file, text, "");
    if wrong.is_empty() { Ok(hall) } else { Err(wrong) }
}

/// `sqlite:` paths are relative to `data_dir`.
fn database(text: &str, data_dir: &Path) -> Option<Database> {
    if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
        return Some(Database::Sqlite(data_dir.join(path)));
    }
    let postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
    postgres.then(|| Database::Postgres(text.to_owned()))
}

fn hall_problems(hall: &Hall, file: &Path, text: &str, prefix: &str) -> Vec<ConfigError> {
    let mut wrong: Vec<_> = hall
        .problems()
        .into_iter()
        .map(|problem| {
            let path = format!("{prefix}{}", problem.at);
            let message = format!("{}: expected {}", problem.at, problem.expected);
            ConfigError::at(file, text, &path, message)
        })
        .collect();
    for staff in &hall.staff {
        if staff.pin.starts_with("$argon2") && PasswordHash::new(&staff.pin).is_err() {
            let at = format!("staff.{}.pin", staff.id);
            let message = format!("{at}: expected an Argon2 hash made by `hall-server hash-pin`, whole");
            wrong.push(ConfigError::at(file, text, &format!("{prefix}{at}"), message));
        }
    }
    wrong
}

fn is_host(name: &str) -> bool {
    let address = name.parse::<std::net::IpAddr>().is_ok();
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '*';
    address || (!name.is_empty() && name.len() <= 253 && name.chars().all(letters))
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 8443))
}

fn default_public_listen() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8080))
}

fn default_data_dir() -> PathBuf {
    PathBuf::from(".")
}

fn default_certificate_days() -> u16 {
    90
}

fn default_log() -> String {
    "info".to_owned()
}
