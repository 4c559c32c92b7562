//! Following a job: server-sent events.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt::time::{Interval, interval};
use actix_web::web::Bytes;

use super::engine::Jobs;
use super::live::{Event, Live};

/// How often is looked for news.
const LOOK: Duration = Duration::from_millis(150);
/// Silence after which a line is sent all the same, so that nobody on the way takes the connection for dead.
const SILENCE: Duration = Duration::from_secs(15);
/// The id of the last event of a job.
pub(crate) const END: &str = "end";

/// The body of an answer that goes on until the job has ended, or the service stops.
pub(crate) struct Following {
    jobs: Jobs,
    live: Arc<Live>,
    attempt: u32,
    seen: usize,
    news: Interval,
    told_at: Instant,
    is_over: bool,
}

impl Following {
    /// Follows a job, from the event after `last` on: the `Last-Event-ID` of a client that comes back.
    pub(crate) fn new(jobs: Jobs, live: Arc<Live>, last: Option<&str>) -> Self {
        let (attempt, seen) = last.and_then(read_id).unwrap_or((0, 0));
        Self { jobs, live, attempt, seen, news: interval(LOOK), told_at: Instant::now(), is_over: false }
    }

    /// What has been told since; `None` for nothing.
    fn news(&mut self) -> Option<Bytes> {
        let (attempt, mut from, mut events) = self.live.events_after(self.seen);
        if attempt != self.attempt && self.seen > 0 && from > 0 {
            // the numbers are those of another attempt: everything that is known
            (_, from, events) = self.live.events_after(0);
        }
        self.attempt = attempt;
        if events.is_empty() {
            return None;
        }
        let text: String =
            events.iter().enumerate().map(|(place, event)| one(attempt, from + place + 1, event)).collect();
        self.seen = from + events.len();
        self.is_over = events.last().is_some_and(|event| event.name == END);
        Some(Bytes::from(text))
    }
}

impl MessageBody for Following {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        loop {
            if self.is_over {
                return Poll::Ready(None);
            }
            if self.news.poll_tick(context).is_pending() {
                return Poll::Pending;
            }
            if let Some(news) = self.news() {
                self.told_at = Instant::now();
                return Poll::Ready(Some(Ok(news)));
            }
            if self.jobs.is_stopping() {
                self.is_over = true;
                return Poll::Ready(Some(Ok(Bytes::from_static(b": the service is stopping\n\n"))));
            }
            if self.told_at.elapsed() >= SILENCE {
                self.told_at = Instant::now();
                return Poll::Ready(Some(Ok(Bytes::from_static(b": still here\n\n"))));
            }
        }
    }
}

/// An event as it is sent: its data has no line breaks, being JSON on one line.
pub(crate) fn one(attempt: u32, number: usize, event: &Event) -> String {
    let id = if event.name == END { END.to_owned() } else { format!("{attempt}-{number}") };
    format!("id: {id}\nevent: {}\ndata: {}\n\n", event.name, event.data)
}

/// The attempt and the number in an event's id.
fn read_id(id: &str) -> Option<(u32, usize)> {
    let (attempt, number) = id.split_once('-')?;
    Some((attempt.parse().ok()?, number.parse().ok()?))
}
