//! One visit: who is standing here, for as long as they do. Dropped whole when it ends; the next begins from nothing.

use crate::i18n::Lang;

/// How this visitor wants to be spoken to. What they chose lives in the screens and goes with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Counts visits, so that an answer to an earlier one is known and dropped.
    pub id: u64,
    pub lang: Lang,
    pub elder: bool,
    pub high_contrast: bool,
}

impl Visit {
    /// The visit after this one, in the hall's own defaults.
    pub fn next(self, lang: Lang, high_contrast: bool) -> Self {
        Self {
            id: self.id + 1,
            lang,
            elder: false,
            high_contrast,
        }
    }
}
