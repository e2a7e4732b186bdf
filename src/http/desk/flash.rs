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
        batch::Batch,
        claims::Wish,
        moderate::{Action, Outcome, Standing},
        undo::Which,
    },
    http::{batches, query::Query, view::Link},
    texts::{Phrase, Texts},
};

/// The parameters that it travels in.
pub const MEMBERS: [&str; 14] = [
    "done", "late", "comment", "by", "at", "undo", "batch", "count", "missed", "undone", "left", "claim",
    "amended", "others",
];

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

    /// Its author was blocked, and perhaps what else came from them was marked as spam.
    pub fn blocked(cleaned: Option<&Batch>) -> Self {
        let mut said = vec![("amended", "block".to_owned())];
        if let Some(batch) = cleaned {
            let results: Vec<Outcome> = batch.results.iter().map(|(_, outcome)| outcome.clone()).collect();
            let done = done(&results);
            said.push(("count", done.to_string()));
            said.push(("missed", (results.len() - done + batch.left).to_string()));
            said.extend((done > 0).then(|| ("batch", batch.id.to_string())));
        }
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
        // nothing was done, nothing can be undone
        said.extend((done > 0).then_some(("batch", batch)));
        Self(said)
    }

    /// The same, and so many were not tried.
    pub fn leaving(mut self, left: usize) -> Self {
        self.0.extend((left > 0).then(|| ("left", left.to_string())));
        self
    }

    /// Nothing was decided, because the list is not any more what it was on the page.
    pub fn others_came() -> Self {
        Self(vec![("others", "came".to_owned())])
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
    let t = session.t;
    if query.get("others").is_some() {
        return Some(Flash::warning(t.say("flash-others-came")));
    }
    if let Some(what) = query.get("claim") {
        return claim(t, what, query);
    }
    if let Some(text) = query.get("amended").and_then(|what| amended(t, what)) {
        let which = batches::which(query.get("batch"), query.get("undo")).ok();
        let missed = number(query, "missed").filter(|missed| *missed > 0);
        return Some(Flash::Done {
            text: sentences([
                Some(text),
                number(query, "count").map(|count| t.say("flash-spam-many").with("count", count)),
                missed.map(|missed| t.say("flash-missed").with("count", missed)),
            ]),
            undo: which.map(|which| UndoForm::new(which, session, here)),
            next: None,
        });
    }
    if let Some(undone) = number(query, "undone") {
        let of = |name| number(query, name).unwrap_or_default();
        return Some(taken_back(t, undone, (of("missed"), of("left"))));
    }
    if let Some(action) = query.get("done").and_then(Action::parse) {
        let which = batches::which(query.get("batch"), query.get("undo")).ok();
        let undo = which.map(|which| UndoForm::new(which, session, here));
        return Some(match number(query, "count") {
            None => Flash::Done { text: done_to_one(t, action).into(), undo, next: None },
            Some(count) => {
                let of = |name| number(query, name).unwrap_or_default();
                done_to_many(t, action, (count, of("missed"), of("left")), undo)
            }
        });
    }
    let status = query.get("late").and_then(|raw| Status::parse(raw).ok())?;
    let comment = query.parsed("comment", |raw| raw.parse::<CommentId>().ok()).ok().flatten();
    let comment = comment.map(|id| Link::new(t.say("flash-see"), format!("/desk/comments/{id}")));
    Some(Flash::Conflict { text: late(session, status, query).into(), link: comment })
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

/// The name that the address holds.
fn name(query: &Query) -> Option<String> {
    query.get("by").map(|by| by.chars().take(100).collect())
}

fn amended(t: Texts, what: &str) -> Option<Phrase> {
    Some(match what {
        "edit" => t.say("flash-edited"),
        "pick" => t.say("flash-picked"),
        "unpick" => t.say("flash-unpicked"),
        "reply" => t.say("flash-replied"),
        "block" => t.say("flash-blocked"),
        "erase-note" => t.say("flash-note-erased"),
        _ => return None,
    })
}

fn done_to_one(t: Texts, action: Action) -> Phrase {
    match action.name() {
        "approve" => t.say("flash-approve"),
        "reject" => t.say("flash-reject"),
        "spam" => t.say("flash-spam"),
        "hold" => t.say("flash-hold"),
        _ => t.say("flash-escalate"),
    }
}

fn done_to_none(t: Texts, action: Action) -> Phrase {
    match action.name() {
        "approve" => t.say("flash-approve-none"),
        "reject" => t.say("flash-reject-none"),
        "spam" => t.say("flash-spam-none"),
        "hold" => t.say("flash-hold-none"),
        _ => t.say("flash-escalate-none"),
    }
}

fn done_to_many(
    t: Texts,
    action: Action,
    (count, missed, untried): (usize, usize, usize),
    undo: Option<UndoForm>,
) -> Flash {
    let left = (missed > 0).then(|| t.say("flash-missed").with("count", missed));
    let untried = (untried > 0).then(|| t.say("flash-left").with("count", untried));
    let did = match action.name() {
        _ if count == 0 && missed == 0 => return Flash::warning(t.say("flash-nothing-selected")),
        _ if count == 0 => return Flash::warning(sentences([Some(done_to_none(t, action)), left, untried])),
        "approve" => t.say("flash-approve-many").with("count", count),
        "reject" => t.say("flash-reject-many").with("count", count),
        "spam" => t.say("flash-spam-many").with("count", count),
        "hold" => t.say("flash-hold-many").with("count", count),
        _ => t.say("flash-escalate-many").with("count", count),
    };
    Flash::Done { text: sentences([Some(did), left, untried]), undo, next: None }
}

fn taken_back(t: Texts, undone: usize, (missed, untried): (usize, usize)) -> Flash {
    let left = (missed > 0).then(|| t.say("flash-undo-missed").with("count", missed));
    let untried = (untried > 0).then(|| t.say("flash-undo-left").with("count", untried));
    match undone {
        0 => Flash::warning(sentences([Some(t.say("flash-undone-none")), left, untried])),
        _ => Flash::done(sentences([Some(t.say("flash-undone").with("count", undone)), left, untried])),
    }
}

/// One after the other.
fn sentences<const N: usize>(sentences: [Option<Phrase>; N]) -> String {
    let told: Vec<String> = sentences.into_iter().flatten().map(String::from).collect();
    told.join(" ")
}

fn claim(t: Texts, what: &str, query: &Query) -> Option<Flash> {
    let count = number(query, "count").unwrap_or_default();
    Some(match what {
        "yours" => Flash::done(t.say("flash-claim-yours")),
        "taken" => Flash::warning(t.say("flash-claim-taken").with("name", name(query)?)),
        "refused" => Flash::warning(t.say("flash-claim-refused")),
        "took" if count == 0 => Flash::warning(t.say("flash-claims-none")),
        "took" => Flash::done(t.say("flash-claims-took").with("count", count)),
        "kept" => Flash::done(t.say("flash-claims-kept").with("count", count)),
        "back" => Flash::done(t.say("flash-claims-back").with("count", count)),
        _ => return None,
    })
}

/// Who was first, and what became of the comment.
fn late(session: &Session, status: Status, query: &Query) -> Phrase {
    let t = session.t;
    let what = match status {
        Status::Approved => t.say("flash-late-approved"),
        Status::Rejected => t.say("flash-late-rejected"),
        Status::Spam => t.say("flash-late-spam"),
        Status::Pending => t.say("flash-late-pending"),
        Status::Withdrawn => t.say("flash-late-withdrawn"),
    };
    let by = name(query);
    if by.as_deref() == Some(session.moderator.name.as_str()) {
        // in another window, or before going back
        return t.say("flash-late-self").with("what", what);
    }
    match (by, query.get("at").and_then(Timestamp::parse), status) {
        (Some(name), Some(at), _) => {
            t.say("flash-late-at").with("name", name).with("what", what).with("when", t.moment(at))
        }
        (Some(name), None, _) => t.say("flash-late-by").with("name", name).with("what", what),
        (None, _, Status::Withdrawn) => t.say("flash-late-author"),
        (None, ..) => t.say("flash-late"),
    }
}
