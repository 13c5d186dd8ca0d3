//! A folder as the printer: every slip a PDF in it, whole or not at all.
//!
//! For a hall whose printing is done by another program, and for trying the terminal without a printer.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::driver::{Driver, Job, PrintError, PrinterState};

/// Longest file name made of a job's name, in characters.
const NAME_CHARS_MAX: usize = 64;
/// Room there must be before the folder counts as ready, in bytes: more than a slip takes.
const ROOM_BYTES: usize = 64 * 1024;

#[derive(Debug, Clone)]
pub struct Folder {
    dir: PathBuf,
}

impl Folder {
    /// The folder need not be there yet.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }
}

#[async_trait]
impl Driver for Folder {
    async fn state(&self) -> PrinterState {
        let dir = self.dir.clone();
        match blocking(move || probe(&dir)).await {
            Ok(()) => PrinterState::Ready,
            Err(_) => PrinterState::Disk,
        }
    }

    /// A job of a name that is there already replaces it: the same slip, printed again.
    async fn print(&self, job: Job) -> Result<(), PrintError> {
        let dir = self.dir.clone();
        blocking(move || write(&dir, &file_name(&job.name), &job.pdf))
            .await
            .map_err(|cause| PrintError {
                state: PrinterState::Disk,
                cause: Some(cause),
            })
    }
}

async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Whether a slip would find room here. A full disk still makes empty files, so it is asked for the bytes.
fn probe(dir: &Path) -> io::Result<()> {
    let probe = dir.join(format!(".probe-{}", uuid::Uuid::new_v4()));
    fs::create_dir_all(dir)?;
    let roomy = File::create_new(&probe).and_then(|mut file| file.write_all(&[0; ROOM_BYTES]));
    remove(&probe);
    roomy
}

/// Under another name first, then given its own: who watches the folder never sees half a slip.
fn write(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    let part = dir.join(format!(".{name}-{}.part", uuid::Uuid::new_v4()));
    let written = fill(&part, bytes).and_then(|()| fs::rename(&part, dir.join(format!("{name}.pdf"))));
    if written.is_err() {
        remove(&part);
    }
    written?;
    // The slip is there; only a power cut this very moment could still undo its name.
    if let Err(cause) = File::open(dir).and_then(|dir| dir.sync_all()) {
        tracing::debug!(code = "printer.sync", %cause, "the folder was not flushed");
    }
    Ok(())
}

fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn remove(path: &Path) {
    if let Err(cause) = fs::remove_file(path)
        && !matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
    {
        tracing::warn!(code = "printer.disk", %cause, "a temporary file was left in the print folder");
    }
}

/// `name` as a file name that leads nowhere else.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .take(NAME_CHARS_MAX)
        .map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    if plain.is_empty() { "slip".to_owned() } else { plain }
}
