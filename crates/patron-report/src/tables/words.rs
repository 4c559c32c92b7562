//! The words for the values of closed lists, the same in every table and sentence.

use patron_analytics::{
    CustomerTrait, ElasticityMeasure, Group, PairKind, ProductMeasure, ProductRole, ProductTrait, RankEnd,
    RepeatDefinition, Season, SpenderGroup, TotalMeasure, TrendClass, TrendMeasure,
};
use patron_domain::RuleAction;

pub(crate) const fn definition(definition: RepeatDefinition) -> &'static str {
    match definition {
        RepeatDefinition::TwoOrdersInMonth => "two or more orders in the month",
        RepeatDefinition::BoughtBefore => "returning (bought before this month)",
        RepeatDefinition::TwoDaysEver => "bought on two or more days ever",
    }
}

pub(crate) const fn role(role: ProductRole) -> &'static str {
    match role {
        ProductRole::MostRepeatCustomers => "the most repeat customers",
        ProductRole::MostUnits => "the most units sold",
    }
}

pub(crate) const fn group(group: SpenderGroup) -> &'static str {
    match group {
        SpenderGroup::ProductOnTwoDays => "bought this product on two or more days",
        SpenderGroup::TwoOrdersInMonth => "had two or more orders in a month",
        SpenderGroup::BoughtBefore => "had orders in two or more months",
        SpenderGroup::TwoDaysEver => "bought on two or more days ever",
        SpenderGroup::AllBuyers => "bought it at all",
    }
}

pub(crate) const fn product_measure(measure: ProductMeasure) -> &'static str {
    match measure {
        ProductMeasure::Quantity => "quantity",
        ProductMeasure::Revenue => "revenue",
        ProductMeasure::Orders => "orders",
        ProductMeasure::Customers => "customers",
        ProductMeasure::RepeatCustomers => "repeat customers",
    }
}

pub(crate) const fn end(end: RankEnd) -> &'static str {
    match end {
        RankEnd::Most => "most",
        RankEnd::Least => "least",
    }
}

pub(crate) const fn trend_measure(measure: TrendMeasure) -> &'static str {
    match measure {
        TrendMeasure::Quantity => "quantity",
        TrendMeasure::Revenue => "revenue",
    }
}

pub(crate) const fn total_measure(measure: TotalMeasure) -> &'static str {
    match measure {
        TotalMeasure::Revenue => "revenue",
        TotalMeasure::Quantity => "quantity",
        TotalMeasure::Orders => "orders",
        TotalMeasure::ActiveCustomers => "active customers",
        TotalMeasure::NewCustomers => "new customers",
        TotalMeasure::ReturningCustomers => "returning customers",
        TotalMeasure::AverageOrderValue => "average order value",
    }
}

pub(crate) const fn class(class: TrendClass) -> &'static str {
    match class {
        TrendClass::Rising => "rising",
        TrendClass::Steady => "steady",
        TrendClass::Declining => "declining",
        TrendClass::TooShort => "too short to say",
    }
}

pub(crate) const fn class_against_shop(class: TrendClass) -> &'static str {
    match class {
        TrendClass::Rising => "faster than the shop",
        TrendClass::Steady => "with the shop",
        TrendClass::Declining => "slower than the shop",
        TrendClass::TooShort => "too short to say",
    }
}

pub(crate) const fn season(season: Season) -> &'static str {
    match season {
        Season::NotExcluded => "season not excluded",
        Season::NotFound => "no season found, season taken out",
        Season::Seasonal => "seasonal, season taken out",
    }
}

pub(crate) const fn own_season(season: Season) -> &'static str {
    match season {
        Season::NotExcluded => "too short to say",
        Season::NotFound => "as the shop",
        Season::Seasonal => "a season of its own",
    }
}

pub(crate) const fn pair_kind(kind: PairKind) -> &'static str {
    match kind {
        PairKind::Together => "together",
        PairKind::Apart => "apart",
    }
}

pub(crate) const fn elasticity_measure(measure: ElasticityMeasure) -> &'static str {
    match measure {
        ElasticityMeasure::Orders => "orders",
        ElasticityMeasure::Units => "units",
    }
}

pub(crate) const fn action(action: RuleAction) -> &'static str {
    match action {
        RuleAction::Reject => "set aside",
        RuleAction::Flag => "kept and flagged",
        RuleAction::Keep => "kept",
    }
}

/// A country's name; "unknown" where the file names none.
pub(crate) fn country(name: &str) -> &str {
    if name.is_empty() { "unknown" } else { name }
}

pub(crate) const fn customer_trait(by: CustomerTrait) -> &'static str {
    match by {
        CustomerTrait::Country => "country",
        CustomerTrait::City => "city",
        CustomerTrait::Gender => "gender",
        CustomerTrait::AgeBand => "age",
        CustomerTrait::Channel => "acquisition channel",
    }
}

pub(crate) const fn product_trait(by: ProductTrait) -> &'static str {
    match by {
        ProductTrait::Category => "category",
        ProductTrait::ProducerCountry => "producer country",
    }
}

/// The word of a named group.
pub(crate) fn group_word(group: &Group) -> Option<&str> {
    match group {
        Group::Named(word) => Some(word),
        Group::Unknown | Group::Merged { .. } => None,
    }
}

pub(crate) const fn group_kind(group: &Group) -> &'static str {
    match group {
        Group::Named(_) => "named",
        Group::Unknown => "not known or too few",
        Group::Merged { .. } => "merged",
    }
}

/// How many groups a row holds together, where it does.
pub(crate) const fn merged(group: &Group) -> Option<u64> {
    match group {
        Group::Merged { groups } => Some(*groups),
        Group::Named(_) | Group::Unknown => None,
    }
}

/// A group as people read it.
pub(crate) fn group_name(group: &Group) -> String {
    match group {
        Group::Named(word) => word.clone(),
        Group::Unknown => "not known, or too few to show".to_owned(),
        Group::Merged { groups: 1 } => "one small group".to_owned(),
        Group::Merged { groups } => format!("{groups} small groups"),
    }
}
