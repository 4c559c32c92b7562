//! One source, many questions: each rollup is read at most once, and only when a question needs it.

use std::sync::OnceLock;

use patron_columns::RollupSource;
use patron_domain::Day;

use crate::facts::{CustomerFacts, OrderFacts, PairFacts, ProductFacts, VisitFacts};
use crate::{AbsentAnswers, AnalysisOptions, AnalyticsError, Answers, MonthCalendar};

/// A source under examination. Every method is one question; what it has to read is kept for the next.
pub struct Analysis<'a> {
    pub(crate) source: &'a dyn RollupSource,
    pub(crate) options: &'a AnalysisOptions,
    orders: OrderFacts,
    customers: OnceLock<CustomerFacts>,
    products: OnceLock<ProductFacts>,
    pairs: OnceLock<PairFacts>,
    visits: OnceLock<VisitFacts>,
}

impl<'a> Analysis<'a> {
    /// Reads the months of the log.
    ///
    /// # Errors
    /// [`AnalyticsError::Rollup`] as the source fails; [`AnalyticsError::SpanTooLong`] for a log of more than 200
    /// years.
    pub fn new(source: &'a dyn RollupSource, options: &'a AnalysisOptions) -> Result<Self, AnalyticsError> {
        let orders = OrderFacts::read(source)?;
        let (customers, products) = (OnceLock::new(), OnceLock::new());
        let (pairs, visits) = (OnceLock::new(), OnceLock::new());
        Ok(Self { source, options, orders, customers, products, pairs, visits })
    }

    /// Day to which inactivity and rates are counted: the later of the asked day and the last sale.
    pub fn as_of(&self) -> Day {
        self.orders.calendar.span.map_or(self.options.as_of, |span| self.options.as_of.max(span.last))
    }

    /// The months of the log and which of them were seen whole; `None` for an empty log.
    pub fn calendar(&self) -> Option<MonthCalendar> {
        self.orders.calendar.described()
    }

    /// Every answer at once: [`crate::analyse`] for who has more questions to ask of the same source.
    ///
    /// # Errors
    /// As the source fails.
    pub fn answers(&self) -> Result<Answers, AnalyticsError> {
        Ok(Answers {
            as_of: self.as_of(),
            absent: self.absent()?,
            totals: self.totals()?,
            calendar: self.calendar(),
            monthly: self.monthly()?,
            month_details: self.month_details()?,
            repeat_shares: self.repeat_shares()?,
            repeat_by_country: self.repeat_by_country()?,
            repeat_spend: self.repeat_spend()?,
            product_spend: self.product_spend()?,
            products: self.products()?,
            product_ranking: self.product_ranking()?,
            repeat_items: self.repeat_items()?,
            product_pairs: self.product_pairs()?,
            popular: self.popular()?,
            trending: self.trending()?,
            product_months: self.product_months()?,
            product_trends: self.product_trends()?,
            total_trends: self.total_trends()?,
            countries: self.countries()?,
            country_products: self.country_products()?,
            customers: self.customers()?,
            orders_histogram: self.orders_histogram()?,
            days_between: self.days_between()?,
            second_order: self.second_order()?,
            second_order_curve: self.second_order_curve()?,
            first_products: self.first_products()?,
            cohorts: self.cohorts()?,
            concentration: self.concentration()?,
            lorenz: self.lorenz()?,
        })
    }

    /// What no sale or return line names.
    ///
    /// # Errors
    /// As the source fails.
    pub fn absent(&self) -> Result<Vec<AbsentAnswers>, AnalyticsError> {
        let totals = self.totals()?;
        let absent = [
            (AbsentAnswers::Customers, self.customer_facts()?.customers.is_empty()),
            (AbsentAnswers::Products, totals.products == 0),
            (AbsentAnswers::Countries, totals.countries == 0),
        ];
        Ok(absent.into_iter().filter(|&(_, absent)| absent).map(|(what, _)| what).collect())
    }

    pub(crate) fn orders(&self) -> &OrderFacts {
        &self.orders
    }

    pub(crate) fn customer_facts(&self) -> Result<&CustomerFacts, AnalyticsError> {
        remember(&self.customers, || CustomerFacts::read(self.source, &self.orders.calendar))
    }

    pub(crate) fn product_facts(&self) -> Result<&ProductFacts, AnalyticsError> {
        let top = self.options.top_per_country;
        remember(&self.products, || ProductFacts::read(self.source, &self.orders.calendar, top))
    }

    pub(crate) fn pair_facts(&self) -> Result<&PairFacts, AnalyticsError> {
        let (customers, products) = (self.customer_facts()?, self.product_facts()?);
        let (calendar, days) = (&self.orders.calendar, self.options.return_days);
        remember(&self.pairs, || PairFacts::read(self.source, calendar, customers, products, days))
    }

    pub(crate) fn visit_facts(&self) -> Result<&VisitFacts, AnalyticsError> {
        remember(&self.visits, || VisitFacts::read(self.source, &self.orders.calendar))
    }

    pub(crate) fn country_name(&self, slot: usize) -> String {
        self.source.catalog().countries.text(slot as u32).to_owned()
    }
}

fn remember<T>(
    kept: &OnceLock<T>,
    read: impl FnOnce() -> Result<T, AnalyticsError>,
) -> Result<&T, AnalyticsError> {
    if let Some(facts) = kept.get() {
        return Ok(facts);
    }
    let facts = read()?;
    Ok(kept.get_or_init(|| facts))
}
