//! PostgreSQL: any number of servers on one database.
//!
//! What must not happen twice is held by row locks and unique constraints, never by anything in this process. Other
//! servers are told of changes after the commit and by a task of its own: a `NOTIFY` inside each transaction would
//! let only one commit at a time. A notice that is lost is made up for by looking again every few seconds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Postgres, Transaction};
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::conn::Conn;
use super::work::{Backend, Read, Write};
use super::{CHANGES_KEPT, NOTICE_DELAY_MS_MAX, StoreError};
use crate::domain::hall::HallId;

const CHANNEL: &str = "hall_changes";
/// For 64 callers at once; each needs one only while it works.
const CONNECTIONS_MAX: u32 = 16;
/// A connection unused for longer is tried before it is given out.
const TRUSTED_IDLE_MS: u64 = 1_000;
const ACQUIRE_MS_MAX: u64 = 10_000;
/// Changes of one hall within this time travel as one notice.
const DEBOUNCE_MS: u64 = 15;
/// How often every hall is taken to have changed, in case a notice was lost.
const LOOK_AGAIN_MS: u64 = NOTICE_DELAY_MS_MAX * 4 / 5;

/// A store on a PostgreSQL server, perhaps shared with other servers.
#[derive(Debug)]
pub struct PostgresStore {
    pool: PgPool,
    notices: Arc<Notices>,
    tasks: [JoinHandle<()>; 2],
}

impl PostgresStore {
    /// Connects, and brings the layout up to date; servers that start together take turns at that.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it cannot be reached, [`StoreError::Migration`] when its layout is not ours.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let options = url
            .parse::<PgConnectOptions>()?
            // Every statement finds its rows by key: planning each anew costs more than running it.
            .options([("plan_cache_mode", "force_generic_plan")])
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS_MAX)
            .acquire_timeout(Duration::from_millis(ACQUIRE_MS_MAX))
            .test_before_acquire(false)
            .before_acquire(|conn, about| {
                Box::pin(async move {
                    if about.idle_for > Duration::from_millis(TRUSTED_IDLE_MS) {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options)
            .await?;
        sqlx::migrate!("src/server/store/migrations/postgres")
            .run(&pool)
            .await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        let notices = Arc::new(Notices {
            server: Uuid::new_v4().to_string(),
            local: broadcast::channel(CHANGES_KEPT).0,
            known: Mutex::default(),
            unsent: Mutex::default(),
            wake: Notify::new(),
        });
        let tasks = [
            tokio::spawn(send(pool.clone(), Arc::clone(&notices))),
            tokio::spawn(receive(listener, Arc::clone(&notices))),
        ];
        Ok(Self { pool, notices, tasks })
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[async_trait]
impl Backend for PostgresStore {
    async fn begin(&self) -> Result<Write, StoreError> {
        Ok(Write::Postgres(Work {
            transaction: self.pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?,
            notices: Arc::clone(&self.notices),
        }))
    }

    async fn reader(&self) -> Result<Read, StoreError> {
        Ok(Read::Postgres(self.pool.acquire().await?))
    }

    async fn snapshot(&self) -> Result<Read, StoreError> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Read::PostgresSnapshot(self.pool.begin_with(BEGIN).await?))
    }

    fn listen(&self) -> broadcast::Receiver<HallId> {
        self.notices.local.subscribe()
    }

    fn reads(&self, hall: &HallId) {
        self.notices.know(hall);
    }
}

/// A transaction of this server.
#[derive(Debug)]
pub(super) struct Work {
    transaction: Transaction<'static, Postgres>,
    notices: Arc<Notices>,
}

impl Work {
    pub(super) fn conn(&mut self) -> Conn<'_> {
        Conn::Postgres(&mut self.transaction)
    }

    pub(super) async fn commit(self, changed: Option<HallId>) -> Result<(), StoreError> {
        // Told also when the caller hangs up meanwhile: the commit may well have happened.
        let _told = changed.map(|hall| Told(&self.notices, hall));
        Ok(self.transaction.commit().await?)
    }

    pub(super) async fn undo(self) {
        // A connection that cannot roll back is lost, and its transaction with it.
        let _ = self.transaction.rollback().await;
    }
}

/// Tells of a hall's change when it goes out of scope.
struct Told<'n>(&'n Notices, HallId);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.changed_here(&self.1);
    }
}

/// Which halls changed, on the way from and to other servers.
#[derive(Debug)]
struct Notices {
    /// Marks this server's own notices.
    server: String,
    local: broadcast::Sender<HallId>,
    /// Halls somebody here asks about.
    known: Mutex<BTreeSet<HallId>>,
    unsent: Mutex<BTreeSet<HallId>>,
    wake: Notify,
}

impl Notices {
    fn changed_here(&self, hall: &HallId) {
        self.tell(hall.clone());
        insert(&self.unsent, hall);
        self.wake.notify_one();
    }

    fn know(&self, hall: &HallId) {
        insert(&self.known, hall);
    }

    fn tell(&self, hall: HallId) {
        // Nobody listening is no error.
        let _ = self.local.send(hall);
    }

    fn tell_of_all(&self) {
        for hall in locked(&self.known).iter() {
            self.tell(hall.clone());
        }
    }
}

fn insert(halls: &Mutex<BTreeSet<HallId>>, hall: &HallId) {
    let mut halls = locked(halls);
    if !halls.contains(hall) {
        halls.insert(hall.clone());
    }
}

/// A set of names is as good after a panic as before.
fn locked(halls: &Mutex<BTreeSet<HallId>>) -> std::sync::MutexGuard<'_, BTreeSet<HallId>> {
    halls.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn send(pool: PgPool, notices: Arc<Notices>) {
    loop {
        notices.wake.notified().await;
        tokio::time::sleep(Duration::from_millis(DEBOUNCE_MS)).await;
        let halls = std::mem::take(&mut *locked(&notices.unsent));
        for hall in halls {
            let notice = format!("{hall} {}", notices.server);
            let sent = sqlx::query("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(notice)
                .execute(&pool)
                .await;
            if let Err(error) = sent {
                tracing::warn!(%error, "other servers were not told of a change; they will look by themselves");
            }
        }
    }
}

async fn receive(mut listener: PgListener, notices: Arc<Notices>) {
    let mut look_again = tokio::time::interval(Duration::from_millis(LOOK_AGAIN_MS));
    look_again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            notice = listener.try_recv() => match notice {
                Ok(Some(notice)) => {
                    if let Some((hall, server)) = notice.payload().split_once(' ')
                        && server != notices.server
                    {
                        notices.tell(HallId::from(hall));
                    }
                }
                // The connection was lost; it is made anew at the next try. Who knows what was said meanwhile.
                Ok(None) => notices.tell_of_all(),
                Err(error) => {
                    tracing::warn!(%error, "not listening to other servers; trying again");
                    look_again.tick().await;
                    notices.tell_of_all();
                }
            },
            _ = look_again.tick() => notices.tell_of_all(),
        }
    }
}
