//! The house rules that no compiler checks: which room may open which door, how long a file may be, which licences
//! come in, and that the project speaks of itself alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest source file, in lines; a longer one has more than one reason to exist.
const LINES_MAX: usize = 700;

/// Rooms and the rooms each may import from. A room not named here may import nothing of the house.
const DOORS: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("api", &["api", "domain"]),
    ("catalog", &["catalog", "api", "domain"]),
    ("i18n", &["i18n", "domain"]),
    ("config", &["config"]),
    ("tls", &["tls"]),
    ("print", &["print", "domain", "i18n", "config"]),
    ("device", &["device"]),
    (
        "kiosk",
        &[
            "kiosk", "api", "catalog", "domain", "print", "device", "i18n", "config", "tls",
        ],
    ),
    (
        "server",
        &["server", "api", "catalog", "domain", "i18n", "config", "tls"],
    ),
    (
        "demo",
        &[
            "demo", "kiosk", "server", "api", "domain", "print", "device", "i18n", "config", "tls",
        ],
    ),
];

/// Inside the kiosk: `ui ← widget ← screen ← app`, and the link knows nothing of what is drawn.
const KIOSK_DOORS: &[(&str, &[&str])] = &[
    ("ui", &["ui"]),
    ("widget", &["widget", "ui"]),
    ("session", &["session"]),
    ("link", &["link"]),
];

#[test]
fn every_room_opens_only_its_own_doors() {
    let mut broken = Vec::new();
    for file in sources("src") {
        let Some(room) = room(&file, "src") else { continue };
        let Some((_, allowed)) = DOORS.iter().find(|(name, _)| *name == room) else {
            if !file.starts_with("src/bin") && file != Path::new("src/lib.rs") {
                broken.push(format!(
                    "{}: the room `{room}` has no doors in tests/suite/tidy.rs",
                    file.display()
                ));
            }
            continue;
        };
        for used in used_after(&read(&file), "crate::") {
            if !allowed.contains(&used.as_str()) {
                broken.push(format!("{}: {room} must not import {used}", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn inside_the_kiosk_nobody_calls_back_up() {
    let mut broken = Vec::new();
    for file in sources("src/kiosk") {
        let Some(room) = room(&file, "src/kiosk") else { continue };
        let text = read(&file);
        if let Some((_, allowed)) = KIOSK_DOORS.iter().find(|(name, _)| *name == room) {
            for used in used_after(&text, "crate::kiosk::") {
                if !allowed.contains(&used.as_str()) {
                    broken.push(format!("{}: {room} must not import {used}", file.display()));
                }
            }
        }
        if room == "screen" {
            for other in used_after(&text, "crate::kiosk::screen::") {
                let own = file.file_stem().is_some_and(|stem| stem == other.as_str());
                if !own && other.starts_with(|c: char| c.is_ascii_lowercase()) {
                    broken.push(format!("{}: screens never import screens ({other})", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn sql_lives_in_the_store_and_the_store_knows_no_http() {
    let mut broken = Vec::new();
    for file in sources("src") {
        let text = read(&file);
        let in_store = file.starts_with("src/server/store") || file == Path::new("src/server/store.rs");
        if in_store && text.contains("axum") {
            broken.push(format!("{}: axum inside the store", file.display()));
        }
        if !in_store && (text.contains("sqlx::query") || text.contains("SELECT ")) {
            broken.push(format!("{}: SQL outside the store", file.display()));
        }
        if file.starts_with("src/domain") {
            for word in [
                "Timestamp::now",
                "SystemTime",
                "Instant::now",
                "async fn",
                "std::fs",
                "tokio",
                "getrandom",
            ] {
                if text.contains(word) {
                    broken.push(format!("{}: {word} in the pure rules", file.display()));
                }
            }
        }
        if file.starts_with("src/kiosk/screen") && (text.contains("Color::from") || text.contains("color!(")) {
            broken.push(format!("{}: colours exist only in ui/", file.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let long: Vec<_> = ["src", "tests", "benches"]
        .iter()
        .flat_map(|dir| sources(dir))
        .map(|file| (read(&file).lines().count(), file))
        .filter(|(lines, _)| *lines > LINES_MAX)
        .map(|(lines, file)| format!("{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_source_file_says_why_it_exists() {
    let silent: Vec<_> = sources("src")
        .into_iter()
        .filter(|file| !read(file).starts_with("//!"))
        .map(|file| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no `//!` at the top of:\n{}", silent.join("\n"));
}

#[test]
fn nothing_is_left_undone_in_the_source() {
    let marks = [
        ["to", "do!("].concat(),
        ["unimpl", "emented!("].concat(),
        ["FIX", "ME"].concat(),
        ["TO", "DO"].concat(),
    ];
    let mut left = Vec::new();
    for file in sources("src") {
        for (number, line) in read(&file).lines().enumerate() {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                left.push(format!("{}:{}: {}", file.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn only_licences_we_may_ship_come_in() {
    const MAY: &[&str] = &[
        "MIT",
        "MIT-0",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "Zlib",
        "0BSD",
        "BSL-1.0",
        "Unicode-3.0",
        "Unlicense",
        "CC0-1.0",
        "OFL-1.1",
        "MPL-2.0",
        "CDLA-Permissive-2.0",
        "Ubuntu-font-1.0",
        "LicenseRef-UFL-1.0",
        "NCSA",
        "bzip2-1.0.6",
    ];
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--offline",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut refused = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        // One acceptable alternative is enough; every part of an AND must be acceptable.
        let fine = licence.split(" AND ").all(|all| {
            all.split(" OR ")
                .any(|one| MAY.contains(&one.trim_matches(|c| " ()".contains(c))))
        });
        if !fine {
            refused.insert(format!("{name}: {licence:?}"));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn the_top_level_shows_the_design() {
    let may = [
        "Cargo.toml",
        "Cargo.lock",
        "src",
        "assets",
        "locales",
        "packaging",
        "tests",
        "benches",
        "README.md",
        "ARCHITECTURE.md",
        "LICENSE",
        "CHANGELOG.md",
    ];
    let output = Command::new("git")
        .args(["ls-files"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let top: BTreeSet<_> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|path| path.split('/').next().map(str::to_owned))
        .filter(|name| !name.starts_with('.') && !may.contains(&name.as_str()))
        .collect();
    assert!(top.is_empty(), "not part of the house: {top:?}");
}

fn sources(dir: &str) -> Vec<PathBuf> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join(dir), &mut found);
    let mut found: Vec<_> = found
        .iter()
        .map(|path| path.strip_prefix(root).unwrap().to_owned())
        .collect();
    found.sort();
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The first folder or file below `base`: `src/kiosk/ui/theme.rs` is in the room `kiosk` of `src`.
fn room(file: &Path, base: &str) -> Option<String> {
    let first = file.strip_prefix(base).ok()?.components().next()?;
    Some(first.as_os_str().to_str()?.trim_end_matches(".rs").to_owned())
}

/// Every name that follows `prefix` in code, also in a braced list.
fn used_after(text: &str, prefix: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = true;
            for (index, letter) in list.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => start = true,
                    letter if start && !letter.is_whitespace() => {
                        names.insert(name(&list[index..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            names.insert(name(rest));
        }
    }
    names
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
