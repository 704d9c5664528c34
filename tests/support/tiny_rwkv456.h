#pragma once

// Small RWKV-4, 5.0, 5.1, 5.2 and 6 models with made-up weights; the same numbers as make_model() in
// tests/engine/reference/rwkv456_numpy.py.

#include "support/tiny_rwkv7.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace support
{

struct TinyOldShape {
    std::string family; ///< "4", "5.0", "5.1", "5.2", "6"
    int layers = 2, width = 64, head = 64, hidden = 256;
};

class TinyRwkv456
{
public:
    TinyRwkv456(int seed, TinyOldShape shape)
        : m_seed(seed)
        , m_shape(std::move(shape))
    {
        const std::int64_t C = m_shape.width;
        add("emb.weight", {TinyShape::kVocabulary, C}, 0, 1);
        norm("blocks.0.ln0", 0.25);
        for (int i = 0; i < m_shape.layers; ++i)
            layer("blocks." + std::to_string(i) + ".");
        norm("ln_out", 0.25);
        add("head.weight", {TinyShape::kVocabulary, C}, 0, 1.5 / std::sqrt(double(C)));
    }

    std::vector<TinyTensor> tensors;

private:
    bool is(std::string_view family) const { return m_shape.family == family; }

    void add(const std::string &name, std::vector<std::int64_t> shape, double mean, double scale)
    {
        tensors.push_back(tinyTensor(m_seed, name, std::move(shape), mean, scale));
    }

    void norm(const std::string &name, double spread)
    {
        add(name + ".weight", {m_shape.width}, 1, 0.25);
        add(name + ".bias", {m_shape.width}, 0, spread);
    }

    void layer(const std::string &b)
    {
        const std::int64_t C = m_shape.width, F = m_shape.hidden;
        const double toWidth = 1.5 / std::sqrt(double(C));
        const std::string mixing = is("6") ? "time_maa_" : "time_mix_";
        norm(b + "ln1", 0.25);
        norm(b + "ln2", 0.25);
        for (const char mix : std::string_view(is("6") ? "xwkvrg" : is("4") || is("5.0") ? "kvr" : "kvrg"))
            add(b + "att." + mixing + mix, {1, 1, C}, 0.5, 0.5);
        recurrence(b);
        for (const char *name : {"receptance", "key", "value", "output", "gate"})
            if (std::string_view(name) != "gate" || !(is("4") || is("5.0")))
                add(b + "att." + name + ".weight", {C, C}, 0, toWidth);
        for (const char mix : {'k', 'r'})
            add(b + "ffn." + mixing + mix, {1, 1, C}, 0.5, 0.5);
        add(b + "ffn.key.weight", {F, C}, 0, toWidth);
        add(b + "ffn.receptance.weight", {C, C}, 0, toWidth);
        add(b + "ffn.value.weight", {C, F}, 0, 1.0 / std::sqrt(double(F)));
    }

    /// Decay, bonus and what depends on the data.
    void recurrence(const std::string &b)
    {
        const std::int64_t C = m_shape.width, N = m_shape.head, H = C / N;
        constexpr std::int64_t kMixRank = 12, kDecayRank = 20;
        if (is("4")) {
            add(b + "att.time_decay", {C}, -1, 3);
            add(b + "att.time_first", {C}, 0, 1);
            return;
        }
        norm(b + "att.ln_x", 0.125);
        using Shape = std::vector<std::int64_t>;
        const Shape perHead = is("5.0") ? Shape{H} : is("5.1") ? Shape{H, 1} : Shape{H, N};
        add(b + "att.time_decay", is("6") ? Shape{1, 1, C} : perHead, -2, 3);
        add(b + (is("5.0") ? "att.time_first" : "att.time_faaaa"), perHead, 0, 0.75);
        if (!is("6")) return;
        const double toWidth = 1.5 / std::sqrt(double(C));
        add(b + "att.time_maa_w1", {C, 5 * kMixRank}, 0, toWidth);
        add(b + "att.time_maa_w2", {5, kMixRank, C}, 0, 0.75 / std::sqrt(double(kMixRank)));
        add(b + "att.time_decay_w1", {C, kDecayRank}, 0, toWidth);
        add(b + "att.time_decay_w2", {kDecayRank, C}, 0, 1.5 / std::sqrt(double(kDecayRank)));
    }

    int m_seed;
    TinyOldShape m_shape;
};

} // namespace support
