//! The journeys, walked off-screen: the same program, the same renderer, the same server, nobody watching.
//!
//! Every step says what must be on the screen before it counts; pictures, receipts and a summary stay behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use iced::{Point, Size};
use serde::Serialize;

use super::hall::{DemoHall, PIN};
use super::{crowd, say};
use crate::api::device::DeviceRole;
use crate::domain::hall::{QueueId, WindowId};
use crate::domain::priority::Class;
use crate::i18n::Lang;
use crate::kiosk::app::{Clock, Devices, Kind, Settings};
use crate::kiosk::config::Idle;
use crate::kiosk::gallery;
use crate::kiosk::link::Line;
use crate::kiosk::stage::{Placed, Running};
use crate::print::driver::{Driver, PrinterState};
use crate::print::folder::Folder;
use crate::print::layout::Paper;
use crate::print::simulator::Simulator;

/// How long a step may take to show what it should.
const STEP_MAX: Duration = Duration::from_secs(20);
/// From a label's corner into the field below it, in pixels.
const FIELD_OFFSET: f32 = 28.0;
/// Console and board.
const WIDE: (u32, u32) = (1920, 1080);

/// Walks every journey and leaves its traces in `out`.
///
/// # Errors
/// Which step failed and what was on the screen instead; the pictures up to it are there.
pub fn run(out: &Path, size: (u32, u32)) -> Result<(), String> {
    let disk = |error: std::io::Error| format!("{}: {error}", out.display());
    for old in ["journeys", "receipts"] {
        match fs::remove_dir_all(out.join(old)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(disk(error)),
            _ => {}
        }
    }
    fs::create_dir_all(out.join("receipts")).map_err(disk)?;
    let data = out.join("hall");
    let _ = fs::remove_dir_all(&data);
    let mut walk = Walk {
        out: out.to_owned(),
        size,
        hall: DemoHall::open(&data, ([127, 0, 0, 1], 0).into())?,
        summary: Summary::default(),
    };
    let outcome = walk.journeys();
    walk.summary.passed = outcome.is_ok();
    let text = serde_json::to_string_pretty(&walk.summary).map_err(|error| error.to_string())?;
    fs::write(out.join("summary.json"), text).map_err(disk)?;
    say(&format!(
        "{} journeys, {} tickets: pictures in {}, receipts in {}, summary in {}",
        walk.summary.journeys.len(),
        walk.summary.tickets.len(),
        out.join("journeys").display(),
        out.join("receipts").display(),
        out.join("summary.json").display(),
    ));
    outcome
}

/// What was issued and what was left behind.
#[derive(Debug, Default, Serialize)]
struct Summary {
    passed: bool,
    journeys: Vec<Journey>,
    tickets: Vec<IssuedTicket>,
}

#[derive(Debug, Serialize)]
struct Journey {
    name: String,
    /// Below the output folder, in the order walked.
    files: Vec<PathBuf>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct IssuedTicket {
    journey: String,
    number: String,
    queue: QueueId,
    people_ahead: u32,
    /// What the QR code on screen and paper holds.
    qr: String,
    /// Below the output folder; none when no paper was printed.
    receipt: Option<PathBuf>,
}

struct Walk {
    out: PathBuf,
    size: (u32, u32),
    hall: DemoHall,
    summary: Summary,
}

impl Walk {
    fn journeys(&mut self) -> Result<(), String> {
        let terminal = self.hall.client("terminal-01", DeviceRole::Terminal, None)?;
        let window = WindowId::from("1");
        let clerk = self.hall.client("window-1", DeviceRole::Window, Some(&window))?;
        let post = crowd::Post {
            window,
            staff: "wang".into(),
            pin: PIN.to_owned(),
        };
        let arrivals: Vec<(QueueId, Class)> = [
            "social",
            "civil",
            "social",
            "medical",
            "certificate",
            "social",
            "jobs",
            "social",
        ]
        .into_iter()
        .enumerate()
        .map(|(turn, queue)| (queue.into(), if turn == 5 { Class::Elder70 } else { Class::Ordinary }))
        .collect();
        let session = self
            .hall
            .runtime()
            .block_on(async {
                crowd::arrive(&terminal, &arrivals).await?;
                let posts = crowd::open(&[(clerk.clone(), post)]).await?;
                let session = posts.into_iter().next().map(|(_, session)| session);
                if let Some(session) = &session {
                    crowd::begin(&clerk, session).await?;
                }
                Ok::<_, crate::kiosk::link::LinkError>(session)
            })
            .map_err(|error| format!("nobody came to the demonstration hall: {error}"))?;
        drop(session);

        self.take_a_number()?;
        self.large_print()?;
        self.in_english()?;
        self.straight_to_a_queue()?;
        self.out_of_paper()?;
        self.paper_fails()?;
        self.help()?;
        self.called_by_a_clerk()?;
        self.server_gone()
    }

    fn take_a_number(&mut self) -> Result<(), String> {
        let printer = self.folder();
        self.journey("take-a-number", Some(printer), |person| {
            person.sees("home", "取号排队")?;
            person.touches("取号排队")?;
            person.sees("choose-queue", "您要办哪一类事？")?;
            person.touches("社会保障")?;
            person.sees("who-for", "这次是给谁办？")?;
            person.touches("取号")?;
            person.sees("issued", "取号成功，请取走小票")
        })
    }

    fn large_print(&mut self) -> Result<(), String> {
        let printer = self.folder();
        self.journey("large-print", Some(printer), |person| {
            person.sees("home", "大字版")?;
            person.touches("大字版")?;
            person.sees("home-elder", "取个号")?;
            person.touches("取个号")?;
            person.sees("choose-queue", "民政救助")?;
            person.touches("民政救助")?;
            person.sees("who-for", "70 岁以上")?;
            person.touches("70 岁以上")?;
            person.sees("who-for-elder", "70 岁以上")?;
            person.touches("取号")?;
            person.sees("issued", "取号成功，请取走小票")
        })
    }

    fn in_english(&mut self) -> Result<(), String> {
        let printer = self.folder();
        self.journey("in-english", Some(printer), |person| {
            person.sees("home", "English")?;
            person.touches("English")?;
            person.sees("home-english", "Take a number")?;
            person.touches("Take a number")?;
            person.sees("choose-queue", "What is it about?")?;
            person.touches("Certificates")?;
            person.sees("who-for", "Who is it for?")?;
            person.touches("Take a number")?;
            person.sees("issued", "Done. Please take your ticket")
        })
    }

    fn straight_to_a_queue(&mut self) -> Result<(), String> {
        let printer = self.folder();
        self.journey("straight-to-a-queue", Some(printer), |person| {
            person.sees("home", "医疗保险")?;
            person.touches("医疗保险")?;
            person.sees("who-for", "这次是给谁办？")?;
            person.touches("返回")?;
            person.sees("choose-queue", "您要办哪一类事？")?;
            person.touches("下一页")?;
            person.sees("second-page", "法律咨询")?;
            person.touches("法律咨询")?;
            person.sees("who-for-legal", "这次是给谁办？")?;
            person.touches("取号")?;
            person.sees("issued", "取号成功，请取走小票")
        })
    }

    fn out_of_paper(&mut self) -> Result<(), String> {
        let printer = Arc::new(Simulator::new());
        printer.set_state(PrinterState::OutOfPaper);
        self.journey(
            "out-of-paper",
            Some(Arc::clone(&printer) as Arc<dyn Driver>),
            |person| {
                person.sees("home", "打印机缺纸，请用手机扫码取号")?;
                person.touches("社会保障")?;
                person.sees("who-for", "这次是给谁办？")?;
                person.touches("取号")?;
                person.sees("issued", "取号成功，请用手机扫码")
            },
        )?;
        printer.set_state(PrinterState::Ready);
        if printer.printed().is_empty() {
            Ok(())
        } else {
            Err("a refill printed a ticket of the past".to_owned())
        }
    }

    fn paper_fails(&mut self) -> Result<(), String> {
        let printer = Arc::new(Simulator::new());
        printer.fail_next(PrinterState::Jam);
        self.journey("paper-fails", Some(printer), |person| {
            person.sees("home", "取号排队")?;
            person.touches("社会保障")?;
            person.sees("who-for", "这次是给谁办？")?;
            person.touches("取号")?;
            person.sees("issued", "号已取好，但小票没打出来")
        })
    }

    fn help(&mut self) -> Result<(), String> {
        self.journey("help", None, |person| {
            person.sees("home", "请志愿者帮忙")?;
            person.touches("请志愿者帮忙")?;
            person.sees("help-sent", "已经叫志愿者了")?;
            person.touches("知道了")?;
            person.sees("home-again", "取号排队")
        })
    }

    fn called_by_a_clerk(&mut self) -> Result<(), String> {
        let window = WindowId::from("3");
        let client = self.hall.client("window-3", DeviceRole::Window, Some(&window))?;
        let devices = devices(client, None);
        let settings = settings(Kind::Window(window), "3 号窗口", WIDE);
        let called = self.journey_of("called-by-a-clerk", settings, devices, |clerk| {
            clerk.sees("sign-in", "顶岗（AB岗）：替谁")?;
            clerk.types("工号", "liu")?;
            clerk.types("口令", PIN)?;
            clerk.touches("登录")?;
            clerk.sees("window", "今日")?;
            clerk.touches("呼叫下一位")?;
            clerk.sees("called", "第 1 次呼叫")?;
            clerk.touches("开始办理")?;
            clerk.sees("serving", "办结并呼叫下一位")
        });
        called?;
        let client = self.hall.client("board", DeviceRole::Board, None)?;
        let settings = settings_for_board();
        self.journey_of("board", settings, self::devices(client, None), |board| {
            board.sees("calls", "3 号窗口")
        })
    }

    fn server_gone(&mut self) -> Result<(), String> {
        let client = self.hall.client("terminal-03", DeviceRole::Terminal, None)?;
        let settings = settings(Kind::Terminal, "自助服务终端 03", self.size);
        let mut person = Person::enter(settings, devices(client, None), "server-gone", &self.out)?;
        let mut walked = person
            .sees("home", "取号排队")
            .and_then(|()| person.touches("社会保障"));
        walked = walked.and_then(|()| person.sees("who-for", "这次是给谁办？"));
        self.hall.close_server();
        walked = walked.and_then(|()| {
            person.touches("取号")?;
            person.sees("trouble", "现在连不上大厅")
        });
        self.leave(person, walked)
    }

    fn folder(&self) -> Arc<dyn Driver> {
        Arc::new(Folder::new(self.out.join("receipts")))
    }

    /// A journey at the terminal.
    fn journey(
        &mut self,
        name: &str,
        printer: Option<Arc<dyn Driver>>,
        walk: impl FnOnce(&mut Person) -> Result<(), String>,
    ) -> Result<(), String> {
        let client = self.hall.client("terminal-03", DeviceRole::Terminal, None)?;
        let settings = settings(Kind::Terminal, "自助服务终端 03", self.size);
        self.journey_of(name, settings, devices(client, printer), walk)
    }

    fn journey_of(
        &mut self,
        name: &str,
        settings: Settings,
        devices: Devices,
        walk: impl FnOnce(&mut Person) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut person = Person::enter(settings, devices, name, &self.out)?;
        let walked = walk(&mut person);
        self.leave(person, walked)
    }

    fn leave(&mut self, person: Person, walked: Result<(), String>) -> Result<(), String> {
        let walked = walked.map_err(|error| format!("{}: {error}", person.journey));
        let (journey, files) = (person.journey.clone(), person.files.clone());
        if let (Ok(()), Some(issued)) = (&walked, person.running.app().issued().cloned()) {
            let receipt = fs::read_dir(self.out.join("receipts"))
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| PathBuf::from("receipts").join(entry.file_name()))
                .find(|file| file.to_string_lossy().contains(&issued.ticket.number));
            self.summary.tickets.push(IssuedTicket {
                journey: journey.clone(),
                number: issued.ticket.number,
                queue: issued.ticket.queue,
                people_ahead: issued.people_ahead,
                qr: issued.url,
                receipt,
            });
        }
        self.summary.journeys.push(Journey {
            name: journey,
            files,
            error: walked.clone().err(),
        });
        walked
    }
}

fn settings(kind: Kind, name: &str, (width, height): (u32, u32)) -> Settings {
    Settings {
        kind,
        name: name.to_owned(),
        lang: Lang::ZhCn,
        high_contrast: false,
        diagonal_inches: 21.5,
        size: Size::new(width as f32, height as f32),
        idle: Idle::default(),
        paper: Paper::Mm80,
    }
}

fn settings_for_board() -> Settings {
    settings(Kind::Board, "大屏", WIDE)
}

fn devices(client: crate::kiosk::link::client::Client, printer: Option<Arc<dyn Driver>>) -> Devices {
    Devices {
        line: Some(Line::new(client)),
        printer,
        speaker: None,
        clock: Clock::System,
    }
}

/// Somebody in front of an unseen screen.
struct Person {
    running: Running,
    size: (u32, u32),
    journey: String,
    out: PathBuf,
    files: Vec<PathBuf>,
}

impl Person {
    fn enter(settings: Settings, devices: Devices, journey: &str, out: &Path) -> Result<Self, String> {
        let size = (settings.size.width as u32, settings.size.height as u32);
        let running = Running::boot(settings, devices)?;
        Ok(Self {
            running,
            size,
            journey: journey.to_owned(),
            out: out.to_owned(),
            files: Vec::new(),
        })
    }

    /// Waits until `words` are there, and takes a picture called `screen`.
    fn sees(&mut self, screen: &str, words: &str) -> Result<(), String> {
        let seen = self.running.wait_for(STEP_MAX, |text| text.contains(words)).is_some();
        let file = Path::new("journeys")
            .join(&self.journey)
            .join(format!("{:02}-{screen}.png", self.files.len() + 1));
        let path = self.out.join(&file);
        let disk = |error: std::io::Error| format!("{}: {error}", path.display());
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(disk)?;
        }
        gallery::save(&path, self.size, &self.running.picture()).map_err(disk)?;
        self.files.push(file);
        if seen {
            return Ok(());
        }
        let there: Vec<_> = self.running.texts().into_iter().map(|placed| placed.text).collect();
        Err(format!(
            "{screen}: \u{201c}{words}\u{201d} did not come; the screen says {there:?}"
        ))
    }

    fn touches(&mut self, words: &str) -> Result<(), String> {
        let place = self.find(words)?;
        self.running.touch(place.bounds.center());
        Ok(())
    }

    /// Types into the field under the label `field`.
    fn types(&mut self, field: &str, text: &str) -> Result<(), String> {
        let label = self.find(field)?;
        let at = Point::new(
            label.bounds.x + FIELD_OFFSET,
            label.bounds.y + label.bounds.height + FIELD_OFFSET,
        );
        self.running.touch(at);
        let typed: Vec<_> = iced_test::simulator::typewrite(text).collect();
        self.running.happen(&typed, Some(at));
        Ok(())
    }

    fn find(&mut self, words: &str) -> Result<Placed, String> {
        self.running
            .wait_for(STEP_MAX, |text| text == words)
            .ok_or_else(|| format!("there is no \u{201c}{words}\u{201d} to touch"))
    }
}
