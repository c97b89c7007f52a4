//! Exit codes that scripts rely on.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Everything was done.
    Clean,
    /// Some input was rejected; the rest stands.
    SomeRejected,
    /// The command could not run.
    CouldNotRun,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => ExitCode::from(0),
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
