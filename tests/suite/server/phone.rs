//! The page a resident's phone opens: in plain HTTP, and in a real browser.

use std::process::{Command, Output};

use hall_kiosk::api::paths;
use hall_kiosk::api::ticket::{Issued, TicketView};
use serde_json::json;

use super::live::Events;
use super::{Device, TestHall};

const CHROMIUM: &str = "chromium";
/// The phone the page was drawn for.
const PHONE: &str = "390,844";

/// A phone: no certificate, no session, redirects as a browser follows them.
fn phone() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn page(url: &str) -> String {
    let response = phone().get(url).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.text().await.unwrap()
}

async fn post(url: &str, action: &str) -> String {
    let response = phone().post(format!("{url}/{action}")).send().await.unwrap();
    assert_eq!(response.status(), 200, "after the way back to the page");
    response.text().await.unwrap()
}

#[track_caller]
fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "`{word}` is not in:\n{page}");
    }
}

/// A hall with a clerk at window 1 and `count` numbers given out.
async fn with_tickets(count: usize) -> (TestHall, Device, Device, Vec<Issued>) {
    let hall = TestHall::open().await;
    let (terminal, clerk) = (hall.terminal().await, hall.clerk("wang", "1").await);
    let mut tickets = Vec::new();
    for _ in 0..count {
        tickets.push(terminal.issue("social").await);
    }
    (hall, terminal, clerk, tickets)
}

#[tokio::test]
async fn a_waiting_page_says_where_in_line_and_how_long() {
    let (_hall, _terminal, _clerk, tickets) = with_tickets(4).await;
    let last = page(&tickets[3].url).await;
    says(
        &last,
        &["小厅", "社会保障 · 综合区", ">B004<", "前面还有 3 人，约 10–30 分钟"],
    );
    says(
        &last,
        &["我晚点到，往后排 3 位", "不办了，取消", "<progress", "10:00:00"],
    );
    says(&page(&tickets[0].url).await, &["下一个就是您"]);
    let english = page(&format!("{}?lang=en", tickets[1].url)).await;
    says(
        &english,
        &[
            "Small Hall",
            "Social insurance · General area",
            "1 person ahead",
            "lang=\"en\"",
        ],
    );
}

#[tokio::test]
async fn the_browsers_language_is_understood() {
    let (_hall, _terminal, _clerk, tickets) = with_tickets(1).await;
    let request = phone().get(&tickets[0].url).header("accept-language", "en-GB,en;q=0.9");
    says(&request.send().await.unwrap().text().await.unwrap(), &["You are next"]);
}

#[tokio::test]
async fn the_page_follows_the_ticket_through_its_life() {
    let (hall, _terminal, clerk, tickets) = with_tickets(1).await;
    let (id, url) = (tickets[0].ticket.id, tickets[0].url.as_str());
    clerk.call("1").await;
    says(&page(url).await, &["请到 1 号窗口", "class=\"card called\""]);
    clerk.command(id, "start").await.ok::<TicketView>();
    says(&page(url).await, &["正在1 号窗口办理"]);
    let path = paths::fill(paths::TICKET_COMMANDS, &id.to_string());
    for (kind, words) in [
        ("without_case", "补齐材料后直接回1 号窗口"),
        ("with_case", "材料在1 号窗口"),
        ("waiting", "会再叫您的号"),
    ] {
        let hold = json!({ "command": "hold", "kind": kind });
        clerk.post(&path, &hold).await.ok::<TicketView>();
        says(&page(url).await, &["您的事先放一放", words]);
        clerk.command(id, "resume").await.ok::<TicketView>();
    }
    hall.clock.advance(10);
    clerk.command(id, "recall").await.ok::<TicketView>();
    clerk.command(id, "miss").await.ok::<TicketView>();
    says(&page(url).await, &["已过号", "请到导办台激活"]);
    clerk.command(id, "reactivate").await.ok::<TicketView>();
    clerk.call("1").await;
    clerk.command(id, "start").await.ok::<TicketView>();
    clerk.command(id, "complete").await.ok::<TicketView>();
    let over = page(url).await;
    says(&over, &["已办结"]);
    assert!(
        !over.contains("http-equiv=\"refresh\"") && !over.contains("<form"),
        "nothing more will happen"
    );
}

#[tokio::test]
async fn more_time_gives_up_places_once() {
    let (_hall, _terminal, clerk, tickets) = with_tickets(6).await;
    let before = page(&tickets[0].url).await;
    says(&before, &["<form method=\"post\"", "只能用一次"]);
    let after = post(&tickets[0].url, "more-time").await;
    says(&after, &["前面还有 3 人", "已为您往后排"]);
    assert!(!after.contains("往后排 3 位"), "it is not offered again");
    says(&post(&tickets[0].url, "more-time").await, &["前面还有 3 人"]);
    for expected in ["B002", "B003", "B004", "B001"] {
        let called = clerk.call("1").await;
        assert_eq!(called.number, expected);
        clerk.command(called.id, "start").await.ok::<TicketView>();
        clerk.command(called.id, "complete").await.ok::<TicketView>();
    }
}

#[tokio::test]
async fn cancelling_asks_first_and_is_final() {
    let (_hall, _terminal, clerk, tickets) = with_tickets(1).await;
    says(&page(&tickets[0].url).await, &["<details", "确定取消"]);
    says(&post(&tickets[0].url, "cancel").await, &["已取消", "请重新取号"]);
    assert_eq!(clerk.call_next("1").await.status, 204, "nobody waits");
}

#[tokio::test]
async fn yesterdays_number_is_out_of_date() {
    let (hall, _terminal, _clerk, tickets) = with_tickets(1).await;
    hall.clock.set("2026-11-24T00:00:00+08:00".parse().unwrap());
    let old = page(&tickets[0].url).await;
    says(&old, &["这个号已过期"]);
    assert!(!old.contains("<form"));
    says(&post(&tickets[0].url, "cancel").await, &["这个号已过期"]);
}

#[tokio::test]
async fn without_a_token_there_is_nothing_and_always_the_same_nothing() {
    let (hall, _terminal, _clerk, tickets) = with_tickets(1).await;
    let public = &hall.server.public_url;
    let mut seen = Vec::new();
    let guess = "A".repeat(22);
    for path in [
        "/",
        "/t/",
        &format!("/t/{guess}"),
        "/healthz",
        paths::STATE,
        paths::CA,
        "/v1/tickets",
    ] {
        let response = phone().get(format!("{public}{path}")).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        seen.push(response.text().await.unwrap());
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
    assert!(!seen[0].contains("小厅"), "it does not even name the hall");
    let id = tickets[0].ticket.id;
    assert_eq!(
        phone().get(format!("{public}/t/{id}")).send().await.unwrap().status(),
        404
    );
    assert_eq!(
        phone()
            .get(format!("{public}/t/{guess}/live"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(
        phone()
            .post(format!("{public}/t/{guess}/cancel"))
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
}

#[tokio::test]
async fn the_page_is_kept_by_nobody_and_loads_nothing_from_elsewhere() {
    let (_hall, _terminal, _clerk, tickets) = with_tickets(1).await;
    let response = phone().get(&tickets[0].url).send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert!(header("x-robots-tag").contains("noindex"));
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let text = response.text().await.unwrap();
    assert!(
        !text.contains("http://") && !text.contains("https://") && !text.contains("style="),
        "{text}"
    );
}

#[tokio::test]
async fn the_live_part_comes_as_a_stream_or_when_asked() {
    let (_hall, _terminal, clerk, tickets) = with_tickets(1).await;
    let live = format!("{}/live", tickets[0].url);
    let polled: serde_json::Value = phone()
        .get(format!("{live}?poll=1"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut events = Events::of(phone().get(&live).send().await.unwrap());
    let (id, data) = events.next().await;
    assert_eq!(polled["revision"], id.as_str(), "both say the same");
    says(&data, &["下一个就是您"]);
    clerk.call("1").await;
    says(&events.next().await.1, &["请到 1 号窗口", "\"called\":true"]);
}

/// Chromium on `url`, as a phone sees it; none when it is not installed, which only a developer's machine may lack.
fn chromium(url: &str, arguments: &[&str]) -> Option<Output> {
    let profile = tempfile::tempdir().unwrap();
    let ran = Command::new(CHROMIUM)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args(["--ignore-certificate-errors", "--hide-scrollbars", "--lang=zh-CN"])
        .arg(format!("--window-size={PHONE}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(arguments)
        .arg(url)
        .output();
    match ran {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "{CHROMIUM}: {error}");
            println!("notice: {CHROMIUM} is not installed; the phone page was not seen by a browser");
            None
        }
    }
}

#[test]
fn a_browser_shows_the_page_and_its_script_runs() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (hall, _terminal, _clerk, tickets) = runtime.block_on(with_tickets(4));
    let dump = ["--virtual-time-budget=3000", "--dump-dom"];
    let Some(output) = chromium(&tickets[3].url, &dump) else {
        return;
    };
    let dom = String::from_utf8_lossy(&output.stdout);
    says(&dom, &["前面还有 3 人", "B004"]);
    assert!(dom.contains("秒前更新"), "the script writes how old the page is: {dom}");
    drop(hall);
}

#[test]
fn a_picture_of_each_state_can_be_taken() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (hall, _terminal, clerk, tickets) = runtime.block_on(with_tickets(3));
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("phone");
    std::fs::create_dir_all(&dir).unwrap();
    let picture = |name: &str, url: &str| {
        let file = dir.join(format!("{name}.png"));
        let shot = format!("--screenshot={}", file.display());
        let Some(output) = chromium(url, &["--virtual-time-budget=1500", &shot]) else {
            return;
        };
        let seen = image::open(&file)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"))
            .to_rgb8();
        let mut colours = seen.pixels().map(|pixel| pixel.0).collect::<Vec<_>>();
        colours.sort_unstable();
        colours.dedup();
        assert!(colours.len() > 20, "{name}: nothing is drawn");
    };
    picture("waiting", &tickets[2].url);
    picture("waiting-en", &format!("{}?lang=en", tickets[2].url));
    runtime.block_on(clerk.call("1"));
    picture("called", &tickets[0].url);
    runtime.block_on(post(&tickets[1].url, "cancel"));
    picture("cancelled", &tickets[1].url);
    picture("nothing", &format!("{}/t/none", hall.server.public_url));
}
