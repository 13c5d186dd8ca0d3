//! The technician's commands, as processes.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use hall_kiosk::api::device::EnrollCode;
use hall_kiosk::kiosk::link::HallLink as _;

use crate::common::ServerProcess;

fn hall_server(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hall-server"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_pin_is_hashed_with_its_own_salt_and_never_shown() {
    let [one, two] = ["97531\n", "97531\n"].map(|pin| text(&hall_server(&["hash-pin"], pin).stdout));
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
    assert_ne!(one, two);
    let short = hall_server(&["hash-pin"], "12\n");
    assert_eq!(short.status.code(), Some(2));
    assert!(short.stdout.is_empty() && text(&short.stderr).contains("at least 4"));
}

#[test]
fn a_device_is_enrolled_listed_and_revoked_while_the_server_runs() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let dir = tempfile::tempdir().unwrap();
        let mut server = ServerProcess::new(dir.path(), "sqlite:hall.db");
        server.start().await;
        let config = dir.path().join("hall-server.toml");
        let run = |arguments: &[&str]| {
            let all = [arguments, &["--config", config.to_str().unwrap()]].concat();
            hall_server(&all, "")
        };
        let code = run(&["enroll", "board-9", "--role", "board"]);
        assert!(EnrollCode::parse(&text(&code.stdout)).is_some(), "{code:?}");
        let wrong = run(&["enroll", "window-9", "--role", "window", "--window", "99"]);
        assert_eq!(wrong.status.code(), Some(2));
        assert!(text(&wrong.stderr).contains("no window `99`"), "{wrong:?}");

        let terminal = server.terminal("terminal-7").await;
        terminal.hall().await.unwrap();
        let listed = text(&run(&["devices"]).stdout);
        let line = listed.lines().find(|line| line.contains("terminal-7")).unwrap();
        assert!(line.contains("terminal") && line.contains("valid"), "{line}");
        let serial = line.split_whitespace().next().unwrap();
        assert!(run(&["revoke", serial]).status.success());
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(terminal.hall().await.unwrap_err().code(), "device.revoked");
        assert!(text(&run(&["devices"]).stdout).contains("revoked"));
        assert_eq!(run(&["revoke", "nobody"]).status.code(), Some(2));
    });
}
