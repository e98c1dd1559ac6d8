use super::*;
use proptest::prelude::*;
use std::cmp::{Ordering, Reverse};

#[derive(Deserialize, Debug)]
struct Recipe {
    keep: KeepChain,
}

fn chain(toml: &str) -> KeepChain {
    toml::from_str::<Recipe>(&format!("keep = {toml}")).unwrap().keep
}

fn json(chain: &KeepChain) -> String {
    serde_json::to_string(chain).unwrap()
}

#[test]
fn one_chain_has_one_spelling() {
    insta::assert_snapshot!(json(&KeepChain::default()), @r#"["source","longest","id"]"#);
    assert_eq!(chain(r#"["source", "longest"]"#), KeepChain::default());
    assert_eq!(chain(r#"["source", { highest = "characters" }, "id"]"#), KeepChain::default());
    assert_eq!(chain("[]").rules(), [KeepRule::Id]);
    let all = chain(r#"["source", { highest = "quality" }, { lowest = "perplexity" }, "newest", "shortest-url"]"#);
    insta::assert_snapshot!(json(&all), @r#"["source","quality",{"lowest":"perplexity"},"newest","shortest-url","id"]"#);
    assert_eq!(serde_json::from_str::<KeepChain>(&json(&all)).unwrap(), all);
    assert_eq!(all.signals(), [Signal::Quality, Signal::Perplexity]);
    assert_eq!(all.width(), 4 + 8 + 8 + 8 + 4 + 16);
    assert!(all.compares(KeepRule::Oldest) && !all.compares(KeepRule::Longest));
}

#[test]
fn a_wrong_chain_is_pointed_at() {
    let error = |keep: &str| toml::from_str::<Recipe>(&format!("keep = {keep}")).unwrap_err().to_string();
    insta::assert_snapshot!(error(r#"["longest", "longst"]"#), @r#"
    TOML parse error at line 1, column 20
      |
    1 | keep = ["longest", "longst"]
      |                    ^^^^^^^^
    unknown variant `longst`, expected one of `source`, `quality`, `highest`, `lowest`, `longest`, `shortest`, `newest`, `oldest`, `shortest-url`, `id`
    "#);
    insta::assert_snapshot!(error(r#"["longest", { highest = "beauty" }]"#), @r#"
    TOML parse error at line 1, column 20
      |
    1 | keep = ["longest", { highest = "beauty" }]
      |                    ^^^^^^^^^^^^^^^^^^^^^^
    expected a field of `signals`, found `beauty`
    "#);
    let message = |keep: &str| error(keep).lines().last().unwrap_or_default().to_owned();
    insta::assert_snapshot!(message(r#"["longest", "source", "shortest"]"#), @"`shortest` decides nothing after `longest`: remove it");
    insta::assert_snapshot!(message(r#"["id", "longest"]"#), @"`longest` decides nothing after `id`: remove it");
    insta::assert_snapshot!(message(r#"["quality", { lowest = "quality" }]"#), @"`lowest quality` decides nothing after `quality`: remove it");
    let seven =
        r#"["source", "quality", "longest", "newest", "shortest-url", { lowest = "lines" }, { lowest = "urls" }]"#;
    insta::assert_snapshot!(message(seven), @"expected at most 6 rules before the id, found 7");
}

fn document<'a>(signals: &'a [Option<f64>]) -> Candidate<'a> {
    let id = DocumentId([1; DocumentId::LEN]);
    Candidate {
        priority: 1, characters: 100, date: Some("2023-05-01"), url: Some("http://example.kr/글"), signals, id
    }
}

#[test]
fn the_rule_that_decides_is_told() {
    let chain = chain(r#"["source", { lowest = "perplexity" }, "longest", "newest", "shortest-url"]"#);
    let signals = [Some(50.0)];
    let winner = document(&signals);
    let other = DocumentId([2; DocumentId::LEN]);
    for (expected, loser) in [
        (KeepRule::Source, Candidate { priority: 2, characters: 900, ..winner }),
        (KeepRule::Lowest(Signal::Perplexity), Candidate { signals: &[Some(51.0)], characters: 900, ..winner }),
        (KeepRule::Lowest(Signal::Perplexity), Candidate { signals: &[Some(f64::NAN)], ..winner }),
        (KeepRule::Lowest(Signal::Perplexity), Candidate { signals: &[], ..winner }),
        (KeepRule::Longest, Candidate { characters: 99, date: Some("2024-01-01"), ..winner }),
        (KeepRule::Newest, Candidate { date: Some("2023년 4월 30일"), url: None, ..winner }),
        (KeepRule::Newest, Candidate { date: Some("미상"), ..winner }),
        (KeepRule::ShortestUrl, Candidate { url: Some("http://example.kr/글글"), ..winner }),
        (KeepRule::ShortestUrl, Candidate { url: None, ..winner }),
        (KeepRule::Id, Candidate { id: other, ..winner }),
    ] {
        let (winner, loser) = (chain.rank(&winner), chain.rank(&loser));
        assert!(winner < loser, "{expected}");
        assert_eq!(chain.decisive(winner.as_slice(), loser.as_slice()), expected);
    }
    assert_eq!(KeepRule::Lowest(Signal::Perplexity).to_string(), "lowest perplexity");
}

#[test]
fn the_longest_chain_fits() {
    let chain = chain(
        r#"["quality", { lowest = "perplexity" }, "newest", { highest = "lines" }, { lowest = "urls" }, { highest = "emails" }]"#,
    );
    assert_eq!(chain.width(), Rank::MAX);
    assert_eq!(chain.rank(&document(&[None, Some(1.0)])).as_slice().len(), Rank::MAX);
}

/// A document that owns what it brings.
#[derive(Debug, Clone)]
struct Owned {
    priority: u32,
    characters: u32,
    date: Option<i64>,
    url: Option<String>,
    signals: Vec<Option<f64>>,
    id: DocumentId,
}

impl Owned {
    fn rank(&self, chain: &KeepChain) -> Rank {
        let date = self.date.map(|date| date.to_string());
        chain.rank(&Candidate {
            priority: self.priority,
            characters: self.characters,
            date: date.as_deref(),
            url: self.url.as_deref(),
            signals: &self.signals,
            id: self.id,
        })
    }
}

/// The rules as they are worded, without keys: the order, and the rule that made it.
fn plainly(chain: &KeepChain, a: &Owned, b: &Owned) -> (Ordering, KeepRule) {
    fn last<T: PartialOrd>(a: Option<T>, b: Option<T>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap(),
            (a, b) => a.is_none().cmp(&b.is_none()),
        }
    }
    let url = |d: &Owned| d.url.as_ref().map(|url| url.chars().count());
    let signal = |d: &Owned, signal: Signal| {
        let at = chain.signals().iter().position(|own| *own == signal).unwrap();
        d.signals.get(at).copied().flatten().filter(|value| !value.is_nan())
    };
    for &rule in chain.rules() {
        let order = match rule {
            KeepRule::Source => a.priority.cmp(&b.priority),
            KeepRule::Longest => b.characters.cmp(&a.characters),
            KeepRule::Shortest => a.characters.cmp(&b.characters),
            KeepRule::Newest => last(a.date.map(Reverse), b.date.map(Reverse)),
            KeepRule::Oldest => last(a.date, b.date),
            KeepRule::ShortestUrl => last(url(a), url(b)),
            KeepRule::Quality => last(signal(a, Signal::Quality).map(Reverse), signal(b, Signal::Quality).map(Reverse)),
            KeepRule::Highest(name) => last(signal(a, name).map(Reverse), signal(b, name).map(Reverse)),
            KeepRule::Lowest(name) => last(signal(a, name), signal(b, name)),
            KeepRule::Id => a.id.cmp(&b.id),
        };
        if order != Ordering::Equal {
            return (order, rule);
        }
    }
    (Ordering::Equal, KeepRule::Id)
}

fn chains() -> impl Strategy<Value = KeepChain> {
    let one_of = |rules: &[KeepRule]| prop::sample::select(rules.to_vec());
    let rules = (
        Just(KeepRule::Source),
        one_of(&[KeepRule::Quality, KeepRule::Lowest(Signal::Quality)]),
        one_of(&[KeepRule::Highest(Signal::Perplexity), KeepRule::Lowest(Signal::Perplexity)]),
        one_of(&[KeepRule::Longest, KeepRule::Shortest]),
        one_of(&[KeepRule::Newest, KeepRule::Oldest]),
        Just(KeepRule::ShortestUrl),
    );
    let shuffled = rules.prop_map(|(a, b, c, d, e, f)| vec![a, b, c, d, e, f]).prop_shuffle();
    (shuffled, 0usize..=6).prop_map(|(rules, length)| KeepChain::try_from(rules[..length].to_vec()).unwrap())
}

fn documents(ids: u8) -> impl Strategy<Value = Owned> {
    let special = prop::sample::select(vec![
        0.0,
        -0.0,
        1.0,
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MIN_POSITIVE,
    ]);
    let signal =
        prop::option::of(prop_oneof![special, any::<f32>().prop_map(f64::from), any::<u32>().prop_map(f64::from)]);
    let date = prop::option::of(1_600_000_000i64..1_600_000_003);
    (0u32..3, 0u32..3, date, prop::option::of("[가a]{0,2}"), prop::collection::vec(signal, 0..3), 0..ids).prop_map(
        |(priority, characters, date, url, signals, id)| Owned {
            priority: priority.wrapping_sub(1),
            characters: characters.wrapping_sub(1),
            date,
            url,
            signals,
            id: DocumentId([id; DocumentId::LEN]),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Comparing keys is comparing by the rules in order, and the key tells which rule it was.
    #[test]
    fn keys_are_the_rules(chain in chains(), a in documents(3), b in documents(3)) {
        let (left, right) = (a.rank(&chain), b.rank(&chain));
        let (order, rule) = plainly(&chain, &a, &b);
        prop_assert_eq!(left.as_slice().len(), chain.width());
        prop_assert_eq!(left.as_slice().cmp(right.as_slice()), order);
        prop_assert_eq!(left.cmp(&right), order);
        prop_assert_eq!(chain.decisive(left.as_slice(), right.as_slice()), rule);
        prop_assert_eq!((left.id(), right.id()), (a.id, b.id));
    }

    /// One order for all, whichever document is looked at first; two documents are never equal.
    #[test]
    fn the_order_is_total(
        chain in chains(),
        (all, shuffled) in prop::collection::vec(documents(1), 1..12).prop_flat_map(|mut all| {
            (0..).zip(&mut all).for_each(|(number, document)| document.id = DocumentId([number; DocumentId::LEN]));
            (Just(all.clone()), Just(all).prop_shuffle())
        }),
    ) {
        let best = |documents: &[Owned]| documents.iter().map(|document| document.rank(&chain)).min().unwrap();
        prop_assert_eq!(best(&all), best(&shuffled));
        let plainly_best = shuffled.iter().min_by(|a, b| plainly(&chain, a, b).0).unwrap();
        prop_assert_eq!(best(&all).id(), plainly_best.id);
    }

    /// The default chain is the order of the source's place, the characters and the id.
    #[test]
    fn the_default_keeps_the_longer_text_of_the_first_source(a in documents(3), b in documents(3)) {
        let chain = KeepChain::default();
        let plain = |d: &Owned| (d.priority, Reverse(d.characters), d.id);
        prop_assert_eq!(a.rank(&chain).cmp(&b.rank(&chain)), plain(&a).cmp(&plain(&b)));
    }
}
