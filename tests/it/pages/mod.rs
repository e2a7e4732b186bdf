//! Every page and mail rendered with calm and with hostile data: what must hold on all of them.

mod keeping;
mod people;
mod rules;
pub(crate) mod samples;

use askama::Template;
use samples::{Hostile, calm, hostile};

/// The desk's pages, and those behind the links in its mails.
pub(crate) fn of_moderators() -> Vec<(&'static str, String)> {
    let mut pages = samples::desk();
    pages.extend(people::pages());
    pages.extend(keeping::pages());
    pages.extend(rules::pages());
    pages.extend(samples::links());
    pages
}

/// Pages that readers see, in the language of their site.
pub(crate) fn of_readers() -> Vec<(&'static str, String)> {
    let mut pages = samples::public();
    pages.extend(samples::receipts());
    pages
}

fn all() -> Vec<(&'static str, String)> {
    let mut pages = of_readers();
    pages.extend(of_moderators());
    pages
}

#[test]
fn every_page_renders_without_live_text_inline_style_or_script() {
    for (name, page) in all() {
        let ours =
            ["htmx.min", "desk"].map(|name| format!("<script src=\"/assets/{name}.js\" defer></script>"));
        let page = ours.iter().fold(page, |page, script| page.replace(script, ""));
        assert!(!page.contains("<script") && !page.contains("style=\""), "{name}");
        assert!(
            !page.contains("javascript:alert") || name.starts_with("desk") || name.starts_with("link-open"),
            "{name}: only as text"
        );
        assert!(!page.contains("href=\"javascript"), "{name}");
        assert!(!page.contains(Hostile::NAME) && !page.contains("<b onclick"), "{name}");
        assert!(page.contains("<html lang=\"en\"") && page.contains("<main id=\"main\""), "{name}");
    }
}

#[test]
fn an_address_stands_only_in_the_form_of_the_person_who_typed_it() {
    for (name, page) in all() {
        let times = page.matches(samples::ADDRESS).count();
        // and on the page of whoever asked for it, and said why
        let own = name.starts_with("error-validation")
            || name == "desk-comment-asked.html"
            || name == "desk-comment-reporter.html";
        assert_eq!(times, usize::from(own), "{name}");
    }
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_names_its_fields() {
    let form = samples::refused_form().render().unwrap();
    assert!(form.contains("\n&#60;b onclick=x&#62;Kept text&#60;/b&#62;</textarea>"), "{form}");
    assert!(form.contains(&format!("value=\"{}\"", samples::ADDRESS)));
    assert!(form.contains("aria-invalid=\"true\" aria-describedby=\"reply-name-error\""));
    assert!(form.contains("role=\"alert\"") && form.contains("<a href=\"#reply-name\">"));
    assert!(form.contains("name=\"parent\" value=\"c1\"") && form.contains("name=\"redirect\""));
}

#[test]
fn the_fields_stand_in_the_order_people_know() {
    let form = samples::fresh_form().render().unwrap();
    let names = ["comment", "name", "email", "website", "address", "article", "article_url", "article_title"];
    let places: Vec<_> = names.iter().map(|name| form.find(&format!(" name=\"{name}\""))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    assert!(!form.contains("role=\"alert\"") && !form.contains("aria-invalid"));
}

#[test]
fn mails_render_for_both_parts() {
    for mail in [calm::mail(), hostile::mail()] {
        let (html, text) = (mail.html().unwrap(), mail.text().unwrap());
        assert!(!html.contains(samples::ADDRESS) && !text.contains(samples::ADDRESS));
        assert_eq!(html.matches("<a ").count(), 1);
    }
    let long = hostile::long();
    for mail in [
        samples::digest("Tom Bexley", "Lovely for the people who drive in.", calm::HEADLINE),
        samples::digest(Hostile::NAME, &format!("{long}\r<a href=x>"), &hostile::title()),
    ] {
        let (html, text) = (mail.html().unwrap(), mail.text().unwrap());
        assert!(!html.contains(Hostile::NAME) && !html.contains("<a href=x") && !text.contains('\r'));
        // one for each comment, two to the desk and one to the settings
        assert_eq!(html.matches("<a ").count(), 23);
        assert!(mail.subject().chars().count() <= 140);
    }
}

/// Programs that preview links show titles; and what a link's page needs beside its address is nothing.
#[test]
fn a_links_page_has_a_title_without_a_name_and_a_form_without_a_secret() {
    for (name, page) in samples::links() {
        let title = page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(
            title.ends_with(" – Replydesk") && !title.contains("Priya") && !title.contains("&#60;"),
            "{name}"
        );
        assert!(page.contains("<meta name=\"robots\" content=\"noindex\">"), "{name}");
        let is_open = name.starts_with("link-open");
        assert_eq!(page.matches("<form class=\"decide\"").count(), usize::from(is_open), "{name}");
        assert_eq!(page.matches("<form").count(), usize::from(is_open), "{name}: no other form");
        assert!(!page.contains("type=\"hidden\"") && page.contains("href=\"/desk/comments/k1\""), "{name}");
        assert_eq!(
            page.matches("Nothing was changed.").count(),
            usize::from(!is_open && name != "link-approved.html")
        );
    }
}
