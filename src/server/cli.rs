//! `hall-server`: its commands, what they print and how they end.

use std::io::{self, Read as _, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::ca::{Ca, CaError};
use super::clock::Clock;
use super::config::{self, Loaded};
use super::store::StoreError;
use super::{EnrollError, EnrollOrder, Server, StartError, enroll, openapi};
use crate::api::device::DeviceRole;
use crate::config::ConfigError;
use crate::domain::hall::{HallId, WindowId};

/// The configuration, or a command's arguments, do not fit.
const EXIT_WRONG: u8 = 2;
/// Something else failed: an address is taken, the database does not answer.
const EXIT_FAILED: u8 = 1;
const PIN_CHARS_MIN: usize = 4;
const PIN_BYTES_MAX: usize = 128;

/// The hall server: terminals, windows, boards and phones of one hall or several.
#[derive(Debug, Parser)]
#[command(name = "hall-server", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve until told to stop.
    Run(WithConfig),
    /// Say whether the configuration and the halls it names can be used.
    Check(WithConfig),
    /// Print the HTTPS contract as an OpenAPI document.
    Openapi,
    /// Print a one-time code, good for an hour, that makes a device known.
    Enroll {
        /// What the device is called on screens and in records, e.g. "terminal-1".
        name: String,
        #[arg(long, value_enum)]
        role: Role,
        /// The window a window console stands at; without it, it may stand at any.
        #[arg(long)]
        window: Option<String>,
        /// The hall, where the server serves several.
        #[arg(long)]
        hall: Option<String>,
        #[command(flatten)]
        config: WithConfig,
    },
    /// List the devices and their certificates.
    Devices(WithConfig),
    /// Refuse a certificate from now on; with a device's name, all its certificates.
    Revoke {
        /// A serial or a name, as `devices` lists them.
        device: String,
        #[command(flatten)]
        config: WithConfig,
    },
    /// Read a PIN from the standard input and print its hash for the hall's file.
    HashPin,
}

#[derive(Debug, clap::Args)]
struct WithConfig {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    Terminal,
    Window,
    Board,
}

impl From<Role> for DeviceRole {
    fn from(role: Role) -> Self {
        match role {
            Role::Terminal => Self::Terminal,
            Role::Window => Self::Window,
            Role::Board => Self::Board,
        }
    }
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Config(Vec<ConfigError>),
    #[error("the database: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the authority: {0}")]
    Ca(#[from] CaError),
    #[error(transparent)]
    Enroll(#[from] EnrollError),
    #[error("there is no device with the serial or name `{0}`")]
    NoDevice(String),
    #[error("expected a PIN of at least {PIN_CHARS_MIN} characters on the standard input")]
    Pin,
    #[error("the PIN cannot be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the document: {0}")]
    Json(#[from] serde_json::Error),
    #[error("a listener ended by itself")]
    Ended,
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Enroll(_) | Self::NoDevice(_) | Self::Pin => EXIT_WRONG,
            _ => EXIT_FAILED,
        }
    }
}

/// Carries out what the arguments say; words go to `out`, complaints to `err`.
pub async fn main(arguments: Arguments, out: &mut (impl Write + Send), err: &mut (impl Write + Send)) -> ExitCode {
    match carry_out(arguments.command, out).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when this fails.
            let _ = writeln!(err, "{failure}");
            ExitCode::from(failure.code())
        }
    }
}

async fn carry_out(task: Task, out: &mut (impl Write + Send)) -> Result<(), Failure> {
    match task {
        Task::Run(at) => run(load(&at)?, out).await,
        Task::Check(at) => check(&load(&at)?, out),
        Task::Openapi => Ok(writeln!(out, "{}", openapi::document()?)?),
        Task::Enroll {
            name,
            role,
            window,
            hall,
            config,
        } => {
            let loaded = load(&config)?;
            let store = loaded.database.open().await?;
            let ca = Ca::open(&*store).await?;
            let order = EnrollOrder {
                hall: hall.map(HallId),
                name,
                role: role.into(),
                window: window.map(WindowId),
            };
            let now = Timestamp::now().as_millisecond();
            let code = enroll(&loaded.config, &*store, &ca.sha256(), order, now).await?;
            Ok(writeln!(out, "{code}")?)
        }
        Task::Devices(at) => devices(&load(&at)?, out).await,
        Task::Revoke { device, config } => revoke(&load(&config)?, &device, out).await,
        Task::HashPin => hash_pin(out),
    }
}

fn load(at: &WithConfig) -> Result<Loaded, Failure> {
    config::load(&at.config).map_err(Failure::Config)
}

fn check(loaded: &Loaded, out: &mut impl Write) -> Result<(), Failure> {
    for hall in &loaded.config.halls {
        writeln!(
            out,
            "{}: {}, {} queues, {} windows, {} staff",
            hall.id,
            hall.name.get("zh-CN"),
            hall.queues.len(),
            hall.windows.len(),
            hall.staff.len()
        )?;
    }
    Ok(writeln!(out, "ok")?)
}

async fn run(loaded: Loaded, out: &mut (impl Write + Send)) -> Result<(), Failure> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(&loaded.log))
        .with_writer(io::stderr)
        .init();
    // Before anything can be asked of us: a signal that comes early is not lost.
    let stop = stop_signal()?;
    let store = loaded.database.open().await?;
    let mut server = Server::start(loaded.config, store, Clock::System).await?;
    writeln!(out, "devices  https://{}", server.device_addr)?;
    writeln!(
        out,
        "phones   {}  (listening on {})",
        server.public_url, server.public_addr
    )?;
    out.flush()?;
    tokio::select! {
        () = stop => {}
        () = server.ended() => return Err(Failure::Ended),
    }
    server.shutdown().await;
    Ok(())
}

fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn devices(loaded: &Loaded, out: &mut (impl Write + Send)) -> Result<(), Failure> {
    let store = loaded.database.open().await?;
    let now = Timestamp::now().as_millisecond();
    for hall in &loaded.config.halls {
        for device in store.devices(&hall.id).await? {
            let state = match device.revoked_at {
                Some(_) => "revoked",
                None if device.not_after < now => "expired",
                None => "valid",
            };
            let until = Timestamp::from_millisecond(device.not_after).unwrap_or_default();
            let window = device.window.as_ref().map_or("-", WindowId::as_str);
            writeln!(
                out,
                "{}  {:<8} {state:<8} until {}  {}  window {window}  {}",
                device.serial,
                device.role.code(),
                until.strftime("%Y-%m-%d"),
                device.hall,
                device.name
            )?;
        }
    }
    Ok(())
}

async fn revoke(loaded: &Loaded, named: &str, out: &mut (impl Write + Send)) -> Result<(), Failure> {
    let store = loaded.database.open().await?;
    let now = Timestamp::now().as_millisecond();
    let serial = named.to_ascii_lowercase();
    let mut found = false;
    for hall in &loaded.config.halls {
        for device in store.devices(&hall.id).await? {
            if device.serial != serial && device.name != named {
                continue;
            }
            found = true;
            if device.revoked_at.is_none() && store.revoke_device(&device.serial, now).await? {
                writeln!(out, "revoked {} ({})", device.serial, device.name)?;
            }
        }
    }
    if found {
        Ok(())
    } else {
        Err(Failure::NoDevice(named.to_owned()))
    }
}

/// Argon2id with 19 MiB, 2 passes, 1 lane (OWASP's first choice): about 40 ms on a small server.
fn hash_pin(out: &mut impl Write) -> Result<(), Failure> {
    let mut pin = zeroize::Zeroizing::new(String::new());
    io::stdin().take(PIN_BYTES_MAX as u64).read_to_string(&mut pin)?;
    let pin = pin.trim_end_matches(['\n', '\r']);
    if pin.chars().count() < PIN_CHARS_MIN {
        return Err(Failure::Pin);
    }
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(Failure::Random)?;
    let salt = SaltString::encode_b64(&salt).map_err(Failure::Hash)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default());
    let hash = argon.hash_password(pin.as_bytes(), &salt).map_err(Failure::Hash)?;
    Ok(writeln!(out, "{hash}")?)
}
