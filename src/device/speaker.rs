//! stub
pub trait Speaker: Send + Sync + std::fmt::Debug {}
#[derive(Debug)]
pub struct SystemSpeaker;
impl SystemSpeaker {
    pub fn start() -> Self {
        Self
    }
}
impl Speaker for SystemSpeaker {}
