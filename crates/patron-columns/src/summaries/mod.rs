//! Sums over all lines, customer by customer and in parallel, from a table in memory or straight from its file: only
//! the columns that a question needs are read.

mod cells;
mod customers;
mod pairs;
mod repeat;

pub use cells::{ProductCell, product_cells};
pub use customers::{CustomerSummary, customer_summaries};
pub use pairs::{ProductPair, product_pairs};
pub use repeat::{RepeatCustomers, repeat_customers};

use patron_domain::{Day, SECONDS_PER_DAY, Timestamp};

/// The day of one time after the other: most lines are of the day of the line before.
struct Today {
    day: Day,
    /// Its first second, and the one after its last.
    from: Timestamp,
    until: Timestamp,
}

impl Today {
    fn new() -> Self {
        Self { day: Day::from_number(0), from: 0, until: SECONDS_PER_DAY }
    }

    /// Whether `time` is of another day, which is the day from now on.
    #[inline]
    fn moves_to(&mut self, time: Timestamp) -> bool {
        if (self.from..self.until).contains(&time) {
            return false;
        }
        let day = Day::of(time);
        let moves = day != self.day;
        (self.day, self.from, self.until) = (day, day.start(), day.start() + SECONDS_PER_DAY);
        moves
    }
}
