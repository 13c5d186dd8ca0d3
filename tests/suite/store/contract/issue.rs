//! Taking a number.

use std::collections::BTreeSet;

use hall_kiosk::domain::hall::{HallId, Hours, QueueId, WeekHours};
use hall_kiosk::domain::priority::Class;
use hall_kiosk::domain::queue::IssueRefusal;
use hall_kiosk::server::store::{NewTicket, StoreError};
use jiff::Timestamp;
use uuid::Uuid;

use crate::store::ground::{CALLERS, Ground, after, clerk, digest, morning};

pub(super) async fn numbers_have_no_gaps_under_64_concurrent_issuers(ground: Ground) {
    const EACH: usize = 6;
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let ground = ground.clone();
            tokio::spawn(async move {
                let queue = ["civil", "social"][caller % 2];
                let mut tickets = Vec::new();
                for _ in 0..EACH {
                    tickets.push(ground.issue(queue, morning()).await);
                }
                tickets
            })
        })
        .collect();
    let mut numbers = BTreeSet::new();
    for task in tasks {
        numbers.extend(task.await.unwrap().into_iter().map(|ticket| ticket.number));
    }
    let each = CALLERS * EACH / 2;
    let expected = (1..=each)
        .flat_map(|n| [format!("A{n:04}"), format!("B{n:04}")])
        .collect();
    assert_eq!(numbers, expected);
    assert_eq!(ground.waiting("civil", morning()).await as usize, each);
}

pub(super) async fn one_key_is_one_ticket_under_concurrency(ground: Ground) {
    for _ in 0..4 {
        let key = Uuid::new_v4();
        let tasks: Vec<_> = (0..CALLERS / 4)
            .map(|_| {
                let ground = ground.clone();
                tokio::spawn(async move {
                    ground
                        .try_issue("civil", Class::Ordinary, key, morning())
                        .await
                        .unwrap()
                })
            })
            .collect();
        let mut issues = Vec::new();
        for task in tasks {
            issues.push(task.await.unwrap());
        }
        assert_eq!(issues.iter().filter(|issue| !issue.replayed).count(), 1);
        assert!(issues.iter().all(|issue| issue.ticket == issues[0].ticket));
    }
    assert_eq!(ground.waiting("civil", morning()).await, 4);
    assert_eq!(ground.issue("civil", morning()).await.number, "A0005");
}

pub(super) async fn a_key_used_for_another_queue_or_class_is_refused(ground: Ground) {
    let key = Uuid::new_v4();
    ground
        .try_issue("civil", Class::Ordinary, key, morning())
        .await
        .unwrap();
    for (queue, class) in [("social", Class::Ordinary), ("civil", Class::Elder70)] {
        let refused = ground.try_issue(queue, class, key, morning()).await.unwrap_err();
        assert!(matches!(refused, StoreError::IdempotencyConflict), "{refused}");
    }
    assert_eq!(ground.issue("social", morning()).await.number, "B0001");
}

pub(super) async fn a_key_finds_its_ticket_after_closing_and_after_midnight(mut ground: Ground) {
    ground.hall.queues[0].hours = WeekHours::every_day(Hours::parse("09:00-12:00").unwrap());
    let key = Uuid::new_v4();
    let first = ground
        .try_issue("civil", Class::Ordinary, key, morning())
        .await
        .unwrap();
    for later in ["2026-11-23T08:00:00Z", "2026-11-24T02:00:00Z"] {
        let again = ground
            .try_issue("civil", Class::Ordinary, key, later.parse().unwrap())
            .await
            .unwrap();
        assert!(again.replayed);
        assert_eq!(again.ticket, first.ticket);
    }
}

pub(super) async fn a_used_up_quota_leaves_no_gap(mut ground: Ground) {
    ground.hall.queues[0].daily_quota = Some(2);
    ground.line("civil", 2).await;
    let refused = ground
        .try_issue("civil", Class::Ordinary, Uuid::new_v4(), morning())
        .await
        .unwrap_err();
    let StoreError::Issue(IssueRefusal::QuotaGone {
        quota: 2,
        opens_at: Some(_),
    }) = refused
    else {
        panic!("{refused:?}");
    };
    ground.hall.queues[0].daily_quota = Some(3);
    assert_eq!(ground.issue("civil", morning()).await.number, "A0003");
}

pub(super) async fn the_end_of_the_range_is_an_error_and_leaves_no_gap(mut ground: Ground) {
    ground.hall.queues[0].digits = 1;
    ground.hall.queues[0].first_number = 8;
    assert_eq!(ground.line("civil", 2).await[1].number, "A9");
    for _ in 0..3 {
        let refused = ground
            .try_issue("civil", Class::Ordinary, Uuid::new_v4(), morning())
            .await
            .unwrap_err();
        assert!(matches!(&refused, StoreError::Issue(IssueRefusal::RangeEnded { last, .. }) if last == "A9"));
    }
    ground.hall.queues[0].digits = 2;
    assert_eq!(ground.issue("civil", morning()).await.number, "A10");
}

pub(super) async fn a_closed_queue_gives_no_number_and_says_when_it_opens(mut ground: Ground) {
    ground.hall.queues[0].hours = WeekHours::every_day(Hours::parse("13:00-17:00").unwrap());
    let refused = ground
        .try_issue("civil", Class::Ordinary, Uuid::new_v4(), morning())
        .await
        .unwrap_err();
    let one_o_clock: Timestamp = "2026-11-23T05:00:00Z".parse().unwrap();
    assert!(matches!(
        refused,
        StoreError::Issue(IssueRefusal::Closed { opens_at: Some(at) }) if at == one_o_clock
    ));
    assert_eq!(ground.issue("civil", one_o_clock).await.number, "A0001");
}

pub(super) async fn an_unknown_queue_is_refused(ground: Ground) {
    let refused = ground
        .try_issue("tax", Class::Ordinary, Uuid::new_v4(), morning())
        .await
        .unwrap_err();
    assert!(matches!(refused, StoreError::Issue(IssueRefusal::UnknownQueue)));
}

pub(super) async fn numbers_begin_anew_at_the_halls_midnight(ground: Ground) {
    let before: Timestamp = "2026-11-22T15:59:59.999Z".parse().unwrap();
    let midnight: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
    assert_eq!(ground.issue("civil", before).await.number, "A0001");
    assert_eq!(ground.issue("civil", before).await.number, "A0002");
    let first = ground.issue("civil", midnight).await;
    assert_eq!(
        (first.number.as_str(), first.day.to_string().as_str()),
        ("A0001", "2026-11-23")
    );
    let late = ground.issue("civil", before).await;
    assert_eq!(
        late.number, "A0003",
        "a request judged before midnight still belongs to the old day"
    );
}

pub(super) async fn numbers_begin_anew_where_the_clocks_change(mut ground: Ground) {
    ground.hall.time_zone = "Europe/Berlin".to_owned();
    // The day the clocks go forward has 23 hours: from 23:00Z to 22:00Z.
    for (at, number) in [
        ("2026-03-28T22:59:59Z", "A0001"),
        ("2026-03-28T23:00:00Z", "A0001"),
        ("2026-03-29T21:59:59Z", "A0002"),
        ("2026-03-29T22:00:00Z", "A0001"),
        ("2026-10-24T22:00:00Z", "A0001"),
        ("2026-10-25T22:59:59Z", "A0002"),
        ("2026-10-25T23:00:00Z", "A0001"),
    ] {
        assert_eq!(
            ground.issue("civil", at.parse().unwrap()).await.number,
            number,
            "at {at}"
        );
    }
}

pub(super) async fn a_ticket_issued_across_midnight_belongs_to_the_day_of_its_instant(ground: Ground) {
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let ground = ground.clone();
            let midnight: Timestamp = "2026-11-22T16:00:00Z".parse().unwrap();
            // Half of them look at the clock just before midnight, and reach the store in any order.
            let offset = if caller % 2 == 0 { -1 } else { 0 };
            let now = Timestamp::from_millisecond(midnight.as_millisecond() + offset).unwrap();
            tokio::spawn(async move { ground.issue("civil", now).await })
        })
        .collect();
    let mut seen = BTreeSet::new();
    for task in tasks {
        let ticket = task.await.unwrap();
        seen.insert((ticket.day.to_string(), ticket.number));
    }
    let half = CALLERS / 2;
    let expected = (1..=half)
        .flat_map(|n| ["2026-11-22", "2026-11-23"].map(|day| (day.to_owned(), format!("A{n:04}"))))
        .collect();
    assert_eq!(seen, expected);
}

pub(super) async fn a_token_opens_its_ticket_and_no_other(ground: Ground) {
    let token = digest();
    let new = NewTicket {
        id: Uuid::now_v7(),
        queue: &QueueId::from("civil"),
        class: Class::Pregnant,
        idempotency_key: Uuid::new_v4(),
        token,
        actor: &clerk("wang"),
        now: after(5),
    };
    let issued = ground.store.issue(&ground.hall, &new).await.unwrap().ticket;
    ground.issue("civil", morning()).await;
    assert_eq!(
        ground.store.ticket_by_token(&token).await.unwrap(),
        Some(issued.clone())
    );
    assert_eq!(ground.store.ticket_by_token(&digest()).await.unwrap(), None);
    assert_eq!(
        ground.store.ticket(&ground.hall.id, issued.id).await.unwrap(),
        Some(issued.clone())
    );
    assert_eq!(
        ground.store.ticket(&HallId::from("other"), issued.id).await.unwrap(),
        None
    );
}

pub(super) async fn halls_do_not_share_numbers_or_keys(ground: Ground) {
    let mut other = ground.clone();
    other.hall.id = HallId::from("other");
    let key = Uuid::new_v4();
    let here = ground
        .try_issue("civil", Class::Ordinary, key, morning())
        .await
        .unwrap();
    let there = other.try_issue("civil", Class::Ordinary, key, morning()).await.unwrap();
    assert!(!there.replayed);
    assert_eq!(here.ticket.number, there.ticket.number);
    other.call("1", after(1)).await;
    assert!(
        other.try_call("2", false, after(1)).await.unwrap().is_none(),
        "the other hall's ticket is not ours"
    );
    assert_eq!(ground.call("1", after(1)).await.id, here.ticket.id);
}
