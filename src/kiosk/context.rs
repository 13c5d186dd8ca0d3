//! What every screen may know: the look, the language, the hall as last heard, the time. Read only.

use jiff::tz::TimeZone;

use super::ui::Look;
use crate::api::hall::HallInfo;
use crate::api::live::{HallLive, QueueLive};
use crate::domain::hall::QueueId;
use crate::i18n::{self, Lang};

pub struct Context<'a> {
    pub look: Look,
    pub lang: Lang,
    pub hall: &'a HallInfo,
    pub live: Option<&'a HallLive>,
    /// Since when the line is gone, in milliseconds since the epoch.
    pub lost_since: Option<i64>,
    pub now_ms: i64,
    pub zone: &'a TimeZone,
    /// What this device is called.
    pub device: &'a str,
    /// Whether paper can be had; a stable printer code when not.
    pub printer_trouble: Option<&'a str>,
}

impl Context<'_> {
    pub fn tr(&self, key: &str) -> String {
        i18n::tr(self.lang, key)
    }

    pub fn tr_n(&self, key: &str, n: impl Into<i64>) -> String {
        let n: i64 = n.into();
        i18n::tr_with(self.lang, key, &[("n", n.into())])
    }

    /// `key`, or its large-print form.
    pub fn tr_pick(&self, key: &str, elder_key: &str) -> String {
        self.tr(if self.look.elder { elder_key } else { key })
    }

    pub fn queue_live(&self, id: &QueueId) -> Option<&QueueLive> {
        self.live?.queues.iter().find(|queue| &queue.id == id)
    }

    /// `等候 4 人 · 约 10–15 分钟`, or when it opens.
    pub fn queue_line(&self, id: &QueueId) -> String {
        let Some(queue) = self.queue_live(id) else {
            return String::new();
        };
        if !queue.open {
            return match queue.opens_at_ms {
                Some(at) => {
                    let at = i18n::opens_at(self.lang, at, self.now_ms, self.zone);
                    i18n::tr_with(self.lang, "queue-opens", &[("at", at.into())])
                }
                None => self.tr("queue-closed-long"),
            };
        }
        if queue.left == Some(0) {
            return self.tr("queue-quota-gone");
        }
        let people = if queue.waiting == 0 {
            self.tr("queue-nobody")
        } else {
            self.tr_n("queue-waiting", queue.waiting)
        };
        match queue.wait {
            Some(_) if queue.waiting > 0 => {
                let wait = i18n::wait(self.lang, queue.wait);
                format!(
                    "{people} · {}",
                    i18n::tr_with(self.lang, "queue-about", &[("wait", wait.into())])
                )
            }
            _ => people,
        }
    }

    /// Whether a number can be had there now, as far as we know.
    pub fn gives_numbers(&self, id: &QueueId) -> bool {
        self.queue_live(id)
            .is_none_or(|queue| queue.open && queue.left != Some(0))
    }

    /// `12 秒`, `3 分钟`: an age to read, never finer than needed.
    pub fn age(&self, since_ms: i64) -> String {
        let seconds = ((self.now_ms - since_ms) / 1000).max(0);
        if seconds < 60 {
            self.tr_n("seconds", seconds)
        } else {
            self.tr_n("minutes", seconds / 60)
        }
    }

    /// The quiet tag while the line is gone.
    pub fn offline_tag(&self) -> Option<String> {
        let age = self.age(self.lost_since?);
        Some(i18n::tr_with(self.lang, "offline-age", &[("age", age.into())]))
    }
}
