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
        (r#"{"batch": 0}"#, "`batch` must be at least 1"),
        (r#"{"model": {"heads": 3}}"#, "`width` (128) must be a multiple of `heads` (3)"),
        (r#"{"model": {"heads": 128, "key_value_heads": 1}}"#, "must be even"),
        (r#"{"model": {"key_value_heads": 3}}"#, "`heads` (4) must be a multiple of `key_value_heads` (3)"),
        (r#"{"model": {"width": 9999999}}"#, "the largest is"),
        (r#"{"optimizer": {"betas": [0.9, 1.0]}}"#, "`betas`"),
        (r#"{"optimizer": {"min_learning_rate": 1.0}}"#, "`min_learning_rate`"),
        (r#"{"optimizer": {"clip": 0.0}}"#, "`clip` is 0, it must be more than 0"),
        (r#"{"steps": 20}"#, "`optimizer.warm_up_steps` (20) must be less than `steps` (20)"),
        (r#"{"sample": {"temperature": -1}}"#, "`temperature` is -1"),
    ];
    for (json, message) in wrong {
        let error = read(json).unwrap_err();
        assert!(error.contains(message), "{json}: {error}");
    }
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
