//! Connections: TLS for devices, whose certificate travels on to every request of theirs; a bound on how many.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Request;
use axum_server::accept::Accept;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::Service;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::ca::{Ca, CaError};
use super::config::PublicTls;

/// Connections one listener holds at once; more are closed at the door.
pub(crate) const CONNECTIONS_MAX: usize = 8_192;
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Serial of the verified certificate a request came with, lower-case hex.
#[derive(Debug, Clone)]
pub(crate) struct PeerSerial(pub(crate) String);

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error(transparent)]
    Ca(#[from] CaError),
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("client certificates: {0}")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
    #[error("{file}: {error}")]
    File { file: String, error: String },
}

/// TLS for devices. A client certificate is optional here, so that a device can be enrolled; one that is shown must
/// be of this authority and in its time.
pub(crate) fn device_tls(ca: &Ca, names: &[String]) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone())?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()?;
    let (chain, key) = ca.server(names)?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    // A resumed session would carry a certificate on past its end.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = alpn();
    Ok(Arc::new(config))
}

/// TLS for phones, with the hall's public certificate.
pub(crate) fn public_tls(files: &PublicTls) -> Result<Arc<ServerConfig>, TlsError> {
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let failed = |file: &std::path::Path, error: &dyn std::fmt::Display| TlsError::File {
        file: file.display().to_string(),
        error: error.to_string(),
    };
    let chain: Vec<_> = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect)
        .map_err(|error| failed(&files.certificate, &error))?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| failed(&files.key, &error))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = alpn();
    Ok(Arc::new(config))
}

fn alpn() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

type Accepting<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

/// Speaks TLS, and tells every request whose certificate it came with.
#[derive(Clone)]
pub(crate) struct TlsDoor {
    tls: TlsAcceptor,
    places: Arc<Semaphore>,
}

impl TlsDoor {
    pub(crate) fn new(config: Arc<ServerConfig>) -> Self {
        Self {
            tls: TlsAcceptor::from(config),
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for TlsDoor {
    type Stream = TlsStream<TcpStream>;
    type Service = Connection<S>;
    type Future = Accepting<(Self::Stream, Self::Service)>;

    fn accept(&self, stream: TcpStream, inner: S) -> Self::Future {
        let (tls, places) = (self.tls.clone(), Arc::clone(&self.places));
        Box::pin(async move {
            let place = places.try_acquire_owned().map_err(io::Error::other)?;
            // Without it a small reply waits for the peer's delayed acknowledgement.
            stream.set_nodelay(true)?;
            let stream = tokio::time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await??;
            let peer = stream.get_ref().1.peer_certificates().and_then(|chain| {
                let (_, leaf) = X509Certificate::from_der(chain.first()?).ok()?;
                Some(PeerSerial(hex::encode(leaf.raw_serial())))
            });
            Ok((
                stream,
                Connection {
                    inner,
                    peer,
                    _place: Arc::new(place),
                },
            ))
        })
    }
}

/// Plain HTTP, for a listener behind a reverse proxy.
#[derive(Clone)]
pub(crate) struct PlainDoor {
    places: Arc<Semaphore>,
}

impl PlainDoor {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        }
    }
}

impl<S: Send + 'static> Accept<TcpStream, S> for PlainDoor {
    type Stream = TcpStream;
    type Service = Connection<S>;
    type Future = Accepting<(Self::Stream, Self::Service)>;

    fn accept(&self, stream: TcpStream, inner: S) -> Self::Future {
        let places = Arc::clone(&self.places);
        Box::pin(async move {
            let place = places.try_acquire_owned().map_err(io::Error::other)?;
            stream.set_nodelay(true)?;
            Ok((
                stream,
                Connection {
                    inner,
                    peer: None,
                    _place: Arc::new(place),
                },
            ))
        })
    }
}

/// What serves one connection; it holds the connection's place.
#[derive(Clone)]
pub(crate) struct Connection<S> {
    inner: S,
    peer: Option<PeerSerial>,
    _place: Arc<OwnedSemaphorePermit>,
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for Connection<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        if let Some(peer) = &self.peer {
            request.extensions_mut().insert(peer.clone());
        }
        self.inner.call(request)
    }
}
