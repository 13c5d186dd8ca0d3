//! People for the demonstration hall: some wait, some are being served, and clerks go on calling.
//!
//! Everything goes over the same HTTPS as real devices and staff; there is no back door to the store.

use std::time::Duration;

use uuid::Uuid;

use crate::api::staff::{CallNextRequest, Session, SignIn};
use crate::api::ticket::IssueRequest;
use crate::domain::hall::{QueueId, StaffId, WindowId};
use crate::domain::priority::Class;
use crate::domain::ticket::Command;
use crate::kiosk::link::client::Client;
use crate::kiosk::link::{HallLink as _, LinkError};

/// A demonstration clerk's place: who sits where.
#[derive(Debug, Clone)]
pub struct Post {
    pub window: WindowId,
    pub staff: StaffId,
    pub pin: String,
}

/// Signs a clerk in at each post; posts that are taken are left alone.
///
/// # Errors
/// The first answer that is neither a session nor "taken".
pub async fn open(posts: &[(Client, Post)]) -> Result<Vec<(Client, Session)>, LinkError> {
    let mut open = Vec::new();
    for (client, post) in posts {
        let request = SignIn {
            staff: post.staff.clone(),
            pin: post.pin.clone(),
            window: post.window.clone(),
            stands_in_for: None,
            take_over: true,
        };
        open.push((client.clone(), client.sign_in(request).await?));
    }
    Ok(open)
}

/// Lets people take numbers: `arrivals` in order, each a queue and a class.
///
/// # Errors
/// The first number that was not given.
pub async fn arrive(terminal: &Client, arrivals: &[(QueueId, Class)]) -> Result<(), LinkError> {
    for (queue, class) in arrivals {
        terminal
            .issue(
                IssueRequest {
                    queue: queue.clone(),
                    class: *class,
                },
                Uuid::now_v7(),
            )
            .await?;
    }
    Ok(())
}

/// Serves `cases` people at one window one after the other, each for `each`.
///
/// # Errors
/// The first refusal.
pub async fn serve(client: &Client, session: &Session, cases: usize, each: Duration) -> Result<(), LinkError> {
    for _ in 0..cases {
        let Some(ticket) = client.call_next(session, CallNextRequest::default()).await? else {
            return Ok(());
        };
        client.command(session, ticket.id, Command::Start).await?;
        tokio::time::sleep(each).await;
        client.command(session, ticket.id, Command::Complete).await?;
    }
    Ok(())
}

/// Calls one person to a window and starts with them.
///
/// # Errors
/// The first refusal.
pub async fn begin(client: &Client, session: &Session) -> Result<(), LinkError> {
    if let Some(ticket) = client.call_next(session, CallNextRequest::default()).await? {
        client.command(session, ticket.id, Command::Start).await?;
    }
    Ok(())
}

/// Keeps the hall alive for as long as it is polled: every `pace` somebody comes, and one window goes on to its next.
pub async fn live(terminal: Client, posts: Vec<(Client, Session)>, queues: Vec<QueueId>, pace: Duration) {
    let mut turn = 0usize;
    loop {
        tokio::time::sleep(pace).await;
        let step: Result<(), LinkError> = async {
            if let Some(queue) = queues.get(turn % queues.len().max(1)) {
                let class = if turn % 5 == 4 { Class::Elder70 } else { Class::Ordinary };
                arrive(&terminal, &[(queue.clone(), class)]).await?;
            }
            if let Some((client, session)) = posts.get(turn % posts.len().max(1)) {
                let next = client
                    .call_next(session, CallNextRequest { complete_current: true })
                    .await?;
                if let Some(ticket) = next {
                    tokio::time::sleep(pace / 2).await;
                    client.command(session, ticket.id, Command::Start).await?;
                }
            }
            Ok(())
        }
        .await;
        if let Err(error) = step {
            tracing::debug!(code = error.code(), "the demonstration crowd paused");
        }
        turn += 1;
    }
}
