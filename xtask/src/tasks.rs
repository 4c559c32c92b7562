//! `test` and `ci`: cargo, in the right order.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// All tests of the workspace, doc tests included.
pub(crate) fn test(rest: &[String]) -> Result<()> {
    let mut arguments = vec!["test", "--workspace"];
    arguments.extend(rest.iter().map(String::as_str));
    cargo(&arguments)
}

/// Format, lints, examples and benchmarks that compile, then the README's test command, then the service from outside
/// and the walkthrough.
pub(crate) fn ci() -> Result<()> {
    cargo(&["fmt", "--all", "--check"]).context("repair with `cargo fmt --all`")?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    test(&[])?;
    // each as a program of its own: the tests have built this one anew, and what ran so far is no longer on disk
    cargo(&["xtask", "outside"])?;
    cargo(&["xtask", "walkthrough"])
}

/// Runs cargo with its output shown.
pub(crate) fn cargo(arguments: &[&str]) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run(Command::new(cargo).args(arguments))
}

/// Runs a program with its output shown.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("{program} could not be started"))?;
    let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
    ensure!(status.success(), "`{program} {}` failed", arguments.join(" "));
    Ok(())
}

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The folder for what is built and measured.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
