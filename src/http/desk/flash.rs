//! What the last action says to the next page. It travels in the address, so it holds words of ours only,
//! identifiers, and the name of a colleague.

use url::form_urlencoded::Serializer;

use super::{
    pages::{Flash, UndoForm},
    session::Session,
};
use crate::{
    domain::{AuditId, CommentId, Status, Timestamp},
    flow::{
        claims::Wish,
        moderate::{Action, Outcome, Standing},
        undo::Which,
    },
    http::{batches, query::Query, view::Link},
};

/// The parameters that it travels in.
pub const MEMBERS: [&str; 13] = [
    "done", "late", "comment", "by", "at", "undo", "batch", "count", "missed", "undone", "left", "claim",
    "amended",
];

/// That a note is gone.
pub const NOTE_ERASED: &str = "The note is erased. The log says that there was one, and who erased it.";

/// What is to be said.
#[derive(Debug)]
pub struct Said(Vec<(&'static str, String)>);

impl Said {
    /// One comment was decided, or somebody else was first.
    pub fn decided(id: CommentId, action: Action, outcome: &Outcome) -> Option<Self> {
        match outcome {
            Outcome::Done { decision, .. } => {
                Some(Self(vec![("done", action.name().to_owned()), ("undo", decision.to_string())]))
            }
            Outcome::Conflict(standing) => Some(Self::late(id, standing)),
            Outcome::NotFound => None,
        }
    }

    /// Its text or its place was changed, or it was answered.
    pub fn amended(what: &'static str, decision: Option<AuditId>) -> Self {
        let mut said = vec![("amended", what.to_owned())];
        said.extend(decision.map(|decision| ("undo", decision.to_string())));
        Self(said)
    }

    /// Somebody else was first.
    pub fn late(id: CommentId, standing: &Standing) -> Self {
        let mut said = vec![("late", standing.status.name().to_owned()), ("comment", id.to_string())];
        if let Some(by) = &standing.by {
            said.push(("by", by.clone()));
            said.push(("at", standing.at.map_or_else(String::new, |at| at.to_string())));
        }
        Self(said)
    }

    /// Many comments were decided, or not.
    pub fn decided_many(action: Action, batch: String, results: &[Outcome]) -> Self {
        let done = done(results);
        let mut said = vec![("done", action.name().to_owned()), ("count", done.to_string())];
        said.push(("missed", (results.len() - done).to_string()));
        said.push(("batch", batch));
        Self(said)
    }

    /// Decisions were taken back, or not; so many were not tried.
    pub fn undone(results: &[Outcome], left: usize) -> Self {
        let done = done(results);
        let mut said = vec![("undone", done.to_string()), ("missed", (results.len() - done).to_string())];
        said.extend((left > 0).then(|| ("left", left.to_string())));
        Self(said)
    }

    /// One comment was asked for.
    pub fn wished(wish: &Wish) -> Self {
        match wish {
            Wish::Granted(_) => Self(vec![("claim", "yours".to_owned())]),
            Wish::Taken(by, _) => Self(vec![("claim", "taken".to_owned()), ("by", by.clone())]),
            Wish::Refused => Self(vec![("claim", "refused".to_owned())]),
        }
    }

    /// So many were taken, kept or given back.
    pub fn claimed(what: &'static str, count: usize) -> Self {
        Self(vec![("claim", what.to_owned()), ("count", count.to_string())])
    }

    /// The address of the page that says it.
    pub fn at(self, page: &str) -> String {
        let mut said = Serializer::new(String::new());
        said.extend_pairs(&self.0);
        let joint = if page.contains('?') { '&' } else { '?' };
        format!("{page}{joint}{}", said.finish())
    }
}

fn done(results: &[Outcome]) -> usize {
    results.iter().filter(|outcome| matches!(outcome, Outcome::Done { .. })).count()
}

/// What the address says, for the page at `here`.
pub fn flash(query: &Query, session: &Session, here: &str) -> Option<Flash> {
    if let Some(what) = query.get("claim") {
        return claim(what, query);
    }
    if let Some(text) = query.get("amended").and_then(amended) {
        let which = batches::which(None, query.get("undo")).ok();
        return Some(Flash::Done {
            text: text.to_owned(),
            undo: which.map(|which| UndoForm::new(which, session, here)),
        });
    }
    if let Some(undone) = number(query, "undone") {
        let of = |name| number(query, name).unwrap_or_default();
        return Some(taken_back(undone, (of("missed"), of("left"))));
    }
    if let Some(action) = query.get("done").and_then(Action::parse) {
        let which = batches::which(query.get("batch"), query.get("undo")).ok();
        let undo = which.map(|which| UndoForm::new(which, session, here));
        return Some(match number(query, "count") {
            None => Flash::Done { text: done_to_one(action).to_owned(), undo },
            Some(count) => done_to_many(action, (count, number(query, "missed").unwrap_or_default()), undo),
        });
    }
    let status = query.get("late").and_then(|raw| Status::parse(raw).ok())?;
    let comment = query.parsed("comment", |raw| raw.parse::<CommentId>().ok()).ok().flatten();
    let comment = comment.map(|id| Link::new("See the comment", format!("/desk/comments/{id}")));
    Some(Flash::Conflict { text: late(status, query), comment })
}

impl UndoForm {
    fn new(which: Which, session: &Session, here: &str) -> Self {
        let (name, value) = match which {
            Which::Batch(id) => ("batch", id.to_string()),
            Which::Decision(id) => ("decision_id", id.to_string()),
        };
        Self { name, value, csrf: session.csrf.clone(), next: here.to_owned() }
    }
}

fn number(query: &Query, name: &str) -> Option<usize> {
    query.get(name)?.parse().ok()
}

/// `1 comment`, `2 comments`.
fn comments(count: usize) -> String {
    format!("{count} comment{}", if count == 1 { "" } else { "s" })
}

fn amended(what: &str) -> Option<&'static str> {
    Some(match what {
        "edit" => "The text is changed. What its author wrote is kept, and readers see that it was edited.",
        "pick" => "Recommended: readers see it marked.",
        "unpick" => "No longer recommended.",
        "reply" => "Your reply is on the page.",
        "erase-note" => NOTE_ERASED,
        _ => return None,
    })
}

fn done_to_one(action: Action) -> &'static str {
    match action.name() {
        "approve" => "Approved. It is on the page now.",
        "reject" => "Rejected.",
        "spam" => "Marked as spam.",
        "hold" => "Back in the queue.",
        _ => "Escalated.",
    }
}

fn done_to_many(action: Action, (count, missed): (usize, usize), undo: Option<UndoForm>) -> Flash {
    let did = match action.name() {
        "approve" => "approved",
        "reject" => "rejected",
        "spam" => "marked as spam",
        "hold" => "put back into the queue",
        _ => "escalated",
    };
    let left = match missed {
        0 => String::new(),
        1 => " 1 had changed since you opened the page and was left as it is.".to_owned(),
        _ => format!(" {missed} had changed since you opened the page and were left as they are."),
    };
    match count {
        0 if missed == 0 => Flash::warning("Nothing was selected."),
        0 => Flash::warning(format!("Nothing was {did}.{left}")),
        _ => Flash::Done { text: format!("{} {did}.{left}", comments(count)), undo },
    }
}

fn taken_back(undone: usize, (missed, untried): (usize, usize)) -> Flash {
    let mut left = match missed {
        0 => String::new(),
        1 => " 1 comment had changed since and was left as it is.".to_owned(),
        _ => format!(" {missed} comments had changed since and were left as they are."),
    };
    if untried > 0 {
        left = format!("{left} {untried} were not tried, for want of time, and stay as they were decided.");
    }
    match undone {
        0 => Flash::warning(format!("Nothing was undone.{left}")),
        1 => Flash::done(format!("Undone: the comment is as it was before.{left}")),
        _ => Flash::done(format!("Undone: {undone} comments are as they were before.{left}")),
    }
}

fn claim(what: &str, query: &Query) -> Option<Flash> {
    let count = number(query, "count").unwrap_or_default();
    let by = || query.get("by").map(|by| by.chars().take(100).collect::<String>());
    Some(match what {
        "yours" => Flash::done("The comment is yours to read for 5 minutes."),
        "taken" => Flash::warning(format!("{} is reading this comment already.", by()?)),
        "refused" => Flash::warning(
            "It was not claimed: the comment does not wait any more, or you have claimed as many as you can.",
        ),
        "took" if count == 0 => Flash::warning(
            "There was nothing to take: what waits is being read, or you have claimed as many as you can.",
        ),
        "took" => Flash::done(format!("{} to read in the next 5 minutes.", comments(count))),
        "kept" => Flash::done(format!("{} kept for 5 more minutes.", comments(count))),
        "back" => Flash::done(format!("{} given back.", comments(count))),
        _ => return None,
    })
}

/// Who was first, and what became of the comment.
fn late(status: Status, query: &Query) -> String {
    let done = match status {
        Status::Approved => "approved it",
        Status::Rejected => "rejected it",
        Status::Spam => "marked it as spam",
        Status::Pending => "left it for another look",
        Status::Withdrawn => "withdrawn it",
    };
    let at = query.get("at").and_then(Timestamp::parse);
    let at = at.map(|at| format!(" ({})", at.for_people())).unwrap_or_default();
    let by = query.get("by").map(|by| by.chars().take(100).collect::<String>());
    match (by, status) {
        (Some(by), _) => {
            format!("Someone else was first: {by} has {done}{at}. Your decision was not applied.")
        }
        (None, Status::Withdrawn) => {
            "Its author was first and has withdrawn the comment. Your decision was not applied.".to_owned()
        }
        (None, _) => "The comment has changed since you opened the page. Your decision was not applied: \
                      please read it again."
            .to_owned(),
    }
}
