"""Writes llama.json: loss, logits and gradients of a tiny Llama, and AdamW steps, in plain numpy at double precision.

Run it with `python3 llama_reference.py > llama.json` (needs numpy only). The network is written out from the papers
(RMSNorm, RoPE in the half-split layout, grouped-query attention, SwiGLU) and shares no code with the crate. Gradients
are taken by complex steps, loss(w + ih) / h, which are exact to rounding and need no backward pass.
"""

import json

import numpy as np

CONFIG = dict(layers=2, width=16, heads=4, key_value_heads=2, feed_forward=20, context=6,
              rope_base=10000.0, norm_epsilon=1e-5)
VOCABULARY, ROWS = 13, 2
L, D, H, K, F, T = (CONFIG[n] for n in ("layers", "width", "heads", "key_value_heads", "feed_forward", "context"))
HD = D // H


def shapes(tied):
    s = {"model.embed_tokens.weight": (VOCABULARY, D), "model.norm.weight": (D,)}
    if not tied:
        s["lm_head.weight"] = (VOCABULARY, D)
    for n in range(L):
        p = f"model.layers.{n}."
        s |= {p + "input_layernorm.weight": (D,), p + "post_attention_layernorm.weight": (D,),
              p + "self_attn.q_proj.weight": (D, D), p + "self_attn.k_proj.weight": (K * HD, D),
              p + "self_attn.v_proj.weight": (K * HD, D), p + "self_attn.o_proj.weight": (D, D),
              p + "mlp.gate_proj.weight": (F, D), p + "mlp.up_proj.weight": (F, D), p + "mlp.down_proj.weight": (D, F)}
    return dict(sorted(s.items()))


def value(number, shape):
    """Parameter values that any language reproduces: `number` is the parameter's place in the order of the names."""
    i = np.arange(np.prod(shape), dtype=np.float64)
    flat = 1 + 0.1 * np.cos(i + number) if len(shape) == 1 else 0.4 * np.sin(1 + 0.37 * i + 1.3 * number)
    return flat.reshape(shape)


def tokens():
    stream = [[(7 * t * t + 3 * t + 5 * r) % VOCABULARY for t in range(T + 1)] for r in range(ROWS)]
    return np.array(stream)


def norm(x, w):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + CONFIG["norm_epsilon"]) * w


def rope(x):  # [rows, heads, T, HD]
    half = HD // 2
    angle = np.outer(np.arange(T), CONFIG["rope_base"] ** (-np.arange(half) / half))
    a, b, c, s = x[..., :half], x[..., half:], np.cos(angle), np.sin(angle)
    return np.concatenate([a * c - b * s, b * c + a * s], -1)


def logits(p, inputs):
    x = p["model.embed_tokens.weight"][inputs]
    for n in range(L):
        w = lambda part: p[f"model.layers.{n}.{part}.weight"]
        y = norm(x, w("input_layernorm"))
        split = lambda z, heads: z.reshape(ROWS, T, heads, HD).transpose(0, 2, 1, 3)
        q = rope(split(y @ w("self_attn.q_proj").T, H))
        k = np.repeat(rope(split(y @ w("self_attn.k_proj").T, K)), H // K, 1)
        v = np.repeat(split(y @ w("self_attn.v_proj").T, K), H // K, 1)
        scores = q @ k.transpose(0, 1, 3, 2) / np.sqrt(HD)
        scores = np.where(np.tril(np.ones((T, T), bool)), np.exp(scores), 0)  # small numbers: no maximum needed
        o = scores / scores.sum(-1, keepdims=True) @ v
        x = x + o.transpose(0, 2, 1, 3).reshape(ROWS, T, D) @ w("self_attn.o_proj").T
        y = norm(x, w("post_attention_layernorm"))
        gate = y @ w("mlp.gate_proj").T
        x = x + (gate / (1 + np.exp(-gate)) * (y @ w("mlp.up_proj").T)) @ w("mlp.down_proj").T
    return norm(x, p["model.norm.weight"]) @ p.get("lm_head.weight", p["model.embed_tokens.weight"]).T


def loss(p, stream):
    z = logits(p, stream[:, :-1])
    target = np.take_along_axis(z, stream[:, 1:, None], -1)[..., 0]
    return (np.log(np.exp(z).sum(-1)) - target).sum()


def network(tied):
    p = {name: value(n, shape) for n, (name, shape) in enumerate(shapes(tied).items())}
    stream = tokens()
    gradients = {}
    for name in p:
        count = p[name].size
        gradients[name] = {}
        for at in sorted({0, count // 3, count // 2, count - 1}):
            moved = {k: v.astype(np.complex128) for k, v in p.items()}
            moved[name].flat[at] += 1e-30j
            gradients[name][at] = float(loss(moved, stream).imag / 1e-30)
    z = logits(p, stream[:, :-1])
    return dict(tied=tied, loss=float(loss(p, stream)), logits=z[-1, -1].tolist(), first_logits=z[0, 0].tolist(),
                gradients=gradients)


def adamw():
    """PyTorch's AdamW on the tied network's parameters, under clipping by the global norm."""
    o = dict(learning_rate=0.01, betas=[0.9, 0.95], epsilon=1e-8, weight_decay=0.1, clip=1.0)
    (b1, b2), p = o["betas"], {n: value(i, s) for i, (n, s) in enumerate(shapes(True).items())}
    m, v = ({n: np.zeros_like(w) for n, w in p.items()} for _ in range(2))
    norms = []
    for step in range(1, 6):
        g = {n: 0.05 * np.cos(0.11 * np.arange(w.size) * step + i).reshape(w.shape) for i, (n, w) in enumerate(p.items())}
        total = np.sqrt(sum((x * x).sum() for x in g.values()))
        norms.append(float(total))
        for n, w in p.items():
            x = g[n] * min(1, o["clip"] / total)
            if w.ndim == 2 and n != "model.embed_tokens.weight":
                w *= 1 - o["learning_rate"] * o["weight_decay"]
            m[n] = b1 * m[n] + (1 - b1) * x
            v[n] = b2 * v[n] + (1 - b2) * x * x
            w -= o["learning_rate"] / (1 - b1**step) * m[n] / (np.sqrt(v[n]) / np.sqrt(1 - b2**step) + o["epsilon"])
    picked = {n: {at: float(w.flat[at]) for at in (0, w.size // 2, w.size - 1)} for n, w in p.items()}
    return dict(options=o, steps=5, norms=norms, parameters=picked)


print(json.dumps(dict(config=CONFIG, vocabulary=VOCABULARY, networks=[network(True), network(False)], adamw=adamw()),
                 indent=1))
