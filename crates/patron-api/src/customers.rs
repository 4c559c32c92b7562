//! Customers by the id a client uses, and each one's own days.

use patron_columns::RollupSource;
use patron_domain::{CustomerDay, NO_CODE, Names};

use crate::ApiError;

/// Every customer: found by id, with the days a forecast is made from.
pub(crate) struct Customers {
    /// Codes in the order of the ids.
    by_id: Vec<u32>,
    /// Country of each code.
    countries: Vec<u32>,
    /// Where each code's days begin; one more entry at the end.
    starts: Vec<usize>,
    days: Vec<CustomerDay>,
}

impl Customers {
    /// Reads all days of `source`; `ids` are the ids as they are shown.
    pub(crate) fn read(source: &dyn RollupSource, ids: &Names) -> Result<Self, ApiError> {
        let (mut days, mut starts, mut countries) = (Vec::new(), Vec::new(), vec![NO_CODE; ids.len()]);
        for batch in source.customer_days() {
            for customer in batch?.iter() {
                let code = customer.customer as usize;
                starts.resize(code + 1, days.len());
                if let Some(country) = countries.get_mut(code) {
                    *country = customer.country;
                }
                days.extend_from_slice(customer.days);
            }
        }
        starts.resize(ids.len() + 1, days.len());
        let mut by_id: Vec<u32> = (0..ids.len() as u32).collect();
        by_id.sort_by_key(|&code| ids.text(code));
        Ok(Self { by_id, countries, starts, days })
    }

    /// The code of an id.
    pub(crate) fn find(&self, ids: &Names, id: &str) -> Option<u32> {
        let place = self.by_id.binary_search_by_key(&id, |&code| ids.text(code)).ok()?;
        self.by_id.get(place).copied()
    }

    /// The codes whose ids come after `id`, in their order.
    pub(crate) fn after(&self, ids: &Names, id: Option<&str>) -> &[u32] {
        let start = id.map_or(0, |id| self.by_id.partition_point(|&code| ids.text(code) <= id));
        &self.by_id[start..]
    }

    /// Every day of a customer, in time order; none for a code that does not exist.
    pub(crate) fn days(&self, code: u32) -> &[CustomerDay] {
        let code = code as usize;
        let ends = self.starts.get(code).zip(self.starts.get(code + 1));
        ends.and_then(|(&start, &end)| self.days.get(start..end)).unwrap_or_default()
    }

    /// Code of the country of the customer's first line.
    pub(crate) fn country(&self, code: u32) -> u32 {
        self.countries.get(code as usize).copied().unwrap_or(NO_CODE)
    }
}

/// The ids as they are shown: an e-mail address is personal, so a customer known by one is `@` and a number.
///
/// No other id begins so: whatever holds an `@` is taken for an address.
pub(crate) fn shown_ids(ids: &Names) -> Names {
    let mut shown = Names::new();
    for (code, id) in ids.iter().enumerate() {
        if id.contains('@') {
            shown.push(&format!("@{code}"))
        } else {
            shown.push(id)
        };
    }
    shown
}

#[cfg(test)]
mod tests {
    use patron_columns::TableBuilder;
    use patron_domain::{Day, LineKind, Money, NewEntries, OrderEntry, PurchaseRule, SaleBatch};

    use super::*;

    #[test]
    fn ids_lead_to_days_and_addresses_are_not_shown() {
        let day: Day = "2024-02-29".parse().unwrap();
        let codes = [0, 2, 2];
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        builder.push(&SaleBatch {
            customer: codes.to_vec(),
            product: vec![NO_CODE; 3],
            order: vec![0, 1, 2],
            country: vec![NO_CODE; 3],
            timestamp: vec![day.start(), day.start(), day.plus_days(3).start()],
            quantity: vec![1; 3],
            unit_price: vec!["2".parse().unwrap(); 3],
            discount: vec![Money::ZERO; 3],
            amount: vec!["2".parse().unwrap(); 3],
            kind: vec![LineKind::Sale; 3],
            line: vec![2, 3, 4],
            added: NewEntries {
                customers: ["zoe@shop.example", "b", "a"].map(Into::into).to_vec(),
                orders: ["1", "2", "3"]
                    .map(|n| OrderEntry { number: n.into(), ..Default::default() })
                    .to_vec(),
                ..Default::default()
            },
        });
        let (table, _) = builder.finish();
        let ids = shown_ids(&table.catalog().customers);
        let customers = Customers::read(&table, &ids).unwrap();
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["@0", "b", "a"]);
        let days = |id: &str| customers.find(&ids, id).map(|code| customers.days(code).len());
        assert_eq!((days("@0"), days("a"), days("b"), days("c")), (Some(1), Some(2), Some(0), None));
        assert_eq!(days("zoe@shop.example"), None);
        assert_eq!(customers.after(&ids, None), [0, 2, 1]);
        assert_eq!(customers.after(&ids, Some("a")), [1]);
        assert_eq!(customers.after(&ids, Some("aa")), [1]);
        assert!(customers.after(&ids, Some("b")).is_empty() && customers.days(7).is_empty());
    }
}
