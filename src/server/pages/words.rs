//! What the phone page says, in the languages it speaks.

use crate::domain::estimate::WaitRange;
use crate::domain::ticket::HoldKind;

/// The page's words in one language. `{n}` is filled in by the page's script.
pub(super) struct Words {
    pub(super) tag: &'static str,
    pub(super) other_tag: &'static str,
    pub(super) other: &'static str,
    pub(super) fresh: &'static str,
    pub(super) stale: &'static str,
    pub(super) private: &'static str,
    pub(super) more_time_sure: &'static str,
    pub(super) more_time_yes: &'static str,
    pub(super) more_time_used: &'static str,
    pub(super) cancel: &'static str,
    pub(super) cancel_sure: &'static str,
    pub(super) cancel_yes: &'static str,
    pub(super) come_now: &'static str,
    pub(super) missed: &'static str,
    pub(super) missed_more: &'static str,
    pub(super) completed: &'static str,
    pub(super) completed_more: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) cancelled_more: &'static str,
    pub(super) expired: &'static str,
    pub(super) expired_more: &'static str,
    pub(super) no_estimate: &'static str,
}

const ZH: Words = Words {
    tag: "zh-CN",
    other_tag: "en",
    other: "English",
    fresh: "{n} 秒前更新",
    stale: "连不上大厅，这是 {n} 秒前的情况",
    private: "本页不显示您的姓名和证件号码",
    more_time_sure: "会让后面的人先办，只能用一次。",
    more_time_yes: "好的，往后排",
    more_time_used: "已为您往后排，号码不变。",
    cancel: "不办了，取消",
    cancel_sure: "取消后这个号就作废了，再办要重新取号。",
    cancel_yes: "确定取消",
    come_now: "正在叫您的号，请现在过去",
    missed: "已过号",
    missed_more: "请到导办台激活，不用重新取号",
    completed: "已办结",
    completed_more: "谢谢您，请慢走",
    cancelled: "已取消",
    cancelled_more: "要办事请重新取号",
    expired: "这个号已过期",
    expired_more: "号码只在取号当天有效，要办事请重新取号",
    no_estimate: "暂时说不准要等多久",
};

const EN: Words = Words {
    tag: "en",
    other_tag: "zh-CN",
    other: "中文",
    fresh: "Updated {n} s ago",
    stale: "No connection. This was {n} s ago",
    private: "This page does not show your name or ID number",
    more_time_sure: "Others will go first. You can do this once.",
    more_time_yes: "Yes, move me back",
    more_time_used: "You were moved back. Your number stays the same.",
    cancel: "I no longer need it: cancel",
    cancel_sure: "This number will no longer be valid. To come back you take a new one.",
    cancel_yes: "Cancel my number",
    come_now: "You are being called, please go there now",
    missed: "Your turn has passed",
    missed_more: "Ask at the front desk to be put back in line; no new number needed",
    completed: "All done",
    completed_more: "Thank you, and goodbye",
    cancelled: "Cancelled",
    cancelled_more: "To come back, take a new number",
    expired: "This number is out of date",
    expired_more: "A number is valid on its own day only; please take a new one",
    no_estimate: "We cannot say yet how long it will take",
};

impl Words {
    /// The language asked for by `?lang`, else by the browser, else Chinese.
    pub(super) fn choose(asked: Option<&str>, accepted: Option<&str>) -> &'static Self {
        if let Some(words) = asked.and_then(Self::of) {
            return words;
        }
        let mut wishes: Vec<(&str, f32)> = accepted.map_or_else(Vec::new, |list| {
            list.split(',')
                .take(16)
                .map(|wish| {
                    let (tag, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
                    (tag.trim(), weight.trim().parse().unwrap_or(0.0))
                })
                .collect()
        });
        wishes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        wishes.iter().find_map(|(tag, _)| Self::of(tag)).unwrap_or(&ZH)
    }

    fn of(tag: &str) -> Option<&'static Self> {
        match tag.split('-').next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(&ZH),
            "en" => Some(&EN),
            _ => None,
        }
    }

    fn is_zh(&self) -> bool {
        self.tag == ZH.tag
    }

    pub(super) fn ahead(&self, people: u32, wait: Option<WaitRange>) -> String {
        let zh = self.is_zh();
        let mut text = match (zh, people) {
            (true, 0) => "下一个就是您".to_owned(),
            (true, people) => format!("前面还有 {people} 人"),
            (false, 0) => "You are next".to_owned(),
            (false, 1) => "1 person ahead".to_owned(),
            (false, people) => format!("{people} people ahead"),
        };
        if let Some(WaitRange {
            from_minutes: from,
            to_minutes: to,
        }) = wait
        {
            text.push_str(&match (zh, from) {
                (true, 0) => format!("，不到 {to} 分钟"),
                (true, from) => format!("，约 {from}–{to} 分钟"),
                (false, 0) => format!(", under {to} min"),
                (false, from) => format!(", about {from}–{to} min"),
            });
        }
        text
    }

    pub(super) fn wait_in(&self, zone: &str) -> String {
        if self.is_zh() {
            format!("请在{zone}等候")
        } else {
            format!("Please wait in: {zone}")
        }
    }

    pub(super) fn go_to(&self, window: &str) -> String {
        if self.is_zh() {
            format!("请到 {window}")
        } else {
            format!("Please go to {window}")
        }
    }

    pub(super) fn being_served(&self, window: &str) -> String {
        if self.is_zh() {
            format!("正在{window}办理")
        } else {
            format!("Being served at {window}")
        }
    }

    /// What a held ticket says, and what to do.
    pub(super) fn held(&self, kind: Option<HoldKind>, window: &str) -> (&'static str, String) {
        let zh = self.is_zh();
        let title = if zh {
            "您的事先放一放"
        } else {
            "Your case is on hold"
        };
        let text = match (kind, zh) {
            (Some(HoldKind::WithCase), true) => format!("材料在{window}，办好会叫您"),
            (Some(HoldKind::WithCase), false) => format!("Your papers are at {window}; you will be called"),
            (Some(HoldKind::Waiting), true) => "请在大厅稍候，会再叫您的号".to_owned(),
            (Some(HoldKind::Waiting), false) => "Please wait in the hall; you will be called again".to_owned(),
            (Some(HoldKind::WithoutCase) | None, true) => format!("补齐材料后直接回{window}，不用重新取号"),
            (Some(HoldKind::WithoutCase) | None, false) => {
                format!("Come straight back to {window} with what was missing; no new number needed")
            }
        };
        (title, text)
    }

    pub(super) fn more_time(&self, places: u32) -> String {
        if self.is_zh() {
            format!("我晚点到，往后排 {places} 位")
        } else {
            format!("I need more time: {places} places back")
        }
    }

    pub(super) fn updated(&self, time: &str) -> String {
        if self.is_zh() {
            format!("{time} 的情况")
        } else {
            format!("As of {time}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_decides_then_the_browser_then_chinese() {
        assert_eq!(Words::choose(Some("en"), Some("zh-CN")).tag, "en");
        assert_eq!(Words::choose(None, Some("en-GB,en;q=0.9,zh;q=0.8")).tag, "en");
        assert_eq!(Words::choose(None, Some("en;q=0.3,zh-CN;q=0.8")).tag, "zh-CN");
        assert_eq!(Words::choose(Some("xx"), Some("fr")).tag, "zh-CN");
    }
}
