//! The fonts on paper: regular and bold of one family, parsed once a process.

use std::sync::LazyLock;

use ttf_parser::Face;

pub const REGULAR_BYTES: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Regular.ttf");
pub const BOLD_BYTES: &[u8] = include_bytes!("../../assets/fonts/NotoSansSC-Bold.ttf");

/// Millimetres in a point.
pub const MM_PER_PT: f32 = 25.4 / 72.0;
/// Height of a capital letter or digit, in ems.
pub const CAP_HEIGHT: f32 = 0.733;
/// From the baseline up to the top of a Chinese character's box, in ems.
pub const HAN_ASCENT: f32 = 0.88;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Weight {
    Regular,
    Bold,
}

static FACES: LazyLock<[Option<Face<'static>>; 2]> =
    LazyLock::new(|| [REGULAR_BYTES, BOLD_BYTES].map(|bytes| Face::parse(bytes, 0).ok()));

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    FACES[weight as usize].as_ref()
}

/// Whether the font has a picture of `c`.
pub fn covers(weight: Weight, c: char) -> bool {
    face(weight).is_some_and(|face| face.glyph_index(c).is_some())
}

/// Width of `text` in millimetres when set at `size` points.
pub fn width(weight: Weight, size: f32, text: &str) -> f32 {
    let Some(face) = face(weight) else { return 0.0 };
    let units: u32 = text
        .chars()
        .map(|c| {
            let glyph = face.glyph_index(c).unwrap_or_default();
            u32::from(face.glyph_hor_advance(glyph).unwrap_or_else(|| face.units_per_em()))
        })
        .sum();
    units as f32 / f32::from(face.units_per_em()) * size * MM_PER_PT
}
