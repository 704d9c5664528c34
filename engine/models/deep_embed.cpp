#include "engine/models/deep_embed.h"

#include "engine/error.h"
#include "engine/models/shapes.h"
#include "engine/weight_store.h"

namespace engine
{
namespace
{

constexpr std::int32_t kLargestRank = 256; ///< far above the public 32; its square is a row of the table

} // namespace

int DeepEmbed::rankIn(const TensorFile &file, const ModelDims &dims)
{
    if (!file.find(block(0, "ffn.s_emb.weight"))) return 0;
    const std::string name = block(0, "ffn.s1");
    const std::int32_t rank = rankOf(file, name, dims.width);
    if (rank > kLargestRank)
        throw Error(ErrorCode::UnsupportedModel, name + ": expected a rank of at most " +
                                                     std::to_string(kLargestRank) + ", found " +
                                                     std::to_string(rank) + ".");
    return rank;
}

DeepEmbed::DeepEmbed(WeightStore &store, const ModelDims &dims, int layer, int rank)
{
    constexpr auto kTransposed = WeightStore::Orientation::Transposed;
    const auto name = [layer](const char *leaf) { return block(layer, std::string("ffn.") + leaf); };
    m_table = store.table(name("s_emb.weight"), dims.vocabulary, rank * rank);
    m_fromEmbedding = store.factor(layer, name("s_emb_x.weight"), rank * rank, dims.width);
    m_down = store.factor(layer, name("s1"), rank, dims.width, kTransposed);
    m_up = store.factor(layer, name("s2"), dims.hidden, rank, kTransposed);
    m_bias = store.vector(name("s0"), {dims.hidden});
}

void DeepEmbed::run(const Step &step, const Buffers &b) const
{
    using kernels::Activation;
    kernels::Embed gather;
    gather.tokens = step.tokens;
    gather.table = m_table;
    gather.x = b.matrix;
    step.device.embed(gather);

    kernels::Linear before;
    before.problem[0] = {b.embedded, m_fromEmbedding, {}, b.matrix, Activation::None, true};
    before.problem[1] = {b.normed, m_down, {}, b.p, Activation::None, false};
    before.problems = 2;
    before.rows = step.batch.tokens;
    step.device.linear(before);
    step.device.rowProduct({b.p, b.matrix, b.q});
    kernels::Linear after;
    after.problem[0] = {b.q, m_up, m_bias, b.factors, Activation::None, false};
    after.problems = 1;
    after.rows = step.batch.tokens;
    step.device.linear(after);
}

} // namespace engine
