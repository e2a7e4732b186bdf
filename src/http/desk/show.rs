//! From rows to what the desk shows.

use std::collections::BTreeSet;

use super::{
    blocks,
    editing::changes,
    pages::{Canned, Card, Choice, Claim, DecisionForm, HistoryEntry, Others, ReplyTo, Similar},
    search,
    session::Session,
};
use crate::{
    domain::{Needs, Role, SiteId, Status},
    flow::{
        App,
        render::{comment_html, excerpt},
        why,
    },
    http::view::{Link, Moment},
    store::{History, QueueRow, Record},
    texts::{Phrase, Texts},
};

/// Characters of the comment that is answered.
const CONTEXT: usize = 200;
/// Characters of a canned reason in the list of them.
const LINE: usize = 90;

/// A comment as a card, and the page that follows a decision.
pub fn card(app: &App, session: &Session, row: &QueueRow, next: &str) -> Card {
    let decide = DecisionForm {
        action: format!("/desk/comments/{}/decisions", row.id),
        version: row.version,
        csrf: session.csrf.clone(),
        next: next.to_owned(),
        choices: choices(row),
        can_escalate: row.needs.is_some_and(|needs| needs != Needs::Escalated),
        has_notes: true,
        reasons: canned(app, row),
    };
    let others = Others {
        from_there: search::from_there(row.id),
        on_article: search::on_article(&row.site_key, &row.article_key),
        like_it: similar(session.t, row),
    };
    let claim = row.needs.map(|_| claim(app, session, row));
    // of the site's own people nothing is blocked
    let block = (session.moderator.role.edits() && !row.staff).then_some((blocks::DAYS, blocks::CLEAN_UP));
    Card { claim, block, others: Some(others), ..with_form(app, session.t, row, decide) }
}

/// The same behind the link in a mail, whose address says which version is meant: without what is only told at the desk.
pub fn linked_card(app: &App, t: Texts, row: &QueueRow, action: &str) -> Card {
    let mut choices = choices(row);
    choices.retain(|choice| *choice != Choice::Hold);
    let decide = DecisionForm {
        action: action.to_owned(),
        version: row.version,
        csrf: String::new(),
        next: String::new(),
        choices,
        can_escalate: false,
        has_notes: false,
        reasons: canned(app, row),
    };
    let card = with_form(app, t, row, decide);
    // to whoever has the link, only what everybody may read
    let is_public = row.answered.as_ref().is_some_and(|parent| parent.status == Status::Approved);
    Card {
        earlier: None,
        site: None,
        detail_url: None,
        reply_to: card.reply_to.filter(|_| is_public),
        ..card
    }
}

fn with_form(app: &App, t: Texts, row: &QueueRow, decide: DecisionForm) -> Card {
    let edit_waits = row.published_text.is_some();
    Card {
        t,
        id: row.id.to_string(),
        author: row.name.clone(),
        earlier: earlier(t, row),
        others: None,
        website: row.website.clone(),
        article: Link::new(&row.article_title, &row.article_url),
        site: (app.sites.all().len() > 1).then(|| row.site_key.clone()),
        submitted: Moment::told(t, row.submitted_at, app.clock.now()),
        label: label(t, row).into(),
        findings: why::reasons(t, row),
        nothing: why::nothing(app, t, row).map(Into::into),
        is_reply: row.parent.is_some(),
        reply_to: row
            .answered
            .as_ref()
            .map(|parent| ReplyTo { author: parent.name.clone(), excerpt: excerpt(&parent.text, CONTEXT) }),
        html: comment_html(row.published_text.as_ref().unwrap_or(&row.text)),
        edit_html: edit_waits.then(|| comment_html(&row.text)),
        changes: row.published_text.as_ref().map_or_else(Vec::new, |before| changes(before, &row.text)),
        editor: row.editor.clone(),
        is_picked: row.picked_at.is_some(),
        detail_url: Some(format!("/desk/comments/{}", row.id)),
        claim: None,
        selected: None,
        decide,
        block: None,
    }
}

/// The way to the comments that say nearly the same, if there are any.
fn similar(t: Texts, row: &QueueRow) -> Option<Similar> {
    let list = match (row.needs, row.status) {
        (Some(_), _) => "waiting",
        (None, Status::Approved) => "approved",
        (None, Status::Rejected) => "rejected",
        (None, Status::Spam) => "spam",
        (None, Status::Pending | Status::Withdrawn) => return None,
    };
    (row.similar > 0).then(|| Similar {
        label: t.say("card-similar").with("count", row.similar).into(),
        url: search::like_it(row.id, list),
    })
}

/// The reasons of the comment's site, shortened to a line.
fn canned(app: &App, row: &QueueRow) -> Vec<Canned> {
    let Some(site) = app.sites.get(row.site) else { return Vec::new() };
    let reasons = site.policy.reasons.iter();
    reasons
        .map(|reason| Canned { code: reason.code().to_owned(), label: excerpt(reason.text(), LINE) })
        .collect()
}

/// The reasons that the sites of all these comments have, in the words of the first.
pub fn canned_of_all(app: &App, rows: &[QueueRow]) -> Vec<Canned> {
    let Some(first) = rows.first() else { return Vec::new() };
    let mut reasons = canned(app, first);
    let sites: BTreeSet<SiteId> = rows.iter().map(|row| row.site).collect();
    reasons.retain(|reason| {
        let has = |site: &SiteId| {
            app.sites.get(*site).is_some_and(|site| site.policy.reason(&reason.code).is_some())
        };
        sites.iter().all(has)
    });
    reasons
}

fn claim(app: &App, session: &Session, row: &QueueRow) -> Claim {
    let Some(claim) = &row.claim else { return Claim::Free };
    // a claim that is shown holds for another moment at least
    let minutes = claim.expires_at.since(app.clock.now()).as_secs().div_ceil(60).max(1);
    let left = session.t.say("claim-left").with("minutes", minutes).into();
    if claim.moderator == session.moderator.id {
        Claim::Mine(left)
    } else {
        Claim::Others { by: claim.name.clone(), left }
    }
}

/// What became of other comments under the same address; nothing when there is none.
fn earlier(t: Texts, row: &QueueRow) -> Option<String> {
    let Record { approved, rejected, spam } = row.record;
    // the record counts the comment itself
    let others = |count, status| count - i64::from(row.status == status);
    let (approved, rejected) = (others(approved, Status::Approved), others(rejected, Status::Rejected));
    let spam = others(spam, Status::Spam);
    let told = [
        (approved > 0).then(|| t.say("card-earlier-approved").with("count", approved)),
        (rejected > 0).then(|| t.say("card-earlier-rejected").with("count", rejected)),
        (spam > 0).then(|| t.say("card-earlier-spam").with("count", spam)),
    ];
    let told: Vec<String> = told.into_iter().flatten().map(String::from).collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Status or need, in words.
pub fn label(t: Texts, row: &QueueRow) -> Phrase {
    match (row.status, row.needs) {
        (_, Some(Needs::Edit)) => t.say("card-edit-waits"),
        (_, Some(Needs::Report)) => t.say("card-reported"),
        (_, Some(Needs::Appeal)) => t.say("card-appeal"),
        (_, Some(Needs::Escalated)) => t.say("card-escalated"),
        (Status::Approved, Some(Needs::Decision)) => t.say("card-published"),
        (Status::Pending, _) => t.say("card-waits"),
        (Status::Approved, None) => t.say("card-approved"),
        (Status::Rejected, _) => t.say("card-rejected"),
        (Status::Spam, _) => t.say("card-spam"),
        (Status::Withdrawn, _) => t.say("card-withdrawn"),
    }
}

/// What the transition table allows from here.
fn choices(row: &QueueRow) -> Vec<Choice> {
    use Choice::{Approve, Hold, Reject, Spam};
    match row.status {
        Status::Pending => vec![Approve, Reject, Spam],
        Status::Approved | Status::Rejected if row.needs.is_some() => vec![Approve, Reject, Spam, Hold],
        Status::Approved => vec![Reject, Spam, Hold],
        Status::Rejected => vec![Approve, Spam, Hold],
        Status::Spam => vec![Approve, Reject, Hold],
        Status::Withdrawn => Vec::new(),
    }
}

/// The audit rows of a comment, in words.
pub fn history(app: &App, session: &Session, rows: &[History]) -> Vec<HistoryEntry> {
    let (now, is_admin) = (app.clock.now(), session.moderator.role == Role::Admin);
    let t = session.t;
    rows.iter()
        .map(|row| HistoryEntry {
            at: Moment::told(t, row.at, now),
            what: match row.via.as_str() {
                "mail" => t.say("history-by-mail").with("what", action(t, &row.action)).into(),
                _ => action(t, &row.action),
            },
            who: match (&row.actor, row.via.as_str()) {
                (Some(name), _) => name.clone(),
                (None, "receipt") => t.say("history-author").into(),
                (None, "rule") if row.action == "report" => t.say("history-readers").into(),
                (None, via) => via.to_owned(),
            },
            reason: row.reason.clone(),
            note: row.note.clone(),
            note_erased: row.note_erased,
            erases: row.note.as_ref().filter(|_| is_admin).map(|_| row.id.to_string()),
        })
        .collect()
}

/// An action of the audit log, in words; one that is not known by its name.
pub fn action(t: Texts, name: &str) -> String {
    let told = match name {
        "approve" => t.say("action-approve"),
        "reject" => t.say("action-reject"),
        "spam" => t.say("action-spam"),
        "hold" => t.say("action-hold"),
        "escalate" => t.say("action-escalate"),
        "edit" => t.say("action-edit"),
        "pick" => t.say("action-pick"),
        "unpick" => t.say("action-unpick"),
        "reply" => t.say("action-reply"),
        "appeal" => t.say("action-appeal"),
        "ask-contact" => t.say("action-ask-contact"),
        "ask-reporter" => t.say("action-ask-reporter"),
        "report" => t.say("action-report"),
        "block" => t.say("action-block"),
        "block-author" => t.say("action-block-author"),
        "end-block" => t.say("action-end-block"),
        "erase-note" => t.say("action-erase-note"),
        "set-reasons" => t.say("action-set-reasons"),
        "set-policy" => t.say("action-set-policy"),
        "set-words" => t.say("action-set-words"),
        "withdraw" => t.say("action-withdraw"),
        "put" => t.say("action-put"),
        "open" => t.say("action-open"),
        "close" => t.say("action-close"),
        "close-at" => t.say("action-close-at"),
        "retitle" => t.say("action-retitle"),
        "patch" | "set" => t.say("action-set"),
        "set-rules" => t.say("action-set-rules"),
        "pause-hold-all" => t.say("action-pause-hold-all"),
        "pause-slow" => t.say("action-pause-slow"),
        "pause-closed" => t.say("action-pause-closed"),
        "resume" => t.say("action-resume"),
        "delete" => t.say("action-delete"),
        "add" => t.say("action-add"),
        "issue-token" => t.say("action-issue-token"),
        "revoke-tokens" => t.say("action-revoke-tokens"),
        "undo" => t.say("action-undo"),
        other => return of_people(t, other).map_or_else(|| other.to_owned(), String::from),
    };
    told.into()
}

/// What becomes of accounts and messages, in words.
fn of_people(t: Texts, name: &str) -> Option<Phrase> {
    Some(match name {
        "hire" => t.say("action-hire"),
        "rename" => t.say("action-rename"),
        "change-role" => t.say("action-change-role"),
        "change-sites" => t.say("action-change-sites"),
        "remove" => t.say("action-remove"),
        "invite" => t.say("action-invite"),
        "accept-invitation" => t.say("action-accept-invitation"),
        "set-password" => t.say("action-set-password"),
        "set-second-factor" => t.say("action-set-second-factor"),
        "end-second-factor" => t.say("action-end-second-factor"),
        "reset-second-factor" => t.say("action-reset-second-factor"),
        "make-recovery-codes" => t.say("action-make-recovery-codes"),
        "revoke-token" => t.say("action-revoke-token"),
        "set-mail" => t.say("action-set-mail"),
        "end-session" => t.say("action-end-session"),
        "end-other-sessions" => t.say("action-end-other-sessions"),
        "retry" => t.say("action-retry"),
        "drop" => t.say("action-drop"),
        _ => return None,
    })
}
