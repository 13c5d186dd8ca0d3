//! Paper, as programs outside the house read it: the words, the code, the fonts, and printers that fail.

mod driver;
mod slip;
mod tool;

use std::collections::BTreeMap;

use hall_kiosk::domain::estimate::WaitRange;
use hall_kiosk::domain::hall::LocalText;
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::receipt::TicketSlip;

/// 2026-11-22 09:42 in Shanghai.
const ISSUED_AT: i64 = 1_795_311_720_000;
const URL: &str = "https://dating.example.gov.cn:8443/t/kQ3vX9mZr7Yc2LhN5wTbUe?h=jiefang";

fn ticket() -> TicketSlip {
    TicketSlip {
        hall: LocalText::new("解放路街道便民服务中心", "Jiefang Road Subdistrict Service Hall"),
        queue: LocalText::new("社会保险", "Social insurance"),
        number: "A018".to_owned(),
        people_ahead: 3,
        wait: Some(WaitRange {
            from_minutes: 10,
            to_minutes: 15,
        }),
        zone: LocalText::new("等候一区", "waiting area 1"),
        class: Class::Elder70,
        issued_at: ISSUED_AT,
        time_zone: "Asia/Shanghai".to_owned(),
        url: URL.to_owned(),
    }
}

/// The same words in whatever language.
fn text(words: &str) -> LocalText {
    LocalText(BTreeMap::from([("zh-CN".to_owned(), words.to_owned())]))
}
