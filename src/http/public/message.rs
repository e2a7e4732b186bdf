//! An error as a page, for people: in the language of the site that they asked for.

use actix_web::HttpRequest;
use askama::Template;

use super::pages::MessagePage;
use crate::http::{error::ApiError, language, view::Link};

/// The page of an error; its style is at `home`, when that is not where the page is shown.
pub fn page(error: &ApiError, request: &HttpRequest, home: &str) -> String {
    let (problem, site) = (error.problem(), language::site(request));
    let t = language::of_readers(request, site.as_deref());
    let (title, text) = if language::is_of_readers(request) {
        let (title, text) = t.problem(problem.slug);
        (title.into(), text.into())
    } else {
        (problem.title.to_owned(), format!("{} {}", problem.meaning, problem.remedy))
    };
    let page = MessagePage {
        t,
        home: home.to_owned(),
        site: site.map(|site| site.name.clone()),
        status: problem.status,
        title,
        text: match error.retry_after().map(u32::try_from) {
            // people do not see the header that says it
            Some(Ok(seconds)) => format!("{text} {}", t.say("refused-wait").with("wait", t.wait(seconds))),
            _ => text,
        },
        link: Some(Link::new(t.say("page-about"), format!("{home}/problems/{}", problem.slug))),
    };
    page.render().unwrap_or_else(|_| problem.title.to_owned())
}
