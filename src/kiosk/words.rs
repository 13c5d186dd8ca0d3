//! Words for what went wrong, from the stable code of an answer.

use super::context::Context;
use super::link::LinkError;
use crate::domain::hall::WindowId;
use crate::i18n;

/// Why something was not done, for the clerk who asked for it. Never empty.
pub fn problem_words(cx: &Context<'_>, error: &LinkError) -> String {
    let problem = error.problem();
    let text = |fact| {
        problem
            .and_then(|problem| problem.text(fact))
            .unwrap_or_default()
            .to_owned()
    };
    let number = |fact| problem.and_then(|problem| problem.number(fact));
    let seconds = number("wait_ms").map(|ms| (ms.max(0) + 999) / 1000);
    let clerk = match text("clerk_name") {
        name if name.is_empty() => text("clerk"),
        name => name,
    };
    let window = WindowId(text("window"));
    let window = cx
        .hall
        .window(&window)
        .map_or(window.to_string(), |info| info.name.get(cx.lang.tag()).to_owned());
    let say = |key: &str| {
        i18n::tr_with(
            cx.lang,
            key,
            &[
                ("n", seconds.or(number("remaining")).unwrap_or_default().into()),
                ("clerk", clerk.clone().into()),
                ("window", window.clone().into()),
                ("number", text("number").into()),
                ("code", error.code().to_owned().into()),
            ],
        )
    };
    let key = format!("problem-{}", error.code().replace('.', "-"));
    match say(&key) {
        // A key nobody wrote comes back as it is.
        words if words == key => say("problem-other"),
        words => words,
    }
}
