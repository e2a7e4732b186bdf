//! Searching and filtering at the desk: what the address says, and the form that says it.

use std::time::Duration;

use url::form_urlencoded::Serializer;

use super::{
    pages::{Narrowing, SearchForm},
    people_pages::Choice,
    session::Session,
};
use crate::{
    domain::{Code, CommentId, Needs, SiteKey, sought},
    flow::{
        App,
        figures::Stats,
        queue::{Order, Wanted},
    },
    http::{error::ApiError, listing, query::Query},
    screen,
    store::SOUGHT,
    texts::{Phrase, Texts},
};

/// The parameters that a filter is made of.
pub const MEMBERS: [&str; 8] = ["q", "needs", "finding", "article", "site", "same_as", "cluster", "sort"];

/// What a list is filtered by.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    q: Option<String>,
    needs: Option<Needs>,
    finding: Option<String>,
    article: Option<String>,
    site: Option<String>,
    same_as: Option<CommentId>,
    /// Only what says nearly the same as this comment.
    pub cluster: Option<CommentId>,
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
            cluster: query.parsed("cluster", |raw| raw.parse().ok())?,
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
        let ids = [self.same_as, self.cluster];
        self.needs.is_some() || ids.iter().any(Option::is_some) || texts.into_iter().any(Option::is_some)
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
            cluster: self.cluster,
            words: sought(self.q.as_deref().unwrap_or_default(), SOUGHT)?,
            ..Wanted::default()
        })
    }

    /// The address of a list so filtered.
    pub fn address(&self, list: &str) -> String {
        let [same_as, cluster] = [self.same_as, self.cluster].map(|id| id.map(|id| id.to_string()));
        let members = [
            ("q", self.q.as_deref()),
            ("needs", self.needs.map(Needs::name)),
            ("finding", self.finding.as_deref()),
            ("article", self.article.as_deref()),
            ("site", self.site.as_deref()),
            ("same_as", same_as.as_deref()),
            ("cluster", cluster.as_deref()),
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

/// The address of what says nearly the same as a comment, in the list that it stands in itself.
pub fn like_it(comment: CommentId, list: &str) -> String {
    Filters { cluster: Some(comment), ..Filters::default() }.address(list)
}

/// The address of what waits on an article.
pub fn on_article(site: &str, article: &str) -> String {
    let (site, article) = (Some(site.to_owned()), Some(article.to_owned()));
    Filters { article, site, ..Filters::default() }.address("waiting")
}

impl SearchForm {
    /// The one site that the list is narrowed to; the script tells no news of others.
    pub(super) fn site(&self) -> Option<&str> {
        let chosen = self.sites.iter().find(|site| site.is_chosen)?;
        (!chosen.value.is_empty()).then_some(chosen.value.as_str())
    }
}

/// The form as it stands above a list.
pub fn form(app: &App, session: &Session, (list, waits): (&str, bool), filters: &Filters) -> SearchForm {
    let (t, moderator) = (session.t, &session.moderator);
    let mut sites = app.sites.all();
    sites.retain(|site| moderator.sees(site.id));
    sites.sort_by(|one, other| one.key.cmp(&other.key));
    let choice = |value: &str, label: String, chosen: Option<&str>| Choice {
        value: value.to_owned(),
        label,
        is_chosen: chosen.unwrap_or_default() == value,
    };
    let (needs, finding) = (filters.needs.map(Needs::name), filters.finding.as_deref());
    let site = filters.site.as_deref();
    let mut needed = vec![choice("", t.say("search-any-need").into(), needs)];
    needed.extend(Needs::ALL.map(|each| choice(each.name(), need_in_words(t, each).into(), needs)));
    let mut findings = vec![choice("", t.say("search-any-finding").into(), finding)];
    findings.extend(screen::CODES.map(|code| choice(code, t.finding(code).into(), finding)));
    let mut at_sites = vec![choice("", t.say("search-all-sites").into(), site)];
    at_sites.extend(sites.iter().map(|each| choice(each.key.as_str(), each.name.clone(), site)));
    let orders = Order::ALL.into_iter().filter(|order| waits || *order != Order::Priority);
    let order = Some(filters.order.name());
    SearchForm {
        list: list.to_owned(),
        q: filters.q.clone().unwrap_or_default(),
        problem: filters.wanted().err().map(|code| problem(t, code).into()),
        needs: if waits { needed } else { Vec::new() },
        findings,
        sites: if sites.len() > 1 { at_sites } else { Vec::new() },
        orders: orders.map(|each| choice(each.name(), order_in_words(t, each).into(), order)).collect(),
        same_as: filters.same_as.map(|id| id.to_string()),
        cluster: filters.cluster.map(|id| id.to_string()),
        article: filters.article.clone(),
        is_open: [needs, finding, site, filters.sort.map(Order::name)].iter().any(Option::is_some),
        narrowings: narrowings(t, list, filters),
    }
}

/// What a link on a card has narrowed the list to, and how that ends.
fn narrowings(t: Texts, list: &str, filters: &Filters) -> Vec<Narrowing> {
    let mut narrowings = Vec::new();
    if let Some(id) = filters.same_as {
        narrowings.push(Narrowing {
            text: t.say("search-same-as").into(),
            what: t.say("search-one-comment").into(),
            url: Some(format!("/desk/comments/{id}")),
            ends: Filters { same_as: None, ..filters.clone() }.address(list),
        });
    }
    if let Some(id) = filters.cluster {
        narrowings.push(Narrowing {
            text: t.say("search-cluster").into(),
            what: t.say("search-one-comment").into(),
            url: Some(format!("/desk/comments/{id}")),
            ends: Filters { cluster: None, ..filters.clone() }.address(list),
        });
    }
    if let Some(article) = &filters.article {
        narrowings.push(Narrowing {
            text: t.say("search-article").into(),
            what: article.clone(),
            url: None,
            ends: Filters { article: None, ..filters.clone() }.address(list),
        });
    }
    narrowings
}

fn need_in_words(t: Texts, needs: Needs) -> Phrase {
    match needs {
        Needs::Decision => t.say("need-decision"),
        Needs::Edit => t.say("need-edit"),
        Needs::Report => t.say("need-report"),
        Needs::Appeal => t.say("need-appeal"),
        Needs::Escalated => t.say("need-escalated"),
    }
}

fn order_in_words(t: Texts, order: Order) -> Phrase {
    match order {
        Order::Oldest => t.say("order-oldest"),
        Order::Newest => t.say("order-newest"),
        Order::Priority => t.say("order-priority"),
    }
}

fn problem(t: Texts, code: Code) -> Phrase {
    match code {
        Code::TooShort => t.say("search-no-word"),
        _ => t.say("search-too-many-words"),
    }
}
/// How the queue does, in a sentence; nothing when nothing waits and nothing was done.
pub fn figures(t: Texts, stats: &Stats) -> Option<String> {
    let waiting: i64 = stats.waiting.iter().map(|(_, count)| count).sum();
    let mut told = Vec::new();
    if let Some(oldest) = stats.oldest.filter(|_| waiting > 0) {
        told.push(t.say("figures-waiting").with("count", waiting).with("span", span(t, oldest)));
    }
    for (needs, count) in stats.waiting.iter().filter(|(_, count)| *count > 0) {
        told.push(match needs {
            Needs::Decision => continue,
            Needs::Edit => t.say("figures-edited").with("count", count),
            Needs::Report => t.say("figures-reported").with("count", count),
            Needs::Appeal => t.say("figures-appealed").with("count", count),
            Needs::Escalated => t.say("figures-escalated").with("count", count),
        });
    }
    if stats.decisions_per_hour > 0 {
        told.push(t.say("figures-decided").with("count", stats.decisions_per_hour));
    }
    if let Some(median) = stats.median {
        told.push(t.say("figures-median").with("span", span(t, median)));
    }
    let told: Vec<String> = told.into_iter().map(String::from).collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

fn span(t: Texts, span: Duration) -> Phrase {
    if span < Duration::from_mins(1) { t.say("time-moment-long") } else { t.span(span) }
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
        assert_eq!(figures(Texts::default(), &stats(none, None, 0, None)), None);
        let mut waiting = none;
        waiting[0].1 = 1_234_567;
        waiting[4].1 = 3;
        let told = figures(
            Texts::default(),
            &stats(waiting, Some(Duration::from_hours(3)), 120, Some(Duration::from_secs(9))),
        );
        let expected = "1,234,570 waiting, the oldest for 3 hours · 3 escalated · 120 decided in the last hour · \
                        half of the last day’s within a moment";
        assert_eq!(told.as_deref(), Some(expected));
    }
}
