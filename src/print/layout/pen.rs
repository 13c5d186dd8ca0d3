//! Puts one thing below the other, centred, and keeps account of the height.

use super::{Ink, Layout, Paper, Qr, Rect, Text};
use crate::domain::receipt::TicketSlip;
use crate::print::font::{self, CAP_HEIGHT, HAN_ASCENT, MM_PER_PT, Weight};
use crate::print::wrap;

/// Height of a line, in ems.
const LEADING: f32 = 1.4;
const RULE_MM: f32 = 0.25;
/// Stands for a character the font lacks: the mark printers have always set for a missing type.
const MISSING: char = '〓';

#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    weight: Weight,
    size: f32,
}

impl Style {
    pub(super) fn new(weight: Weight) -> Self {
        Self { weight, size: 10.0 }
    }

    pub(super) fn size(self, size: f32) -> Self {
        Self { size, ..self }
    }

    fn width(self, text: &str) -> f32 {
        font::width(self.weight, self.size, text)
    }
}

#[derive(Debug)]
pub(super) struct Pen {
    paper: Paper,
    y: f32,
    rects: Vec<Rect>,
    texts: Vec<Text>,
    qr: Option<Qr>,
    missing: Vec<char>,
}

impl Pen {
    pub(super) fn new(paper: Paper) -> Self {
        Self {
            paper,
            y: 0.0,
            rects: Vec::new(),
            texts: Vec::new(),
            qr: None,
            missing: Vec::new(),
        }
    }

    fn inner(&self) -> f32 {
        self.paper.width() - 2.0 * self.paper.margin()
    }

    pub(super) fn space(&mut self, mm: f32) {
        self.y += mm;
    }

    /// A line across the slip.
    pub(super) fn rule(&mut self) {
        self.rects.push(Rect {
            x: self.paper.margin(),
            y: self.y,
            width: self.inner(),
            height: RULE_MM,
        });
        self.y += RULE_MM;
    }

    /// Whether `text` fits on one line.
    pub(super) fn fits(&self, style: Style, text: &str) -> bool {
        style.width(text) <= self.inner()
    }

    /// `text` in as many lines as it takes.
    pub(super) fn lines(&mut self, style: Style, text: &str) {
        let text = self.printable(style.weight, text);
        for line in wrap::balanced(&text, self.inner(), |part| style.width(part)) {
            self.line(style, Ink::Black, line);
        }
    }

    /// White on black: what staff look for first.
    pub(super) fn band(&mut self, style: Style, text: &str) {
        let (side, above) = (3.0, 0.6);
        let text = self.printable(style.weight, text);
        let lines = wrap::balanced(&text, self.inner() - 2.0 * side, |part| style.width(part));
        let widest = lines.iter().map(|line| style.width(line)).fold(0.0, f32::max);
        let width = widest + 2.0 * side;
        let top = self.y;
        self.y += above;
        for line in lines {
            self.line(style, Ink::White, line);
        }
        self.y += above;
        self.rects.push(Rect {
            x: (self.paper.width() - width) / 2.0,
            y: top,
            width,
            height: self.y - top,
        });
    }

    /// One line of letters and digits as large as `size` and the paper allow.
    pub(super) fn headline(&mut self, size: f32, text: &str) {
        let text = self.printable(Weight::Bold, text);
        let style = Style::new(Weight::Bold).size(size);
        let width = style.width(&text);
        let style = style.size(size * (self.inner() / width.max(1.0)).min(1.0));
        self.y += CAP_HEIGHT * style.size * MM_PER_PT;
        let x = (self.paper.width() - style.width(&text)) / 2.0;
        self.put(style, Ink::Black, x, self.y, text);
    }

    /// The code with the quiet zone around it. False when `url` is too long for one.
    pub(super) fn qr(&mut self, url: &str) -> bool {
        let Some(qr) = Qr::new(url, self.paper, self.y) else {
            tracing::warn!(code = "print.qr", bytes = url.len(), "an address does not fit a code");
            return false;
        };
        self.y = qr.y + qr.size() + qr.quiet();
        self.qr = Some(qr);
        true
    }

    pub(super) fn finish(self, slip: &TicketSlip) -> Layout {
        if !self.missing.is_empty() {
            tracing::warn!(
                code = "print.glyph",
                characters = self.missing.len(),
                "the font lacks characters"
            );
        }
        Layout {
            title: slip.number.clone(),
            issued_at: slip.issued_at,
            width: self.paper.width(),
            height: self.y,
            rects: self.rects,
            texts: self.texts,
            qr: self.qr,
            missing: self.missing,
        }
    }

    fn line(&mut self, style: Style, ink: Ink, text: String) {
        let em = style.size * MM_PER_PT;
        let baseline = self.y + ((LEADING - 1.0) / 2.0 + HAN_ASCENT) * em;
        let x = (self.paper.width() - style.width(&text)) / 2.0;
        self.put(style, ink, x, baseline, text);
        self.y += LEADING * em;
    }

    fn put(&mut self, style: Style, ink: Ink, x: f32, y: f32, text: String) {
        self.texts.push(Text {
            x,
            y,
            size: style.size,
            weight: style.weight,
            ink,
            text,
        });
    }

    /// `text` in characters that can be drawn: spaces made one, invisible marks left out, and what the font lacks
    /// noted and replaced.
    fn printable(&mut self, weight: Weight, text: &str) -> String {
        let mut printable = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() {
                if !printable.is_empty() && !printable.ends_with(' ') {
                    printable.push(' ');
                }
            } else if c.is_control()
                || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
            {
            } else if font::covers(weight, c) {
                printable.push(c);
            } else {
                if !self.missing.contains(&c) {
                    self.missing.push(c);
                }
                printable.push(if font::covers(weight, MISSING) { MISSING } else { '?' });
            }
        }
        printable.truncate(printable.trim_end().len());
        printable
    }
}
