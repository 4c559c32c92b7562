//! Tests from outside: schemathesis reads the served description and asks the running service whatever it allows, and
//! what it does not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;
use patron_tests::Server;

use crate::tasks::{root, run, target};

#[derive(Args)]
pub(crate) struct Options {
    /// Seed of what is asked
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How often each operation is asked, in each kind of test
    #[arg(long, default_value_t = 30)]
    examples: u32,
    /// Passed on to schemathesis
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Serves the demo shop, asks it, and looks whether the database is sound afterwards.
pub(crate) fn test(options: &Options) -> Result<()> {
    let folder = target().join("outside");
    let tools = environment(&folder, &root().join("tests/outside/requirements.txt"))?;
    let patron = std::env::current_exe()?;
    let shop = folder.join("shop");
    if shop.exists() {
        fs::remove_dir_all(&shop)?;
    }
    run(Command::new(&patron).args(["pipeline", "--no-backtest", "--out"]).arg(&shop))?;
    let database = shop.join("patron.db");
    let database = database.to_str().context("the path of the target folder is not UTF-8")?;

    let key = key(&patron, database)?;
    let server = Server::start(&patron, database, &["--rate", "0"], &folder.join("service.log"));
    let description = format!("http://{}/api/v1/openapi.json", server.address());
    let mut schemathesis = Command::new(tools.join("schemathesis"));
    schemathesis
        .arg("--config-file")
        .arg(root().join("tests/outside/schemathesis.toml"))
        .args(["run", &description, "--seed", &options.seed.to_string()])
        .args(["--max-examples", &options.examples.to_string(), "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {key}")])
        .args(&options.rest)
        .current_dir(&folder);
    let asked = run(&mut schemathesis);
    let alive = server.get("/health").status;
    let ended = server.stop("TERM");
    asked.context("the service or its description is wrong (above, with the requests that show it)")?;
    ensure!(alive == 200, "the service is no longer healthy: {alive}");
    ensure!(ended.success(), "the service did not stop cleanly: {ended}");
    run(Command::new(&patron).args(["check", "--database", database]))
        .context("the database is no longer sound after what was asked")
}

/// A key that may do everything, so that what asks for a key is asked too.
fn key(patron: &Path, database: &str) -> Result<String> {
    let mut command = Command::new(patron);
    command.args(["key", "create", "--name", "outside", "--scope", "read,write,admin,personal"]);
    let made = command.args(["--database", database]).output()?;
    ensure!(made.status.success(), "no key: {}", String::from_utf8_lossy(&made.stderr));
    let said = String::from_utf8(made.stdout)?;
    Ok(said.lines().last().context("the key is shown")?.trim().to_owned())
}

/// A virtual environment in `folder` with the tools that the file `pins` names; made anew when they have changed.
/// Returns its folder of programs.
pub(crate) fn environment(folder: &Path, pins: &Path) -> Result<PathBuf> {
    let wanted = fs::read_to_string(pins)?;
    let (venv, mark) = (folder.join("venv"), folder.join("installed.txt"));
    let programs = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(programs);
    }
    fs::create_dir_all(folder)?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv))
        .context("Python 3 with venv is needed (Debian: apt-get install python3-venv)")?;
    run(Command::new(programs.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(pins))?;
    fs::write(&mark, wanted)?;
    Ok(programs)
}
