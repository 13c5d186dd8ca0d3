//! The hall's day and its opening hours, in the hall's own time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::hall::{Hall, Hours, Queue};

/// How far ahead the next opening is looked for, in days.
pub const OPENING_SEARCH_DAYS: i64 = 60;

/// The day numbers are counted by: it begins at the hall's local midnight, wherever the server runs.
pub fn hall_day(now: Timestamp, tz: &TimeZone) -> Date {
    now.to_zoned(tz.clone()).date()
}

/// When the hall day after `now` begins. Where midnight does not exist (a DST gap) it is the first instant after it.
pub fn next_midnight(now: Timestamp, tz: &TimeZone) -> Timestamp {
    let tomorrow = hall_day(now, tz).saturating_add(1.day());
    start_of_day(tomorrow, tz)
}

/// The first instant of `day` in the hall.
pub fn start_of_day(day: Date, tz: &TimeZone) -> Timestamp {
    day.to_zoned(tz.clone())
        .and_then(|midnight| midnight.start_of_day())
        .map_or(Timestamp::MIN, |start| start.timestamp())
}

/// Whether a queue issues tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Open {
        closes_at: Timestamp,
    },
    /// `opens_at` is none when it does not open within [`OPENING_SEARCH_DAYS`].
    Closed {
        opens_at: Option<Timestamp>,
    },
}

/// Whether `queue` is open at `now`, by its weekly hours and the hall's holidays.
pub fn opening(hall: &Hall, queue: &Queue, now: Timestamp) -> Opening {
    let tz = hall.tz();
    let today = hall_day(now, &tz);
    for hours in hours_on(hall, queue, today) {
        let Some((from, to)) = instants(today, *hours, &tz) else {
            continue;
        };
        if from <= now && now < to {
            return Opening::Open { closes_at: to };
        }
    }
    Opening::Closed {
        opens_at: next_opening(hall, queue, now),
    }
}

/// The first time after `now` at which the queue opens.
pub fn next_opening(hall: &Hall, queue: &Queue, now: Timestamp) -> Option<Timestamp> {
    let tz = hall.tz();
    let today = hall_day(now, &tz);
    (0..=OPENING_SEARCH_DAYS)
        .filter_map(|ahead| today.checked_add(ahead.days()).ok())
        .flat_map(|day| {
            hours_on(hall, queue, day)
                .iter()
                .filter_map(|h| instants(day, *h, &tz))
                .collect::<Vec<_>>()
        })
        .map(|(from, _)| from)
        .filter(|from| *from > now)
        .min()
}

fn hours_on<'a>(hall: &'a Hall, queue: &'a Queue, day: Date) -> &'a [Hours] {
    match hall.holidays.iter().find(|holiday| holiday.date == day) {
        Some(holiday) => &holiday.hours,
        None => queue.hours.on(day.weekday()),
    }
}

fn instants(day: Date, hours: Hours, tz: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let at = |time| {
        day.to_datetime(time)
            .to_zoned(tz.clone())
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    Some((at(hours.from)?, at(hours.to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    #[test]
    fn the_day_rolls_over_at_the_halls_midnight_not_at_utc() {
        let shanghai = TimeZone::get("Asia/Shanghai").expect("zone");
        assert_eq!(
            hall_day(at("2026-11-22T15:59:59Z"), &shanghai).to_string(),
            "2026-11-22"
        );
        assert_eq!(
            hall_day(at("2026-11-22T16:00:00Z"), &shanghai).to_string(),
            "2026-11-23"
        );
        assert_eq!(
            next_midnight(at("2026-11-22T08:00:00Z"), &shanghai),
            at("2026-11-22T16:00:00Z")
        );
    }

    #[test]
    fn days_of_23_and_25_hours_and_a_midnight_that_does_not_exist() {
        let berlin = TimeZone::get("Europe/Berlin").expect("zone");
        let spring = next_midnight(at("2026-03-29T00:00:00Z"), &berlin);
        let day_before = start_of_day("2026-03-29".parse().expect("date"), &berlin);
        assert_eq!(spring.duration_since(day_before).as_hours(), 23);
        let cairo = TimeZone::get("Africa/Cairo").expect("zone");
        let gap = start_of_day("2026-04-24".parse().expect("date"), &cairo);
        assert_eq!(hall_day(gap, &cairo).to_string(), "2026-04-24");
        let before = gap.checked_sub(1.nanosecond()).expect("in range");
        assert_eq!(hall_day(before, &cairo).to_string(), "2026-04-23");
    }
}
