//! Random days against a model that anybody can check by eye: a list of tickets, asked in the plainest way.

use std::collections::BTreeMap;

use hall_kiosk::domain::hall::{QueueId, WindowId};
use hall_kiosk::domain::priority::{Candidate, Class, call_order};
use hall_kiosk::domain::ticket::{Command, HoldKind, Status, Ticket};
use hall_kiosk::server::store::StoreError;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;

use super::ground::{Ground, after, on_postgres, on_sqlite};

const QUEUES: [&str; 3] = ["civil", "social", "legal"];
/// Two that serve alike, and one for `legal` alone.
const WINDOWS: [&str; 3] = ["1", "2", "20"];

/// What somebody does next. Tickets and keys are named by how many came before, so that most exist.
#[derive(Debug, Clone)]
enum Step {
    Issue {
        queue: usize,
        class: usize,
    },
    IssueAgain {
        earlier: prop::sample::Index,
    },
    CallNext {
        window: usize,
        complete: bool,
    },
    Command {
        ticket: prop::sample::Index,
        command: Command,
        window: Option<usize>,
    },
    /// Until the next day.
    Sleep,
}

fn step() -> impl Strategy<Value = Step> {
    let ticket = || any::<prop::sample::Index>();
    let at_a_window = prop::option::weighted(0.85, 0..WINDOWS.len());
    let transfer =
        (0..QUEUES.len(), prop::option::of(0..WINDOWS.len())).prop_map(|(queue, window)| Command::Transfer {
            queue: QueueId::from(QUEUES[queue]),
            window: window.map(|window| WindowId::from(WINDOWS[window])),
        });
    let command = prop_oneof![
        1 => Just(Command::Call),
        2 => Just(Command::Recall),
        6 => Just(Command::Start),
        2 => Just(Command::Miss),
        2 => Just(Command::Reactivate),
        2 => transfer,
        3 => prop::sample::select(HoldKind::ALL.to_vec()).prop_map(|kind| Command::Hold { kind }),
        3 => Just(Command::Resume),
        4 => Just(Command::Complete),
        1 => Just(Command::Cancel),
        3 => Just(Command::MoreTime),
    ];
    prop_oneof![
        30 => (0..QUEUES.len(), 0..Class::ALL.len()).prop_map(|(queue, class)| Step::Issue { queue, class }),
        3 => ticket().prop_map(|earlier| Step::IssueAgain { earlier }),
        25 => (0..WINDOWS.len(), any::<bool>()).prop_map(|(window, complete)| Step::CallNext { window, complete }),
        60 => (ticket(), command, at_a_window)
            .prop_map(|(ticket, command, window)| Step::Command { ticket, command, window }),
        1 => Just(Step::Sleep),
    ]
}

/// Every ticket ever issued, in order, and the key it was issued with.
#[derive(Default)]
struct Model {
    tickets: Vec<(Uuid, Ticket)>,
}

impl Model {
    fn today<'m>(&'m self, now: Timestamp, ground: &Ground) -> impl Iterator<Item = &'m Ticket> {
        let day = hall_kiosk::domain::calendar::hall_day(now, &ground.hall.tz());
        self.tickets
            .iter()
            .map(|(_, ticket)| ticket)
            .filter(move |ticket| ticket.day == day)
    }

    fn at_window(&self, window: &str, now: Timestamp, ground: &Ground) -> Option<&Ticket> {
        self.today(now, ground).find(|ticket| {
            ticket.status.is_at_window() && ticket.window.as_ref().is_some_and(|at| at.as_str() == window)
        })
    }

    /// Who is called to a window: everybody who may be, put in order, tier by tier.
    fn next(&self, window: &str, now: Timestamp, ground: &Ground) -> Option<&Ticket> {
        let window = ground.window(window);
        window.serves.iter().find_map(|tier| {
            let line: Vec<&Ticket> = self
                .today(now, ground)
                .filter(|ticket| ticket.status == Status::Waiting && tier.contains(&ticket.queue))
                .filter(|ticket| {
                    ticket
                        .reserved_for
                        .as_ref()
                        .is_none_or(|reserved| *reserved == window.id)
                })
                .collect();
            let candidates: Vec<Candidate> = line.iter().map(|ticket| ticket.candidate()).collect();
            let order = call_order(&candidates, &ground.hall.rules.rates, now.as_millisecond());
            order.first().map(|first| line[*first])
        })
    }

    fn replace(&mut self, ticket: &Ticket) {
        let place = self
            .tickets
            .iter_mut()
            .find(|(_, known)| known.id == ticket.id)
            .unwrap();
        place.1 = ticket.clone();
    }

    fn pass(&mut self, called: &Ticket) {
        for (_, other) in &mut self.tickets {
            let behind = other.status == Status::Waiting && other.queue == called.queue && other.day == called.day;
            if behind && other.id != called.id {
                other.places_back = other.places_back.saturating_sub(1);
            }
        }
    }
}

async fn live(ground: &Ground, steps: Vec<Step>) {
    let mut model = Model::default();
    let mut seconds = 0;
    for step in steps {
        seconds += 7;
        let now = after(seconds);
        match step {
            Step::Sleep => seconds += 24 * 60 * 60,
            Step::Issue { queue, class } => {
                let (key, queue) = (Uuid::new_v4(), QUEUES[queue]);
                let before = model
                    .today(now, ground)
                    .filter(|ticket| ticket.origin.as_str() == queue)
                    .count();
                let issue = ground.try_issue(queue, Class::ALL[class], key, now).await.unwrap();
                assert!(!issue.replayed);
                assert_eq!(issue.ticket.sequence as usize, before, "a gap, or a number twice");
                model.tickets.push((key, issue.ticket));
            }
            Step::IssueAgain { earlier } => {
                let Some((key, ticket)) = pick(&model, earlier) else {
                    continue;
                };
                let issue = ground
                    .try_issue(ticket.origin.as_str(), ticket.class, key, now)
                    .await
                    .unwrap();
                assert!(issue.replayed);
                assert_eq!(issue.ticket, ticket);
            }
            Step::CallNext { window, complete } => call_next(ground, &mut model, WINDOWS[window], complete, now).await,
            Step::Command {
                ticket,
                command,
                window,
            } => {
                let Some((_, ticket)) = pick(&model, ticket) else {
                    continue;
                };
                let window = window.map(|window| WINDOWS[window]);
                command_one(ground, &mut model, &ticket, &command, window, now).await;
            }
        }
        agree(ground, &model, now).await;
    }
    for (_, ticket) in &model.tickets {
        let record = ground.store.transitions(&ground.hall.id, ticket.id).await.unwrap();
        assert_eq!(record.len() as u32, ticket.revision + 1, "one entry for each change");
        assert_eq!(record.last().unwrap().to, ticket.status);
        assert!(
            record.windows(2).all(|pair| pair[1].from == Some(pair[0].to)),
            "{record:?}"
        );
    }
}

async fn call_next(ground: &Ground, model: &mut Model, window: &str, complete: bool, now: Timestamp) {
    let outcome = ground.try_call(window, complete, now).await;
    if let Some(current) = model.at_window(window, now, ground).cloned() {
        if !complete || current.status != Status::Serving {
            assert!(matches!(outcome, Err(StoreError::WindowBusy { number }) if number == current.number));
            return;
        }
        let done = ground.read(&current).await;
        assert_eq!(done.status, Status::Completed);
        model.replace(&done);
    }
    let expected = model.next(window, now, ground).map(|ticket| ticket.number.clone());
    let called = outcome.unwrap();
    assert_eq!(
        called.as_ref().map(|ticket| ticket.number.clone()),
        expected,
        "not whose turn it was"
    );
    if let Some(called) = called {
        assert_eq!(
            (called.status, called.window.as_ref().map(WindowId::as_str)),
            (Status::Called, Some(window))
        );
        model.replace(&called);
        model.pass(&called);
    }
}

async fn command_one(
    ground: &Ground,
    model: &mut Model,
    ticket: &Ticket,
    command: &Command,
    window: Option<&str>,
    now: Timestamp,
) {
    let occupies = matches!(command, Command::Call | Command::Resume);
    let busy = window
        .filter(|_| occupies)
        .and_then(|window| model.at_window(window, now, ground))
        .cloned();
    let of_today = model.today(now, ground).any(|today| today.id == ticket.id);
    match ground.try_do(ticket, command, window, now).await {
        Ok(next) => {
            assert!(of_today, "a ticket of another day was changed");
            assert!(busy.is_none(), "two at one window");
            assert_eq!((next.revision, &next.number), (ticket.revision + 1, &ticket.number));
            model.replace(&next);
            if *command == Command::Call {
                model.pass(&next);
            }
        }
        Err(StoreError::UnknownTicket) => assert!(!of_today),
        Err(StoreError::WindowBusy { number }) => assert_eq!(busy.map(|ticket| ticket.number), Some(number)),
        Err(StoreError::Refused(_)) => assert!(of_today),
        Err(error) => panic!("{error}"),
    }
}

/// Everything the store says of today is what the model knows.
async fn agree(ground: &Ground, model: &Model, now: Timestamp) {
    let day = hall_kiosk::domain::calendar::hall_day(now, &ground.hall.tz());
    let state = ground.store.day(&ground.hall.id, day).await.unwrap();
    let open: BTreeMap<Uuid, &Ticket> = state.open.iter().map(|ticket| (ticket.id, ticket)).collect();
    let known: BTreeMap<Uuid, &Ticket> = model
        .today(now, ground)
        .filter(|ticket| !ticket.status.is_over())
        .map(|ticket| (ticket.id, ticket))
        .collect();
    assert_eq!(open, known);
    assert_eq!(open.len(), state.open.len());
    for queue in QUEUES {
        let waiting = |ticket: &&Ticket| ticket.status == Status::Waiting && ticket.queue.as_str() == queue;
        let counted = ground.waiting(queue, now).await;
        assert_eq!(counted as usize, model.today(now, ground).filter(waiting).count());
    }
}

fn pick(model: &Model, index: prop::sample::Index) -> Option<(Uuid, Ticket)> {
    (!model.tickets.is_empty()).then(|| model.tickets[index.index(model.tickets.len())].clone())
}

fn random_days(cases: u32, ground: impl AsyncFn() -> Option<Ground>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&prop::collection::vec(step(), 1..120), |steps| {
        runtime.block_on(async {
            if let Some(mut ground) = ground().await {
                ground.hall.rules.recalls_before_missed = 1;
                ground.hall.rules.recall_gap_seconds = 5;
                live(&ground, steps).await;
            }
        });
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn random_days_agree_with_the_model_on_sqlite() {
    random_days(48, async || Some(on_sqlite().await));
}

#[test]
fn random_days_agree_with_the_model_on_postgres() {
    random_days(8, async || on_postgres().await);
}
