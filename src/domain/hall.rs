//! A hall as it is configured: zones, windows, queues, staff and the rules of its queue.
//!
//! The server's configuration file is read straight into these types (unknown keys are refused); [`Hall::problems`]
//! then says in words what does not fit together. Nothing here changes while the hall is open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize};

use super::priority::{Class, Rates};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(value_type = String))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name_type! {
    /// Names one hall in every key of every table: `[a-z0-9-]{1,32}`.
    HallId
}
name_type! {
    /// Names a queue within its hall, e.g. `social`.
    QueueId
}
name_type! {
    /// Names a window within its hall, e.g. `3` or `legal`.
    WindowId
}
name_type! {
    /// Names a waiting zone within its hall, e.g. `B`.
    ZoneId
}
name_type! {
    /// The name a member of staff signs in with.
    StaffId
}

/// The longest identifier accepted anywhere, in bytes.
pub const ID_BYTES_MAX: usize = 32;

/// A text in the hall's languages, by BCP 47 tag (`zh-CN`, `en`). `zh-CN` is always there and is the fallback.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema), schema(value_type = BTreeMap<String, String>))]
#[serde(transparent)]
pub struct LocalText(pub BTreeMap<String, String>);

impl LocalText {
    pub fn new(zh: &str, en: &str) -> Self {
        Self(BTreeMap::from([
            ("zh-CN".to_owned(), zh.to_owned()),
            ("en".to_owned(), en.to_owned()),
        ]))
    }

    /// The text in `lang`, or in `zh-CN` where the hall has not written it in that language.
    pub fn get(&self, lang: &str) -> &str {
        self.0
            .get(lang)
            .or_else(|| self.0.get("zh-CN"))
            .map_or("", String::as_str)
    }
}

/// A hall: everything the queue needs to know that does not change during a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    pub id: HallId,
    pub name: LocalText,
    /// IANA time zone; the hall's day begins at its local midnight.
    #[serde(default = "shanghai")]
    pub time_zone: String,
    #[serde(default)]
    pub rules: Rules,
    #[serde(default)]
    pub notices: Vec<LocalText>,
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    #[serde(rename = "zone", default)]
    pub zones: Vec<Zone>,
    #[serde(rename = "queue", default)]
    pub queues: Vec<Queue>,
    #[serde(rename = "window", default)]
    pub windows: Vec<Window>,
    #[serde(rename = "staff", default)]
    pub staff: Vec<Staff>,
}

/// Where people wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    pub id: ZoneId,
    pub name: LocalText,
}

/// A kind of business people queue for (业务类别).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    pub id: QueueId,
    /// One to three capital letters, unique in the hall.
    pub prefix: String,
    pub name: LocalText,
    /// What the queue is for, in a resident's words.
    #[serde(default)]
    pub hint: LocalText,
    pub zone: ZoneId,
    /// Digits after the prefix, zero-padded.
    #[serde(default = "three")]
    pub digits: u8,
    /// The day's first number.
    #[serde(default = "one")]
    pub first_number: u32,
    /// Tickets a day, none for no limit but the number range.
    #[serde(default)]
    pub daily_quota: Option<u32>,
    /// Hours it issues tickets, by weekday.
    pub hours: WeekHours,
    /// Minutes one case is expected to take, until the day's own figures say otherwise.
    #[serde(default)]
    pub usual_minutes: Option<u32>,
    /// Shown at the terminal. A queue for staff only (appointments) is not.
    #[serde(default = "yes")]
    pub at_terminal: bool,
}

impl Queue {
    /// The last number of the range: prefix + digits cannot print a higher one.
    pub fn last_number(&self) -> u32 {
        10u32.saturating_pow(u32::from(self.digits)) - 1
    }

    /// What is printed for the `sequence`-th ticket of the day (from 0), or none past the end of the range.
    pub fn number(&self, sequence: u32) -> Option<String> {
        let value = self.first_number.checked_add(sequence)?;
        (value <= self.last_number())
            .then(|| format!("{}{value:0width$}", self.prefix, width = usize::from(self.digits)))
    }

    /// How many tickets the number range allows in a day.
    pub fn range(&self) -> u32 {
        (self.last_number() + 1).saturating_sub(self.first_number)
    }
}

/// A counter where staff serve people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    pub id: WindowId,
    /// What the board shows and the voice says, e.g. `3 号窗口`.
    pub name: LocalText,
    pub zone: ZoneId,
    /// Queues it calls from, in order: an entry is called from only while the entries before it are empty. Queues
    /// grouped in one entry (`["civil", "social"]`) are merged by accumulated priority.
    #[serde(default, deserialize_with = "tiers")]
    pub serves: Vec<Vec<QueueId>>,
    /// The front desk (导办台): issues, re-activates, answers help calls; calls nobody.
    #[serde(default)]
    pub desk: bool,
}

impl Window {
    /// Every queue it serves, first tier first.
    pub fn queues(&self) -> impl Iterator<Item = &QueueId> {
        self.serves.iter().flatten()
    }

    pub fn serves(&self, queue: &QueueId) -> bool {
        self.queues().any(|served| served == queue)
    }
}

/// Somebody who signs in at a window or at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    pub id: StaffId,
    /// What colleagues see; never shown to residents.
    pub name: String,
    pub role: StaffRole,
    /// Argon2 hash in PHC form, made by `hall-server hash-pin`.
    pub pin: String,
    /// The shift; the session ends with it. Without one a session ends at the hall's midnight.
    #[serde(default)]
    pub shift: Option<Hours>,
    /// Windows this person may sign in at; empty for any.
    #[serde(default)]
    pub windows: Vec<WindowId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    Clerk,
    Volunteer,
    Manager,
}

/// A day on which the weekly hours do not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub date: civil::Date,
    pub name: LocalText,
    /// Hours of that day; empty when closed (an adjusted working day, 调休, has hours).
    #[serde(default)]
    pub hours: Vec<Hours>,
}

/// An opening interval within one day, from inclusive to exclusive, in the hall's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    pub from: civil::Time,
    pub to: civil::Time,
}

impl Hours {
    pub fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.split_once('-')?;
        let (from, to) = (clock(from.trim())?, clock(to.trim())?);
        (from < to).then_some(Self { from, to })
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.to.strftime("%H:%M"))
    }
}

impl Serialize for Hours {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "`{text}` is not an interval like \"09:00-12:00\" with the start before the end"
            ))
        })
    }
}

/// Opening intervals by weekday; a weekday left out is closed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WeekHours {
    pub mon: Vec<Hours>,
    pub tue: Vec<Hours>,
    pub wed: Vec<Hours>,
    pub thu: Vec<Hours>,
    pub fri: Vec<Hours>,
    pub sat: Vec<Hours>,
    pub sun: Vec<Hours>,
}

impl WeekHours {
    pub fn on(&self, weekday: civil::Weekday) -> &[Hours] {
        match weekday {
            civil::Weekday::Monday => &self.mon,
            civil::Weekday::Tuesday => &self.tue,
            civil::Weekday::Wednesday => &self.wed,
            civil::Weekday::Thursday => &self.thu,
            civil::Weekday::Friday => &self.fri,
            civil::Weekday::Saturday => &self.sat,
            civil::Weekday::Sunday => &self.sun,
        }
    }

    /// The same hours on all seven days.
    pub fn every_day(hours: Hours) -> Self {
        let day = vec![hours];
        Self {
            mon: day.clone(),
            tue: day.clone(),
            wed: day.clone(),
            thu: day.clone(),
            fri: day.clone(),
            sat: day.clone(),
            sun: day,
        }
    }
}

/// The numbers behind the queue's rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Times a ticket may be called again after its first call.
    pub recalls_max: u32,
    /// Seconds between two calls of one ticket, at least.
    pub recall_gap_seconds: u32,
    /// Recalls before a ticket may be marked missed.
    pub recalls_before_missed: u32,
    /// Places a re-activated ticket waits, counted from the front of its queue.
    pub reactivate_places: u32,
    /// Places a resident's "I need more time" gives up, once.
    pub more_time_places: u32,
    /// Priority gained per minute of waiting, by class.
    pub rates: Rates,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            recalls_max: 3,
            recall_gap_seconds: 10,
            recalls_before_missed: 2,
            reactivate_places: 3,
            more_time_places: 3,
            rates: Rates::default(),
        }
    }
}

/// What does not fit together in a hall's configuration: where, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HallProblem {
    /// A dotted path, e.g. `window.3.serves`.
    pub at: String,
    pub expected: String,
}

impl Hall {
    pub fn queue(&self, id: &QueueId) -> Option<&Queue> {
        self.queues.iter().find(|queue| &queue.id == id)
    }

    pub fn window(&self, id: &WindowId) -> Option<&Window> {
        self.windows.iter().find(|window| &window.id == id)
    }

    pub fn zone(&self, id: &ZoneId) -> Option<&Zone> {
        self.zones.iter().find(|zone| &zone.id == id)
    }

    pub fn staff(&self, id: &StaffId) -> Option<&Staff> {
        self.staff.iter().find(|staff| &staff.id == id)
    }

    /// The hall's time zone.
    ///
    /// Falls back to UTC for a name [`Self::problems`] would have refused.
    pub fn tz(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// Everything wrong with the configuration; empty when the hall can open.
    pub fn problems(&self) -> Vec<HallProblem> {
        let mut found = Problems::default();
        found.id("id", self.id.as_str());
        found.text("name", &self.name);
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            found.say("time_zone", "an IANA time zone such as \"Asia/Shanghai\"");
        }
        if self.queues.is_empty() {
            found.say("queue", "at least one [[queue]]");
        }
        if self.rules.recalls_before_missed > self.rules.recalls_max {
            found.say(
                "rules.recalls_before_missed",
                "at most rules.recalls_max, or no ticket could ever be missed",
            );
        }
        for class in Class::ALL {
            let rate = self.rules.rates.of(class);
            if !rate.is_finite() || rate <= 0.0 {
                found.say(format!("rules.rates.{}", class.code()), "a number above zero");
            }
        }
        found.unique("zone", self.zones.iter().map(|zone| zone.id.as_str()));
        found.unique("queue", self.queues.iter().map(|queue| queue.id.as_str()));
        found.unique("queue prefix", self.queues.iter().map(|queue| queue.prefix.as_str()));
        found.unique("window", self.windows.iter().map(|window| window.id.as_str()));
        found.unique("staff", self.staff.iter().map(|staff| staff.id.as_str()));
        for zone in &self.zones {
            found.text(format!("zone.{}.name", zone.id), &zone.name);
        }
        for queue in &self.queues {
            self.check_queue(queue, &mut found);
        }
        for window in &self.windows {
            self.check_window(window, &mut found);
        }
        for staff in &self.staff {
            let at = format!("staff.{}", staff.id);
            if !staff.pin.starts_with("$argon2") {
                found.say(
                    format!("{at}.pin"),
                    "an Argon2 hash made by `hall-server hash-pin`, never the PIN itself",
                );
            }
            for window in &staff.windows {
                if self.window(window).is_none() {
                    found.say(
                        format!("{at}.windows"),
                        format!("an existing window instead of `{window}`"),
                    );
                }
            }
        }
        found.0
    }

    fn check_queue(&self, queue: &Queue, found: &mut Problems) {
        let at = format!("queue.{}", queue.id);
        found.text(format!("{at}.name"), &queue.name);
        let letters = queue.prefix.chars().all(|c| c.is_ascii_uppercase());
        if !letters || !(1..=3).contains(&queue.prefix.len()) {
            found.say(format!("{at}.prefix"), "one to three capital letters A-Z");
        }
        if !(1..=6).contains(&queue.digits) {
            found.say(format!("{at}.digits"), "1 to 6");
        } else if queue.first_number > queue.last_number() {
            found.say(format!("{at}.first_number"), format!("at most {}", queue.last_number()));
        } else if queue.daily_quota.is_some_and(|quota| quota > queue.range()) {
            found.say(
                format!("{at}.daily_quota"),
                format!("at most {}, the size of its number range", queue.range()),
            );
        }
        if self.zone(&queue.zone).is_none() {
            found.say(
                format!("{at}.zone"),
                format!("an existing zone instead of `{}`", queue.zone),
            );
        }
        if !self.windows.iter().any(|window| window.serves(&queue.id)) {
            found.say(&at, "at least one window that serves it");
        }
    }

    fn check_window(&self, window: &Window, found: &mut Problems) {
        let at = format!("window.{}", window.id);
        found.text(format!("{at}.name"), &window.name);
        if self.zone(&window.zone).is_none() {
            found.say(
                format!("{at}.zone"),
                format!("an existing zone instead of `{}`", window.zone),
            );
        }
        let mut seen = BTreeSet::new();
        for queue in window.queues() {
            if self.queue(queue).is_none() {
                found.say(
                    format!("{at}.serves"),
                    format!("an existing queue instead of `{queue}`"),
                );
            }
            if !seen.insert(queue) {
                found.say(format!("{at}.serves"), format!("`{queue}` only once"));
            }
        }
        if window.desk && !window.serves.is_empty() {
            found.say(format!("{at}.serves"), "nothing: a desk calls nobody");
        }
    }
}

#[derive(Default)]
struct Problems(Vec<HallProblem>);

impl Problems {
    fn say(&mut self, at: impl Into<String>, expected: impl Into<String>) {
        self.0.push(HallProblem {
            at: at.into(),
            expected: expected.into(),
        });
    }

    fn text(&mut self, at: impl Into<String>, text: &LocalText) {
        if text.0.get("zh-CN").is_none_or(|zh| zh.trim().is_empty()) {
            self.say(at, "a text in zh-CN");
        }
    }

    fn id(&mut self, at: &str, id: &str) {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > ID_BYTES_MAX || !id.chars().all(fits) {
            self.say(at, "1 to 32 of a-z, 0-9 and `-`");
        }
    }

    fn unique<'a>(&mut self, what: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if id.is_empty() || id.len() > ID_BYTES_MAX || id.chars().any(|c| c.is_whitespace() || c.is_control()) {
                self.say(
                    what,
                    format!("a name of 1 to {ID_BYTES_MAX} bytes without spaces instead of `{id}`"),
                );
            }
            if !seen.insert(id) {
                self.say(what, format!("`{id}` only once"));
            }
        }
    }
}

fn clock(text: &str) -> Option<civil::Time> {
    if text == "24:00" {
        return Some(civil::Time::MAX);
    }
    civil::Time::strptime("%H:%M", text).ok()
}

fn tiers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<QueueId>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Tier {
        One(QueueId),
        Merged(Vec<QueueId>),
    }
    Ok(Vec::<Tier>::deserialize(deserializer)?
        .into_iter()
        .map(|tier| match tier {
            Tier::One(queue) => vec![queue],
            Tier::Merged(queues) => queues,
        })
        .collect())
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

fn three() -> u8 {
    3
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}
