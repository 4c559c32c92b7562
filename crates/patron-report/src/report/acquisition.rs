//! What does a new customer cost?

use std::collections::BTreeMap;

use maud::{Markup, html};
use patron_analytics::{AttributeAnswers, CustomerTrait, Group};
use patron_domain::Money;

use super::Context;
use crate::page::how_counted;
use crate::{MONEY, Table, TableView, format};

/// One channel over all months with a spend but the log's first, which calls older customers new.
struct Channel {
    name: String,
    /// `None` where it is more than an amount can hold.
    spend: Option<Money>,
    /// New customers of the months with a spend.
    new_customers: u64,
    /// What a customer of the channel has spent so far, on average.
    spent_each: Option<f64>,
}

impl Channel {
    /// Spend ÷ new customers; `None` without new customers, and where the spend is beyond counting.
    fn cost(&self) -> Option<f64> {
        let spend = self.spend.filter(|_| self.new_customers > 0)?;
        Some(spend.to_f64() / self.new_customers as f64)
    }
}

/// A heading, a sentence and a table by channel; nothing where no acquisition spend is known.
pub(super) fn body(context: &Context<'_>, attributes: &AttributeAnswers) -> Markup {
    let channels = channels(attributes);
    let Some(sentence) = sentence(context, &channels) else { return html! {} };
    let table = Table::of(channels)
        .text("channel", "Acquisition channel.", |row: &Channel| &row.name)
        .money("spend", "Spend in all months with a spend.", |row| row.spend)
        .integer(
            "new_customers",
            "customers",
            "Customers of the channel whose first order lies in these months.",
            |row| row.new_customers,
        )
        .number(2, "cost", MONEY, "Spend ÷ new customers.", Channel::cost)
        .heading("Cost of a new customer")
        .number(
            2,
            "spent_each",
            MONEY,
            "Net revenue so far of a customer of the channel, on average.",
            |row| row.spent_each,
        )
        .heading("Spent so far, each")
        .finish();
    html! {
        h3 { "What does a new customer cost?" }
        p { (sentence) }
        (TableView::new(&table, "Acquisition by channel").whole_money().file("analytics/acquisition_costs.csv"))
        (how_counted(&[
            "Spend is what the costs file names by month and channel; new customers are those whose first order lies in the same month and whose channel the customers file names. Months without a spend are left out here, and so is the log's first month, which calls older customers new; the file holds them all.",
            "What a customer has spent so far is revenue, not margin, and grows with the time since the first order: newer channels look poorer.",
        ]))
    }
}

fn channels(attributes: &AttributeAnswers) -> Vec<Channel> {
    let mut sums: BTreeMap<&str, (Option<Money>, u64)> = BTreeMap::new();
    for row in &attributes.acquisition {
        if let Some(spend) = row.spend.filter(|_| !row.holds_older_customers) {
            let sum = sums.entry(&row.channel).or_insert((Some(Money::ZERO), 0));
            let all = sum.0.and_then(|so_far| so_far.checked_add(spend));
            *sum = (all, sum.1.saturating_add(row.new_customers));
        }
    }
    let spent_each = |channel: &str| {
        let of_channel = |group: &Group| matches!(group, Group::Named(word) if word == channel);
        let groups = attributes.customer_groups.iter();
        groups
            .filter(|row| row.by == CustomerTrait::Channel && of_channel(&row.group))
            .find_map(|row| row.revenue_per_customer)
    };
    let channel = |(name, (spend, new_customers)): (&str, (Option<Money>, u64))| Channel {
        name: name.to_owned(),
        spend,
        new_customers,
        spent_each: spent_each(name),
    };
    let mut channels: Vec<Channel> = sums.into_iter().map(channel).collect();
    let place = |row: &Channel| row.spend.unwrap_or(Money::from_ten_thousandths(i64::MAX));
    channels.sort_by(|a, b| place(b).cmp(&place(a)).then_with(|| a.name.cmp(&b.name)));
    channels
}

fn sentence(context: &Context<'_>, channels: &[Channel]) -> Option<String> {
    let all = Channel {
        name: String::new(),
        spend: channels.iter().try_fold(Money::ZERO, |sum, channel| sum.checked_add(channel.spend?)),
        new_customers: channels.iter().fold(0, |sum, channel| sum.saturating_add(channel.new_customers)),
        spent_each: None,
    };
    if channels.is_empty() {
        return None;
    }
    let Some(spend) = all.spend.map(|spend| context.currency.whole(spend)) else {
        return Some(
            "The spend on winning customers is more than can be added up: look for amounts in the costs file that cannot be."
                .to_owned(),
        );
    };
    let Some(cost) = all.cost() else {
        return Some(format!(
            "{spend} was spent on winning customers, and no new customer of these channels and months is known."
        ));
    };
    let mut priced: Vec<_> = channels.iter().filter_map(|row| Some((row.cost()?, row))).collect();
    priced.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
    let ends = match priced.as_slice() {
        [cheapest, .., dearest] => format!(
            ": least in {} ({}), most in {} ({})",
            cheapest.1.name,
            context.currency.mean(cheapest.0),
            dearest.1.name,
            context.currency.mean(dearest.0)
        ),
        _ => String::new(),
    };
    Some(format!(
        "{spend} spent on {} makes {} each{ends}.",
        format::counted(all.new_customers as i64, "new customer", "new customers"),
        context.currency.mean(cost),
    ))
}
