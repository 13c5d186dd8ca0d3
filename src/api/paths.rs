//! Where everything is. `{…}` are path parameters, as axum writes them.

/// Header that names one touch: a UUID; the same key returns the same ticket.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

pub const HEALTH: &str = "/healthz";
pub const HALL: &str = "/v1/hall";
pub const STATE: &str = "/v1/state";
pub const LIVE: &str = "/v1/live";
pub const TICKETS: &str = "/v1/tickets";
pub const TICKET: &str = "/v1/tickets/{id}";
pub const TICKET_COMMANDS: &str = "/v1/tickets/{id}/commands";
pub const TICKET_PRINT: &str = "/v1/tickets/{id}/print";
pub const WINDOW: &str = "/v1/windows/{id}";
pub const WINDOW_LIVE: &str = "/v1/windows/{id}/live";
pub const WINDOW_CALL_NEXT: &str = "/v1/windows/{id}/call-next";
pub const WINDOW_PAUSE: &str = "/v1/windows/{id}/pause";
pub const WINDOW_OPEN: &str = "/v1/windows/{id}/open";
pub const SESSIONS: &str = "/v1/sessions";
pub const SESSION: &str = "/v1/sessions/current";
pub const HELP: &str = "/v1/help";
pub const HELP_ANSWER: &str = "/v1/help/{id}/answer";
pub const ALERT_CLEAR: &str = "/v1/alerts/{id}/clear";
pub const CA: &str = "/v1/ca";
pub const ENROLL: &str = "/v1/enroll";
pub const RENEW: &str = "/v1/device/renew";

/// What a resident's phone opens; `{token}` is unguessable and opens this one ticket.
pub const PAGE_TICKET: &str = "/t/{token}";
pub const PAGE_TICKET_LIVE: &str = "/t/{token}/live";
pub const PAGE_TICKET_MORE_TIME: &str = "/t/{token}/more-time";
pub const PAGE_TICKET_CANCEL: &str = "/t/{token}/cancel";

/// `path` with its one `{…}` parameter filled in.
pub fn fill(path: &str, value: &str) -> String {
    match (path.find('{'), path.find('}')) {
        (Some(open), Some(close)) => format!("{}{value}{}", &path[..open], &path[close + 1..]),
        _ => path.to_owned(),
    }
}
