//! Who does the jobs: one thread for imports and one for fits, each job after the other.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use patron_store::{
    JobEnd, JobId, JobKind, JobRecord, JobState, Lease, ServiceId, Store, StoreError, Writing,
};
use serde_json::Value;

use super::keeper;
use super::live::{Live, Stop};
use super::uploads::Uploads;
use super::work::{Failed, Place, perform};
use super::{JobError, answer};
use crate::ApiError;
use crate::database::Database;

/// Jobs of a kind that may wait.
const MOST_WAITING: usize = 16;
/// How often a job is begun that is interrupted each time.
const ATTEMPTS: u32 = 3;
/// Jobs that have ended and can still be followed event by event.
const KEPT: usize = 32;
/// Tries to note something in the database, one a second.
const TRIES: u32 = 600;
/// The same, once the service stops.
const LAST_TRIES: u32 = 3;

/// The jobs of a database that this service does.
#[derive(Clone)]
pub(crate) struct Jobs(Arc<Inner>);

pub(super) struct Inner {
    pub(super) database: Database,
    pub(super) uploads: Uploads,
    /// The number under which this service does jobs.
    service: AtomicI64,
    /// That no other service has it; held while a server that is away is waited for.
    lease: Mutex<Lease>,
    board: Mutex<Board>,
    more: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
    model_changed: Box<dyn Fn() + Send + Sync>,
}

/// Who waits for what.
#[derive(Default)]
struct Board {
    stopping: bool,
    lanes: [Lane; 2],
    /// Jobs that have not ended, and the last that have.
    lives: BTreeMap<JobId, Arc<Live>>,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<JobRecord>,
    /// Jobs that are about to be noted in the database.
    coming: usize,
}

/// The folder of the file that a job imports.
pub(super) fn upload_of(job: &JobRecord) -> Option<String> {
    job.request.get("upload").and_then(Value::as_str).map(str::to_owned)
}

/// Imports, or fits and backtests.
fn lane_of(kind: JobKind) -> usize {
    match kind {
        JobKind::Import => 0,
        JobKind::Refit | JobKind::Backtest => 1,
    }
}

impl Jobs {
    /// Takes up the jobs of this service that wait or were interrupted, and starts the threads; those of a service that
    /// is gone follow. `changed` is called, on one of the threads, whenever sales were imported or another model serves.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn open(
        database: Database,
        changed: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, ApiError> {
        let lease = Lease::lowest(database.url())?;
        let service = lease.id();
        let uploads = Uploads::of(database.url(), service);
        let mut open = database.look(|reading| reading.open_jobs())?;
        open.retain(|job| job.service == service);
        let jobs = Self(Arc::new(Inner {
            database,
            uploads,
            service: AtomicI64::new(service.0),
            lease: Mutex::new(lease),
            board: Mutex::default(),
            more: Condvar::new(),
            threads: Mutex::default(),
            model_changed: Box::new(changed),
        }));
        jobs.0.uploads.keep_only(&open.iter().filter_map(upload_of).collect());
        jobs.0.resume(open);
        jobs.start("patron job", |inner| inner.work(0))?;
        jobs.start("patron job", |inner| inner.work(1))?;
        jobs.start("patron job keeper", keeper::keep)?;
        Ok(jobs)
    }

    fn start(&self, name: &str, work: impl FnOnce(&Inner) + Send + 'static) -> Result<(), ApiError> {
        let inner = Arc::clone(&self.0);
        let thread = thread::Builder::new().name(name.to_owned());
        let thread = thread.spawn(move || work(&inner)).map_err(ApiError::Serving)?;
        self.0.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// The number under which this service does jobs.
    pub(crate) fn service(&self) -> ServiceId {
        self.0.service()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.0.database
    }

    pub(crate) fn uploads(&self) -> &Uploads {
        &self.0.uploads
    }

    /// Keeps a place in the queue for a job that is about to be noted.
    ///
    /// # Errors
    /// [`JobError::QueueFull`], [`JobError::Stopping`].
    pub(crate) fn room(&self, kind: JobKind) -> Result<Room, ApiError> {
        let mut board = self.0.board();
        if board.stopping {
            return Err(JobError::Stopping.into());
        }
        let lane = &mut board.lanes[lane_of(kind)];
        let waiting = lane.waiting.len() + lane.coming;
        if waiting >= MOST_WAITING {
            return Err(JobError::QueueFull { waiting }.into());
        }
        lane.coming += 1;
        Ok(Room { jobs: self.clone(), lane: lane_of(kind) })
    }

    /// What is known of a job that has not ended, or has a moment ago.
    pub(crate) fn live(&self, id: JobId) -> Option<Arc<Live>> {
        self.0.board().lives.get(&id).map(Arc::clone)
    }

    /// The place of a job in its queue, from 1; `None` for one that does not wait.
    pub(crate) fn place(&self, id: JobId) -> Option<usize> {
        let board = self.0.board();
        let mut lanes = board.lanes.iter();
        lanes.find_map(|lane| lane.waiting.iter().position(|job| job.id == id)).map(|place| place + 1)
    }

    /// Asks a job to stop; one that waits ends at once.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`JobError::Ended`], [`JobError::Elsewhere`]; what the database says.
    pub(crate) async fn cancel(&self, id: JobId) -> Result<JobRecord, ApiError> {
        let job = self.0.database.read(move |reading| reading.job(id)).await?;
        let job = job.ok_or(StoreError::Missing { what: "job", key: id.to_string() })?;
        if job.state == JobState::Cancelled {
            return Ok(job);
        }
        if job.state.has_ended() {
            return Err(JobError::Ended { id, state: job.state }.into());
        }
        let live = self.live(id).filter(|_| job.service == self.service());
        let Some(live) = live else { return Err(JobError::Elsewhere { id }.into()) };
        live.ask_to_stop(Stop::Cancelled);
        if self.0.take_out(id).is_none() {
            return Ok(job);
        }
        let end = JobEnd {
            state: JobState::Cancelled,
            ended_at: self.0.database.now(),
            progress: None,
            outcome: None,
            error: None,
        };
        let service = self.service();
        let ended = self.0.database.write(move |writing| writing.end_job(id, service, &end)).await;
        match &ended {
            Ok(ended) => self.0.ended(ended, &live),
            // as good as cancelled: the thread finds it so, and notes it when the database lets it
            Err(_) => self.0.put_back(job),
        }
        ended
    }

    /// Whether the service is about to stop: whoever follows a job stops following it.
    pub(crate) fn is_stopping(&self) -> bool {
        self.0.board().stopping
    }

    /// Asks everything that runs to stop; it runs again when the service starts.
    pub(crate) fn begin_to_stop(&self) {
        let mut board = self.0.board();
        board.stopping = true;
        board.lives.values().for_each(|live| live.ask_to_stop(Stop::Interrupted));
        drop(board);
        self.0.more.notify_all();
    }

    /// Waits until everything has stopped; whether it has. What has not stopped by then runs again when the service
    /// starts, as if the process had been killed.
    pub(crate) fn wait(&self, within: Duration) -> bool {
        let until = Instant::now() + within;
        let threads = std::mem::take(&mut *self.0.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            while !thread.is_finished() {
                if Instant::now() >= until {
                    return false;
                }
                thread::sleep(Duration::from_millis(20));
            }
            if thread.join().is_err() {
                tracing::error!("a thread of jobs has broken down");
            }
        }
        true
    }
}

/// A place in a queue that is kept until the job is noted, or given up.
pub(crate) struct Room {
    jobs: Jobs,
    lane: usize,
}

impl Room {
    /// The job takes its place.
    pub(crate) fn take(self, job: &JobRecord) {
        let mut board = self.jobs.0.board();
        board.lives.insert(job.id, Arc::new(Live::new(job)));
        board.lanes[self.lane].waiting.push_back(job.clone());
        drop(board);
        self.jobs.0.more.notify_all();
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.jobs.0.board().lanes[self.lane].coming -= 1;
    }
}

impl Inner {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn service(&self) -> ServiceId {
        ServiceId(self.service.load(Ordering::Relaxed))
    }

    /// Holds on to the number; where a server was away and somebody else was faster, takes another. Jobs under the
    /// former one are then the other's.
    pub(super) fn keep_number(&self) -> Result<(), StoreError> {
        let mut lease = self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        if !lease.renew()? {
            let former = lease.id();
            *lease = Lease::lowest(self.database.url())?;
            self.service.store(lease.id().0, Ordering::Relaxed);
            tracing::warn!("another service has the number {former} by now; this one is {}", lease.id());
        }
        Ok(())
    }

    /// Puts what was left into the queues; what was begun too often ends.
    pub(super) fn resume(&self, open: Vec<JobRecord>) {
        for job in open {
            let begun = job.state == JobState::Running;
            if begun && job.attempts >= ATTEMPTS {
                let error = format!(
                    "the service stopped without warning {} times while this job ran; ask for it again",
                    job.attempts
                );
                let (state, ended_at) = (JobState::Failed, self.database.now());
                let end = JobEnd { state, ended_at, progress: None, outcome: None, error: Some(error) };
                self.persist(|writing| writing.end_job(job.id, self.service(), &end).map(drop));
                if let Some(folder) = upload_of(&job) {
                    self.uploads.remove(&folder);
                }
                continue;
            }
            if begun {
                self.persist(|writing| writing.interrupt_job(job.id, self.service(), false));
                tracing::info!("job {} ({}) was interrupted and runs again", job.id, job.kind);
            }
            let state = if begun { JobState::Interrupted } else { job.state };
            let job = JobRecord { state, ..job };
            let mut board = self.board();
            board.lives.insert(job.id, Arc::new(Live::new(&job)));
            board.lanes[lane_of(job.kind)].waiting.push_back(job);
        }
        self.more.notify_all();
    }

    /// Waits for a while, or until there is news; whether the service is about to stop.
    pub(super) fn pause(&self, for_: Duration) -> bool {
        let board = self.board();
        let waited = self.more.wait_timeout_while(board, for_, |board| !board.stopping);
        waited.unwrap_or_else(PoisonError::into_inner).0.stopping
    }

    /// Stops what another service does by now, as it took this one for gone.
    pub(super) fn give_up(&self, elsewhere: &BTreeSet<JobId>) {
        let mut board = self.board();
        for lane in &mut board.lanes {
            lane.waiting.retain(|job| !elsewhere.contains(&job.id));
        }
        let lives = board.lives.iter().filter(|(id, _)| elsewhere.contains(id));
        lives.for_each(|(_, live)| live.ask_to_stop(Stop::Interrupted));
    }

    fn take_out(&self, id: JobId) -> Option<JobRecord> {
        let mut board = self.board();
        board.lanes.iter_mut().find_map(|lane| {
            let place = lane.waiting.iter().position(|job| job.id == id)?;
            lane.waiting.remove(place)
        })
    }

    fn put_back(&self, job: JobRecord) {
        self.board().lanes[lane_of(job.kind)].waiting.push_front(job);
        self.more.notify_all();
    }

    /// A thread: job after job, until the service stops.
    fn work(&self, lane: usize) {
        while let Some((job, live)) = self.next(lane) {
            self.run(&job, &live);
        }
    }

    fn next(&self, lane: usize) -> Option<(JobRecord, Arc<Live>)> {
        let mut board = self.board();
        loop {
            if board.stopping {
                return None;
            }
            if let Some(job) = board.lanes[lane].waiting.pop_front() {
                let live = board.lives.entry(job.id).or_insert_with(|| Arc::new(Live::new(&job)));
                return Some((job, Arc::clone(live)));
            }
            board = self.more.wait(board).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn run(&self, job: &JobRecord, live: &Live) {
        if live.stop() == Some(Stop::Cancelled) {
            self.end(job, live, Err(patron_pipeline::PipelineError::Stopped.into()));
            return;
        }
        live.begin(job.attempts + 1);
        if !self.persist(|writing| writing.begin_job(job.id, self.service(), self.database.now()).map(drop)) {
            return;
        }
        let place = Place { url: self.database.url(), uploads: &self.uploads, clock: self.database.clock() };
        let done = catch_unwind(AssertUnwindSafe(|| perform(&place, job, live)));
        let done = done.unwrap_or_else(|_| Err(Failed::BrokeDown));
        self.end(job, live, done);
    }

    /// Notes what came of a job, and tells whoever follows it.
    fn end(&self, job: &JobRecord, live: &Live, done: Result<Value, Failed>) {
        let stopped = done.as_ref().is_err_and(Failed::is_stopped);
        if stopped && live.stop() == Some(Stop::Interrupted) {
            self.persist(|writing| writing.interrupt_job(job.id, self.service(), true));
            return;
        }
        let (state, outcome, error) = match done {
            Ok(outcome) => (JobState::Done, Some(outcome), None),
            Err(_) if stopped => (JobState::Cancelled, None, None),
            Err(failed) => (JobState::Failed, None, Some(failed.in_words())),
        };
        if let Some(error) = &error {
            tracing::warn!("job {} ({}) failed: {error}", job.id, job.kind);
        }
        let progress = serde_json::to_value(live.reached()).ok();
        let end = JobEnd { state, ended_at: self.database.now(), progress, outcome, error };
        if state == JobState::Done && job.kind != JobKind::Backtest {
            (self.model_changed)();
        }
        let mut ended = None;
        self.persist(|writing| {
            ended = Some(writing.end_job(job.id, self.service(), &end)?);
            Ok(())
        });
        if let Some(ended) = ended {
            self.ended(&ended, live);
        }
    }

    /// Tells whoever follows a job that it has ended, and forgets its file.
    fn ended(&self, job: &JobRecord, live: &Live) {
        if let Some(folder) = upload_of(job) {
            self.uploads.remove(&folder);
        }
        let told = serde_json::to_value(answer::Job::of(job, None, None)).unwrap_or_default();
        live.end(job.state, &told);
        let mut board = self.board();
        let ended: Vec<JobId> =
            board.lives.iter().filter(|(_, live)| live.state().has_ended()).map(|(id, _)| *id).collect();
        for id in ended.iter().take(ended.len().saturating_sub(KEPT)) {
            board.lives.remove(id);
        }
    }

    /// Notes something in the database, however long another program writes; whether it could. What cannot be noted
    /// is found out when the service starts again.
    pub(super) fn persist(&self, mut change: impl FnMut(&mut Writing<'_>) -> Result<(), StoreError>) -> bool {
        for tried in 0.. {
            let noted =
                Store::open_existing(self.database.url()).and_then(|mut store| store.write(&mut change));
            let error = match noted {
                Ok(()) => return true,
                Err(error @ StoreError::Missing { .. }) => {
                    tracing::warn!("a job is not there any more: {error}");
                    return false;
                }
                Err(error) => error,
            };
            let most = if self.board().stopping { LAST_TRIES } else { TRIES };
            if tried >= most {
                tracing::error!("the state of a job could not be noted: {error}");
                return false;
            }
            thread::sleep(Duration::from_secs(1));
        }
        false
    }
}
