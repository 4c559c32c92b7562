//! How many requests a caller may send.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use patron_store::KeyId;

use crate::ApiError;

/// Callers that are remembered before those with nothing against them are forgotten.
const REMEMBERED: usize = 10_000;

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    /// Those with one key.
    Key(KeyId),
    /// Those without a key that is in force, from one address.
    Address(IpAddr),
}

/// So many requests a second for each caller; as many may come at once after a pause.
///
/// The generic cell rate algorithm: of each caller only the time is kept at which all requests so far would have been
/// sent at an even pace. A request is one step of that time; it is refused while that time lies more than a second
/// ahead.
pub(crate) struct Rates {
    step: Option<Duration>,
    even_until: Mutex<HashMap<Counted, Instant>>,
}

impl Rates {
    /// `None`: as many as they like.
    pub(crate) fn new(per_second: Option<NonZeroU32>) -> Self {
        Self {
            step: per_second.map(|rate| Duration::from_secs(1) / rate.get()),
            even_until: Mutex::default(),
        }
    }

    /// Counts a request at the time `now`.
    ///
    /// # Errors
    /// [`ApiError::TooMany`], with the seconds after which there is room again, at least 1.
    pub(crate) fn take(&self, caller: Counted, now: Instant) -> Result<(), ApiError> {
        let Some(step) = self.step else { return Ok(()) };
        let mut even_until = self.even_until.lock().unwrap_or_else(PoisonError::into_inner);
        if even_until.len() >= REMEMBERED {
            even_until.retain(|_, until| *until > now);
        }
        let until = even_until.get(&caller).map_or(now, |until| now.max(*until)) + step;
        let ahead = until.saturating_duration_since(now);
        if ahead > Duration::from_secs(1) {
            let seconds = (ahead - Duration::from_secs(1)).as_secs_f64().ceil().max(1.0) as u64;
            return Err(ApiError::TooMany { seconds });
        }
        even_until.insert(caller, until);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Counted = Counted::Key(KeyId(1));

    #[test]
    fn as_many_as_the_rate_come_at_once_then_one_by_one() {
        let (rates, start) = (Rates::new(NonZeroU32::new(4)), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        let taken = (0..10).filter(|_| rates.take(ONE, at(0)).is_ok()).count();
        assert_eq!(taken, 4);
        let refused = rates.take(ONE, at(249));
        assert!(matches!(refused, Err(ApiError::TooMany { seconds: 1 })), "{refused:?}");
        assert!(rates.take(ONE, at(250)).is_ok());
        assert!(rates.take(ONE, at(250)).is_err(), "a refused request does not count, a granted one does");
        assert!(rates.take(Counted::Key(KeyId(2)), at(250)).is_ok(), "others are not held back");
        assert!(rates.take(Counted::Address([127, 0, 0, 1].into()), at(250)).is_ok());
        let after_a_pause = (0..10).filter(|_| rates.take(ONE, at(60_000)).is_ok()).count();
        assert_eq!(after_a_pause, 4);
    }

    #[test]
    fn without_a_rate_nothing_is_counted_and_nobody_is_remembered_for_ever() {
        let (free, now) = (Rates::new(None), Instant::now());
        assert!((0..10_000).all(|_| free.take(ONE, now).is_ok()));
        let rates = Rates::new(NonZeroU32::new(1_000));
        for number in 0..REMEMBERED as i64 {
            rates.take(Counted::Key(KeyId(number)), now).unwrap();
        }
        rates.take(Counted::Key(KeyId(-1)), now + Duration::from_secs(1)).unwrap();
        assert_eq!(rates.even_until.lock().unwrap().len(), 1);
    }
}
