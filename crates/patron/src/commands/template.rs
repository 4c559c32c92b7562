//! `template`: an empty file to fill in.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use patron_domain::AttributeKind;
use patron_ingest::template;

use super::Failure;
use crate::args::{TemplateArgs, TemplateKind};
use crate::terminal::print;

/// Writes headings and an example line; a file that is there already stays as it is.
pub(crate) fn run(args: TemplateArgs) -> Result<(), Failure> {
    let kind = match args.kind {
        TemplateKind::Customers => AttributeKind::Customers,
        TemplateKind::Products => AttributeKind::Products,
        TemplateKind::Costs => AttributeKind::Costs,
    };
    let text = template(kind);
    if args.out.as_deref() == Some(Path::new("-")) {
        print(text.trim_end())?;
        return Ok(());
    }
    let path = args.out.unwrap_or_else(|| PathBuf::from(format!("{}.csv", kind.word())));
    let shown = path.display().to_string();
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| format!("cannot write {shown}"))?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(anyhow!("{shown} is there already; choose another place with --out").into());
        }
        Err(error) => return Err(anyhow!(error).context(format!("cannot write {shown}")).into()),
    }
    print(&format!(
        "{shown} has headings and an example: replace the example by your own lines, then\n  patron import --{} {shown}",
        kind.word()
    ))?;
    Ok(())
}
