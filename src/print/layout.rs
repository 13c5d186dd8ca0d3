//! What goes where on the slip, in millimetres from the paper's upper left corner, for whichever output draws it.
//!
//! Everything lies inside the margins, and every character in it has a picture in the font.

mod pen;
mod qr;

use fluent_bundle::FluentValue;
use jiff::tz::TimeZone;

pub use qr::Qr;

use crate::domain::priority::Class;
use crate::domain::receipt::TicketSlip;
use crate::i18n::{self, Lang};
use crate::print::font::Weight;
use pen::{Pen, Style};

/// The roll in the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Paper {
    #[default]
    Mm80,
    Mm58,
}

impl Paper {
    pub const ALL: [Self; 2] = [Self::Mm80, Self::Mm58];

    /// Width of the paper.
    pub fn width(self) -> f32 {
        match self {
            Self::Mm80 => 80.0,
            Self::Mm58 => 58.0,
        }
    }

    /// Blank at either side: what the print head does not reach.
    pub fn margin(self) -> f32 {
        match self {
            Self::Mm80 => 4.0,
            Self::Mm58 => 5.0,
        }
    }
}

/// A slip laid out.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The number, for the print queue's list.
    pub title: String,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    pub width: f32,
    pub height: f32,
    /// Filled black, below the texts.
    pub rects: Vec<Rect>,
    pub texts: Vec<Text>,
    /// None where the address does not fit a code.
    pub qr: Option<Qr>,
    /// Characters the font lacks, each once; the texts have a sign in their place.
    pub missing: Vec<char>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

/// A run of text on one line, in one weight and size.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Left end.
    pub x: f32,
    /// Baseline.
    pub y: f32,
    /// In points.
    pub size: f32,
    pub weight: Weight,
    pub ink: Ink,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Black,
    /// On a black rect.
    White,
}

/// Sizes in points, by paper.
struct Scale {
    hall: f32,
    queue: f32,
    number: f32,
    body: f32,
    small: f32,
}

impl Scale {
    fn of(paper: Paper) -> Self {
        match paper {
            Paper::Mm80 => Self {
                hall: 13.0,
                queue: 15.0,
                number: 68.0,
                body: 12.0,
                small: 10.0,
            },
            Paper::Mm58 => Self {
                hall: 11.0,
                queue: 13.0,
                number: 52.0,
                body: 10.5,
                small: 9.0,
            },
        }
    }
}

/// Lays `slip` out in the resident's language.
pub fn slip(slip: &TicketSlip, lang: Lang, paper: Paper) -> Layout {
    let words = |key: &str, name: &'static str, value: FluentValue<'static>| i18n::tr_with(lang, key, &[(name, value)]);
    let zone = TimeZone::get(&slip.time_zone).unwrap_or(TimeZone::UTC);
    let scale = Scale::of(paper);
    let (regular, bold) = (Style::new(Weight::Regular), Style::new(Weight::Bold));
    let mut pen = Pen::new(paper);

    pen.space(4.0);
    pen.lines(bold.size(scale.hall), slip.hall.get(lang.tag()));
    pen.space(2.5);
    pen.rule();
    pen.space(3.5);

    pen.lines(bold.size(scale.queue), slip.queue.get(lang.tag()));
    pen.space(1.0);
    pen.lines(regular.size(scale.small), &i18n::tr(lang, "paper-number"));
    pen.space(3.5);
    pen.headline(scale.number, &slip.number);
    pen.space(5.0);
    if slip.class != Class::Ordinary {
        let class = i18n::tr(lang, &format!("class-pill-{}", slip.class.code()));
        pen.band(bold.size(scale.body), &words("paper-class", "class", class.into()));
        pen.space(3.0);
    }

    let ahead = match slip.people_ahead {
        0 => i18n::tr(lang, "paper-none-ahead"),
        n => words("paper-ahead", "n", n.into()),
    };
    pen.lines(bold.size(scale.body), &ahead);
    pen.space(0.5);
    pen.lines(
        regular.size(scale.body),
        &words("paper-wait", "wait", i18n::wait(lang, slip.wait).into()),
    );
    pen.space(3.0);
    pen.rule();
    pen.space(3.0);

    let place = slip.zone.get(lang.tag()).to_owned();
    pen.lines(bold.size(scale.body), &words("paper-zone", "zone", place.into()));
    pen.lines(regular.size(scale.body), &i18n::tr(lang, "paper-listen"));

    if pen.qr(&slip.url) {
        pen.lines(regular.size(scale.small), &i18n::tr(lang, "paper-scan"));
    }
    pen.space(3.0);
    pen.rule();
    pen.space(2.5);
    let issued = format!(
        "{} {}",
        i18n::date(lang, slip.issued_at, &zone),
        i18n::clock(slip.issued_at, &zone)
    );
    let sentence = words("paper-issued", "at", issued.clone().into());
    if pen.fits(regular.size(scale.small), &sentence) {
        pen.lines(regular.size(scale.small), &sentence);
    } else {
        // The date stays whole.
        pen.lines(regular.size(scale.small), &words("paper-issued", "at", "".into()));
        pen.lines(regular.size(scale.small), &issued);
    }
    pen.space(1.0);
    pen.lines(regular.size(scale.small), &i18n::tr(lang, "paper-today"));
    pen.space(5.0);
    pen.finish(slip)
}
