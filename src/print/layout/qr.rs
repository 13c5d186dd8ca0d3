//! The code as squares, a whole number of the print head's dots wide and on its grid: a thermal head that has to
//! round draws modules of two widths, and a worn phone camera gives up.

use std::fmt;

use qrcode::{Color, EcLevel, QrCode};

use super::{Paper, Rect};

/// Dots a millimetre of the heads in use (203 dpi).
const DOTS_PER_MM: f32 = 8.0;
/// Dots of a module: smaller than four is hard on phones, larger than eight is wasted.
const DOTS_MIN: usize = 4;
const DOTS_MAX: usize = 8;
/// Blank modules around a code, as its standard asks.
const QUIET: usize = 4;
/// Largest code with its quiet zone, in millimetres.
const SIDE_MAX: f32 = 42.0;

/// The code: black squares on white.
#[derive(Clone, PartialEq)]
pub struct Qr {
    /// Left edge of the squares, without the quiet zone.
    pub x: f32,
    /// Upper edge.
    pub y: f32,
    /// Side of a square.
    pub module: f32,
    /// Squares a side.
    pub modules: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of `url`, centred, its quiet zone beginning at `top`. None when it holds too much to be scanned.
    pub(super) fn new(url: &str, paper: Paper, top: f32) -> Option<Self> {
        let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
        let modules = code.width();
        let with_quiet = modules + 2 * QUIET;
        let room = (paper.width() - 2.0 * paper.margin()).min(SIDE_MAX);
        let dots = ((room * DOTS_PER_MM) as usize / with_quiet).min(DOTS_MAX);
        if dots < DOTS_MIN {
            return None;
        }
        let module = dots as f32 / DOTS_PER_MM;
        let on_grid = |mm: f32| (mm * DOTS_PER_MM).round() / DOTS_PER_MM;
        Some(Self {
            x: on_grid((paper.width() - modules as f32 * module) / 2.0),
            y: on_grid(top + QUIET as f32 * module),
            module,
            modules,
            dark: code
                .into_colors()
                .into_iter()
                .map(|color| color == Color::Dark)
                .collect(),
        })
    }

    /// Side of the code without its quiet zone.
    pub fn size(&self) -> f32 {
        self.modules as f32 * self.module
    }

    /// Width of the quiet zone on each side.
    pub fn quiet(&self) -> f32 {
        QUIET as f32 * self.module
    }

    /// The black squares, those side by side made one.
    pub fn runs(&self) -> Vec<Rect> {
        let mut runs = Vec::new();
        for (row, cells) in self.dark.chunks(self.modules).enumerate() {
            let mut column = 0;
            for cells in cells.chunk_by(|left, right| left == right) {
                if cells[0] {
                    runs.push(Rect {
                        x: self.x + column as f32 * self.module,
                        y: self.y + row as f32 * self.module,
                        width: cells.len() as f32 * self.module,
                        height: self.module,
                    });
                }
                column += cells.len();
            }
        }
        runs
    }
}

/// Without the squares: they are the phone page's token.
impl fmt::Debug for Qr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Qr")
            .field("modules", &self.modules)
            .finish_non_exhaustive()
    }
}
