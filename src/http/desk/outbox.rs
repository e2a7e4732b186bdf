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
        view::{Link, Moment, spell},
    },
    store::OutboxGauge,
};

/// The page.
pub const PAGE: &str = "/desk/outbox";
/// Messages on one page.
const LENGTH: usize = 50;

/// The states: what their tabs say, and what it means when a list is empty.
const STATES: [(State, &str, &str); 4] = [
    (State::Owed, "Owed", "Nothing is owed."),
    (State::Dead, "Given up", "Nothing was given up."),
    (State::Sent, "Sent", "Nothing was sent lately."),
    (State::Dropped, "Dropped", "Nothing was dropped lately."),
];

/// What the last action says to the page.
const DONE: [(Action, &str); 2] = [
    (Action::Retry, "The message is due now, and will be tried anew."),
    (Action::Drop, "The message is dropped. It will not be sent."),
];

/// `GET /desk/outbox`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    let query = Query::of(&request, &["done"])?;
    let done = query.get("done").and_then(Action::parse);
    let done = done.and_then(|action| DONE.into_iter().find(|(done, _)| *done == action));
    let said = done.map(|(_, text)| said(text, true));
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
            let text = "The message was sent or dropped since you opened the page. Nothing was changed.";
            let page = view(&app, &sent.session, (&here, Some(said(text, false)))).await?;
            Ok(refuse(&page, StatusCode::CONFLICT))
        }
        Err(error) => Err(error.into()),
    }
}

fn said(text: &str, is_good: bool) -> Said {
    Said { part: "outbox", text: text.to_owned(), is_good }
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
    let now = app.clock.now();
    let tab = |(state, label, _): (State, &str, &str)| Tab {
        label: label.to_owned(),
        url: address(&Wanted { state, ..Wanted::default() }),
        current: state == wanted.state,
        count: None,
    };
    let of = |after| address(&Wanted { after, ..*wanted });
    let empty = STATES.into_iter().find(|(state, ..)| *state == wanted.state);
    Ok(OutboxPage {
        bar: session.bar(),
        said,
        paused_until: app.mail_pause.until(now).map(Timestamp::for_people),
        messages: messages(&gauges, now),
        queue: search::figures(&stats),
        tabs: STATES.map(tab).to_vec(),
        state: wanted.state.name(),
        cursor: wanted.after.map_or_else(String::new, |after| after.to_string()),
        items: found.items.iter().map(|item| line((app, session), item, now)).collect(),
        empty: empty.map_or("", |(_, _, empty)| empty),
        first: wanted.after.map(|_| Link::new("Back to the start", of(None))),
        next: found.next.map(|next| Link::new("More", of(Some(next)))),
    })
}

/// How much is owed and was given up.
fn messages(gauges: &[OutboxGauge], now: Timestamp) -> Option<String> {
    let count = |states: &[&str]| -> i64 {
        let of_these = gauges.iter().filter(|gauge| states.contains(&gauge.state.as_str()));
        of_these.map(|gauge| gauge.messages).sum()
    };
    let (owed, tried, dead) = (count(&["due", "retrying"]), count(&["retrying"]), count(&["dead"]));
    let oldest = gauges.iter().filter(|gauge| gauge.state != "dead").map(|gauge| gauge.oldest).min();
    let mut told = Vec::new();
    if let Some(oldest) = oldest {
        told.push(format!("{owed} owed, the oldest made {}", Moment::new(oldest, now).relative));
    }
    if tried > 0 {
        told.push(format!("{tried} tried before"));
    }
    if dead > 0 {
        told.push(format!("{dead} given up"));
    }
    (!told.is_empty()).then(|| told.join(" · "))
}

fn line((app, session): (&App, &Session), item: &Item, now: Timestamp) -> MessageLine {
    let row = &item.row;
    let site = item.site.and_then(|site| app.sites.get(site));
    let sees = session.moderator.role.moderates();
    let leased_until = row.leased_until.filter(|at| *at > now && item.state == State::Owed);
    MessageLine {
        id: row.id.to_string(),
        kind: kind(item.message.as_ref()),
        person: item.person.as_ref().map(|(_, name)| name.clone()),
        site: site.map(|site| site.name.clone()),
        comment: item.comment.filter(|_| sees).map(|id| format!("/desk/comments/{id}")),
        made: Moment::new(row.created_at, now),
        stands: match (item.state, row.settled_at) {
            (State::Owed, _) => due(row.due_at, now),
            (state, at) => {
                let what = match state {
                    State::Sent => "Sent",
                    State::Dropped => "Dropped",
                    State::Owed | State::Dead => "Given up",
                };
                at.map_or_else(|| what.to_owned(), |at| format!("{what} {}", Moment::new(at, now).relative))
            }
        },
        tried: match row.attempts {
            0 => None,
            1 => Some("tried once".to_owned()),
            many => Some(format!("tried {many} times")),
        },
        failure: row.last_error.as_deref().map(in_words),
        leased_until: leased_until.map(Timestamp::for_people),
        is_open: item.state.is_open(),
    }
}

fn due(at: Timestamp, now: Timestamp) -> String {
    let wait = at.since(now);
    if at <= now {
        format!("Due since {}", at.for_people())
    } else if wait < Duration::from_mins(1) {
        "Due in a moment".to_owned()
    } else {
        format!("Due in {}", spell(wait))
    }
}

const fn kind(message: Option<&Message>) -> &'static str {
    match message {
        Some(Message::CommentWaits { .. }) => "News of a comment that waits",
        Some(Message::LetterAboutOne { .. } | Message::ModeratorLetter { .. }) => {
            "Letter about comments that wait"
        }
        Some(Message::Invitation { .. }) => "Link to set a password",
        Some(Message::TestLetter { .. }) => "Test letter",
        None => "Something that this version cannot read",
    }
}

/// A class of failures in words; one that has none, by its name.
fn in_words(class: &str) -> String {
    let words = match class {
        "timeout" => "The mail server did not answer in time.",
        "connection" => "The mail server could not be reached, or hung up.",
        "tls" => "There was no protected connection to the mail server.",
        "garbled" => "The mail server gave an answer that is none.",
        "sign-in-refused" => "The mail server refuses the name and the password of the desk.",
        "no-sign-in" => "The mail server has no way to sign in that the desk knows.",
        "refused" => "The mail server refuses this letter or its address.",
        "turned-away" => "The mail server does not speak with the desk.",
        "put-off" => "The mail server asked to try again later.",
        "folder-not-writable" => "The folder for mail cannot be written to.",
        "not-an-address" => "The address of the account is none that mail can go to.",
        "not-composed" => "The letter could not be composed.",
        "ended" => "The service was stopped in the middle.",
        "panicked" => "A fault of Replydesk: please report it.",
        "unreadable" => "A newer version of Replydesk wrote it.",
        other => return other.to_owned(),
    };
    words.to_owned()
}
