//! The board on the wall: shows what is, says what is new. It asks nobody and nobody touches it.

use super::{Known, Message};
use crate::device::clips::{Place, Voice};
use crate::i18n::Lang;
use crate::kiosk::screen::board;
use crate::kiosk::ui::{Element, Look, Palette};

/// How often the list of queues turns its page, when it has more than one.
const PAGE_TICK_MS: u64 = 10_000;
const CALM_TICK_MS: u64 = 60_000;
/// Queues on a page; with fewer nothing turns and nothing is redrawn for it.
const QUEUES_A_PAGE: usize = board::QUEUES_MAX;

#[derive(Debug, Default)]
pub struct Wall {
    board: board::State,
}

impl Wall {
    /// Says every call that has not been said.
    pub(super) fn heard(&mut self, known: &Known) {
        let Some(live) = &known.live else { return };
        let voice = match known.settings.lang {
            Lang::ZhCn => Voice::Mandarin,
            Lang::En => Voice::English,
        };
        for call in self.board.announce(live, known.now_ms) {
            if let Some(speaker) = &known.devices.speaker {
                let desk = known
                    .hall
                    .as_ref()
                    .and_then(|hall| hall.window(&call.window))
                    .is_some_and(|window| window.desk);
                speaker.say_call(&call.number, Place::of(call.window.as_str(), desk), voice);
            }
        }
    }

    pub(super) fn tick_ms(&self, known: &Known) -> u64 {
        let queues = known
            .hall
            .as_ref()
            .map_or(0, |hall| hall.queues.iter().filter(|queue| queue.at_terminal).count());
        if queues > QUEUES_A_PAGE {
            PAGE_TICK_MS
        } else {
            CALM_TICK_MS
        }
    }

    pub(super) fn view<'a>(&'a self, known: &'a Known) -> Element<'a, Message> {
        let look = Look::fitted(Palette::BOARD, known.size);
        match known.context(known.settings.lang, look) {
            Some(cx) => self.board.view(&cx),
            None => super::connecting(&look, known.settings.lang),
        }
    }
}
