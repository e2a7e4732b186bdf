//! Which language somebody is spoken to in: the one place that decides it for pages.

use actix_web::{HttpMessage, HttpRequest, http::header::AcceptLanguage};

use crate::texts::Texts;

/// The language of the desk and of the pages behind links, by what the browser prefers.
pub fn texts(request: &HttpRequest) -> Texts {
    let ranked = request.get_header::<AcceptLanguage>().map(|wished| wished.ranked()).unwrap_or_default();
    Texts::preferred(ranked.iter().filter_map(|wish| Some(wish.item()?.as_str())))
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
