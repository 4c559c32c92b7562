//! Looking after a database: own SQL and checks.

mod check;
pub(crate) mod sql;

use patron_domain::{ImportReport, LineKind, Money, Overview, RuleAction, RuleCount, SaleBatch};
use patron_store::{DatabaseUrl, ImportId, NewImport, Store};

use crate::shop::{self, Line, batches, set_aside};
use crate::support::{Place, database};

/// A shop with two imports of 600 and 400 lines, whose reports tell the truth.
pub(crate) fn two_imports() -> (Place, DatabaseUrl, Store) {
    let (folder, url, mut store) = database();
    import(&mut store, &shop::import("january.csv"), &shop::lines(600, 1));
    import(&mut store, &shop::import("february.csv"), &february());
    (folder, url, store)
}

/// 400 lines, 30 days after those of January.
fn february() -> Vec<Line> {
    let mut lines = shop::lines(400, 2);
    lines.iter_mut().for_each(|line| line.timestamp += 30 * 86_400);
    lines
}

/// Imports lines and three quarantined ones, with a report that tells the truth about them.
pub(crate) fn import(store: &mut Store, new: &NewImport, lines: &[Line]) -> ImportId {
    let mut writer = store.begin_import(new).unwrap();
    let batches = batches(lines, 100, 2);
    for batch in &batches {
        writer.write(batch, &[]).unwrap();
    }
    let last = 2 + lines.len() as u64;
    let bad = [set_aside(last), set_aside(last + 1), set_aside(last + 2)];
    writer.write(&SaleBatch::default(), &bad).unwrap();
    let bad_amount = bad.iter().filter_map(|line| line.amount).sum();
    let products = batches.iter().flat_map(|batch| &batch.added.products);
    let names: Vec<String> = products.map(|product| format!("{} anew", product.sku)).collect();
    writer.finish(&true_report(lines, bad_amount), &names, &[], &[]).unwrap()
}

fn true_report(lines: &[Line], bad_amount: Money) -> ImportReport {
    let sum = |keep: &dyn Fn(&Line) -> bool| -> Money {
        let kept = lines.iter().filter(|line| keep(line));
        kept.map(|line| Money::from_ten_thousandths(line.amount)).sum()
    };
    let after = sum(&|_| true);
    ImportReport {
        rules: vec![RuleCount {
            rule: "price".to_owned(),
            action: RuleAction::Reject,
            meaning: "no price".to_owned(),
            lines: 3,
            amount: bad_amount,
            discount: Money::ZERO,
        }],
        known_customer_amount: sum(&|line| line.customer.is_some() && line.kind != LineKind::Service),
        sales_amount: sum(&|line| line.kind == LineKind::Sale),
        returns_amount: sum(&|line| line.kind == LineKind::Return),
        services_amount: sum(&|line| line.kind == LineKind::Service),
        before: Overview { amount: after + bad_amount, ..Overview::default() },
        after: Overview { amount: after, ..Overview::default() },
        ..shop::report(lines.len(), 3)
    }
}
