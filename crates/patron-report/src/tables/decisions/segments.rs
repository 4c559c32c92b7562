//! Segments: who belongs together.

use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_decisions::segments::{
    AbcClass, AbcProduct, Cell, Favourite, Feature, RfmName, Rhythm, SegmentRow, ValueTier,
};
use patron_domain::{Day, Horizon, Segment};

use super::{description, sku};
use crate::tables::NamedTable;
use crate::{MONEY, Table, TableBuilder, format, say};

pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let (segments, as_of) = (&decisions.segments, decisions.as_of);
    let named = |file, title, table| NamedTable::new(file, "D.1", title, table);
    vec![
        named(
            "segments.csv",
            "Value and rhythm: what each segment is worth",
            rows(&segments.default.rows, as_of, cell),
        ),
        named(
            "quartiles.csv",
            "Quarters by value, A highest",
            rows(&segments.quartiles.rows, as_of, quartile),
        ),
        named(
            "rfm_segments.csv",
            "Named segments by recency, frequency and money",
            rows(&segments.rfm.rows, as_of, rfm),
        ),
        named(
            "clusters.csv",
            "Clusters by behaviour, those of the highest value first; none where none would come out again",
            clusters(decisions),
        ),
        named(
            "product_segments.csv",
            "Products by revenue: A brings 80% of it, B the next 15%",
            products(decisions, catalog),
        ),
        named("customer_segments.csv", "The segments of every customer", customers(decisions, catalog)),
    ]
}

/// A row per segment.
pub(crate) fn rows<'a, L: Send + Sync>(
    rows: &'a [SegmentRow<L>],
    as_of: Day,
    name: impl Fn(&L) -> String + Send + Sync + 'a,
) -> Table<'a> {
    builder(rows, as_of, name).finish()
}

fn builder<'a, L: Send + Sync>(
    rows: &'a [SegmentRow<L>],
    as_of: Day,
    name: impl Fn(&L) -> String + Send + Sync + 'a,
) -> TableBuilder<'a, SegmentRow<L>> {
    let (soon, year) = (Horizon::Months(3), Horizon::Months(12));
    Table::over(rows)
        .composed("segment", "The segment.", move |row| name(&row.segment))
        .integer("customers", "customers", "Customers in it.", |row| row.customers)
        .share("share", "Of all customers.", |row| row.share)
        .money("revenue", "Net revenue to date.", |row| row.revenue)
        .share("revenue_share", "Of the revenue of all customers.", |row| row.revenue_share)
        .money("margin", "Margin to date, of customers whose margin is known.", |row| row.margin)
        .forecast("clv_3m", MONEY, format!("Net revenue {}.", say::expected(as_of, soon)), |row| row.clv_3m)
        .forecast("clv_12m", MONEY, format!("Net revenue {}.", say::expected(as_of, year)), |row| row.clv_12m)
        .chance("chance_to_buy_3m", format!("Mean {}.", say::chance_by(soon.end(as_of))), |row| {
            row.chance_to_buy_3m
        })
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
}

fn favourites(of: &[Favourite]) -> String {
    let one = |one: &Favourite| {
        let name = if one.description.is_empty() { &one.name } else { &one.description };
        format!("{name} ({:.0}%)", 100.0 * one.share)
    };
    of.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn clusters(decisions: &Decisions) -> Table<'_> {
    let clusters = &decisions.segments.clusters;
    let found = clusters.segmentation.as_ref().map_or(&[][..], |found| &found.rows);
    builder(found, decisions.as_of, |cluster: &u8| cluster.to_string())
        .composed("middle", "Its middle: median, or share for words, of each column.", |row| {
            let centre = clusters.centres.iter().find(|centre| centre.cluster == row.segment);
            let one = |(feature, middle): &(Feature, f64)| middle_of(feature, *middle);
            centre.map_or_else(String::new, |centre| {
                centre.middle.iter().map(one).collect::<Vec<_>>().join(", ")
            })
        })
        .finish()
}

fn middle_of(feature: &Feature, middle: f64) -> String {
    let number = format::decimal(middle, 1);
    let share = |word: &str| format!("{} {word}", format::share(middle, 0));
    match feature {
        Feature::PurchaseDays => format!("{number} days with a purchase"),
        Feature::Inactivity => format!("last purchase {number} days ago"),
        Feature::CustomerAge => format!("first purchase {number} days ago"),
        Feature::Revenue => format!("spent {number}"),
        Feature::PurchaseValue => format!("{number} on a day with a purchase"),
        Feature::LinesPerOrder => format!("{number} lines per order"),
        Feature::Products => format!("{number} products"),
        Feature::Age => format!("{number} years old"),
        Feature::Country(word) | Feature::Channel(word) | Feature::Gender(word) | Feature::City(word) => {
            share(word)
        }
    }
}

fn products<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    Table::over(&decisions.segments.products.products)
        .composed("sku", "SKU exactly as in the file.", |row: &AbcProduct| {
            sku(catalog, row.product).to_owned()
        })
        .composed("description", "Description.", |row| description(catalog, row.product))
        .composed("segment", "A, B or C.", |row| abc(row.class).to_owned())
        .money("revenue", "Net revenue to date.", |row| row.revenue)
        .share("share", "Of the revenue of all products that brought in anything.", |row| row.share)
        .share("up_to", "What it and all before it make up.", |row| row.up_to)
        .day("last_seen", "Last day with something sold or brought back.", |row| row.last_seen)
        .finish()
}

fn abc(class: AbcClass) -> &'static str {
    match class {
        AbcClass::A => "A",
        AbcClass::B => "B",
        AbcClass::C => "C",
    }
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
