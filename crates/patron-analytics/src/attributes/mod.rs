//! Customers and products by what the shop knows of them beyond the log; margins; what a new customer costs.

mod acquisition;
mod bought;
mod costs;
mod customers;
mod elasticity;
mod products;
mod rows;
mod words;

use patron_columns::RollupSource;
use patron_domain::Attributes;

use crate::facts::CustomerRecord;
use crate::{
    Analysis, AnalysisOptions, AnalyticsError, AttributeAnswers, CustomerTrait, ExpectedValue, ProductTrait,
    Unlock,
};
use bought::Bought;
use costs::Costs;

/// Every answer about attributes.
///
/// `expected` holds a forecast by customer code; where it ends there is none. Ages are whole years at the as-of date.
/// Reads each rollup once; the result depends neither on the number of threads nor on the order of the attributes'
/// dictionaries. [`Analysis::attributes`] is the same for who has more questions to ask of the source.
///
/// # Errors
/// [`AnalyticsError::Rollup`] as the source fails; [`AnalyticsError::SpanTooLong`] for a log of more than 200 years;
/// [`AnalyticsError::CostsTooLarge`] where costs add up to more than an amount can hold.
pub fn attribute_answers(
    source: &dyn RollupSource,
    attributes: &Attributes,
    options: &AnalysisOptions,
    expected: &[Option<ExpectedValue>],
) -> Result<AttributeAnswers, AnalyticsError> {
    Analysis::new(source, options)?.attributes(attributes, expected)
}

impl Analysis<'_> {
    /// Every answer about attributes; see [`attribute_answers`].
    ///
    /// # Errors
    /// As the source fails; [`AnalyticsError::CostsTooLarge`] where costs add up to more than an amount can hold.
    pub fn attributes(
        &self,
        attributes: &Attributes,
        expected: &[Option<ExpectedValue>],
    ) -> Result<AttributeAnswers, AnalyticsError> {
        let costs = Costs { attributes, skus: &self.source.catalog().skus };
        let traits = self.product_traits(attributes)?;
        let bought = Bought::read(self.source, &costs, &traits)?;
        let customer_groups = self.customer_groups(&costs, expected, &bought)?;
        let product_groups = self.product_groups(&costs, traits, bought)?;
        let mut answers = AttributeAnswers {
            customer_groups,
            product_groups,
            product_margins: self.product_margins(&costs)?,
            margin: self.shop_margin(&costs)?,
            price_elasticities: self.price_elasticities(attributes)?,
            acquisition: self.acquisition(attributes)?,
            unlocks: Vec::new(),
        };
        answers.unlocks = self.unlocks(attributes, &answers)?;
        Ok(answers)
    }

    /// Customers with an order, in order of their codes.
    fn with_order(&self) -> Result<Vec<&CustomerRecord>, AnalyticsError> {
        Ok(self.customer_facts()?.customers.iter().filter(|customer| customer.orders > 0).collect())
    }

    fn unlocks(
        &self,
        attributes: &Attributes,
        answers: &AttributeAnswers,
    ) -> Result<Vec<Unlock>, AnalyticsError> {
        let products = !self.product_facts()?.products.is_empty();
        let customers = !self.with_order()?.is_empty();
        let by_product = |by| products && answers.product_groups.iter().all(|row| row.by != by);
        let by_customer = |by| customers && answers.customer_groups.iter().all(|row| row.by != by);
        let could_be_added = [
            (Unlock::UnitCosts, products && answers.margin.is_none()),
            (Unlock::Categories, by_product(ProductTrait::Category)),
            (Unlock::ProducerCountries, by_product(ProductTrait::ProducerCountry)),
            (Unlock::Cities, by_customer(CustomerTrait::City)),
            (Unlock::Genders, by_customer(CustomerTrait::Gender)),
            (Unlock::Birthdays, by_customer(CustomerTrait::AgeBand)),
            (Unlock::Channels, by_customer(CustomerTrait::Channel)),
            (Unlock::ContactCosts, customers && attributes.costs.contacts.is_empty()),
            (Unlock::AcquisitionSpend, customers && attributes.costs.acquisition.is_empty()),
        ];
        Ok(could_be_added.into_iter().filter(|&(_, missing)| missing).map(|(what, _)| what).collect())
    }
}
