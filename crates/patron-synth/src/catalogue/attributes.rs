//! What the shop's own product list says.

use patron_domain::{Money, ProductAttributes, ProductRow};
use rand::RngExt;

use super::{Catalogue, Product};
use crate::chance::{Weighted, happens};
use crate::words::{DEPARTMENTS, SEASONAL};

/// By department in the order of [`DEPARTMENTS`]: what a unit costs the shop as a share of its price, and where it
/// comes from.
const MAKERS: [(f64, [(&str, f64); 4]); 9] = [
    (0.45, [("China", 0.5), ("Portugal", 0.2), ("Germany", 0.2), ("United Kingdom", 0.1)]),
    (0.40, [("China", 0.6), ("India", 0.25), ("Italy", 0.1), ("United Kingdom", 0.05)]),
    (0.42, [("China", 0.55), ("Poland", 0.25), ("Germany", 0.15), ("Sweden", 0.05)]),
    (0.50, [("Netherlands", 0.45), ("China", 0.35), ("United Kingdom", 0.15), ("Belgium", 0.05)]),
    (0.48, [("India", 0.45), ("Turkey", 0.25), ("Portugal", 0.2), ("Italy", 0.1)]),
    (0.38, [("China", 0.45), ("India", 0.3), ("Spain", 0.15), ("Italy", 0.1)]),
    (0.44, [("China", 0.65), ("Poland", 0.2), ("Germany", 0.1), ("Sweden", 0.05)]),
    (0.55, [("France", 0.35), ("United Kingdom", 0.35), ("Italy", 0.2), ("Spain", 0.1)]),
    (0.40, [("China", 0.7), ("Germany", 0.15), ("Poland", 0.1), ("Norway", 0.05)]),
];

/// Share of the products on sale at the end of which it is known when they go.
const GOING: f64 = 0.04;

impl Catalogue {
    /// The shop's product list, in the order of the catalogue; line 2 is the first product.
    ///
    /// Category is `department > kind`; the list price is the first one; what a unit costs lies around its department's
    /// share of that price, always below it; whatever is not launched in the log was so in the five years before; of
    /// what is still on sale at its end some is going to be given up in the year after.
    pub(crate) fn rows(&self) -> impl Iterator<Item = ProductRow> + '_ {
        self.products.iter().enumerate().map(|(index, product)| ProductRow {
            line: index as u64 + 2,
            sku: product.sku.clone(),
            attributes: self.attributes(index as u64, product),
        })
    }

    fn attributes(&self, index: u64, product: &Product) -> ProductAttributes {
        let place = DEPARTMENTS.iter().position(|department| *department == product.department);
        let (cost, countries) = MAKERS[place.unwrap_or(0)];
        let mut rng = self.seed.child("product list", index);
        let country = Weighted::new(countries.map(|(_, weight)| weight)).draw(&mut rng);
        let share = cost * rng.random_range(0.8..1.2);
        let cents = (product.price.ten_thousandths() as f64 / 100.0 * share).round().max(1.0) as i64;
        let earlier = self.start.plus_days(-rng.random_range(1..5 * 365));
        let later = self.start.plus_days(self.periods.len() as i32 - 1 + rng.random_range(14..365));
        let is_on_its_way_out = happens(&mut rng, GOING);
        ProductAttributes {
            category: Some(format!("{} > {}", product.department, product.kind)),
            producer_country: countries.get(country).map(|(name, _)| (*name).to_owned()),
            price: Some(product.price),
            unit_cost: Some(Money::from_ten_thousandths(cents * 100)),
            launched: Some(product.launched.unwrap_or(earlier)),
            retired: product.retired.or(is_on_its_way_out.then_some(later)),
        }
    }
}

const _: () = assert!(MAKERS.len() == DEPARTMENTS.len() && DEPARTMENTS[8].len() == SEASONAL.len());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scenario, SeedTree};

    #[test]
    fn the_list_is_complete_and_consistent() {
        let mut scenario = Scenario::demo();
        (scenario.catalogue.launched, scenario.catalogue.retired) = (5, 5);
        let catalogue = Catalogue::new(&scenario, SeedTree::new(1));
        let rows: Vec<ProductRow> = catalogue.rows().collect();
        assert_eq!((rows.len(), rows[0].line, rows[399].line), (400, 2, 401));
        let mut going = 0;
        for (row, product) in rows.iter().zip(&catalogue.products) {
            let list = &row.attributes;
            assert_eq!((&row.sku, list.price), (&product.sku, Some(product.price)));
            assert!(Money::ZERO < list.unit_cost.unwrap() && list.unit_cost < list.price);
            assert!(list.category.as_ref().unwrap().starts_with(&format!("{} > ", product.department)));
            assert!(list.producer_country.is_some());
            assert_eq!(list.launched.unwrap() >= scenario.start, product.launched.is_some());
            assert!(list.retired.is_none_or(|day| day > list.launched.unwrap()));
            assert!(product.retired.is_none() || list.retired == product.retired);
            let goes_later = product.retired.is_none() && list.retired.is_some();
            assert!(!goes_later || list.retired > Some(scenario.end));
            going += usize::from(goes_later);
        }
        assert!((5..40).contains(&going), "{going}");
        let departments: std::collections::HashSet<&str> =
            catalogue.products.iter().map(|product| product.department).collect();
        assert_eq!(departments.len(), DEPARTMENTS.len());
    }
}
