//! The loudspeaker. Whoever calls [`Speaker::say_call`] never waits and never hears of trouble: a machine without a
//! player or a sound card is a silent one, see [`Speaker::state`].

use std::collections::VecDeque;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::clips::{self, Place, Voice};

/// Calls that may wait to be said; a hall that is further behind hears the newest ones.
pub const QUEUE_MAX: usize = 8;

/// The players tried, best first.
const PLAYERS: [&str; 3] = ["pw-play", "paplay", "aplay"];
/// How much longer than the sound itself a player may take.
const GRACE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// Says calls aloud.
pub trait Speaker: Send + Sync + fmt::Debug {
    /// Says that `number` is called to `place`, after whatever is being said.
    fn say_call(&self, number: &str, place: Place, voice: Voice);
    fn state(&self) -> SpeakerState;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpeakerState {
    /// Ready; nothing has failed.
    Ready,
    /// No player is installed.
    NoPlayer,
    /// The players found could not play, most likely for want of a sound card. Every call tries again.
    NoDevice,
}

/// Says nothing, e.g. where sound is switched off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Speaker for Silent {
    fn say_call(&self, _number: &str, _place: Place, _voice: Voice) {}

    fn state(&self) -> SpeakerState {
        SpeakerState::NoPlayer
    }
}

/// Plays through the first of `pw-play`, `paplay` and `aplay` that works, one call after the other.
#[derive(Debug)]
pub struct SystemSpeaker {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug)]
struct Inner {
    waiting: VecDeque<(Voice, Vec<clips::Clip>)>,
    state: SpeakerState,
    closed: bool,
}

impl SystemSpeaker {
    /// With the players this machine has.
    pub fn start() -> Self {
        let folders = std::env::var_os("PATH").map_or_else(Vec::new, |path| std::env::split_paths(&path).collect());
        Self::with_players(installed(&folders))
    }

    /// With these players instead of the installed ones, in order of preference.
    pub fn with_players(players: Vec<PathBuf>) -> Self {
        let state = if players.is_empty() {
            SpeakerState::NoPlayer
        } else {
            SpeakerState::Ready
        };
        let shared = Arc::new(Shared {
            inner: Mutex::new(Inner {
                waiting: VecDeque::new(),
                state,
                closed: false,
            }),
            changed: Condvar::new(),
        });
        if state == SpeakerState::Ready {
            let worker = Arc::clone(&shared);
            let started = thread::Builder::new()
                .name("speaker".to_owned())
                .spawn(move || worker.run(&players));
            if let Err(error) = started {
                tracing::warn!(%error, "no thread for the speaker");
                shared.lock().state = SpeakerState::NoPlayer;
            }
        }
        Self { shared }
    }

    /// Calls that wait to be said.
    pub fn waiting(&self) -> usize {
        self.shared.lock().waiting.len()
    }
}

impl Speaker for SystemSpeaker {
    fn say_call(&self, number: &str, place: Place, voice: Voice) {
        let mut inner = self.shared.lock();
        if inner.state == SpeakerState::NoPlayer {
            return;
        }
        while inner.waiting.len() >= QUEUE_MAX {
            inner.waiting.pop_front();
        }
        inner
            .waiting
            .push_back((voice, clips::clips_for_call(number, place, voice)));
        self.shared.changed.notify_one();
    }

    fn state(&self) -> SpeakerState {
        self.shared.lock().state
    }
}

/// The worker ends with what it is saying; nothing more is begun.
impl Drop for SystemSpeaker {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_one();
    }
}

impl Shared {
    /// The queue is whole after every step, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, players: &[PathBuf]) {
        while let Some((voice, clips)) = self.next() {
            let played = play(players, &clips::compose(&clips, voice));
            let state = if played {
                SpeakerState::Ready
            } else {
                SpeakerState::NoDevice
            };
            let mut inner = self.lock();
            if inner.state != state {
                tracing::info!(?state, "the speaker");
                inner.state = state;
            }
        }
    }

    fn next(&self) -> Option<(Voice, Vec<clips::Clip>)> {
        let mut inner = self.lock();
        loop {
            if inner.closed {
                return None;
            }
            if let Some(next) = inner.waiting.pop_front() {
                return Some(next);
            }
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn installed(folders: &[PathBuf]) -> Vec<PathBuf> {
    PLAYERS
        .iter()
        .filter_map(|name| {
            folders
                .iter()
                .map(|folder| folder.join(name))
                .find(|file| file.is_file())
        })
        .collect()
}

/// Whether one of `players` played `sound`.
fn play(players: &[PathBuf], sound: &[u8]) -> bool {
    let file = match SoundFile::new(sound) {
        Ok(file) => file,
        Err(error) => {
            tracing::warn!(%error, "no temporary file for the speaker");
            return false;
        }
    };
    let limit = Duration::from_millis(clips::duration_ms(sound)) + GRACE;
    players.iter().any(|player| {
        let child = Command::new(player)
            .arg(&file.0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        child.is_ok_and(|child| ended_well(child, limit))
    })
}

/// Waits for the player, and ends one that hangs.
fn ended_well(mut child: Child, limit: Duration) -> bool {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if began.elapsed() < limit => thread::sleep(POLL),
            Ok(None) | Err(_) => {
                // It may have ended in between; either way it is gone and collected.
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// A sound on disk for as long as it is played.
struct SoundFile(PathBuf);

impl SoundFile {
    fn new(sound: &[u8]) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("hall-kiosk-{}.wav", uuid::Uuid::new_v4().simple()));
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        let kept = Self(path);
        file.write_all(sound)?;
        Ok(kept)
    }
}

impl Drop for SoundFile {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "a sound could not be removed");
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn player(folder: &Path, name: &str, script: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn until(what: &str, reached: impl Fn() -> bool) {
        let began = Instant::now();
        while !reached() {
            assert!(began.elapsed() < Duration::from_secs(10), "never {what}");
            thread::sleep(POLL);
        }
    }

    #[test]
    fn without_a_player_it_is_silent_and_keeps_nothing() {
        let speaker = SystemSpeaker::with_players(installed(&[]));
        speaker.say_call("B016", Place::Window(3), Voice::Mandarin);
        assert_eq!(speaker.state(), SpeakerState::NoPlayer);
        assert_eq!(speaker.waiting(), 0);
    }

    #[test]
    fn a_player_that_fails_gives_way_to_the_next_and_the_file_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let heard = folder.path().join("heard");
        let broken = player(folder.path(), "pw-play", "exit 1");
        let script = format!(
            "head -c 4 \"$1\" > {0}.part; echo \"$1\" > {0}.name; mv {0}.part {0}",
            heard.display()
        );
        let working = player(folder.path(), "aplay", &script);
        let found = installed(&[folder.path().to_owned()]);
        assert_eq!(found, [broken, working]);
        let speaker = SystemSpeaker::with_players(found);
        until("heard", || {
            // Again and again: a script just written may be "busy" while another test starts a process.
            if speaker.waiting() == 0 && !heard.exists() {
                speaker.say_call("B016", Place::Window(3), Voice::English);
            }
            heard.exists()
        });
        assert_eq!(fs::read(&heard).unwrap(), b"RIFF");
        let name = fs::read_to_string(folder.path().join("heard.name")).unwrap();
        until("tidied", || !Path::new(name.trim()).exists());
        assert_eq!(speaker.state(), SpeakerState::Ready);
    }

    #[test]
    fn without_a_sound_card_it_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let speaker = SystemSpeaker::with_players(vec![player(folder.path(), "aplay", "exit 1")]);
        speaker.say_call("B016", Place::Desk, Voice::Mandarin);
        until("noticed", || speaker.state() == SpeakerState::NoDevice);
    }

    #[test]
    fn a_hall_that_talks_too_fast_hears_the_newest_calls() {
        let folder = tempfile::tempdir().unwrap();
        let speaker = SystemSpeaker::with_players(vec![player(folder.path(), "aplay", "sleep 3")]);
        for number in 0..30 {
            speaker.say_call(&format!("A{number:03}"), Place::Window(1), Voice::Mandarin);
        }
        assert_eq!(speaker.waiting(), QUEUE_MAX);
        let newest = clips::clips_for_call("A029", Place::Window(1), Voice::Mandarin);
        assert_eq!(
            speaker.shared.lock().waiting.back().map(|(_, clips)| clips.clone()),
            Some(newest)
        );
    }

    #[test]
    fn a_player_that_hangs_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new(player(folder.path(), "aplay", "exec sleep 60"))
            .spawn()
            .unwrap();
        assert!(!ended_well(child, Duration::from_millis(100)));
    }
}
