//! One device's configuration file, see packaging/hall-kiosk.toml.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::api::device::DeviceRole;
use crate::config::{self, ConfigError};

/// Everything a device is told. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KioskConfig {
    pub role: DeviceRole,
    /// `https://host:port` of the hall server's device address.
    pub server: String,
    pub identity_dir: PathBuf,
    /// What the screen calls this device.
    #[serde(default)]
    pub name: String,
    /// Language at the start of a visit: `zh-CN` or `en`.
    #[serde(default = "chinese")]
    pub language: String,
    #[serde(default)]
    pub display: Display,
    #[serde(default)]
    pub idle: Idle,
    #[serde(default)]
    pub printer: Printer,
    #[serde(default)]
    pub sound: Sound,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Display {
    pub fullscreen: bool,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Diagonal of the visible picture, in inches.
    pub diagonal_inches: f32,
    pub high_contrast: bool,
}

impl Default for Display {
    fn default() -> Self {
        Self {
            fullscreen: true,
            size: (1080, 1920),
            diagonal_inches: 21.5,
            high_contrast: false,
        }
    }
}

/// Times without a touch, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Idle {
    pub standard_seconds: u32,
    pub elder_seconds: u32,
    pub issued_seconds: u32,
}

impl Default for Idle {
    fn default() -> Self {
        Self {
            standard_seconds: 60,
            elder_seconds: 120,
            issued_seconds: 15,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Printer {
    pub driver: PrinterDriver,
    /// Needed by [`PrinterDriver::Folder`].
    pub folder: Option<PathBuf>,
    /// 80 or 58.
    pub paper_mm: u32,
}

impl Default for Printer {
    fn default() -> Self {
        Self {
            driver: PrinterDriver::None,
            folder: None,
            paper_mm: 80,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrinterDriver {
    /// Numbers go by QR code only.
    None,
    /// One PDF a ticket, into a folder.
    Folder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    pub enabled: bool,
}

impl Default for Sound {
    fn default() -> Self {
        Self { enabled: true }
    }
}

impl KioskConfig {
    /// Reads and checks `file`.
    ///
    /// # Errors
    /// Everything that does not fit, with the line it stands on.
    pub fn load(file: &Path) -> Result<Self, Vec<ConfigError>> {
        let text = config::read(file).map_err(|error| vec![error])?;
        let read: Self = config::parse(file, &text).map_err(|error| vec![error])?;
        let problems: Vec<_> = read
            .problems()
            .into_iter()
            .map(|(at, expected)| ConfigError::at(file, &text, at, format!("{at}: expected {expected}")))
            .collect();
        if problems.is_empty() { Ok(read) } else { Err(problems) }
    }

    fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        let mut need = |fits: bool, at, expected: &str| {
            if !fits {
                found.push((at, expected.to_owned()));
            }
        };
        need(
            self.server.starts_with("https://"),
            "server",
            "an address that begins with https://",
        );
        need(
            matches!(self.language.as_str(), "zh-CN" | "en"),
            "language",
            "\"zh-CN\" or \"en\"",
        );
        let (width, height) = self.display.size;
        need(
            (320..=7680).contains(&width) && (320..=7680).contains(&height),
            "display.size",
            "[width, height] in pixels, 320 to 7680",
        );
        need(
            (5.0..=120.0).contains(&self.display.diagonal_inches),
            "display.diagonal_inches",
            "5 to 120 inches",
        );
        need(
            (15..=3600).contains(&self.idle.standard_seconds),
            "idle.standard_seconds",
            "15 to 3600 seconds",
        );
        need(
            (15..=3600).contains(&self.idle.elder_seconds),
            "idle.elder_seconds",
            "15 to 3600 seconds",
        );
        need(
            (5..=120).contains(&self.idle.issued_seconds),
            "idle.issued_seconds",
            "5 to 120 seconds",
        );
        need(matches!(self.printer.paper_mm, 58 | 80), "printer.paper_mm", "80 or 58");
        let folder = self.printer.driver != PrinterDriver::Folder || self.printer.folder.is_some();
        need(folder, "printer", "printer.folder beside driver = \"folder\"");
        found
    }
}

fn chinese() -> String {
    "zh-CN".to_owned()
}
