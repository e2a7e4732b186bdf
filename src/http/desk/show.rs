//! From rows to what the desk shows.

use std::collections::BTreeSet;

use super::{
    editing::changes,
    pages::{Canned, Card, Choice, Claim, DecisionForm, Finding, HistoryEntry, Others, ReplyTo},
    search,
    session::Session,
};
use crate::{
    domain::{Needs, Role, SiteId, Status},
    flow::{
        App,
        render::{comment_html, excerpt},
    },
    http::view::{Link, Moment},
    screen,
    store::{History, QueueRow, Record},
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
    };
    let claim = row.needs.map(|_| claim(app, session, row));
    Card { claim, others: Some(others), ..with_form(app, row, decide) }
}

/// The same behind the link in a mail, whose address says which version is meant: without what is only told at the desk.
pub fn linked_card(app: &App, row: &QueueRow, action: &str) -> Card {
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
    let card = with_form(app, row, decide);
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

fn with_form(app: &App, row: &QueueRow, decide: DecisionForm) -> Card {
    let edit_waits = row.published_text.is_some();
    Card {
        id: row.id.to_string(),
        author: row.name.clone(),
        earlier: earlier(row),
        others: None,
        website: row.website.clone(),
        article: Link::new(&row.article_title, &row.article_url),
        site: (app.sites.all().len() > 1).then(|| row.site_key.clone()),
        submitted: Moment::new(row.submitted_at, app.clock.now()),
        label: label(row).to_owned(),
        findings: row
            .findings
            .iter()
            .map(|finding| Finding {
                label: screen::in_words(&finding.code).to_owned(),
                term: finding.term.clone(),
            })
            .collect(),
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
    }
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
    let left = format!("for {minutes} more minute{}", if minutes == 1 { "" } else { "s" });
    if claim.moderator == session.moderator.id {
        Claim::Mine(left)
    } else {
        Claim::Others { by: claim.name.clone(), left }
    }
}

/// What became of other comments under the same address; nothing when there is none.
fn earlier(row: &QueueRow) -> Option<String> {
    let Record { approved, rejected, spam } = row.record;
    // the record counts the comment itself
    let others = |count, status| count - i64::from(row.status == status);
    let counts = [
        (others(approved, Status::Approved), "approved"),
        (others(rejected, Status::Rejected), "rejected"),
        (others(spam, Status::Spam), "spam"),
    ];
    let told: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// Status or need, in words.
pub fn label(row: &QueueRow) -> &'static str {
    match (row.status, row.needs) {
        (_, Some(Needs::Edit)) => "Edit waiting",
        (_, Some(Needs::Report)) => "Reported",
        (_, Some(Needs::Appeal)) => "Appeal",
        (_, Some(Needs::Escalated)) => "Escalated",
        (Status::Approved, Some(Needs::Decision)) => "Published, to be reviewed",
        (Status::Pending, _) => "Waiting",
        (Status::Approved, None) => "Approved",
        (Status::Rejected, _) => "Rejected",
        (Status::Spam, _) => "Spam",
        (Status::Withdrawn, _) => "Withdrawn by its author",
    }
}

/// What the transition table allows from here.
fn choices(row: &QueueRow) -> Vec<Choice> {
    use Choice::{Approve, Hold, Reject, Spam};
    match row.status {
        Status::Pending => vec![Approve, Reject, Spam],
        Status::Approved if row.needs.is_some() => vec![Approve, Reject, Spam, Hold],
        Status::Approved => vec![Reject, Spam, Hold],
        Status::Rejected => vec![Approve, Spam, Hold],
        Status::Spam => vec![Approve, Reject, Hold],
        Status::Withdrawn => Vec::new(),
    }
}

/// The audit rows of a comment, in words.
pub fn history(app: &App, session: &Session, rows: &[History]) -> Vec<HistoryEntry> {
    let (now, is_admin) = (app.clock.now(), session.moderator.role == Role::Admin);
    rows.iter()
        .map(|row| HistoryEntry {
            at: Moment::new(row.at, now),
            what: format!("{}{}", action(&row.action), if row.via == "mail" { " from the mail" } else { "" }),
            who: match (&row.actor, row.via.as_str()) {
                (Some(name), _) => name.clone(),
                (None, "receipt") => "its author".to_owned(),
                (None, via) => via.to_owned(),
            },
            reason: row.reason.clone(),
            note: row.note.clone(),
            note_erased: row.note_erased,
            erases: row.note.as_ref().filter(|_| is_admin).map(|_| row.id.to_string()),
        })
        .collect()
}

/// An action of the audit log, in words.
pub fn action(name: &str) -> String {
    match name {
        "approve" => "Approved".to_owned(),
        "reject" => "Rejected".to_owned(),
        "spam" => "Marked as spam".to_owned(),
        "hold" => "Put back into the queue".to_owned(),
        "escalate" => "Escalated".to_owned(),
        "edit" => "Changed the text".to_owned(),
        "pick" => "Recommended".to_owned(),
        "unpick" => "No longer recommended".to_owned(),
        "reply" => "Replied for the site".to_owned(),
        "ask-contact" => "Was told the address".to_owned(),
        "erase-note" => "Erased a note".to_owned(),
        "set-reasons" => "Changed the canned reasons".to_owned(),
        "withdraw" => "Withdrew the comment".to_owned(),
        "put" => "Set up".to_owned(),
        "open" => "Opened".to_owned(),
        "close" => "Closed".to_owned(),
        "close-at" => "Set when it closes".to_owned(),
        "retitle" => "Changed the title".to_owned(),
        "patch" | "set" => "Changed".to_owned(),
        "delete" => "Deleted".to_owned(),
        "add" => "Added".to_owned(),
        "issue-token" => "Gave out a token".to_owned(),
        "revoke-tokens" => "Withdrew all tokens".to_owned(),
        "undo" => "Took the last decision back".to_owned(),
        other => of_people(other).to_owned(),
    }
}

/// What becomes of accounts and messages, in words.
fn of_people(name: &str) -> &str {
    match name {
        "hire" => "Made the account",
        "rename" => "Changed the name",
        "change-role" => "Changed the role",
        "change-sites" => "Changed the sites",
        "remove" => "Removed the account",
        "invite" => "Sent a link to set a password",
        "accept-invitation" => "Set a password by the link",
        "set-password" => "Set another password",
        "set-second-factor" => "Turned the second factor on",
        "end-second-factor" => "Took the own second factor off",
        "reset-second-factor" => "Took the second factor off",
        "make-recovery-codes" => "Made new recovery codes",
        "revoke-token" => "Withdrew a token",
        "end-session" => "Ended a session",
        "end-other-sessions" => "Ended all other sessions",
        "retry" => "Made it due again",
        "drop" => "Gave it up",
        other => other,
    }
}
