//! How a visit ends by itself, and that nothing of it is left.

use super::person::Person;

const HOME: &str = "您好，请问要办什么事？";
const STILL_THERE: &str = "您还在吗？";

#[test]
fn after_two_thirds_it_asks_and_then_it_ends() {
    let mut person = Person::chooses("社会保障");
    person.waits(39);
    assert!(!person.sees(STILL_THERE));
    person.waits(1);
    assert!(
        person.sees(STILL_THERE) && person.sees("20 秒后"),
        "{:?}",
        person.texts()
    );
    person.waits(19);
    assert!(person.sees("1 秒后"), "{:?}", person.texts());
    person.waits(1);
    assert!(person.sees(HOME) && !person.sees(STILL_THERE), "{:?}", person.texts());
}

#[test]
fn one_touch_extends() {
    let mut person = Person::chooses("社会保障");
    person.waits(50);
    person.touches("我还在");
    assert!(!person.sees(STILL_THERE) && person.sees("这次是给谁办？"));
    person.waits(39);
    assert!(!person.sees(STILL_THERE), "counted anew");
}

#[test]
fn a_touch_beside_the_question_extends_too() {
    let mut person = Person::chooses("社会保障");
    person.waits(50);
    person.touches("09:42");
    person.passes(1_000);
    assert!(
        !person.sees(STILL_THERE) && person.sees("这次是给谁办？"),
        "{:?}",
        person.texts()
    );
}

#[test]
fn the_question_offers_to_end_the_visit_at_once() {
    let mut person = Person::chooses("社会保障");
    person.touches("孕妇");
    person.waits(50);
    person.taps_last("回首页");
    assert!(person.sees(HOME) && !person.sees(STILL_THERE), "{:?}", person.texts());
}

#[test]
fn large_print_has_twice_the_time() {
    let mut person = Person::arrives();
    person.touches("大字版");
    person.touches("取个号");
    person.waits(79);
    assert!(!person.sees(STILL_THERE));
    person.waits(1);
    assert!(person.sees(STILL_THERE), "{:?}", person.texts());
    person.waits(40);
    assert!(person.sees(HOME), "in standard print again: {:?}", person.texts());
}

#[test]
fn language_colours_and_print_are_the_next_persons_again() {
    let mut person = Person::arrives();
    let before = person.texts();
    let palette = person.app.palette();
    for words in ["English", "Large print", "Contrast"] {
        person.touches(words);
    }
    assert!(person.app.palette() != palette && !person.sees("大字版"));
    person.waits(120);
    assert_eq!(person.texts().len(), before.len(), "{:?}", person.texts());
    assert!(person.sees(HOME) && person.sees("大字版") && person.app.palette() == palette);
}

#[test]
fn a_choice_made_on_the_first_screen_is_watched_every_second() {
    // The question would be skipped by a clock that looks once a minute.
    for words in ["English", "高对比", "大字版"] {
        let mut person = Person::arrives();
        assert_eq!(person.app.tick_ms(), 60_000, "nothing counts");
        person.touches(words);
        assert_eq!(person.app.tick_ms(), 1_000, "{words}");
        person.waits(120);
        person.happen();
        assert_eq!(person.app.tick_ms(), 60_000, "calm again after {words}");
    }
}

#[test]
fn the_class_somebody_chose_is_not_the_next_persons() {
    let mut person = Person::chooses("社会保障");
    person.touches("残疾人");
    person.waits(60);
    person.touches("社会保障");
    person.touches("取号");
    assert_eq!(person.hall.asked()[0].0.class.code(), "ordinary");
}

#[test]
fn never_while_asking_the_hall_or_printing() {
    let mut person = Person::chooses("社会保障");
    person.taps("取号");
    person.waits(200);
    assert!(!person.sees(STILL_THERE) && !person.sees(HOME), "{:?}", person.texts());
    person.happens_next();
    person.waits(200);
    assert!(
        person.sees("B017") && person.sees("正在打印小票"),
        "{:?}",
        person.texts()
    );
}

#[test]
fn the_number_stays_long_enough_to_be_read_and_then_leaves() {
    let mut person = Person::chooses("社会保障");
    person.touches("取号");
    person.waits(14);
    assert!(person.sees("B017"));
    person.waits(1);
    assert!(person.sees(HOME) && !person.sees("B017"), "{:?}", person.texts());
}

#[test]
fn a_touch_keeps_the_number_on_the_screen() {
    let mut person = Person::chooses("社会保障");
    person.touches("取号");
    person.waits(14);
    person.touches("B017");
    person.waits(14);
    assert!(person.sees("B017"));
    person.waits(1);
    assert!(person.sees(HOME));
}

#[test]
fn large_print_shows_the_number_twice_as_long() {
    let mut person = Person::arrives();
    person.touches("大字版");
    person.touches("社会保障");
    person.touches("取号");
    person.waits(29);
    assert!(person.sees("B017"));
    person.waits(1);
    assert!(person.sees(HOME), "{:?}", person.texts());
}

#[test]
fn there_is_time_to_take_out_a_phone_when_there_is_no_paper() {
    let mut person = Person::arrives_where_nothing_prints();
    person.touches("社会保障");
    person.touches("取号");
    person.waits(59);
    assert!(person.sees("B017"), "the code is the ticket: {:?}", person.texts());
    person.waits(1);
    assert!(person.sees(HOME));
}
