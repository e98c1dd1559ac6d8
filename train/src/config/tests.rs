use super::*;

fn read(json: &str) -> Result<TrainConfig, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn an_empty_table_is_the_defaults_and_they_are_valid() {
    assert_eq!(read("{}").unwrap(), TrainConfig::default());
    let canonical = serde_json::to_string(&TrainConfig::default()).unwrap();
    assert_eq!(read(&canonical).unwrap(), TrainConfig::default());
}

#[test]
fn a_wrong_value_is_refused_by_name() {
    let wrong = [
        (r#"{"step": 3}"#, "unknown field `step`"),
        (r#"{"model": {"depth": 3}}"#, "unknown field `depth`"),
        (r#"{"batch": 0}"#, "`batch` is 0, it must lie between 1 and 65536"),
        (r#"{"checkpoint_every": 0}"#, "`checkpoint_every` must be at least 1"),
        (r#"{"model": {"heads": 3}}"#, "`width` (128) must be a multiple of `heads` (3)"),
        (r#"{"model": {"heads": 128, "key_value_heads": 1}}"#, "must be even"),
        (r#"{"model": {"key_value_heads": 3}}"#, "`heads` (4) must be a multiple of `key_value_heads` (3)"),
        (r#"{"model": {"width": 9999999}}"#, "`width` is 9999999, it must lie between 1 and 65536"),
        (r#"{"optimizer": {"betas": [0.9, 1.0]}}"#, "`betas`"),
        (r#"{"optimizer": {"min_learning_rate": 1.0}}"#, "`min_learning_rate`"),
        (r#"{"optimizer": {"clip": 0.0}}"#, "`clip` is 0, it must be more than 0"),
        (r#"{"steps": 20}"#, "`optimizer.warm_up_steps` (20) must be less than `steps` (20)"),
        (r#"{"sample": {"temperature": -1}}"#, "`temperature` is -1, it must lie between 0 and 100"),
        (r#"{"sample": {"tokens": 65537}}"#, "`tokens` is 65537, it must lie between 1 and 65536"),
        (r#"{"sample": {"tokens": 0}}"#, "`tokens` is 0, it must lie between 1 and 65536"),
    ];
    for (json, message) in wrong {
        let error = read(json).unwrap_err();
        assert!(error.contains(message), "{json}: {error}");
    }
}

#[test]
fn numbers_beyond_any_training_are_refused_by_name_and_bound() {
    let huge = 1u64 << 62;
    for name in ["steps", "batch", "micro_batch", "evaluate_rows"] {
        let error = read(&format!(r#"{{"{name}": {huge}}}"#)).unwrap_err();
        assert!(error.contains(&format!("`{name}` is {huge}, it must lie between 1 and ")), "{error}");
    }
    for name in ["layers", "width", "heads", "key_value_heads", "feed_forward", "context"] {
        let error = read(&format!(r#"{{"model": {{"{name}": {huge}}}}}"#)).unwrap_err();
        assert!(error.contains(&format!("`{name}` is {huge}, it must lie between 1 and ")), "{error}");
    }
}

#[test]
fn the_largest_numbers_overflow_no_count() {
    let json = r#"{"steps": 100000000, "batch": 65536, "micro_batch": 65536, "evaluate_rows": 65536, "model": {
        "layers": 1024, "width": 65536, "heads": 32768, "key_value_heads": 32768, "feed_forward": 262144,
        "context": 131072, "tied_embeddings": false
    }}"#;
    let config = read(json).unwrap();
    let tokens = u128::from(config.tokens_per_step()) * u128::from(config.steps);
    assert_eq!(tokens, 65_536 * 131_072 * 100_000_000);
    assert!(u64::try_from(tokens).is_ok());
    // 1024 blocks of four square matrices, three of the feed-forward and two norms; two embeddings and a norm.
    let width = 65_536u64;
    let block = 4 * width * width + 3 * width * 262_144 + 2 * width;
    let vocabulary = 1 << 24;
    let parameters = 1024 * block + 2 * (vocabulary as u64) * width + width;
    assert_eq!(config.model.parameters(vocabulary), parameters);
    assert_eq!(config.model.flops_per_token(vocabulary), 6 * parameters + 12 * 1024 * width * 131_072);
}

#[test]
fn counts_of_llama_7b_are_the_published_ones() {
    let llama = ModelConfig {
        layers: 32,
        width: 4096,
        heads: 32,
        key_value_heads: 32,
        feed_forward: 11_008,
        context: 2048,
        tied_embeddings: false,
        ..ModelConfig::default()
    };
    assert_eq!(llama.parameters(32_000), 6_738_415_616);
    assert_eq!(llama.flops_per_token(32_000), 6 * 6_738_415_616 + 12 * 32 * 4096 * 2048);
}
