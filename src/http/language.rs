//! Which language somebody is spoken to in: the one place that decides it for pages.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, http::header::AcceptLanguage, web::Data};

use crate::{
    domain::{Language, Site},
    flow::App,
    texts::Texts,
};

/// The language of the desk and of the pages behind links, by what the browser prefers.
pub fn texts(request: &HttpRequest) -> Texts {
    Texts::preferred(wished(request).iter().map(String::as_str))
}

/// What a browser asks for, the most wished first.
fn wished(request: &HttpRequest) -> Vec<String> {
    let ranked = request.get_header::<AcceptLanguage>().map(|wished| wished.ranked()).unwrap_or_default();
    ranked.iter().filter_map(|wish| Some(wish.item()?.as_str().to_owned())).collect()
}

/// What the addresses of readers' pages begin with; the last two stand for links of one person.
const READERS: [&str; 4] = ["/sites/", "/v1/sites/", "/receipts/", "/mail/"];

/// The site that the address of a reader's page names, if there is one.
pub fn site(request: &HttpRequest) -> Option<Arc<Site>> {
    let path = request.path();
    let rest = path.strip_prefix("/v1/sites/").or_else(|| path.strip_prefix("/sites/"))?;
    request.app_data::<Data<App>>()?.sites.find(rest.split('/').next()?)
}

/// Whether the address is that of a page for readers.
pub fn is_of_readers(request: &HttpRequest) -> bool {
    READERS.iter().any(|prefix| request.path().starts_with(prefix))
}

/// The language of a page for readers: that of the site. Whoever comes by a link of their own, which names no site, is
/// spoken to as their browser asks; everybody else in English.
pub fn of_readers(request: &HttpRequest, site: Option<&Site>) -> Texts {
    let own = READERS[2..].iter().any(|prefix| request.path().starts_with(prefix));
    let of = |tag: &String| Language::parse(tag).or_else(|| Language::parse(tag.split('-').next()?));
    let language = match site {
        Some(site) => site.policy.language,
        None if own => wished(request).iter().find_map(of).unwrap_or_default(),
        None => Language::default(),
    };
    Texts::for_readers(language)
}

#[cfg(test)]
mod tests {
    use actix_web::{http::header, test::TestRequest};

    use super::*;

    #[test]
    fn whatever_a_browser_asks_for_it_is_spoken_to() {
        for wished in ["en", "de, en;q=0.5", "*", "de", "", ", ;q=2"] {
            let request =
                TestRequest::default().insert_header((header::ACCEPT_LANGUAGE, wished)).to_http_request();
            assert_eq!(texts(&request).lang(), "en", "{wished}");
        }
        assert_eq!(texts(&TestRequest::default().to_http_request()).lang(), "en");
    }
}
