use super::BreakerRules;

/// What was decided of an article's latest comments before their share of rejections says anything.
pub const DECIDED: u32 = 10;

/// What happened below one article within ten minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// Comments that arrived.
    pub arrived: u32,
    /// Those of them that a person or a rule has decided.
    pub decided: u32,
    /// Those of these that were rejected, or marked as spam.
    pub rejected: u32,
}

/// Why a rule took an article out of the usual rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// As many comments arrived within ten minutes.
    Rate {
        /// How many.
        arrived: u32,
    },
    /// Too many of those that arrived within ten minutes were rejected.
    Rejections {
        /// How many.
        rejected: u32,
        /// Of so many that were decided.
        decided: u32,
    },
}

impl Cause {
    /// Every name.
    pub const NAMES: [&str; 2] = ["rate", "rejections"];

    /// Its name in answers and in the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rate { .. } => "rate",
            Self::Rejections { .. } => "rejections",
        }
    }

    /// What was counted, and of how many, where that says something.
    pub const fn counted(self) -> (u32, Option<u32>) {
        match self {
            Self::Rate { arrived } => (arrived, None),
            Self::Rejections { rejected, decided } => (rejected, Some(decided)),
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str, counted: u32, of: Option<u32>) -> Option<Self> {
        match (name, of) {
            ("rate", None) => Some(Self::Rate { arrived: counted }),
            ("rejections", Some(decided)) => Some(Self::Rejections { rejected: counted, decided }),
            _ => None,
        }
    }
}

impl BreakerRules {
    /// Whether anything can trip it.
    pub const fn is_on(&self) -> bool {
        self.per_ten_minutes > 0 || self.rejected_percent > 0
    }

    /// Fewer comments than that cannot trip it.
    pub fn least(&self) -> u32 {
        let rate = (self.per_ten_minutes > 0).then_some(self.per_ten_minutes);
        let share = (self.rejected_percent > 0).then_some(DECIDED);
        rate.into_iter().chain(share).min().unwrap_or(u32::MAX)
    }

    /// Why this is too much, if it is.
    pub fn trips(&self, burst: Burst) -> Option<Cause> {
        let Burst { arrived, decided, rejected } = burst;
        if self.per_ten_minutes > 0 && arrived >= self.per_ten_minutes {
            return Some(Cause::Rate { arrived });
        }
        let is_enough = self.rejected_percent > 0 && decided >= DECIDED;
        let is_much = u64::from(rejected) * 100 >= u64::from(decided) * u64::from(self.rejected_percent);
        (is_enough && is_much).then_some(Cause::Rejections { rejected, decided })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::off((0, 0), (1_000, 1_000, 1_000), None)]
    #[case::one_less((60, 0), (59, 59, 59), None)]
    #[case::as_many((60, 0), (60, 0, 0), Some(Cause::Rate { arrived: 60 }))]
    #[case::too_few_are_decided((0, 50), (500, 9, 9), None)]
    #[case::a_smaller_share((0, 50), (500, 11, 5), None)]
    #[case::the_share((0, 50), (500, 10, 5), Some(Cause::Rejections { rejected: 5, decided: 10 }))]
    #[case::all_of_them((0, 100), (10, 10, 10), Some(Cause::Rejections { rejected: 10, decided: 10 }))]
    #[case::the_rate_is_told_first((10, 50), (10, 10, 10), Some(Cause::Rate { arrived: 10 }))]
    fn when_it_trips(
        #[case] (per_ten_minutes, rejected_percent): (u32, u32),
        #[case] (arrived, decided, rejected): (u32, u32, u32),
        #[case] cause: Option<Cause>,
    ) {
        let rules = BreakerRules { per_ten_minutes, rejected_percent, ..BreakerRules::default() };
        assert_eq!(rules.trips(Burst { arrived, decided, rejected }), cause);
        assert!(cause.is_none() || rules.is_on() && arrived >= rules.least());
    }

    #[test]
    fn a_cause_is_kept_by_name_and_numbers() {
        for cause in [Cause::Rate { arrived: 7 }, Cause::Rejections { rejected: 5, decided: 10 }] {
            let (counted, of) = cause.counted();
            assert_eq!(Cause::parse(cause.name(), counted, of), Some(cause));
        }
        assert_eq!(Cause::parse("moon", 1, None), None);
    }
}
