#pragma once

// The names of RWKV's tensors in GGUF, for reader and writer.
// Source: ggml-org/llama.cpp, gguf-py/gguf/constants.py and tensor_mapping.py.

#include "engine/files/layouts.h"

namespace engine::gguf
{

inline constexpr Rule kTop[] = {
    {"token_embd.weight", "emb.weight"},
    {"token_embd_norm.", "blocks.0.ln0."},
    {"output_norm.", "ln_out."},
    {"output.weight", "head.weight"},
};

/// Common to all architectures.
inline constexpr Rule kShared[] = {
    {"attn_norm.", "ln1."},
    {"attn_norm_2.", "ln2."},
    {"ffn_norm.", "ln2."},
    {"time_mix_ln.", "att.ln_x."},
    {"time_mix_receptance.", "att.receptance."},
    {"time_mix_key.", "att.key."},
    {"time_mix_value.", "att.value."},
    {"time_mix_gate.", "att.gate."},
    {"time_mix_output.", "att.output."},
    {"channel_mix_key.", "ffn.key."},
    {"channel_mix_receptance.", "ffn.receptance."},
    {"channel_mix_value.", "ffn.value."},
    {"ffn_gate.", "ffn.gate."},
    {"ffn_up.", "ffn.up."},
    {"ffn_down.", "ffn.down."},
};

inline constexpr Rule kSix[] = {
    {"time_mix_lerp_x.weight", "att.time_maa_x"},
    {"time_mix_lerp_w.weight", "att.time_maa_w"},
    {"time_mix_lerp_k.weight", "att.time_maa_k"},
    {"time_mix_lerp_v.weight", "att.time_maa_v"},
    {"time_mix_lerp_r.weight", "att.time_maa_r"},
    {"time_mix_lerp_g.weight", "att.time_maa_g"},
    {"time_mix_w1.weight", "att.time_maa_w1", true},
    {"time_mix_w2.weight", "att.time_maa_w2", true},
    {"time_mix_decay.weight", "att.time_decay"},
    {"time_mix_decay_w1.weight", "att.time_decay_w1", true},
    {"time_mix_decay_w2.weight", "att.time_decay_w2", true},
    {"time_mix_first.weight", "att.time_faaaa"},
    {"channel_mix_lerp_k.weight", "ffn.time_maa_k"},
    {"channel_mix_lerp_r.weight", "ffn.time_maa_r"},
};

inline constexpr Rule kSeven[] = {
    {"time_mix_w0.weight", "att.w0"},       {"time_mix_a0.weight", "att.a0"},
    {"time_mix_v0.weight", "att.v0"},       {"time_mix_w1.weight", "att.w1", true},
    {"time_mix_w2.weight", "att.w2", true}, {"time_mix_a1.weight", "att.a1", true},
    {"time_mix_a2.weight", "att.a2", true}, {"time_mix_v1.weight", "att.v1", true},
    {"time_mix_v2.weight", "att.v2", true}, {"time_mix_g1.weight", "att.g1", true},
    {"time_mix_g2.weight", "att.g2", true}, {"time_mix_k_k.weight", "att.k_k"},
    {"time_mix_k_a.weight", "att.k_a"},     {"channel_mix_lerp_k.weight", "ffn.x_k"},
};

inline constexpr const char *kMixesSix[] = {"time_maa_w", "time_maa_k", "time_maa_v", "time_maa_r",
                                            "time_maa_g"};
inline constexpr const char *kMixesSeven[] = {"x_r", "x_w", "x_k", "x_v", "x_a", "x_g"};

} // namespace engine::gguf
