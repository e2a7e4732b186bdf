use std::{collections::HashSet, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{CannedReason, Field, Language, Name, REASONS, Website};

/// Most names that are kept for the people of a site.
pub const STAFF_NAMES: usize = 500;

/// The rules of a site, stored as JSON. Members that are absent have their defaults, so that a
/// policy written by an older version stays readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// What happens to a comment in which screening found nothing.
    pub mode: Mode,
    /// Who is known, for [`Mode::TrustKnown`].
    pub trust: Trust,
    /// As many links hold a comment, 0 (never) to 1,000.
    pub max_links: u32,
    /// Names that only the site's own people may use: at most 500, as commenters may have them.
    pub staff_names: Vec<String>,
    /// Where the word lists look, each once.
    pub word_fields: Vec<Field>,
    /// What is asked of the form that a browser posts.
    pub form: FormRules,
    /// Days after which an article takes no more comments, 0 (never) to 36,500.
    pub close_after_days: u32,
    /// One client may write once in so many seconds under one article, 0 (no such limit) to 86,400.
    pub slow_seconds: u32,
    /// When an article is taken out of the usual rules for a while.
    pub breaker: BreakerRules,
    /// Longest comment in characters, 1 to 65,525.
    pub comment_chars: usize,
    /// What the link in a moderator's mail may do.
    pub links: Links,
    /// The reasons that its moderators give again and again, at most 50, each code once.
    pub reasons: Vec<CannedReason>,
    /// Minutes after which a comment that still waits is brought up again, 0 (never) to 43,200.
    pub overdue_minutes: u32,
    /// What its readers are spoken to in.
    pub language: Language,
    /// Where the site says what happens to people's data, as a [`Website`] is written.
    pub privacy_url: Option<String>,
    /// Where the site says what comments may be, the same.
    pub rules_url: Option<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::HoldAll,
            trust: Trust::default(),
            max_links: 2,
            staff_names: Vec::new(),
            word_fields: vec![Field::Text, Field::Name, Field::Website],
            form: FormRules::default(),
            close_after_days: 0,
            slow_seconds: 0,
            breaker: BreakerRules::default(),
            comment_chars: 10_000,
            links: Links::Decide,
            reasons: Vec::new(),
            overdue_minutes: 240,
            language: Language::default(),
            privacy_url: None,
            rules_url: None,
        }
    }
}

impl Policy {
    /// Its numbers by their members, each with its bounds.
    pub fn numbers(&self) -> [(&'static str, u32, RangeInclusive<u32>); 11] {
        [
            ("trust.approved", self.trust.approved, 1..=1_000),
            ("max_links", self.max_links, 0..=1_000),
            ("form.min_seconds", self.form.min_seconds, 0..=600),
            ("form.max_minutes", self.form.max_minutes, 1..=10_080),
            ("close_after_days", self.close_after_days, 0..=36_500),
            ("slow_seconds", self.slow_seconds, 0..=86_400),
            ("breaker.per_ten_minutes", self.breaker.per_ten_minutes, 0..=100_000),
            ("breaker.rejected_percent", self.breaker.rejected_percent, 0..=100),
            ("breaker.minutes", self.breaker.minutes, 1..=10_080),
            ("comment_chars", u32::try_from(self.comment_chars).unwrap_or(u32::MAX), 1..=65_525),
            ("overdue_minutes", self.overdue_minutes, 0..=43_200),
        ]
    }

    /// Whether every member is within its bounds; names the first that is not.
    pub fn check(&self) -> Result<(), &'static str> {
        let codes: HashSet<&str> = self.reasons.iter().map(CannedReason::code).collect();
        let fields: HashSet<Field> = self.word_fields.iter().copied().collect();
        let is_name = |name: &String| Name::parse(name).is_ok();
        let is_link = |url: &Option<String>| url.as_ref().is_none_or(|url| Website::parse(url).is_ok());
        let lists = [
            ("staff_names", self.staff_names.len() <= STAFF_NAMES && self.staff_names.iter().all(is_name)),
            ("word_fields", fields.len() == self.word_fields.len()),
            ("reasons", self.reasons.len() <= REASONS && codes.len() == self.reasons.len()),
            ("privacy_url", is_link(&self.privacy_url)),
            ("rules_url", is_link(&self.rules_url)),
        ];
        let numbers =
            self.numbers().into_iter().map(|(member, value, bounds)| (member, bounds.contains(&value)));
        let wrong = numbers.chain(lists).find(|(_, is_kept)| !is_kept);
        wrong.map_or(Ok(()), |(member, _)| Err(member))
    }

    /// The canned reason of that code.
    pub fn reason(&self, code: &str) -> Option<&CannedReason> {
        self.reasons.iter().find(|reason| reason.code() == code)
    }
}

/// What happens to a comment in which screening found nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A moderator sees it first.
    HoldAll,
    /// That of people who are known is published at once, and a moderator sees the others first.
    TrustKnown,
    /// It is published at once and reviewed after.
    Open,
}

impl Mode {
    /// All of them, the strictest first.
    pub const ALL: [Self; 3] = [Self::HoldAll, Self::TrustKnown, Self::Open];

    /// Its name in policies and requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HoldAll => "hold-all",
            Self::TrustKnown => "trust-known",
            Self::Open => "open",
        }
    }

    /// The mode of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// Who is known to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trust {
    /// Comments of theirs that were approved and still are, at least: 1 to 1,000.
    pub approved: u32,
    /// Whether an approved comment of the same name and address is enough, without any proof, as `WordPress` has it.
    /// Whoever knows both can then write as somebody who is known.
    pub by_name_and_address: bool,
}

impl Default for Trust {
    fn default() -> Self {
        Self { approved: 1, by_name_and_address: false }
    }
}

/// What is asked of the token that a form carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormRules {
    /// Whether a browser's comment without one is held.
    pub required: bool,
    /// Somebody who fills in a form takes at least so many seconds, 0 to 600.
    pub min_seconds: u32,
    /// And at most so many minutes, 1 to 10,080.
    pub max_minutes: u32,
}

impl Default for FormRules {
    fn default() -> Self {
        Self { required: false, min_seconds: 3, max_minutes: 1_440 }
    }
}

/// When an article is taken out of the usual rules, and what happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerRules {
    /// As many comments in ten minutes trip it, 0 (never) to 100,000.
    pub per_ten_minutes: u32,
    /// Such a share of rejections among what was decided of them trips it, 0 (never) to 100.
    pub rejected_percent: u32,
    /// What it does.
    pub action: BreakerAction,
    /// For how long, 1 to 10,080 minutes.
    pub minutes: u32,
}

impl Default for BreakerRules {
    fn default() -> Self {
        Self { per_ten_minutes: 0, rejected_percent: 0, action: BreakerAction::HoldAll, minutes: 60 }
    }
}

/// What a tripped breaker does to its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BreakerAction {
    /// A moderator sees everything first.
    HoldAll,
    /// Each client may write only now and then.
    Slow,
    /// It takes no comments.
    Closed,
}

impl BreakerAction {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::HoldAll, Self::Slow, Self::Closed];

    /// Its name in policies, requests and the databases.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HoldAll => "hold-all",
            Self::Slow => "slow",
            Self::Closed => "closed",
        }
    }

    /// The action of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// What the link in a moderator's mail may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Links {
    /// It opens a page that decides, without signing in.
    Decide,
    /// It opens the desk.
    Open,
}

impl Links {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Decide, Self::Open];

    /// What is named so.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|links| links.name() == name)
    }

    /// Its name in policies and requests.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Decide => "decide",
            Self::Open => "open",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Policy::default(), Ok(()))]
    #[case(Policy { max_links: 1_001, ..Policy::default() }, Err("max_links"))]
    #[case(Policy { comment_chars: 0, ..Policy::default() }, Err("comment_chars"))]
    #[case(Policy { trust: Trust { approved: 0, ..Trust::default() }, ..Policy::default() }, Err("trust.approved"))]
    #[case(Policy { staff_names: vec![" ".to_owned()], ..Policy::default() }, Err("staff_names"))]
    #[case(Policy { word_fields: vec![Field::Text, Field::Text], ..Policy::default() }, Err("word_fields"))]
    #[case(Policy { slow_seconds: 86_401, ..Policy::default() }, Err("slow_seconds"))]
    #[case(Policy { privacy_url: Some("javascript:alert(1)".to_owned()), ..Policy::default() }, Err("privacy_url"))]
    #[case(Policy { rules_url: Some("https://ann@news.example".to_owned()), ..Policy::default() }, Err("rules_url"))]
    #[case(Policy { rules_url: Some("https://news.example/rules".to_owned()), ..Policy::default() }, Ok(()))]
    fn bounds(#[case] policy: Policy, #[case] checked: Result<(), &'static str>) {
        assert_eq!(policy.check(), checked);
    }

    #[test]
    fn a_policy_of_an_older_version_can_be_read() {
        let kept = r#"{"mode": "open", "comment_chars": 500, "links": "open", "overdue_minutes": 0}"#;
        let policy: Policy = serde_json::from_str(kept).unwrap();
        assert_eq!((policy.mode, policy.comment_chars, policy.max_links), (Mode::Open, 500, 2));
        assert_eq!((policy.language, policy.privacy_url, policy.rules_url), (Language::English, None, None));
        assert!(serde_json::from_str::<Policy>(r#"{"mood": "open"}"#).is_err());
    }
}
