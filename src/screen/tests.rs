use rstest::rstest;

use super::{rules, *};

/// A case in which nothing is found: what tests change of it is what they are about.
pub(super) struct Sample {
    pub(super) body: Body,
    pub(super) name: Name,
    pub(super) email: Email,
    pub(super) policy: Policy,
    pub(super) lists: Lists,
}

impl Sample {
    pub(super) fn of(policy: Policy) -> Self {
        Self {
            body: Body::parse("The bridge should open again before the winter.", 10_000).unwrap(),
            name: Name::parse("Ann Example").unwrap(),
            email: Email::parse("ann@example.org").unwrap(),
            lists: Lists::new(&policy, std::sync::Arc::default()),
            policy,
        }
    }

    fn text(self, text: &str) -> Self {
        Self { body: Body::parse(text, 65_000).unwrap(), ..self }
    }

    fn name(self, name: &str) -> Self {
        Self { name: Name::parse(name).unwrap(), ..self }
    }

    pub(super) fn case(&self) -> Case<'_> {
        Case {
            body: &self.body,
            name: Some(&self.name),
            website: None,
            client: None,
            agent: None,
            email: Some(&self.email),
            links: 0,
            standing: Standing::Unknown,
            trapped: false,
            form: FormToken::NotAsked,
            echo: Echo::None,
            flooded: false,
            held: false,
            blocks: Blocks::default(),
            mode: self.policy.mode,
            policy: &self.policy,
            lists: &self.lists,
        }
    }
}

fn policy(mode: Mode) -> Policy {
    Policy { mode, ..Policy::default() }
}

fn codes(judged: &Judgement) -> Vec<&str> {
    judged.findings.iter().map(|finding| finding.code).collect()
}

#[rstest]
#[case::nothing_found_and_hold_all(Mode::HoldAll, (false, false, false), Verdict::Hold, &[])]
#[case::nothing_found_and_open(Mode::Open, (false, false, false), Verdict::Approve, &[])]
#[case::the_honeypot_is_spam_whatever_the_policy(Mode::Open, (true, false, false), Verdict::Spam, &["honeypot"])]
#[case::a_repeated_text_is_held(Mode::Open, (false, true, false), Verdict::Hold, &["repeated-text"])]
#[case::a_flood_is_held(Mode::Open, (false, false, true), Verdict::Hold, &["site-rate"])]
#[case::the_strongest_counts_and_all_are_told(
    Mode::HoldAll, (true, true, true), Verdict::Spam, &["honeypot", "site-rate", "repeated-text"]
)]
fn verdicts(
    #[case] mode: Mode,
    #[case] (trapped, repeated, flooded): (bool, bool, bool),
    #[case] verdict: Verdict,
    #[case] found: &[&str],
) {
    let sample = Sample::of(policy(mode));
    let judged = judge(&Case { trapped, flooded, echo: Echo::of(repeated, false), ..sample.case() });
    assert_eq!((judged.verdict, codes(&judged)), (verdict, found.to_vec()));
}

#[test]
fn a_breaker_comes_before_trust_and_an_open_policy() {
    for (mode, standing) in [
        (Mode::Open, Standing::Unknown),
        (Mode::TrustKnown, Standing::Known),
        (Mode::TrustKnown, Standing::Staff),
    ] {
        let sample = Sample::of(policy(mode));
        let case = Case { standing, ..sample.case() };
        assert_eq!(judge(&case).verdict, Verdict::Approve);
        let judged = judge(&Case { held: true, ..case });
        assert_eq!((judged.verdict, codes(&judged)), (Verdict::Hold, vec!["breaker"]));
    }
}

#[rstest]
#[case::known(Standing::Known, 0, Verdict::Approve, &[])]
#[case::staff(Standing::Staff, 0, Verdict::Approve, &[])]
#[case::not_known(Standing::Unknown, 0, Verdict::Hold, &["not-known"])]
#[case::trust_takes_away_no_finding(Standing::Known, 2, Verdict::Hold, &["links"])]
fn trust(#[case] standing: Standing, #[case] links: usize, #[case] verdict: Verdict, #[case] found: &[&str]) {
    let sample = Sample::of(policy(Mode::TrustKnown));
    let judged = judge(&Case { links, standing, ..sample.case() });
    assert_eq!((judged.verdict, codes(&judged)), (verdict, found.to_vec()));
}

/// A rule with a bug. The message of a panic may quote what it was about: nobody is told of it.
fn breaks_down(_: &Case<'_>) -> Vec<Finding> {
    panic!("a bug in a rule")
}

fn traps(case: &Case<'_>) -> Vec<Finding> {
    if case.trapped { vec![Finding::spam("honeypot", 100)] } else { Vec::new() }
}

#[rstest]
#[case::it_holds_what_would_be_published(Mode::Open, false, Verdict::Hold, &["not-checked"])]
#[case::and_the_others_are_asked_all_the_same(Mode::Open, true, Verdict::Spam, &["not-checked", "honeypot"])]
fn a_check_that_cannot_run_holds(
    #[case] mode: Mode,
    #[case] trapped: bool,
    #[case] verdict: Verdict,
    #[case] found: &[&str],
) {
    let sample = Sample::of(policy(mode));
    let judged = judge_by(&[breaks_down, traps, breaks_down], &Case { trapped, ..sample.case() });
    assert_eq!((judged.verdict, codes(&judged)), (verdict, found.to_vec()));
}

#[test]
fn short_texts_may_repeat() {
    let sample = Sample::of(policy(Mode::Open)).text("Well said!");
    assert_eq!(judge(&Case { echo: Echo::Same, ..sample.case() }).verdict, Verdict::Approve);
}

#[test]
fn nearly_the_same_is_told_unless_it_is_the_same() {
    let sample = Sample::of(policy(Mode::Open));
    let of = |is_same| judge(&Case { echo: Echo::of(is_same, true), ..sample.case() });
    assert_eq!((of(false).verdict, codes(&of(false))), (Verdict::Hold, vec!["near-duplicate"]));
    assert_eq!(codes(&of(true)), ["repeated-text"]);
}

#[rstest]
#[case::fewer(2, 1, false)]
#[case::as_many(2, 2, true)]
#[case::switched_off(0, 50, false)]
fn links_are_counted(#[case] max_links: u32, #[case] links: usize, #[case] is_held: bool) {
    let sample = Sample::of(Policy { max_links, ..policy(Mode::Open) });
    let judged = judge(&Case { links, ..sample.case() });
    let term = judged.findings.first().map(|finding| (finding.code, finding.term.clone()));
    assert_eq!(term, is_held.then(|| ("links", Some(links.to_string()))));
}

#[rstest]
#[case::none_is_needed(false, FormToken::Missing, None)]
#[case::one_is_needed(true, FormToken::Missing, Some("form-missing"))]
#[case::a_backend_has_none(true, FormToken::NotAsked, None)]
#[case::made_up(false, FormToken::Forged, Some("form-forged"))]
#[case::taken_again(false, FormToken::Reused, Some("form-reused"))]
#[case::too_old(false, FormToken::Late, Some("form-late"))]
#[case::too_quick(false, FormToken::Aged(Duration::from_millis(2_999)), Some("form-early"))]
#[case::in_time(true, FormToken::Aged(Duration::from_secs(3)), None)]
fn forms(#[case] required: bool, #[case] form: FormToken, #[case] found: Option<&str>) {
    let mut sample = Sample::of(policy(Mode::Open));
    sample.policy.form.required = required;
    let judged = judge(&Case { form, ..sample.case() });
    assert_eq!(codes(&judged), found.into_iter().collect::<Vec<_>>());
    assert_eq!(judged.verdict, if found.is_some() { Verdict::Hold } else { Verdict::Approve });
}

#[test]
fn an_own_address_in_the_text_is_found_and_not_told_again() {
    let sample = Sample::of(policy(Mode::Open)).text("Write to Ann@Example.org please, please do.");
    let judged = judge(&sample.case());
    let place = Place { field: crate::domain::Field::Text, start: 9, length: 15 };
    let found = judged.findings.first().map(|finding| (finding.code, finding.term.clone(), finding.place));
    assert_eq!(found, Some(("own-address", None, Some(place))));
    assert_eq!(judged.verdict, Verdict::Hold);
}

#[rstest]
#[case::plain("Ann Example", None)]
#[case::joined("Anne-Marie O'Neill", None)]
#[case::two_scripts_in_two_words("Иван Smith", None)]
#[case::two_scripts_in_one_word("Аnn Example", Some((0, 3)))]
#[case::the_second_word("Ann Eхample", Some((4, 7)))]
#[case::japanese("山田たロウ", None)]
#[case::korean("김金", None)]
#[case::digits_and_marks("R2-D2 ★", None)]
#[case::combining("Zoe\u{308}", None)]
fn names_in_mixed_scripts(#[case] name: &str, #[case] stands: Option<(usize, usize)>) {
    let sample = Sample::of(policy(Mode::Open)).name(name);
    let judged = judge(&sample.case());
    let found = judged.findings.iter().find(|finding| finding.code == "mixed-script-name");
    assert_eq!(found.and_then(|finding| finding.place).map(|place| (place.start, place.length)), stands);
}

#[test]
fn names_of_the_sites_own_people_are_theirs() {
    let sample = Sample::of(Policy { staff_names: vec!["Ann Example".to_owned()], ..policy(Mode::Open) });
    assert_eq!(codes(&judge(&sample.case())), ["staff-name"]);
    assert!(judge(&Case { standing: Standing::Staff, ..sample.case() }).findings.is_empty());
}

/// Every code that a rule can give is in the list, which filters, texts and documents are checked by.
#[test]
fn codes_are_listed_once() {
    let unique: std::collections::HashSet<_> = rules::CODES.iter().collect();
    assert_eq!(unique.len(), rules::CODES.len());
}
