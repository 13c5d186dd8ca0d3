//! What is said of the paper is true.

use hall_kiosk::print::driver::PrinterState;

use super::person::Person;

const OUT: &str = "printer.out_of_paper";

#[test]
fn success_is_said_only_once_the_paper_is_out() {
    let mut person = Person::chooses("社会保障");
    person.taps("取号");
    person.happens_next();
    assert!(
        person.sees("B017") && person.sees("正在打印小票"),
        "{:?}",
        person.texts()
    );
    assert!(!person.sees("请取走小票"));
    person.happen();
    assert!(person.sees("取号成功，请取走小票"), "{:?}", person.texts());
    let reports = person.hall.reports();
    assert!(reports.len() == 1 && reports[0].printed, "{reports:?}");
}

#[test]
fn a_print_that_fails_is_said_and_staff_are_told() {
    let mut person = Person::chooses("社会保障");
    person.printer.as_ref().unwrap().fail_next(PrinterState::OutOfPaper);
    person.touches("取号");
    assert!(
        person.sees("小票没打出来") && person.sees("B017"),
        "{:?}",
        person.texts()
    );
    assert!(!person.sees("请取走小票"));
    let reports = person.hall.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!((reports[0].printed, reports[0].code.as_deref()), (false, Some(OUT)));
}

#[test]
fn a_refill_prints_nothing_of_the_past() {
    let mut person = Person::chooses("社会保障");
    let printer = person.printer.clone().unwrap();
    printer.fail_next(PrinterState::OutOfPaper);
    person.touches("取号");
    person.waits(180);
    person.happen();
    assert!(person.sees("打印机缺纸，请用手机扫码取号"), "{:?}", person.texts());
    person.touches("社会保障");
    person.touches("取号");
    assert!(person.sees("请用手机扫码"), "not even tried: {:?}", person.texts());
    assert_eq!(person.hall.reports().len(), 2, "staff hear of each");
    printer.set_state(PrinterState::Ready);
    person.waits(180);
    person.happen();
    assert!(!person.sees("打印机缺纸"));
    assert!(printer.printed().is_empty());
}

#[test]
fn without_a_printer_the_number_is_taken_away_on_the_phone() {
    let mut person = Person::arrives_where_nothing_prints();
    person.touches("社会保障");
    person.touches("取号");
    assert!(person.sees("取号成功，请用手机扫码"), "{:?}", person.texts());
    assert!(person.hall.reports().is_empty(), "nothing failed");
}

#[test]
fn a_print_that_fails_after_they_left_still_reaches_staff_and_not_the_next_person() {
    let mut person = Person::chooses("社会保障");
    person.printer.as_ref().unwrap().fail_next(PrinterState::Jam);
    person.taps("取号");
    person.happens_next();
    person.passes(2_000);
    person.taps("完成（15 秒）");
    person.taps("医疗保险");
    person.happen();
    assert!(person.sees("医疗保险") && !person.sees("B017"), "{:?}", person.texts());
    assert_eq!(person.hall.reports()[0].code.as_deref(), Some("printer.jam"));
}
