//! Cleaning profiles: named rules in order, as data.
//!
//! A profile is a TOML text:
//!
//! ```toml
//! name = "mine"
//! purchase_day = "net-positive"   # or "any-line": which days count as purchases
//! overlay = true                  # whether the rules of a recognised file format apply too
//!
//! [[rule]]
//! name = "samples"
//! action = "reject"               # set aside; "flag": accept and count; "keep": accept, no further rules
//! meaning = "free samples"
//! when = { price_at_most = 0, order_begins_with = "S" }
//! ```
//!
//! All conditions of a rule must hold ([`Condition`] is the vocabulary). Rules are looked at in order and the first
//! one that holds owns the line. Lines that cannot be read never reach the rules: they are set aside whatever the
//! profile. The overlay's own rules come before the profile's first `flag`.

use patron_domain::{PurchaseRule, RuleAction};
use serde::Deserialize;

use crate::Field;

/// A named list of cleaning rules.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    name: String,
    purchase_day: PurchaseRule,
    overlay: bool,
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

/// One rule of a profile.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, unique in the profile.
    pub name: String,
    /// What happens to the lines it owns.
    pub action: RuleAction,
    /// In words.
    pub meaning: String,
    /// When it holds.
    pub when: Condition,
}

/// What must hold for a rule to own a line; what is left out is not asked. A number that a line does not have
/// (the price in a log of amounts) fulfils no condition.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The file has columns for these fields.
    pub mapped: Vec<Field>,
    /// The line has no value in any of these fields.
    pub missing: Vec<Field>,
    /// The line equals an earlier one in all mapped columns, compared as they stand in the file.
    pub duplicate: Option<bool>,
    /// The format's overlay calls the line's order a cancellation.
    pub cancellation: Option<bool>,
    /// The format's overlay calls the line a service.
    pub service: Option<bool>,
    /// The order number begins with this.
    pub order_begins_with: Option<String>,
    /// The product code does not begin with that many digits.
    pub product_without_leading_digits: Option<usize>,
    /// The product code (in its canonical spelling) is one of these.
    pub product_is: Vec<String>,
    /// Unit price ≤.
    pub price_at_most: Option<f64>,
    /// Unit price <.
    pub price_below: Option<f64>,
    /// Quantity ≤.
    pub quantity_at_most: Option<f64>,
    /// Quantity <.
    pub quantity_below: Option<f64>,
    /// Quantity ≥.
    pub quantity_at_least: Option<f64>,
    /// Net value of the line ≤.
    pub amount_at_most: Option<f64>,
    /// Net value of the line <.
    pub amount_below: Option<f64>,
}

/// Why there is no such profile.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProfileError {
    /// None of the shipped profiles is called so.
    #[error("there is no profile '{name}'; there are {}", Profile::names().join(", "))]
    Unknown {
        /// The name as given.
        name: String,
    },
    /// The text is no profile.
    #[error("the profile cannot be read: {source}")]
    Toml {
        /// What the TOML reader says, with line and column.
        #[from]
        source: toml::de::Error,
    },
    /// A rule without conditions would own every line.
    #[error("rule '{rule}' has no condition; it would own every line")]
    NoCondition {
        /// The rule.
        rule: String,
    },
    /// Two rules of one name.
    #[error("two rules are called '{rule}'; names tell the lines in the quarantine apart")]
    SameName {
        /// The name.
        rule: String,
    },
}

const SHIPPED: [(&str, &str); 3] = [
    ("retail", include_str!("../profiles/retail.toml")),
    ("positive-quantity", include_str!("../profiles/positive-quantity.toml")),
    ("none", include_str!("../profiles/none.toml")),
];

impl Profile {
    /// A shipped profile: `retail`, `positive-quantity` or `none`.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`] for any other name.
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let shipped = SHIPPED.iter().find(|(known, _)| *known == name);
        shipped.map_or_else(
            || Err(ProfileError::Unknown { name: name.to_owned() }),
            |(_, text)| Self::from_toml(text),
        )
    }

    /// A profile from its TOML text (the format stands in the module's documentation).
    ///
    /// # Errors
    /// [`ProfileError`] for a text that is not TOML, an unknown word, a rule without condition or a name used twice.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text)?;
        check(&profile.rules)?;
        Ok(profile)
    }

    /// Names of the shipped profiles, the default first.
    pub fn names() -> [&'static str; 3] {
        SHIPPED.map(|(name, _)| name)
    }

    /// The profile's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which days count as purchases under it.
    pub fn purchase_rule(&self) -> PurchaseRule {
        self.purchase_day
    }

    /// Whether the rules that belong to a recognised file format apply too.
    pub fn uses_overlay(&self) -> bool {
        self.overlay
    }

    /// Its rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl Default for Profile {
    /// `retail`.
    #[expect(clippy::expect_used, reason = "the shipped text is a constant, read in the tests")]
    fn default() -> Self {
        Self::named("retail").expect("the shipped profile is valid")
    }
}

pub(crate) fn check(rules: &[Rule]) -> Result<(), ProfileError> {
    for (index, rule) in rules.iter().enumerate() {
        if rule.when == Condition::default() {
            return Err(ProfileError::NoCondition { rule: rule.name.clone() });
        }
        if rules[..index].iter().any(|earlier| earlier.name == rule.name) {
            return Err(ProfileError::SameName { rule: rule.name.clone() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_texts_are_valid() {
        for name in Profile::names() {
            assert_eq!(Profile::named(name).unwrap().name(), name);
        }
        assert_eq!(Profile::default().name(), "retail");
        assert_eq!(Profile::named("none").unwrap().purchase_rule(), PurchaseRule::AnyLine);
        let error = Profile::named("shop").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no profile 'shop'; there are retail, positive-quantity, none"
        );
    }

    fn with_rules(rules: &str) -> Result<Profile, ProfileError> {
        Profile::from_toml(&format!("name = 'x'\npurchase_day = 'any-line'\noverlay = false\n{rules}"))
    }

    #[test]
    fn what_would_surprise_is_refused() {
        let rule = "[[rule]]\nname = 'a'\naction = 'reject'\nmeaning = 'm'\n";
        assert!(matches!(with_rules(&format!("{rule}when = {{}}")), Err(ProfileError::NoCondition { .. })));
        let twice = format!("{rule}when = {{ price_below = 0 }}\n").repeat(2);
        assert!(matches!(with_rules(&twice), Err(ProfileError::SameName { .. })));
        let unknown = with_rules(&format!("{rule}when = {{ colour = 'red' }}")).unwrap_err();
        assert!(unknown.to_string().contains("unknown field `colour`"), "{unknown}");
    }
}
