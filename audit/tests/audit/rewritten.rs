//! A few documents that copy and rewrite each other across the sources of the fixture.

use crate::fixture::{Record, id_of};
use malmoi_schemas::{Outcome, Reason};

const NEWS: &str = "\
해오름 도서관이 다음 달부터 평일 밤 아홉 시까지 문을 연다.

그동안 오후 여섯 시에 닫아 퇴근한 뒤에는 이용할 수 없다는 주민들의 의견이 많았다.
도서관은 늘어난 시간에 맞춰 사서 두 명을 새로 뽑는다.

열람실은 이층에 있으며 누구나 무료로 이용할 수 있다.
책은 한 번에 다섯 권까지 두 주 동안 빌릴 수 있다.
주차장은 공사가 끝나는 시월부터 다시 쓸 수 있다.";

const PRAISE: &str = "주문한 다음 날 바로 도착했고 포장도 꼼꼼했습니다. 부모님께 선물로 드렸는데 무척 좋아하세요.";

/// Every record: one article with three rewritings, two of them at one address, and one review that was pasted twice.
pub(crate) fn records() -> Vec<Record> {
    let edited = NEWS.replace("두 명을 새로 뽑는다", "세 명을 새로 뽑는다");
    let shortened = "해오름 도서관이 평일 밤 아홉 시까지 문을 연다.\n\n\
        열람실은 이층에 있으며 누구나 무료로 이용할 수 있다.\n책은 한 번에 다섯 권까지 두 주 동안 빌릴 수 있다.";
    let quoted = NEWS
        .replace("이용할 수 없다는", "이용할수없다는")
        .replace("이층에 있으며", "이 층에 있으며")
        .replace("\n주차장은 공사가 끝나는 시월부터 다시 쓸 수 있다.", "\n출처는 동네소식이고 저도 가 봐야겠어요!");
    let mut records = vec![
        written("동네소식", 0, Some("해오름 도서관, 다음 달부터 밤 아홉 시까지 연다"), NEWS),
        written("동네소식", 7, Some("해오름 도서관 밤에도 연다"), &edited),
        written("동네소식", 8, Some("[짧은 소식] 해오름 도서관 연장 운영"), shortened),
        written("forum", 0, Some("도서관 늦게까지 한대요"), &quoted),
        written("forum", 1, None, "혹시 해오름 도서관 근처에 저녁 먹을 만한 곳 있을까요? 아이와 함께 갑니다."),
        written("forum", 2, None, PRAISE),
        written("reviews", 0, None, PRAISE),
        written("reviews", 1, None, PRAISE),
        written(
            "reviews",
            2,
            None,
            "색이 사진보다 조금 어둡지만 바느질이 튼튼해서 만족합니다. 다음에도 여기서 살게요.",
        ),
    ];
    for (survivor, removed, similarity) in [
        (("동네소식", 0), ("동네소식", 7), Some(0.9375)),
        (("동네소식", 0), ("동네소식", 8), Some(0.5625)),
        (("동네소식", 0), ("forum", 0), Some(0.8125)),
        (("reviews", 0), ("forum", 2), None),
        (("reviews", 0), ("reviews", 1), None),
    ] {
        let (survivor, removed) = (id_of(survivor.0, survivor.1), id_of(removed.0, removed.1));
        for record in records.iter_mut() {
            if record.id == survivor {
                record.cluster_size += 1;
            } else if record.id == removed {
                let reason = if similarity.is_some() { Reason::NearDuplicate } else { Reason::ExactDuplicate };
                record.dedup = Outcome::Removed(reason);
                (record.survivor, record.similarity) = (Some(survivor), Some(similarity.unwrap_or(1.0)));
            }
        }
    }
    records
}

fn written(source: &'static str, ordinal: u64, title: Option<&str>, text: &str) -> Record {
    Record {
        source,
        ordinal,
        id: id_of(source, ordinal),
        text: text.to_owned(),
        title: title.map(str::to_owned),
        ingest: Outcome::Kept,
        dedup: Outcome::Kept,
        survivor: None,
        similarity: None,
        cluster_size: 1,
    }
}
