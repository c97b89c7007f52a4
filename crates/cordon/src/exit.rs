//! Exit codes that scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Clean,
    /// The command line was wrong.
    WrongUsage,
    /// Some input was rejected; the rest stands.
    SomeRejected,
    /// The command could not run.
    CouldNotRun,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => ExitCode::from(0),
            Exit::WrongUsage => ExitCode::from(1),
            Exit::SomeRejected => ExitCode::from(2),
            Exit::CouldNotRun => ExitCode::from(3),
        }
    }
}

/// What an error means to a script: input that broke off is a rejection, all else could not run.
pub fn of_error(error: &anyhow::Error) -> Exit {
    if error.downcast_ref::<crate::input::BrokenInput>().is_some() {
        Exit::SomeRejected
    } else {
        Exit::CouldNotRun
    }
}

/// What the parser of the command line ended with: help and version are no mistakes.
pub fn of_usage(error: &clap::Error) -> Exit {
    if error.use_stderr() { Exit::WrongUsage } else { Exit::Clean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::Parser;

    #[test]
    fn wrong_usage_is_told_from_rejected_input_and_from_help() {
        let of = |words: &[&str]| of_usage(&Cli::try_parse_from(words).unwrap_err());
        assert_eq!(of(&["cordon", "surfaec"]), Exit::WrongUsage);
        assert_eq!(of(&["cordon", "demo", "--accounts", "many"]), Exit::WrongUsage);
        assert_eq!(of(&["cordon"]), Exit::WrongUsage);
        assert_eq!(of(&["cordon", "--help"]), Exit::Clean);
        assert_eq!(of(&["cordon", "--version"]), Exit::Clean);
    }
}
