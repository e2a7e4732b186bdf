//! Every problem type of the contract (§2) in plain words: the text behind `/problems/{slug}`.

/// One problem type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The last part of its `type` address.
    pub slug: &'static str,
    /// The HTTP status it comes with.
    pub status: u16,
    /// Its title, the same as in the problem document.
    pub title: &'static str,
    /// What has happened.
    pub meaning: &'static str,
    /// What the caller can do about it.
    pub remedy: &'static str,
}

/// The problem with this slug.
pub fn problem(slug: &str) -> Option<&'static Problem> {
    PROBLEMS.iter().find(|problem| problem.slug == slug)
}

const fn row(
    (slug, status): (&'static str, u16),
    title: &'static str,
    meaning: &'static str,
    remedy: &'static str,
) -> Problem {
    Problem { slug, status, title, meaning, remedy }
}

/// All problem types, by status.
pub static PROBLEMS: [Problem; 20] = [
    row(
        ("malformed", 400),
        "The request could not be read",
        "The body is not the JSON or the form that it claims to be, or a part of the address cannot be decoded.",
        "Check the syntax, the encoding (UTF-8) and the Content-Type, then send it again.",
    ),
    row(
        ("unauthenticated", 401),
        "Sign-in needed",
        "The request carries no valid token or session, or the one it carries has ended.",
        "Sign in again, or send a valid token as Authorization: Bearer.",
    ),
    row(
        ("forbidden", 403),
        "Not allowed",
        "The caller is known, but its role or its sites do not allow this.",
        "Ask an administrator of the site for the right to do it.",
    ),
    row(
        ("origin-not-allowed", 403),
        "This origin is not allowed",
        "A browser sent the request from a page that does not belong to the site.",
        "Use the form on the site's own pages. Operators: add the origin to the site.",
    ),
    row(
        ("comments-closed", 403),
        "Comments are closed",
        "The article does not take comments, or does not take them any longer.",
        "Nothing more can be sent under this article. What is published stays readable.",
    ),
    row(
        ("not-found", 404),
        "Not found",
        "There is nothing at this address, or nothing that the caller may see.",
        "Check the address. A comment that is not published answers the same way as one that does not exist.",
    ),
    row(
        ("method-not-allowed", 405),
        "Method not allowed",
        "The address exists, but not for this HTTP method.",
        "Use one of the methods that the Allow header of the answer lists.",
    ),
    row(
        ("not-acceptable", 406),
        "No acceptable format",
        "The answer does not exist in any format that the Accept header names.",
        "Accept application/json, or leave the Accept header out.",
    ),
    row(
        ("duplicate", 409),
        "Already sent",
        "The same text has already been sent under this article by the same person.",
        "There is no need to send it again. If it is not on the page yet, it is waiting for a moderator.",
    ),
    row(
        ("already-decided", 409),
        "Somebody else has decided",
        "Another decision was made after the caller last read the comment. The answer says which, by whom and when.",
        "Read the comment again and decide, if it still needs it, with its new version.",
    ),
    row(
        ("version-conflict", 409),
        "Changed meanwhile",
        "The object was changed after the caller last read it, so nothing was overwritten.",
        "Read it again and repeat the change with the new version.",
    ),
    row(
        ("gone", 410),
        "No longer available",
        "What was here has been removed, or the link has expired.",
        "Nothing can be done with this address any more.",
    ),
    row(
        ("too-large", 413),
        "Too large",
        "The body is larger than this address accepts.",
        "Send less: a comment may have up to 10,000 characters, unless the site says otherwise.",
    ),
    row(
        ("unsupported-media-type", 415),
        "Unsupported format",
        "The Content-Type of the body is not one that this address reads.",
        "Send application/json, or application/x-www-form-urlencoded from a form.",
    ),
    row(
        ("validation", 422),
        "Some fields need attention",
        "The request was read, but fields are missing or hold something that is not accepted. The answer lists them.",
        "Correct the listed fields and send it again.",
    ),
    row(
        ("idempotency-key-reused", 422),
        "Idempotency key used before",
        "The Idempotency-Key was used within 24 hours for a different request.",
        "Use a new key for each new request, and the old one only to repeat the same request.",
    ),
    row(
        ("rate-limited", 429),
        "Too many requests",
        "More arrived from this network within a short time than the limit allows.",
        "Wait for the seconds that the Retry-After header names, then send it again.",
    ),
    row(
        ("internal", 500),
        "Something went wrong here",
        "The service met an error of its own. What exactly is in its log, under the request id of the answer.",
        "Try again in a moment. If it stays, tell the site's operators the request id.",
    ),
    row(
        ("unavailable", 503),
        "Not available for the moment",
        "The service, or its database, cannot answer now. What was sent may or may not be stored.",
        "Wait for the seconds that the Retry-After header names, then repeat it with the same Idempotency-Key.",
    ),
    row(
        ("out-of-space", 507),
        "Out of space",
        "The service cannot store anything at present. Reading still works.",
        "Try again later. Operators: make room on the disk of the database.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slug_is_found_once_and_statuses_rise() {
        assert!(PROBLEMS.is_sorted_by_key(|problem| problem.status));
        for each in &PROBLEMS {
            assert_eq!(problem(each.slug), Some(each));
        }
    }
}
