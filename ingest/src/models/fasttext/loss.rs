//! From the sum of rows to probabilities, as fastText computes them.

use super::matrix::Matrix;

/// How the output layer turns a hidden vector into probabilities.
#[derive(Debug)]
pub(super) enum Output {
    /// A Huffman tree over the labels.
    Hierarchical(Tree),
    /// Probabilities that sum to one.
    Softmax,
    /// One yes or no for each label (one-versus-all and negative sampling).
    Independent,
}

impl Output {
    /// The most probable label and its probability. The first one wins a tie.
    pub(super) fn best(&self, output: &Matrix, hidden: &[f32]) -> (usize, f32) {
        match self {
            Self::Hierarchical(tree) => tree.best(output, hidden),
            Self::Softmax => {
                let (label, score) = highest(output, hidden);
                (label, softmax(output, hidden, score))
            }
            Self::Independent => {
                let (label, score) = highest(output, hidden);
                (label, smoothed(sigmoid_from_table(score)))
            }
        }
    }

    /// The probability of one label.
    pub(super) fn probability(&self, output: &Matrix, hidden: &[f32], label: usize) -> f32 {
        match self {
            Self::Hierarchical(tree) => tree.probability(output, hidden, label),
            Self::Softmax => softmax(output, hidden, output.dot_row(label, hidden)),
            Self::Independent => smoothed(sigmoid_from_table(output.dot_row(label, hidden))),
        }
    }
}

fn highest(output: &Matrix, hidden: &[f32]) -> (usize, f32) {
    (0..output.rows())
        .map(|label| (label, output.dot_row(label, hidden)))
        .fold((0, f32::NEG_INFINITY), |best, next| if next.1 > best.1 { next } else { best })
}

fn softmax(output: &Matrix, hidden: &[f32], score: f32) -> f32 {
    // exp(other − score) overflows to infinity for a hopeless label, and its probability is then rightly 0.
    let whole: f32 = (0..output.rows()).map(|label| (output.dot_row(label, hidden) - score).exp()).sum();
    smoothed(1.0 / whole)
}

/// fastText adds 1e-5 to every probability to keep its logarithm finite, and shows it so.
fn smoothed(probability: f32) -> f32 {
    (probability + 1e-5).min(1.0)
}

/// fastText looks the logistic function up at steps of 1/32 between −8 and 8.
fn sigmoid_from_table(x: f32) -> f32 {
    match x {
        x if x < -8.0 => 0.0,
        x if x > 8.0 => 1.0,
        x => (1.0 / (1.0 + (8.0 - ((x + 8.0) * 32.0).floor() / 32.0).exp())).clamp(0.0, 1.0),
    }
}

fn log(x: f64) -> f32 {
    (x + 1e-5).ln() as f32
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    left: u32,
    right: u32,
}

/// A Huffman tree: labels are the first nodes, inner nodes follow, the root is last.
#[derive(Debug)]
pub(super) struct Tree {
    labels: usize,
    nodes: Vec<Node>,
}

/// No child, no parent.
const NONE: u32 = u32::MAX;

impl Tree {
    /// Builds the tree from the labels' counts as fastText does, which takes them for sorted, most frequent first.
    /// `None` if the counts are negative or too large for fastText's own tree, or if there are no labels.
    pub(super) fn new(counts: &[i64]) -> Option<Self> {
        const UNBUILT: i64 = 1_000_000_000_000_000;
        let labels = counts.len();
        let whole =
            counts.iter().try_fold(0i64, |sum, &count| if count < 0 { None } else { sum.checked_add(count) })?;
        if labels == 0 || whole >= UNBUILT {
            return None;
        }
        let mut weights = counts.to_vec();
        weights.resize(2 * labels - 1, UNBUILT);
        let mut nodes = vec![Node { parent: NONE, left: NONE, right: NONE }; 2 * labels - 1];
        let (mut leaves, mut inner) = (labels, labels);
        for parent in labels..2 * labels - 1 {
            let mut lightest = || {
                if leaves > 0 && weights[leaves - 1] < weights[inner] {
                    leaves -= 1;
                    leaves
                } else {
                    inner += 1;
                    inner - 1
                }
            };
            let (left, right) = (lightest(), lightest());
            weights[parent] = weights[left] + weights[right];
            nodes[parent] = Node { parent: NONE, left: left as u32, right: right as u32 };
            nodes[left].parent = parent as u32;
            nodes[right].parent = parent as u32;
        }
        Some(Self { labels, nodes })
    }

    /// Probability of the right child.
    fn right(&self, node: usize, output: &Matrix, hidden: &[f32]) -> f32 {
        let score = output.dot_row(node - self.labels, hidden);
        (1.0 / (1.0 + f64::from((-score).exp()))) as f32
    }

    fn best(&self, output: &Matrix, hidden: &[f32]) -> (usize, f32) {
        let mut best = (0, f32::NEG_INFINITY);
        let mut open = vec![(self.nodes.len() - 1, 0.0f32)];
        while let Some((node, score)) = open.pop() {
            if score <= best.1 {
                continue;
            }
            if node < self.labels {
                best = (node, score);
                continue;
            }
            let Node { left, right, .. } = self.nodes[node];
            let probability = self.right(node, output, hidden);
            let left = (left as usize, score + log(1.0 - f64::from(probability)));
            let right = (right as usize, score + log(f64::from(probability)));
            // The likelier side is looked at first, so that the other is seldom looked at.
            let (first, second) = if right.1 > left.1 { (right, left) } else { (left, right) };
            open.extend([second, first]);
        }
        (best.0, best.1.exp().min(1.0))
    }

    fn probability(&self, output: &Matrix, hidden: &[f32], label: usize) -> f32 {
        let (mut node, mut score) = (label, 0.0f32);
        while self.nodes[node].parent != NONE {
            let parent = self.nodes[node].parent as usize;
            let right = f64::from(self.right(parent, output, hidden));
            score += log(if self.nodes[parent].right as usize == node { right } else { 1.0 - right });
            node = parent;
        }
        score.exp().min(1.0)
    }
}
