//! One touch, one number.

use hall_kiosk::api::problem::{Problem, code};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::kiosk::link::LinkError;

use super::person::Person;

const TAKE: &str = "取号";
const QUEUE: &str = "社会保障";
const HOME: &str = "您好，请问要办什么事？";

#[test]
fn a_number_is_two_touches_away() {
    let mut person = Person::chooses(QUEUE);
    person.touches(TAKE);
    assert!(person.sees("B017"), "{:?}", person.texts());
    let asked = person.hall.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0.queue.as_str(), "social");
    assert_eq!(asked[0].0.class, Class::Ordinary);
}

#[test]
fn two_taps_before_the_screen_changes_ask_once() {
    let mut person = Person::chooses(QUEUE);
    person.taps_quickly(TAKE, 2);
    person.happen();
    assert_eq!(person.hall.asked().len(), 1);
    assert_eq!(person.printer.as_ref().unwrap().printed().len(), 1);
}

#[test]
fn the_second_tap_of_a_double_tap_does_not_throw_the_number_away() {
    // 完成 stands where 取号 stood: on a quick hall the second tap falls on it.
    let mut person = Person::chooses(QUEUE);
    person.touches(TAKE);
    person.passes(250);
    person.touches("完成（15 秒）");
    assert!(person.sees("B017"), "{:?}", person.texts());
    person.passes(2_000);
    person.touches("完成（15 秒）");
    assert!(person.sees(HOME), "a touch that is meant ends the visit");
}

#[test]
fn nor_does_it_skip_over_why_there_is_none() {
    let mut person = Person::chooses(QUEUE);
    person.hall.refuse(LinkError::Problem(Box::new(Problem::new(
        409,
        code::QUEUE_CLOSED,
        "closed",
    ))));
    person.touches(TAKE);
    person.passes(250);
    person.touches("办别的事");
    assert!(person.sees("这类业务现在不办理"), "{:?}", person.texts());
}

#[test]
fn asking_again_after_no_answer_is_the_same_request() {
    let mut person = Person::chooses(QUEUE);
    person.touches("孕妇");
    person.hall.refuse(LinkError::Offline);
    person.touches(TAKE);
    assert!(person.sees("现在连不上大厅"), "{:?}", person.texts());
    person.passes(1_000);
    person.touches("再试一次");
    assert!(person.sees("B017"));
    let asked = person.hall.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0], asked[1]);
    assert_eq!(asked[0].0.class, Class::Pregnant);
}

#[test]
fn another_number_is_another_request() {
    let mut person = Person::chooses(QUEUE);
    person.touches(TAKE);
    person.passes(1_000);
    person.touches("再取一个号");
    person.touches(QUEUE);
    person.touches(TAKE);
    let asked = person.hall.asked();
    assert_eq!(asked.len(), 2);
    assert_ne!(asked[0].1, asked[1].1);
}

#[test]
fn waiting_long_is_explained_and_can_be_left() {
    let mut person = Person::chooses(QUEUE);
    person.taps(TAKE);
    assert!(!person.sees("正在联系大厅"));
    person.waits(3);
    assert!(person.sees("正在联系大厅"), "{:?}", person.texts());
    person.taps("不等了");
    assert!(person.sees("现在连不上大厅"));
}

#[test]
fn an_answer_to_somebody_who_has_left_is_not_shown_to_the_next() {
    let mut person = Person::chooses(QUEUE);
    person.taps(TAKE);
    person.waits(3);
    person.taps("不等了");
    person.taps("回首页");
    person.happen();
    assert!(person.sees(HOME), "{:?}", person.texts());
    assert!(!person.sees("B017"));
}

#[test]
fn a_number_that_comes_after_giving_up_is_shown_while_they_still_stand_there() {
    let mut person = Person::chooses(QUEUE);
    person.taps(TAKE);
    person.waits(3);
    person.taps("不等了");
    person.happen();
    assert!(person.sees("B017"), "the hall counts it: {:?}", person.texts());
}

#[test]
fn a_closed_queue_says_when_it_opens() {
    let mut person = Person::chooses(QUEUE);
    let opens = hall_kiosk::kiosk::gallery::presets::NOW_MS + 228 * 60_000;
    let problem = Problem::new(409, code::QUEUE_CLOSED, "closed").with("opens_at_ms", opens);
    person.hall.refuse(LinkError::Problem(Box::new(problem)));
    person.touches(TAKE);
    assert!(person.sees("今天 13:30 开始取号"), "{:?}", person.texts());
}

#[test]
fn a_page_is_turned_and_comes_back() {
    let mut person = Person::arrives();
    person.touches("取号排队");
    assert!(person.sees("第 1 页"));
    person.touches("下一页");
    assert!(person.sees("第 2 页"));
    person.touches("上一页");
    assert!(person.sees("第 1 页"));
}

#[test]
fn help_is_called_once_for_a_double_tap() {
    let mut person = Person::arrives();
    person.taps_quickly("请志愿者帮忙", 2);
    person.happen();
    assert!(person.sees("已经叫志愿者了"), "{:?}", person.texts());
    assert_eq!(person.hall.help.lock().unwrap().len(), 1);
}

#[test]
fn help_that_could_not_be_called_says_so_and_trying_again_is_the_same_call() {
    let mut person = Person::arrives();
    *person.hall.help_fails.lock().unwrap() = true;
    person.touches("请志愿者帮忙");
    assert!(person.sees("没能叫到志愿者"), "{:?}", person.texts());
    *person.hall.help_fails.lock().unwrap() = false;
    person.touches("知道了");
    person.touches("请志愿者帮忙");
    assert!(person.sees("已经叫志愿者了"));
    let help = person.hall.help.lock().unwrap().clone();
    assert_eq!(help.len(), 2);
    assert_eq!(help[0], help[1], "it may have arrived the first time");
    person.touches("知道了");
    person.touches("请志愿者帮忙");
    let help = person.hall.help.lock().unwrap().clone();
    assert_ne!(help[2], help[1], "the first call may long have been answered");
}

#[test]
fn help_is_on_every_screen() {
    let mut person = Person::arrives();
    let mut seen = vec![person.sees("请志愿者帮忙")];
    for words in ["取号排队", QUEUE, TAKE] {
        person.touches(words);
        seen.push(person.sees("请志愿者帮忙"));
    }
    assert_eq!(seen, [true; 4]);
}
