//! Every screen in every state it can be in, as pictures: how anyone reviews the look, and what the tests measure.
//!
//! A state is made by driving the real [`App`] with messages over fixed facts; nothing here draws.

use std::fs;
use std::path::{Path, PathBuf};

use iced::Size;
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

use super::stage::Stage;
use crate::i18n::Lang;

pub mod consoles;
pub mod presets;

/// How a screen is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    Standard,
    Elder,
    Contrast,
    ElderContrast,
}

impl Mode {
    pub const ALL: [Self; 4] = [Self::Standard, Self::Elder, Self::Contrast, Self::ElderContrast];

    pub fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elder => "elder",
            Self::Contrast => "contrast",
            Self::ElderContrast => "elder-contrast",
        }
    }

    pub fn elder(self) -> bool {
        matches!(self, Self::Elder | Self::ElderContrast)
    }

    pub fn contrast(self) -> bool {
        matches!(self, Self::Contrast | Self::ElderContrast)
    }
}

/// One picture: which screen, in which state, seen how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub screen: &'static str,
    pub state: &'static str,
    pub mode: Mode,
    pub lang: Lang,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

impl Entry {
    /// `home/open--elder--zh-CN--1080x1920.png`
    pub fn file(&self) -> PathBuf {
        let (width, height) = self.size;
        let name = format!(
            "{}--{}--{}--{width}x{height}.png",
            self.state,
            self.mode.code(),
            self.lang.tag()
        );
        Path::new(self.screen).join(name)
    }

    fn size(&self) -> Size {
        Size::new(self.size.0 as f32, self.size.1 as f32)
    }
}

/// Which entries are wanted; none means all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub screen: Option<String>,
    pub mode: Option<String>,
    pub lang: Option<String>,
    pub size: Option<(u32, u32)>,
}

impl Filter {
    pub fn fits(&self, entry: &Entry) -> bool {
        self.screen.as_deref().is_none_or(|screen| screen == entry.screen)
            && self.mode.as_deref().is_none_or(|mode| mode == entry.mode.code())
            && self.lang.as_deref().is_none_or(|lang| lang == entry.lang.tag())
            && self.size.is_none_or(|size| size == entry.size)
    }
}

/// Every picture there is.
pub fn entries() -> Vec<Entry> {
    let mut all = Vec::new();
    for (screen, state) in presets::STATES {
        let resident = presets::is_residents(screen);
        let sizes: &[(u32, u32)] = if resident {
            &presets::TERMINAL_SIZES
        } else {
            &presets::WALL_SIZES
        };
        let modes: &[Mode] = if resident { &Mode::ALL } else { &[Mode::Standard] };
        for mode in modes {
            for lang in Lang::ALL {
                for size in sizes {
                    all.push(Entry {
                        screen,
                        state,
                        mode: *mode,
                        lang,
                        size: *size,
                    });
                }
            }
        }
    }
    all
}

/// Renders the entries that fit into `out` and returns the files, in order.
///
/// # Errors
/// What the disk or the encoder says.
pub fn render(out: &Path, filter: &Filter) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries().into_iter().filter(|entry| filter.fits(entry)) {
        let file = out.join(entry.file());
        if let Some(dir) = file.parent() {
            fs::create_dir_all(dir)?;
        }
        let app = presets::app(&entry);
        let rgba = Stage::new(entry.size()).picture(&app);
        save(&file, entry.size, &rgba)?;
        files.push(file);
    }
    Ok(files)
}

/// Writes a picture as PNG.
///
/// # Errors
/// What the disk or the encoder says.
pub fn save(file: &Path, (width, height): (u32, u32), rgba: &[u8]) -> std::io::Result<()> {
    let out = std::io::BufWriter::new(fs::File::create(file)?);
    PngEncoder::new(out)
        .write_image(rgba, width, height, ExtendedColorType::Rgba8)
        .map_err(std::io::Error::other)
}
