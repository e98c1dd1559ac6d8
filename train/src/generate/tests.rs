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
    let write = |prompt, options| continue_text(&model, &tokenizer, 256, prompt, &options, &|| Ok(())).unwrap();
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
    let write = |end| continue_text(&model, &tokenizer, end, "", &options(0.0, 0), &|| Ok(())).unwrap();
    assert_eq!(write(ends_at_once), "");
    let goes_on = (0..VOCABULARY).find(|&token| likeliest(token) != token).expect("a token that does not");
    assert_ne!(write(goes_on), "");
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

#[test]
fn options_outside_their_bounds_are_refused() {
    let fixture = Fixture::of_sentences();
    let generator = Generator { model: model(), tokenizer: tokenizer(&fixture), end_of_text: 256 };
    let valid = options(1.0, 0);
    assert!(generator.generate("비가", &GenerateOptions { temperature: 100.0, ..valid.clone() }).is_ok());
    let wrong = [
        (GenerateOptions { temperature: f64::NAN, ..valid.clone() }, "`temperature` is NaN"),
        (GenerateOptions { temperature: -1.0, ..valid.clone() }, "`temperature` is -1, it must lie between 0 and 100"),
        (GenerateOptions { temperature: 101.0, ..valid.clone() }, "`temperature` is 101"),
        (GenerateOptions { tokens: 0, ..valid.clone() }, "`tokens` is 0, it must lie between 1 and 65536"),
        (GenerateOptions { tokens: usize::MAX, ..valid }, "`tokens` is 18446744073709551615"),
    ];
    for (options, message) in wrong {
        let error = generator.generate("비가", &options).unwrap_err();
        assert!(matches!(error, TrainError::Options(_)) && error.to_string().contains(message), "{error}");
    }
}

#[test]
fn a_text_can_be_stopped_before_each_token() {
    let fixture = Fixture::of_sentences();
    let asked = std::cell::Cell::new(0);
    let go_on = || {
        asked.set(asked.get() + 1);
        if asked.get() > 3 { Err(TrainError::Interrupted { step: 7 }) } else { Ok(()) }
    };
    let error = continue_text(&model(), &tokenizer(&fixture), 256, "", &options(0.8, 1), &go_on).unwrap_err();
    assert!(matches!(error, TrainError::Interrupted { step: 7 }), "{error}");
    assert_eq!(asked.get(), 4);
}
