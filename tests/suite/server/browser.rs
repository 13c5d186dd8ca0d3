//! A real browser for the phone page: headless Chromium, spoken to over its debugging pipe.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

const CHROMIUM: &str = "chromium";
/// How long the browser may take for one answer, or the page to say something.
const PATIENCE: Duration = Duration::from_secs(30);

/// One page in one browser; gone when dropped.
pub(crate) struct Browser {
    child: Child,
    commands: File,
    answers: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A phone's browser, 390 × 844. None when Chromium is not installed, which only a developer's machine may lack.
    pub(crate) fn open() -> Option<Self> {
        if Command::new(CHROMIUM).arg("--version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "{CHROMIUM} is not installed");
            println!("notice: {CHROMIUM} is not installed; the phone page was not seen by a browser");
            return None;
        }
        let profile = tempfile::tempdir().unwrap();
        let (to, from) = (profile.path().join("to"), profile.path().join("from"));
        assert!(Command::new("mkfifo").args([&to, &from]).status().unwrap().success());
        // The browser reads commands from descriptor 3 and answers on 4.
        let script = r#"exec "$0" --headless --no-sandbox --disable-gpu --no-first-run \
            --disable-background-networking --ignore-certificate-errors --hide-scrollbars --lang=zh-CN \
            --user-data-dir="$3" --remote-debugging-pipe 3<"$1" 4>"$2""#;
        let child = Command::new("sh")
            .args(["-c", script, CHROMIUM])
            .args([&to, &from, &profile.path().join("profile")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let commands = File::options().write(true).open(&to).unwrap();
        let replies = File::open(&from).unwrap();
        let (told, answers) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(replies).split(0) {
                let Ok(message) = message else { return };
                if told.send(serde_json::from_slice(&message).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut browser = Self {
            child,
            commands,
            answers,
            session: None,
            last_id: 0,
            _profile: profile,
        };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", attach);
        browser.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        let screen = json!({ "width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": true });
        browser.ask("Emulation.setDeviceMetricsOverride", screen);
        let headers = json!({ "headers": { "Accept-Language": "zh-CN,zh;q=0.9" } });
        browser.ask("Network.enable", json!({}));
        browser.ask("Network.setExtraHTTPHeaders", headers);
        Some(browser)
    }

    pub(crate) fn script(&mut self, on: bool) {
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !on }));
    }

    pub(crate) fn go(&mut self, url: &str) {
        let answer = self.ask("Page.navigate", json!({ "url": url }));
        assert!(answer.get("errorText").is_none(), "{answer}");
    }

    /// What a JavaScript expression gives; also where the page's own scripts are off.
    pub(crate) fn value(&mut self, expression: &str) -> Value {
        let ask = json!({ "expression": expression, "returnByValue": true });
        self.ask("Runtime.evaluate", ask)["result"]["value"].clone()
    }

    /// Waits until the page shows `words`, and returns all it shows.
    pub(crate) fn shows(&mut self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let seen = self.value("document.body ? document.body.innerText : ''");
            let seen = seen.as_str().unwrap_or_default().to_owned();
            if seen.contains(words) {
                return seen;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "the page does not show `{words}` but:\n{seen}"
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Touches the first thing `selector` finds, where it is on the screen.
    pub(crate) fn touch(&mut self, selector: &str) {
        let place = format!(
            "(() => {{ const e = document.querySelector({selector:?}); e.scrollIntoView({{ block: 'center' }}); \
             const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2, b.height]; }})()"
        );
        let place = self.value(&place);
        assert!(
            place[2].as_f64().unwrap() >= 44.0,
            "{selector} is too small for a finger: {place}"
        );
        for kind in ["mousePressed", "mouseReleased"] {
            let touch = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", touch);
        }
    }

    pub(crate) fn picture(&mut self, file: &Path) {
        let answer = self.ask("Page.captureScreenshot", json!({ "format": "png" }));
        let data = answer["data"].as_str().unwrap();
        let png = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
        std::fs::write(file, png).unwrap();
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.commands, "{message}\0").unwrap();
        loop {
            let answer = self
                .answers
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|_| panic!("no answer to {method}"));
            if answer["id"] == self.last_id {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
