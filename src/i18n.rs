//! The words, by language: a typed lookup over `locales/LANG/*.ftl`, embedded at build time.
//!
//! A key that a language lacks falls back to `zh-CN`; a key nobody has is a bug a test finds.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use unic_langid::LanguageIdentifier;

use crate::domain::estimate::WaitRange;

/// A language with complete words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    #[default]
    ZhCn,
    En,
}

impl Lang {
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// The words file, for whoever checks it.
    pub fn source(self) -> &'static str {
        match self {
            Self::ZhCn => include_str!("../locales/zh-CN/hall.ftl"),
            Self::En => include_str!("../locales/en/hall.ftl"),
        }
    }
}

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| Lang::ALL.map(bundle));

/// The words for `key`.
pub fn tr(lang: Lang, key: &str) -> String {
    format(lang, key, None).unwrap_or_else(|| key.to_owned())
}

/// The words for `key`, or none where nobody wrote any.
pub fn try_tr(lang: Lang, key: &str) -> Option<String> {
    format(lang, key, None)
}

/// The words for `key` with `args` in their places.
pub fn tr_with<'a>(lang: Lang, key: &str, args: &[(&'a str, FluentValue<'a>)]) -> String {
    let args: FluentArgs<'a> = args.iter().cloned().collect();
    format(lang, key, Some(&args)).unwrap_or_else(|| key.to_owned())
}

/// `10–15 分钟`, or that it cannot be said yet.
pub fn wait(lang: Lang, wait: Option<WaitRange>) -> String {
    match wait {
        Some(range) => tr_with(
            lang,
            "wait-range",
            &[("from", range.from_minutes.into()), ("to", range.to_minutes.into())],
        ),
        None => tr(lang, "wait-unknown"),
    }
}

/// `11月22日 星期日`
pub fn date(lang: Lang, at_ms: i64, zone: &TimeZone) -> String {
    let Ok(at) = Timestamp::from_millisecond(at_ms) else {
        return String::new();
    };
    let at = at.to_zoned(zone.clone());
    let weekday = tr(lang, WEEKDAYS[at.weekday().to_monday_zero_offset() as usize % 7]);
    let month = match lang {
        Lang::ZhCn => at.month().to_string(),
        Lang::En => at.strftime("%B").to_string(),
    };
    tr_with(
        lang,
        "date",
        &[
            ("month", month.into()),
            ("day", i64::from(at.day()).into()),
            ("weekday", weekday.into()),
        ],
    )
}

/// `09:42`
pub fn clock(at_ms: i64, zone: &TimeZone) -> String {
    Timestamp::from_millisecond(at_ms).map_or_else(
        |_| String::new(),
        |at| at.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
    )
}

/// When something opens, said from `now_ms`: `今天 13:30`, `明天 09:00`, `11月24日 星期二 09:00`.
pub fn opens_at(lang: Lang, at_ms: i64, now_ms: i64, zone: &TimeZone) -> String {
    let day = |ms| Timestamp::from_millisecond(ms).map(|at| at.to_zoned(zone.clone()).date());
    let time = clock(at_ms, zone);
    let day = match (day(at_ms), day(now_ms)) {
        (Ok(at), Ok(now)) if at == now => tr(lang, "today"),
        (Ok(at), Ok(now)) if now.tomorrow().is_ok_and(|next| next == at) => tr(lang, "tomorrow"),
        _ => date(lang, at_ms, zone),
    };
    format!("{day} {time}")
}

const WEEKDAYS: [&str; 7] = [
    "weekday-mon",
    "weekday-tue",
    "weekday-wed",
    "weekday-thu",
    "weekday-fri",
    "weekday-sat",
    "weekday-sun",
];

fn format(lang: Lang, key: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
    let own = &BUNDLES[lang as usize];
    let (bundle, message) = match own.get_message(key) {
        Some(message) => (own, message),
        None => (&BUNDLES[0], BUNDLES[0].get_message(key)?),
    };
    let mut errors = Vec::new();
    let text = bundle.format_pattern(message.value()?, args, &mut errors);
    debug_assert!(errors.is_empty(), "{key}: {errors:?}");
    Some(text.into_owned())
}

fn bundle(lang: Lang) -> Bundle {
    let id: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // The isolation marks are drawn as boxes by fonts that lack them, and printed.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(lang.source().to_owned()).unwrap_or_else(|(resource, errors)| {
        debug_assert!(errors.is_empty(), "{}: {errors:?}", lang.tag());
        resource
    });
    let added = bundle.add_resource(resource);
    debug_assert!(added.is_ok(), "{}: {added:?}", lang.tag());
    bundle
}
