use super::*;
use crate::source::SourceConfig;
use std::fs;
use std::path::Path;

fn source(paths: &[&str]) -> SourceConfig {
    serde_json::from_value(serde_json::json!({"name": "s", "paths": paths, "format": "text"})).unwrap()
}

fn no_bucket(name: &str) -> std::io::Result<Arc<dyn Remote>> {
    Err(std::io::Error::other(format!("there is no bucket {name}")))
}

fn corpus(files: &[&str]) -> tempfile::TempDir {
    let base = tempfile::tempdir().unwrap();
    for file in files {
        let path = base.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    base
}

fn names(source: &SourceConfig, base: &Path) -> Vec<String> {
    source.resolve(base, &no_bucket).unwrap().into_iter().map(|file| file.name).collect()
}

#[test]
fn files_are_sorted_by_name_and_come_once() {
    let base = corpus(&["글/나.txt", "글/가.txt", "글/.숨김.txt", "글/b.md", "글/깊이/다.txt"]);
    assert_eq!(names(&source(&["글/*.txt", "글/가.txt"]), base.path()), ["가.txt", "나.txt"]);
    assert_eq!(names(&source(&["**/*.txt"]), base.path()), ["글/가.txt", "글/깊이/다.txt", "글/나.txt"]);
    assert_eq!(names(&source(&["글/*/*.txt"]), base.path()), ["깊이/다.txt"]);
}

#[test]
fn names_do_not_depend_on_where_the_corpus_is_named_from() {
    let base = corpus(&["a/x.txt", "b/y.txt"]);
    let absolute = base.path().join("a").join("*.txt");
    assert_eq!(names(&source(&[absolute.to_str().unwrap()]), base.path()), ["x.txt"]);
    assert_eq!(names(&source(&["../a/x.txt"]), &base.path().join("b")), ["x.txt"]);
}

#[test]
fn what_matches_nothing_is_named() {
    let base = corpus(&["a/x.txt", "b/a/x.txt"]);
    let error = |paths: &[&str], base: &Path| source(paths).resolve(base, &no_bucket).unwrap_err();
    assert!(matches!(error(&["*.jsonl"], base.path()), IngestError::NoMatch { pattern, .. } if pattern == "*.jsonl"));
    assert!(matches!(error(&["gone/*.txt"], base.path()), IngestError::NoMatch { .. } | IngestError::Read { .. }));
    assert!(matches!(error(&["gone.txt"], base.path()), IngestError::NoMatch { .. }));
    assert!(matches!(error(&["a"], base.path()), IngestError::Folder { .. }));
    assert!(matches!(error(&["a/***"], base.path()), IngestError::Pattern { .. }));
    assert!(matches!(error(&["a/x.txt", "../a/x.txt"], &base.path().join("b")), IngestError::NameClash { .. }));
}

/// As a Mac stores them: in conjoining jamo.
#[cfg(unix)]
#[test]
fn a_name_is_one_however_its_hangul_is_stored() {
    use unicode_normalization::UnicodeNormalization;
    let stored: String = "말뭉치/뉴스.txt".nfd().collect();
    let base = corpus(&[&stored]);
    for typed in ["말뭉치/뉴스.txt", &stored] {
        assert_eq!(names(&source(&[typed]), base.path()), ["뉴스.txt"], "{typed}");
    }
    for pattern in ["말뭉치/*.txt", "말뭉치/뉴*", "말뭉치/??.txt"] {
        assert_eq!(names(&source(&[pattern]), base.path()), ["뉴스.txt"], "{pattern}");
    }
    assert_eq!(names(&source(&["**/*.txt"]), base.path()), ["말뭉치/뉴스.txt"]);
    assert!(source(&["말뭉치/소설.txt"]).resolve(base.path(), &no_bucket).is_err());
    fs::write(base.path().join(stored.replace(".txt", ".md")), "글").unwrap();
    let both: String = "말뭉치/뉴스.md".nfd().collect();
    fs::write(base.path().join(both.replace(&"뉴스".nfd().collect::<String>(), "뉴스")), "다른 글").unwrap();
    let error = source(&["말뭉치/*.md"]).resolve(base.path(), &no_bucket).unwrap_err();
    assert!(matches!(error, IngestError::NameClash { .. }), "{error}");
}

/// Three files, of which two were taken for one.
#[cfg(unix)]
#[test]
fn names_in_another_charset_stay_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let base = corpus(&["글/가.txt"]);
    for name in ["뉴스.txt", "소설.txt", "잡지.txt"] {
        let name = encoding_rs::EUC_KR.encode(name).0;
        fs::write(base.path().join("글").join(OsStr::from_bytes(&name)), "글").unwrap();
    }
    assert_eq!(
        names(&source(&["글/*.txt"]), base.path()),
        ["%B4%BA%BD%BA.txt", "%BC%D2%BC%B3.txt", "%C0%E2%C1%F6.txt", "가.txt"]
    );
    fs::write(base.path().join("글/%B4%BA%BD%BA.txt"), "글").unwrap();
    let error = source(&["글/*.txt"]).resolve(base.path(), &no_bucket).unwrap_err();
    assert!(matches!(error, IngestError::NameClash { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_to_nowhere_is_not_passed_over() {
    let base = corpus(&["a/x.txt"]);
    std::os::unix::fs::symlink("/nowhere/shard.txt", base.path().join("a/y.txt")).unwrap();
    let error = source(&["a/*.txt"]).resolve(base.path(), &no_bucket).unwrap_err();
    assert!(error.to_string().contains("a/y.txt"), "{error}");
    assert_eq!(names(&source(&["a/x*"]), base.path()), ["x.txt"]);
}

#[cfg(unix)]
#[test]
fn links_in_circles_end() {
    let base = corpus(&["a/x.txt"]);
    for link in ["one", "two", "three"] {
        std::os::unix::fs::symlink(base.path(), base.path().join("a").join(link)).unwrap();
    }
    assert_eq!(names(&source(&["**/*.txt"]), base.path()), ["a/x.txt"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_in_another_charset_does_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let base = corpus(&[]);
    // "글.txt" in CP949.
    fs::write(base.path().join(std::ffi::OsStr::from_bytes(b"\xb1\xdb.txt")), "글").unwrap();
    let files = source(&["*.txt"]).resolve(base.path(), &no_bucket).unwrap();
    assert_eq!(files[0].name, "%B1%DB.txt");
    assert!(files[0].open().is_ok());
}

#[test]
fn the_fingerprint_sees_content_and_names_and_no_threads() {
    let base = corpus(&["a.txt", "b.txt", "c.txt"]);
    let print = |workers| {
        let files = source(&["*.txt"]).resolve(base.path(), &no_bucket).unwrap();
        fingerprint(&[("s".to_owned(), files)], workers).unwrap()
    };
    let before = print(1);
    assert_eq!(before, print(2));
    assert_eq!(before, print(7));
    fs::write(base.path().join("b.txt"), "c.txt").unwrap();
    let changed = print(1);
    assert_ne!(before, changed);
    fs::rename(base.path().join("b.txt"), base.path().join("d.txt")).unwrap();
    assert_ne!(changed, print(1));
}
