use super::*;
use proptest::prelude::*;

/// 2023-05-01 00:00 in Korea.
const MAY: i64 = 1_682_866_800;

#[test]
fn every_way_of_writing_a_day_is_the_same_day() {
    for date in [
        "2023-05-01",
        "2023-05-01T00:00:00+09:00",
        "2023-04-30T15:00:00Z",
        "2023-04-30 15:00:00.000 UTC",
        "20230501",
        "20230501T000000",
        "20230501000000",
        "2023/05/01",
        "2023/5/1 0:00",
        "2023.05.01",
        "2023. 5. 1.",
        " 2023.05.01. 오전 12:00 ",
        "2023년 5월 1일",
        "2023년 05월 01일 (월) 0시",
        "2023년 5월 1일 월요일 오전 12시 0분",
        "입력 2023.05.01. 00:00",
        "등록일: 2023-05-01(월)",
        "2023년 5월",
        "2023-05",
        "Mon, 01 May 2023 00:00:00 +0900",
        "1 May 2023",
        "Sun, 30 Apr 2023 15:00:00 GMT",
        "01-May-2023",
        "May 1, 2023",
        "05/01/2023",
        "1682866800",
        "1682866800000",
    ] {
        assert_eq!(instant(date), Some(MAY), "{date}");
    }
}

#[test]
fn times_of_day_count() {
    for (date, hours) in [
        ("2023-05-01 15:00", 15.0),
        ("2023.05.01. 오후 3:30", 15.5),
        ("2023년 5월 1일 오후 3시 30분", 15.5),
        ("2023-05-01 12:30 PM", 12.5),
        ("2023-05-01T03:00:00-05:00", 17.0),
        ("202305011530", 15.5),
        ("2023050115", 15.0),
        ("2023-05-01 25:00", 0.0),
        ("2023-05-01 조회 31", 0.0),
    ] {
        assert_eq!(instant(date), Some(MAY + (hours * 3600.0) as i64), "{date}");
    }
    assert_eq!(instant("2023"), instant("2023-01-01"));
    assert_eq!(instant("2024년 2월 29일").unwrap() + 86_400, instant("2024-03-01").unwrap());
    assert_eq!(instant("1970-01-01T00:00:00Z"), Some(0));
}

#[test]
fn what_is_no_date_is_unknown() {
    for date in [
        "",
        "미상",
        "어제",
        "23.05.01",
        "13/05/2023",
        "2023-13-01",
        "2023-02-29",
        "0000-00-00",
        "0001-01-01T00:00:00",
        "-",
        "3일 전",
        "123456789012345",
        "5월 1일",
        "2023-05-01 ".repeat(20).as_str(),
    ] {
        assert_eq!(instant(date), None, "{date}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(date in "\\PC{0,30}|[0-9년월일오전후시분:/. TZ+-]{0,30}") {
        instant(&date);
    }

    /// The order of the calendar is the order of the numbers, and days are a day apart.
    #[test]
    fn later_dates_are_greater(a in (1000i64..3000, 1i64..13, 1i64..29), b in (1000i64..3000, 1i64..13, 1i64..29)) {
        let written = |(year, month, day): (i64, i64, i64)| instant(&format!("{year:04}-{month:02}-{day:02}")).unwrap();
        prop_assert_eq!(written(a).cmp(&written(b)), a.cmp(&b));
        prop_assert_eq!((written(a) + KOREAN_TIME) % 86_400, 0);
    }
}
