use rstest::rstest;

use super::*;

fn at(raw: &str) -> Timestamp {
    Timestamp::parse(&format!("{raw}:00Z")).unwrap()
}

fn settings(mode: MailMode, quiet: &str, zone: &str) -> MailSettings {
    MailSettings {
        mode,
        quiet: QuietHours::parse(quiet),
        zone: Zone::parse(zone).unwrap(),
        ..Default::default()
    }
}

#[rstest]
#[case::the_first(MailMode::Each, &[], 6, "12:00")]
#[case::half_at_once(MailMode::Each, &["11:59", "11:58"], 6, "12:00")]
#[case::then_at_even_distances(MailMode::Each, &["11:59", "11:58", "11:57"], 6, "12:09")]
#[case::until_the_hour_is_full(MailMode::Each, &["11:50", "11:40", "11:30", "11:20", "11:10", "11:05"], 6, "12:05")]
#[case::what_is_an_hour_old_counts_no_more(MailMode::Each, &["11:50", "11:40", "11:00", "11:00", "11:00", "11:00"], 6, "12:00")]
#[case::one_an_hour(MailMode::Each, &["11:30"], 1, "12:30")]
#[case::two_an_hour(MailMode::Each, &["11:50"], 2, "12:20")]
#[case::no_limit(MailMode::Each, &["12:00", "12:00", "12:00"], 0, "12:00")]
#[case::the_first_digest(MailMode::Digest, &[], 6, "12:00")]
#[case::the_next_digest(MailMode::Digest, &["11:20"], 6, "12:20")]
#[case::a_digest_after_a_quiet_day(MailMode::Digest, &["09:00"], 6, "12:00")]
#[case::a_digest_also_without_a_limit(MailMode::Digest, &["11:59"], 0, "12:59")]
fn when_the_next_letter_is_due(
    #[case] mode: MailMode,
    #[case] sent: &[&str],
    #[case] per_hour: u32,
    #[case] due: &str,
) {
    let on = |time: &&str| at(&format!("2026-11-01T{time}"));
    let sent: Vec<Timestamp> = sent.iter().map(on).collect();
    let found = settings(mode, "none", "UTC").due(Waits::Digest, (per_hour, &sent), on(&"12:00"));
    assert_eq!(found, on(&due));
}

#[test]
fn what_will_not_wait_for_a_digest_waits_for_the_limit() {
    let settings = settings(MailMode::Digest, "none", "UTC");
    let (now, sent) = (at("2026-11-01T12:00"), [at("2026-11-01T11:59")]);
    assert_eq!(settings.due(Waits::Limit, (6, &sent), now), now);
    assert_eq!(settings.due(Waits::Limit, (1, &sent), now), at("2026-11-01T12:59"));
}

/// However many letters are owed, and whatever their number an hour.
#[test]
fn no_hour_sees_more_than_its_number() {
    for per_hour in 1..=20 {
        let settings = MailSettings::default();
        let (mut now, mut sent) = (at("2026-11-01T12:00"), Vec::new());
        for _ in 0..200 {
            now = settings.due(Waits::Digest, (per_hour, &sent), now);
            sent.insert(0, now);
        }
        let number = usize::try_from(per_hour).unwrap();
        for window in sent.windows(number + 1) {
            assert!(window[0].since(window[number]) >= HOUR, "{per_hour} an hour");
        }
        let hours = sent[0].since(sent[199]).as_secs_f64() / 3600.0;
        assert!(hours <= 200.0 / f64::from(per_hour), "{per_hour} an hour: {hours} hours");
    }
}

#[rstest]
#[case::before("22:00-07:00", "UTC", "2026-11-01T21:59", "2026-11-01T21:59")]
#[case::in_the_evening("22:00-07:00", "UTC", "2026-11-01T22:00", "2026-11-02T07:00")]
#[case::after_midnight("22:00-07:00", "UTC", "2026-11-02T03:00", "2026-11-02T07:00")]
#[case::their_end("22:00-07:00", "UTC", "2026-11-02T07:00", "2026-11-02T07:00")]
#[case::within_a_day("12:00-13:30", "UTC", "2026-11-01T13:29", "2026-11-01T13:30")]
#[case::until_midnight("20:00-00:00", "UTC", "2026-11-01T23:59", "2026-11-02T00:00")]
#[case::in_winter("22:00-07:00", "Europe/Berlin", "2026-12-01T21:00", "2026-12-02T06:00")]
#[case::in_summer("22:00-07:00", "Europe/Berlin", "2026-07-01T20:00", "2026-07-02T05:00")]
#[case::the_night_of_23_hours("22:00-07:00", "Europe/Berlin", "2026-03-28T21:00", "2026-03-29T05:00")]
#[case::the_night_of_25_hours("22:00-07:00", "Europe/Berlin", "2026-10-24T20:00", "2026-10-25T06:00")]
#[case::an_end_that_is_skipped("22:00-02:30", "Europe/Berlin", "2026-03-29T00:30", "2026-03-29T01:00")]
#[case::an_end_that_comes_twice("22:00-02:30", "Europe/Berlin", "2026-10-24T23:00", "2026-10-25T00:30")]
#[case::and_its_second_time("22:00-02:30", "Europe/Berlin", "2026-10-25T01:10", "2026-10-25T01:30")]
#[case::half_an_hour_off("22:00-07:00", "Asia/Kolkata", "2026-11-01T16:30", "2026-11-02T01:30")]
#[case::beyond_the_date_line("22:00-07:00", "Pacific/Kiritimati", "2026-11-01T08:00", "2026-11-01T17:00")]
fn quiet_hours_end_by_the_clock_on_the_wall(
    #[case] quiet: &str,
    #[case] zone: &str,
    #[case] now: &str,
    #[case] due: &str,
) {
    let settings = settings(MailMode::Each, quiet, zone);
    assert_eq!(settings.due(Waits::Digest, (6, &[]), at(now)).to_string(), at(due).to_string());
}

#[test]
fn settings_are_read_within_their_bounds() {
    assert_eq!(
        QuietHours::parse("22:00-07:05").map(|quiet| quiet.to_string()).as_deref(),
        Some("22:00-07:05")
    );
    for raw in ["", "22:00", "22-07", "24:00-07:00", "22:00-22:00", "22:60-07:00", "none"] {
        assert_eq!(QuietHours::parse(raw), None, "{raw}");
    }
    assert_eq!((QuietHours::of(0, 1_440), QuietHours::of(-1, 5)), (None, None));
    assert_eq!(DigestEvery::parse(5).map(DigestEvery::minutes), Some(5));
    assert_eq!([4, 1_441, -60].map(DigestEvery::parse), [None; 3]);
    assert_eq!(Zone::parse(" europe/berlin ").map(Zone::name), Some("Europe/Berlin"));
    for raw in ["", "Berlin", "CEST+1", "+02:00"] {
        assert_eq!(Zone::parse(raw), None, "{raw}");
    }
    assert!(Zone::names().all(|name| Zone::parse(name).is_some()) && Zone::names().count() > 300);
    assert_eq!(MailMode::ALL.map(|mode| MailMode::parse(mode.name())), MailMode::ALL.map(Some));
}
