//! Orders that an earlier import holds and that are others in a later export: refunded, cancelled, edited.

use std::collections::BTreeSet;
use std::fmt;

use patron_ingest::{ALREADY_IMPORTED, Finished};
use patron_store::{ImportId, ImportRecord, KnownSales};
use rustc_hash::{FxHashMap, FxHashSet};

/// What an order export says anew of orders that earlier imports hold. Shown as what happened and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedOrders {
    /// The file's name.
    pub file: String,
    /// Orders that have changed.
    pub orders: u64,
    /// Numbers of the first of them, at most five.
    pub examples: Vec<String>,
    /// The imports that hold them, oldest first.
    pub held_by: Vec<HeldOrders>,
    /// Later order exports that left lines out because those hold them, and of which the file has every order:
    /// replaced with them.
    pub relying: Vec<HeldOrders>,
}

/// An import and its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldOrders {
    /// Its number.
    pub id: ImportId,
    /// Its file.
    pub file: String,
    /// Orders it holds.
    pub orders: u64,
    /// Orders of these that the new file lacks.
    pub lacking: u64,
}

/// Examples that are named.
const EXAMPLES: usize = 5;

impl ChangedOrders {
    /// What has changed, by a file that was read to its end; `None` where nothing has.
    pub(crate) fn find(finished: &Finished, known: &KnownSales, beside: &[ImportRecord]) -> Option<Self> {
        let mut changed = finished.changed_orders().peekable();
        changed.peek()?;
        let changed: Vec<&str> = changed.collect();
        let holders: BTreeSet<ImportId> = changed
            .iter()
            .filter_map(|&number| known.orders.get(number))
            .flat_map(|held| held.iter().map(|held| held.import))
            .collect();
        let again = finished.known_orders.iter().map(|order| order.number.as_str()).collect();
        let counts = count(known, &again);
        let held = |record: &ImportRecord| {
            let (orders, lacking) = counts.get(&record.id).copied().unwrap_or_default();
            HeldOrders { id: record.id, file: record.file_name.clone(), orders, lacking }
        };
        let relying = beside.iter().filter(|record| {
            !holders.contains(&record.id)
                && holders.first().is_some_and(|first| *first < record.id)
                && leaves_out_lines(record)
        });
        Some(Self {
            file: finished.report.file.name.clone(),
            orders: changed.len() as u64,
            examples: changed.iter().take(EXAMPLES).map(|&number| number.to_owned()).collect(),
            held_by: beside.iter().filter(|record| holders.contains(&record.id)).map(held).collect(),
            relying: relying.map(held).filter(|held| held.lacking == 0).collect(),
        })
    }

    /// The imports that the file can take the place of; `None` where it lacks orders of theirs.
    pub(crate) fn replaceable(&self) -> Option<Vec<ImportId>> {
        let is_covered = self.held_by.iter().all(|held| held.lacking == 0);
        let imports = self.held_by.iter().chain(&self.relying).map(|held| held.id);
        is_covered.then(|| imports.collect())
    }
}

/// Orders of each import, and how many of them the file does not have again.
fn count(known: &KnownSales, again: &FxHashSet<&str>) -> FxHashMap<ImportId, (u64, u64)> {
    let mut counts = FxHashMap::<ImportId, (u64, u64)>::default();
    for (number, held) in &known.orders {
        let is_lacking = !again.contains(number.as_str());
        for held in held {
            let (orders, lacking) = counts.entry(held.import).or_default();
            *orders += 1;
            *lacking += u64::from(is_lacking);
        }
    }
    counts
}

/// Whether an order export brought less than its file holds, because earlier imports held the rest.
fn leaves_out_lines(record: &ImportRecord) -> bool {
    let mut rules = record.report.rules.iter();
    record.report.order_form.is_some() && rules.any(|rule| rule.rule == ALREADY_IMPORTED && rule.lines > 0)
}

impl fmt::Display for ChangedOrders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, orders, examples, held_by, relying } = self;
        let (have, they) = if *orders == 1 { ("order has", "it") } else { ("orders have", "they") };
        let more = if *orders > examples.len() as u64 { " …" } else { "" };
        write!(
            f,
            "{orders} {have} changed in {file} since {}: refunded, cancelled or edited ({}{more}); beside what is there \
             {they} would be counted wrongly, so nothing was stored; ",
            listed(held_by.iter()),
            examples.join(", "),
        )?;
        let lacking: Vec<&HeldOrders> = held_by.iter().filter(|held| held.lacking > 0).collect();
        if lacking.is_empty() {
            let all = listed(held_by.iter().chain(relying));
            return write!(f, "{file} has every order of {all}: --replace puts it in that place");
        }
        let lacks = lacking.iter().map(|held| {
            format!("{} of the {} orders of import {} ({})", held.lacking, held.orders, held.id, held.file)
        });
        let undo = held_by.iter().rev().map(|held| format!("patron imports undo {}", held.id));
        write!(
            f,
            "{file} cannot take that place, as it lacks {}: export all orders, from the first one on, and import that file \
             with --replace; or, if the missing orders may go, take the earlier import back first: {}",
            lacks.collect::<Vec<_>>().join(" and "),
            undo.collect::<Vec<_>>().join(", then "),
        )
    }
}

/// `import 1 (january.csv) and import 2 (february.csv)`.
fn listed<'a>(imports: impl Iterator<Item = &'a HeldOrders>) -> String {
    let named: Vec<String> = imports.map(|held| format!("import {} ({})", held.id, held.file)).collect();
    named.join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(id: i64, file: &str, orders: u64, lacking: u64) -> HeldOrders {
        HeldOrders { id: ImportId(id), file: file.to_owned(), orders, lacking }
    }

    fn changed(orders: u64, held_by: Vec<HeldOrders>) -> ChangedOrders {
        let examples = (1..=orders.min(5)).map(|number| format!("#{number}")).collect();
        ChangedOrders { file: "march.csv".to_owned(), orders, examples, held_by, relying: Vec::new() }
    }

    #[test]
    fn a_file_with_all_orders_may_take_the_place() {
        let one = changed(1, vec![held(1, "january.csv", 40, 0)]);
        assert_eq!(
            one.to_string(),
            "1 order has changed in march.csv since import 1 (january.csv): refunded, cancelled or edited (#1); beside what \
             is there it would be counted wrongly, so nothing was stored; march.csv has every order of import 1 \
             (january.csv): --replace puts it in that place"
        );
        assert_eq!(one.replaceable(), Some(vec![ImportId(1)]));
        let both = ChangedOrders {
            relying: vec![held(4, "april.csv", 5, 0)],
            ..changed(7, vec![held(1, "january.csv", 40, 0), held(2, "february.csv", 3, 0)])
        };
        let said = both.to_string();
        assert!(said.starts_with("7 orders have") && said.contains("#1, #2, #3, #4, #5 …)"), "{said}");
        assert!(
            said.contains("of import 1 (january.csv) and import 2 (february.csv) and import 4 (april.csv):")
        );
        assert_eq!(both.replaceable(), Some(vec![ImportId(1), ImportId(2), ImportId(4)]));
    }

    #[test]
    fn a_file_that_lacks_orders_may_not() {
        let lacking = changed(2, vec![held(1, "january.csv", 40, 12), held(3, "february.csv", 3, 0)]);
        assert_eq!(lacking.replaceable(), None);
        let said = lacking.to_string();
        assert!(said.contains("lacks 12 of the 40 orders of import 1 (january.csv): export all"), "{said}");
        assert!(said.ends_with("patron imports undo 3, then patron imports undo 1"), "{said}");
        assert!(!said.contains("has every order"));
    }
}
