//! The release terminal beside `chromium --kiosk` on a static page, in one run under one Xvfb: time from start to the
//! first painted frame, memory (PSS of the whole process tree), CPU while idle. Prints figures and ratios.
//!
//! `cargo bench --bench beside_chromium`; needs Xvfb, ImageMagick's `import` and chromium.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use hall_kiosk::api::device::DeviceRole;
use hall_kiosk::demo::hall::DemoHall;

const ROUNDS: usize = 5;
/// After the first frame, before memory is read and idling is measured.
const SETTLE: Duration = Duration::from_secs(5);
const IDLE: Duration = Duration::from_secs(10);
const WAIT_MAX: Duration = Duration::from_secs(30);
/// Clock ticks a second in /proc/PID/stat, on every Linux.
const TICKS: f64 = 100.0;

fn main() {
    // `cargo test --benches` asks for a quick pass; there is nothing quick to do here.
    if std::env::args().any(|arg| arg == "--test") {
        return;
    }
    let display = Display::start();
    let dir = tempfile::tempdir().unwrap();
    let hall = DemoHall::open(&dir.path().join("hall"), "127.0.0.1:0".parse().unwrap()).unwrap();
    let config = hall
        .write_config("terminal-03", DeviceRole::Terminal, None, false)
        .unwrap();
    let page = dir.path().join("page.html");
    fs::write(
        &page,
        "<!doctype html><meta charset=utf-8><body style='background:#1553C0;color:#fff;font:80px sans-serif'>取号排队",
    )
    .unwrap();

    let terminal = || {
        Command::new(env!("CARGO_BIN_EXE_hall-kiosk"))
            .args(["run", "--config"])
            .arg(&config)
            .quiet(&display)
    };
    let profile = dir.path().join("profile");
    let chromium = || {
        let _ = fs::remove_dir_all(&profile);
        Command::new("chromium")
            .args([
                "--kiosk",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
            ])
            .args([
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1080,1920",
            ])
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg(format!("file://{}", page.display()))
            .quiet(&display)
    };

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(measure(&display, &terminal));
        theirs.push(measure(&display, &chromium));
    }
    println!(
        "{:<28}{:>12}{:>12}{:>10}",
        "median of 5", "terminal", "chromium", "ratio"
    );
    for (name, pick) in [
        (
            "first painted frame, ms",
            (|m: &Measure| m.frame_ms) as fn(&Measure) -> f64,
        ),
        ("PSS, MiB", |m| m.pss_mib),
        ("idle CPU, %", |m| m.idle_percent),
    ] {
        let (a, b) = (median(&ours, pick), median(&theirs, pick));
        println!("{name:<28}{a:>12.1}{b:>12.1}{:>10.3}", a / b);
    }
}

struct Measure {
    frame_ms: f64,
    pss_mib: f64,
    idle_percent: f64,
}

fn measure(display: &Display, start: &dyn Fn() -> Child) -> Measure {
    let empty = display.picture();
    let began = Instant::now();
    let mut child = start();
    while display.picture() == empty {
        assert!(began.elapsed() < WAIT_MAX, "nothing was painted");
        assert!(child.try_wait().unwrap().is_none(), "the program ended");
    }
    let frame_ms = began.elapsed().as_secs_f64() * 1000.0;
    sleep(SETTLE);
    let tree = tree(child.id());
    let pss_mib = tree.iter().map(|pid| pss_kib(*pid)).sum::<f64>() / 1024.0;
    let before: f64 = tree.iter().map(|pid| cpu_ticks(*pid)).sum();
    sleep(IDLE);
    let after: f64 = tree.iter().map(|pid| cpu_ticks(*pid)).sum();
    let idle_percent = (after - before) / TICKS / IDLE.as_secs_f64() * 100.0;
    for pid in tree.iter().rev() {
        let _ = Command::new("kill")
            .args(["-9", &pid.to_string()])
            .stderr(Stdio::null())
            .status();
    }
    child.wait().unwrap();
    while display.picture() != empty {
        sleep(Duration::from_millis(50));
    }
    Measure {
        frame_ms,
        pss_mib,
        idle_percent,
    }
}

fn median(all: &[Measure], pick: fn(&Measure) -> f64) -> f64 {
    let mut values: Vec<f64> = all.iter().map(pick).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The process and everything it started.
fn tree(root: u32) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = fs::read_dir(format!("/proc/{parent}/task"))
            .into_iter()
            .flatten()
            .flatten();
        for task in children {
            let list = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            found.extend(list.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        next += 1;
    }
    found
}

fn pss_kib(pid: u32) -> f64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    rollup
        .lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kib| kib.parse().ok())
        .unwrap_or(0.0)
}

fn cpu_ticks(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let at = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    at(11) + at(12)
}

/// An Xvfb of a portrait terminal's size.
struct Display {
    name: String,
    server: Child,
}

impl Display {
    fn start() -> Self {
        let name = format!(":{}", 700 + std::process::id() % 200);
        let server = Command::new("Xvfb")
            .args([name.as_str(), "-screen", "0", "1080x1920x24", "-nolisten", "tcp"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let socket = format!("/tmp/.X11-unix/X{}", &name[1..]);
        while !Path::new(&socket).exists() {
            sleep(Duration::from_millis(20));
        }
        Self { name, server }
    }

    /// The colour in a corner both programs paint: black as long as nothing is there.
    fn picture(&self) -> String {
        let output = Command::new("import")
            .args([
                "-display",
                &self.name,
                "-window",
                "root",
                "-crop",
                "1x1+40+1000",
                "txt:-",
            ])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

trait Quiet {
    fn quiet(&mut self, display: &Display) -> Child;
}

impl Quiet for Command {
    fn quiet(&mut self, display: &Display) -> Child {
        self.env("DISPLAY", &display.name)
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }
}
