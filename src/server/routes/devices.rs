//! Enrolment and renewal. The only routes that serve somebody without a certificate.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;

use crate::api::device::{CaReply, EnrollCode, EnrollRequest, Enrolled, RenewRequest};
use crate::api::paths;
use crate::api::problem::{Problem, code};
use crate::domain::hall::HallId;
use crate::server::app::{App, digest};
use crate::server::auth::{Body, Caller};
use crate::server::ca::Leaf;
use crate::server::error::{ApiError, Reply};
use crate::server::store::DeviceRow;

/// The authority, to be compared with the fingerprint in the enrolment code before it is trusted.
#[utoipa::path(get, path = paths::CA, tag = "devices", security(()), responses((status = 200, body = CaReply)))]
pub(crate) async fn ca(State(app): State<Arc<App>>) -> Json<CaReply> {
    Json(CaReply {
        ca_pem: app.ca.pem().to_owned(),
    })
}

/// Makes a device known, once per code.
#[utoipa::path(post, path = paths::ENROLL, tag = "devices", security(()), request_body = EnrollRequest, responses(
    (status = 201, description = "Enrolled", body = Enrolled),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn enroll(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Body(request): Body<EnrollRequest>,
) -> Reply<(StatusCode, Json<Enrolled>)> {
    if let Some(wait) = app.enroll_tries.wait(peer.ip()) {
        return Err(ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            code::ENROLL_LIMITED,
            "too many wrong codes",
        )
        .with("wait_ms", i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)));
    }
    let invalid = || {
        app.enroll_tries.failed(peer.ip());
        ApiError::new(
            StatusCode::FORBIDDEN,
            code::ENROLL_CODE_INVALID,
            "this code is unknown, used or too old",
        )
    };
    let code = EnrollCode::parse(&request.code).filter(|code| code.fits_ca(&app.ca.sha256()));
    let code = code.ok_or_else(invalid)?;
    // First the request, then the code: a request that cannot be signed does not use the code up.
    app.ca
        .device(&request.csr_pem, "check", app.certificate_life)
        .map_err(|_| csr_invalid())?;
    let now = app.now_ms();
    let enrollment = app.store.redeem_enrollment(&digest(code.secret()), now).await?;
    let enrollment = enrollment.ok_or_else(invalid)?;
    let leaf = sign(&app, &request.csr_pem, &enrollment.name)?;
    let device = DeviceRow {
        hall: enrollment.hall,
        serial: leaf.serial.clone(),
        name: enrollment.name,
        role: enrollment.role,
        window: enrollment.window,
        not_after: leaf.not_after_ms,
        issued_at: now,
        revoked_at: None,
    };
    app.store.add_device(&device).await?;
    tracing::info!(hall = %device.hall, device = %device.name, serial = %device.serial, "enrolled");
    Ok((StatusCode::CREATED, Json(enrolled(&app, leaf, device))))
}

/// A new certificate for a new key, before the old one ends. The old one stays good until then.
#[utoipa::path(post, path = paths::RENEW, tag = "devices", request_body = RenewRequest, responses(
    (status = 201, description = "Renewed", body = Enrolled),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub(crate) async fn renew(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(request): Body<RenewRequest>,
) -> Reply<(StatusCode, Json<Enrolled>)> {
    let leaf = sign(&app, &request.csr_pem, &caller.device.name)?;
    let device = DeviceRow {
        serial: leaf.serial.clone(),
        not_after: leaf.not_after_ms,
        issued_at: app.now_ms(),
        ..caller.device
    };
    app.store.add_device(&device).await?;
    tracing::info!(hall = %device.hall, device = %device.name, serial = %device.serial, "renewed");
    Ok((StatusCode::CREATED, Json(enrolled(&app, leaf, device))))
}

fn sign(app: &App, csr_pem: &str, name: &str) -> Reply<Leaf> {
    app.ca
        .device(csr_pem, name, app.certificate_life)
        .map_err(|_| csr_invalid())
}

fn csr_invalid() -> ApiError {
    ApiError::new(
        StatusCode::BAD_REQUEST,
        code::ENROLL_CSR_INVALID,
        "not a certificate request signed by its own key",
    )
}

fn enrolled(app: &App, leaf: Leaf, device: DeviceRow) -> Enrolled {
    let hall: HallId = device.hall;
    Enrolled {
        certificate_pem: leaf.pem,
        ca_pem: app.ca.pem().to_owned(),
        hall,
        name: device.name,
        role: device.role,
        window: device.window,
        serial: leaf.serial,
        not_after_ms: leaf.not_after_ms,
    }
}
