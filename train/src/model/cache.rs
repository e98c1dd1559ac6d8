use candle_core::{Result, Tensor};

/// Keys and values of the tokens so far, by layer: generation computes each token once.
#[derive(Debug, Default)]
pub struct Cache {
    /// `[1, key-value heads, tokens, head width]` each.
    layers: Vec<(Tensor, Tensor)>,
}

impl Cache {
    /// Tokens it holds.
    pub fn len(&self) -> usize {
        self.layers.first().map_or(0, |(keys, _)| keys.dims()[2])
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Appends a layer's new keys and values and returns all of them.
    pub(super) fn extend(&mut self, layer: usize, keys: &Tensor, values: &Tensor) -> Result<(Tensor, Tensor)> {
        let all = match self.layers.get(layer) {
            Some((past_keys, past_values)) => {
                (Tensor::cat(&[past_keys, keys], 2)?, Tensor::cat(&[past_values, values], 2)?)
            }
            None => (keys.detach(), values.detach()),
        };
        // Detached: a cache that remembered its computation would grow without end.
        let all = (all.0.detach(), all.1.detach());
        match self.layers.get_mut(layer) {
            Some(place) => *place = all.clone(),
            None => self.layers.push(all.clone()),
        }
        Ok(all)
    }
}
