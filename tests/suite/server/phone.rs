//! The page a resident's phone opens: in plain HTTP, and in a real browser.

use hall_kiosk::api::paths;
use hall_kiosk::api::ticket::{Issued, TicketView};
use serde_json::json;

use super::browser::Browser;
use super::live::Events;
use super::{Device, TestHall};

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

/// Where the pictures of this run are left, for whoever wants to look.
fn pictures() -> std::path::PathBuf {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("phone");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

#[test]
fn in_a_browser_the_page_changes_by_itself_when_the_number_is_called() {
    let Some(mut browser) = Browser::open() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (hall, _terminal, clerk, tickets) = runtime.block_on(with_tickets(4));
    let dir = pictures();
    browser.go(&tickets[3].url);
    let seen = browser.shows("秒前更新");
    says(&seen, &["前面还有 3 人", "B004"]);
    browser.picture(&dir.join("waiting.png"));
    std::thread::sleep(std::time::Duration::from_secs(7));
    let seen = browser.shows("秒前更新");
    assert!(
        (0..6).any(|n| seen.contains(&format!("{n} 秒前更新"))),
        "a quiet line is a live line: {seen}"
    );
    browser.go(&tickets[0].url);
    browser.shows("下一个就是您");
    browser.value("window.stayed = true");
    runtime.block_on(clerk.call("1"));
    browser.shows("请到 1 号窗口");
    browser.picture(&dir.join("called.png"));
    assert_eq!(browser.value("window.stayed"), true, "without a reload");
    runtime
        .block_on(clerk.command(tickets[0].ticket.id, "start"))
        .ok::<TicketView>();
    browser.shows("正在1 号窗口办理");
    browser.picture(&dir.join("serving.png"));
    runtime.block_on(hall.server.shutdown());
    browser.shows("连不上大厅");
    browser.picture(&dir.join("line-gone.png"));
}

#[test]
fn in_a_browser_without_scripts_everything_can_be_done_by_touch() {
    let Some(mut browser) = Browser::open() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (_hall, _terminal, clerk, tickets) = runtime.block_on(with_tickets(5));
    let dir = pictures();
    browser.script(false);
    browser.go(&tickets[0].url);
    let seen = browser.shows("10:00:00 的情况");
    assert!(!seen.contains("确定取消"), "asked only after the first touch: {seen}");
    browser.touch("#d1 summary");
    browser.shows("只能用一次");
    browser.picture(&dir.join("more-time.png"));
    browser.touch("#d1 button");
    browser.shows("已为您往后排");
    browser.picture(&dir.join("moved-back.png"));
    assert_eq!(runtime.block_on(clerk.call("1")).number, "B002");
    browser.touch("#d2 summary");
    browser.shows("确定取消");
    browser.touch("#d2 button");
    browser.shows("已取消");
    browser.picture(&dir.join("cancelled.png"));
    browser.go(&format!("{}?lang=en", tickets[4].url));
    browser.shows("people ahead");
    browser.picture(&dir.join("waiting-en.png"));
    let wide = browser.value("document.documentElement.scrollWidth");
    assert_eq!(wide, 390, "nothing reaches past the edge");
}
