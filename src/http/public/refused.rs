//! A comment that was not taken, as a page: with what was typed, so that nothing has to be typed twice.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
};
use askama::Template;

use super::{
    comments::redirect,
    form::{ArticleFields, FieldError, FormView, Parent, Typed},
    input::Raw,
    pages::SubmitErrorPage,
};
use crate::{
    domain::{Form, Notify, Origin, Site},
    flow::{
        App,
        limits::{NEW_ARTICLES, SLOW},
    },
    http::{error::ApiError, layer::page_policy, limits, view::Link},
    screen::Check,
    texts::{Phrase, Texts},
};

/// The page, in the language of the site. That of a `WordPress` form is shown at an address of the site.
pub fn page(app: &App, (request, site): (&HttpRequest, &Site), raw: &Raw, error: &ApiError) -> HttpResponse {
    let (problem, t) = (error.problem(), Texts::for_readers(site.policy.language));
    let own = |raw: &String| redirect(app, site, raw).ok().map(String::from);
    let redirect = raw.redirect.as_ref().and_then(own);
    let back = redirect.clone().or_else(|| raw.article.url.as_ref().and_then(own));
    let home = if raw.form == Some(Form::WordPress) { app.settings.public_url.as_str() } else { "" };
    let is_final = matches!(error, ApiError::CommentsClosed | ApiError::NotFound);
    let limit = match limits::noted(request) {
        Check::Refused { by, .. } => Some(by.policy),
        Check::Pass { .. } | Check::Unlimited => None,
    };
    let (title, mut explanation) = words(t, problem.slug, limit);
    if is_orphaned(error) {
        explanation = t.say("refused-parent-text");
    }
    // one that was refused would be refused again, and readers cannot change it
    let form = || form(site, raw, (redirect.unwrap_or_default(), back.clone().unwrap_or_default()), error);
    let page = SubmitErrorPage {
        t,
        home: home.to_owned(),
        site: site.name.clone(),
        title: title.into(),
        explanation: explanation.into(),
        wait: error.retry_after().map(|seconds| t.wait(u32::try_from(seconds).unwrap_or(u32::MAX)).into()),
        unsent: if is_final { raw.comment.clone().unwrap_or_default() } else { String::new() },
        form: (!is_final).then(form),
        back: back.map(|url| Link::new(t.say("page-back"), &url)),
    };
    let mut builder =
        HttpResponse::build(StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST));
    if let Some(seconds) = error.retry_after() {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    // posted again from here, the form may lead back to the site's own pages
    let origins: Vec<&str> = site.origins.iter().map(Origin::as_str).collect();
    let policy =
        page_policy(home).replace("form-action 'self'", &format!("form-action 'self' {}", origins.join(" ")));
    builder
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .content_type("text/html; charset=utf-8")
        .body(page.render().unwrap_or_default())
}

/// The form with what was typed, and what is wrong with it.
fn form(site: &Site, raw: &Raw, (redirect, back): (String, String), error: &ApiError) -> FormView {
    let t = Texts::for_readers(site.policy.language);
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let errors = error
        .faults()
        .iter()
        .map(|fault| FieldError { field: fault.field.to_owned(), message: t.refused(fault).into() });
    let mut usual = FormView::of(site);
    if let Some(form) = raw.form {
        // to where it came from, which the site's server hands on to us
        (usual.form, usual.action) = (form, String::new());
    }
    FormView {
        article: ArticleFields {
            key: text(&raw.article.key),
            url: text(&raw.article.url),
            title: text(&raw.article.title),
        },
        redirect,
        notify: raw.notify.as_deref().and_then(|raw| Notify::parse(raw).ok()).unwrap_or_default(),
        token: raw.token.clone().filter(|token| !token.is_empty()),
        // sent again as an answer to the same, it would be refused again
        parent: raw
            .parent
            .clone()
            .filter(|parent| !parent.is_empty() && !is_orphaned(error))
            .map(|id| Parent { id, author: String::new(), cancel_url: back }),
        typed: Typed {
            comment: text(&raw.comment),
            name: text(&raw.name),
            email: text(&raw.email),
            website: text(&raw.website),
        },
        errors: errors.collect(),
        ..usual
    }
}

/// Whether what it answers cannot be answered.
fn is_orphaned(error: &ApiError) -> bool {
    error.faults().iter().any(|fault| fault.field == "parent")
}

/// A title and what it means, by the slug of the problem and the limit that is used up.
fn words(t: Texts, slug: &str, limit: Option<&str>) -> (Phrase, Phrase) {
    match slug {
        "validation" => (t.say("refused-invalid"), t.say("refused-invalid-text")),
        "duplicate" => (t.say("refused-duplicate"), t.say("refused-duplicate-text")),
        "comments-closed" => (t.say("refused-closed"), t.say("refused-closed-text")),
        "rate-limited" if limit == Some(SLOW) => (t.say("refused-slow"), t.say("refused-slow-text")),
        "rate-limited" if limit == Some(NEW_ARTICLES) => {
            (t.say("refused-fast"), t.say("refused-crowded-text"))
        }
        "rate-limited" => (t.say("refused-fast"), t.say("refused-fast-text")),
        "internal" | "unavailable" | "out-of-space" => (t.say("refused-later"), t.say("refused-later-text")),
        "not-found" => (t.say("refused-later"), t.say("refused-gone-text")),
        _ => (t.say("refused-later"), t.say("refused-other-text")),
    }
}
