use super::*;
use crate::fixture::{Fixture, INPUT, VOCABULARY, config};
use crate::model::initial;
use malmoi_schemas::FileSet;

fn tokenizer(fixture: &Fixture) -> Tokenizer {
    let entry = fixture.manifest.files_of(FileSet::Vocabulary).next().unwrap();
    read_tokenizer("tokenizer.json", &fixture.files.read(&format!("{INPUT}/{}", entry.path)).unwrap()).unwrap()
}

fn model() -> Model {
    let config = config(1).model;
    let value =
        |name: &str, shape: &[usize]| initial(&config, 3, name, shape)? * if shape.len() == 2 { 15.0 } else { 1.0 };
    Model::new(&config, VOCABULARY as usize, DType::F32, value).unwrap()
}

fn options(temperature: f64, seed: u64) -> GenerateOptions {
    GenerateOptions { tokens: 50, temperature, top_k: 20, seed }
}

#[test]
fn the_same_seed_writes_the_same_text_beyond_the_context() {
    let fixture = Fixture::of_sentences();
    let (tokenizer, model) = (tokenizer(&fixture), model());
    let write = |prompt, options| continue_text(&model, &tokenizer, 256, prompt, &options).unwrap();
    // 17 bytes of prompt and 50 of text, three times the context.
    let text = write("비가 온다 ㅎㅎ", options(0.8, 1));
    assert!(text.starts_with("비가 온다 ㅎㅎ") && text.chars().count() > 20, "{text}");
    assert_eq!(text, write("비가 온다 ㅎㅎ", options(0.8, 1)));
    assert_ne!(text, write("비가 온다 ㅎㅎ", options(0.8, 2)));
    assert_eq!(write("", options(0.0, 1)), write("", options(0.0, 2)));
}

#[test]
fn the_text_ends_where_the_model_ends_it() {
    let fixture = Fixture::of_sentences();
    let (tokenizer, model) = (tokenizer(&fixture), model());
    let likeliest =
        |token| Chooser::new(&options(0.0, 0)).choose(&Window::new(&model).next_logits(&[token]).unwrap(), 0);
    let ends_at_once = (0..VOCABULARY).find(|&token| likeliest(token) == token).expect("a token that repeats itself");
    assert_eq!(continue_text(&model, &tokenizer, ends_at_once, "", &options(0.0, 0)).unwrap(), "");
    let goes_on = (0..VOCABULARY).find(|&token| likeliest(token) != token).expect("a token that does not");
    assert_ne!(continue_text(&model, &tokenizer, goes_on, "", &options(0.0, 0)).unwrap(), "");
}

#[test]
fn a_window_that_slid_gives_the_logits_of_its_tokens_alone() {
    let model = model();
    let text: Vec<u32> = (0..30).map(|i| (i * 7) % 256).collect();
    let mut window = Window::new(&model);
    let mut last = Vec::new();
    for length in 1..=17 {
        last = window.next_logits(&text[..length]).unwrap();
    }
    // The context of 16 was full, so its second half was computed anew.
    let alone = Window::new(&model).next_logits(&text[17 - 8..17]).unwrap();
    assert_eq!(last, alone);
}
