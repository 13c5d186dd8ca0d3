//! What devices know of the hall: its configuration without staff and secrets.

use serde::{Deserialize, Serialize};

use crate::domain::hall::{Hall, HallId, LocalText, QueueId, Rules, WindowId, ZoneId};

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

impl From<&Hall> for HallInfo {
    /// What devices may know: no staff, no secrets.
    fn from(hall: &Hall) -> Self {
        Self {
            id: hall.id.clone(),
            name: hall.name.clone(),
            time_zone: hall.time_zone.clone(),
            rules: hall.rules.clone(),
            notices: hall.notices.clone(),
            zones: hall
                .zones
                .iter()
                .map(|zone| ZoneInfo {
                    id: zone.id.clone(),
                    name: zone.name.clone(),
                })
                .collect(),
            queues: hall
                .queues
                .iter()
                .map(|queue| QueueInfo {
                    id: queue.id.clone(),
                    prefix: queue.prefix.clone(),
                    name: queue.name.clone(),
                    hint: queue.hint.clone(),
                    zone: queue.zone.clone(),
                    at_terminal: queue.at_terminal,
                })
                .collect(),
            windows: hall
                .windows
                .iter()
                .map(|window| WindowInfo {
                    id: window.id.clone(),
                    name: window.name.clone(),
                    zone: window.zone.clone(),
                    queues: window.queues().cloned().collect(),
                    desk: window.desk,
                })
                .collect(),
        }
    }
}
