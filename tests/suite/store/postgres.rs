//! A PostgreSQL server of the tests' own: one for each run, one database in it for each test.
//!
//! It is started by a shell that waits for the end of its standard input. However this process ends, the pipe
//! closes, and the shell stops the server and removes its files: nothing stays behind.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection as _, Executor as _, PgConnection};

const START_SECONDS_MAX: u64 = 30;

/// The address of a new, empty database; none where PostgreSQL is not installed.
pub(crate) async fn database() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let cluster = CLUSTER.get_or_init(Cluster::start).as_ref()?;
    let name = format!("hall{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    conn.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .unwrap();
    Some(cluster.url(&name))
}

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();

struct Cluster {
    dir: PathBuf,
    /// Its standard input is the server's life.
    _keeper: Child,
}

/// Stops the server when its standard input ends, by whatever cause.
const KEEPER: &str = r#"
    cd / && "$@" >"$DIR/log" 2>&1 </dev/null &
    server=$!
    read -r _
    kill -INT $server
    wait $server
    rm -rf "$DIR"
"#;

impl Cluster {
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(std::env::var_os("CI").is_none(), "PostgreSQL is not installed");
            println!("PostgreSQL is not installed: its half of the contract is not tested");
            return None;
        };
        let dir = tempfile::Builder::new().prefix("hall-pg").tempdir().unwrap().keep();
        let owner = if is_root() { give_to_postgres(&dir) } else { Vec::new() };
        let run = |program: &str| {
            let mut line = owner.clone();
            line.push(programs.join(program).display().to_string());
            line
        };
        let mut initdb = run("initdb");
        initdb.extend(
            [
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ]
            .map(str::to_owned),
        );
        initdb.push(dir.join("data").display().to_string());
        let made = Command::new(&initdb[0])
            .args(&initdb[1..])
            .current_dir("/")
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        // Nothing here has to survive a power cut.
        let keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .args(run("postgres"))
            .arg("-D")
            .arg(dir.join("data"))
            .arg("-k")
            .arg(&dir)
            .args(["-c", "listen_addresses=", "-c", "max_connections=300"])
            .args(["-c", "fsync=off"])
            .env("DIR", &dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self { dir, _keeper: keeper };
        let began = Instant::now();
        while !cluster.answers(&programs) {
            let log = || std::fs::read_to_string(cluster.dir.join("log")).unwrap_or_default();
            assert!(
                began.elapsed() < Duration::from_secs(START_SECONDS_MAX),
                "PostgreSQL: {}",
                log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(cluster)
    }

    fn answers(&self, programs: &Path) -> bool {
        Command::new(programs.join("pg_isready"))
            .arg("-q")
            .arg("-h")
            .arg(&self.dir)
            .status()
            .is_ok_and(|status| status.success())
    }

    fn url(&self, database: &str) -> String {
        let socket = self.dir.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}/{database}")
    }
}

/// Where the server's programs are: Debian keeps them by version, away from PATH.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = versions.into_iter().rev().chain(std::env::split_paths(&path)).collect();
    places.retain(|place| place.join("initdb").exists() && place.join("postgres").exists());
    places.into_iter().next()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// PostgreSQL refuses to run as root: how a command becomes the postgres user's.
fn give_to_postgres(dir: &Path) -> Vec<String> {
    let done = Command::new("chown").arg("postgres").arg(dir).status().unwrap();
    assert!(done.success(), "no user `postgres` to run PostgreSQL as");
    [
        "setpriv",
        "--reuid=postgres",
        "--regid=postgres",
        "--clear-groups",
        "--",
    ]
    .map(str::to_owned)
    .to_vec()
}
