//! Runs `docs/walkthrough.md`: every block of shell commands, from top to bottom in one shell, and looks whether what
//! the page shows is what came out.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::say;
use crate::tasks::{root, target};

const PAGE: &str = "docs/walkthrough.md";
/// Where the page works; it begins empty.
const FOLDER: &str = "out/walkthrough";
/// The address on the page; another port takes its place here, as that one may be in use.
const ADDRESS: &str = "127.0.0.1:8080";

/// Commands, and what the page shows of their output.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// Line of the page where it begins, from 1.
    line: usize,
    commands: String,
    shown: Option<String>,
}

/// A fenced block of any kind.
struct Fenced<'a> {
    line: usize,
    kind: &'a str,
    text: String,
}

/// Runs the page.
pub(crate) fn run() -> Result<()> {
    let page = fs::read_to_string(root().join(PAGE))?;
    let fenced = fenced(&page)?;
    files_are_as_shown(&fenced)?;
    let blocks = blocks(fenced)?;
    ensure!(blocks.len() >= 9, "{PAGE} has only {} blocks of commands", blocks.len());
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let outputs = target().join("walkthrough");
    for folder in [root().join(FOLDER), outputs.clone()] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    fs::create_dir_all(&outputs)?;
    let script = outputs.join("script.sh");
    fs::write(&script, script_of(&blocks, &outputs).replace(ADDRESS, &address))?;
    let status = Command::new("bash").arg(&script).current_dir(root()).status().context("bash is needed")?;
    for (number, block) in blocks.iter().enumerate() {
        let path = output_file(&outputs, number);
        let Ok(output) = fs::read_to_string(&path) else { break };
        let output = output.replace(&address, ADDRESS);
        let last = !output_file(&outputs, number + 1).exists();
        let heading = format!("{PAGE}:{}", block.line);
        if last && !status.success() {
            bail!("{heading}: the commands failed ({status}):\n{}\n{output}", block.commands);
        }
        if let Some(shown) = block.shown.as_ref().filter(|shown| !is_as_shown(&output, shown)) {
            bail!("{heading}: the page shows\n{shown}\nand this came out:\n{output}");
        }
        say(&format!("ok     {heading}"));
    }
    ensure!(status.success(), "the shell failed: {status}");
    Ok(())
}

fn script_of(blocks: &[Block], outputs: &Path) -> String {
    let mut script = "set -euo pipefail\ntrap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n".to_owned();
    for (number, block) in blocks.iter().enumerate() {
        script += &format!("{{\n{}}} > '{}' 2>&1\n", block.commands, output_file(outputs, number).display());
    }
    script
}

fn output_file(outputs: &Path, number: usize) -> std::path::PathBuf {
    outputs.join(format!("{:02}.txt", number + 1))
}

/// Every fenced block of a page.
fn fenced(page: &str) -> Result<Vec<Fenced<'_>>> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let mut text = String::new();
        loop {
            let (_, line) =
                lines.next().with_context(|| format!("{PAGE}:{}: a block without end", number + 1))?;
            if line == "```" {
                break;
            }
            text += line;
            text.push('\n');
        }
        blocks.push(Fenced { line: number + 1, kind, text });
    }
    Ok(blocks)
}

/// Blocks of commands, each with the text that follows it.
fn blocks(fenced: Vec<Fenced<'_>>) -> Result<Vec<Block>> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut follows = false;
    for Fenced { line, kind, text } in fenced {
        match kind {
            "sh" => blocks.push(Block { line, commands: text, shown: None }),
            "text" => {
                let block = blocks.last_mut().filter(|_| follows);
                block.with_context(|| format!("{PAGE}:{line}: an output without commands"))?.shown =
                    Some(text);
            }
            _ => {}
        }
        follows = kind == "sh";
    }
    Ok(blocks)
}

/// A block of the kind `rust path/to/file.rs` shows that file.
fn files_are_as_shown(fenced: &[Fenced<'_>]) -> Result<()> {
    for Fenced { line, kind, text } in fenced {
        let Some(path) = kind.strip_prefix("rust ") else { continue };
        let file = fs::read_to_string(root().join(path)).with_context(|| format!("{PAGE}:{line}: {path}"))?;
        ensure!(&file == text, "{PAGE}:{line} does not show {path} as it is; copy it there");
    }
    Ok(())
}

/// Whether an output is what the page shows. A line `…` stands for any number of lines; `…` in a line for any text.
fn is_as_shown(output: &str, shown: &str) -> bool {
    let lines =
        |text: &str| text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    lines_match(&lines(output), &lines(shown))
}

fn lines_match(output: &[String], shown: &[String]) -> bool {
    let Some((first, rest)) = shown.split_first() else { return output.is_empty() };
    if first == "…" {
        return (0..=output.len()).any(|skipped| lines_match(&output[skipped..], rest));
    }
    output.split_first().is_some_and(|(line, others)| line_matches(line, first) && lines_match(others, rest))
}

fn line_matches(line: &str, shown: &str) -> bool {
    let Some((begin, rest)) = shown.split_once('…') else { return line == shown };
    let Some(line) = line.strip_prefix(begin) else { return false };
    let mut starts = line.char_indices().map(|(start, _)| start).chain([line.len()]);
    starts.any(|start| line_matches(&line[start..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_go_with_the_output_below_them() {
        let page = "Text\n```sh\na\nb\n```\nand\n```text\nout\n```\n```rust\nx\n```\n```sh\nc\n```\n";
        let found = blocks(fenced(page).unwrap()).unwrap();
        let block = |line, commands: &str, shown: Option<&str>| Block {
            line,
            commands: commands.to_owned(),
            shown: shown.map(str::to_owned),
        };
        assert_eq!(found, [block(2, "a\nb\n", Some("out\n")), block(13, "c\n", None)]);
        assert!(blocks(fenced("```text\nout\n```\n").unwrap()).is_err());
        assert!(fenced("```sh\na\n").is_err());
    }

    #[test]
    fn dots_stand_for_what_differs() {
        for (shown, fits) in [
            ("a\nb 12 c\nd", true),
            ("a\nb … c\nd\n", true),
            ("…\nd", true),
            ("a\n…", true),
            ("a\n…\nb 12 c\nd", true),
            ("a\nb … d\nd", false),
            ("a\nb 12 c", false),
            ("b 12 c\nd", false),
            ("", false),
        ] {
            assert_eq!(is_as_shown("a\nb 12 c\nd\n", shown), fits, "{shown}");
        }
    }
}
