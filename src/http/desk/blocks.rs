//! What is blocked, for editors: the blocks of a site, a new one by its value, and whoever wrote a comment.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web::Data};

use super::{
    account_pages::Said,
    act::Sent,
    block_forms::{self, all_kinds, asked, effects, in_words, kinds_of_a_person, typed, whole},
    block_pages::{BlockAuthorPage, BlockForm, BlockLine, BlocksPage, Marked, MarkedLine},
    flash, html, is_ours, see,
    session::{self, Session, refuse},
    show, sites,
};
use crate::{
    domain::{BlockId, CommentId, Effect, Site, Timestamp},
    flow::{
        App, FlowError,
        blocks::{self, BlockError, Preview, Wanted},
        render::excerpt,
    },
    http::{
        blocks::Asked,
        body::FormBody,
        error::ApiError,
        query::Query,
        view::{Link, Moment},
    },
    store::BlockView,
    texts::{Phrase, Texts},
};

/// The page.
pub const PAGE: &str = "/desk/blocks";
/// How long the form on a card blocks, in days.
pub const DAYS: u32 = 30;
/// How far back its clean-up goes, in days.
pub const CLEAN_UP: u32 = 7;
/// Blocks on one page.
const LENGTH: usize = 25;
/// Characters of a comment that would be marked as spam.
const EXCERPT: usize = 160;

/// The fields of both forms.
const FIELDS: [&str; 15] = [
    "csrf",
    "action",
    "site",
    "id",
    "comment",
    "next",
    "value",
    "effect",
    "reason",
    "days",
    "clean_up",
    "clean_up_days",
    "expect",
    "neighbours",
    "cursor",
];

/// What the last action says to the page.
fn done_in_words(t: Texts, done: &str) -> Option<Phrase> {
    Some(match done {
        "blocked" => t.say("blocks-blocked"),
        "ended" => t.say("blocks-ended"),
        "gone" => t.say("blocks-gone"),
        _ => return None,
    })
}

/// `GET /desk/blocks`: those of a site; with a `comment`, the form that blocks its author.
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(PAGE)) };
    if !session.moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let query = Query::of(&request, &["site", "cursor", "done", "comment"])?;
    if let Some(comment) = query.parsed("comment", |raw| raw.parse::<CommentId>().ok())? {
        let form = BlockForm {
            comment: comment.to_string(),
            next: format!("/desk/comments/{comment}"),
            kinds: kinds_of_a_person(session.t, &["host", "email"]),
            effects: effects(session.t, Effect::Refuse.name()),
            days: DAYS.to_string(),
            clean_up_days: CLEAN_UP.to_string(),
            ..BlockForm::default()
        };
        return Ok(html(&author_page(&app, &session, comment, form).await?));
    }
    let site = sites::site(&app, &session, query.get("site"))?;
    let before = query.parsed("cursor", |raw| raw.parse().ok())?;
    let done = query.get("done").and_then(|done| done_in_words(session.t, done));
    let mut page = view(&app, &session, (&site, before), block_forms::by_value(session.t)).await?;
    page.said = done.map(|text| said(text, true));
    Ok(html(&page))
}

/// `POST /desk/blocks`: `action` is `block`, `block-author` or `end`.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let sent = match Sent::of(&app, &request, (&body, &FIELDS), PAGE).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    if !sent.session.moderator.role.edits() {
        return Err(FlowError::Forbidden.into());
    }
    let kinds = body.every("kind")?;
    match sent.form.get("action") {
        Some("block") => by_value(&app, &sent, kinds).await,
        Some("block-author") => author(&app, &sent, kinds).await,
        Some("end") => end(&app, &sent).await,
        _ => Err(ApiError::Malformed),
    }
}

async fn end(app: &App, sent: &Sent) -> Result<HttpResponse, ApiError> {
    let site = sites::site(app, &sent.session, sent.form.get("site"))?;
    let id: BlockId = sent.form.get("id").and_then(|raw| raw.parse().ok()).ok_or(ApiError::NotFound)?;
    let done = match blocks::end(app, (&sent.session.moderator, "desk"), id).await {
        Ok(_) => "ended",
        // somebody else ended it, or its time did
        Err(FlowError::NotFound) => "gone",
        Err(error) => return Err(error.into()),
    };
    Ok(see(&after(&site, done)))
}

fn after(site: &Site, done: &str) -> String {
    format!("{PAGE}?site={}&done={done}", site.key.as_str())
}

async fn by_value(app: &App, sent: &Sent, kinds: Vec<String>) -> Result<HttpResponse, ApiError> {
    let (session, t) = (&sent.session, sent.session.t);
    let site = sites::site(app, session, sent.form.get("site"))?;
    let kind = kinds.into_iter().next().unwrap_or_default();
    let asked = Asked {
        site: Some(site.key.as_str().to_owned()),
        kind: Some(kind.clone()),
        value: sent.form.owned("value"),
        ..asked(sent)
    };
    let mut form = BlockForm {
        kinds: all_kinds(t, &kind),
        value: sent.form.owned("value").unwrap_or_default(),
        ..typed(sent)
    };
    let (text, status) = match tried(app, session, asked).await? {
        Ok(_) => return Ok(see(&after(&site, "blocked"))),
        Err(BlockError::Crowded(count)) => {
            form.neighbours = Some(count);
            (t.say("block-crowded").with("count", count), StatusCode::CONFLICT)
        }
        Err(BlockError::Invalid(faults)) => {
            form.faults = faults.iter().map(|fault| in_words(t, fault)).collect();
            (t.say("block-faults"), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(BlockError::Moved(count)) => return Err(ApiError::CountMoved(count)),
        Err(BlockError::Flow(error)) => return Err(error.into()),
    };
    let mut page = view(app, session, (&site, None), form).await?;
    page.said = Some(said(text, false));
    Ok(refuse(&page, status))
}

async fn author(app: &App, sent: &Sent, kinds: Vec<String>) -> Result<HttpResponse, ApiError> {
    let (session, t) = (&sent.session, sent.session.t);
    let comment: CommentId =
        sent.form.get("comment").and_then(|raw| raw.parse().ok()).ok_or(ApiError::NotFound)?;
    let cleans = sent.form.get("clean_up").is_some();
    let chosen: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let mut form =
        BlockForm { comment: comment.to_string(), kinds: kinds_of_a_person(t, &chosen), ..typed(sent) };
    let days = sent.form.get("clean_up_days").filter(|_| cleans).map(whole);
    let asked = Asked { comment: Some(comment), kinds: Some(kinds), clean_up_days: days, ..asked(sent) };
    let (text, status) = match tried(app, session, asked).await? {
        Ok(made) => {
            let next = sent.form.get("next").filter(|next| is_ours(next)).unwrap_or("/desk");
            return Ok(see(&flash::Said::blocked(made.cleaned.as_ref()).at(next)));
        }
        // shown before it is done: this is the page that asks
        Err(BlockError::Moved(count)) => {
            let text = match form.expect.replace(count) {
                None => t.say("block-clean-up-asks").with("count", count),
                Some(_) => t.say("block-clean-up-moved").with("count", count),
            };
            (text, StatusCode::OK)
        }
        Err(BlockError::Crowded(count)) => {
            form.neighbours = Some(count);
            (t.say("block-crowded").with("count", count), StatusCode::CONFLICT)
        }
        Err(BlockError::Invalid(faults)) => {
            form.faults = faults.iter().map(|fault| in_words(t, fault)).collect();
            (t.say("block-faults"), StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(BlockError::Flow(error)) => return Err(error.into()),
    };
    let days = days.filter(|_| status == StatusCode::OK);
    let mut page = author_page(app, session, comment, form).await?;
    if let Some(days) = days {
        let found = blocks::preview(app, (&session.moderator, "desk"), (comment, days)).await?;
        // what has come since it was counted is counted with what is shown
        page.form.expect = Some(found.count);
        page.marked = Some(marked(app, t, &found));
    }
    page.said = Some(said(text, false));
    Ok(refuse(&page, status))
}

/// Blocks, or says what is wrong or must be said yes to.
async fn tried(
    app: &App,
    session: &Session,
    asked: Asked,
) -> Result<Result<blocks::Made, BlockError>, ApiError> {
    let wish = match asked.wish(app) {
        Ok(wish) => wish,
        Err(ApiError::Validation(faults)) => return Ok(Err(BlockError::Invalid(faults))),
        Err(error) => return Err(error),
    };
    Ok(blocks::make(app, (&session.moderator, "desk"), &wish).await)
}

fn said(text: impl Into<String>, is_good: bool) -> Said {
    Said { part: "blocks", text: text.into(), is_good }
}

async fn view(
    app: &App,
    session: &Session,
    (site, before): (&Arc<Site>, Option<BlockId>),
    form: BlockForm,
) -> Result<BlocksPage, ApiError> {
    let wanted = Wanted { site: Some(site.key.as_str().to_owned()), before, limit: LENGTH };
    let found = blocks::list(app, &session.moderator, &wanted).await?;
    let (t, now) = (session.t, app.clock.now());
    let here = format!("{PAGE}?site={}", site.key.as_str());
    Ok(BlocksPage {
        t,
        bar: session.bar(),
        tabs: sites::tabs((app, session), site, PAGE),
        site: site.key.as_str().to_owned(),
        said: None,
        blocks: found.blocks.iter().map(|block| line(t, block, now)).collect(),
        form,
        first: before.map(|_| Link::new(t.say("blocks-latest"), here.clone())),
        next: found.next.map(|next| Link::new(t.say("blocks-older"), format!("{here}&cursor={next}"))),
    })
}

fn line(t: Texts, block: &BlockView, now: Timestamp) -> BlockLine {
    BlockLine {
        id: block.id.to_string(),
        kind: block.kind,
        effect: block.effect,
        needs_proof: block.needs_proof,
        reason: block.reason.clone(),
        by: block.moderator_name.clone(),
        made: Moment::told(t, block.made_at, now),
        ends: t.moment(block.expires_at).into(),
        is_over: block.expires_at <= now,
        comment: block.comment.map(|comment| format!("/desk/comments/{comment}")),
    }
}

async fn author_page(
    app: &App,
    session: &Session,
    comment: CommentId,
    form: BlockForm,
) -> Result<BlockAuthorPage, ApiError> {
    let now = app.clock.now();
    let row = app.db.read(async |tx| tx.queue_items(&[comment], now).await).await?.pop();
    let row = row.filter(|row| session.moderator.sees(row.site)).ok_or(ApiError::NotFound)?;
    let t = session.t;
    Ok(BlockAuthorPage {
        t,
        bar: session.bar(),
        back: Link::new(t.say("block-back"), format!("/desk/comments/{comment}")),
        author: row.name,
        said: None,
        form,
        marked: None,
    })
}

fn marked(app: &App, t: Texts, found: &Preview) -> Marked {
    let now = app.clock.now();
    let lines = found.items.iter().map(|row| MarkedLine {
        author: row.name.clone(),
        url: format!("/desk/comments/{}", row.id),
        label: show::label(t, row).into(),
        submitted: Moment::told(t, row.submitted_at, now),
        excerpt: excerpt(&row.text, EXCERPT),
    });
    Marked { count: found.count, first: lines.collect() }
}
