//! The voice: which recorded pieces say a call, and how they become one WAV file. Pure; nothing is played here.
//!
//! Every piece is mono, 16-bit PCM, 16 kHz and embedded, so a call can always be composed.

/// Samples a second of every piece, and of what is composed.
pub const RATE: u32 = 16_000;

/// Silence between two pieces, and after the chime, in milliseconds.
const PAUSE_MS: u32 = 60;
const PAUSE_CHIME_MS: u32 = 250;

/// The language spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Mandarin,
    English,
}

/// Where somebody is asked to go, as far as the voice can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A window with a number, 1 to 999.
    Window(u16),
    Desk,
    /// A room with a name of its own: the board shows it, the voice leaves it out rather than say it wrong.
    Unsaid,
}

impl Place {
    /// The place of window `id`.
    pub fn of(id: &str, desk: bool) -> Self {
        match id.parse() {
            _ if desk => Self::Desk,
            Ok(number @ 1..=999) => Self::Window(number),
            _ => Self::Unsaid,
        }
    }
}

/// One recorded piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clip {
    Chime,
    Please,
    /// `A` to `Z`.
    Letter(u8),
    /// 0 to 9, one figure of a ticket: 1 is said yāo.
    Digit(u8),
    Number,
    GoTo,
    /// 1 to 20, said as a number.
    Count(u8),
    Window,
    Desk,
}

/// The pieces that call `number` to `place`, in order.
pub fn clips_for_call(number: &str, place: Place, voice: Voice) -> Vec<Clip> {
    let spelled = number.bytes().filter_map(|byte| match byte {
        b'A'..=b'Z' => Some(Clip::Letter(byte)),
        b'a'..=b'z' => Some(Clip::Letter(byte.to_ascii_uppercase())),
        b'0'..=b'9' => Some(Clip::Digit(byte - b'0')),
        _ => None,
    });
    let mut clips = vec![Clip::Chime];
    match voice {
        Voice::Mandarin => {
            clips.push(Clip::Please);
            clips.extend(spelled);
            clips.push(Clip::Number);
            match place {
                Place::Window(window) => {
                    clips.push(Clip::GoTo);
                    clips.extend(count(window));
                    clips.push(Clip::Window);
                }
                Place::Desk => clips.extend([Clip::GoTo, Clip::Desk]),
                Place::Unsaid => {}
            }
        }
        Voice::English => {
            clips.push(Clip::Number);
            clips.extend(spelled);
            match place {
                // "please go to window, …": the window is part of the piece.
                Place::Window(window) => {
                    clips.push(Clip::GoTo);
                    clips.extend(count(window));
                }
                Place::Desk => clips.push(Clip::Desk),
                Place::Unsaid => {}
            }
        }
    }
    clips
}

/// A window's number: one word up to 20, figure by figure above.
fn count(window: u16) -> Vec<Clip> {
    match u8::try_from(window) {
        Ok(small @ 1..=20) => vec![Clip::Count(small)],
        _ => window
            .to_string()
            .bytes()
            .map(|byte| Clip::Digit(byte - b'0'))
            .collect(),
    }
}

/// `clips` spoken by `voice` as one WAV file.
pub fn compose(clips: &[Clip], voice: Voice) -> Vec<u8> {
    let mut samples: Vec<u8> = Vec::new();
    for clip in clips {
        // A piece that cannot be read is left out; a test reads every one.
        let Some(sound) = recording(*clip, voice).and_then(pcm) else {
            continue;
        };
        samples.extend_from_slice(sound);
        let pause_ms = if *clip == Clip::Chime { PAUSE_CHIME_MS } else { PAUSE_MS };
        samples.resize(samples.len() + (RATE * pause_ms / 1000 * 2) as usize, 0);
    }
    wav(&samples)
}

/// How long a WAV file of ours plays, in milliseconds.
pub fn duration_ms(file: &[u8]) -> u64 {
    pcm(file).map_or(0, |samples| samples.len() as u64 / 2 * 1000 / u64::from(RATE))
}

fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX - 36);
    let mut file = Vec::with_capacity(samples.len() + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(length + 36).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(&2u16.to_le_bytes());
    file.extend_from_slice(&16u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(samples);
    file
}

/// The samples of a WAV file, if it is mono 16-bit PCM at [`RATE`]. Unknown chunks are skipped.
pub fn pcm(file: &[u8]) -> Option<&[u8]> {
    let word = |at: usize| Some(u32::from_le_bytes(file.get(at..at + 4)?.try_into().ok()?));
    let half = |at: usize| Some(u16::from_le_bytes(file.get(at..at + 2)?.try_into().ok()?));
    if file.get(..4)? != b"RIFF" || file.get(8..12)? != b"WAVE" {
        return None;
    }
    let (mut at, mut fits) = (12, false);
    loop {
        let name = file.get(at..at + 4)?;
        let length = word(at + 4)? as usize;
        let body = at + 8;
        match name {
            b"fmt " => {
                fits = half(body)? == 1 && half(body + 2)? == 1 && word(body + 4)? == RATE && half(body + 14)? == 16;
            }
            b"data" if fits => return file.get(body..body.checked_add(length)?),
            _ => {}
        }
        // Chunks begin at even places.
        at = body.checked_add(length)?.checked_add(length % 2)?;
    }
}

macro_rules! sound {
    ($lang:literal, $name:literal) => {
        include_bytes!(concat!("../../assets/sounds/", $lang, "/", $name, ".wav"))
    };
}

macro_rules! sounds {
    ($clip:expr, $lang:literal, $($extra:tt)*) => {
        match $clip {
            Clip::Chime => include_bytes!("../../assets/sounds/chime.wav"),
            Clip::Number => sound!($lang, "number"),
            Clip::GoTo => sound!($lang, "goto"),
            Clip::Desk => sound!($lang, "desk"),
            Clip::Letter(b'A') => sound!($lang, "a"),
            Clip::Letter(b'B') => sound!($lang, "b"),
            Clip::Letter(b'C') => sound!($lang, "c"),
            Clip::Letter(b'D') => sound!($lang, "d"),
            Clip::Letter(b'E') => sound!($lang, "e"),
            Clip::Letter(b'F') => sound!($lang, "f"),
            Clip::Letter(b'G') => sound!($lang, "g"),
            Clip::Letter(b'H') => sound!($lang, "h"),
            Clip::Letter(b'I') => sound!($lang, "i"),
            Clip::Letter(b'J') => sound!($lang, "j"),
            Clip::Letter(b'K') => sound!($lang, "k"),
            Clip::Letter(b'L') => sound!($lang, "l"),
            Clip::Letter(b'M') => sound!($lang, "m"),
            Clip::Letter(b'N') => sound!($lang, "n"),
            Clip::Letter(b'O') => sound!($lang, "o"),
            Clip::Letter(b'P') => sound!($lang, "p"),
            Clip::Letter(b'Q') => sound!($lang, "q"),
            Clip::Letter(b'R') => sound!($lang, "r"),
            Clip::Letter(b'S') => sound!($lang, "s"),
            Clip::Letter(b'T') => sound!($lang, "t"),
            Clip::Letter(b'U') => sound!($lang, "u"),
            Clip::Letter(b'V') => sound!($lang, "v"),
            Clip::Letter(b'W') => sound!($lang, "w"),
            Clip::Letter(b'X') => sound!($lang, "x"),
            Clip::Letter(b'Y') => sound!($lang, "y"),
            Clip::Letter(b'Z') => sound!($lang, "z"),
            Clip::Digit(0) => sound!($lang, "d0"),
            Clip::Digit(1) => sound!($lang, "d1"),
            Clip::Digit(2) => sound!($lang, "d2"),
            Clip::Digit(3) => sound!($lang, "d3"),
            Clip::Digit(4) => sound!($lang, "d4"),
            Clip::Digit(5) => sound!($lang, "d5"),
            Clip::Digit(6) => sound!($lang, "d6"),
            Clip::Digit(7) => sound!($lang, "d7"),
            Clip::Digit(8) => sound!($lang, "d8"),
            Clip::Digit(9) => sound!($lang, "d9"),
            Clip::Count(1) => sound!($lang, "n1"),
            Clip::Count(2) => sound!($lang, "n2"),
            Clip::Count(3) => sound!($lang, "n3"),
            Clip::Count(4) => sound!($lang, "n4"),
            Clip::Count(5) => sound!($lang, "n5"),
            Clip::Count(6) => sound!($lang, "n6"),
            Clip::Count(7) => sound!($lang, "n7"),
            Clip::Count(8) => sound!($lang, "n8"),
            Clip::Count(9) => sound!($lang, "n9"),
            Clip::Count(10) => sound!($lang, "n10"),
            Clip::Count(11) => sound!($lang, "n11"),
            Clip::Count(12) => sound!($lang, "n12"),
            Clip::Count(13) => sound!($lang, "n13"),
            Clip::Count(14) => sound!($lang, "n14"),
            Clip::Count(15) => sound!($lang, "n15"),
            Clip::Count(16) => sound!($lang, "n16"),
            Clip::Count(17) => sound!($lang, "n17"),
            Clip::Count(18) => sound!($lang, "n18"),
            Clip::Count(19) => sound!($lang, "n19"),
            Clip::Count(20) => sound!($lang, "n20"),
            $($extra)*
            Clip::Letter(_) | Clip::Digit(_) | Clip::Count(_) => return None,
        }
    };
}

/// The recording of `clip`, where `voice` has one.
fn recording(clip: Clip, voice: Voice) -> Option<&'static [u8]> {
    let bytes: &'static [u8] = match voice {
        Voice::Mandarin => {
            sounds!(clip, "zh", Clip::Please => sound!("zh", "please"), Clip::Window => sound!("zh", "window"),)
        }
        Voice::English => sounds!(clip, "en", Clip::Please | Clip::Window => return None,),
    };
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn mandarin_spells_the_number_and_names_the_window() {
        let clips = clips_for_call("B016", Place::of("3", false), Voice::Mandarin);
        let expected = [
            Clip::Chime,
            Clip::Please,
            Clip::Letter(b'B'),
            Clip::Digit(0),
            Clip::Digit(1),
            Clip::Digit(6),
            Clip::Number,
            Clip::GoTo,
            Clip::Count(3),
            Clip::Window,
        ];
        assert_eq!(clips, expected);
    }

    #[test]
    fn english_says_the_window_last() {
        let clips = clips_for_call("B016", Place::of("3", false), Voice::English);
        let expected = [
            Clip::Chime,
            Clip::Number,
            Clip::Letter(b'B'),
            Clip::Digit(0),
            Clip::Digit(1),
            Clip::Digit(6),
            Clip::GoTo,
            Clip::Count(3),
        ];
        assert_eq!(clips, expected);
    }

    #[test]
    fn a_room_with_a_name_is_never_called_the_front_desk() {
        for voice in [Voice::Mandarin, Voice::English] {
            let room = clips_for_call("L003", Place::of("legal", false), voice);
            assert!(!room.contains(&Clip::Desk) && !room.contains(&Clip::GoTo), "{room:?}");
            assert!(clips_for_call("L003", Place::of("desk", true), voice).ends_with(&[Clip::Desk]));
        }
    }

    #[test]
    fn a_window_above_twenty_is_said_figure_by_figure() {
        let clips = clips_for_call("A001", Place::of("25", false), Voice::Mandarin);
        assert!(clips.ends_with(&[Clip::GoTo, Clip::Digit(2), Clip::Digit(5), Clip::Window]));
    }

    #[test]
    fn every_piece_can_be_read() {
        for voice in [Voice::Mandarin, Voice::English] {
            let letters = (b'A'..=b'Z').map(Clip::Letter);
            let digits = (0..=9).map(Clip::Digit);
            let counts = (1..=20).map(Clip::Count);
            let words = [Clip::Chime, Clip::Number, Clip::GoTo, Clip::Desk];
            for clip in letters.chain(digits).chain(counts).chain(words) {
                let samples = recording(clip, voice).and_then(pcm);
                assert!(
                    samples.is_some_and(|samples| samples.len() > 1000),
                    "{clip:?} in {voice:?}"
                );
            }
        }
        for clip in [Clip::Please, Clip::Window] {
            assert!(recording(clip, Voice::Mandarin).and_then(pcm).is_some(), "{clip:?}");
        }
    }

    #[test]
    fn a_composed_call_is_a_wav_file_as_long_as_its_pieces_and_pauses() {
        let clips = clips_for_call("B016", Place::Window(3), Voice::Mandarin);
        let file = compose(&clips, Voice::Mandarin);
        let pieces: usize = clips
            .iter()
            .map(|clip| pcm(recording(*clip, Voice::Mandarin).unwrap()).unwrap().len())
            .sum();
        let pauses = (RATE * (PAUSE_CHIME_MS + PAUSE_MS * 9) / 1000 * 2) as usize;
        assert_eq!(pcm(&file).unwrap().len(), pieces + pauses);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(
            u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize,
            file.len() - 8
        );
        assert!((3000..12_000).contains(&duration_ms(&file)), "{}", duration_ms(&file));
    }

    #[test]
    fn a_file_of_another_format_or_a_torn_one_is_refused() {
        let mut stereo = wav(&[0; 8]);
        stereo[22] = 2;
        assert!(pcm(&stereo).is_none());
        let whole = wav(&[0; 8]);
        for length in 0..whole.len() {
            assert!(pcm(&whole[..length]).is_none(), "{length}");
        }
        let mut listed = whole[..36].to_vec();
        listed.extend_from_slice(b"LIST\x03\0\0\0abc\0");
        listed.extend_from_slice(&whole[36..]);
        assert_eq!(pcm(&listed), Some(&[0u8; 8][..]));
    }
}
