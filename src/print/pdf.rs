//! A layout as a PDF of one page: the fonts embedded as subsets, the code as squares.

use std::sync::LazyLock;

use printpdf::{
    Color, CustomPdfConformance, FontId, Greyscale, LinePoint, Mm, OffsetDateTime, Op, ParsedFont, PdfConformance,
    PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Polygon, PolygonRing, Pt, TextItem,
    WindingOrder,
};

use super::font::{BOLD_BYTES, REGULAR_BYTES, Weight};
use super::layout::{Ink, Layout, Rect, Text};

/// Parsed once: the files are ten megabytes each.
static FONTS: LazyLock<[Option<ParsedFont>; 2]> =
    LazyLock::new(|| [REGULAR_BYTES, BOLD_BYTES].map(|bytes| ParsedFont::from_bytes(bytes, 0, &mut Vec::new())));

const WEIGHTS: [Weight; 2] = [Weight::Regular, Weight::Bold];

/// Parses the fonts, so that the first resident of the day does not wait for it.
pub fn warm_up() {
    LazyLock::force(&FONTS);
}

/// The document.
pub fn render(layout: &Layout) -> Vec<u8> {
    let mut document = PdfDocument::new(&layout.title);
    let info = &mut document.metadata.info;
    // It does not claim to be more than a plain document.
    info.conformance = PdfConformance::Custom(CustomPdfConformance::default());
    if let Ok(issued) = OffsetDateTime::from_unix_timestamp(layout.issued_at.div_euclid(1000)) {
        (info.creation_date, info.modification_date) = (issued, issued);
    }
    for weight in WEIGHTS {
        if let Some(font) = &FONTS[weight as usize] {
            document
                .resources
                .fonts
                .map
                .insert(font_id(weight), PdfFont::new(font.clone()));
        }
    }
    let mut ops = vec![fill(Ink::Black)];
    ops.extend(filled(&layout.rects, layout.height));
    if let Some(qr) = &layout.qr {
        ops.extend(filled(&qr.runs(), layout.height));
    }
    for text in &layout.texts {
        ops.extend(text_ops(text, layout.height));
    }
    let page = PdfPage::new(Mm(layout.width), Mm(layout.height), ops);
    document.pages.push(page);
    let mut warnings = Vec::new();
    let bytes = document.save(&PdfSaveOptions::default(), &mut warnings);
    for warning in &warnings {
        tracing::debug!(code = "print.pdf", severity = ?warning.severity, "{}", warning.msg);
    }
    bytes
}

/// Six capitals: they become the tag that marks a font in a document as a subset.
fn font_id(weight: Weight) -> FontId {
    FontId(match weight {
        Weight::Regular => "HALLRG".to_owned(),
        Weight::Bold => "HALLBD".to_owned(),
    })
}

fn fill(ink: Ink) -> Op {
    let percent = match ink {
        Ink::Black => 0.0,
        Ink::White => 1.0,
    };
    Op::SetFillColor {
        col: Color::Greyscale(Greyscale {
            percent,
            icc_profile: None,
        }),
    }
}

/// All rects as one path: filled one by one, a viewer that smooths edges leaves white hairlines between neighbours.
fn filled(rects: &[Rect], height: f32) -> Option<Op> {
    let ring = |rect: &Rect| {
        let (left, right) = (rect.x, rect.x + rect.width);
        let (top, bottom) = (height - rect.y, height - rect.y - rect.height);
        PolygonRing {
            points: [(left, bottom), (right, bottom), (right, top), (left, top)]
                .map(|(x, y)| LinePoint {
                    p: Point::new(Mm(x), Mm(y)),
                    bezier: false,
                })
                .to_vec(),
        }
    };
    (!rects.is_empty()).then(|| Op::DrawPolygon {
        polygon: Polygon {
            rings: rects.iter().map(ring).collect(),
            mode: printpdf::PaintMode::Fill,
            winding_order: WindingOrder::NonZero,
        },
    })
}

fn text_ops(text: &Text, height: f32) -> [Op; 6] {
    [
        fill(text.ink),
        Op::StartTextSection,
        Op::SetTextCursor {
            pos: Point::new(Mm(text.x), Mm(height - text.y)),
        },
        Op::SetFont {
            font: PdfFontHandle::External(font_id(text.weight)),
            size: Pt(text.size),
        },
        Op::ShowText {
            items: vec![TextItem::Text(text.text.clone())],
        },
        Op::EndTextSection,
    ]
}
