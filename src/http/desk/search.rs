//! Searching and filtering at the desk: what the address says, and the form that says it.

use std::time::Duration;

use url::form_urlencoded::Serializer;

use super::{
    pages::{Narrowing, SearchForm},
    people_pages::Choice,
};
use crate::{
    domain::{Code, CommentId, Moderator, Needs, SiteKey, sought},
    flow::{
        App,
        figures::Stats,
        queue::{Order, Wanted},
    },
    http::{error::ApiError, listing, query::Query, view::spell},
    screen,
    store::SOUGHT,
};

/// The parameters that a filter is made of.
pub const MEMBERS: [&str; 7] = ["q", "needs", "finding", "article", "site", "same_as", "sort"];

/// What a list is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    q: Option<String>,
    needs: Option<Needs>,
    finding: Option<String>,
    article: Option<String>,
    site: Option<String>,
    same_as: Option<CommentId>,
    /// The order, when it is not that of the list.
    sort: Option<Order>,
    /// The order of the list.
    pub order: Order,
}

/// What may be the code of a finding: a page that repeats what it was asked for repeats no more than that.
fn code(raw: &str) -> Option<String> {
    let fits =
        raw.len() <= 40 && raw.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then(|| raw.to_owned())
}

impl Filters {
    /// What the address says; of a list of what waits, or of a status.
    pub fn of(query: &Query, waits: bool) -> Result<Self, ApiError> {
        let owned = |name| query.get(name).map(str::to_owned);
        let needs = query.parsed("needs", |raw| listing::needs(raw).ok())?.flatten();
        let usual = if waits { Order::Oldest } else { Order::Newest };
        let sort = query.parsed("sort", Order::parse)?;
        // what presses is about what waits
        let sort = sort.filter(|sort| *sort != usual && (waits || *sort != Order::Priority));
        Ok(Self {
            q: owned("q").filter(|q| !q.trim().is_empty()),
            needs: needs.filter(|_| waits),
            finding: query.parsed("finding", code)?,
            article: owned("article"),
            site: query.parsed("site", |raw| SiteKey::parse(raw).ok().map(|key| key.as_str().to_owned()))?,
            same_as: query.parsed("same_as", |raw| raw.parse().ok())?,
            sort,
            order: sort.unwrap_or(usual),
        })
    }

    /// The same in a list of a status, in its own order.
    pub fn of_any_status(&self) -> Self {
        Self { needs: None, sort: None, ..self.clone() }
    }

    /// Whether not all of a list is meant.
    pub fn are_any(&self) -> bool {
        let texts = [&self.q, &self.finding, &self.article, &self.site];
        self.needs.is_some() || self.same_as.is_some() || texts.into_iter().any(Option::is_some)
    }

    /// What the flow is asked for; not when the words cannot be looked for.
    pub fn wanted(&self) -> Result<Wanted, Code> {
        Ok(Wanted {
            needs: self.needs,
            order: self.order,
            site: self.site.clone(),
            article: self.article.clone(),
            finding: self.finding.clone(),
            same_as: self.same_as,
            words: sought(self.q.as_deref().unwrap_or_default(), SOUGHT)?,
            ..Wanted::default()
        })
    }

    /// The address of a list so filtered.
    pub fn address(&self, list: &str) -> String {
        let same_as = self.same_as.map(|id| id.to_string());
        let members = [
            ("q", self.q.as_deref()),
            ("needs", self.needs.map(Needs::name)),
            ("finding", self.finding.as_deref()),
            ("article", self.article.as_deref()),
            ("site", self.site.as_deref()),
            ("same_as", same_as.as_deref()),
            ("sort", self.sort.map(Order::name)),
        ];
        let mut address = Serializer::new(String::new());
        address.append_pair("list", list);
        address.extend_pairs(members.into_iter().filter_map(|(name, value)| Some((name, value?))));
        format!("/desk?{}", address.finish())
    }
}

/// The address of what waits from the same place as a comment.
pub fn from_there(comment: CommentId) -> String {
    Filters { same_as: Some(comment), ..Filters::default() }.address("waiting")
}

/// The address of what waits on an article.
pub fn on_article(site: &str, article: &str) -> String {
    let (site, article) = (Some(site.to_owned()), Some(article.to_owned()));
    Filters { article, site, ..Filters::default() }.address("waiting")
}

/// The form as it stands above a list.
pub fn form(app: &App, moderator: &Moderator, (list, waits): (&str, bool), filters: &Filters) -> SearchForm {
    let mut sites = app.sites.all();
    sites.retain(|site| moderator.sees(site.id));
    sites.sort_by(|one, other| one.key.cmp(&other.key));
    let choice = |value: &str, label: &str, chosen: Option<&str>| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
        is_chosen: chosen.unwrap_or_default() == value,
    };
    let (needs, finding) = (filters.needs.map(Needs::name), filters.finding.as_deref());
    let site = filters.site.as_deref();
    let mut needed = vec![choice("", "Anything", needs)];
    needed.extend(Needs::ALL.map(|each| choice(each.name(), need_in_words(each), needs)));
    let mut findings = vec![choice("", "Any or none", finding)];
    findings.extend(screen::CODES.map(|code| choice(code, screen::in_words(code), finding)));
    let mut at_sites = vec![choice("", "All", site)];
    at_sites.extend(sites.iter().map(|each| choice(each.key.as_str(), &each.name, site)));
    let orders = Order::ALL.into_iter().filter(|order| waits || *order != Order::Priority);
    let order = Some(filters.order.name());
    SearchForm {
        list: list.to_owned(),
        q: filters.q.clone().unwrap_or_default(),
        problem: filters.wanted().err().map(|code| problem(code).to_owned()),
        needs: if waits { needed } else { Vec::new() },
        findings,
        sites: if sites.len() > 1 { at_sites } else { Vec::new() },
        orders: orders.map(|each| choice(each.name(), order_in_words(each), order)).collect(),
        same_as: filters.same_as.map(|id| id.to_string()),
        article: filters.article.clone(),
        is_open: [needs, finding, site, filters.sort.map(Order::name)].iter().any(Option::is_some),
        narrowings: narrowings(list, filters),
    }
}

/// What a link on a card has narrowed the list to, and how that ends.
fn narrowings(list: &str, filters: &Filters) -> Vec<Narrowing> {
    let mut narrowings = Vec::new();
    if let Some(id) = filters.same_as {
        narrowings.push(Narrowing {
            text: "Only from the address or the network of".to_owned(),
            what: "one comment".to_owned(),
            url: Some(format!("/desk/comments/{id}")),
            ends: Filters { same_as: None, ..filters.clone() }.address(list),
        });
    }
    if let Some(article) = &filters.article {
        narrowings.push(Narrowing {
            text: "Only on the article".to_owned(),
            what: article.clone(),
            url: None,
            ends: Filters { article: None, ..filters.clone() }.address(list),
        });
    }
    narrowings
}

fn need_in_words(needs: Needs) -> &'static str {
    match needs {
        Needs::Decision => "A decision",
        Needs::Edit => "A look at an edit",
        Needs::Report => "A look at a report",
        Needs::Appeal => "An answer to an appeal",
        Needs::Escalated => "Somebody who knows better",
    }
}

fn order_in_words(order: Order) -> &'static str {
    match order {
        Order::Oldest => "Oldest first",
        Order::Newest => "Newest first",
        Order::Priority => "Most pressing first",
    }
}

fn problem(code: Code) -> &'static str {
    match code {
        Code::TooShort => "There is no word in this that could be looked for.",
        _ => "Please look for at most 8 words at a time.",
    }
}

/// How the queue does, in a sentence; nothing when nothing waits and nothing was done.
pub fn figures(stats: &Stats) -> Option<String> {
    let waiting: i64 = stats.waiting.iter().map(|(_, count)| count).sum();
    let mut told = Vec::new();
    if let Some(oldest) = stats.oldest.filter(|_| waiting > 0) {
        told.push(format!("{} waiting, the oldest for {}", grouped(waiting), span(oldest)));
    }
    for (needs, count) in &stats.waiting {
        let what = match needs {
            Needs::Decision => continue,
            Needs::Edit => "edited",
            Needs::Report => "reported",
            Needs::Appeal => "appealed",
            Needs::Escalated => "escalated",
        };
        if *count > 0 {
            told.push(format!("{} {what}", grouped(*count)));
        }
    }
    let decisions = i64::try_from(stats.decisions_per_hour).unwrap_or(i64::MAX);
    if decisions > 0 {
        told.push(format!("{} decided in the last hour", grouped(decisions)));
    }
    if let Some(median) = stats.median {
        told.push(format!("half of the last day’s within {}", span(median)));
    }
    (!told.is_empty()).then(|| told.join(" · "))
}

fn span(span: Duration) -> String {
    if span < Duration::from_mins(1) { "a moment".to_owned() } else { spell(span) }
}

/// With a comma before every three digits.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn figures_are_a_sentence_and_nothing_when_there_is_nothing_to_tell() {
        let none = Needs::ALL.map(|needs| (needs, 0));
        let stats = |waiting, oldest, decisions_per_hour, median| Stats {
            as_of: Timestamp::default(),
            waiting,
            oldest,
            decisions_per_hour,
            median,
        };
        assert_eq!(figures(&stats(none, None, 0, None)), None);
        let mut waiting = none;
        waiting[0].1 = 1_234_567;
        waiting[4].1 = 3;
        let told = figures(&stats(waiting, Some(Duration::from_hours(3)), 120, Some(Duration::from_secs(9))));
        let expected = "1,234,570 waiting, the oldest for 3 hours · 3 escalated · 120 decided in the last hour · \
                        half of the last day’s within a moment";
        assert_eq!(told.as_deref(), Some(expected));
    }
}
