//! Who this device is: its key, its certificate, the hall's authority. Made once by enrolment, kept on disk.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::api::device::{CaReply, DeviceRole, EnrollCode, EnrollRequest, Enrolled};
use crate::api::paths;
use crate::api::problem::Problem;
use crate::domain::hall::{HallId, WindowId};

const FILE: &str = "identity.json";
/// A certificate is renewed once this part of its life is left.
const RENEW_AT: f64 = 1.0 / 3.0;

/// A device's identity. The key never leaves the device.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub hall: HallId,
    pub name: String,
    pub role: DeviceRole,
    pub window: Option<WindowId>,
    pub certificate_pem: String,
    pub key_pem: String,
    pub ca_pem: String,
    pub not_before_ms: i64,
    pub not_after_ms: i64,
}

/// Never shows the key.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Identity {
    pub fn from_enrolled(enrolled: &Enrolled, key_pem: String) -> Self {
        Self {
            hall: enrolled.hall.clone(),
            name: enrolled.name.clone(),
            role: enrolled.role,
            window: enrolled.window.clone(),
            certificate_pem: enrolled.certificate_pem.clone(),
            key_pem,
            ca_pem: enrolled.ca_pem.clone(),
            not_before_ms: jiff::Timestamp::now().as_millisecond(),
            not_after_ms: enrolled.not_after_ms,
        }
    }

    /// The identity kept in `dir`.
    ///
    /// # Errors
    /// In words for the technician; [`io::ErrorKind::NotFound`] when the device was never enrolled.
    pub fn load(dir: &Path) -> io::Result<Self> {
        let text = fs::read(dir.join(FILE))?;
        serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// Keeps the identity in `dir`, readable by its owner only; a cut leaves the old one whole.
    ///
    /// # Errors
    /// What the disk says.
    pub fn save(&self, dir: &Path) -> io::Result<()> {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let fresh = dir.join(format!("{FILE}.new"));
        let _ = fs::remove_file(&fresh);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&fresh)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        fs::rename(&fresh, dir.join(FILE))?;
        fs::File::open(dir)?.sync_all()
    }

    /// Whether it is time to ask for a new certificate.
    pub fn is_due(&self, now_ms: i64) -> bool {
        let life = (self.not_after_ms - self.not_before_ms) as f64;
        ((self.not_after_ms - now_ms) as f64) < life * RENEW_AT
    }
}

/// A fresh key and a request for a certificate on it, both PEM.
pub(super) fn request(name: &str) -> Result<(String, String), String> {
    let words = |error: rcgen::Error| format!("no key could be made: {error}");
    let key = rcgen::KeyPair::generate().map_err(words)?;
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    let csr = params
        .serialize_request(&key)
        .and_then(|csr| csr.pem())
        .map_err(words)?;
    Ok((key.serialize_pem(), csr))
}

/// Enrols this device at the server with a one-time code.
///
/// The hall's authority is fetched before it can be trusted, and trusted only if its fingerprint is the one in the
/// code; everything after speaks TLS pinned to it.
///
/// # Errors
/// In words for the technician.
pub async fn enroll(base: &str, code: &str) -> Result<Identity, String> {
    crate::tls::install();
    let base = base.trim_end_matches('/');
    let code = EnrollCode::parse(code).ok_or("that is not an enrolment code; it looks like ABCD-EFGH-…")?;
    let away = |error: reqwest::Error| format!("the server does not answer: {}", error.without_url());
    let blind = client(|builder| builder.tls_danger_accept_invalid_certs(true))?;
    let ca: CaReply = blind
        .get(format!("{base}{}", paths::CA))
        .send()
        .await
        .map_err(away)?
        .json()
        .await
        .map_err(away)?;
    let der = pem_der(&ca.ca_pem).ok_or("the server's authority is not a certificate")?;
    if !code.fits_ca(Sha256::digest(&der).as_slice()) {
        return Err("this is not the server the code was made on: its authority has another fingerprint".to_owned());
    }
    let authority = reqwest::Certificate::from_pem(ca.ca_pem.as_bytes()).map_err(away)?;
    let pinned = client(|builder| builder.tls_certs_only([authority]))?;
    let (key_pem, csr_pem) = request("device")?;
    let response = pinned
        .post(format!("{base}{}", paths::ENROLL))
        .json(&EnrollRequest {
            code: code.to_string(),
            csr_pem,
        })
        .send()
        .await
        .map_err(away)?;
    if !response.status().is_success() {
        let problem: Problem = response.json().await.map_err(away)?;
        return Err(problem.detail);
    }
    let enrolled: Enrolled = response.json().await.map_err(away)?;
    Ok(Identity::from_enrolled(&enrolled, key_pem))
}

fn client(trust: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .timeout(std::time::Duration::from_secs(10));
    trust(builder)
        .build()
        .map_err(|error| format!("the connection cannot be set up: {error}"))
}

fn pem_der(pem: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let body: String = pem
        .lines()
        .skip_while(|line| !line.starts_with("-----BEGIN CERTIFICATE"))
        .skip(1)
        .take_while(|line| !line.starts_with("-----END"))
        .collect();
    base64::engine::general_purpose::STANDARD
        .decode(body)
        .ok()
        .filter(|der| !der.is_empty())
}
