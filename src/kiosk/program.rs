//! The iced program: one definition for the real window, the off-screen walk and the tests.

use iced::{Program, Size, Theme, theme, window};

use super::app::{App, Devices, Message, Settings};
use super::ui::fonts;

/// How the program fills the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    pub fullscreen: bool,
    pub size: Size,
}

/// The program of a device, ready to run.
pub fn program(
    settings: Settings,
    devices: Devices,
    frame: Frame,
) -> iced::Application<impl Program<State = App, Message = Message, Theme = Theme>> {
    fonts::load();
    iced::application(
        move || App::boot(settings.clone(), devices.clone()),
        App::update,
        App::view,
    )
    .title(App::title)
    .theme(App::theme)
    .style(|app, _theme| theme::Style {
        background_color: app.palette().ground,
        text_color: app.palette().ink,
    })
    .subscription(App::subscription)
    .default_font(fonts::REGULAR)
    .window(window::Settings {
        size: frame.size,
        fullscreen: frame.fullscreen,
        decorations: !frame.fullscreen,
        resizable: true,
        exit_on_close_request: true,
        ..window::Settings::default()
    })
}
