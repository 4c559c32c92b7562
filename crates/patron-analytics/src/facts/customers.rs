//! The rollup `CustomerDay`, folded in one pass.

use patron_columns::{CustomerDays, RollupSource};
use patron_domain::{Day, Money, PurchaseRule};
use rayon::prelude::*;

use super::{Calendar, country_slot};
use crate::AnalyticsError;

/// One customer over the whole log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CustomerRecord {
    pub(crate) customer: u32,
    pub(crate) country: u32,
    /// First, second and last purchase day.
    pub(crate) first: Option<Day>,
    pub(crate) second: Option<Day>,
    pub(crate) last: Option<Day>,
    pub(crate) orders: u32,
    /// Place of the month of the first order ever; `None` without an order.
    pub(crate) new_in: Option<u16>,
    pub(crate) purchase_days: u32,
    pub(crate) revenue: Money,
    /// Bit d: a repeat customer under definition d ([`crate::RepeatDefinition::ALL`]) in some month.
    pub(crate) kinds: u8,
}

/// One customer in one month.
#[derive(Clone, Copy, Debug)]
struct CustomerMonth {
    month: u32,
    orders: u32,
    purchases: u32,
    net: Money,
    kinds: u8,
    /// Whether the first order ever lies in it.
    new: bool,
}

/// Repeat customers of a cell under one definition.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RepeatCell {
    pub(crate) customers: u64,
    pub(crate) revenue: Money,
}

/// Customers of one country (or all) in one month (or the whole log).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    /// Customers with an order.
    pub(crate) active: u64,
    /// Customers with their first order.
    pub(crate) new: u64,
    /// Net revenue of all, of the new, and of those without an order.
    pub(crate) revenue: Money,
    pub(crate) new_revenue: Money,
    pub(crate) idle_revenue: Money,
    pub(crate) repeat: [RepeatCell; 3],
}

/// A cohort in one month.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CohortMonth {
    pub(crate) active: u64,
    pub(crate) revenue: Money,
}

/// Customers, and the tables folded from their days.
#[derive(Clone, Debug)]
pub(crate) struct CustomerFacts {
    /// In order of the codes.
    pub(crate) customers: Vec<CustomerRecord>,
    /// Number of months.
    months: usize,
    /// Rows: all countries, then each, the unknown last; columns: the whole log, then each month.
    cells: Vec<Cell>,
    /// Per month: net revenue and kinds of each repeat customer of it, under any definition.
    pub(crate) spend: Vec<Vec<(Money, u8)>>,
    /// Per month of the first purchase, per month since; empty for months without newcomers.
    pub(crate) cohorts: Vec<Vec<CohortMonth>>,
    /// Net revenue of customers without a purchase day.
    pub(crate) revenue_without_purchase: Money,
    /// How many gaps between purchase days there are, by days.
    pub(crate) gaps: Vec<u64>,
}

/// What some customers of a batch fold to.
#[derive(Default)]
struct Piece {
    customers: Vec<CustomerRecord>,
    /// Where each customer's months end.
    ends: Vec<usize>,
    months: Vec<CustomerMonth>,
    gaps: Vec<u32>,
}

impl CustomerFacts {
    pub(crate) fn read(source: &dyn RollupSource, calendar: &Calendar) -> Result<Self, AnalyticsError> {
        let (months, countries) = (calendar.len(), source.catalog().countries.len());
        let mut facts = Self {
            customers: Vec::new(),
            months,
            cells: vec![Cell::default(); (countries + 2) * (months + 1)],
            spend: vec![Vec::new(); months],
            cohorts: vec![Vec::new(); months],
            revenue_without_purchase: Money::ZERO,
            gaps: Vec::new(),
        };
        let rule = source.purchase_rule();
        for batch in source.customer_days() {
            let batch = batch?;
            let pieces: Vec<Piece> = (0..batch.len())
                .into_par_iter()
                .with_min_len(512)
                .filter_map(|index| batch.get(index))
                .fold(Piece::default, |piece, customer| fold(piece, customer, rule, calendar))
                .collect();
            pieces.iter().for_each(|piece| facts.add(piece, calendar, countries));
        }
        Ok(facts)
    }

    /// The cell of a country (`None` for all) and a month (`None` for the whole log).
    pub(crate) fn cell(&self, country: Option<usize>, month: Option<usize>) -> &Cell {
        let row = country.map_or(0, |country| country + 1);
        &self.cells[row * (self.months + 1) + month.map_or(0, |month| month + 1)]
    }

    fn add(&mut self, piece: &Piece, calendar: &Calendar, countries: usize) {
        let mut start = 0;
        for (customer, &end) in piece.customers.iter().zip(&piece.ends) {
            let own = &piece.months[start..end];
            start = end;
            let width = self.months + 1;
            for row in [0, country_slot(customer.country, countries) + 1] {
                add_to_row(&mut self.cells[row * width..(row + 1) * width], customer, own);
            }
            for month in own.iter().filter(|month| month.kinds != 0) {
                self.spend[month.month as usize].push((month.net, month.kinds));
            }
            self.add_to_cohort(customer, own, calendar);
        }
        self.customers.extend_from_slice(&piece.customers);
        for &gap in &piece.gaps {
            if self.gaps.len() <= gap as usize {
                self.gaps.resize(gap as usize + 1, 0);
            }
            self.gaps[gap as usize] += 1;
        }
    }

    fn add_to_cohort(&mut self, customer: &CustomerRecord, own: &[CustomerMonth], calendar: &Calendar) {
        let Some(first) = customer.first else {
            self.revenue_without_purchase += customer.revenue;
            return;
        };
        let born = calendar.place_of_day(first);
        let cohort = &mut self.cohorts[born];
        if cohort.is_empty() {
            cohort.resize(self.months - born, CohortMonth::default());
        }
        for month in own {
            let cell = &mut cohort[(month.month as usize).saturating_sub(born)];
            cell.active += u64::from(month.purchases > 0);
            cell.revenue += month.net;
        }
    }
}

fn add_to_row(row: &mut [Cell], customer: &CustomerRecord, own: &[CustomerMonth]) {
    for month in own {
        let cell = &mut row[month.month as usize + 1];
        cell.revenue += month.net;
        cell.active += u64::from(month.orders > 0);
        if month.new {
            cell.new += 1;
            cell.new_revenue += month.net;
        }
        if month.orders == 0 {
            cell.idle_revenue += month.net;
        }
        for (definition, repeat) in cell.repeat.iter_mut().enumerate() {
            if month.kinds >> definition & 1 == 1 {
                repeat.customers += 1;
                repeat.revenue += month.net;
            }
        }
        for definition in 0..2 {
            if month.kinds >> definition & 1 == 1 {
                row[0].repeat[definition].revenue += month.net;
            }
        }
    }
    let whole = &mut row[0];
    whole.revenue += customer.revenue;
    whole.active += u64::from(customer.orders > 0);
    for (definition, repeat) in whole.repeat.iter_mut().enumerate() {
        repeat.customers += u64::from(customer.kinds >> definition & 1);
    }
    if customer.kinds >> 2 & 1 == 1 {
        whole.repeat[2].revenue += customer.revenue;
    }
}

fn fold(mut piece: Piece, days: CustomerDays<'_>, rule: PurchaseRule, calendar: &Calendar) -> Piece {
    let mut customer = CustomerRecord {
        customer: days.customer,
        country: days.country,
        first: None,
        second: None,
        last: None,
        orders: 0,
        new_in: None,
        purchase_days: 0,
        revenue: Money::ZERO,
        kinds: 0,
    };
    let start = piece.months.len();
    for day in days.days {
        let place = calendar.place_of_day(day.day) as u32;
        if piece.months[start..].last().is_none_or(|last| last.month != place) {
            let (net, kinds) = (Money::ZERO, 0);
            piece.months.push(CustomerMonth {
                month: place,
                orders: 0,
                purchases: 0,
                net,
                kinds,
                new: false,
            });
        }
        let Some(month) = piece.months.last_mut() else { continue };
        let net = day.net();
        month.orders += day.orders;
        month.net += net;
        customer.orders += day.orders;
        customer.revenue += net;
        if day.is_purchase(rule) {
            month.purchases += 1;
            customer.purchase_days += 1;
            match customer.purchase_days {
                1 => customer.first = Some(day.day),
                2 => customer.second = Some(day.day),
                _ => {}
            }
            if let Some(last) = customer.last {
                piece.gaps.push(day.day.days_since(last).max(0) as u32);
            }
            customer.last = Some(day.day);
        }
    }
    let mut bought_before = false;
    for month in &mut piece.months[start..] {
        if month.orders == 0 {
            continue;
        }
        let two_orders = u8::from(month.orders >= 2);
        let two_days = u8::from(customer.purchase_days >= 2);
        month.kinds = two_orders | u8::from(bought_before) << 1 | two_days << 2;
        month.new = !bought_before;
        customer.new_in = customer.new_in.or(Some(month.month as u16));
        customer.kinds |= month.kinds;
        bought_before = true;
    }
    piece.ends.push(piece.months.len());
    piece.customers.push(customer);
    piece
}
