//! Scenarios as TOML files.

use toml::{Table, Value};

use super::Scenario;
use crate::SynthError;

impl Scenario {
    /// A scenario from TOML, checked.
    ///
    /// Fields are those of [`Scenario`]; days are written `2024-03-01`, with or without quotes. `base = "demo"` (or
    /// any other of [`Scenario::READY`]) takes that scenario and changes only what the file says: tables field by
    /// field, lists as a whole, `[buying]` as a whole where it names another process.
    ///
    /// # Errors
    /// [`SynthError::NotAScenario`] with the line for text that is no TOML, with the field for one that is unknown,
    /// missing or of the wrong type; then as [`Scenario::check`].
    ///
    /// ```
    /// use patron_synth::Scenario;
    ///
    /// let scenario = Scenario::from_toml(
    ///     r#"
    ///     base = "demo"
    ///     customers = 500
    ///     regularity = 3.0
    ///     [buying]
    ///     process = "pareto-nbd"
    ///     r = 0.55
    ///     alpha = 10.58
    ///     s = 0.61
    ///     beta = 11.67
    ///     "#,
    /// )?;
    /// assert_eq!((scenario.customers, scenario.products), (500, 400));
    /// let refused = Scenario::from_toml("base = \"demo\"\n[catalogue]\nraising = 3").unwrap_err();
    /// assert!(refused.to_string().contains("unknown field `raising`"));
    /// # Ok::<(), patron_synth::SynthError>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, SynthError> {
        let mut file: Table = text.parse().map_err(refused)?;
        let base = file.remove("base");
        let is_whole = base.is_none();
        plain_days(&mut file);
        let table = match base {
            None => file,
            Some(Value::String(name)) => {
                let mut table = Self::ready(&name)?.table()?;
                overlay(&mut table, file);
                table
            }
            Some(other) => {
                return Err(SynthError::NotAScenario {
                    reason: format!("`base` is a {}, but must be a name in quotes", other.type_str()),
                });
            }
        };
        let scenario: Self = Value::Table(table).try_into().map_err(|error| match is_whole {
            true if error.to_string().contains("missing field") => SynthError::NotAScenario {
                reason: format!("{}; write it, or begin with `base = \"demo\"`", one_line(&error)),
            },
            _ => refused(error),
        })?;
        scenario.check()?;
        Ok(scenario)
    }

    /// The scenario as TOML that [`Scenario::from_toml`] reads back, every field written out.
    ///
    /// # Errors
    /// [`SynthError::NotAScenario`] for a number that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String, SynthError> {
        toml::to_string(self).map_err(|error| SynthError::NotAScenario { reason: error.to_string() })
    }

    fn table(&self) -> Result<Table, SynthError> {
        Table::try_from(self).map_err(|error| SynthError::NotAScenario { reason: error.to_string() })
    }
}

fn refused(error: toml::de::Error) -> SynthError {
    SynthError::NotAScenario { reason: one_line(&error) }
}

/// Where and what: ``unknown field `x`, expected … in `catalogue` ``.
fn one_line(error: &toml::de::Error) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Dates of TOML's own become texts, as days are read.
fn plain_days(table: &mut Table) {
    for (_, value) in table.iter_mut() {
        plain(value);
    }
}

fn plain(value: &mut Value) {
    match value {
        Value::Datetime(day) => *value = Value::String(day.to_string()),
        Value::Array(values) => values.iter_mut().for_each(plain),
        Value::Table(table) => plain_days(table),
        _ => {}
    }
}

/// Lays `above` over `below`, table by table; a table that names another `process` replaces the one below.
fn overlay(below: &mut Table, above: Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) if is_same_process(below, &above) => {
                overlay(below, above);
            }
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

fn is_same_process(below: &Table, above: &Table) -> bool {
    above.get("process").is_none_or(|process| below.get("process") == Some(process))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Buying, ParetoNbdParams};

    fn check_refused(text: &str, parts: &[&str]) {
        let message = Scenario::from_toml(text).unwrap_err().to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        assert!(!message.contains('\n'), "{message}");
    }

    #[test]
    fn every_ready_scenario_comes_back_from_its_file() {
        for name in Scenario::READY {
            let scenario = Scenario::ready(name).unwrap();
            assert_eq!(Scenario::from_toml(&scenario.to_toml().unwrap()), Ok(scenario), "{name}");
        }
    }

    #[test]
    fn a_base_keeps_what_the_file_does_not_say() {
        let file = "base = 'demo'\nend = 2024-06-30\n[dirt]\nreturns = 0.5\n[buying]\na = 0";
        let scenario = Scenario::from_toml(file).unwrap();
        let demo = Scenario::demo();
        assert_eq!((scenario.end.to_string().as_str(), scenario.start), ("2024-06-30", demo.start));
        assert_eq!((scenario.dirt.returns, scenario.dirt.services), (0.5, demo.dirt.services));
        let (Buying::BgNbd(now), Buying::BgNbd(before)) = (scenario.buying, demo.buying) else { panic!() };
        assert_eq!((now.a, now.r), (0.0, before.r));
        let other = "base = 'demo'\n[buying]\nprocess = 'pareto-nbd'\nr = 1\nalpha = 2\ns = 3\nbeta = 4";
        let params = ParetoNbdParams { r: 1.0, alpha: 2.0, s: 3.0, beta: 4.0 };
        assert_eq!(Scenario::from_toml(other).unwrap().buying, Buying::ParetoNbd(params));
    }

    #[test]
    fn files_that_are_no_scenario_are_refused_with_the_place() {
        check_refused("customers = = 3", &["line 1"]);
        check_refused("base = 'demi'", &["demi", "demo, cdnow-like"]);
        check_refused("base = 3", &["`base` is a integer"]);
        check_refused("customers = 3", &["missing field `name`", "begin with `base = \"demo\"`"]);
        check_refused("base = 'demo'\ncustomer = 3", &["unknown field `customer`", "expected one of"]);
        check_refused("base = 'demo'\n[buying]\nbeta = 3", &["`beta`", "`buying`"]);
        check_refused("base = 'demo'\n[buying]\nprocess = 'magic'", &["magic", "`pareto-nbd`"]);
        check_refused("base = 'demo'\nend = 2024-02-30", &["line 2"]);
        check_refused("base = 'demo'\nend = 'tomorrow'", &["'tomorrow' is not a date", "end"]);
        check_refused("base = 'demo'\n[spend]\np = 'six'", &["invalid type", "spend"]);
        check_refused("base = 'demo'\nend = 2022-02-01", &["`end` is 2022-02-01, before `start`"]);
        check_refused("base = 'demo'\ncustomers = -4", &["-4", "customers"]);
        check_refused(
            "base = 'demo'\n[[countries]]\nname = 'Spain'\nshare = 1.5",
            &["`countries[0].share` is 1.5, but must be between 0 and 1"],
        );
    }
}
