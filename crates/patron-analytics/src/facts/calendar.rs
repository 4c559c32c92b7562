//! Months as places 0, 1, 2 …, and which of them were seen whole.

use std::ops::Range;

use patron_columns::Span;
use patron_domain::{Day, Month};

use crate::{AnalyticsError, MonthCalendar};

/// 200 years.
const MOST_MONTHS: i32 = 2_400;

/// The months from the first to the last with a line.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    first: Month,
    months: usize,
    /// Place of the month of each day, counted from the first day of the first month.
    month_of_day: Vec<u16>,
    /// First and last day with a sale line.
    pub(crate) span: Option<Span>,
    complete: Range<usize>,
    tolerance_days: u32,
}

impl Calendar {
    /// The months between two, both counted; `ends` is `None` for an empty log.
    pub(crate) fn new(
        ends: Option<(Month, Month)>,
        span: Option<Span>,
        orders: u64,
    ) -> Result<Self, AnalyticsError> {
        let Some((first, last)) = ends else {
            let first = Month::from_number(0);
            let (month_of_day, complete) = (Vec::new(), 0..0);
            return Ok(Self { first, months: 0, month_of_day, span, complete, tolerance_days: 3 });
        };
        let months = last.number() - first.number() + 1;
        if months > MOST_MONTHS {
            return Err(AnalyticsError::SpanTooLong { first, last });
        }
        let mut month_of_day = Vec::with_capacity(months as usize * 31);
        for place in 0..months {
            let month = first.plus(place);
            let days = month.last_day().days_since(month.first_day()) + 1;
            month_of_day.extend(std::iter::repeat_n(place as u16, days as usize));
        }
        let mut calendar =
            Self { first, months: months as usize, month_of_day, span, complete: 0..0, tolerance_days: 3 };
        if let Some(span) = span {
            calendar.find_complete(span, orders);
        }
        Ok(calendar)
    }

    /// Number of months.
    pub(crate) fn len(&self) -> usize {
        self.months
    }

    /// The month at a place.
    pub(crate) fn month(&self, place: usize) -> Month {
        self.first.plus(place as i32)
    }

    /// Place of a month within the log; a month outside is held at the nearest end.
    pub(crate) fn place(&self, month: Month) -> usize {
        let offset = (month.number() - self.first.number()).max(0) as usize;
        offset.min(self.months.saturating_sub(1))
    }

    /// Place of the month of a day, likewise.
    pub(crate) fn place_of_day(&self, day: Day) -> usize {
        let offset = day.days_since(self.first.first_day()).max(0) as usize;
        let place = self.month_of_day.get(offset).or(self.month_of_day.last());
        place.map_or(0, |&place| usize::from(place))
    }

    /// Places of the months seen whole.
    pub(crate) fn complete(&self) -> Range<usize> {
        self.complete.clone()
    }

    /// As told to people; `None` for an empty log.
    pub(crate) fn described(&self) -> Option<MonthCalendar> {
        let last = self.months.checked_sub(1)?;
        let any = !self.complete.is_empty();
        Some(MonthCalendar {
            first: self.first,
            last: self.month(last),
            first_complete: any.then(|| self.month(self.complete.start)),
            last_complete: any.then(|| self.month(self.complete.end - 1)),
            tolerance_days: self.tolerance_days,
        })
    }

    fn find_complete(&mut self, span: Span, orders: u64) {
        let between_orders = f64::from(span.days()) / orders.max(1) as f64;
        self.tolerance_days = ((2.0 * between_orders) as u32).clamp(3, 7);
        let tolerance = self.tolerance_days as i32;
        let (first, last) = (span.first.month(), span.last.month());
        let late = span.first.days_since(first.first_day()) > tolerance;
        let early = last.last_day().days_since(span.last) > tolerance;
        let (start, end) = (self.place(first) + usize::from(late), self.place(last) + usize::from(!early));
        self.complete = if start < end { start..end } else { 0..0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(first: &str, last: &str, orders: u64) -> MonthCalendar {
        let span = Span { first: first.parse().unwrap(), last: last.parse().unwrap() };
        let ends = (span.first.month(), span.last.month());
        Calendar::new(Some(ends), Some(span), orders).unwrap().described().unwrap()
    }

    fn check(first: &str, last: &str, orders: u64, complete: Option<(&str, &str)>) {
        let found = calendar(first, last, orders);
        let found = found.first_complete.zip(found.last_complete);
        let found = found.map(|(first, last)| (first.to_string(), last.to_string()));
        assert_eq!(found, complete.map(|(first, last)| (first.to_owned(), last.to_owned())));
    }

    #[test]
    fn stubs_at_the_ends_are_recognised() {
        check("2010-12-01", "2011-12-09", 20_000, Some(("2010-12", "2011-11")));
        check("2010-12-05", "2011-11-27", 20_000, Some(("2011-01", "2011-11")));
        check("2010-12-04", "2011-11-26", 20_000, Some(("2010-12", "2011-10")));
        check("2010-12-05", "2011-11-26", 120, Some(("2010-12", "2011-11")));
        check("2011-03-10", "2011-04-12", 500, None);
        check("2011-03-01", "2011-03-31", 500, Some(("2011-03", "2011-03")));
    }

    #[test]
    fn a_day_finds_its_month() {
        let ends =
            ("2011-11-03".parse::<Day>().unwrap().month(), "2012-03-01".parse::<Day>().unwrap().month());
        let calendar = Calendar::new(Some(ends), None, 0).unwrap();
        for (day, place) in [("2011-11-01", 0), ("2012-02-29", 3), ("2012-03-01", 4), ("2011-01-01", 0)] {
            assert_eq!(calendar.place_of_day(day.parse().unwrap()), place, "{day}");
        }
        assert_eq!((calendar.len(), calendar.complete()), (5, 0..0));
        let wide = Calendar::new(Some((ends.0, ends.0.plus(2_400))), None, 0);
        assert!(matches!(wide, Err(AnalyticsError::SpanTooLong { .. })));
    }
}
