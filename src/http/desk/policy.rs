//! The policy of a site as a page: for all moderators to read, for editors to set and to try.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    act::Sent,
    html,
    policy_form::{self, KNOWN, WORD_FIELDS},
    rule_pages::{PolicyForm, PolicyPage},
    rules::{self as pages, Again, POLICY, Wish},
    see,
    session::{self, Session},
    sites,
};
use crate::{
    domain::Site,
    flow::{
        App, FlowError, rules,
        trial::{self, Rules},
    },
    http::{body::FormBody, error::ApiError, query::Query},
};

/// `GET /desk/policy`
pub async fn page(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let Some(session) = Session::of(&app, &request).await? else { return Ok(session::ask(POLICY)) };
    if !session.moderator.role.moderates() {
        return Err(FlowError::Forbidden.into());
    }
    let query = Query::of(&request, &["site", "done"])?;
    let site = sites::site(&app, &session, query.get("site"))?;
    let mut page = view(&app, &session, &site, (None, None)).await?;
    page.frame.said = pages::done(session.t, query.get("done"));
    Ok(html(&page))
}

/// `POST /desk/policy`: `action` is `save`, `test` or `edit`, all with the whole policy.
pub async fn act(app: Data<App>, request: HttpRequest, body: FormBody) -> Result<HttpResponse, ApiError> {
    let sent = match Sent::of(&app, &request, (&body, &KNOWN), POLICY).await? {
        Ok(sent) => sent,
        Err(asked) => return Ok(asked),
    };
    let session = &sent.session;
    let wish = pages::wish(&sent)?;
    let site = sites::site(&app, session, sent.form.get("site"))?;
    let (form, policy) = policy_form::typed(session.t, &sent.form, &body)?;
    let again = match (wish, policy) {
        (Wish::Edit, _) => Again::Edited,
        (_, None) => Again::Refused,
        (Wish::Save, Some(policy)) => {
            match rules::set_policy(&app, (&session.moderator, "desk"), &site, (form.version, &policy)).await
            {
                Ok(_) => return Ok(see(&pages::saved(POLICY, &site))),
                Err(FlowError::VersionConflict) => Again::Late,
                Err(error) => return Err(error.into()),
            }
        }
        (Wish::Test(days), Some(policy)) => {
            let trial = Rules { policy, ..trial::in_force(&app, &site).await? };
            let typed = pages::typed(&body, &[&KNOWN[..], &[WORD_FIELDS]].concat())?;
            let tested = pages::test(&app, session, (&site, &trial), (POLICY, typed, days)).await?;
            return tested.ok_or(ApiError::Internal);
        }
    };
    let mut page = view(&app, session, &site, (Some(form), sent.form.get("days"))).await?;
    if matches!(again, Again::Late) {
        // whoever saves again has seen what is in force
        page.form.version = page.frame.changes.first().map_or(0, |change| change.version);
    }
    again.on(session.t, &mut page.frame);
    Ok(again.answer(&page))
}

async fn view(
    app: &App,
    session: &Session,
    site: &Arc<Site>,
    (typed, days): (Option<PolicyForm>, Option<&str>),
) -> Result<PolicyPage, ApiError> {
    let policy = rules::policy(app, &session.moderator, site).await?;
    let t = session.t;
    Ok(PolicyPage {
        t,
        bar: pages::bar(session),
        frame: pages::frame((app, session), (POLICY, site), (&policy.changes, days)),
        form: typed.unwrap_or_else(|| policy_form::of(t, (policy.version, &policy.rules))),
        facts: policy_form::facts(t, &policy.rules),
    })
}
