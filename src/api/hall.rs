//! What devices know of the hall: its configuration without staff and secrets.

use serde::{Deserialize, Serialize};

use crate::domain::hall::{HallId, LocalText, QueueId, Rules, WindowId, ZoneId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct HallInfo {
    pub id: HallId,
    pub name: LocalText,
    pub time_zone: String,
    #[cfg_attr(feature = "server", schema(value_type = Object))]
    pub rules: Rules,
    pub notices: Vec<LocalText>,
    pub zones: Vec<ZoneInfo>,
    pub queues: Vec<QueueInfo>,
    pub windows: Vec<WindowInfo>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ZoneInfo {
    pub id: ZoneId,
    pub name: LocalText,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct QueueInfo {
    pub id: QueueId,
    pub prefix: String,
    pub name: LocalText,
    pub hint: LocalText,
    pub zone: ZoneId,
    pub at_terminal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WindowInfo {
    pub id: WindowId,
    pub name: LocalText,
    pub zone: ZoneId,
    pub queues: Vec<QueueId>,
    pub desk: bool,
}

impl HallInfo {
    pub fn queue(&self, id: &QueueId) -> Option<&QueueInfo> {
        self.queues.iter().find(|queue| &queue.id == id)
    }

    pub fn window(&self, id: &WindowId) -> Option<&WindowInfo> {
        self.windows.iter().find(|window| &window.id == id)
    }

    pub fn zone(&self, id: &ZoneId) -> Option<&ZoneInfo> {
        self.zones.iter().find(|zone| &zone.id == id)
    }
}
