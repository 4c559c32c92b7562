//! Refusing impossible channels, cohorts, events, promotions and campaigns.

use patron_domain::Day;

use super::Scenario;
use super::check::{department, factor, filled, share, whole, within};
use crate::SynthError;

impl Scenario {
    pub(super) fn check_channels(&self) -> Result<(), SynthError> {
        for (index, channel) in self.channels.iter().enumerate() {
            filled(&format!("channels[{index}].name"), &channel.name)?;
            share(&format!("channels[{index}].share"), channel.share)?;
            factor(&format!("channels[{index}].buying_factor"), channel.buying_factor)?;
            factor(&format!("channels[{index}].dropout_factor"), channel.dropout_factor)?;
            factor(&format!("channels[{index}].spend_factor"), channel.spend_factor)?;
        }
        unlike("channels", self.channels.iter().map(|channel| channel.name.as_str()))?;
        if self.channels.is_empty() {
            return Ok(());
        }
        whole("channels", self.channels.iter().map(|channel| channel.share))
    }

    pub(super) fn check_cohorts(&self) -> Result<(), SynthError> {
        let mut earlier = None;
        for (index, cohort) in self.cohorts.iter().enumerate() {
            if earlier.is_some_and(|earlier| cohort.from <= earlier) {
                return Err(SynthError::WrongDay {
                    field: format!("cohorts[{index}].from"),
                    day: cohort.from,
                    rule: "after that of the cohort before",
                });
            }
            earlier = Some(cohort.from);
            factor(&format!("cohorts[{index}].buying_factor"), cohort.buying_factor)?;
            factor(&format!("cohorts[{index}].dropout_factor"), cohort.dropout_factor)?;
            factor(&format!("cohorts[{index}].spend_factor"), cohort.spend_factor)?;
        }
        Ok(())
    }

    pub(super) fn check_events(&self) -> Result<(), SynthError> {
        for (index, event) in self.events.iter().enumerate() {
            filled(&format!("events[{index}].name"), &event.name)?;
            if let Some(until) = event.until {
                in_order(&format!("events[{index}].until"), event.from, until)?;
            }
            let nothing_to_100 = "between 0 and 100";
            let buying = format!("events[{index}].buying_factor");
            within(&buying, event.buying_factor, 0.0..=100.0, nothing_to_100)?;
            factor(&format!("events[{index}].buying_per_year"), event.buying_per_year)?;
            let arrivals = format!("events[{index}].arrivals_factor");
            within(&arrivals, event.arrivals_factor, 0.0..=100.0, nothing_to_100)?;
            if event.arrivals_factor == 0.0
                && event.from <= self.start
                && event.until.is_none_or(|until| until >= self.end)
            {
                return Err(SynthError::WrongDay {
                    field: format!("events[{index}].from"),
                    day: event.from,
                    rule: "after `start`, because with `arrivals_factor` 0 nobody would ever come",
                });
            }
            factor(&format!("events[{index}].spend_factor"), event.spend_factor)?;
        }
        Ok(())
    }

    pub(super) fn check_promotions(&self) -> Result<(), SynthError> {
        for (index, promotion) in self.promotions.iter().enumerate() {
            filled(&format!("promotions[{index}].name"), &promotion.name)?;
            in_order(&format!("promotions[{index}].until"), promotion.from, promotion.until)?;
            if let Some(name) = &promotion.department {
                department(&format!("promotions[{index}].department"), name)?;
            }
            let percent = format!("promotions[{index}].percent_off");
            within(&percent, promotion.percent_off, 0.0..=95.0, "between 0 and 95")?;
            if let Some(demand) = promotion.demand_factor {
                factor(&format!("promotions[{index}].demand_factor"), demand)?;
            }
            factor(&format!("promotions[{index}].buying_factor"), promotion.buying_factor)?;
        }
        unlike("promotions", self.promotions.iter().map(|promotion| promotion.name.as_str()))
    }

    pub(super) fn check_campaigns(&self) -> Result<(), SynthError> {
        for (index, campaign) in self.campaigns.iter().enumerate() {
            filled(&format!("campaigns[{index}].name"), &campaign.name)?;
            if !(self.start..=self.end).contains(&campaign.day) {
                return Err(SynthError::WrongDay {
                    field: format!("campaigns[{index}].day"),
                    day: campaign.day,
                    rule: "between `start` and `end`",
                });
            }
            filled(&format!("campaigns[{index}].channel"), &campaign.channel)?;
            share(&format!("campaigns[{index}].chosen"), campaign.chosen)?;
            share(&format!("campaigns[{index}].held_back"), campaign.held_back)?;
            for (week, &response) in campaign.response.iter().enumerate() {
                let field = format!("campaigns[{index}].response[{week}]");
                within(&field, response, -1.0..=100.0, "between -1 (nobody buys) and 100")?;
            }
            within(&format!("campaigns[{index}].cost"), campaign.cost, 0.0..=1e4, "between 0 and 10000")?;
        }
        unlike("campaigns", self.campaigns.iter().map(|campaign| campaign.name.as_str()))
    }
}

fn in_order(field: &str, from: Day, until: Day) -> Result<(), SynthError> {
    if until < from {
        return Err(SynthError::WrongDay {
            field: field.to_owned(),
            day: until,
            rule: "the day of `from` or later",
        });
    }
    Ok(())
}

/// No name twice.
fn unlike<'a>(field: &'static str, names: impl Iterator<Item = &'a str>) -> Result<(), SynthError> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(SynthError::Twice { field, name: name.to_owned() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Campaign, Cohort, Event, Promotion};

    /// The demo after a change is refused with `message`.
    fn check(change: impl FnOnce(&mut Scenario), message: &str) {
        let mut scenario = Scenario::demo();
        change(&mut scenario);
        assert_eq!(scenario.check().unwrap_err().to_string(), message);
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn event() -> Event {
        Event {
            name: "war".into(),
            from: day("2023-06-01"),
            until: None,
            buying_factor: 1.0,
            buying_per_year: 1.0,
            arrivals_factor: 1.0,
            spend_factor: 1.0,
        }
    }

    #[test]
    fn impossible_events_are_refused() {
        check(
            |s| s.events = vec![Event { until: Some(day("2023-05-31")), ..event() }],
            "`events[0].until` is 2023-05-31, but must be the day of `from` or later",
        );
        check(
            |s| s.events = vec![event(), Event { buying_factor: -0.5, ..event() }],
            "`events[1].buying_factor` is -0.5, but must be between 0 and 100",
        );
        check(
            |s| s.events = vec![Event { from: s.start, arrivals_factor: 0.0, ..event() }],
            "`events[0].from` is 2023-01-01, but must be after `start`, because with `arrivals_factor` 0 nobody would \
             ever come",
        );
    }

    #[test]
    fn impossible_plans_are_refused() {
        let cohort =
            |from| Cohort { from: day(from), buying_factor: 1.0, dropout_factor: 1.0, spend_factor: 1.0 };
        check(
            |s| s.cohorts = vec![cohort("2024-01-01"), cohort("2023-01-01")],
            "`cohorts[1].from` is 2023-01-01, but must be after that of the cohort before",
        );
        let promotion = |percent_off, department: &str| Promotion {
            name: "Sale".into(),
            from: day("2023-07-01"),
            until: day("2023-07-14"),
            department: Some(department.into()),
            percent_off,
            demand_factor: None,
            buying_factor: 1.0,
        };
        check(
            |s| s.promotions = vec![promotion(20.0, "Cars")],
            "`promotions[0].department` names Cars, but there are only: Kitchen & Dining, Home & Living, Storage, \
             Garden, Textiles, Bags & Paper, Children, Pantry & Bath, Seasonal",
        );
        check(
            |s| s.promotions = vec![promotion(100.0, "Garden")],
            "`promotions[0].percent_off` is 100, but must be between 0 and 95",
        );
        check(
            |s| s.promotions = vec![promotion(10.0, "Garden"), promotion(10.0, "Garden")],
            "`promotions` names Sale twice",
        );
        let campaign = |on, chosen| Campaign {
            name: "Spring".into(),
            day: day(on),
            channel: "letter".into(),
            chosen,
            held_back: 0.2,
            response: vec![0.5],
            cost: 0.0,
        };
        check(
            |s| s.campaigns = vec![campaign("2022-03-01", 0.5)],
            "`campaigns[0].day` is 2022-03-01, but must be between `start` and `end`",
        );
        check(
            |s| s.campaigns = vec![campaign("2023-03-01", 1.5)],
            "`campaigns[0].chosen` is 1.5, but must be between 0 and 1",
        );
    }
}
