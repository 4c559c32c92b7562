//! Customers by what is known of them.

use patron_domain::{Attributes, Day, Money};

use super::bought::Bought;
use super::costs::{CostSum, Costs};
use super::rows::{FEWEST, Rows, order};
use super::words::Grouping;
use crate::facts::{CustomerRecord, count_share, share};
use crate::{
    Analysis, AnalyticsError, CustomerGroup, CustomerTrait, ExpectedValue, Group, GroupExpectation, Margin,
};

const TRAITS: [CustomerTrait; 5] = [
    CustomerTrait::Country,
    CustomerTrait::City,
    CustomerTrait::Gender,
    CustomerTrait::AgeBand,
    CustomerTrait::Channel,
];

/// Decades of age.
const AGE_BANDS: [&str; 7] = ["under 20", "20–29", "30–39", "40–49", "50–59", "60–69", "70 and over"];
/// Nobody is older.
const OLDEST: u32 = 120;

/// Some customers, in the order of their codes, and what they come to.
#[derive(Clone, Default)]
struct Sums {
    members: Vec<u32>,
    repeat_customers: u64,
    orders: u64,
    revenue: Money,
    expected: GroupExpectation,
    costs: CostSum,
}

impl Analysis<'_> {
    /// Customers with an order by each trait that is known of any of them.
    pub(super) fn customer_groups(
        &self,
        costs: &Costs<'_>,
        expected: &[Option<ExpectedValue>],
        bought: &Bought,
    ) -> Result<Vec<CustomerGroup>, AnalyticsError> {
        let customers = self.with_order()?;
        let mut groups = Vec::new();
        for by in TRAITS {
            let grouping = self.by_trait(&customers, by, costs.attributes);
            if grouping.names.is_empty() {
                continue;
            }
            let (rows, of) = customer_rows(grouping);
            let mut sums = vec![Sums::default(); rows.groups.len()];
            for (customer, group) in customers.iter().zip(of) {
                let forecast = expected.get(customer.customer as usize).copied().flatten();
                sums[rows.of(group)].add(customer, forecast, bought.costs(customer.customer));
            }
            let mut own = Vec::with_capacity(sums.len());
            for (group, sums) in rows.groups.into_iter().zip(sums) {
                let margin = costs.margin(sums.costs, sums.revenue)?;
                own.push(sums.row(by, group, margin));
            }
            own.sort_by(|a, b| order(&a.group, a.revenue).cmp(&order(&b.group, b.revenue)));
            groups.append(&mut own);
        }
        Ok(groups)
    }

    fn by_trait(
        &self,
        customers: &[&CustomerRecord],
        by: CustomerTrait,
        attributes: &Attributes,
    ) -> Grouping {
        let codes = customers.iter().map(|customer| customer.customer);
        let known = match by {
            CustomerTrait::Country => return self.by_country(customers, attributes),
            CustomerTrait::AgeBand => {
                let as_of = self.as_of();
                return Grouping::new(&AGE_BANDS, codes.map(|c| age_band(attributes.birthday(c)?, as_of)));
            }
            CustomerTrait::City => &attributes.city,
            CustomerTrait::Gender => &attributes.gender,
            CustomerTrait::Channel => &attributes.channel,
        };
        Grouping::by(known, codes)
    }

    /// The shop's own word, else the country of the first line.
    fn by_country(&self, customers: &[&CustomerRecord], attributes: &Attributes) -> Grouping {
        let own = &attributes.country;
        let words: Vec<&str> = own.words.iter().chain(self.source.catalog().countries.iter()).collect();
        let code = |customer: &&CustomerRecord| {
            let own_word = own.get(customer.customer).filter(|word| !word.trim().is_empty());
            match own_word {
                Some(_) => own.code(customer.customer),
                None => customer.country.checked_add(own.words.len() as u32),
            }
        };
        Grouping::new(&words, customers.iter().map(code))
    }
}

/// The rows, and the group of each customer.
fn customer_rows(grouping: Grouping) -> (Rows, Vec<usize>) {
    let mut counts = vec![0_u64; grouping.names.len() + 1];
    grouping.of.iter().for_each(|&group| counts[group] += 1);
    let unknown = counts.pop().is_some_and(|customers| customers > 0);
    let small: Vec<bool> = counts.iter().map(|&customers| customers < FEWEST).collect();
    let together = counts.iter().filter(|&&customers| customers < FEWEST).sum();
    (Rows::new(grouping.names, &small, unknown, together), grouping.of)
}

impl Sums {
    fn add(&mut self, customer: &CustomerRecord, forecast: Option<ExpectedValue>, costs: CostSum) {
        self.members.push(customer.customer);
        self.repeat_customers += u64::from(customer.kinds >> 2 & 1);
        self.orders += u64::from(customer.orders);
        self.revenue += customer.revenue;
        self.costs.add(costs);
        if let Some(forecast) = forecast {
            self.expected.customers += 1;
            self.expected.value_3m += forecast.value_3m;
            self.expected.value_12m += forecast.value_12m;
        }
    }

    fn row(self, by: CustomerTrait, group: Group, margin: Option<Margin>) -> CustomerGroup {
        let customers = self.members.len() as u64;
        CustomerGroup {
            by,
            group,
            customers,
            members: self.members,
            repeat_customers: self.repeat_customers,
            repeat_share: count_share(self.repeat_customers, customers),
            orders: self.orders,
            revenue: self.revenue,
            revenue_per_customer: share(self.revenue.to_f64(), customers as f64),
            average_order_value: share(self.revenue.to_f64(), self.orders as f64),
            expected: (self.expected.customers > 0).then_some(self.expected),
            margin,
        }
    }
}

/// Place of the decade of an age in whole years; `None` for who is not born yet or too old to be true.
fn age_band(birthday: Day, as_of: Day) -> Option<u32> {
    let age = as_of.date().years_since(birthday.date()).filter(|&age| age <= OLDEST)?;
    Some((age / 10).clamp(1, 7) - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(birthday: &str, as_of: &str, band: Option<&str>) {
        let found = age_band(birthday.parse().unwrap(), as_of.parse().unwrap());
        assert_eq!(found.map(|band| AGE_BANDS[band as usize]), band, "{birthday} at {as_of}");
    }

    #[test]
    fn ages_are_whole_years_on_the_day() {
        check("1991-12-09", "2011-12-09", Some("20–29"));
        check("1991-12-10", "2011-12-09", Some("under 20"));
        check("2011-12-09", "2011-12-09", Some("under 20"));
        check("2011-12-10", "2011-12-09", None);
        check("1992-02-29", "2012-02-28", Some("under 20"));
        check("1992-02-29", "2013-02-28", Some("20–29"));
        check("1981-03-01", "2011-02-28", Some("20–29"));
        check("1942-01-01", "2011-12-31", Some("60–69"));
        check("1942-01-01", "2012-01-01", Some("70 and over"));
        check("1891-12-09", "2011-12-09", Some("70 and over"));
        check("1890-12-09", "2011-12-09", None);
    }
}
