//! What a receipt says, before any layout: facts only, in no language yet.

use super::estimate::WaitRange;
use super::hall::LocalText;
use super::priority::Class;

/// The slip a resident takes away with a number.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketSlip {
    pub hall: LocalText,
    pub queue: LocalText,
    pub number: String,
    pub people_ahead: u32,
    pub wait: Option<WaitRange>,
    pub zone: LocalText,
    pub class: Class,
    /// Milliseconds since the epoch.
    pub issued_at: i64,
    /// IANA name of the hall's time zone, for the printed time.
    pub time_zone: String,
    /// What the QR code holds: the phone page's address with its token, nothing personal.
    pub url: String,
}
