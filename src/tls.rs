//! Which cryptography is used: ring, everywhere, chosen once.

/// Makes ring the process's provider; later calls do nothing.
pub fn install() {
    // Err means that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
