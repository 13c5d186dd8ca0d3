//! What the hall's programs take: tickets issued and called over HTTPS with durable commits, and touch to paper.
//!
//! `cargo bench --bench hall`; PostgreSQL is measured when HALL_BENCH_POSTGRES names an empty database.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hall_kiosk::api::device::DeviceRole;
use hall_kiosk::api::staff::{CallNextRequest, Session, SignIn};
use hall_kiosk::api::ticket::IssueRequest;
use hall_kiosk::domain::hall::{Hall, QueueId, WindowId};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::ticket::Command;
use hall_kiosk::i18n::Lang;
use hall_kiosk::kiosk::app::terminal::number::slip;
use hall_kiosk::kiosk::link::HallLink as _;
use hall_kiosk::kiosk::link::client::Client;
use hall_kiosk::kiosk::link::identity::{self, Identity};
use hall_kiosk::print::{layout, pdf};
use hall_kiosk::server::config::Config;
use hall_kiosk::server::store::Store;
use hall_kiosk::server::store::postgres::PostgresStore;
use hall_kiosk::server::store::sqlite::SqliteStore;
use hall_kiosk::server::{Clock, RunningServer, Server};
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Keep-alive callers, each with a connection of its own.
const CALLERS: usize = 64;

struct Bench {
    runtime: Runtime,
    server: RunningServer,
    queues: Vec<QueueId>,
    windows: Vec<WindowId>,
    callers: Vec<Client>,
}

impl Bench {
    /// The demonstration hall with room for a million tickets a queue.
    fn new(id: &str, store: impl FnOnce(&Runtime) -> Arc<dyn Store>) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut hall: Hall = toml::from_str(include_str!("../assets/demo/hall.toml")).unwrap();
        hall.id = id.into();
        for queue in &mut hall.queues {
            queue.digits = 6;
            queue.daily_quota = None;
        }
        let queues = hall
            .queues
            .iter()
            .filter(|queue| queue.at_terminal)
            .map(|queue| queue.id.clone())
            .collect();
        let windows = hall
            .windows
            .iter()
            .filter(|window| !window.desk)
            .map(|window| window.id.clone())
            .collect();
        let store = store(&runtime);
        let server = runtime
            .block_on(Server::start(Config::local(vec![hall]), store, Clock::System))
            .unwrap();
        let mut bench = Self {
            runtime,
            server,
            queues,
            windows,
            callers: Vec::new(),
        };
        let terminal = bench.identity("terminal", DeviceRole::Terminal, None);
        bench.callers = (0..CALLERS).map(|_| bench.client(&terminal)).collect();
        bench
    }

    fn address(&self) -> String {
        format!("https://{}", self.server.device_addr)
    }

    fn identity(&self, name: &str, role: DeviceRole, window: Option<WindowId>) -> Identity {
        self.runtime.block_on(async {
            let code = self.server.enroll(name, role, window).await.unwrap();
            identity::enroll(&self.address(), &code.to_string()).await.unwrap()
        })
    }

    fn client(&self, identity: &Identity) -> Client {
        Client::new(&self.address(), identity).unwrap()
    }

    /// `count` tickets by all callers at once.
    fn issue(&self, count: usize) -> Duration {
        let left = Arc::new(AtomicUsize::new(count));
        let began = Instant::now();
        self.runtime.block_on(async {
            let mut tasks = Vec::new();
            for (turn, caller) in self.callers.iter().cloned().enumerate() {
                let (left, queue) = (Arc::clone(&left), self.queues[turn % self.queues.len()].clone());
                tasks.push(tokio::spawn(async move {
                    while take(&left) {
                        let request = IssueRequest {
                            queue: queue.clone(),
                            class: Class::Ordinary,
                        };
                        caller.issue(request, Uuid::now_v7()).await.unwrap();
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
        began.elapsed()
    }

    /// Every window signed in, with whom.
    fn clerks(&self) -> Vec<(Client, Session)> {
        let staff = ["wang", "li", "zhang", "liu", "chen", "yang", "zhao", "huang"];
        let windows = self.windows.iter().filter(|window| window.as_str() != "legal");
        windows
            .zip(staff)
            .map(|(window, staff)| {
                let identity = self.identity(&format!("window-{window}"), DeviceRole::Window, Some(window.clone()));
                let client = self.client(&identity);
                let request = SignIn {
                    staff: staff.into(),
                    pin: "2468".to_owned(),
                    window: window.clone(),
                    stands_in_for: None,
                    take_over: true,
                };
                let session = self.runtime.block_on(client.sign_in(request)).unwrap();
                (client, session)
            })
            .collect()
    }

    /// `count` calls, each started and completed by the next, by all clerks at once.
    fn call(&self, clerks: &[(Client, Session)], count: usize) -> Duration {
        let left = Arc::new(AtomicUsize::new(count));
        let began = Instant::now();
        self.runtime.block_on(async {
            let mut tasks = Vec::new();
            for (client, session) in clerks {
                let (client, session) = (client.clone(), session.clone());
                let left = Arc::clone(&left);
                tasks.push(tokio::spawn(async move {
                    while take(&left) {
                        let next = client
                            .call_next(&session, CallNextRequest { complete_current: true })
                            .await
                            .unwrap();
                        if let Some(ticket) = next {
                            client.command(&session, ticket.id, Command::Start).await.unwrap();
                        }
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
        began.elapsed()
    }
}

fn take(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
        .is_ok()
}

fn sqlite(dir: &Path) -> impl FnOnce(&Runtime) -> Arc<dyn Store> {
    let file = dir.join("hall.db");
    move |runtime| Arc::new(runtime.block_on(SqliteStore::open(&file)).unwrap())
}

fn halls(c: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    issuing(c, "sqlite", &Bench::new("issues", sqlite(dir.path())));
    // A hall of its own: people are called from a morning's queue, not from the backlog of the measurement before.
    calling(c, "sqlite", &Bench::new("calls", sqlite(dir.path())));
    if let Ok(url) = std::env::var("HALL_BENCH_POSTGRES") {
        let store =
            |runtime: &Runtime| -> Arc<dyn Store> { Arc::new(runtime.block_on(PostgresStore::connect(&url)).unwrap()) };
        issuing(c, "postgres", &Bench::new("issues", store));
        calling(c, "postgres", &Bench::new("calls", store));
    }
}

fn issuing(c: &mut Criterion, name: &str, bench: &Bench) {
    measured(c, name, "issue over HTTPS, 64 callers", |count| bench.issue(count));
}

fn calling(c: &mut Criterion, name: &str, bench: &Bench) {
    let clerks = bench.clerks();
    measured(c, name, "call next and start over HTTPS", |count| {
        bench.issue(count);
        bench.call(&clerks, count)
    });
}

fn measured(c: &mut Criterion, store: &str, name: &str, run: impl Fn(usize) -> Duration) {
    let mut group = c.benchmark_group(store);
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5))
        .throughput(Throughput::Elements(1));
    group.bench_function(name, |b| b.iter_custom(|count| run(count as usize)));
    group.finish();
}

fn paper(c: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    let bench = Bench::new("paper", sqlite(dir.path()));
    let hall = bench.runtime.block_on(bench.callers[0].hall()).unwrap();
    let request = || IssueRequest {
        queue: "social".into(),
        class: Class::Ordinary,
    };
    let touch = || {
        let issued = bench
            .runtime
            .block_on(bench.callers[0].issue(request(), Uuid::now_v7()))
            .unwrap();
        pdf::render(&layout::slip(&slip(&issued, &hall), Lang::ZhCn, layout::Paper::Mm80))
    };
    touch();
    c.bench_function("touch to printable bytes", |b| b.iter(touch));
    // Criterion gives means; a resident feels the slow ones.
    let mut times: Vec<Duration> = (0..500)
        .map(|_| {
            let began = Instant::now();
            std::hint::black_box(touch());
            began.elapsed()
        })
        .collect();
    times.sort();
    let mut out = std::io::stderr();
    let _ = std::io::Write::write_fmt(
        &mut out,
        format_args!("touch to printable bytes: p50 {:?}, p99 {:?}\n", times[250], times[495]),
    );
}

criterion_group!(benches, paper, halls);
criterion_main!(benches);
