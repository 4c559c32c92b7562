//! What a reviewer would otherwise have to say again and again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace")
}

/// Files git knows or would add, as paths from the root.
fn files() -> Vec<PathBuf> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root()).output().expect("git answers");
    let listed = String::from_utf8(output.stdout).expect("paths are UTF-8");
    listed.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect()
}

fn texts(endings: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |path: &PathBuf| path.extension().is_some_and(|e| endings.iter().any(|ending| e == *ending));
    let read = |path: PathBuf| fs::read_to_string(root().join(&path)).ok().map(|text| (path, text));
    files().into_iter().filter(wanted).filter_map(read).collect()
}

#[test]
fn no_path_of_a_machine_and_no_registry_host_is_committed() {
    // written in two halves so that this file does not find itself
    let forbidden = [
        ["/home", "/"],
        ["/root", "/"],
        ["/work/", "main"],
        ["/work/", "shared"],
        ["static.", "crates.io"],
        ["files.", "pythonhosted"],
    ];
    for (path, text) in texts(&["rs", "toml", "md", "sql", "yml", "sh", "css", "py"]) {
        for halves in &forbidden {
            let word = halves.concat();
            assert!(!text.contains(&word), "{} contains {word}", path.display());
        }
    }
}

#[test]
fn the_readme_stands_alone() {
    let readme = fs::read_to_string(root().join("README.md")).expect("there is a README");
    assert!(!readme.contains("shared/"), "README.md is for strangers");
    for command in ["cargo xtask pipeline", "cargo xtask test"] {
        assert!(readme.contains(command), "README.md names `{command}`");
    }
}

#[test]
fn nothing_is_left_for_later() {
    for (path, text) in texts(&["rs"]) {
        for mark in [["TO", "DO"], ["FIX", "ME"], ["XX", "X"]] {
            assert!(!text.contains(&mark.concat()), "{}: {}", path.display(), mark.concat());
        }
    }
}

#[test]
fn sources_stay_readable_in_size() {
    for (path, text) in texts(&["rs"]) {
        let lines = text.lines().take_while(|line| *line != "mod tests {").count();
        assert!(lines <= 600, "{} has {lines} lines: there are probably two ideas in it", path.display());
    }
}

#[test]
fn generated_and_private_files_stay_out() {
    for path in files() {
        let name = path.to_string_lossy().into_owned();
        let unwanted = [".db", ".db-wal", ".csv.gz", ".profraw"].iter().any(|ending| name.ends_with(ending));
        assert!(!unwanted, "{name} does not belong into the repository");
    }
}
