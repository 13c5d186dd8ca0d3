//! Enrolment codes, devices, and the server's own secrets.

use super::conn::{Conn, Value};
use super::rows::{self, optional_text};
use super::{DeviceRow, Digest, Enrollment, StoreError};
use crate::domain::hall::HallId;

const ADD_ENROLLMENT: &str = "INSERT INTO enrollments (hall, code, name, role, at_window, expires_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const REDEEM: &str = "UPDATE enrollments SET redeemed_at = $2 \
     WHERE code = $1 AND redeemed_at IS NULL AND expires_at > $2 \
     RETURNING hall, code, name, role, at_window, expires_at";
const ADD_DEVICE: &str = "INSERT INTO devices \
     (hall, serial, name, role, at_window, not_after, issued_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const DEVICE: &str = "SELECT hall, serial, name, role, at_window, not_after, issued_at, revoked_at \
     FROM devices WHERE serial = $1";
const DEVICES: &str = "SELECT hall, serial, name, role, at_window, not_after, issued_at, revoked_at \
     FROM devices WHERE hall = $1 ORDER BY issued_at, serial";
const REVOKE: &str = "UPDATE devices SET revoked_at = COALESCE(revoked_at, $2) WHERE serial = $1 RETURNING hall";
const ADD_SECRET: &str = "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
const SECRET: &str = "SELECT value FROM secrets WHERE name = $1";

pub(super) async fn add_enrollment(conn: &mut Conn<'_>, enrollment: &Enrollment) -> Result<(), StoreError> {
    let values = [
        Value::Text(enrollment.hall.as_str()),
        Value::Bytes(&enrollment.code),
        Value::Text(&enrollment.name),
        Value::Text(enrollment.role.code()),
        optional_text(enrollment.window.as_ref()),
        Value::Int(enrollment.expires_at),
    ];
    conn.execute(ADD_ENROLLMENT, &values).await.map(drop)
}

pub(super) async fn redeem_enrollment(
    conn: &mut Conn<'_>,
    code: &Digest,
    now: i64,
) -> Result<Option<Enrollment>, StoreError> {
    let row = conn.row(REDEEM, &[Value::Bytes(code), Value::Int(now)]).await?;
    row.map(|row| rows::enrollment(&row)).transpose()
}

pub(super) async fn add_device(conn: &mut Conn<'_>, device: &DeviceRow) -> Result<(), StoreError> {
    let values = [
        Value::Text(device.hall.as_str()),
        Value::Text(&device.serial),
        Value::Text(&device.name),
        Value::Text(device.role.code()),
        optional_text(device.window.as_ref()),
        Value::Int(device.not_after),
        Value::Int(device.issued_at),
        Value::MaybeInt(device.revoked_at),
    ];
    conn.execute(ADD_DEVICE, &values).await.map(drop)
}

pub(super) async fn device(conn: &mut Conn<'_>, serial: &str) -> Result<Option<DeviceRow>, StoreError> {
    let row = conn.row(DEVICE, &[Value::Text(serial)]).await?;
    row.map(|row| rows::device(&row)).transpose()
}

pub(super) async fn devices(conn: &mut Conn<'_>, hall: &HallId) -> Result<Vec<DeviceRow>, StoreError> {
    let rows = conn.rows(DEVICES, &[Value::Text(hall.as_str())]).await?;
    rows.iter().map(rows::device).collect()
}

/// The hall of the device, if there is one.
pub(super) async fn revoke_device(conn: &mut Conn<'_>, serial: &str, now: i64) -> Result<Option<HallId>, StoreError> {
    let row = conn.row(REVOKE, &[Value::Text(serial), Value::Int(now)]).await?;
    row.map(|row| row.text(0).map(HallId)).transpose()
}

pub(super) async fn secret(conn: &mut Conn<'_>, name: &str, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
    conn.execute(ADD_SECRET, &[Value::Text(name), Value::Bytes(fresh)])
        .await?;
    conn.one(SECRET, &[Value::Text(name)]).await?.bytes(0)
}
