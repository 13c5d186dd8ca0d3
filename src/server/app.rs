//! What every request shares: store, clock, authority, and one room per hall.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use sha2::{Digest as _, Sha256};
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use super::ca::Ca;
use super::clock::Clock;
use super::config::SignInLimits;
use super::live::Hub;
use super::store::{DeviceRow, Digest, Store, StoreError};
use crate::api::hall::HallInfo;
use crate::domain::hall::{Hall, HallId};

/// Requests worked on at once; more are asked to come back.
pub(crate) const REQUESTS_MAX: usize = 1_024;
/// Live streams open at once, phones and devices together.
pub(crate) const STREAMS_MAX: usize = 4_096;
/// PINs checked at once: each takes a core and some megabytes for a while.
pub(crate) const PIN_CHECKS_MAX: usize = 2;
/// How long a device's row is believed; a revoked one is refused after this.
const DEVICE_CACHE: Duration = Duration::from_millis(900);
const DEVICE_CACHE_MAX: usize = 1_024;
/// Bytes of a phone page's token.
const TOKEN_BYTES: usize = 16;

pub(crate) struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Clock,
    pub(crate) ca: Ca,
    pub(crate) rooms: HashMap<HallId, Arc<Room>>,
    pub(crate) token_key: hmac::Key,
    pub(crate) public_url: String,
    pub(crate) sign_in: SignInLimits,
    pub(crate) certificate_life: Duration,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) pins: Pins,
    pub(crate) enroll_tries: Tries,
    pub(crate) devices: DeviceCache,
    /// Becomes true when the server stops.
    pub(crate) stop: watch::Receiver<bool>,
}

/// One hall, and its live views.
#[derive(Debug)]
pub(crate) struct Room {
    pub(crate) hall: Arc<Hall>,
    pub(crate) info: HallInfo,
    pub(crate) hub: Arc<Hub>,
}

impl App {
    /// The token of a ticket's phone page: the same each time, and not to be guessed from the ticket's id.
    pub(crate) fn token(&self, ticket: Uuid) -> String {
        let tag = hmac::sign(&self.token_key, ticket.as_bytes());
        URL_SAFE_NO_PAD.encode(&tag.as_ref()[..TOKEN_BYTES])
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

pub(crate) fn digest(secret: &str) -> Digest {
    Sha256::digest(secret.as_bytes()).into()
}

/// Devices by certificate serial, believed for a moment.
#[derive(Default)]
pub(crate) struct DeviceCache(Mutex<HashMap<String, (Instant, DeviceRow)>>);

impl DeviceCache {
    pub(crate) async fn find(&self, store: &dyn Store, serial: &str) -> Result<Option<DeviceRow>, StoreError> {
        let cached = {
            let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            rows.get(serial)
                .filter(|(at, _)| at.elapsed() < DEVICE_CACHE)
                .map(|(_, row)| row.clone())
        };
        if cached.is_some() {
            return Ok(cached);
        }
        let row = store.device(serial).await?;
        if let Some(row) = &row {
            let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if rows.len() >= DEVICE_CACHE_MAX {
                rows.clear();
            }
            rows.insert(serial.to_owned(), (Instant::now(), row.clone()));
        }
        Ok(row)
    }
}

/// Where PINs are checked: few at once, and one at a time for one person, so that parallel guesses cannot outrun
/// the count of failures.
pub(crate) struct Pins {
    pub(crate) cores: Semaphore,
    turns: [tokio::sync::Mutex<()>; 32],
}

impl Default for Pins {
    fn default() -> Self {
        Self {
            cores: Semaphore::new(PIN_CHECKS_MAX),
            turns: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
        }
    }
}

impl Pins {
    pub(crate) async fn turn(&self, staff: &str) -> tokio::sync::MutexGuard<'_, ()> {
        let index = usize::from(digest(staff)[0]) % self.turns.len();
        self.turns[index].lock().await
    }
}

/// Wrong tries by address.
#[derive(Default)]
pub(crate) struct Tries(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Tries {
    /// Wrong tries of one address before it has to wait.
    pub(crate) const MAX: u32 = 10;
    pub(crate) const WINDOW: Duration = Duration::from_secs(10 * 60);
    const ADDRESSES_MAX: usize = 4_096;

    /// How long this address has to wait, if it does.
    pub(crate) fn wait(&self, address: IpAddr) -> Option<Duration> {
        let tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, count) = tries.get(&address)?;
        (*count >= Self::MAX)
            .then(|| Self::WINDOW.saturating_sub(began.elapsed()))
            .filter(|wait| !wait.is_zero())
    }

    pub(crate) fn failed(&self, address: IpAddr) {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= Self::ADDRESSES_MAX {
            tries.retain(|_, (began, _)| began.elapsed() < Self::WINDOW);
        }
        let (began, count) = tries.entry(address).or_insert((Instant::now(), 0));
        if began.elapsed() >= Self::WINDOW {
            (*began, *count) = (Instant::now(), 0);
        }
        *count += 1;
    }
}
