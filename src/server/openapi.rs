//! The HTTPS contract as an OpenAPI document, made from the routes themselves.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::routes::{devices, hall, help, sessions, tickets, windows};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hall Kiosk",
        description = "What terminals, windows and boards ask of the hall server. Every error is an RFC 9457 problem \
                       with a stable `code`. Times are milliseconds since the Unix epoch.",
    ),
    paths(
        hall::health, hall::hall, hall::state, hall::live,
        tickets::issue, tickets::ticket, tickets::command, tickets::print,
        windows::window, windows::live, windows::call_next, windows::pause, windows::open,
        sessions::sign_in, sessions::current, sessions::sign_out,
        help::raise, help::answer, help::clear,
        devices::ca, devices::enroll, devices::renew,
        pages::ticket, pages::live, pages::more_time, pages::cancel,
    ),
    security(("device" = [])),
    modifiers(&Schemes),
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let mutual_tls = SecurityScheme::MutualTls {
            description: Some("The certificate got by enrolment".to_owned()),
            deprecated: None,
            extensions: None,
        };
        components.add_security_scheme("device", mutual_tls);
        let session = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The token got by signing in"))
            .build();
        components.add_security_scheme("session", SecurityScheme::Http(session));
    }
}

/// The document, as JSON.
///
/// # Errors
/// When it cannot be written down, which no input can cause.
pub fn document() -> Result<String, serde_json::Error> {
    Document::openapi().to_pretty_json()
}

/// The public address's pages, described here because they have no shapes of their own.
mod pages {
    use crate::api::paths;

    #[utoipa::path(get, path = paths::PAGE_TICKET, tag = "phone", security(()),
        params(("token" = String, Path), ("lang" = Option<String>, Query)),
        responses((status = 200, body = String, content_type = "text/html"), (status = 404, body = String, content_type = "text/html")))]
    #[allow(dead_code)]
    pub(super) fn ticket() {}

    #[utoipa::path(get, path = paths::PAGE_TICKET_LIVE, tag = "phone", security(()),
        params(("token" = String, Path), ("lang" = Option<String>, Query), ("poll" = Option<String>, Query, description = "Once, as JSON")),
        responses((status = 200, body = String, content_type = "text/event-stream"), (status = 404, body = String, content_type = "text/html")))]
    #[allow(dead_code)]
    pub(super) fn live() {}

    #[utoipa::path(post, path = paths::PAGE_TICKET_MORE_TIME, tag = "phone", security(()),
        params(("token" = String, Path)),
        responses((status = 303, description = "Back to the page"), (status = 404, body = String, content_type = "text/html")))]
    #[allow(dead_code)]
    pub(super) fn more_time() {}

    #[utoipa::path(post, path = paths::PAGE_TICKET_CANCEL, tag = "phone", security(()),
        params(("token" = String, Path)),
        responses((status = 303, description = "Back to the page"), (status = 404, body = String, content_type = "text/html")))]
    #[allow(dead_code)]
    pub(super) fn cancel() {}
}
