//! Loss and gradient without candle's autograd, which adds a tensor of zeros at every edge and runs each element-wise
//! operation on threads that spin while they wait for one another.

use super::{Layer, Model, linear, parameters};
use crate::ops::{Real, add, attention, cross_entropy, embedding, heads, norm, swiglu};
use candle_core::{Device, Result, Tensor, Var};
use std::collections::BTreeMap;

/// Logits held at once by the loss: a portion of rows at a time goes through the output layer.
pub(crate) const LOGITS: usize = 1 << 20;

/// What a block's backward needs of its forward.
struct Trace {
    input: Tensor,
    attention_normed: Tensor,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    weights: Tensor,
    mixed: Tensor,
    middle: Tensor,
    feed_forward_normed: Tensor,
    gate: Tensor,
    up: Tensor,
    inner: Tensor,
}

/// Gradients by parameter name.
pub(crate) type Gradients = BTreeMap<String, Tensor>;

impl Model {
    /// The sum over all tokens of the cross-entropy in nats, and `factor` times its gradient: the same numbers as
    /// [`Model::loss`] and its backward.
    ///
    /// `inputs` and `targets` are `rows` rows of tokens, one after the other.
    pub(crate) fn loss_and_gradient<T: Real>(
        &self,
        inputs: &[u32],
        targets: &[u32],
        rows: usize,
        factor: f64,
    ) -> Result<(f64, Gradients)> {
        let epsilon = self.config.norm_epsilon;
        let mut traces = Vec::with_capacity(self.layers.len());
        let x = self.blocks::<T>(inputs, rows, |trace| traces.push(trace))?;
        let norm_weight = detached(&self.norm);
        let normed = norm::forward::<T>(&x, &norm_weight, epsilon)?;
        let (loss, of_normed, of_head) = self.head_loss::<T>(&normed, targets, factor)?;
        let none = x.zeros_like()?;
        let (mut of_x, of_norm) = norm::backward::<T>(&x, &norm_weight, epsilon, &of_normed, &none)?;
        let mut gradients = Gradients::from([(parameters::NORM.to_owned(), of_norm)]);
        for (number, (layer, trace)) in self.layers.iter().zip(&traces).enumerate().rev() {
            let mut put = |part: &str, gradient| {
                gradients.insert(parameters::of_layer(number, part), gradient);
            };
            of_x = self.block_backward::<T>(layer, trace, &of_x, &mut put)?;
        }
        let of_embedding = embedding::backward::<T>(inputs, &of_x, self.vocabulary)?;
        if self.config.tied_embeddings {
            gradients.insert(parameters::EMBEDDING.to_owned(), add::<T>(&of_embedding, &of_head)?);
        } else {
            gradients.insert(parameters::EMBEDDING.to_owned(), of_embedding);
            gradients.insert(parameters::HEAD.to_owned(), of_head);
        }
        Ok((loss, gradients))
    }

    /// The loss of [`Self::loss_and_gradient`] alone.
    pub(crate) fn loss_value<T: Real>(&self, inputs: &[u32], targets: &[u32], rows: usize) -> Result<f64> {
        let x = self.blocks::<T>(inputs, rows, drop)?;
        let normed = norm::forward::<T>(&x, &detached(&self.norm), self.config.norm_epsilon)?;
        let portion = self.portion();
        let parts = targets.chunks(portion).enumerate().map(|(number, targets)| {
            let normed = normed.narrow(0, number * portion, targets.len())?;
            cross_entropy::forward::<T>(&linear(&normed, &detached(&self.head))?, targets)
        });
        parts.sum()
    }

    /// The residual stream after the last block; `keep` takes what each block's backward needs.
    fn blocks<T: Real>(&self, inputs: &[u32], rows: usize, mut keep: impl FnMut(Trace)) -> Result<Tensor> {
        let tokens = Tensor::new(inputs, &Device::Cpu)?;
        let mut x = detached(&self.embedding).index_select(&tokens, 0)?;
        for layer in &self.layers {
            let (next, trace) = self.block_forward::<T>(layer, x, rows)?;
            keep(trace);
            x = next;
        }
        Ok(x)
    }

    /// Rows that go through the output layer at once.
    fn portion(&self) -> usize {
        (LOGITS / self.vocabulary).max(1)
    }

    fn block_forward<T: Real>(&self, layer: &Layer, input: Tensor, rows: usize) -> Result<(Tensor, Trace)> {
        let epsilon = self.config.norm_epsilon;
        let shared = self.config.key_value_heads;
        let attention_normed = norm::forward::<T>(&input, &detached(&layer.attention_norm), epsilon)?;
        let project = |weight, heads| heads::split::<T>(&linear(&attention_normed, &detached(weight))?, rows, heads);
        let queries = self.rope.forward::<T>(&project(&layer.query, self.config.heads)?)?;
        let keys = self.rope.forward::<T>(&project(&layer.key, shared)?)?;
        let values = project(&layer.value, shared)?;
        let (seen, weights) = attention::forward::<T>(&queries, &keys, &values)?;
        let mixed = heads::merge::<T>(&seen)?;
        let middle = add::<T>(&input, &linear(&mixed, &detached(&layer.output))?)?;
        let feed_forward_normed = norm::forward::<T>(&middle, &detached(&layer.feed_forward_norm), epsilon)?;
        let gate = linear(&feed_forward_normed, &detached(&layer.gate))?;
        let up = linear(&feed_forward_normed, &detached(&layer.up))?;
        let inner = swiglu::forward::<T>(&gate, &up)?;
        let output = add::<T>(&middle, &linear(&inner, &detached(&layer.down))?)?;
        let trace = Trace {
            input,
            attention_normed,
            queries,
            keys,
            values,
            weights,
            mixed,
            middle,
            feed_forward_normed,
            gate,
            up,
            inner,
        };
        Ok((output, trace))
    }

    /// The gradient of a block's input; `put` takes those of its parameters.
    fn block_backward<T: Real>(
        &self,
        layer: &Layer,
        trace: &Trace,
        of_output: &Tensor,
        put: &mut impl FnMut(&str, Tensor),
    ) -> Result<Tensor> {
        let epsilon = self.config.norm_epsilon;
        put(parameters::DOWN, of_weight(of_output, &trace.inner)?);
        let of_inner = of_output.matmul(&detached(&layer.down))?;
        let (of_gate, of_up) = swiglu::backward::<T>(&trace.gate, &trace.up, &of_inner)?;
        put(parameters::GATE, of_weight(&of_gate, &trace.feed_forward_normed)?);
        put(parameters::UP, of_weight(&of_up, &trace.feed_forward_normed)?);
        let of_normed = add::<T>(&of_gate.matmul(&detached(&layer.gate))?, &of_up.matmul(&detached(&layer.up))?)?;
        let weight = detached(&layer.feed_forward_norm);
        let (of_middle, of_norm) = norm::backward::<T>(&trace.middle, &weight, epsilon, &of_normed, of_output)?;
        put(parameters::FEED_FORWARD_NORM, of_norm);

        put(parameters::OUTPUT, of_weight(&of_middle, &trace.mixed)?);
        let of_mixed = of_middle.matmul(&detached(&layer.output))?;
        let of_seen = heads::split::<T>(&of_mixed, trace.queries.dim(0)?, self.config.heads)?;
        let Trace { queries, keys, values, weights, .. } = trace;
        let (of_queries, of_keys, of_values) = attention::backward::<T>(queries, keys, values, weights, &of_seen)?;
        let of_queries = heads::merge::<T>(&self.rope.backward::<T>(&of_queries)?)?;
        let of_keys = heads::merge::<T>(&self.rope.backward::<T>(&of_keys)?)?;
        let of_values = heads::merge::<T>(&of_values)?;
        put(parameters::QUERY, of_weight(&of_queries, &trace.attention_normed)?);
        put(parameters::KEY, of_weight(&of_keys, &trace.attention_normed)?);
        put(parameters::VALUE, of_weight(&of_values, &trace.attention_normed)?);
        let of_normed =
            add::<T>(&of_queries.matmul(&detached(&layer.query))?, &of_keys.matmul(&detached(&layer.key))?)?;
        let of_normed = add::<T>(&of_normed, &of_values.matmul(&detached(&layer.value))?)?;
        let weight = detached(&layer.attention_norm);
        let (of_input, of_norm) = norm::backward::<T>(&trace.input, &weight, epsilon, &of_normed, &of_middle)?;
        put(parameters::ATTENTION_NORM, of_norm);
        Ok(of_input)
    }

    /// The loss of the normed stream and the gradients of that stream and of the output layer.
    fn head_loss<T: Real>(&self, normed: &Tensor, targets: &[u32], factor: f64) -> Result<(f64, Tensor, Tensor)> {
        let head = detached(&self.head);
        let portion = self.portion();
        let (mut loss, mut of_head, mut of_normed) = (0.0, None, Vec::new());
        for (number, targets) in targets.chunks(portion).enumerate() {
            let normed = normed.narrow(0, number * portion, targets.len())?;
            let logits = linear(&normed, &head)?;
            let (part, of_logits) = cross_entropy::forward_backward::<T>(&logits, targets, factor)?;
            loss += part;
            let of_portion = of_weight(&of_logits, &normed)?;
            of_head = Some(match of_head {
                None => of_portion,
                Some(sum) => add::<T>(&sum, &of_portion)?,
            });
            of_normed.push(of_logits.matmul(&head)?);
        }
        let of_head = of_head.map_or_else(|| head.zeros_like(), Ok)?;
        Ok((loss, Tensor::cat(&of_normed, 0)?, of_head))
    }
}

/// A parameter as a plain tensor, whose use candle does not record.
fn detached(var: &Var) -> Tensor {
    var.as_detached_tensor()
}

/// The gradient of a weight `[out, in]` of [`linear`], from those of its result `[rows, out]` and its `input`.
fn of_weight(of_result: &Tensor, input: &Tensor) -> Result<Tensor> {
    of_result.t()?.matmul(input)
}
