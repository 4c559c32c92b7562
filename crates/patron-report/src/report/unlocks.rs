//! What could be added? What the shop's other files told, and what each missing thing would unlock.

use maud::{Markup, html};
use patron_analytics::Unlock;
use patron_domain::AttributeKind;

use super::{Context, absent};
use crate::format;
use crate::page::{Section, caveat};

/// A file that a shop added to its sales log: what of it matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributeFile {
    /// What it tells of.
    pub kind: AttributeKind,
    /// Name without folders.
    pub name: String,
    /// Lines with something in them, header not counted.
    pub lines: u64,
    /// Lines that found their customer, product or channel.
    pub matched: u64,
    /// Lines that did not.
    pub unmatched: u64,
}

/// The section; `None` where there is nothing to add and nothing was added.
pub(super) fn section(context: &Context<'_>) -> Option<Section> {
    let unlocks = context.input.attributes.map_or(&[][..], |attributes| &attributes.unlocks);
    let absent = absent::all(context);
    let files = context.input.files;
    (!unlocks.is_empty() || !absent.is_empty() || !files.is_empty()).then(|| Section {
        id: "more",
        short: "What to add",
        question: "What could be added, and what would it tell?".to_owned(),
        answer: answer(context, unlocks),
        body: html! {
            @if !absent.is_empty() { ul { @for sentence in &absent { li { (sentence) } } } }
            @for kind in AttributeKind::ALL { (of_kind(kind, unlocks, files)) }
        },
    })
}

fn answer(context: &Context<'_>, unlocks: &[Unlock]) -> String {
    let unnamed: Vec<String> =
        context.answers.absent.iter().map(|absent| absent::what(*absent).to_owned()).collect();
    let missing: Vec<String> = unlocks.iter().map(|unlock| what(*unlock).to_owned()).collect();
    match (missing.len(), unnamed.is_empty()) {
        (0, true) => "Everything this report can use is there.".to_owned(),
        (0, false) => {
            format!("The sales do not name {}; a file that does would tell more.", format::listed(&unnamed))
        }
        (many, named) => {
            let first = if named {
                String::new()
            } else {
                format!("The sales do not name {}. ", format::listed(&unnamed))
            };
            let things = match (many, named) {
                (1, true) => "One thing that would tell more is".to_owned(),
                (1, false) => "One more thing that would tell more is".to_owned(),
                (many, true) => format!("{many} things that would tell more are"),
                (many, false) => format!("{many} more things that would tell more are"),
            };
            format!("{first}{things} not known: {}.", format::listed(&missing))
        }
    }
}

fn of_kind(kind: AttributeKind, unlocks: &[Unlock], files: &[AttributeFile]) -> Markup {
    let mut missing = unlocks.iter().filter(|unlock| kind_of(**unlock) == kind).peekable();
    let given: Vec<_> = files.iter().filter(|file| file.kind == kind).collect();
    html! {
        @if missing.peek().is_some() || !given.is_empty() {
            h3 { (format::capital(kind.word())) }
            @for file in given {
                p { (matched(file, nothing_known(kind, unlocks))) }
                @if file.unmatched > 0 && file.matched == 0 && kind != AttributeKind::Costs {
                    (caveat(&format!("Nothing in {} fits the sales: it may belong to another shop.", file.name)))
                }
            }
            @if missing.peek().is_some() {
                ul { @for unlock in missing { li { "Add " (what(*unlock)) " to see " (purpose(*unlock)) "." } } }
                p {
                    code { "patron template " (kind.word()) } " writes an empty file, "
                    code { "patron import --" (kind.word()) " FILE" } " reads it."
                }
            }
        }
    }
}

/// Whether all that a file of this kind can tell is still missing: the file told other things, or its import was undone.
fn nothing_known(kind: AttributeKind, unlocks: &[Unlock]) -> bool {
    ALL.iter().filter(|unlock| kind_of(**unlock) == kind).all(|unlock| unlocks.contains(unlock))
}

/// "customers.csv: of 120 lines 117 fit a customer of the sales, 3 do not."
fn matched(file: &AttributeFile, nothing_known: bool) -> String {
    let lines = format::counted(file.lines as i64, "line", "lines");
    if nothing_known {
        return format!("{}: {lines}, and none of what is listed here is known from it.", file.name);
    }
    let one = match file.kind {
        AttributeKind::Customers => "a customer of the sales",
        AttributeKind::Products => "a product of the sales",
        AttributeKind::Costs => {
            let lines = format::counted(file.lines as i64, "line of costs", "lines of costs");
            return format!("{}: {lines}.", file.name);
        }
    };
    if file.unmatched == 0 {
        return format!("{}: {lines}, and each fits {one}.", file.name);
    }
    format!(
        "{}: of {lines} {} fit {one}, {} do not.",
        file.name,
        format::count(file.matched as i64),
        format::count(file.unmatched as i64)
    )
}

const ALL: [Unlock; 9] = [
    Unlock::UnitCosts,
    Unlock::Categories,
    Unlock::ProducerCountries,
    Unlock::Cities,
    Unlock::Genders,
    Unlock::Birthdays,
    Unlock::Channels,
    Unlock::ContactCosts,
    Unlock::AcquisitionSpend,
];

const fn kind_of(unlock: Unlock) -> AttributeKind {
    match unlock {
        Unlock::UnitCosts | Unlock::Categories | Unlock::ProducerCountries => AttributeKind::Products,
        Unlock::Cities | Unlock::Genders | Unlock::Birthdays | Unlock::Channels => AttributeKind::Customers,
        Unlock::ContactCosts | Unlock::AcquisitionSpend => AttributeKind::Costs,
    }
}

/// What is missing.
const fn what(unlock: Unlock) -> &'static str {
    match unlock {
        Unlock::UnitCosts => "product costs",
        Unlock::Categories => "categories of products",
        Unlock::ProducerCountries => "producer countries of products",
        Unlock::Cities => "cities of customers",
        Unlock::Genders => "genders of customers",
        Unlock::Birthdays => "birthdays of customers",
        Unlock::Channels => "acquisition channels of customers",
        Unlock::ContactCosts => "costs of a contact",
        Unlock::AcquisitionSpend => "acquisition spend by month and channel",
    }
}

/// What it would show.
const fn purpose(unlock: Unlock) -> &'static str {
    match unlock {
        Unlock::UnitCosts => "margins, and what margin each customer is expected to leave",
        Unlock::Categories => "revenue by category",
        Unlock::ProducerCountries => "revenue by producer country",
        Unlock::Cities => "which cities customers come from",
        Unlock::Genders => "how genders differ in what they buy again",
        Unlock::Birthdays => "which ages buy again",
        Unlock::Channels => "which channel brings customers who stay",
        Unlock::ContactCosts => "what a campaign must bring in",
        Unlock::AcquisitionSpend => "what a new customer costs",
    }
}
