//! stub
use super::{Known, Message};
use crate::kiosk::ui::Element;
#[derive(Debug, Default)]
pub struct Wall;
impl Wall {
    pub(super) fn heard(&mut self, _known: &Known) {}
    pub(super) fn tick_ms(&self, _k: &Known) -> u64 {
        60000
    }
    pub(super) fn view<'a>(&'a self, _known: &'a Known) -> Element<'a, Message> {
        iced::widget::space().into()
    }
}
