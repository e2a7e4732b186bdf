use std::time::Duration;

/// Why a message was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Later it may be: no connection, no answer in time, a 4xx reply.
    Temporary(&'static str),
    /// Never: a 5xx reply, an address that is none.
    Permanent(&'static str),
    /// The other side does not know us: nothing goes out until somebody mends that.
    Credentials(&'static str),
}

impl Failure {
    /// A name for logs, rows and metrics; never the other side's own words, which may quote addresses.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Temporary(class) | Self::Permanent(class) | Self::Credentials(class) => class,
        }
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again after this long.
    RetryIn(Duration),
    /// Keep it as a dead letter until a person looks.
    GiveUp,
    /// Keep it and all others back for a while, and raise the alarm.
    PauseChannel,
}

/// What follows from a failure at the `attempts`-th attempt (the first is 1), by a schedule of waits.
pub fn after(failure: Failure, attempts: usize, schedule: &[Duration]) -> Next {
    match (failure, schedule.get(attempts.saturating_sub(1))) {
        (Failure::Temporary(_), Some(wait)) => Next::RetryIn(*wait),
        (Failure::Temporary(_), None) | (Failure::Permanent(_), _) => Next::GiveUp,
        (Failure::Credentials(_), _) => Next::PauseChannel,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[rstest]
    #[case::first(Failure::Temporary("timeout"), 1, Next::RetryIn(MINUTE))]
    #[case::second(Failure::Temporary("timeout"), 2, Next::RetryIn(MINUTE.saturating_mul(5)))]
    #[case::the_schedule_ends(Failure::Temporary("timeout"), 3, Next::GiveUp)]
    #[case::permanent(Failure::Permanent("refused"), 1, Next::GiveUp)]
    #[case::credentials(Failure::Credentials("sign-in"), 9, Next::PauseChannel)]
    fn what_follows(#[case] failure: Failure, #[case] attempts: usize, #[case] next: Next) {
        assert_eq!(after(failure, attempts, &[MINUTE, 5 * MINUTE]), next);
    }
}
