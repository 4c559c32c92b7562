//! Segments: who belongs together.

use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_decisions::segments::{Cell, Favourite, RfmName, Rhythm, SegmentRow, ValueTier};
use patron_domain::Segment;

use super::super::NamedTable;
use crate::{MONEY, Table};

pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let segments = &decisions.segments;
    let named = |file, title, table| NamedTable::new(file, "D.1", title, table);
    vec![
        named(
            "segments.csv",
            "Value and rhythm: what each segment is worth",
            rows(&segments.default.rows, cell),
        ),
        named("quartiles.csv", "Quarters by value, A highest", rows(&segments.quartiles.rows, quartile)),
        named(
            "rfm_segments.csv",
            "Named segments by recency, frequency and money",
            rows(&segments.rfm.rows, rfm),
        ),
        named("customer_segments.csv", "The segments of every customer", customers(decisions, catalog)),
    ]
}

/// A row per segment.
pub(crate) fn rows<'a, L: Send + Sync>(
    rows: &'a [SegmentRow<L>],
    name: impl Fn(&L) -> String + Send + Sync + 'a,
) -> Table<'a> {
    Table::over(rows)
        .composed("segment", "The segment.", move |row| name(&row.segment))
        .integer("customers", "customers", "Customers in it.", |row| row.customers)
        .share("share", "Of all customers.", |row| row.share)
        .money("revenue", "Net revenue to date.", |row| row.revenue)
        .share("revenue_share", "Of the revenue of all customers.", |row| row.revenue_share)
        .money("margin", "Margin to date, of customers whose margin is known.", |row| row.margin)
        .forecast("clv_3m", MONEY, "Expected net revenue of the next 3 months.", |row| row.clv_3m)
        .forecast("clv_12m", MONEY, "Expected net revenue of the next 12 months.", |row| row.clv_12m)
        .chance("chance_to_buy_3m", "Mean chance to buy in the next 3 months.", |row| row.chance_to_buy_3m)
        .composed("products", "Products most of them bought: description, share.", |row| {
            favourites(&row.products)
        })
        .composed("countries", "Countries most of them are from: name, share.", |row| {
            favourites(&row.countries)
        })
        .composed("in_words", "How to recognise them, where a rule was found.", |row| {
            row.description.as_ref().map(|found| found.words.clone()).unwrap_or_default()
        })
        .share(
            "precision",
            "Of customers the rule was not learned on and holds for: those in the segment.",
            |row| row.description.as_ref().map(|found| found.precision),
        )
        .share("coverage", "Of the segment: those the rule holds for.", |row| {
            row.description.as_ref().map(|found| found.coverage)
        })
        .finish()
}

fn favourites(of: &[Favourite]) -> String {
    let one = |one: &Favourite| {
        let name = if one.description.is_empty() { &one.name } else { &one.description };
        format!("{name} ({:.0}%)", 100.0 * one.share)
    };
    of.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn customers<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    let places: Vec<usize> = (0..decisions.customers.len()).collect();
    let segments = &decisions.segments;
    Table::of(places)
        .composed("customer_id", "Id exactly as in the file.", |&place| {
            catalog.customers.text(decisions.customers[place]).to_owned()
        })
        .composed("segment", "Value and rhythm.", |&place| cell(&segments.default.of[place]))
        .composed("quartile", "Quarter by value, A highest.", |&place| {
            quartile(&segments.quartiles.of[place])
        })
        .composed("rfm_segment", "By recency, frequency and money.", |&place| rfm(&segments.rfm.of[place]))
        .integer("cluster", "number", "Cluster by behaviour, where clusters are stable.", |&place| {
            segments.clusters.segmentation.as_ref().map(|found| found.of[place])
        })
        .finish()
}

/// `high value, on rhythm`.
pub(crate) fn cell(cell: &Cell) -> String {
    let value = match cell.value {
        ValueTier::High => "high value",
        ValueTier::Medium => "medium value",
        ValueTier::Low => "low value",
    };
    let rhythm = match cell.rhythm {
        Rhythm::OnRhythm => "on rhythm",
        Rhythm::Overdue => "overdue",
    };
    format!("{value}, {rhythm}")
}

fn quartile(segment: &Segment) -> String {
    segment.to_string()
}

fn rfm(name: &RfmName) -> String {
    let words = match name {
        RfmName::Champions => "champions",
        RfmName::Loyal => "loyal",
        RfmName::PotentialLoyalist => "potential loyalists",
        RfmName::New => "new",
        RfmName::Promising => "promising",
        RfmName::NeedsAttention => "need attention",
        RfmName::AboutToSleep => "about to sleep",
        RfmName::AtRisk => "at risk",
        RfmName::CannotLose => "cannot lose",
        RfmName::Hibernating => "hibernating",
        RfmName::Lost => "lost",
    };
    words.to_owned()
}
