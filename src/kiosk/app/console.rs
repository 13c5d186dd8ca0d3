//! stub
use super::Known;
use crate::domain::hall::WindowId;
use crate::kiosk::link::Line;
use crate::kiosk::ui::Element;
use iced::{Subscription, Task, keyboard::Key};
#[derive(Debug)]
pub struct Console(WindowId);
#[derive(Debug, Clone)]
pub enum Message {}
impl Console {
    pub fn new(w: WindowId) -> Self {
        Self(w)
    }
    pub(super) fn key(&mut self, _k: &Key, _known: &Known) -> Task<Message> {
        Task::none()
    }
    pub(super) fn update(&mut self, _m: Message, _known: &Known) -> Task<Message> {
        Task::none()
    }
    pub(super) fn tick_ms(&self) -> u64 {
        60000
    }
    pub(super) fn subscription(&self, _line: &Line) -> Subscription<Message> {
        Subscription::none()
    }
    pub(super) fn view<'a>(&'a self, _known: &'a Known) -> Element<'a, Message> {
        iced::widget::space().into()
    }
}
