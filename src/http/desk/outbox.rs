//! The outbox as a page, for admins and operators: what is owed to the outside, and what was given up.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};
use url::form_urlencoded::Serializer;

use super::{
    account_pages::Said,
    act::Sent,
    html,
    outbox_pages::{MessageLine, OutboxPage},
    pages::Tab,
    search, see,
    session::{self, Session, refuse},
};
use crate::{
    domain::{Message, OutboxId, Timestamp},
    flow::{
        App, FlowError, figures,
        outbox::{self, Action, Item, State, Wanted},
    },
    http::{
        body::FormBody,
        error::ApiError,
        outbox::wanted,
        query::Query,
        view::{Link, Moment},
    },
    store::OutboxGauge,
    texts::{Phrase, Texts},
};

/// The page.
pub const PAGE: &str = "/desk/outbox";
/// Messages on one page.
const LENGTH: usize = 50;

/// The states, in the order of their tabs.
const STATES: [State; 4] = [State::Owed, State::Dead, State::Sent, State::Dropped];

fn state_in_words(t: Texts, state: State) -> Phrase {
    match state {
        State::Owed => t.say("outbox-owed"),
        State::Dead => t.say("outbox-dead"),
        State::Sent => t.say("outbox-sent"),
        State::Dropped => t.say("outbox-dropped"),
    }
}

/// What it means when the list of a state is empty.
fn none_in_words(t: Texts, state: State) -> Phrase {
    match state {
        State::Owed => t.say("outbox-none-owed"),
        State::Dead => t.say("outbox-none-dead"),
        State::Sent => t.say("outbox-none-sent"),
        State::Dropped => t.say("outbox-none-dropped"),
    }
}

/// What the last action says to the page.
fn done_in_words(t: Texts, done: Action) -> Phrase {
    match done {
        Action::Retry => t.say("outbox-did-retry"),
        Action::Drop => t.say("outbox-did-drop"),
    }
}

/// `GET /desk/outbox`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let done = query.get("done").and_then(Action::parse);
    let said = done.map(|done| said(done_in_words(session.t, done), true));
    Ok(html(&view(&app, &session, (&wanted(&request, LENGTH)?, said)).await?))
}

/// `POST /desk/outbox`: `action` is `retry` or `drop`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let known = ["csrf", "action", "id", "state", "cursor"];
    let sent = match Sent::of(&app, &request, (&body, &known), PAGE).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let (moderator, form) = (&sent.session.moderator, &sent.form);
    let action = form.get("action").and_then(Action::parse).ok_or(ApiError::Malformed)?;
    let id: OutboxId = form.get("id").and_then(|raw| raw.parse().ok()).ok_or(ApiError::NotFound)?;
    let here = Wanted {
        state: form.get("state").and_then(State::parse).unwrap_or_default(),
        after: form.get("cursor").and_then(|raw| raw.parse().ok()),
        limit: LENGTH,
    };
    match outbox::settle(&app, (moderator, "desk"), id, action).await {
        Ok(_) => Ok(see(&format!("{}&done={}", address(&here), action.name()))),
        Err(FlowError::VersionConflict) => {
            let text = sent.session.t.say("outbox-conflict");
            let page = view(&app, &sent.session, (&here, Some(said(text, false)))).await?;
            Ok(refuse(&page, StatusCode::CONFLICT))
        }
        Err(error) => Err(error.into()),
    }
}

fn said(text: Phrase, is_good: bool) -> Said {
    Said { part: "outbox", text: text.into(), is_good }
}

fn address(wanted: &Wanted) -> String {
    let mut address = Serializer::new(String::new());
    address.append_pair("state", wanted.state.name());
    if let Some(after) = wanted.after {
        address.append_pair("cursor", &after.to_string());
    }
    format!("{PAGE}?{}", address.finish())
}

async fn view(
    app: &App,
    session: &Session,
    (wanted, said): (&Wanted, Option<Said>),
) -> Result<OutboxPage, ApiError> {
    let viewer = &session.moderator;
    let found = outbox::list(app, viewer, wanted).await?;
    let (gauges, stats) = (outbox::gauges(app, viewer).await?, figures::stats(app, viewer, None).await?);
    let (t, now) = (session.t, app.clock.now());
    let tab = |state: State| Tab {
        label: state_in_words(t, state).into(),
        url: address(&Wanted { state, ..Wanted::default() }),
        current: state == wanted.state,
        count: None,
    };
    let of = |after| address(&Wanted { after, ..*wanted });
    Ok(OutboxPage {
        t,
        bar: session.bar(),
        said,
        paused_until: app.mail_pause.until(now).map(|at| t.moment(at).into()),
        messages: messages(t, &gauges, now),
        queue: search::figures(t, &stats),
        tabs: STATES.map(tab).to_vec(),
        state: wanted.state.name(),
        cursor: wanted.after.map_or_else(String::new, |after| after.to_string()),
        items: found.items.iter().map(|item| line((app, session), item, now)).collect(),
        empty: none_in_words(t, wanted.state).into(),
        first: wanted.after.map(|_| Link::new(t.say("outbox-first"), of(None))),
        next: found.next.map(|next| Link::new(t.say("outbox-more"), of(Some(next)))),
    })
}

/// How much is owed and was given up.
fn messages(t: Texts, gauges: &[OutboxGauge], now: Timestamp) -> Option<String> {
    let count = |states: &[&str]| -> i64 {
        let of_these = gauges.iter().filter(|gauge| states.contains(&gauge.state.as_str()));
        of_these.map(|gauge| gauge.messages).sum()
    };
    let (owed, tried, dead) = (count(&["due", "retrying"]), count(&["retrying"]), count(&["dead"]));
    let oldest = gauges.iter().filter(|gauge| gauge.state != "dead").map(|gauge| gauge.oldest).min();
    let mut told = Vec::new();
    if let Some(oldest) = oldest {
        let ago = t.ago(now.since(oldest));
        told.push(t.say("outbox-figures-owed").with("count", owed).with("ago", ago));
    }
    if tried > 0 {
        told.push(t.say("outbox-figures-tried").with("count", tried));
    }
    if dead > 0 {
        told.push(t.say("outbox-figures-dead").with("count", dead));
    }
    let told: Vec<String> = told.into_iter().map(String::from).collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

fn line((app, session): (&App, &Session), item: &Item, now: Timestamp) -> MessageLine {
    let (t, row) = (session.t, &item.row);
    let site = item.site.and_then(|site| app.sites.get(site));
    let sees = session.moderator.role.moderates();
    let leased_until = row.leased_until.filter(|at| *at > now && item.state == State::Owed);
    MessageLine {
        id: row.id.to_string(),
        kind: kind(t, item.message.as_ref()).into(),
        person: item.person.as_ref().map(|(_, name)| name.clone()),
        site: site.map(|site| site.name.clone()),
        comment: item.comment.filter(|_| sees).map(|id| format!("/desk/comments/{id}")),
        made: Moment::told(t, row.created_at, now),
        stands: match (item.state, row.settled_at) {
            (State::Owed, _) => due(t, row.due_at, now),
            (state, Some(at)) => settled(t, state, t.ago(now.since(at))),
            (state, None) => state_in_words(t, state),
        }
        .into(),
        tried: (row.attempts > 0).then(|| t.say("message-tried").with("count", row.attempts).into()),
        failure: row.last_error.as_deref().map(|class| in_words(t, class)),
        leased_until: leased_until.map(|at| t.moment(at).into()),
        is_open: item.state.is_open(),
    }
}

/// What became of it, and when.
fn settled(t: Texts, state: State, ago: Phrase) -> Phrase {
    match state {
        State::Sent => t.say("message-sent").with("ago", ago),
        State::Dropped => t.say("message-dropped").with("ago", ago),
        State::Owed | State::Dead => t.say("message-dead").with("ago", ago),
    }
}

fn due(t: Texts, at: Timestamp, now: Timestamp) -> Phrase {
    let wait = at.since(now);
    if at <= now {
        t.say("message-due-since").with("time", t.moment(at))
    } else if wait < Duration::from_mins(1) {
        t.say("message-due-soon")
    } else {
        t.say("message-due-in").with("span", t.span(wait))
    }
}

fn kind(t: Texts, message: Option<&Message>) -> Phrase {
    match message {
        Some(Message::CommentWaits { .. }) => t.say("message-news"),
        Some(Message::LetterAboutOne { .. } | Message::ModeratorLetter { .. }) => t.say("message-letter"),
        Some(Message::Invitation { .. }) => t.say("message-invitation"),
        Some(Message::BreakerLetter { .. }) => t.say("message-breaker"),
        Some(Message::ConfirmationLetter { .. }) => t.say("message-confirmation"),
        Some(Message::OutcomeLetter { .. }) => t.say("message-outcome"),
        Some(Message::ReplyLetter { .. }) => t.say("message-reply"),
        Some(Message::TestLetter { .. }) => t.say("message-test"),
        None => t.say("message-unread"),
    }
}

/// A class of failures in words; one that has none, by its name.
fn in_words(t: Texts, class: &str) -> String {
    let words = match class {
        "timeout" => t.say("failure-timeout"),
        "connection" => t.say("failure-connection"),
        "tls" => t.say("failure-tls"),
        "garbled" => t.say("failure-garbled"),
        "sign-in-refused" => t.say("failure-sign-in-refused"),
        "no-sign-in" => t.say("failure-no-sign-in"),
        "refused" => t.say("failure-refused"),
        "turned-away" => t.say("failure-turned-away"),
        "put-off" => t.say("failure-put-off"),
        "folder-not-writable" => t.say("failure-folder-not-writable"),
        "not-an-address" => t.say("failure-not-an-address"),
        "not-composed" => t.say("failure-not-composed"),
        "ended" => t.say("failure-ended"),
        "panicked" => t.say("failure-panicked"),
        "unreadable" => t.say("failure-unreadable"),
        other => return other.to_owned(),
    };
    words.into()
}
