//! The lists of the desk.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    articles,
    flash::{self, flash},
    pages::{BulkForm, ClaimsForm, QueuePage, Tab},
    search::{self, Filters},
    see,
    session::{self, Session},
    show, watching,
    whole::{self, WholeForm},
};
use crate::{
    domain::Status,
    flow::{
        App, figures,
        queue::{self as queues, Order, QueuePage as Page},
    },
    http::{error::ApiError, listing, query::Query, view::Link},
    texts::{Phrase, Texts},
};

/// Comments on one page.
const PAGE: usize = 50;

/// The lists, by the name in the address.
const TABS: [(&str, Option<Status>); 5] = [
    ("waiting", None),
    ("mine", None),
    ("approved", Some(Status::Approved)),
    ("rejected", Some(Status::Rejected)),
    ("spam", Some(Status::Spam)),
];

/// `GET /desk`
pub async fn queue(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(request.path())) };
    if session.home() != session::QUEUE {
        return Ok(see(session.home()));
    }
    let known = [&flash::MEMBERS[..], &search::MEMBERS, &["list", "cursor", "select"]].concat();
    let query = Query::of(&request, &known)?;
    let list = query.get("list").unwrap_or("waiting");
    let (name, status) = TABS.into_iter().find(|(name, _)| *name == list).ok_or(ApiError::NotFound)?;
    let filters = Filters::of(&query, status.is_none())?;
    let after = query.parsed("cursor", |raw| listing::cursor(raw, filters.order))?;
    let page = match filters.wanted() {
        Ok(mut wanted) => {
            (wanted.status, wanted.mine, wanted.after, wanted.limit) = (status, name == "mine", after, PAGE);
            queues::list(&app, &session.moderator, &wanted).await?
        }
        // what was typed cannot be looked for: the page says so
        Err(_) => Page { items: Vec::new(), next: None },
    };
    let here = filters.address(name);
    let this = after.map_or_else(|| here.clone(), |after| format!("{here}&cursor={after}"));
    let is_selected = query.get("select") == Some("all");
    let selects = status.is_none().then_some(is_selected);
    let card = |item| show::card(&app, &session, item, &this).selectable(selects);
    let is_narrowed = filters.are_any();
    let whole = match name {
        "waiting" if filters.cluster.is_some() => whole::count(&app, &session, &filters).await?,
        _ => None,
    };
    let t = session.t;
    let template = QueuePage {
        t,
        bar: session.bar(),
        tabs: tabs(t, name, &filters),
        flash: flash(&query, &session, &this),
        paused: match status {
            None => articles::paused(&app, &session).await?,
            Some(_) => Vec::new(),
        },
        figures: match name {
            "waiting" if !is_narrowed => figures::stats(&app, &session.moderator, None).await.ok(),
            _ => None,
        }
        .and_then(|stats| search::figures(t, &stats)),
        search: search::form(&app, &session, (name, status.is_none()), &filters),
        claims: (status.is_none() && !is_narrowed).then(|| ClaimsForm {
            csrf: session.csrf.clone(),
            mine: "/desk?list=mine".to_owned(),
            has_mine: name == "mine" && !page.items.is_empty(),
        }),
        whole: whole.and_then(|count| {
            WholeForm::of(&session, (&filters, &here), count, show::canned_of_all(&app, &page.items))
        }),
        cards: page.items.iter().map(card).collect(),
        bulk: (status.is_none() && !page.items.is_empty()).then(|| BulkForm {
            reasons: show::canned_of_all(&app, &page.items),
            csrf: session.csrf.clone(),
            next: this.clone(),
            all: (!is_selected)
                .then(|| Link::new(t.say("queue-select-all"), format!("{this}&select=all#bulk"))),
        }),
        first: after.map(|_| Link::new(t.say("queue-first"), here.clone())),
        next: page.next.map(|next| {
            let label = match filters.order {
                _ if page.items.len() < PAGE => t.say("queue-further"),
                Order::Newest => t.say("queue-older"),
                Order::Oldest | Order::Priority => t.say("queue-next"),
            };
            Link::new(label, format!("{here}&cursor={next}"))
        }),
        here: this,
        is_narrowed,
        since: app.clock.id(app.clock.now()).to_string(),
    };
    Ok(watching(&template))
}

/// The lists, filtered alike as far as they can be.
fn tabs(t: Texts, current: &str, filters: &Filters) -> Vec<Tab> {
    let tab = |(name, status): (&str, Option<Status>)| Tab {
        label: tab_in_words(t, name, status).into(),
        url: if status.is_none() { filters.address(name) } else { filters.of_any_status().address(name) },
        current: name == current,
        count: None,
    };
    TABS.into_iter().map(tab).collect()
}

fn tab_in_words(t: Texts, name: &str, status: Option<Status>) -> Phrase {
    match status {
        Some(Status::Approved) => t.say("tab-approved"),
        Some(Status::Rejected) => t.say("tab-rejected"),
        Some(Status::Spam) => t.say("tab-spam"),
        _ if name == "mine" => t.say("tab-mine"),
        _ => t.say("tab-waiting"),
    }
}
