//! Where a line of Chinese or Latin text may break, and how it is broken evenly.

/// Never at the start of a line.
const NOT_FIRST: &str = "，。、；：！？）》」』】〕”’…—～·％,.;:!?)]}%-–";
/// Never at the end of a line.
const NOT_LAST: &str = "（《「『【〔“‘([{";

/// `text` in lines no wider than `width`, as few as possible and of about the same length: a last line of one
/// character looks like a mistake when it is centred.
pub(crate) fn balanced(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let greedy = lines(text, width, &measure);
    if greedy.len() < 2 {
        return greedy;
    }
    // No narrower than the longest word: that would break it for looks.
    let longest = pieces(text)
        .into_iter()
        .map(|piece| measure(piece.trim_end()))
        .fold(0.0, f32::max);
    let (mut narrow, mut wide) = (longest.min(width), width);
    let mut best = greedy;
    for _ in 0..8 {
        let middle = f32::midpoint(narrow, wide);
        let tried = lines(text, middle, &measure);
        if tried.len() <= best.len() {
            (best, wide) = (tried, middle);
        } else {
            narrow = middle;
        }
    }
    best
}

fn lines(text: &str, width: f32, measure: &impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let longer = format!("{line}{piece}");
        if measure(longer.trim_end()) <= width {
            line = longer;
            continue;
        }
        if !line.trim().is_empty() {
            lines.push(line.trim().to_owned());
        }
        line = piece.trim_start().to_owned();
        while measure(line.trim_end()) > width && line.chars().count() > 1 {
            let head = longest_head(&line, width, measure);
            let tail = line.split_off(head);
            lines.push(std::mem::replace(&mut line, tail));
        }
    }
    if !line.trim().is_empty() {
        lines.push(line.trim().to_owned());
    }
    lines
}

/// Bytes of the longest start of `word` that fits: at least one character.
fn longest_head(word: &str, width: f32, measure: &impl Fn(&str) -> f32) -> usize {
    let mut ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
    let first = ends.next().unwrap_or(word.len());
    ends.take_while(|end| measure(&word[..*end]) <= width)
        .last()
        .unwrap_or(first)
}

/// The parts a line may be broken between; a Latin word carries the space behind it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_break(before, c)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char) -> bool {
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    // 11月22日, 70岁, 第3窗口: a figure stays with what it counts.
    let counted = |figure: char, word: char| figure.is_ascii_digit() && is_ideograph(word);
    if counted(before, after) || counted(after, before) {
        return false;
    }
    before == ' ' || before == '-' || is_wide(before) || is_wide(after)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Characters one may break around: Chinese, its punctuation and full-width forms.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::balanced;

    fn by_characters(text: &str, width: usize) -> Vec<String> {
        balanced(text, width as f32, |text| text.chars().count() as f32)
    }

    #[test]
    fn chinese_breaks_anywhere_into_lines_of_about_the_same_length() {
        assert_eq!(
            by_characters("城乡居民基本医疗保险参保登记", 13),
            ["城乡居民基本医", "疗保险参保登记"]
        );
    }

    #[test]
    fn a_line_never_begins_with_a_closing_mark_nor_ends_with_an_opening_one() {
        assert_eq!(by_characters("当日有效，请等", 4), ["当日有", "效，请等"]);
        for line in by_characters("社会保险（养老、医疗）登记", 6) {
            assert!(!line.starts_with(['、', '）']) && !line.ends_with('（'), "{line}");
        }
    }

    #[test]
    fn a_figure_stays_with_what_it_counts() {
        assert_eq!(by_characters("取号时间，11月22日", 8), ["取号时间，", "11月22日"]);
    }

    #[test]
    fn latin_breaks_between_words_and_inside_one_only_when_it_is_longer_than_the_line() {
        assert_eq!(by_characters("Residence permit", 12), ["Residence", "permit"]);
        assert_eq!(
            by_characters("incomprehensibilities", 12).concat(),
            "incomprehensibilities"
        );
    }
}
