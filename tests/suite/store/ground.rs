//! A hall to test on, and short words for what is done there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hall_kiosk::domain::calendar::hall_day;
use hall_kiosk::domain::hall::{
    Hall, HallId, Hours, LocalText, Queue, QueueId, Rules, StaffId, WeekHours, Window, WindowId, Zone, ZoneId,
};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::{Actor, Command, Ticket};
use hall_kiosk::server::store::postgres::PostgresStore;
use hall_kiosk::server::store::sqlite::SqliteStore;
use hall_kiosk::server::store::{CallNext, Change, Digest, Issue, NewTicket, Store, StoreError};
use jiff::{Span, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

use super::postgres;

pub(crate) const WINDOWS: usize = 20;
pub(crate) const CALLERS: usize = 64;

/// A store and a hall on it.
#[derive(Clone)]
pub(crate) struct Ground {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) hall: Hall,
    _dir: Option<Arc<TempDir>>,
}

pub(crate) async fn on_sqlite() -> Ground {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&dir.path().join("hall.db")).await.unwrap();
    Ground {
        store: Arc::new(store),
        hall: hall(),
        _dir: Some(Arc::new(dir)),
    }
}

/// On a store opened by the test.
pub(crate) fn on(store: impl Store) -> Ground {
    Ground {
        store: Arc::new(store),
        hall: hall(),
        _dir: None,
    }
}

/// None where PostgreSQL is not installed.
pub(crate) async fn on_postgres() -> Option<Ground> {
    Some(at(&postgres::database().await?).await)
}

pub(crate) async fn at(url: &str) -> Ground {
    on(PostgresStore::connect(url).await.unwrap())
}

/// Three queues. Windows 1 to 19 serve `civil` and `social` alike and `legal` after them; window 20 `legal` alone.
pub(crate) fn hall() -> Hall {
    let name = || LocalText::new("便民服务中心", "Service hall");
    let queue = |id: &str, prefix: &str| Queue {
        id: QueueId::from(id),
        prefix: prefix.to_owned(),
        name: name(),
        hint: LocalText::default(),
        zone: ZoneId::from("A"),
        digits: 4,
        first_number: 1,
        daily_quota: None,
        hours: WeekHours::every_day(Hours::parse("00:00-24:00").unwrap()),
        usual_minutes: None,
        at_terminal: true,
    };
    let window = |number: usize| Window {
        id: WindowId(number.to_string()),
        name: name(),
        zone: ZoneId::from("A"),
        serves: if number < WINDOWS {
            vec![vec!["civil".into(), "social".into()], vec!["legal".into()]]
        } else {
            vec![vec!["legal".into()]]
        },
        desk: false,
    };
    Hall {
        id: HallId::from("test"),
        name: name(),
        time_zone: "Asia/Shanghai".to_owned(),
        rules: Rules::default(),
        notices: Vec::new(),
        holidays: Vec::new(),
        zones: vec![Zone {
            id: ZoneId::from("A"),
            name: name(),
        }],
        queues: vec![queue("civil", "A"), queue("social", "B"), queue("legal", "C")],
        windows: (1..=WINDOWS).map(window).collect(),
        staff: Vec::new(),
    }
}

/// Ten in the morning, in the hall.
pub(crate) fn morning() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

/// Some seconds past ten.
pub(crate) fn after(seconds: i64) -> Timestamp {
    morning().checked_add(Span::new().seconds(seconds)).unwrap()
}

pub(crate) fn clerk(name: &str) -> Actor {
    Actor::Staff {
        id: StaffId::from(name),
        stands_in_for: None,
    }
}

/// A secret nobody used before.
pub(crate) fn digest() -> Digest {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut digest = [7; 32];
    digest[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    digest[8..24].copy_from_slice(Uuid::new_v4().as_bytes());
    digest
}

impl Ground {
    pub(crate) async fn try_issue(
        &self,
        queue: &str,
        class: Class,
        key: Uuid,
        now: Timestamp,
    ) -> Result<Issue, StoreError> {
        let new = NewTicket {
            id: Uuid::now_v7(),
            queue: &QueueId::from(queue),
            class,
            idempotency_key: key,
            token: digest(),
            actor: &Actor::Device("terminal-01".to_owned()),
            now,
        };
        self.store.issue(&self.hall, &new).await
    }

    pub(crate) async fn issue_as(&self, queue: &str, class: Class, now: Timestamp) -> Ticket {
        self.try_issue(queue, class, Uuid::new_v4(), now).await.unwrap().ticket
    }

    pub(crate) async fn issue(&self, queue: &str, now: Timestamp) -> Ticket {
        self.issue_as(queue, Class::Ordinary, now).await
    }

    /// As many tickets, a second apart from ten o'clock.
    pub(crate) async fn line(&self, queue: &str, count: usize) -> Vec<Ticket> {
        let mut line = Vec::new();
        for second in 0..count {
            line.push(self.issue(queue, after(second as i64)).await);
        }
        line
    }

    pub(crate) fn window(&self, id: &str) -> &Window {
        self.hall.window(&WindowId::from(id)).unwrap()
    }

    pub(crate) async fn try_call(
        &self,
        window: &str,
        complete: bool,
        now: Timestamp,
    ) -> Result<Option<Ticket>, StoreError> {
        let call = CallNext {
            window: self.window(window),
            actor: &clerk("wang"),
            complete_current: complete,
            now,
        };
        self.store.call_next(&self.hall, &call).await
    }

    /// The ticket called, which there must be.
    pub(crate) async fn call(&self, window: &str, now: Timestamp) -> Ticket {
        self.try_call(window, false, now)
            .await
            .unwrap()
            .expect("somebody waits")
    }

    pub(crate) async fn try_do(
        &self,
        ticket: &Ticket,
        command: &Command,
        window: Option<&str>,
        now: Timestamp,
    ) -> Result<Ticket, StoreError> {
        let actor = match window {
            Some(_) => clerk("wang"),
            None => Actor::Resident,
        };
        let change = Change {
            id: ticket.id,
            command,
            actor: &actor,
            window: window.map(|id| self.window(id)),
            now,
        };
        self.store.change(&self.hall, &change).await
    }

    pub(crate) async fn at_window(&self, ticket: &Ticket, command: Command, window: &str, now: Timestamp) -> Ticket {
        self.try_do(ticket, &command, Some(window), now).await.unwrap()
    }

    pub(crate) async fn read(&self, ticket: &Ticket) -> Ticket {
        self.store.ticket(&self.hall.id, ticket.id).await.unwrap().unwrap()
    }

    pub(crate) async fn waiting(&self, queue: &str, now: Timestamp) -> u32 {
        let day = hall_day(now, &self.hall.tz());
        self.store
            .waiting(&self.hall.id, day, &QueueId::from(queue))
            .await
            .unwrap()
    }
}
