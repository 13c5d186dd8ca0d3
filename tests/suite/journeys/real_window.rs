//! The demonstration in a real window, clicked through as a resident would. Where there is no X server to be had the
//! test says so and passes, except under `CI=true`.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hall_kiosk::kiosk::app::Clock;
use hall_kiosk::kiosk::link::Line;
use iced::Point;

use super::{Person, Place};

const SIZE: (u32, u32) = (720, 1280);
/// The hall is open, seeded, and in its window.
const OPEN_MAX: Duration = Duration::from_secs(60);
const PAPER_MAX: Duration = Duration::from_secs(20);
/// Between two touches of somebody who reads.
const READING: Duration = Duration::from_millis(1_500);

/// A program that ends with the test.
struct Guarded(Child);

impl Guarded {
    fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A screen with a window manager, both gone when dropped; the manager first.
struct Display {
    name: String,
    _manager: Guarded,
    _server: Guarded,
}

impl Display {
    fn open() -> Self {
        let mut server = Guarded::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1400x1400x24", "-nolisten", "tcp"])
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut number = String::new();
        let out = server.0.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        let manager = Guarded::start(
            Command::new("openbox")
                .env("DISPLAY", &name)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        );
        Self {
            name,
            _manager: manager,
            _server: server,
        }
    }

    /// What `xdotool` says, or nothing when it fails.
    fn tool(&self, arguments: &[&str]) -> Option<String> {
        let output = Command::new("xdotool")
            .args(arguments)
            .env("DISPLAY", &self.name)
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }

    fn click(&self, window: &str, at: Point) {
        let (x, y) = (at.x.round().to_string(), at.y.round().to_string());
        self.tool(&["mousemove", "--window", window, &x, &y]).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        self.tool(&["click", "1"]).unwrap();
    }
}

fn tools_are_here() -> bool {
    let missing: Vec<_> = [("Xvfb", "-help"), ("openbox", "--version"), ("xdotool", "version")]
        .into_iter()
        .filter(|(tool, asks)| Command::new(tool).arg(asks).output().is_err())
        .map(|(tool, _)| tool)
        .collect();
    if missing.is_empty() {
        return true;
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "not installed: {missing:?}");
    println!("notice: {missing:?} not installed; the program was not seen in a real window");
    false
}

/// Where somebody touches to take a number, found on an unseen screen of the same size.
fn touches() -> [Point; 3] {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::open(dir.path());
    let mut person = Person::at(Line::new(place.client.clone()), None, Clock::System, SIZE);
    let tile = person.finds("取号排队");
    person.running.touch(tile);
    person.sees("您要办哪一类事？");
    let queue = person.finds("社会保障");
    person.running.touch(queue);
    person.sees("这次是给谁办？");
    [tile, queue, person.finds("取号")]
}

fn receipts(data: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(data.join("receipts"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    found.sort();
    found
}

/// Asks again and again.
fn wait_for<T>(patience: Duration, what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < patience, "{what}: not within {patience:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_resident_takes_a_number_in_a_real_window() {
    if !tools_are_here() {
        return;
    }
    let touches = touches();
    let data = tempfile::tempdir().unwrap();
    let display = Display::open();
    let (width, height) = SIZE;
    let mut demo = Guarded::start(
        Command::new(env!("CARGO_BIN_EXE_hall-kiosk"))
            .args(["demo", "--windowed", "--listen", "127.0.0.1:0"])
            .args(["--size", &format!("{width}x{height}"), "--data"])
            .arg(data.path())
            .env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .stdout(Stdio::null()),
    );
    // The title is the hall's name from the moment the first screen is there.
    let window = wait_for(OPEN_MAX, "the window", || {
        assert!(demo.0.try_wait().unwrap().is_none(), "the demonstration ended");
        // The search itself reads the old Latin-1 title, which has no room for the name.
        let found = display.tool(&["search", "--name", "."])?;
        let named = |id: &&str| {
            let title = display.tool(&["getwindowname", id]);
            title.is_some_and(|title| title.contains("示范街道"))
        };
        found.lines().find(named).map(str::to_owned)
    });
    let geometry = display.tool(&["getwindowgeometry", "--shell", &window]).unwrap();
    let expected = [format!("WIDTH={width}"), format!("HEIGHT={height}")];
    assert!(
        expected.iter().all(|side| geometry.lines().any(|line| line == side)),
        "{geometry}"
    );

    for at in touches {
        std::thread::sleep(READING);
        assert_eq!(receipts(data.path()), Vec::<PathBuf>::new());
        display.click(&window, at);
    }
    let receipt = wait_for(PAPER_MAX, "the receipt", || receipts(data.path()).pop());
    assert!(demo.0.try_wait().unwrap().is_none(), "the demonstration ended");
    assert!(std::fs::read(&receipt).unwrap().starts_with(b"%PDF"));
    let name = receipt.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.contains('B'), "social insurance has the letter B: {name}");
    assert_eq!(receipts(data.path()).len(), 1);
}
