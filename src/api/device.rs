//! Enrolment and renewal of devices.

use serde::{Deserialize, Serialize};

use crate::domain::hall::{HallId, WindowId};

/// What a device is for; it may do only that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceRole {
    Terminal,
    Window,
    Board,
}

impl DeviceRole {
    pub const ALL: [Self; 3] = [Self::Terminal, Self::Window, Self::Board];

    pub fn code(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Window => "window",
            Self::Board => "board",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// The hall's certificate authority. Fetched unauthenticated; the caller compares its SHA-256 with the enrolment code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct CaReply {
    pub ca_pem: String,
}

/// A one-time code and a PKCS#10 request signed with the device's own new key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EnrollRequest {
    pub code: String,
    pub csr_pem: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct RenewRequest {
    pub csr_pem: String,
}

/// The device's certificate and who it now is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Enrolled {
    pub certificate_pem: String,
    pub ca_pem: String,
    pub hall: HallId,
    pub name: String,
    pub role: DeviceRole,
    /// The window a `window` device stands at.
    pub window: Option<WindowId>,
    /// Lower-case hex, as in the server's list of devices.
    pub serial: String,
    pub not_after_ms: i64,
}
