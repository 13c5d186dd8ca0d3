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

/// What a technician types once: a one-time secret, and the start of the authority's SHA-256 so that the device
/// knows the right server before it trusts it. Written `SSSS-SSSS-SSSS-FFFF-FFFF-FFFF-FFFF` in base 32 without
/// look-alikes.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrollCode {
    secret: String,
    fingerprint: String,
}

impl EnrollCode {
    /// Characters of the secret, 5 bits each.
    pub const SECRET_CHARS: usize = 12;
    /// Characters of the fingerprint: 80 bits. The authority is public, so an impostor may look for a key that fits
    /// for as long as he likes: 40 bits would take him minutes.
    pub const FINGERPRINT_CHARS: usize = 16;
    /// Crockford's base 32: no I, L, O, U.
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// A code from 12 random bytes and the authority's SHA-256.
    pub fn new(random: &[u8; Self::SECRET_CHARS], ca_sha256: &[u8]) -> Self {
        let letter = |byte: &u8| char::from(Self::ALPHABET[usize::from(byte & 31)]);
        Self {
            secret: random.iter().map(letter).collect(),
            fingerprint: Self::fingerprint(ca_sha256),
        }
    }

    /// Reads a code as typed: case, spaces and dashes do not matter, look-alikes are understood.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let known = letters.bytes().all(|byte| Self::ALPHABET.contains(&byte));
        if !known || letters.len() != Self::SECRET_CHARS + Self::FINGERPRINT_CHARS {
            return None;
        }
        let (secret, fingerprint) = letters.split_at(Self::SECRET_CHARS);
        Some(Self {
            secret: secret.to_owned(),
            fingerprint: fingerprint.to_owned(),
        })
    }

    /// The one-time part, which the server keeps a digest of.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether the code was made on the server with this authority.
    pub fn fits_ca(&self, ca_sha256: &[u8]) -> bool {
        self.fingerprint == Self::fingerprint(ca_sha256)
    }

    fn fingerprint(sha256: &[u8]) -> String {
        let bits = sha256
            .iter()
            .take(10)
            .fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
        (0..Self::FINGERPRINT_CHARS)
            .rev()
            .map(|place| char::from(Self::ALPHABET[(bits >> (5 * place) & 31) as usize]))
            .collect()
    }
}

impl std::fmt::Display for EnrollCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = format!("{}{}", self.secret, self.fingerprint);
        for (index, letter) in all.chars().enumerate() {
            if index > 0 && index % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

/// Never shows the secret.
impl std::fmt::Debug for EnrollCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrollCode")
    }
}
