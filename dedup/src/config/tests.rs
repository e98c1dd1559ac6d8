use super::*;

fn read(recipe: &str) -> DedupConfig {
    toml::from_str(recipe).unwrap()
}

fn canonical(recipe: &str) -> String {
    serde_json::to_string(&read(recipe)).unwrap()
}

#[test]
fn an_empty_table_is_the_default_and_canonical_bytes_are_stable() {
    assert_eq!(read(""), DedupConfig::default());
    insta::assert_snapshot!(canonical(""), @r#"{"exact":true,"same_address":false,"near":true,"shingles":{"eojeol":5},"threshold":0.8,"verify":"jaccard","keep":["source","longest","id"],"seed":1}"#);
    insta::assert_snapshot!(canonical("bands = 14\nrows = 8\nshingles = { letters = 12 }\nverify = \"none\""), @r#"{"exact":true,"same_address":false,"near":true,"shingles":{"letters":12},"threshold":0.8,"bands":14,"rows":8,"verify":"none","keep":["source","longest","id"],"seed":1}"#);
    assert_eq!(canonical("shingle = 7"), canonical("shingles = { eojeol = 7 }"));
    let given = read("threshold = 0.85\nnear = false\nseed = 9\nkeep = [\"newest\"]\nsame_address = true\n[substring]");
    assert_eq!(serde_json::from_str::<DedupConfig>(&serde_json::to_string(&given).unwrap()).unwrap(), given);
}

#[test]
fn bands_are_given_or_follow() {
    let rows = |recipe: &str| (read(recipe).banding().bands(), read(recipe).banding().rows());
    assert_eq!(rows(""), (16, 7));
    assert_eq!(rows("bands = 14\nrows = 4"), (14, 4));
    let solved = [0.5, 0.7, 0.8, 0.9, 0.99].map(|t| rows(&format!("threshold = {t}")));
    insta::assert_snapshot!(format!("{solved:?}"), @"[(37, 3), (22, 5), (16, 7), (10, 11), (3, 37)]");
    assert_eq!(read("bands = 14\nrows = 8\nthreshold = 0.9").threshold.get(), 0.9);
}

#[test]
fn a_wrong_value_is_pointed_at() {
    let error = |recipe| toml::from_str::<DedupConfig>(recipe).unwrap_err();
    insta::assert_snapshot!(error("shingle = 5\nbands = 0\n"), @r"
    TOML parse error at line 2, column 9
      |
    2 | bands = 0
      |         ^
    expected a whole number from 1 to 255, found 0
    ");
    insta::assert_snapshot!(error("rows = 8\nband = 14\n"), @r"
    TOML parse error at line 2, column 1
      |
    2 | band = 14
      | ^^^^
    unknown field `band`, expected one of `exact`, `same_address`, `near`, `shingle`, `shingles`, `threshold`, `bands`, `rows`, `verify`, `keep`, `seed`, `lines`, `decontaminate`, `semantic`, `substring`, `keep_signatures`, `earlier`
    ");
    insta::assert_snapshot!(error("threshold = 1.5\n"), @r"
    TOML parse error at line 1, column 13
      |
    1 | threshold = 1.5
      |             ^^^
    expected a similarity from 0.5 to 0.99, found 1.5
    ");
    insta::assert_snapshot!(error("threshold = 0.8\nrows = 8\n"), @"`bands` and `rows` go together: give both, or neither, and they follow from `threshold`");
    insta::assert_snapshot!(error("shingle = 5\nshingles = { characters = 12 }\n"), @"`shingle` and `shingles` say the same: keep `shingles`");
    let across = error("earlier = [\"../before\"]\n[semantic]\n");
    insta::assert_snapshot!(across, @"[dedup.semantic] compares the documents of one run alone: leave out `keep_signatures` and `earlier`, or the table");
    insta::assert_snapshot!(error("verify = \"embedding\"\n"), @r#"
    TOML parse error at line 1, column 10
      |
    1 | verify = "embedding"
      |          ^^^^^^^^^^^
    unknown variant `embedding`, expected one of `jaccard`, `containment`, `none`
    "#);
}
