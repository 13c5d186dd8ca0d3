//! Colours and physical sizes.
//!
//! Everything is designed on a portrait terminal of 1080×1920 pixels and 21.5 inches, 4 pixels a millimetre; [`Look::px`]
//! turns those design pixels into the pixels of the screen at hand, so that text keeps its millimetres.

use iced::{Color, Size, color};

/// Pixels a millimetre on the screen the design was drawn for.
const DESIGN_PX_PER_MM: f32 = 4.0;
const MM_PER_INCH: f32 = 25.4;

/// Colours by what they are for. Text on its ground has a contrast of at least 4.5 (7 in high contrast).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    pub ground: Color,
    pub surface: Color,
    pub ink: Color,
    pub ink_soft: Color,
    pub line: Color,
    pub primary: Color,
    pub on_primary: Color,
    /// Secondary text on the primary colour.
    pub on_primary_soft: Color,
    pub primary_soft: Color,
    pub accent: Color,
    pub on_accent: Color,
    pub ok: Color,
    pub ok_soft: Color,
    pub warn: Color,
    pub warn_soft: Color,
    pub danger: Color,
    pub danger_soft: Color,
    /// What covers the screen behind a question.
    pub veil: Color,
    /// Width of an edge in design pixels.
    pub edge: f32,
}

impl Palette {
    pub const LIGHT: Self = Self {
        ground: color!(0xF3F5F9),
        surface: color!(0xFFFFFF),
        ink: color!(0x14233B),
        ink_soft: color!(0x51607A),
        line: color!(0xD7DEE9),
        primary: color!(0x1553C0),
        on_primary: color!(0xFFFFFF),
        on_primary_soft: color!(0xDCE7FB),
        primary_soft: color!(0xE6EEFB),
        accent: color!(0xC2410C),
        on_accent: color!(0xFFFFFF),
        ok: color!(0x177245),
        ok_soft: color!(0xE3F4EA),
        warn: color!(0x8A5A00),
        warn_soft: color!(0xFFF3D6),
        danger: color!(0xB91C1C),
        danger_soft: color!(0xFDECEC),
        veil: Color {
            r: 0.08,
            g: 0.14,
            b: 0.23,
            a: 0.55,
        },
        edge: 2.0,
    };

    pub const HIGH_CONTRAST: Self = Self {
        ground: color!(0x000000),
        surface: color!(0x000000),
        ink: color!(0xFFFFFF),
        ink_soft: color!(0xFFFFFF),
        line: color!(0xFFFFFF),
        primary: color!(0xFFD54A),
        on_primary: color!(0x000000),
        on_primary_soft: color!(0x000000),
        primary_soft: color!(0x000000),
        accent: color!(0xFFD54A),
        on_accent: color!(0x000000),
        ok: color!(0xFFFFFF),
        ok_soft: color!(0x000000),
        warn: color!(0xFFD54A),
        warn_soft: color!(0x000000),
        danger: color!(0xFFD54A),
        danger_soft: color!(0x000000),
        veil: Color {
            r: 0.0,
            g: 0.0,
            b: 0.0,
            a: 0.85,
        },
        edge: 4.0,
    };

    /// The wall: night blue, the newest call in yellow.
    pub const BOARD: Self = Self {
        ground: color!(0x0B1B3A),
        surface: color!(0x13285A),
        ink: color!(0xFFFFFF),
        ink_soft: color!(0xA9BBE6),
        line: color!(0x29427E),
        primary: color!(0xFFD54A),
        on_primary: color!(0x0B1B3A),
        on_primary_soft: color!(0x0B1B3A),
        primary_soft: color!(0x13285A),
        accent: color!(0xFFD54A),
        on_accent: color!(0x0B1B3A),
        ok: color!(0x7FE0A3),
        ok_soft: color!(0x13285A),
        warn: color!(0xFFD54A),
        warn_soft: color!(0x13285A),
        danger: color!(0xFFD54A),
        danger_soft: color!(0x13285A),
        veil: Color {
            r: 0.0,
            g: 0.0,
            b: 0.0,
            a: 0.6,
        },
        edge: 2.0,
    };
}

/// Everything a view needs to know of the screen it is drawn on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub palette: Palette,
    /// Logical size of the screen in pixels.
    pub size: Size,
    /// Screen pixels for one design pixel.
    pub unit: f32,
    /// Large print.
    pub elder: bool,
}

impl Look {
    /// The look of a screen of `size` pixels and `diagonal` inches.
    pub fn new(palette: Palette, size: Size, diagonal: f32, elder: bool) -> Self {
        let px_per_mm = size.width.hypot(size.height) / (diagonal * MM_PER_INCH);
        Self {
            palette,
            size,
            unit: px_per_mm / DESIGN_PX_PER_MM,
            elder,
        }
    }

    /// The look of a console or a board: a picture of 1920×1080 that fills whatever it is shown on.
    pub fn fitted(palette: Palette, size: Size) -> Self {
        let unit = (size.width / 1920.0).min(size.height / 1080.0);
        Self {
            palette,
            size,
            unit,
            elder: false,
        }
    }

    /// Design pixels in screen pixels.
    pub fn px(&self, design: f32) -> f32 {
        design * self.unit
    }

    /// `standard` design pixels, `elder` in large print.
    pub fn pick(&self, standard: f32, elder: f32) -> f32 {
        self.px(if self.elder { elder } else { standard })
    }

    pub fn is_landscape(&self) -> bool {
        self.size.width > self.size.height
    }

    /// Millimetres of `px` screen pixels.
    pub fn mm(&self, px: f32) -> f32 {
        px / (self.unit * DESIGN_PX_PER_MM)
    }
}
