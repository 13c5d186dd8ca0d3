//! The slip itself.

use hall_kiosk::domain::priority::Class;
use hall_kiosk::i18n::Lang;
use hall_kiosk::print::font;
use hall_kiosk::print::layout::{self, Layout, Paper};
use hall_kiosk::print::pdf;

use super::{URL, text, ticket, tool};

fn every_slip() -> impl Iterator<Item = (Lang, Paper)> {
    Lang::ALL
        .into_iter()
        .flat_map(|lang| Paper::ALL.into_iter().map(move |paper| (lang, paper)))
}

#[test]
fn every_line_can_be_read_back_in_both_languages() {
    let chinese = [
        "解放路街道便民服务中心",
        "社会保险",
        "您的号码",
        "A018",
        "优先：70岁以上",
        "前方等候：3 人",
        "预计等候：10–15 分钟",
        "请在 等候一区 等候",
        "听到叫号后到指定窗口",
        "手机扫码，随时看排到几号",
        "取号时间：11月22日 星期日 09:42",
        "当日有效，过号请到导办台激活",
    ];
    let english = [
        "Jiefang Road Subdistrict Service Hall",
        "Social insurance",
        "Your number",
        "A018",
        "Priority: 70+",
        "Ahead of you: 3",
        "Expected wait: 10–15 min",
        "Please wait in waiting area 1",
        "and go to the window when called",
        "Scan to see your place in line",
        "Issued: Sunday, 22 November 09:42",
        "Valid today. Missed it? Ask at the front desk",
    ];
    let dir = tempfile::tempdir().unwrap();
    for (lang, paper) in every_slip() {
        let pdf = tool::save(&layout::slip(&ticket(), lang, paper), dir.path());
        let Some(read) = tool::run("pdftotext", &["-layout", &pdf, "-"]) else {
            return;
        };
        // A sentence may be on two lines, and the space at the break is not printed.
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        let read = squeeze(&read);
        for line in if lang == Lang::ZhCn { chinese } else { english } {
            assert!(read.contains(&squeeze(line)), "{lang:?} {paper:?}: `{line}` in {read}");
        }
    }
}

#[test]
fn the_code_is_read_off_either_paper_as_the_address_to_the_letter() {
    let dir = tempfile::tempdir().unwrap();
    for (lang, paper) in every_slip() {
        let pdf = tool::save(&layout::slip(&ticket(), lang, paper), dir.path());
        let Some(picture) = tool::picture(&pdf, dir.path()) else {
            return;
        };
        let Some(read) = tool::run("zbarimg", &["--raw", "-q", &picture]) else {
            return;
        };
        assert_eq!(read.trim_end_matches('\n'), URL, "{lang:?} {paper:?}");
    }
}

#[test]
fn fonts_travel_with_the_slip_and_only_the_characters_it_uses() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = tool::save(&layout::slip(&ticket(), Lang::ZhCn, Paper::Mm80), dir.path());
    let Some(fonts) = tool::run("pdffonts", &[&pdf]) else {
        return;
    };
    let rows: Vec<Vec<&str>> = fonts
        .lines()
        .skip(2)
        .map(|row| row.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), 2, "{fonts}");
    for row in rows {
        // … type, encoding, emb, sub, uni, object, ID
        let [.., embedded, subset, unicode, _, _] = row[..] else {
            panic!("{fonts}")
        };
        assert_eq!((embedded, subset, unicode), ("yes", "yes", "yes"), "{fonts}");
    }
    let bytes = std::fs::metadata(&pdf).unwrap().len();
    assert!(bytes < 100_000, "{bytes} bytes");
}

#[test]
fn the_page_is_as_wide_as_the_paper_and_as_long_as_what_is_on_it() {
    let dir = tempfile::tempdir().unwrap();
    for (lang, paper) in every_slip() {
        let layout = layout::slip(&ticket(), lang, paper);
        let Some(info) = tool::run("pdfinfo", &[&tool::save(&layout, dir.path())]) else {
            return;
        };
        let size = info.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap();
        let points: Vec<f32> = size.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let mm: Vec<f32> = points.iter().map(|points| points * font::MM_PER_PT).collect();
        assert!(
            (mm[0] - paper.width()).abs() < 0.1 && (mm[1] - layout.height).abs() < 0.1,
            "{size}"
        );
        assert!(info.contains("Pages:           1"), "{info}");
    }
}

#[test]
fn nothing_leaves_the_page_however_long_the_names() {
    let mut long = ticket();
    long.hall = text("广西壮族自治区南宁市青秀区新竹街道办事处政务服务中心（便民服务大厅）");
    long.queue = text("城乡居民基本养老保险、基本医疗保险参保登记与缴费Incomprehensibilities-Donaudampfschifffahrt");
    long.number = "WWW8888888".to_owned();
    long.zone = text("一楼大厅东侧二号自助服务区旁边的第三等候区");
    long.people_ahead = 0;
    long.wait = None;
    for (lang, paper) in every_slip() {
        for slip in [&long, &ticket()] {
            let layout = layout::slip(slip, lang, paper);
            stays_inside(&layout, paper);
        }
    }
    let lines = layout::slip(&long, Lang::ZhCn, Paper::Mm58).texts.len();
    assert!(lines > layout::slip(&ticket(), Lang::ZhCn, Paper::Mm58).texts.len() + 4);
}

/// Everything between the margins and above the end, and no line into the next.
fn stays_inside(layout: &Layout, paper: Paper) {
    let (left, right) = (paper.margin() - 0.01, paper.width() - paper.margin() + 0.01);
    for text in &layout.texts {
        let end = text.x + font::width(text.weight, text.size, &text.text);
        assert!(text.x >= left && end <= right, "{text:?} ends at {end}");
        let em = text.size * font::MM_PER_PT;
        assert!(
            text.y - font::CAP_HEIGHT * em > 0.0 && text.y + 0.3 * em < layout.height,
            "{text:?}"
        );
    }
    let mut lines: Vec<_> = layout.texts.iter().collect();
    lines.sort_by(|a, b| a.y.total_cmp(&b.y));
    for pair in lines.windows(2) {
        let top = pair[1].y - font::HAN_ASCENT * pair[1].size * font::MM_PER_PT;
        assert!(top > pair[0].y, "{pair:?}");
    }
    let qr = layout.qr.as_ref().unwrap();
    assert!(qr.x - qr.quiet() >= 0.0 && qr.x + qr.size() + qr.quiet() <= paper.width());
    for rect in layout.rects.iter().chain(&qr.runs()) {
        assert!(rect.x >= left && rect.x + rect.width <= right, "{rect:?}");
        assert!(rect.y >= 0.0 && rect.y + rect.height <= layout.height, "{rect:?}");
    }
    for text in &layout.texts {
        let (top, bottom) = (qr.y - qr.quiet(), qr.y + qr.size() + qr.quiet());
        let em = text.size * font::MM_PER_PT;
        assert!(
            text.y <= top || text.y - font::HAN_ASCENT * em >= bottom - 0.01,
            "{text:?} in the quiet zone"
        );
    }
}

#[test]
fn the_time_of_issue_stays_on_one_line_also_on_narrow_paper() {
    for (lang, paper) in every_slip() {
        let when = match lang {
            Lang::ZhCn => "11月22日 星期日 09:42",
            Lang::En => "Sunday, 22 November 09:42",
        };
        let layout = layout::slip(&ticket(), lang, paper);
        assert!(
            layout.texts.iter().any(|text| text.text.contains(when)),
            "{lang:?} {paper:?}"
        );
    }
}

#[test]
fn squares_of_the_code_are_whole_dots_of_the_print_head() {
    for (lang, paper) in every_slip() {
        let qr = layout::slip(&ticket(), lang, paper).qr.unwrap();
        for run in qr.runs() {
            for mm in [run.x, run.y, run.width, run.height] {
                let dots = mm * 8.0;
                assert!((dots - dots.round()).abs() < 0.001, "{paper:?}: {dots} dots");
            }
        }
        assert!(qr.module >= 0.5, "{paper:?}: {} mm", qr.module);
    }
}

#[test]
fn a_character_the_font_lacks_is_reported_and_a_sign_stands_in_its_place() {
    let mut slip = ticket();
    assert_eq!(layout::slip(&slip, Lang::ZhCn, Paper::Mm80).missing, [char::MIN; 0]);
    slip.queue = text("\u{10400}社会\u{10400}保险\u{1F600}");
    let layout = layout::slip(&slip, Lang::ZhCn, Paper::Mm80);
    assert_eq!(layout.missing, ['\u{10400}', '\u{1F600}']);
    assert!(
        layout.texts.iter().any(|text| text.text == "〓社会〓保险〓"),
        "{:?}",
        layout.texts
    );
    assert!(!pdf::render(&layout).is_empty());
}

#[test]
fn marks_nobody_sees_are_left_out_and_line_ends_become_spaces() {
    let mut slip = ticket();
    slip.queue = text(" 社会\u{200B}保险\r\n\tA \u{FEFF}");
    let layout = layout::slip(&slip, Lang::ZhCn, Paper::Mm80);
    assert_eq!(layout.missing, [char::MIN; 0]);
    assert!(
        layout.texts.iter().any(|text| text.text == "社会保险 A"),
        "{:?}",
        layout.texts
    );
}

#[test]
fn every_word_of_the_house_can_be_printed() {
    for (lang, paper) in every_slip() {
        for class in Class::ALL {
            for people_ahead in [0, 7] {
                let slip = hall_kiosk::domain::receipt::TicketSlip {
                    class,
                    people_ahead,
                    wait: None,
                    ..ticket()
                };
                assert_eq!(
                    layout::slip(&slip, lang, paper).missing,
                    [char::MIN; 0],
                    "{lang:?} {class:?}"
                );
            }
        }
    }
}

#[test]
fn an_ordinary_number_says_nothing_of_priority() {
    let mut slip = ticket();
    slip.class = Class::Ordinary;
    let layout = layout::slip(&slip, Lang::ZhCn, Paper::Mm80);
    assert!(layout.texts.iter().all(|text| !text.text.contains("优先")));
}

#[test]
fn an_address_too_long_for_a_code_costs_the_code_and_not_the_slip() {
    let mut slip = ticket();
    slip.url = format!("https://example.org/{}", "x".repeat(3000));
    let layout = layout::slip(&slip, Lang::En, Paper::Mm58);
    assert_eq!(layout.qr, None);
    assert!(layout.texts.iter().any(|text| text.text == "A018"));
    assert!(layout.texts.iter().all(|text| !text.text.contains("Scan")));
}

#[test]
fn neither_the_address_nor_its_squares_are_shown_when_a_layout_is_logged() {
    let shown = format!("{:?}", layout::slip(&ticket(), Lang::En, Paper::Mm80));
    assert!(!shown.contains("kQ3vX9mZ") && !shown.contains("true"), "{shown}");
}
