//! HTML as a browser reads it: a tree, made by html5ever from a whole page around the comment. What
//! it may hold is written down here once more, apart from what the renderer and the sanitiser know.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use rstest::rstest;
use url::Url;

/// The elements of a comment, and their attributes.
const ALLOWED: [(&str, &[&str]); 16] = [
    ("a", &["href", "title", "rel"]),
    ("abbr", &["title"]),
    ("acronym", &["title"]),
    ("b", &[]),
    ("blockquote", &["cite"]),
    ("br", &[]),
    ("cite", &[]),
    ("code", &[]),
    ("del", &["datetime"]),
    ("em", &[]),
    ("i", &[]),
    ("p", &[]),
    ("q", &["cite"]),
    ("s", &[]),
    ("strike", &[]),
    ("strong", &[]),
];

/// The text that readers see, or what does not belong into a comment.
pub(super) fn text(html: &str) -> Result<String, String> {
    let page = format!("<!doctype html><title>t</title><body><div class=text>{html}</div>end");
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let root = dom.document.children.borrow().last().cloned().ok_or("no page")?;
    let body = root.children.borrow().last().cloned().ok_or("no body")?;
    let parts = body.children.borrow();
    let names: Vec<String> = parts.iter().map(name).collect();
    if names != ["div", "text"] {
        return Err(format!("it does not stay in its place: {names:?}"));
    }
    let mut shown = String::new();
    for child in parts[0].children.borrow().iter() {
        look(child, &mut shown)?;
    }
    Ok(shown)
}

fn name(node: &Handle) -> String {
    match &node.data {
        NodeData::Element { name, .. } if &*name.ns == "http://www.w3.org/1999/xhtml" => {
            name.local.to_string()
        }
        NodeData::Element { name, .. } => format!("{}:{}", name.ns, name.local),
        NodeData::Text { .. } => "text".to_owned(),
        _ => "other".to_owned(),
    }
}

fn look(node: &Handle, shown: &mut String) -> Result<(), String> {
    match &node.data {
        NodeData::Text { contents } => shown.push_str(&contents.borrow()),
        NodeData::Element { attrs, .. } => {
            let element = name(node);
            let (_, allowed) = ALLOWED
                .iter()
                .find(|(allowed, _)| *allowed == element)
                .ok_or(format!("element {element}"))?;
            let given: Vec<(String, String)> = attrs
                .borrow()
                .iter()
                .map(|given| (given.name.local.to_string(), given.value.to_string()))
                .collect();
            for (name, value) in &given {
                if !allowed.contains(&name.as_str()) {
                    return Err(format!("{name}={value:?} on {element}"));
                }
                if matches!(name.as_str(), "href" | "cite") && !leads_to_the_web(value) {
                    return Err(format!("{name} leads to {value:?}"));
                }
            }
            let has = |wanted: &str| given.iter().any(|(name, _)| name == wanted);
            let is_unvouched = given.contains(&("rel".to_owned(), "nofollow ugc noopener".to_owned()));
            if element == "a" && !(has("href") && is_unvouched) {
                return Err(format!("a link with {given:?}"));
            }
        }
        _ => return Err("neither an element nor words".to_owned()),
    }
    node.children.borrow().iter().try_for_each(|child| look(child, shown))
}

fn leads_to_the_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
    })
}

#[rstest]
#[case::an_element(r#"<img src="x">"#)]
#[case::a_script("<p>a</p><script>alert(1)</script>")]
#[case::another_namespace("<svg></svg>")]
#[case::a_handler(r#"<b onclick="x">a</b>"#)]
#[case::a_style(r#"<b style="x">a</b>"#)]
#[case::a_scheme(r#"<q cite="javascript:x">a</q>"#)]
#[case::a_scheme_in_disguise("<q cite=\" java\tscript:x\">a</q>")]
#[case::a_link_that_is_vouched_for(r#"<a href="http://a.example">a</a>"#)]
#[case::a_comment("<p>a<!-- b --></p>")]
#[case::a_way_out("</div><p>a</p>")]
#[case::an_open_end("<b>a")]
#[case::half_a_tag("a<b")]
fn flaws_are_noticed(#[case] html: &str) {
    assert!(text(html).is_err(), "{:?}", text(html));
}

#[test]
fn the_words_are_read() {
    assert_eq!(text("<p>a &lt;b&gt;<br><i>c</i></p>"), Ok("a <b>c".to_owned()));
}
