//! SQLite: one writer, many readers, and one `fsync` for all who write at the same moment.
//!
//! Writers take turns on one connection and share one transaction, each in a savepoint of its own; whoever finishes
//! waits for the commit that carries everybody's work. Nobody is answered before that commit is on the disk, and a
//! commit that fails fails for all it carried.
//!
//! A writer may vanish at any await (a request is dropped when its caller hangs up). What it left in its savepoint
//! is undone by whoever comes next; savepoints alternate between two names, so that it is always known whose is open.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};
use tokio::sync::{Mutex, OwnedMutexGuard, broadcast, mpsc, oneshot};

use super::conn::Conn;
use super::work::{Backend, Read, Write};
use super::{CHANGES_KEPT, StoreError};
use crate::domain::hall::HallId;

/// How long a writer waits for another process on the same file.
const BUSY_MS_MAX: u64 = 5_000;
const READERS_MAX: u32 = 4;
/// Only the owner reads the file: it holds the server's secrets.
const FILE_MODE: u32 = 0o600;

/// A store in one file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Arc<Mutex<Writer>>,
    wake: mpsc::Sender<()>,
    readers: SqlitePool,
    changes: broadcast::Sender<HallId>,
}

impl SqliteStore {
    /// Opens the file, or makes it, and brings its layout up to date.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it cannot be opened, [`StoreError::Migration`] when its layout is not ours.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        private_file(path).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_millis(BUSY_MS_MAX))
            .disable_statement_logging();
        let mut conn = SqliteConnection::connect_with(&options).await?;
        sqlx::migrate!("src/server/store/migrations/sqlite")
            .run(&mut conn)
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS_MAX)
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        let writer = Arc::new(Mutex::new(Writer {
            conn,
            batch: Batch::None,
            turn: 0,
            finished: Vec::new(),
        }));
        let (wake, woken) = mpsc::channel(1);
        tokio::spawn(commit_batches(Arc::clone(&writer), woken, changes.clone()));
        Ok(Self {
            writer,
            wake,
            readers,
            changes,
        })
    }
}

#[async_trait]
impl Backend for SqliteStore {
    async fn begin(&self) -> Result<Write, StoreError> {
        let mut job = Job {
            writer: Arc::clone(&self.writer).lock_owned().await,
            wake: self.wake.clone(),
        };
        job.writer.open_savepoint().await?;
        Ok(Write::Sqlite(job))
    }

    async fn reader(&self) -> Result<Read, StoreError> {
        Ok(Read::Sqlite(self.readers.acquire().await?))
    }

    async fn snapshot(&self) -> Result<Read, StoreError> {
        Ok(Read::SqliteSnapshot(self.readers.begin().await?))
    }

    fn listen(&self) -> broadcast::Receiver<HallId> {
        self.changes.subscribe()
    }

    /// There is no other server whose changes could be missed.
    fn reads(&self, _: &HallId) {}
}

/// One writer's turn.
#[derive(Debug)]
pub(super) struct Job {
    writer: OwnedMutexGuard<Writer>,
    wake: mpsc::Sender<()>,
}

impl Job {
    pub(super) fn conn(&mut self) -> Conn<'_> {
        Conn::Sqlite(&mut self.writer.conn)
    }

    pub(super) async fn commit(mut self, changed: Option<HallId>) -> Result<(), StoreError> {
        let (reply, committed) = oneshot::channel();
        self.writer.batch = Batch::Finished;
        self.writer.finished.push(Finished { reply, changed });
        drop(self);
        match committed.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(failure)) => Err(sqlx::Error::Protocol(failure).into()),
            Err(_) => Err(sqlx::Error::WorkerCrashed.into()),
        }
    }
}

impl Drop for Job {
    /// Also a job that wrote nothing has the batch ended, so that no transaction stays open.
    fn drop(&mut self) {
        // Full is as good: a wake-up is on its way.
        let _ = self.wake.try_send(());
    }
}

struct Writer {
    conn: SqliteConnection,
    batch: Batch,
    /// Which of the two savepoint names was used last.
    turn: usize,
    /// Those whose work the open transaction holds.
    finished: Vec<Finished>,
}

struct Finished {
    reply: oneshot::Sender<Result<(), String>>,
    changed: Option<HallId>,
}

/// Where the shared transaction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Batch {
    None,
    /// Being begun; its first writer may have vanished meanwhile.
    Beginning,
    /// The savepoint `turn` is being worked in, or was left behind.
    Working,
    /// As `Working`, and it is not known whether the savepoint was reached; if not, the one before still stands.
    Turning,
    /// The savepoint `turn` holds finished work.
    Finished,
}

const BEGIN: [&str; 2] = ["BEGIN IMMEDIATE; SAVEPOINT job0", "BEGIN IMMEDIATE; SAVEPOINT job1"];
/// Keeps the other's work and begins one's own.
const TURN: [&str; 2] = ["RELEASE job1; SAVEPOINT job0", "RELEASE job0; SAVEPOINT job1"];
const UNDO: [&str; 2] = ["ROLLBACK TO job0", "ROLLBACK TO job1"];
/// Releasing first proves that the transaction is still the one the savepoint was made in.
const COMMIT: [&str; 2] = ["RELEASE job0; COMMIT", "RELEASE job1; COMMIT"];

impl Writer {
    async fn run(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.conn.execute(sqlx::query(sql)).await.map(drop)
    }

    /// Opens a savepoint on top of everybody's finished work.
    async fn open_savepoint(&mut self) -> Result<(), StoreError> {
        self.clear_up().await;
        match self.batch {
            Batch::Working => return Ok(()),
            Batch::Finished => {
                self.turn = 1 - self.turn;
                self.batch = Batch::Turning;
                if self.run(TURN[self.turn]).await.is_err() {
                    self.fail("the transaction was lost".to_owned()).await;
                }
            }
            Batch::None | Batch::Beginning | Batch::Turning => {}
        }
        if self.batch == Batch::None {
            self.batch = Batch::Beginning;
            self.run(BEGIN[self.turn]).await?;
        }
        self.batch = Batch::Working;
        Ok(())
    }

    /// Undoes what a writer left behind. Afterwards there is no batch, finished work, or an empty savepoint.
    async fn clear_up(&mut self) {
        match self.batch {
            Batch::None | Batch::Finished => {}
            Batch::Beginning => {
                // An error says that nothing was begun.
                let _ = self.run("ROLLBACK").await;
                self.batch = Batch::None;
            }
            Batch::Working => {
                if self.run(UNDO[self.turn]).await.is_err() {
                    self.fail("the transaction was lost".to_owned()).await;
                }
            }
            Batch::Turning => {
                if self.run(UNDO[self.turn]).await.is_ok() {
                    self.batch = Batch::Working;
                } else {
                    // Not reached. If the one before does not stand either, its release will say so.
                    self.turn = 1 - self.turn;
                    self.batch = Batch::Finished;
                }
            }
        }
    }

    /// Commits the batch and answers everybody in it; returns the halls that changed.
    async fn commit(&mut self) -> Vec<HallId> {
        self.clear_up().await;
        if self.batch == Batch::None {
            return Vec::new();
        }
        if self.finished.is_empty() {
            self.fail(String::new()).await;
            return Vec::new();
        }
        if let Err(error) = self.run(COMMIT[self.turn]).await {
            self.fail(error.to_string()).await;
            return Vec::new();
        }
        self.batch = Batch::None;
        let mut changed = Vec::new();
        for job in self.finished.drain(..) {
            changed.extend(job.changed);
            // Whoever hung up will find it done.
            let _ = job.reply.send(Ok(()));
        }
        changed
    }

    /// Undoes the batch, for everybody in it.
    async fn fail(&mut self, why: String) {
        // An error says that SQLite has undone it already.
        let _ = self.run("ROLLBACK").await;
        self.batch = Batch::None;
        for job in self.finished.drain(..) {
            let _ = job.reply.send(Err(why.clone()));
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("batch", &self.batch)
            .finish_non_exhaustive()
    }
}

/// Ends each batch behind those who already wait for their turn: they still join it.
async fn commit_batches(writer: Arc<Mutex<Writer>>, mut woken: mpsc::Receiver<()>, changes: broadcast::Sender<HallId>) {
    while woken.recv().await.is_some() {
        let mut halls = writer.lock().await.commit().await;
        halls.sort_unstable();
        halls.dedup();
        for hall in halls {
            // Nobody listening is no error.
            let _ = changes.send(hall);
        }
    }
}

fn private_file(path: &Path) -> std::io::Result<()> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)?;
    if file.metadata()?.permissions().mode() & 0o777 != FILE_MODE {
        file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    }
    Ok(())
}
