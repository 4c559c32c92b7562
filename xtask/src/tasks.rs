//! `test` and `ci`: cargo, in the right order.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// All tests of the workspace, doc tests included.
pub(crate) fn test(rest: &[String]) -> Result<()> {
    let mut arguments = vec!["test", "--workspace"];
    arguments.extend(rest.iter().map(String::as_str));
    cargo(&arguments)
}

/// Format, lints, examples and benchmarks that compile, then the README's test command.
pub(crate) fn ci() -> Result<()> {
    cargo(&["fmt", "--all", "--check"]).context("repair with `cargo fmt --all`")?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    test(&[])
}

/// Runs cargo with its output shown.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(arguments).status().context("cargo could not be started")?;
    ensure!(status.success(), "`cargo {}` failed", arguments.join(" "));
    Ok(())
}
