//! The bridge: from everything a file holds to the revenue of the answers, step by step.

mod facts;

use patron_analytics::Answers;
use patron_domain::{ImportReport, Money, RuleAction};

use crate::format::capital;

use crate::{Kind, MONEY, Table};
pub(crate) use facts::reservations;

/// Which step of the bridge a row belongs to, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BridgeStep {
    /// What the file says of itself; stands above the bridge and is no part of its sum.
    File,
    /// Every readable line before discounts, nothing brought back yet.
    AllLines,
    /// A rule that set lines aside.
    SetAside,
    /// Accepted cancellations and returns.
    Returns,
    /// A kind of service: shipping, tax, tips …
    Services,
    /// What was taken off the price tags of the accepted lines.
    Discounts,
    /// What the reports of the imports do not explain.
    Unexplained,
    /// Product revenue: what product and month answers tell of.
    ProductRevenue,
    /// Product revenue without a known customer.
    WithoutCustomer,
    /// Product revenue of known customers.
    KnownCustomers,
}

impl BridgeStep {
    /// The step in words, as in `cleaning.csv`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "the file itself",
            Self::AllLines => "all lines",
            Self::SetAside => "set aside",
            Self::Returns => "cancellations and returns",
            Self::Services => "services and shipping",
            Self::Discounts => "discounts",
            Self::Unexplained => "not explained by these imports",
            Self::ProductRevenue => "product revenue",
            Self::WithoutCustomer => "without a known customer",
            Self::KnownCustomers => "of known customers",
        }
    }

    /// Whether the row is a total of the rows above.
    pub const fn is_total(self) -> bool {
        matches!(self, Self::AllLines | Self::ProductRevenue | Self::KnownCustomers)
    }
}

/// One row of the bridge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeLine {
    /// The step it belongs to.
    pub step: BridgeStep,
    /// Which file, rule, kind of service or fact; empty where the step says it all.
    pub name: String,
    /// In words.
    pub meaning: String,
    /// Lines of the file, where they can be counted.
    pub lines: Option<u64>,
    /// A total, or what is added (taken off when negative); `None` only for facts without an amount.
    pub amount: Option<Money>,
    /// The total so far; `None` for facts.
    pub running: Option<Money>,
}

impl BridgeLine {
    /// What a person reads in front of the amount: `Set aside: duplicate`, `Shipping`, `Product revenue`.
    pub fn label(&self) -> String {
        match self.step {
            BridgeStep::AllLines => "All lines".to_owned(),
            BridgeStep::File => capital(&self.name),
            BridgeStep::SetAside => format!("Set aside: {}", self.name.replace('-', " ")),
            BridgeStep::Services => service_label(&self.name),
            step => capital(step.word()),
        }
    }

    /// What the row does: `information`, `total`, `taken off` or `added`.
    pub fn action(&self) -> &'static str {
        match (self.step, self.amount) {
            (BridgeStep::File, _) => "information",
            (step, _) if step.is_total() => "total",
            (_, Some(amount)) if amount > Money::ZERO => "added",
            _ => "taken off",
        }
    }
}

/// From everything the files hold to the revenue of the answers, to the last ten-thousandth.
///
/// All lines → set aside, rule by rule → cancellations and returns → services, kind by kind → discounts → product
/// revenue → of which known customers. The first total is before discounts and with nothing brought back yet:
/// `before.amount + before.discount − returns_amount`. Each total is the sum of the total before it and the changes
/// between. What the reports do not explain (sales that came another way than these imports) is a row of its own,
/// so the bridge always adds up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// From the total that the shop system shows to the first row: the sum of the orders' totals, then what is added
    /// (or taken off). Empty unless every file gives its orders a total.
    pub lead: Vec<BridgeLine>,
    /// What the files say of themselves: sums an owner can find elsewhere, and how the files were read.
    pub facts: Vec<BridgeLine>,
    /// The rows from top to bottom.
    pub lines: Vec<BridgeLine>,
    /// What no rule and no kind of line explains; zero when all is well.
    pub unexplained: Money,
}

impl Bridge {
    /// The bridge of these imports to the revenue of these answers.
    pub fn of(imports: &[ImportReport], answers: &Answers) -> Self {
        let facts = imports.iter().flat_map(|import| facts::of(import, imports.len() > 1)).collect();
        let lead = facts::lead(imports);
        let mut bridge = Self { lead, facts, lines: Vec::new(), unexplained: Money::ZERO };
        let sum = |value: fn(&ImportReport) -> Money| -> Money { imports.iter().map(value).sum() };
        let count = |value: fn(&ImportReport) -> u64| -> u64 { imports.iter().map(value).sum() };
        let returns = sum(|import| import.returns_amount);
        let name = match imports {
            [one] => one.file.name.clone(),
            many => format!("{} files", many.len()),
        };
        let all = sum(file_sum) - returns;
        bridge.push(
            BridgeStep::AllLines,
            name,
            "Every readable line before discounts, with nothing brought back yet: the sum of the file and what the accepted cancellations and returns took off in it.",
            Some(count(|import| import.lines_read)),
            all,
        );
        for (rule, meaning, lines, amount) in rejected(imports) {
            bridge.push(BridgeStep::SetAside, rule, &capital(&meaning), Some(lines), -amount);
        }
        bridge.change(
            BridgeStep::Returns,
            "",
            "Accepted negative lines: they count on their own date, against the customer who brought back.",
            returns,
        );
        let after = sum(|import| import.after.amount + import.after.discount);
        bridge.explain(after);
        let (services, other) = services(imports);
        let service_lines = services.iter().map(|(_, lines, _)| lines).sum::<u64>();
        for (kind, lines, amount) in services {
            let meaning = service_meaning(&kind);
            bridge.push(BridgeStep::Services, kind, meaning, Some(lines), -amount);
        }
        bridge.change(
            BridgeStep::Services,
            "services",
            "Postage, fees, manual adjustments: kept, but no product.",
            -other,
        );
        bridge.change(
            BridgeStep::Discounts,
            "",
            "Taken off the price tags of the accepted lines; the rules above count before discounts.",
            -sum(|import| import.after.discount),
        );
        let revenue = answers.totals.revenue;
        bridge.explain(revenue);
        let counted = other == Money::ZERO && bridge.unexplained == Money::ZERO;
        let lines = count(|import| import.lines_accepted).checked_sub(service_lines).filter(|_| counted);
        let meaning = "Sales less returns and discounts: the net revenue of this report.";
        bridge.push(BridgeStep::ProductRevenue, String::new(), meaning, lines, revenue);
        let known = answers.totals.known_revenue;
        if known != revenue {
            let meaning = "In product and month answers, not in customer answers.";
            bridge.push(BridgeStep::WithoutCustomer, String::new(), meaning, None, known - revenue);
            let meaning = "What customer answers and forecasts build on.";
            bridge.push(BridgeStep::KnownCustomers, String::new(), meaning, None, known);
        }
        bridge
    }

    /// The bridge as a table, facts first: what `cleaning.csv` holds.
    pub fn table(self) -> Table<'static> {
        Table::of(self.facts.into_iter().chain(self.lines).collect())
            .text(
                "step",
                "Step of the bridge from all lines to the revenue of known customers.",
                |row: &BridgeLine| row.step.word(),
            )
            .text("name", "Which file, rule, kind of service or fact.", |row| &row.name)
            .text("action", "Whether the row is a total, taken off, added, or information only.", |row| {
                row.action()
            })
            .integer("lines", "lines", "Lines of the file, where they can be counted.", |row| row.lines)
            .column(EXACT, "amount", MONEY, "The total, or what is added (taken off when negative).", |row| {
                row.amount
            })
            .column(EXACT, "running_total", MONEY, "The total so far.", |row| row.running)
            .text("meaning", "In words.", |row| &row.meaning)
            .finish()
    }

    /// The sum a spreadsheet gives over the files: quantity × price of every readable line.
    pub fn file_sum(imports: &[ImportReport]) -> Money {
        imports.iter().map(file_sum).sum()
    }

    fn running(&self) -> Money {
        self.lines.last().and_then(|line| line.running).unwrap_or_default()
    }

    fn push(&mut self, step: BridgeStep, name: String, meaning: &str, lines: Option<u64>, amount: Money) {
        let running = if step.is_total() { amount } else { self.running() + amount };
        let added = matches!(step, BridgeStep::SetAside | BridgeStep::Services) && amount > Money::ZERO;
        let end = if meaning.ends_with('.') { "" } else { "." };
        let why = if added { " Their sum is below zero, so leaving them out adds." } else { "" };
        let meaning = format!("{meaning}{end}{why}");
        self.lines.push(BridgeLine {
            step,
            name,
            meaning,
            lines,
            amount: Some(amount),
            running: Some(running),
        });
    }

    /// A step that is left out where there is nothing to take off.
    fn change(&mut self, step: BridgeStep, name: &str, meaning: &str, amount: Money) {
        if amount != Money::ZERO {
            self.push(step, name.to_owned(), meaning, None, amount);
        }
    }

    /// A row for what is missing to `expected`.
    fn explain(&mut self, expected: Money) {
        let difference = expected - self.running();
        self.unexplained += difference;
        self.change(BridgeStep::Unexplained, "", "Sales that came another way.", difference);
    }
}

pub(crate) const EXACT: Kind = Kind::Money { digits: 4 };

/// Quantity × price of every readable line of a file: before discounts, returns taken off.
fn file_sum(import: &ImportReport) -> Money {
    import.before.amount + import.before.discount
}

/// Rules that set lines aside, summed over the imports, in the order of their first appearance: name, meaning, lines,
/// value before discounts.
pub(crate) fn rejected(imports: &[ImportReport]) -> Vec<(String, String, u64, Money)> {
    let mut rules: Vec<(String, String, u64, Money)> = Vec::new();
    let all = imports.iter().flat_map(|import| &import.rules);
    for rule in all.filter(|rule| rule.action == RuleAction::Reject && rule.lines > 0) {
        let gross = rule.amount + rule.discount;
        match rules.iter_mut().find(|(name, ..)| *name == rule.rule) {
            Some((_, _, lines, amount)) => {
                *lines += rule.lines;
                *amount += gross;
            }
            None => rules.push((rule.rule.clone(), rule.meaning.clone(), rule.lines, gross)),
        }
    }
    rules
}

/// Services kind by kind (name, lines, amount), and what no kind explains: all of it in reports of earlier versions.
fn services(imports: &[ImportReport]) -> (Vec<(String, u64, Money)>, Money) {
    let mut kinds: Vec<(String, u64, Money)> = Vec::new();
    for service in imports.iter().flat_map(|import| &import.services) {
        match kinds.iter_mut().find(|(name, ..)| *name == service.name) {
            Some((_, lines, amount)) => {
                *lines += service.lines;
                *amount += service.amount;
            }
            None => kinds.push((service.name.clone(), service.lines, service.amount)),
        }
    }
    let known: Money = kinds.iter().map(|(_, _, amount)| *amount).sum();
    let all: Money = imports.iter().map(|import| import.services_amount).sum();
    kinds.retain(|(_, lines, amount)| *lines > 0 || *amount != Money::ZERO);
    (kinds, all - known)
}

fn service_label(kind: &str) -> String {
    match kind {
        "tip" => "Tips".to_owned(),
        "gift card" => "Gift cards".to_owned(),
        "fee" => "Fees".to_owned(),
        "other" => "Other services".to_owned(),
        kind => capital(kind),
    }
}

fn service_meaning(kind: &str) -> &'static str {
    match kind {
        "shipping" => "Postage and delivery: kept apart from product revenue.",
        "tax" => "Taxes collected for the state: kept apart from product revenue.",
        "duties" => "Duties collected for customs: kept apart from product revenue.",
        "tip" => "Tips: kept apart from product revenue.",
        "gift card" => "Gift cards sold or used: money for later purchases, not revenue of a product.",
        "fee" => "Fees: kept apart from product revenue.",
        _ => "Fees, manual adjustments and the like: kept, but no product.",
    }
}
