//! Tiles in rows of equal cells that fill the room they are given.

use iced::Length;
use iced::widget::{Column, Row, Space};

use crate::kiosk::ui::{Element, Look};

/// `tiles` in `columns`, left to right; the last row is filled up with empty cells.
pub fn grid<'a, M: 'a>(look: &Look, columns: usize, tiles: Vec<Element<'a, M>>, gap: f32) -> Element<'a, M> {
    let columns = columns.max(1);
    let mut rows = Column::new()
        .spacing(look.px(gap))
        .width(Length::Fill)
        .height(Length::Fill);
    let mut tiles = tiles.into_iter().peekable();
    while tiles.peek().is_some() {
        let mut row = Row::new()
            .spacing(look.px(gap))
            .width(Length::Fill)
            .height(Length::Fill);
        for _ in 0..columns {
            row = row.push(tiles.next().unwrap_or_else(|| Space::new().width(Length::Fill).into()));
        }
        rows = rows.push(row);
    }
    rows.into()
}
