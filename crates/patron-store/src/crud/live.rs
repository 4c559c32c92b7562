//! Many small changes from many threads, through one connection that commits them in groups.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::Writing;
use crate::connect::{self, Link, PATIENCE};
use crate::error::{Fault, Outcome};
use crate::{DatabaseUrl, Place, StoreError};

/// How a [`LiveWriter`] works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveSettings {
    /// Requests that may wait; one more is refused as [`StoreError::Busy`].
    pub queue: usize,
    /// Requests that share a transaction at most.
    pub group: usize,
    /// How long a group waits for another program that is writing before its requests get [`StoreError::Locked`].
    pub patience: Duration,
}

impl Default for LiveSettings {
    /// 1,024 waiting, 128 in a group, five seconds.
    fn default() -> Self {
        Self { queue: 1_024, group: 128, patience: PATIENCE }
    }
}

/// One thread that owns one connection and makes all changes, in the order in which they are asked for.
///
/// Changes that wait are committed together: each in a savepoint of its own, so that one that fails leaves nothing
/// and harms no other, and all of them answered after the commit. A change that is answered with `Ok` is on disk.
///
/// Dropped, it does what is waiting and stops.
pub struct LiveWriter {
    requests: Option<SyncSender<Box<dyn Request>>>,
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
    place: Place,
}

impl LiveWriter {
    /// Opens a database that is there, brings its schema up to date, and starts the thread.
    ///
    /// # Errors
    /// As [`Store::open_existing`](crate::Store::open_existing); [`StoreError::Stopped`] when no thread can be
    /// started.
    pub fn open(url: &DatabaseUrl, settings: LiveSettings) -> Result<Self, StoreError> {
        let link = Link::open(url, false, settings.patience)?;
        let place = url.place();
        let (requests, waiting) = sync_channel(settings.queue);
        let count = Arc::new(AtomicUsize::new(0));
        let group = settings.group.max(1);
        let mut serving = Serving { link, place: place.clone(), group, waiting: Arc::clone(&count) };
        let thread = thread::Builder::new().name("patron writer".to_owned());
        let thread = thread.spawn(move || serving.run(&waiting)).map_err(|_| StoreError::Stopped)?;
        Ok(Self { requests: Some(requests), waiting: count, thread: Some(thread), place })
    }

    /// How many changes have been asked for and not been answered.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Asks for a change and goes on; `answer` is called once, on the writer's thread, with what `change` returned
    /// when it is on disk, or with why it is not. `change` may also panic: it then leaves nothing.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when too many changes are waiting, [`StoreError::Stopped`]; then `answer` is not called.
    pub fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
        answer: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) -> Result<(), StoreError> {
        let requests = self.requests.as_ref().ok_or(StoreError::Stopped)?;
        self.waiting.fetch_add(1, Ordering::Relaxed);
        requests.try_send(Box::new(Asked { change, answer })).map_err(|refused| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            match refused {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Stopped,
            }
        })
    }

    /// Makes a change and waits until it is on disk.
    ///
    /// # Errors
    /// What `change` says; [`StoreError::Busy`], [`StoreError::Locked`], [`StoreError::Stopped`],
    /// [`StoreError::DiskFull`] and what else the database says.
    pub fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = sync_channel(1);
        self.submit(change, move |result| drop(answer.send(result)))?;
        answered.recv().unwrap_or(Err(StoreError::Stopped))
    }

    /// Does what is waiting, then stops; returns when all is on disk and answered.
    pub fn stop(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        drop(self.requests.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(database = %self.place, "the thread that writes to the database has broken down");
        }
    }
}

impl Drop for LiveWriter {
    fn drop(&mut self) {
        self.finish();
    }
}

impl fmt::Debug for LiveWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveWriter").field("place", &self.place).finish_non_exhaustive()
    }
}

/// A change that waits for its turn.
trait Request: Send {
    /// Makes the change; the answer is kept back.
    fn run(self: Box<Self>, writing: &mut Writing<'_>) -> Box<dyn Answer>;
    /// Answers without making it.
    fn refuse(self: Box<Self>, error: StoreError);
}

/// An answer that is kept back until the commit.
trait Answer {
    fn is_ok(&self) -> bool;
    /// Answers; an error of the commit goes before success.
    fn give(self: Box<Self>, failed: Option<StoreError>);
}

struct Asked<C, A> {
    change: C,
    answer: A,
}

struct Ready<T, A> {
    result: Result<T, StoreError>,
    answer: A,
}

impl<T, C, A> Request for Asked<C, A>
where
    T: Send + 'static,
    C: FnOnce(&mut Writing<'_>) -> Result<T, StoreError> + Send + 'static,
    A: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    fn run(self: Box<Self>, writing: &mut Writing<'_>) -> Box<dyn Answer> {
        let Self { change, answer } = *self;
        let result = catch_unwind(AssertUnwindSafe(|| change(writing))).unwrap_or(Err(StoreError::Stopped));
        Box::new(Ready { result, answer })
    }

    fn refuse(self: Box<Self>, error: StoreError) {
        (self.answer)(Err(error));
    }
}

impl<T, A: FnOnce(Result<T, StoreError>)> Answer for Ready<T, A> {
    fn is_ok(&self) -> bool {
        self.result.is_ok()
    }

    fn give(self: Box<Self>, failed: Option<StoreError>) {
        let Self { result, answer } = *self;
        answer(match (result, failed) {
            (Ok(_), Some(error)) => Err(error),
            (result, _) => result,
        });
    }
}

/// The writer's thread.
struct Serving {
    link: Link,
    place: Place,
    group: usize,
    waiting: Arc<AtomicUsize>,
}

impl Serving {
    /// Group after group, until nobody can ask any more and nothing is waiting.
    fn run(&mut self, waiting: &Receiver<Box<dyn Request>>) {
        while let Ok(first) = waiting.recv() {
            if let Err(fault) = self.begin() {
                let error = fault.at(&self.place);
                for request in std::iter::once(first).chain(waiting.try_iter()) {
                    request.refuse(again(&error, &self.place));
                    self.waiting.fetch_sub(1, Ordering::Relaxed);
                }
                continue;
            }
            let mut answers = Vec::new();
            let mut broken = None;
            let mut taken = 0;
            for request in std::iter::once(first).chain(waiting.try_iter()).take(self.group) {
                taken += 1;
                answers.extend(self.serve(request, &mut broken));
                if broken.is_some() {
                    break;
                }
            }
            let committed = match broken {
                None => self.commit(),
                Some(fault) => Err(fault),
            };
            let error = committed.err().map(|fault| fault.at(&self.place));
            if error.is_some()
                && let Err(fault) = self.execute("ROLLBACK")
            {
                tracing::debug!(?fault, "the transaction was rolled back already");
            }
            for answer in answers {
                let failed = error.as_ref().map(|error| again(error, &self.place));
                if catch_unwind(AssertUnwindSafe(|| answer.give(failed))).is_err() {
                    tracing::error!("an answer about a change broke down; the change is made all the same");
                }
            }
            self.waiting.fetch_sub(taken, Ordering::Relaxed);
        }
    }

    /// Makes one change in a savepoint; `broken` when the whole transaction is lost with it.
    fn serve(&mut self, request: Box<dyn Request>, broken: &mut Option<Fault>) -> Option<Box<dyn Answer>> {
        if let Err(fault) = self.execute("SAVEPOINT request") {
            let error = fault.at(&self.place);
            request.refuse(again(&error, &self.place));
            *broken = Some(error.into());
            return None;
        }
        let answer = request.run(&mut Writing::new(self.link.held(), &self.place));
        let end = if answer.is_ok() { "RELEASE request" } else { "ROLLBACK TO request; RELEASE request" };
        if let Err(fault) = self.execute(end) {
            *broken = Some(fault);
        }
        Some(answer)
    }

    /// Begins a transaction; where a server has gone away unnoticed since, on a new connection.
    fn begin(&mut self) -> Outcome<()> {
        match connect::begin(self.link.ready()?) {
            Err(fault) if fault.is_lost() => connect::begin(self.link.ready()?),
            begun => begun,
        }
    }

    fn commit(&mut self) -> Outcome<()> {
        self.link.held().batch_execute("COMMIT").map_err(Fault::Commit)
    }

    fn execute(&mut self, sql: &str) -> Outcome<()> {
        Ok(self.link.held().batch_execute(sql)?)
    }
}

/// The same error once more, for everybody who waits for the same commit.
fn again(error: &StoreError, place: &Place) -> StoreError {
    let place = place.clone();
    match error {
        StoreError::Locked { .. } => StoreError::Locked { place },
        StoreError::DiskFull { .. } => StoreError::DiskFull { place },
        StoreError::ReadOnly { .. } => StoreError::ReadOnly { place },
        StoreError::Damaged { .. } => StoreError::Damaged { place },
        StoreError::Unavailable { reason, .. } => StoreError::Unavailable { place, reason: reason.clone() },
        StoreError::Refused { reason, .. } => StoreError::Refused { place, reason: reason.clone() },
        StoreError::OutcomeUnknown { .. } => StoreError::OutcomeUnknown { place },
        other => StoreError::Other { place, source: other.to_string().into() },
    }
}
