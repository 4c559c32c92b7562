//! What earlier imports hold, and what a file has of it again.

use rustc_hash::FxHashMap;

/// What earlier imports hold; by default nothing, as for a first import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// How often each line is held, by its [`patron_domain::line_key`].
    pub lines: FxHashMap<u128, u32>,
    /// How many lines each order has, by its number. Orders made from customer and day are none.
    pub orders: FxHashMap<String, u32>,
}

/// An order that an earlier import holds and the file has again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownOrder {
    /// Its number.
    pub number: String,
    /// Whether it is another one now: lines have come, gone or changed, or are set aside. Adding the file to what is
    /// held would leave the order's former state in the numbers.
    pub is_changed: bool,
}

/// Compares a file with what earlier imports hold, line by line and order by order.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    lines: FxHashMap<u128, u32>,
    orders: FxHashMap<String, Held>,
    /// Whether each line stands for itself, with a status of its own.
    by_line: bool,
    met: u32,
    /// Held lines that are set aside by their status now, with the number of their order.
    withdrawn: Vec<(u128, String)>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    lines: u32,
    /// Those of them that the file has as they were.
    recognised: u32,
    /// Whether the file has a line that is not held.
    has_more: bool,
    /// Place in the file among the held orders, from 1; 0 where the file does not have it.
    place: u32,
}

impl Comparison {
    /// `by_line`: whether rows of orders stand for themselves; `None` for a log of lines, which is compared line by
    /// line alone.
    pub(crate) fn new(known: Known, by_line: Option<bool>) -> Self {
        let Known { lines, orders } = known;
        let held = |(number, lines)| (number, Held { lines, ..Held::default() });
        let orders = by_line.map_or_else(FxHashMap::default, |_| orders.into_iter().map(held).collect());
        Self { lines, orders, by_line: by_line.unwrap_or(false), met: 0, withdrawn: Vec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The file has an order, whatever becomes of its lines.
    pub(crate) fn meet(&mut self, number: &[u8]) {
        if self.orders.is_empty() {
            return;
        }
        if let Some(held) = self.orders.get_mut(String::from_utf8_lossy(number).as_ref())
            && held.place == 0
        {
            self.met += 1;
            held.place = self.met;
        }
    }

    /// Whether a line is held that was not recognised yet; it is now.
    pub(crate) fn recognise(&mut self, key: u128, order: &str) -> bool {
        let is_held = match self.lines.get_mut(&key) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        };
        if let Some(held) = self.orders.get_mut(order) {
            held.recognised += u32::from(is_held);
            held.has_more |= !is_held;
        }
        is_held
    }

    /// A line is set aside together with its whole order.
    pub(crate) fn withdraw(&mut self, key: u128, order: &str) {
        if self.by_line && self.orders.contains_key(order) && self.lines.contains_key(&key) {
            self.withdrawn.push((key, order.to_owned()));
        }
    }

    /// The held orders that the file has again, in the order of the file.
    pub(crate) fn orders(mut self) -> Vec<KnownOrder> {
        if self.by_line {
            // appended lines are new; a line that is held and was only met with a status that sets it aside is not
            self.orders.values_mut().for_each(|held| held.has_more = false);
            for (key, order) in &self.withdrawn {
                if self.lines.get(key).is_some_and(|&left| left > 0)
                    && let Some(held) = self.orders.get_mut(order)
                {
                    held.has_more = true;
                }
            }
        }
        let mut met: Vec<(String, Held)> =
            self.orders.into_iter().filter(|(_, held)| held.place > 0).collect();
        met.sort_unstable_by_key(|(_, held)| held.place);
        let by_line = self.by_line;
        let known = |(number, held): (String, Held)| KnownOrder {
            number,
            is_changed: held.has_more || !by_line && held.recognised < held.lines,
        };
        met.into_iter().map(known).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Order A holds line 1 twice and line 2; order B holds line 3.
    fn comparison(by_line: Option<bool>) -> Comparison {
        let orders = [("A".to_owned(), 3), ("B".to_owned(), 1)].into_iter().collect();
        Comparison::new(Known { lines: [(1, 2), (2, 1), (3, 1)].into_iter().collect(), orders }, by_line)
    }

    /// What the orders are after these lines; a line below 0 is set aside with its order.
    fn check(by_line: Option<bool>, lines: &[(&str, i64)], expected: &[(&str, bool)]) {
        let mut comparison = comparison(by_line);
        for &(order, line) in lines {
            comparison.meet(order.as_bytes());
            if line < 0 {
                comparison.withdraw(u128::from(line.unsigned_abs()), order);
            } else {
                comparison.recognise(u128::from(line.unsigned_abs()), order);
            }
        }
        let orders: Vec<_> =
            comparison.orders().into_iter().map(|one| (one.number, one.is_changed)).collect();
        let expected: Vec<_> =
            expected.iter().map(|&(number, changed)| (number.to_owned(), changed)).collect();
        assert_eq!(orders, expected, "{lines:?}");
    }

    #[test]
    fn an_order_is_the_same_when_all_its_lines_are_and_no_other() {
        let orders = Some(false);
        check(orders, &[("B", 3), ("A", 1), ("A", 2), ("A", 1)], &[("B", false), ("A", false)]);
        check(orders, &[("A", 1), ("A", 2)], &[("A", true)]); // a line is gone
        check(orders, &[("B", 3), ("B", 4)], &[("B", true)]); // a line is more
        check(orders, &[("B", -3), ("C", 9)], &[("B", true)]); // set aside now; C is new
        check(orders, &[("B", 3), ("B", -3)], &[("B", false)]); // repeated in the file
    }

    #[test]
    fn lines_that_stand_for_themselves_change_by_their_status_alone() {
        let lines = Some(true);
        check(lines, &[("A", 1), ("A", 7), ("B", 3)], &[("A", false), ("B", false)]);
        check(lines, &[("B", -3)], &[("B", true)]);
        check(lines, &[("B", -3), ("B", 3)], &[("B", false)]); // one was set aside before, and is again
        check(lines, &[("B", -8)], &[("B", false)]);
    }

    #[test]
    fn a_log_of_lines_has_no_known_orders() {
        check(None, &[("A", 1), ("B", 4)], &[]);
    }
}
