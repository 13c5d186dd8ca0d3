//! How long it will take, as an honest range.

use serde::{Deserialize, Serialize};

/// Cases needed before the day's own figures are trusted over the usual one.
pub const SAMPLES_MIN: usize = 3;
/// Most recent cases looked at.
pub const SAMPLES_MAX: usize = 20;

/// A wait in whole minutes, from–to, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct WaitRange {
    pub from_minutes: u32,
    pub to_minutes: u32,
}

/// What the estimate is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Load<'a> {
    /// People to be served before this one.
    pub people_ahead: u32,
    /// Windows open for this queue; one that also serves others counts by its share.
    pub windows: f64,
    /// Service times of recent cases, in milliseconds, newest last.
    pub recent_ms: &'a [i64],
    /// The configured usual length of a case, in minutes.
    pub usual_minutes: Option<u32>,
}

/// The range, or none when it cannot be said yet: no window open, or neither recent cases nor a usual length.
///
/// From the quartiles of recent service times: the lower for everybody ahead, the upper for everybody ahead and
/// the case now at the window. Rounded outward, to 5 minutes from ten on.
pub fn wait(load: &Load<'_>) -> Option<WaitRange> {
    if load.windows <= 0.0 {
        return None;
    }
    let recent = &load.recent_ms[load.recent_ms.len().saturating_sub(SAMPLES_MAX)..];
    let (quick, slow) = if recent.len() >= SAMPLES_MIN {
        let mut sorted = recent.to_vec();
        sorted.sort_unstable();
        (quantile(&sorted, 0.25), quantile(&sorted, 0.75))
    } else {
        let usual = f64::from(load.usual_minutes?) * 60_000.0;
        (usual * 0.8, usual * 1.25)
    };
    let ahead = f64::from(load.people_ahead);
    let minutes = |ms: f64| ms / load.windows / 60_000.0;
    let from = round_down(minutes(ahead * quick));
    let to = round_up(minutes((ahead + 1.0) * slow)).max(from + 1);
    Some(WaitRange {
        from_minutes: from,
        to_minutes: to,
    })
}

/// The share of each window a queue can count on: `waiting[i]` people wait in the i-th queue a window serves, of
/// which this queue has `own`.
pub fn share(own: u32, all: u32) -> f64 {
    f64::from(own.max(1)) / f64::from(all.max(own).max(1))
}

fn quantile(sorted: &[i64], q: f64) -> f64 {
    let position = q * (sorted.len() - 1) as f64;
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    let part = position - position.floor();
    sorted[low] as f64 * (1.0 - part) + sorted[high] as f64 * part
}

fn round_down(minutes: f64) -> u32 {
    if minutes >= 10.0 {
        (minutes / 5.0).floor() as u32 * 5
    } else {
        minutes.floor().max(0.0) as u32
    }
}

fn round_up(minutes: f64) -> u32 {
    if minutes > 10.0 {
        (minutes / 5.0).ceil() as u32 * 5
    } else {
        minutes.ceil().max(0.0) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    fn load(people_ahead: u32, windows: f64, recent_ms: &[i64]) -> Load<'_> {
        Load {
            people_ahead,
            windows,
            recent_ms,
            usual_minutes: None,
        }
    }

    #[test]
    fn six_ahead_at_two_windows_of_four_minutes() {
        let recent = [4 * MINUTE; 8];
        assert_eq!(
            wait(&load(6, 2.0, &recent)),
            Some(WaitRange {
                from_minutes: 10,
                to_minutes: 15
            })
        );
    }

    #[test]
    fn it_says_nothing_when_it_cannot() {
        assert_eq!(wait(&load(3, 0.0, &[MINUTE; 9])), None, "no window is open");
        assert_eq!(wait(&load(3, 1.0, &[MINUTE; 2])), None, "two cases are no measure");
        let usual = Load {
            usual_minutes: Some(8),
            ..load(0, 1.0, &[])
        };
        assert_eq!(
            wait(&usual),
            Some(WaitRange {
                from_minutes: 0,
                to_minutes: 10
            })
        );
    }

    #[test]
    fn a_range_is_never_empty() {
        let range = wait(&load(0, 4.0, &[1, 1, 1])).expect("a range");
        assert!(range.from_minutes < range.to_minutes);
    }
}
