//! Configuration files: every key documented, every mistake located.

use std::path::Path;
use std::process::Command;

use hall_kiosk::api::paths;
use hall_kiosk::server::config::{Loaded, load, load_hall};

fn repository(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The complaints about a configuration with `text`.
fn complaints(text: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("server.toml");
    std::fs::write(&file, text).unwrap();
    let errors = load(&file).unwrap_err();
    let prefix = format!("{}/", dir.path().display());
    errors
        .iter()
        .map(|error| error.to_string().replace(&prefix, ""))
        .collect()
}

#[test]
fn the_packaged_example_is_a_configuration() {
    let Loaded { config, data_dir, .. } = load(&repository("packaging/hall-server.toml")).unwrap();
    assert_eq!(config.halls.len(), 1);
    assert_eq!(data_dir, Path::new("/var/lib/hall-server"));
}

#[test]
fn the_packaged_example_shows_every_key() {
    let text = std::fs::read_to_string(repository("packaging/hall-server.toml")).unwrap();
    let loaded = load(&repository("packaging/hall-server.toml")).unwrap();
    let mut keys = vec![
        "listen",
        "names",
        "public_listen",
        "public_url",
        "public_certificate",
        "public_key",
        "database",
        "data_dir",
        "certificate_days",
        "log",
        "halls",
        "failures_max",
        "minutes",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect::<Vec<_>>();
    collect(&serde_json::to_value(&loaded.config.halls[0]).unwrap(), &mut keys);
    // What the configuration's own words about a wrong key list must be shown, too.
    let expected = complaints("nonsense = 1\n").remove(0);
    keys.extend(expected.split('`').skip(3).step_by(2).map(str::to_owned));
    for key in keys {
        let shown = text.lines().any(|line| {
            let line = line.trim_start_matches('#').trim_start();
            let table = line.starts_with('[') && line.trim_matches(['[', ']']).split('.').any(|part| part == key);
            table
                || line
                    .strip_prefix(&key)
                    .is_some_and(|rest| rest.trim_start().starts_with('='))
        });
        assert!(shown, "`{key}` is not in packaging/hall-server.toml");
    }
}

/// Names of all fields within `value` that are keys of the file; those of texts and of weekdays are data.
fn collect(value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            if fields.contains_key("zh-CN") || fields.contains_key("mon") {
                return;
            }
            for (key, value) in fields {
                keys.push(key.clone());
                collect(value, keys);
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, keys)),
        _ => {}
    }
}

#[test]
fn an_unknown_key_is_named_with_its_line_and_what_is_known() {
    let [error] = complaints("database = \"sqlite:x.db\"\nlissen = \"0.0.0.0:1\"\n")
        .try_into()
        .unwrap();
    assert!(error.starts_with("server.toml:2: "), "{error}");
    assert!(error.contains("`lissen`") && error.contains("`listen`"), "{error}");
}

#[test]
fn a_wrong_value_is_named_with_its_line_and_what_is_expected() {
    let text = "database = \"oracle:x\"\nlisten = \"0.0.0.0:8443\"\ncertificate_days = 0\nhalls = []\n";
    let errors = complaints(text);
    assert!(
        errors[0].starts_with("server.toml:1: database: expected \"sqlite:PATH\""),
        "{errors:?}"
    );
    assert!(
        errors[1].starts_with("server.toml:3: certificate_days: expected 1 to 825"),
        "{errors:?}"
    );
    assert!(
        errors[2].starts_with("server.toml:4: halls: expected at least one"),
        "{errors:?}"
    );
    let [error] = complaints("database = 7\n").try_into().unwrap();
    assert!(
        error.starts_with("server.toml:1: database: invalid type: integer"),
        "{error}"
    );
    let [error] = complaints("database = \"sqlite:x\"\nlisten = \"here\"\n")
        .try_into()
        .unwrap();
    assert!(error.starts_with("server.toml:2: listen: "), "{error}");
}

#[test]
fn a_public_address_without_encryption_stays_on_this_machine() {
    let text = format!(
        "database = \"sqlite:x\"\npublic_listen = \"0.0.0.0:80\"\nhalls = [{:?}]\n",
        repository("assets/demo/hall.toml")
    );
    let [error] = complaints(&text).try_into().unwrap();
    assert!(
        error.starts_with("server.toml:2: public_listen: expected a loopback address"),
        "{error}"
    );
}

#[test]
fn a_halls_mistake_is_found_in_its_own_file_at_its_own_entry() {
    let dir = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(repository("assets/demo/hall.toml")).unwrap();
    let wrong = text.replacen("prefix = \"L\"", "prefix = \"l\"", 1);
    let wrong = wrong.replacen("windows = [\"desk\"]", "windows = [\"dusk\"]", 1);
    let line = |part: &str| wrong.lines().position(|line| line.contains(part)).unwrap() + 1;
    std::fs::write(dir.path().join("hall.toml"), &wrong).unwrap();
    let errors = load_hall(&dir.path().join("hall.toml")).unwrap_err();
    let at: Vec<_> = errors.iter().map(|error| error.line).collect();
    assert_eq!(at, [Some(line("prefix = \"l\"")), Some(line("dusk"))], "{errors:?}");
    assert!(errors[0].message.contains("capital letters"), "{errors:?}");
    assert!(
        errors[1].message.contains("an existing window instead of `dusk`"),
        "{errors:?}"
    );
}

#[test]
fn the_demonstration_hall_is_as_large_as_promised() {
    let hall = load_hall(&repository("assets/demo/hall.toml")).unwrap();
    assert_eq!((hall.windows.len(), hall.zones.len()), (20, 5));
    assert_eq!(hall.windows.iter().filter(|window| window.desk).count(), 1);
    let midnight = "2026-11-21T16:00:01Z".parse().unwrap();
    for queue in &hall.queues {
        let opening = hall_kiosk::domain::calendar::opening(&hall, queue, midnight);
        assert!(
            matches!(opening, hall_kiosk::domain::calendar::Opening::Open { .. }),
            "{}",
            queue.id
        );
    }
}

fn hall_server(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_hall-server"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn check_says_ok_or_what_is_wrong() {
    let example = repository("packaging/hall-server.toml");
    let good = hall_server(&["check", "--config", example.to_str().unwrap()]);
    assert!(good.status.success() && good.stdout.ends_with(b"ok\n"), "{good:?}");
    let missing = hall_server(&["check", "--config", "/nowhere/server.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("/nowhere/server.toml: cannot be read"));
}

#[test]
fn the_openapi_document_has_every_path() {
    let document = hall_server(&["openapi"]);
    assert!(document.status.success());
    let document: serde_json::Value = serde_json::from_slice(&document.stdout).unwrap();
    let documented = document["paths"].as_object().unwrap();
    let all = [
        paths::HEALTH,
        paths::HALL,
        paths::STATE,
        paths::LIVE,
        paths::TICKETS,
        paths::TICKET,
        paths::TICKET_COMMANDS,
        paths::TICKET_PRINT,
        paths::WINDOW,
        paths::WINDOW_LIVE,
        paths::WINDOW_CALL_NEXT,
        paths::WINDOW_PAUSE,
        paths::WINDOW_OPEN,
        paths::SESSIONS,
        paths::SESSION,
        paths::HELP,
        paths::HELP_ANSWER,
        paths::ALERT_CLEAR,
        paths::CA,
        paths::ENROLL,
        paths::RENEW,
        paths::PAGE_TICKET,
        paths::PAGE_TICKET_LIVE,
        paths::PAGE_TICKET_MORE_TIME,
        paths::PAGE_TICKET_CANCEL,
    ];
    let source = std::fs::read_to_string(repository("src/api/paths.rs")).unwrap();
    let written = source.lines().filter(|line| line.contains(": &str = \"/")).count();
    assert_eq!(all.len(), written, "a path of paths.rs is not in this test's list");
    for path in all {
        assert!(documented.contains_key(path), "{path} is not documented");
    }
    for (path, methods) in documented {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(!responses.is_empty(), "{method} {path}");
        }
    }
}
