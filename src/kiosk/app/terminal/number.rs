//! What goes out for a visitor, and what comes back: the number, its paper, a call for help.

use iced::Task;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Help, Message, Overlay, SECOND_MS, Screen, Terminal};
use crate::api::hall::HallInfo;
use crate::api::ticket::{IssueRequest, Issued, PrintReport};
use crate::domain::hall::QueueId;
use crate::domain::priority::Class;
use crate::domain::receipt::TicketSlip;
use crate::kiosk::app::{Known, Message as AppMessage};
use crate::kiosk::link::LinkError;
use crate::kiosk::screen::{issued, issuing, trouble};
use crate::print::driver::Job;
use crate::print::{layout, pdf};

impl Terminal {
    pub(super) fn issue(&mut self, queue: QueueId, class: Class, key: Uuid, known: &Known) -> Task<AppMessage> {
        self.screen = Screen::Issuing(issuing::State {
            queue: queue.clone(),
            class,
            key,
            since_ms: known.now_ms,
        });
        let Some(line) = known.devices.line.clone() else {
            return Task::none();
        };
        let visit = self.visit.id;
        Task::perform(
            async move { line.issue(IssueRequest { queue, class }, key).await },
            move |answer| AppMessage::Terminal(Message::IssueAnswered { visit, key, answer }),
        )
    }

    pub(super) fn answered(&mut self, key: Uuid, answer: Result<Issued, LinkError>, known: &Known) -> Task<AppMessage> {
        let (queue, class) = match &self.screen {
            Screen::Issuing(asked) if asked.key == key => (asked.queue.clone(), asked.class),
            // Given up on, but the hall counts it: better seen than lost.
            Screen::Trouble(given_up) if given_up.key == key && answer.is_ok() => {
                (given_up.queue.clone(), given_up.class)
            }
            _ => return Task::none(),
        };
        self.touched_ms = known.now_ms;
        self.changed_ms = known.now_ms;
        let issued = match answer {
            Ok(issued) => issued,
            Err(error) => {
                let opens_at_ms = error.problem().and_then(|problem| problem.number("opens_at_ms"));
                self.screen = Screen::Trouble(trouble::State {
                    reason: trouble::Reason::new(error.code(), opens_at_ms),
                    queue,
                    class,
                    key,
                });
                return Task::none();
            }
        };
        // Known to be out: not even tried, so that a refill prints nothing of the past.
        let prints = known.devices.printer.is_some() && known.printer_trouble().is_none();
        let task = if prints {
            self.print(&issued, known)
        } else {
            Task::none()
        };
        let report = match known.printer_trouble() {
            Some(code) => report(
                known,
                issued.ticket.id,
                PrintReport {
                    printed: false,
                    code: Some(code.to_owned()),
                },
            ),
            None => Task::none(),
        };
        let paper = if prints {
            issued::Paper::Printing
        } else {
            issued::Paper::ByPhone
        };
        let until = known.now_ms + self.issued_ms(&paper, known);
        self.screen = Screen::Issued(Box::new(issued::State::new(issued, paper, until)));
        Task::batch([task, report])
    }

    fn print(&self, issued: &Issued, known: &Known) -> Task<AppMessage> {
        let (Some(printer), Some(hall)) = (known.devices.printer.clone(), known.hall.as_ref()) else {
            return Task::none();
        };
        let slip = slip(issued, hall);
        let day = Timestamp::from_millisecond(slip.issued_at)
            .unwrap_or_default()
            .to_zoned(known.zone.clone())
            .date();
        let (visit, ticket, lang, paper) = (self.visit.id, issued.ticket.id, self.visit.lang, known.settings.paper);
        let work = async move {
            // A number comes again tomorrow; its paper must not take today's place.
            let name = format!("{day}-{}", slip.number);
            let drawn = tokio::task::spawn_blocking(move || pdf::render(&layout::slip(&slip, lang, paper))).await;
            match drawn {
                Ok(pdf) => printer.print(Job { name, pdf }).await.err().map(|error| error.code()),
                Err(_) => Some("printer.layout"),
            }
        };
        Task::perform(work, move |trouble| {
            AppMessage::Terminal(Message::PrintEnded { visit, ticket, trouble })
        })
    }

    /// What became of the paper; reported to staff when it failed, whoever stands here by now.
    pub(super) fn printed(
        &mut self,
        visit: u64,
        ticket: Uuid,
        trouble: Option<&'static str>,
        known: &Known,
    ) -> Task<AppMessage> {
        let code = trouble.map(str::to_owned);
        let paper = match code.clone() {
            None => issued::Paper::Printed,
            Some(code) => issued::Paper::Failed(code),
        };
        let until = known.now_ms + self.issued_ms(&paper, known);
        if let Screen::Issued(state) = &mut self.screen
            && visit == self.visit.id
            && state.issued.ticket.id == ticket
        {
            (state.until_ms, state.paper) = (until, paper);
        }
        let sent = report(
            known,
            ticket,
            PrintReport {
                printed: code.is_none(),
                code,
            },
        );
        Task::batch([sent, known.read_printer()])
    }

    /// How long a number stays on the screen. Where the code is all there is, somebody has a phone to take out.
    pub(super) fn issued_ms(&self, paper: &issued::Paper, known: &Known) -> i64 {
        let times = if self.visit.elder { 2 } else { 1 };
        let read = i64::from(known.settings.idle.issued_seconds) * times * SECOND_MS;
        match paper {
            issued::Paper::Printing | issued::Paper::Printed => read,
            issued::Paper::ByPhone | issued::Paper::Failed(_) => read.max(self.idle_ms(known)),
        }
    }

    /// Calls a person. One call at a time; one that may not have arrived is repeated under its own name.
    pub(super) fn raise_help(&mut self, known: &Known) -> Task<AppMessage> {
        let id = match self.help {
            Help::Calling(_) => return Task::none(),
            Help::Unheard(id) => id,
            Help::Quiet => Uuid::now_v7(),
        };
        let Some(line) = known.devices.line.clone() else {
            return Task::none();
        };
        self.help = Help::Calling(id);
        let visit = self.visit.id;
        Task::perform(async move { line.raise_help(id).await.is_ok() }, move |sent| {
            AppMessage::Terminal(Message::HelpAnswered { visit, sent })
        })
    }

    pub(super) fn help_answered(&mut self, sent: bool) {
        self.help = match self.help {
            Help::Calling(id) if !sent => Help::Unheard(id),
            _ => Help::Quiet,
        };
        self.overlay = Some(if sent { Overlay::HelpSent } else { Overlay::HelpFailed });
    }
}

/// What the paper says.
pub fn slip(issued: &Issued, hall: &HallInfo) -> TicketSlip {
    TicketSlip {
        hall: hall.name.clone(),
        queue: hall
            .queue(&issued.ticket.queue)
            .map(|queue| queue.name.clone())
            .unwrap_or_default(),
        number: issued.ticket.number.clone(),
        people_ahead: issued.people_ahead,
        wait: issued.wait,
        zone: hall
            .zone(&issued.zone)
            .map(|zone| zone.name.clone())
            .unwrap_or_default(),
        class: issued.ticket.class,
        issued_at: issued.ticket.issued_at_ms,
        time_zone: hall.time_zone.clone(),
        url: issued.url.clone(),
    }
}

fn report(known: &Known, ticket: Uuid, report: PrintReport) -> Task<AppMessage> {
    let Some(line) = known.devices.line.clone() else {
        return Task::none();
    };
    Task::perform(
        async move {
            if let Err(error) = line.report_print(ticket, report).await {
                tracing::warn!(code = error.code(), "staff were not told of a print");
            }
        },
        |()| AppMessage::Terminal(Message::PrintReported),
    )
}
