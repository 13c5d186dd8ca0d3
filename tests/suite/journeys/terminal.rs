//! A visit at the terminal, from the first touch to the moment nothing of it is left.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use hall_kiosk::kiosk::ui::Palette;
use hall_kiosk::print::driver::{Driver, Job, PrintError, PrinterState};
use hall_kiosk::print::simulator::Simulator;
use iced::{Event, mouse};
use tokio::sync::Semaphore;

use super::{Gate, PATIENCE, Person, Place, TERMINAL, sequence};

const SECOND_MS: i64 = 1_000;
const HOME: &str = "您好，请问要办什么事？";
const STILL_THERE: &str = "您还在吗？";

fn place() -> (tempfile::TempDir, Place) {
    let dir = tempfile::tempdir().unwrap();
    let place = Place::open(dir.path());
    (dir, place)
}

fn simulator() -> (Arc<Simulator>, Option<Arc<dyn Driver>>) {
    let printer = Arc::new(Simulator::new());
    let driver = Arc::clone(&printer) as Arc<dyn Driver>;
    (printer, Some(driver))
}

#[test]
fn a_number_is_taken_and_printed_once() {
    let (_dir, place) = place();
    let (printer, driver) = simulator();
    let mut person = place.terminal(driver);
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("取号成功，请取走小票");
    let number = person.number();
    assert!(number.starts_with('B'), "{number}");
    person.sees(&number);
    person.rests();
    let printed = printer.printed();
    assert_eq!(
        printed.iter().map(number_of).collect::<Vec<_>>(),
        std::slice::from_ref(&number)
    );
    assert!(printed[0].pdf.starts_with(b"%PDF"));
    person.touches_and_rests("再取一个号");
    assert_eq!(printer.printed().len(), 1);
}

#[test]
fn a_double_tap_takes_one_number() {
    let (_dir, place) = place();
    let (printer, driver) = simulator();
    let first = sequence(&place.issue_elsewhere().ticket.number);

    let mut person = place.terminal(driver.clone());
    person.chooses_social_insurance();
    let button = person.finds("取号");
    person.running.touch(button);
    person.running.touch(button);
    person.sees("取号成功，请取走小票");
    assert_eq!(sequence(&person.number()), first + 1);

    // Both taps in one go, before anything was drawn in between.
    let mut person = place.terminal(driver);
    person.chooses_social_insurance();
    let button = person.finds("取号");
    let moved = Event::Mouse(mouse::Event::CursorMoved { position: button });
    let pressed = Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left));
    let released = Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left));
    let taps = [moved, pressed.clone(), released.clone(), pressed, released];
    person.running.happen(&taps, Some(button));
    person.sees("取号成功，请取走小票");
    person.rests();
    assert_eq!(sequence(&person.number()), first + 2);

    let printed: Vec<_> = printer.printed().iter().map(|job| sequence(&number_of(job))).collect();
    assert_eq!(printed, [first + 1, first + 2]);
    assert_eq!(sequence(&place.issue_elsewhere().ticket.number), first + 3);
}

#[test]
fn a_slow_second_tap_does_not_take_the_number_off_the_screen() {
    let (_dir, place) = place();
    let (_, driver) = simulator();
    let mut person = place.terminal(driver);
    person.chooses_social_insurance();
    let button = person.finds("取号");
    person.running.touch(button);
    person.sees("再取一个号");
    person.running.touch(button);
    person.rests();
    assert!(person.reads("再取一个号"), "the screen says {:?}", person.texts());
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again_and_is_the_same_number() {
    let (_dir, place) = place();
    let (printer, driver) = simulator();
    let first = sequence(&place.issue_elsewhere().ticket.number);
    let gate = Gate::new(place.client.clone());
    gate.loses_answer.store(true, Ordering::Relaxed);
    let mut person = place.terminal_on(gate.line(), driver);
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("现在连不上大厅");
    place.looks();
    person.touches("再试一次");
    person.sees("取号成功，请取走小票");
    assert_eq!(sequence(&person.number()), first + 1);
    assert_eq!(printer.printed().len(), 1);
    assert_eq!(sequence(&place.issue_elsewhere().ticket.number), first + 2);
}

#[test]
fn without_paper_the_number_goes_by_phone_and_a_refill_prints_nothing_of_the_past() {
    let (_dir, place) = place();
    let (printer, driver) = simulator();
    printer.set_state(PrinterState::OutOfPaper);
    let mut person = place.terminal(driver);
    person.sees("打印机缺纸，请用手机扫码取号");
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("取号成功，请用手机扫码");
    person.sees("手机扫码，把号带走");
    let number = person.number();
    let view = place.window_shows(|view| !view.alerts.is_empty());
    assert_eq!(view.alerts.len(), 1);
    assert_eq!(view.alerts[0].code, PrinterState::OutOfPaper.code());
    assert_eq!(view.alerts[0].number.as_ref(), Some(&number));

    printer.set_state(PrinterState::Ready);
    person.ticks();
    person.rests();
    // Where the code is all there is, it stays at least as long as anybody may stand idle.
    place.clock.fetch_add(61 * SECOND_MS, Ordering::Relaxed);
    person.ticks();
    person.sees(HOME);
    person.rests();
    person.ticks();
    person.rests();
    assert!(!person.reads("打印机缺纸"));
    assert_eq!(printer.printed().len(), 0);

    // The next one gets paper again, and only their own.
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("取号成功，请取走小票");
    assert_ne!(person.number(), number);
    let printed: Vec<_> = printer.printed().iter().map(number_of).collect();
    assert_eq!(printed, [person.number()]);
}

#[test]
fn a_print_that_fails_is_said_on_the_screen_and_at_the_windows() {
    let (_dir, place) = place();
    let (printer, driver) = simulator();
    printer.fail_next(PrinterState::Jam);
    let mut person = place.terminal(driver);
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("号已取好，但小票没打出来");
    person.sees("手机扫码，把号带走");
    let number = person.number();
    let view = place.window_shows(|view| !view.alerts.is_empty());
    assert_eq!(view.alerts.len(), 1);
    let alert = &view.alerts[0];
    assert_eq!((alert.code.as_str(), alert.device.as_str()), ("printer.jam", TERMINAL));
    assert_eq!(alert.number.as_ref(), Some(&number));
    assert_eq!(printer.printed().len(), 0);
}

#[test]
fn a_call_for_help_reaches_the_windows() {
    let (_dir, place) = place();
    let mut person = place.terminal(None);
    person.touches("请志愿者帮忙");
    person.sees("已经叫志愿者了");
    let view = place.window_shows(|view| !view.help.is_empty());
    let devices: Vec<_> = view.help.iter().map(|call| call.device.as_str()).collect();
    assert_eq!(devices, [TERMINAL]);
    person.touches("知道了");
    person.rests();
    assert!(!person.reads("已经叫志愿者了"));
}

#[test]
fn nothing_of_a_visit_is_left_after_it() {
    let (_dir, place) = place();
    let (_, driver) = simulator();
    let mut person = place.terminal(driver.clone());
    person.touches("English");
    person.sees("Take a number");
    let contrast = hall_kiosk::i18n::tr(hall_kiosk::i18n::Lang::En, "mode-contrast");
    person.touches(&contrast);
    let elder = hall_kiosk::i18n::tr(hall_kiosk::i18n::Lang::En, "mode-elder");
    person.touches(&elder);
    assert_eq!(person.running.app().palette(), Palette::HIGH_CONTRAST);
    let take = hall_kiosk::i18n::tr(hall_kiosk::i18n::Lang::En, "take-number-elder");
    person.touches(&take);
    person.touches("Social insurance");
    person.touches("Take a number");
    person.sees("Done. Please take your ticket");
    let number = person.number();
    place.looks();
    let done = person.sees("Done (").bounds.center();
    person.running.touch(done);
    person.sees(HOME);

    assert!(person.running.app().issued().is_none());
    assert_eq!(person.running.app().palette(), Palette::LIGHT);
    person.sees("大字版");
    assert!(!person.texts().iter().any(|text| text.contains(&number)));
    // To the last pixel what a terminal shows that nobody ever touched.
    let mut untouched = place.terminal(driver);
    let began = std::time::Instant::now();
    while person.texts() != untouched.texts() && began.elapsed() < PATIENCE {
        person.rests();
        untouched.rests();
    }
    assert_eq!(person.texts(), untouched.texts());
    assert!(person.running.picture() == untouched.running.picture());
}

#[test]
fn a_visit_nobody_continues_is_warned_of_and_ended() {
    let (_dir, place) = place();
    let mut person = place.terminal(None);
    let at = |ms: i64, person: &mut Person| {
        place.clock.fetch_add(ms, Ordering::Relaxed);
        person.ticks();
    };
    person.chooses_social_insurance();
    person.rests();
    at(40 * SECOND_MS - 1, &mut person);
    assert!(!person.reads(STILL_THERE));
    at(1, &mut person);
    assert!(person.reads(STILL_THERE));
    assert!(person.reads("20 秒后回到首页"));

    // Any touch counts, wherever it lands.
    at(15 * SECOND_MS, &mut person);
    assert!(person.reads("5 秒后回到首页"));
    person.running.touch(iced::Point::new(5.0, 5.0));
    person.rests();
    assert!(!person.reads(STILL_THERE));
    at(40 * SECOND_MS - 1, &mut person);
    assert!(!person.reads(STILL_THERE));
    assert!(person.reads("这次是给谁办？"));
    at(1, &mut person);
    person.touches_and_rests("我还在");
    assert!(!person.reads(STILL_THERE));

    at(60 * SECOND_MS - 1, &mut person);
    assert!(person.reads("1 秒后回到首页"));
    at(1, &mut person);
    assert!(person.reads(HOME));
    assert!(!person.reads(STILL_THERE));
}

#[test]
fn whoever_reads_slowly_has_twice_the_time() {
    let (_dir, place) = place();
    let mut person = place.terminal(None);
    person.touches("大字版");
    person.sees("您想办什么事？");
    person.rests();
    place.clock.fetch_add(80 * SECOND_MS - 1, Ordering::Relaxed);
    person.ticks();
    assert!(!person.reads(STILL_THERE));
    place.clock.fetch_add(1, Ordering::Relaxed);
    person.ticks();
    assert!(person.reads(STILL_THERE));
    place.clock.fetch_add(40 * SECOND_MS, Ordering::Relaxed);
    person.ticks();
    assert!(person.reads(HOME));
}

#[test]
fn no_visit_ends_while_a_number_is_asked_for() {
    let (_dir, place) = place();
    let gate = Gate::new(place.client.clone());
    gate.open.send_replace(false);
    let (printer, driver) = simulator();
    let mut person = place.terminal_on(gate.line(), driver);
    person.chooses_social_insurance();
    person.touches_and_rests("取号");
    for _ in 0..3 {
        place.clock.fetch_add(600 * SECOND_MS, Ordering::Relaxed);
        person.ticks();
        assert!(person.reads("正在取号"));
        assert!(!person.reads(STILL_THERE));
    }
    gate.open.send_replace(true);
    person.sees("取号成功，请取走小票");
    assert_eq!(printer.printed().len(), 1);
    // From the moment the paper is there it is fifteen seconds.
    place.clock.fetch_add(15 * SECOND_MS - 1, Ordering::Relaxed);
    person.ticks();
    assert!(person.reads("取号成功"));
    place.clock.fetch_add(1, Ordering::Relaxed);
    person.ticks();
    assert!(person.reads(HOME));
}

#[test]
fn answers_to_an_earlier_visit_are_dropped() {
    let (_dir, place) = place();
    let gate = Gate::new(place.client.clone());
    gate.open.send_replace(false);
    let (printer, driver) = simulator();
    let mut person = place.terminal_on(gate.line(), driver);
    person.chooses_social_insurance();
    person.touches("请志愿者帮忙");
    person.touches_and_rests("取号");
    place.clock.fetch_add(4 * SECOND_MS, Ordering::Relaxed);
    person.ticks();
    person.touches("不等了");
    person.sees("现在连不上大厅");
    person.touches("回首页");
    person.sees(HOME);

    // The next one is already choosing when both answers come.
    person.chooses_social_insurance();
    gate.open.send_replace(true);
    person.rests();
    person.rests();
    assert!(person.reads("这次是给谁办？"), "the screen says {:?}", person.texts());
    assert!(!person.reads("已经叫志愿者了"));
    assert!(person.running.app().issued().is_none());
    assert_eq!(printer.printed().len(), 0);
}

/// A printer that waits to be let.
#[derive(Debug)]
struct Held {
    printer: Simulator,
    jobs: Semaphore,
}

#[async_trait]
impl Driver for Held {
    async fn state(&self) -> PrinterState {
        self.printer.state().await
    }

    async fn print(&self, job: Job) -> Result<(), PrintError> {
        self.jobs.acquire().await.unwrap().forget();
        self.printer.print(job).await
    }
}

#[test]
fn a_late_print_of_the_last_visitor_is_told_to_staff_alone() {
    let (_dir, place) = place();
    let printer = Arc::new(Held {
        printer: Simulator::new(),
        jobs: Semaphore::new(0),
    });
    let mut person = place.terminal(Some(Arc::clone(&printer) as Arc<dyn Driver>));
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("正在打印小票");
    let first = person.number();
    person.rests();
    place.looks();
    let done = person.sees("完成（").bounds.center();
    person.running.touch(done);
    person.sees(HOME);
    person.chooses_social_insurance();
    person.touches("取号");
    person.sees("正在打印小票");
    let second = person.number();
    person.rests();

    printer.printer.fail_next(PrinterState::Jam);
    printer.jobs.add_permits(1);
    // The program must hear of it before it can tell.
    person.rests();
    let view = place.window_shows(|view| !view.alerts.is_empty());
    let about: Vec<_> = view.alerts.iter().map(|alert| alert.number.clone()).collect();
    assert_eq!(about, [Some(first)]);
    assert!(person.reads("正在打印小票"), "the screen says {:?}", person.texts());

    printer.printer.set_state(PrinterState::Ready);
    printer.jobs.add_permits(1);
    person.sees("取号成功，请取走小票");
    let printed: Vec<_> = printer.printer.printed().iter().map(number_of).collect();
    assert_eq!(printed, [second]);
}

/// The number a job was printed for: its name is `DAY-NUMBER`.
fn number_of(job: &hall_kiosk::print::driver::Job) -> String {
    let (day, number) = job.name.rsplit_once('-').unwrap();
    assert!(day.parse::<jiff::civil::Date>().is_ok(), "{}", job.name);
    number.to_owned()
}
