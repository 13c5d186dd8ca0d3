//! Every word in every language: none missing, none that nobody says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hall_kiosk::i18n::Lang;

/// Keys put together at run time: what they begin with.
const BUILT: [&str; 8] = [
    "class-",
    "hold-",
    "pause-",
    "printer-",
    "problem-",
    "status-",
    "trouble-closed",
    "trouble-quota",
];

/// The keys of a language's words, with the places their words leave open.
fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut last = String::new();
    for line in lang.source().lines() {
        if line.starts_with(|c: char| c.is_ascii_lowercase()) {
            last = line.split('=').next().unwrap().trim().to_owned();
            assert!(!found.contains_key(&last), "{lang:?}: {last} stands there twice");
            found.insert(last.clone(), BTreeSet::new());
        }
        let places = line.split("$").skip(1).map(|after| {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            after[..end.unwrap_or(after.len())].to_owned()
        });
        if let Some(entry) = found.get_mut(&last) {
            entry.extend(places);
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_keys_and_leave_the_same_places_open() {
    let (zh, en) = (keys(Lang::ZhCn), keys(Lang::En));
    let only = |a: &BTreeMap<String, _>, b: &BTreeMap<String, _>| -> Vec<String> {
        a.keys().filter(|key| !b.contains_key(*key)).cloned().collect()
    };
    assert_eq!(only(&zh, &en), Vec::<String>::new(), "missing in English");
    assert_eq!(only(&en, &zh), Vec::<String>::new(), "missing in Chinese");
    for (key, places) in &zh {
        assert_eq!(places, &en[key], "{key}");
    }
}

#[test]
fn every_key_the_program_asks_for_has_words() {
    let (known, sources) = (keys(Lang::ZhCn), sources());
    let mut missing = BTreeSet::new();
    for call in ["tr(", "tr_n(", "tr_with(", "tr_pick(", "opens("] {
        for after in sources.split(call).skip(1) {
            // The words asked for are the literals before the call ends; a key is never longer than a line or two.
            let arguments = &after[..after.char_indices().nth(160).map_or(after.len(), |(at, _)| at)];
            let arguments = arguments.split(['(', ')', '[']).next().unwrap_or_default();
            for literal in arguments.split('"').skip(1).step_by(2) {
                let is_key = literal.starts_with(|c: char| c.is_ascii_lowercase())
                    && literal.contains('-')
                    && literal
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
                if is_key && Lang::parse(literal).is_none() && !known.contains_key(literal) {
                    missing.insert(literal.to_owned());
                }
            }
        }
    }
    assert!(missing.is_empty(), "no words for {missing:?}");
}

#[test]
fn no_words_are_written_that_nobody_says() {
    let sources = sources();
    let said: BTreeSet<&str> = sources.split('"').collect();
    let idle: Vec<String> = keys(Lang::ZhCn)
        .into_keys()
        .filter(|key| !said.contains(key.as_str()) && !BUILT.iter().any(|start| key.starts_with(start)))
        .collect();
    assert!(idle.is_empty(), "{idle:?}");
}

/// Every source file of the program, one after the other.
fn sources() -> String {
    let mut dirs = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut all = String::new();
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|ext| ext == "rs") {
                all.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    all
}
