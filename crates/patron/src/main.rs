//! The `patron` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    patron::main()
}
