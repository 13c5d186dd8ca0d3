//! The hall's own certificate authority: made at the first start, kept in the store, shared by its servers.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest as _, Sha256};
use std::time::Duration;

use super::store::{Store, StoreError};

/// Under which name the store keeps key and certificate.
const SECRET: &str = "ca";
const CA_YEARS: u64 = 20;
/// A peer's clock may be behind by this much.
const CLOCK_SKEW: Duration = Duration::from_secs(24 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Rcgen's type for a moment is not ours to name.
macro_rules! date {
    ($since_epoch:expr) => {
        date_time_ymd(1970, 1, 1) + $since_epoch
    };
}

#[derive(Debug, thiserror::Error)]
pub enum CaError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the stored authority cannot be read")]
    Unreadable,
    #[error("no randomness: {0}")]
    Random(getrandom::Error),
}

impl From<getrandom::Error> for CaError {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error)
    }
}

/// Issues certificates to servers and devices.
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    der: CertificateDer<'static>,
}

/// Never shows the key.
impl std::fmt::Debug for Ca {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ca")
    }
}

/// A device's fresh certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    pub pem: String,
    /// Lower-case hex.
    pub serial: String,
    pub not_after_ms: i64,
}

impl Ca {
    /// The authority of this store; made now if it has none.
    ///
    /// # Errors
    /// [`CaError`] when the store does not answer or what it holds is no authority.
    pub async fn open(store: &dyn Store) -> Result<Self, CaError> {
        let kept = store.secret(SECRET, fresh()?.as_bytes()).await?;
        let text = std::str::from_utf8(&kept).map_err(|_| CaError::Unreadable)?;
        let at = text.find("-----BEGIN CERTIFICATE").ok_or(CaError::Unreadable)?;
        let (key, pem) = text.split_at(at);
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|_| CaError::Unreadable)?;
        Ok(Self {
            issuer: Issuer::from_ca_cert_der(&der, KeyPair::from_pem(key)?)?,
            pem: pem.to_owned(),
            der,
        })
    }

    pub fn pem(&self) -> &str {
        &self.pem
    }

    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// SHA-256 of the certificate: what an enrolment code begins to spell.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.der).into()
    }

    /// A certificate and key for a server known by `names`.
    ///
    /// # Errors
    /// [`CaError::Certificate`] when a name is neither a host name nor an address.
    pub fn server(&self, names: &[String]) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), CaError> {
        let mut all = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        all.extend(
            names
                .iter()
                .filter(|name| !all.contains(name))
                .cloned()
                .collect::<Vec<_>>(),
        );
        let mut params = CertificateParams::new(all)?;
        name(&mut params, "hall server");
        params.not_before = date!(since_epoch().saturating_sub(CLOCK_SKEW));
        params.not_after = date!(since_epoch() + 825 * DAY);
        params.serial_number = Some(serial()?);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let chain = vec![certificate.der().clone(), self.der.clone()];
        Ok((chain, PrivatePkcs8KeyDer::from(key.serialize_der()).into()))
    }

    /// A client certificate for the key of a PKCS#10 request; what else the request asks for is ignored.
    ///
    /// # Errors
    /// [`CaError::Certificate`] when the request cannot be read or is not signed by its own key.
    pub fn device(&self, csr_pem: &str, device: &str, life: Duration) -> Result<Leaf, CaError> {
        let now = since_epoch();
        self.device_between(csr_pem, device, now.saturating_sub(CLOCK_SKEW), now + life)
    }

    /// The same with its times given, since the Unix epoch.
    ///
    /// # Errors
    /// As [`Self::device`].
    pub fn device_between(&self, csr_pem: &str, device: &str, from: Duration, to: Duration) -> Result<Leaf, CaError> {
        let mut request = CertificateSigningRequestParams::from_pem(csr_pem)?;
        let serial = serial()?;
        let mut params = CertificateParams::default();
        name(&mut params, device);
        params.not_before = date!(from);
        params.not_after = date!(to);
        params.serial_number = Some(serial.clone());
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        request.params = params;
        let certificate = request.signed_by(&self.issuer)?;
        Ok(Leaf {
            pem: certificate.pem(),
            serial: hex::encode(serial.to_bytes()),
            // Certificates count whole seconds.
            not_after_ms: i64::try_from(to.as_secs() * 1000).unwrap_or(i64::MAX),
        })
    }
}

/// A new authority: its key, then its certificate.
fn fresh() -> Result<String, CaError> {
    let mut params = CertificateParams::default();
    name(&mut params, "hall authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.serial_number = Some(serial()?);
    params.not_before = date!(since_epoch().saturating_sub(CLOCK_SKEW));
    params.not_after = date!(since_epoch() + u32::try_from(CA_YEARS * 365).unwrap_or(u32::MAX) * DAY);
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok(format!("{}{}", key.serialize_pem(), certificate.pem()))
}

fn name(params: &mut CertificateParams, common: &str) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
}

/// 127 random bits; the first byte is neither zero nor has its top bit set, so that its hex is written one way only.
fn serial() -> Result<SerialNumber, getrandom::Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes)?;
    bytes[0] = bytes[0] & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&bytes))
}

fn since_epoch() -> Duration {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
}
