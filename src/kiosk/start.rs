//! From a configuration file to a running device.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use iced::Size;

use super::app::{Clock, Devices, Kind, Settings};
use super::config::{KioskConfig, PrinterDriver};
use super::link::Line;
use super::link::client::Client;
use super::link::identity::{self, Identity};
use super::program::{Frame, program};
use crate::api::device::DeviceRole;
use crate::device::speaker::{Speaker, SystemSpeaker};
use crate::domain::hall::WindowId;
use crate::i18n::Lang;
use crate::print::driver::Driver;
use crate::print::folder::Folder;
use crate::print::layout::Paper;

/// How often a device looks whether its certificate is due.
const RENEW_CHECK: Duration = Duration::from_secs(3_600);

/// Runs the device until its window is closed.
///
/// # Errors
/// In words for the technician.
pub fn run(config: &KioskConfig) -> Result<(), String> {
    let identity = Identity::load(&config.identity_dir).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            "this device was never enrolled: make a code with `hall-server enroll` and run `hall-kiosk enroll`"
                .to_owned()
        }
        _ => format!("{}: {error}", config.identity_dir.display()),
    })?;
    if identity.role != config.role {
        let (is, wanted) = (identity.role.code(), config.role.code());
        return Err(format!(
            "role: this device was enrolled as a {is}, the configuration says {wanted}"
        ));
    }
    let client = Client::new(&config.server, &identity)?;
    keep_certificate(client.clone(), identity.clone(), config.identity_dir.clone())?;
    let devices = devices(config, Line::new(client));
    open(settings(config, &identity), devices, frame(config))
}

/// Opens the window and runs the program in it.
///
/// # Errors
/// When there is no display to open it on.
pub fn open(settings: Settings, devices: Devices, frame: Frame) -> Result<(), String> {
    program(settings, devices, frame)
        .run()
        .map_err(|error| format!("the window cannot be opened: {error}"))
}

/// Enrols the device of `config` and keeps its identity.
///
/// # Errors
/// In words for the technician.
pub fn enroll(config: &KioskConfig, code: &str) -> Result<Identity, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let identity = runtime.block_on(identity::enroll(&config.server, code))?;
    if identity.role != config.role {
        let (is, wanted) = (identity.role.code(), config.role.code());
        return Err(format!("the code was made for a {is}, the configuration says {wanted}"));
    }
    identity
        .save(&config.identity_dir)
        .map_err(|error| format!("{}: {error}", config.identity_dir.display()))?;
    Ok(identity)
}

/// What the configuration and the identity tell the program.
pub fn settings(config: &KioskConfig, identity: &Identity) -> Settings {
    let kind = match identity.role {
        DeviceRole::Terminal => Kind::Terminal,
        DeviceRole::Window => Kind::Window(identity.window.clone().unwrap_or_else(|| WindowId::from(""))),
        DeviceRole::Board => Kind::Board,
    };
    let name = if config.name.is_empty() {
        identity.name.clone()
    } else {
        config.name.clone()
    };
    let (width, height) = config.display.size;
    Settings {
        kind,
        name,
        lang: Lang::parse(&config.language).unwrap_or_default(),
        high_contrast: config.display.high_contrast,
        diagonal_inches: config.display.diagonal_inches,
        size: Size::new(width as f32, height as f32),
        idle: config.idle,
        paper: if config.printer.paper_mm == 58 {
            Paper::Mm58
        } else {
            Paper::Mm80
        },
    }
}

/// The outside world the configuration names.
pub fn devices(config: &KioskConfig, line: Line) -> Devices {
    let printer = match (&config.printer.driver, &config.printer.folder) {
        (PrinterDriver::Folder, Some(folder)) => Some(Arc::new(Folder::new(folder)) as Arc<dyn Driver>),
        _ => None,
    };
    let speaker = config
        .sound
        .enabled
        .then(|| Arc::new(SystemSpeaker::start()) as Arc<dyn Speaker>);
    Devices {
        line: Some(line),
        printer,
        speaker,
        clock: Clock::System,
    }
}

pub fn frame(config: &KioskConfig) -> Frame {
    let (width, height) = config.display.size;
    Frame {
        fullscreen: config.display.fullscreen,
        size: Size::new(width as f32, height as f32),
    }
}

/// `1080x1920`
///
/// # Errors
/// What was expected.
pub fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let expected = || "expected WIDTHxHEIGHT in pixels, like 1080x1920, each from 320 to 7680".to_owned();
    let (width, height) = text.split_once(['x', 'X', '×']).ok_or_else(expected)?;
    let side = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|side| (320..=7680).contains(side))
            .ok_or_else(expected)
    };
    Ok((side(width)?, side(height)?))
}

/// Renews the certificate in the background, long before it ends.
fn keep_certificate(client: Client, mut identity: Identity, dir: PathBuf) -> Result<(), String> {
    let work = async move {
        loop {
            if identity.is_due(Clock::System.now_ms()) {
                match client.renew(&identity).await {
                    Ok(renewed) => {
                        if let Err(error) = renewed.save(&dir) {
                            tracing::error!(%error, "the renewed certificate was not kept");
                        }
                        identity = renewed;
                    }
                    Err(error) => tracing::warn!(code = error.code(), "the certificate was not renewed; trying again"),
                }
            }
            tokio::time::sleep(RENEW_CHECK).await;
        }
    };
    std::thread::Builder::new()
        .name("certificate".to_owned())
        .spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(work);
            }
        })
        .map_err(|error| error.to_string())?;
    Ok(())
}
