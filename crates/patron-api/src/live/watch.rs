//! The thread that renews: when the database has changed, but not all the time.

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use patron_store::Store;

use super::Inner;
use crate::ApiError;

/// How often the database is asked whether it has changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long after the beginning of a renewal the next one begins at the earliest.
const RENEW_EVERY: Duration = Duration::from_secs(30);
/// The same, in turns of its own length, while there is nothing to serve: a shop that has just got its first sales.
const AGAIN_AFTER: u32 = 10;

/// What wakes the thread up.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rung: Mutex<Rung>,
    heard: Condvar,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Rung {
    #[default]
    Not,
    Renew,
    Stop,
}

impl Bell {
    /// Asks for a renewal.
    pub(super) fn ring(&self) {
        self.set(Rung::Renew);
    }

    /// Asks the thread to end.
    pub(super) fn stop(&self) {
        self.set(Rung::Stop);
    }

    fn set(&self, rung: Rung) {
        let mut now = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        if *now != Rung::Stop {
            *now = rung;
        }
        self.heard.notify_all();
    }

    /// Waits for a while, or until it is rung.
    fn wait(&self, while_: Duration) -> Rung {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.heard.wait_timeout_while(rung, while_, |rung| *rung == Rung::Not);
        let (mut rung, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let heard = *rung;
        if heard == Rung::Renew {
            *rung = Rung::Not;
        }
        heard
    }
}

/// Renews until nobody needs it any more.
pub(super) fn watch(inner: &Weak<Inner>, bell: &Bell) {
    let mut keeper = Keeper::default();
    let mut asked = true;
    while let Some(inner) = inner.upgrade() {
        if let Err(error) = keeper.look(&inner, asked) {
            tracing::error!("the answers could not be renewed, and are tried again soon: {error}");
        }
        drop(inner);
        match bell.wait(LOOK_EVERY) {
            Rung::Not => asked = false,
            Rung::Renew => asked = true,
            Rung::Stop => return,
        }
    }
}

/// What the thread knows from one look to the next.
#[derive(Default)]
struct Keeper {
    /// A connection that only reads, so that whatever anybody writes is seen as a change.
    store: Option<Store>,
    /// The change mark before the last renewal.
    seen: Option<i64>,
    next: Option<Instant>,
}

impl Keeper {
    /// Renews if the database has changed and it is time, or if it is `asked` for.
    fn look(&mut self, inner: &Arc<Inner>, asked: bool) -> Result<(), ApiError> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => {
                self.seen = None;
                Store::open_existing(&inner.url)?
            }
        };
        let mark = store.reading().change_mark()?;
        let is_time = self.next.is_none_or(|next| next <= Instant::now());
        if asked || is_time && self.seen != Some(mark) {
            let begun = Instant::now();
            let renewed = inner.renew(&mut store);
            let took = begun.elapsed();
            let pause = if inner.is_complete() { RENEW_EVERY } else { RENEW_EVERY.min(AGAIN_AFTER * took) };
            // half of the time at most goes into renewing
            self.next = Some(begun + pause.max(2 * took));
            self.seen = None;
            renewed?;
            self.seen = Some(mark);
        }
        self.store = Some(store);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bell_is_heard_once_and_a_stop_always() {
        let bell = Bell::default();
        assert_eq!(bell.wait(Duration::ZERO), Rung::Not);
        bell.ring();
        bell.ring();
        assert_eq!((bell.wait(Duration::ZERO), bell.wait(Duration::ZERO)), (Rung::Renew, Rung::Not));
        bell.stop();
        bell.ring();
        assert_eq!((bell.wait(Duration::ZERO), bell.wait(LOOK_EVERY)), (Rung::Stop, Rung::Stop));
    }
}
