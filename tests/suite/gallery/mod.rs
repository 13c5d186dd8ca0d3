//! The gallery as a test: every screen and state is there, and no text is clipped, cut or too small, in any mode,
//! language or size.

use std::collections::BTreeSet;

use hall_kiosk::kiosk::gallery::{self, Entry, presets};
use hall_kiosk::kiosk::stage::{Placed, Stage};
use hall_kiosk::kiosk::ui::Palette;
use iced::{Color, Size};

/// Rounding of a layout, in pixels.
const SLACK: f32 = 1.0;

fn size(entry: &Entry, times: f32) -> Size {
    Size::new(entry.size.0 as f32 * times, entry.size.1 as f32 * times)
}

/// What is wrong with how a text stands, if anything. `free` is the same text with all the room in the world.
fn fault(placed: &Placed, free: &Placed) -> Option<String> {
    if placed.text.trim().is_empty() {
        return None;
    }
    let (own, seen) = (placed.bounds, placed.visible);
    let outside = own.x + SLACK < seen.x
        || own.y + SLACK < seen.y
        || own.x + own.width > seen.x + seen.width + SLACK
        || own.y + own.height > seen.y + seen.height + SLACK;
    if outside {
        return Some(format!("leaves what is visible: {own:?} in {seen:?}"));
    }
    // A clipped text is lower than its lines: its height is no whole number of them.
    let lines = own.height / free.bounds.height.max(1.0);
    let whole = [1.0, 2.0, 3.0]
        .iter()
        .any(|of| ((lines * of).round() / of - lines).abs() * free.bounds.height <= SLACK);
    (lines < 0.3 || !whole).then(|| format!("is cut: {} px high where a line has {}", own.height, free.bounds.height))
}

#[test]
fn no_text_is_clipped_in_any_mode_language_or_size() {
    let mut faults = Vec::new();
    for entry in gallery::entries() {
        let app = presets::app(&entry);
        let placed = Stage::new(size(&entry, 1.0)).texts(&app);
        let free = Stage::new(size(&entry, 4.0)).texts(&app);
        assert!(!placed.is_empty(), "{entry:?} shows nothing");
        assert_eq!(placed.len(), free.len(), "{entry:?}");
        for (placed, free) in placed.iter().zip(&free) {
            if let Some(fault) = fault(placed, free) {
                faults.push(format!(
                    "{}: \u{201c}{}\u{201d} {fault}",
                    entry.file().display(),
                    placed.text
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_entry_is_a_picture_of_its_own() {
    let files: BTreeSet<_> = gallery::entries().iter().map(Entry::file).collect();
    assert_eq!(files.len(), gallery::entries().len());
}

#[test]
fn every_state_of_every_screen_has_an_entry() {
    // Held against the source: a new variant without a picture fails here.
    let expected = [
        (
            "src/kiosk/app/terminal.rs",
            "enum Screen",
            &["home", "choose-queue", "who-for", "issuing", "issued", "trouble"][..],
        ),
        (
            "src/kiosk/app/terminal.rs",
            "enum Overlay",
            &["idle", "help-sent", "help-failed"][..],
        ),
        (
            "src/kiosk/screen/issued.rs",
            "enum Paper",
            &["by-phone", "printing", "printed", "print-failed"][..],
        ),
        (
            "src/kiosk/screen/trouble.rs",
            "enum Reason",
            &["offline", "closed", "quota-gone", "range-ended", "other"][..],
        ),
    ];
    let known: BTreeSet<&str> = presets::STATES
        .iter()
        .flat_map(|(screen, state)| [*screen, *state])
        .collect();
    for (file, name, pictures) in expected {
        let source = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let body = source.split(name).nth(1).unwrap().split("\n}").next().unwrap();
        let variants = body
            .lines()
            .filter(|line| line.starts_with("    ") && line.trim_start().starts_with(|c: char| c.is_ascii_uppercase()))
            .count();
        assert_eq!(
            variants,
            pictures.len(),
            "{name} in {file} has another number of states than the gallery shows"
        );
        for picture in pictures {
            assert!(known.contains(picture), "{picture} of {name} has no entry");
        }
    }
}

#[test]
fn text_stands_out_from_its_ground() {
    for (name, p, least) in [
        ("light", Palette::LIGHT, 4.5),
        ("contrast", Palette::HIGH_CONTRAST, 7.0),
        ("board", Palette::BOARD, 4.5),
    ] {
        let pairs = [
            ("ink on ground", p.ink, p.ground),
            ("ink on surface", p.ink, p.surface),
            ("soft ink on ground", p.ink_soft, p.ground),
            ("soft ink on surface", p.ink_soft, p.surface),
            ("primary on surface", p.primary, p.surface),
            ("on primary", p.on_primary, p.primary),
            ("soft on primary", p.on_primary_soft, p.primary),
            ("primary on its soft ground", p.primary, p.primary_soft),
            ("accent on surface", p.accent, p.surface),
            ("on accent", p.on_accent, p.accent),
            ("ok on its soft ground", p.ok, p.ok_soft),
            ("warn on its soft ground", p.warn, p.warn_soft),
            ("danger on its soft ground", p.danger, p.danger_soft),
        ];
        for (what, ink, ground) in pairs {
            let contrast = contrast(ink, ground);
            assert!(contrast >= least, "{name}: {what} has a contrast of {contrast:.2}");
        }
    }
}

/// WCAG 2.2 contrast ratio.
fn contrast(a: Color, b: Color) -> f32 {
    let light = |color: Color| {
        let [r, g, b, _] = color.into_linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (light(a), light(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
