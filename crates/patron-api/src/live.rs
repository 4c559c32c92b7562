//! The shop as it is served: computed in the background, renewed when the database has changed, exchanged as a whole.

mod renewal;
mod serving;
mod watch;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use patron_store::{DatabaseUrl, Store};

use crate::shop::ServedShop;
use crate::{ApiError, Clock};

pub(crate) use serving::Serving;
use watch::{Bell, watch};

/// What is computed of the shop: the forecaster that answers, and the answers about the shop as a whole.
///
/// Both are there as one piece or not at all: whoever has got one keeps it while a newer one takes its place.
#[derive(Clone)]
pub(crate) struct Live(Arc<Inner>);

struct Inner {
    url: DatabaseUrl,
    clock: Clock,
    serving: RwLock<Held<Serving>>,
    shop: RwLock<Held<ServedShop>>,
    /// Held by the one that computes.
    turn: Mutex<()>,
    /// What is being done just now.
    step: Mutex<Option<String>>,
    bell: Arc<Bell>,
    counts: Counts,
}

/// Something that is computed, or why it is not there.
enum Held<T> {
    There(Arc<T>),
    Not(Missing),
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        match self {
            Self::There(held) => Self::There(Arc::clone(held)),
            Self::Not(missing) => Self::Not(missing.clone()),
        }
    }
}

/// Why nothing can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Missing {
    /// The first answers are being computed.
    NotYet,
    /// The database holds no sale.
    NoSales,
    /// The data are too few for any forecast.
    NoModel {
        /// Why, in words.
        reason: String,
    },
}

/// What a monitor asks for.
#[derive(Debug, Default)]
struct Counts {
    renewals: AtomicU64,
    failures: AtomicU64,
    last_millis: AtomicU64,
}

/// How renewing goes, for a monitor.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// Renewals that ended well, the first computation among them.
    pub(crate) renewals: u64,
    /// Renewals that failed; what was there before has stayed.
    pub(crate) failures: u64,
    /// How long the last one took.
    pub(crate) last: Duration,
    /// The model run that serves.
    pub(crate) model_id: Option<i64>,
    /// The run behind the answers, and when they were computed, in seconds since 1970 in UTC.
    pub(crate) computed_at: Option<i64>,
}

impl Live {
    /// Nothing is computed yet.
    pub(crate) fn new(url: DatabaseUrl, clock: Clock) -> Self {
        Self(Arc::new(Inner {
            url,
            clock,
            serving: RwLock::new(Held::Not(Missing::NotYet)),
            shop: RwLock::new(Held::Not(Missing::NotYet)),
            turn: Mutex::default(),
            step: Mutex::default(),
            bell: Arc::default(),
            counts: Counts::default(),
        }))
    }

    /// Computes in a thread of its own from now on: first of all at once, then when the database has changed, until
    /// the last one of these is gone.
    ///
    /// # Errors
    /// [`ApiError::Serving`] when no thread can be started.
    pub(crate) fn start(&self) -> Result<(), ApiError> {
        let (inner, bell) = (Arc::downgrade(&self.0), Arc::clone(&self.0.bell));
        std::thread::Builder::new().name("patron answers".to_owned()).spawn(move || watch(&inner, &bell))?;
        Ok(())
    }

    /// Renews soon, however short ago that was done: when a model has been fitted or chosen, for one. Returns at once.
    pub(crate) fn renew(&self) {
        self.0.bell.ring();
    }

    /// Renews now, and returns when that is done.
    ///
    /// # Errors
    /// What the database says, or the computation; what was there before stays then.
    #[cfg(test)]
    pub(crate) fn renew_now(&self, store: &mut Store) -> Result<(), ApiError> {
        self.0.renew(store)
    }

    /// The answers about the shop as a whole.
    ///
    /// # Errors
    /// [`ApiError::NotReady`], [`ApiError::NoSales`].
    pub(crate) fn shop(&self) -> Result<Arc<ServedShop>, ApiError> {
        self.0.held(&self.0.shop)
    }

    /// The forecaster that answers.
    ///
    /// # Errors
    /// [`ApiError::NotReady`], [`ApiError::NoSales`], [`ApiError::NoModel`].
    pub(crate) fn serving(&self) -> Result<Arc<Serving>, ApiError> {
        self.0.held(&self.0.serving)
    }

    /// Whether the first answers have been computed, or it is known why there are none.
    ///
    /// # Errors
    /// [`ApiError::NotReady`], with what is being done.
    pub(crate) fn ready(&self) -> Result<(), ApiError> {
        match read(&self.0.shop) {
            Held::Not(Missing::NotYet) => Err(self.0.not_ready()),
            Held::Not(Missing::NoSales | Missing::NoModel { .. }) | Held::There(_) => Ok(()),
        }
    }

    /// How renewing goes.
    pub(crate) fn standing(&self) -> Standing {
        let counts = &self.0.counts;
        Standing {
            renewals: counts.renewals.load(Ordering::Relaxed),
            failures: counts.failures.load(Ordering::Relaxed),
            last: Duration::from_millis(counts.last_millis.load(Ordering::Relaxed)),
            model_id: self.serving().ok().map(|serving| serving.id.0),
            computed_at: self.shop().ok().map(|shop| shop.computed_at.and_utc().timestamp()),
        }
    }
}

impl Inner {
    fn held<T>(&self, place: &RwLock<Held<T>>) -> Result<Arc<T>, ApiError> {
        match read(place) {
            Held::There(held) => Ok(held),
            Held::Not(Missing::NotYet) => Err(self.not_ready()),
            Held::Not(Missing::NoSales) => Err(ApiError::NoSales),
            Held::Not(Missing::NoModel { reason }) => Err(ApiError::NoModel { reason }),
        }
    }

    /// Whether there are answers and a forecaster.
    fn is_complete(&self) -> bool {
        matches!((read(&self.shop), read(&self.serving)), (Held::There(_), Held::There(_)))
    }

    fn not_ready(&self) -> ApiError {
        let step = locked(&self.step).clone();
        ApiError::NotReady { step: step.unwrap_or_else(|| "Opening the database".to_owned()) }
    }

    /// Computes everything anew, one caller after another, and puts it in its place.
    fn renew(&self, store: &mut Store) -> Result<(), ApiError> {
        let _turn = locked(&self.turn);
        let begun = Instant::now();
        let renewed = renewal::renew(self, store);
        *locked(&self.step) = None;
        let counts = &self.counts;
        let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        counts.last_millis.store(took, Ordering::Relaxed);
        let count = if renewed.is_ok() { &counts.renewals } else { &counts.failures };
        count.fetch_add(1, Ordering::Relaxed);
        renewed
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.bell.stop();
    }
}

fn read<T>(place: &RwLock<Held<T>>) -> Held<T> {
    place.read().unwrap_or_else(PoisonError::into_inner).clone()
}

fn put<T>(place: &RwLock<Held<T>>, held: Held<T>) {
    let before = std::mem::replace(&mut *place.write().unwrap_or_else(PoisonError::into_inner), held);
    drop(before); // what it held goes when nobody is kept waiting
}

fn locked<T>(place: &Mutex<T>) -> MutexGuard<'_, T> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}
