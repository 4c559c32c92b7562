//! How fast one customer's time runs, week by week.

/// A step function of time: what campaigns make of one customer's purchase rate.
///
/// A wait of w at an even pace ends when the area under the steps has grown by w: the time-change theorem once more,
/// now for one customer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    /// From when on which factor, in weeks and in order; before the first it is 1.
    steps: Vec<(f64, f64)>,
}

impl Pace {
    /// From stretches of time with a factor each; where they overlap, factors multiply.
    pub(crate) fn new(stretches: &[(f64, f64, f64)]) -> Self {
        let mut times: Vec<f64> = stretches.iter().flat_map(|&(from, to, _)| [from, to]).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let factor = |time: f64| -> f64 {
            stretches.iter().filter(|(from, to, _)| (*from..*to).contains(&time)).map(|(_, _, f)| f).product()
        };
        Self { steps: times.into_iter().map(|time| (time, factor(time))).collect() }
    }

    /// When a wait that begins at `time` is over; never, where the pace stays 0.
    pub(crate) fn after(&self, time: f64, wait: f64) -> f64 {
        if self.steps.is_empty() {
            return time + wait;
        }
        let (mut now, mut left, mut factor) = (time, wait, 1.0);
        for &(from, next) in &self.steps {
            if from > now {
                let area = (from - now) * factor;
                if area >= left && factor > 0.0 {
                    return now + left / factor;
                }
                (now, left) = (from, left - area);
            }
            factor = next;
        }
        if factor > 0.0 { now + left / factor } else { f64::INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_pace_adds_up() {
        assert_eq!(Pace::default().after(2.0, 3.0), 5.0);
        assert_eq!(Pace::new(&[]).after(2.0, 3.0), 5.0);
    }

    #[test]
    fn waits_are_over_when_the_area_is_full() {
        // 1 up to 4, 2 from 4 to 6, 3 (1.5 twice over) from 6 to 7, 1.5 from 7 to 8, 1 after.
        let pace = Pace::new(&[(4.0, 6.0, 2.0), (6.0, 8.0, 1.5), (6.0, 7.0, 2.0)]);
        assert_eq!(pace.after(0.0, 4.0), 4.0);
        assert_eq!(pace.after(3.0, 3.0), 5.0);
        assert_eq!(pace.after(5.0, 5.0), 7.0);
        assert_eq!(pace.after(5.0, 5.75), 7.5);
        assert_eq!(pace.after(0.0, 4.0 + 4.0 + 3.0 + 1.5 + 2.0), 10.0);
        assert_eq!(pace.after(20.0, 1.0), 21.0);
    }

    #[test]
    fn nothing_happens_while_time_stands_still() {
        let pace = Pace::new(&[(1.0, 3.0, 0.0)]);
        assert_eq!(pace.after(0.5, 1.0), 3.5);
        assert_eq!(pace.after(1.5, 0.25), 3.25);
    }
}
