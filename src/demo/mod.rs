//! The demonstration: a whole hall on one command, with a window or without a display. Here kiosk and server meet.

pub mod crowd;
pub mod hall;
pub mod walk;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use iced::Size;

use crate::api::device::DeviceRole;
use crate::domain::hall::{QueueId, WindowId};
use crate::domain::priority::Class;
use crate::kiosk::config::KioskConfig;
use crate::kiosk::link::Line;
use crate::kiosk::program::Frame;
use crate::kiosk::start;
use hall::{DemoHall, PIN};

/// Somebody comes, and somebody is called, this often.
const PACE: Duration = Duration::from_secs(25);
/// Clerks of the demonstration and where they sit; windows 3 and the desk are left for whoever tries.
const POSTS: [(&str, &str); 5] = [
    ("1", "wang"),
    ("2", "li"),
    ("7", "chen"),
    ("12", "yang"),
    ("17", "zhao"),
];

/// `hall-kiosk demo`
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Open a window instead of filling the screen.
    #[arg(long)]
    pub windowed: bool,
    /// Size of the window, or of the pictures, e.g. 1080x1920.
    #[arg(long, value_parser = start::parse_size, default_value = "1080x1920")]
    pub size: (u32, u32),
    /// Where the hall's data lies.
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// Where devices connect; phones connect one port further. Port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,
    /// Walk the journeys off-screen and leave pictures and receipts.
    #[arg(long)]
    pub headless: bool,
    /// Where pictures and receipts go, with --headless or without a display.
    #[arg(long, default_value = "demo-out")]
    pub out: PathBuf,
}

/// Runs the demonstration.
///
/// # Errors
/// In words; also when a step of a journey failed.
pub fn run(arguments: &Arguments) -> Result<(), String> {
    let display = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|at| !at.is_empty()));
    if arguments.headless {
        return walk::run(&arguments.out, arguments.size);
    }
    if !display {
        say("No display found (neither DISPLAY nor WAYLAND_DISPLAY is set): walking the journeys off-screen.");
        return walk::run(&arguments.out, arguments.size);
    }
    show(arguments)
}

fn show(arguments: &Arguments) -> Result<(), String> {
    let hall = open(arguments)?;
    let terminal = hall.write_config("terminal-03", DeviceRole::Terminal, None, !arguments.windowed)?;
    let window = hall.write_config("window-3", DeviceRole::Window, Some(&WindowId::from("3")), false)?;
    let desk = hall.write_config("desk", DeviceRole::Window, Some(&WindowId::from("desk")), false)?;
    let board = hall.write_config("board", DeviceRole::Board, None, false)?;
    people(&hall)?;
    say(&format!(
        "The demonstration hall is open.\n\
         \x20 data      {data}\n\
         \x20 devices   {address}\n\
         \x20 phones    {phones}  (the QR code on each ticket opens its page)\n\
         \x20 window 3  hall-kiosk run --config {window}   (sign in as liu, PIN {PIN})\n\
         \x20 desk      hall-kiosk run --config {desk}   (sign in as volunteer, PIN {PIN})\n\
         \x20 board     hall-kiosk run --config {board}\n\
         The terminal opens now; close its window (Alt+F4) or press Ctrl+C here to end.",
        data = hall.dir().display(),
        address = hall.address(),
        phones = hall.public_url(),
        window = window.display(),
        desk = desk.display(),
        board = board.display(),
    ));
    let mut config = KioskConfig::load(&terminal).map_err(|errors| format!("{errors:?}"))?;
    config.display.size = arguments.size;
    config.name = "自助服务终端 03".to_owned();
    let client = hall.client("terminal-03", DeviceRole::Terminal, None)?;
    let identity = hall.identity("terminal-03", DeviceRole::Terminal, None)?;
    let (width, height) = arguments.size;
    let frame = Frame {
        fullscreen: !arguments.windowed,
        size: Size::new(width as f32, height as f32),
    };
    let devices = start::devices(&config, Line::new(client));
    start::open(start::settings(&config, &identity), devices, frame)
}

fn open(arguments: &Arguments) -> Result<DemoHall, String> {
    DemoHall::open(&arguments.data, arguments.listen).map_err(|error| {
        format!("the demonstration hall did not open: {error}\n(another one may be running; --listen 127.0.0.1:0 takes any free address)")
    })
}

/// People who wait, clerks who call, and time that goes on.
fn people(hall: &DemoHall) -> Result<(), String> {
    let terminal = hall.client("terminal-01", DeviceRole::Terminal, None)?;
    let mut posts = Vec::new();
    for (window, staff) in POSTS {
        let window = WindowId::from(window);
        let client = hall.client(&format!("window-{window}"), DeviceRole::Window, Some(&window))?;
        posts.push((
            client,
            crowd::Post {
                window,
                staff: staff.into(),
                pin: PIN.to_owned(),
            },
        ));
    }
    let queues: Vec<QueueId> = ["social", "civil", "certificate", "medical", "jobs", "veterans"]
        .into_iter()
        .map(QueueId::from)
        .collect();
    let arrivals: Vec<(QueueId, Class)> = (0..14)
        .map(|turn| {
            (
                queues[turn % queues.len()].clone(),
                if turn % 4 == 3 { Class::Elder70 } else { Class::Ordinary },
            )
        })
        .collect();
    let seeded = hall.runtime().block_on(async {
        crowd::arrive(&terminal, &arrivals).await?;
        let posts = crowd::open(&posts).await?;
        for (client, session) in &posts {
            crowd::begin(client, session).await?;
        }
        Ok::<_, crate::kiosk::link::LinkError>(posts)
    });
    let posts = seeded.map_err(|error| format!("nobody came to the demonstration hall: {error}"))?;
    hall.runtime().spawn(crowd::live(terminal, posts, queues, PACE));
    Ok(())
}

fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}
