#include "engine/adapters/mole.h"

#include "engine/adapters/kind.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/model_loader.h"
#include "engine/models/shapes.h"
#include "engine/read_floats.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace engine::adapters
{
namespace
{

using Shape = std::vector<std::int64_t>;

constexpr int kMostExperts = 128;
constexpr int kMostLayers = 1024;
constexpr std::int64_t kMostRank = 4096;
/// What RWKV-Infer multiplies the experts' changes by, whatever they were trained with.
constexpr double kUsualFactor = 2;

bool cutStart(std::string_view &name, std::string_view start)
{
    if (!name.starts_with(start)) return false;
    name.remove_prefix(start.size());
    return true;
}

/// The number that `name` begins with, below `end`, and the dot behind it; -1 if there is none.
int takeNumber(std::string_view &name, int end)
{
    int number = -1;
    const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || number < 0 || number >= end || rest == name.data() + name.size() ||
        *rest != '.')
        return -1;
    name.remove_prefix(static_cast<std::size_t>(rest - name.data()) + 1);
    return number;
}

/// Two whole numbers in any type.
std::pair<int, int> readInfo(const TensorFile &file, const TensorEntry &entry)
{
    const auto refuse = [&] {
        throw Error(ErrorCode::BadModel, entry.name +
                                             ": expected the numbers of experts and of those in use, found " +
                                             entry.shapeText() + " of " + nameOf(entry.type) + ".");
    };
    if (entry.elements() != 2) refuse();
    double values[2] = {0, 0};
    if (entry.type == StoredType::I64 || entry.type == StoredType::I32) {
        std::vector<std::byte> bytes(entry.bytes);
        file.read(entry, 0, bytes);
        const std::size_t width = bytes.size() / 2;
        for (std::size_t i = 0; i < 2; ++i)
            for (std::size_t b = 0; b < std::min<std::size_t>(width, 4); ++b) // larger ones are refused below
                values[i] +=
                    double(std::to_integer<unsigned>(bytes[i * width + b])) * std::ldexp(1, 8 * int(b));
    } else {
        const std::vector<float> floats = readFloats(file, entry);
        values[0] = double(floats[0]);
        values[1] = double(floats[1]);
    }
    for (const double value : values)
        if (!(value >= 1 && value <= kMostExperts) || value != std::floor(value)) refuse();
    return {int(values[0]), int(values[1])};
}

const TensorEntry &partOf(const ExpertLayer &layer, int number, int expert, const std::string &part)
{
    const auto found = layer.parts.find(expert);
    if (found != layer.parts.end()) {
        const auto entry = found->second.find(part);
        if (entry != found->second.end()) return *entry->second;
    }
    throw Error(ErrorCode::BadModel, block(number, "ffn.expert_" + std::to_string(expert) + '.' + part +
                                                       "_expert_0: the adapter has no such tensor."));
}

/// Rows of a lora_A. Throws Error(BadModel).
std::int64_t rankOf(const TensorEntry &a)
{
    if (a.shape.size() != 2 || a.shape[0] < 1 || a.shape[0] > kMostRank)
        throw Error(ErrorCode::BadModel, a.name + ": expected [rank, inputs] with a rank of at most " +
                                             std::to_string(kMostRank) + ", found " + a.shapeText() + ".");
    return a.shape[0];
}

/// One matrix of an expert on its way to the device.
struct Wanted {
    const TensorEntry *entry;
    Shape shape;
};

/// keyA, keyB, valueA, valueB of an expert.
std::array<Wanted, 4> matricesOf(const ExpertLayer &layer, int number, int expert, const ModelDims &dims)
{
    const std::int64_t C = dims.width, F = dims.hidden;
    const TensorEntry &keyA = partOf(layer, number, expert, "key.lora_A");
    const TensorEntry &valueA = partOf(layer, number, expert, "value.lora_A");
    const std::int64_t r = rankOf(keyA), s = rankOf(valueA);
    return {{{&keyA, {r, C}},
             {&partOf(layer, number, expert, "key.lora_B"), {F, r}},
             {&valueA, {s, F}},
             {&partOf(layer, number, expert, "value.lora_B"), {C, s}}}};
}

void requireShape(const TensorEntry &entry, const Shape &shape)
{
    if (entry.shape == shape) return;
    TensorEntry expected;
    expected.shape = shape;
    throw Error(ErrorCode::BadModel, entry.name + ": expected " + expected.shapeText() + ", found " +
                                         entry.shapeText() + "; the adapter belongs to another model.");
}

/// Everything but the numbers of a layer's experts. Returns how many there are and how many are used.
std::pair<int, int> checkLayer(const AdapterFile &adapter, const ModelDims &dims, int number)
{
    const auto found = adapter.experts().find(number);
    const std::string prefix = block(number, "ffn.");
    if (found == adapter.experts().end() || !found->second.info)
        throw Error(ErrorCode::BadModel, prefix + "moe_info: the adapter has no such tensor.");
    const ExpertLayer &layer = found->second;
    const auto [experts, active] = readInfo(adapter.file(), *layer.info);
    if (active > experts || static_cast<int>(layer.parts.size()) != experts)
        throw Error(ErrorCode::BadModel, layer.info->name + ": tells of " + std::to_string(experts) +
                                             " experts, " + std::to_string(active) + " in use, but " +
                                             std::to_string(layer.parts.size()) + " are there.");
    for (int e = 0; e < experts; ++e)
        for (const Wanted &wanted : matricesOf(layer, number, e, dims))
            requireShape(*wanted.entry, wanted.shape);
    if (experts == 1) return {experts, active};
    if (!layer.router)
        throw Error(ErrorCode::BadModel, prefix + "router.linear.weight: the adapter has no such tensor.");
    requireShape(*layer.router, {experts - 1, dims.width});
    return {experts, active};
}

/// Puts experts on devices.
class Maker
{
public:
    Maker(const AdapterFile &adapter, const ModelDims &dims, const Placement &placement)
        : m_adapter(adapter)
        , m_dims(dims)
        , m_placement(placement)
    {
    }

    void addLayer(Experts &to, kernels::Device &device, int number)
    {
        const auto [experts, active] = checkLayer(m_adapter, m_dims, number);
        const ExpertLayer &layer = m_adapter.experts().at(number);
        Experts::Layer made;
        made.active = active;
        std::int64_t rank = 1;
        if (experts > 1) made.router = pack(to, device, number, *layer.router);
        for (int e = 0; e < experts; ++e) {
            const auto matrices = matricesOf(layer, number, e, m_dims);
            kernels::Mole::Expert expert;
            kernels::Weight *const weights[] = {&expert.keyA, &expert.keyB, &expert.valueA, &expert.valueB};
            for (std::size_t i = 0; i < matrices.size(); ++i)
                *weights[i] = pack(to, device, number, *matrices[i].entry);
            rank = std::max({rank, matrices[0].shape[0], matrices[2].shape[0]});
            made.expert.push_back(expert);
        }
        const auto firstRank = static_cast<double>(rankOf(partOf(layer, number, 0, "key.lora_A")));
        const double factor = m_adapter.knowsAlpha()
                                  ? m_adapter.factor({}, static_cast<std::int64_t>(firstRank))
                                  : kUsualFactor;
        made.scale = static_cast<float>(factor * double(m_adapter.use().scale));
        m_scratch[&device] = std::max(
            m_scratch[&device], kernels::Mole::scratchFloats(experts, m_dims.width, m_dims.hidden, rank));
        to.layers.push_back(std::move(made));
    }

    /// Behind the last layer.
    void addScratch(Experts &to, const std::vector<kernels::Device *> &devices)
    {
        for (const auto &[device, floats] : m_scratch) {
            const std::int64_t all = floats * StepLimits::kMaxRows;
            to.memory.emplace_back(*device, static_cast<std::size_t>(all) * sizeof(float),
                                   "Experts' workspace");
            to.bytesOn[device] += to.memory.back().bytes();
            for (std::size_t i = 0; i < to.layers.size(); ++i)
                if (devices[i] == device)
                    to.layers[i].scratch = kernels::view(to.memory.back().data(), kernels::DType::F32, all);
        }
    }

private:
    kernels::Weight pack(Experts &to, kernels::Device &device, int number, const TensorEntry &entry)
    {
        std::vector<float> values = readFloats(m_adapter.file(), entry);
        const auto rows = static_cast<std::int32_t>(entry.shape[0]),
                   cols = static_cast<std::int32_t>(entry.shape[1]);
        const kernels::Format format = m_placement.factorFormat(number);
        to.memory.emplace_back(device, device.weightBytes(format, rows, cols), entry.name);
        to.bytesOn[&device] += to.memory.back().bytes();
        kernels::PackWeight pack;
        pack.source = kernels::view(values.data(), kernels::DType::F32, rows, cols);
        pack.target = to.memory.back().data();
        pack.format = format;
        pack.rows = rows;
        pack.cols = cols;
        device.packWeight(pack);
        device.sync();
        return {pack.target, format, rows, cols};
    }

    const AdapterFile &m_adapter;
    const ModelDims &m_dims;
    const Placement &m_placement;
    std::map<kernels::Device *, std::int64_t> m_scratch; ///< floats a row
};

} // namespace

bool takeExpert(ExpertLayers &layers, std::string_view name, const TensorEntry &entry)
{
    std::string_view rest = name;
    const bool mentions = name.find("expert_") != std::string_view::npos ||
                          name.find(".router.") != std::string_view::npos || name.ends_with(".moe_info");
    if (!mentions) return false;
    const auto refuse = [&] {
        throw Error(ErrorCode::UnsupportedModel,
                    printable(entry.name) + ": expected a mixture of LoRA experts with tensors like "
                                            "blocks.0.ffn.expert_1.key.lora_A_expert_0, found another kind.");
    };
    const int number = cutStart(rest, "blocks.") ? takeNumber(rest, kMostLayers) : -1;
    if (number < 0 || !cutStart(rest, "ffn.")) refuse();
    ExpertLayer &layer = layers[number];
    if (rest == "router.linear.weight" || rest == "moe_info") {
        (rest == "moe_info" ? layer.info : layer.router) = &entry;
        return true;
    }
    const int expert = cutStart(rest, "expert_") ? takeNumber(rest, kMostExperts) : -1;
    if (rest.ends_with(".weight")) rest.remove_suffix(7);
    constexpr std::string_view kEnd = "_expert_0";
    if (expert < 0 || !rest.ends_with(kEnd)) refuse();
    rest.remove_suffix(kEnd.size());
    constexpr std::array kParts = {"key.lora_A", "key.lora_B", "value.lora_A", "value.lora_B"};
    if (std::ranges::find(kParts, rest) == kParts.end()) refuse();
    layer.parts[expert][std::string(rest)] = &entry;
    return true;
}

MixtureSize sizeOf(const AdapterFile &adapter)
{
    MixtureSize size;
    const auto first = adapter.experts().begin();
    if (first == adapter.experts().end()) return size;
    if (first->second.info)
        std::tie(size.experts, size.active) = readInfo(adapter.file(), *first->second.info);
    for (const auto &[number, layer] : adapter.experts())
        for (const auto &[expert, parts] : layer.parts)
            for (const auto &[name, entry] : parts) {
                if (!name.ends_with("lora_A")) continue;
                const int rank = static_cast<int>(rankOf(*entry));
                size.leastRank = size.leastRank == 0 ? rank : std::min(size.leastRank, rank);
                size.mostRank = std::max(size.mostRank, rank);
            }
    return size;
}

void checkExperts(const Model &model, const AdapterFile &adapter)
{
    if (adapter.experts().empty()) return;
    if (!model.takesExperts())
        throw Error(ErrorCode::UnsupportedModel,
                    printable(adapter.use().path) +
                        ": a mixture of LoRA experts (MoLE) can be used with RWKV-7 only.");
    for (int i = 0; i < model.dims().layers; ++i)
        checkLayer(adapter, model.dims(), i);
    const int last = adapter.experts().rbegin()->first;
    if (last >= model.dims().layers)
        throw Error(ErrorCode::BadModel, block(last, "ffn") + ": the model has " +
                                             std::to_string(model.dims().layers) +
                                             " layers; the adapter belongs to another model.");
}

std::unique_ptr<Experts> makeExperts(const Model &model, const std::vector<kernels::Device *> &devices,
                                     const Placement &placement, const Stack &stack)
{
    std::unique_ptr<Experts> experts;
    for (const auto &adapter : stack) {
        if (adapter->experts().empty()) continue;
        if (experts)
            throw Error(ErrorCode::BadRequest,
                        "adapters: expected one mixture of experts (MoLE) at most, found two.");
        checkExperts(model, *adapter);
        experts = std::make_unique<Experts>();
        Maker maker(*adapter, model.dims(), placement);
        for (int i = 0; i < model.dims().layers; ++i)
            maker.addLayer(*experts, *devices[static_cast<std::size_t>(i)], i);
        maker.addScratch(*experts, devices);
    }
    return experts;
}

std::size_t expertBytes(const Model &model, const std::vector<kernels::Device *> &devices,
                        const Placement &placement, const Stack &stack, const kernels::Device &device)
{
    const ModelDims &dims = model.dims();
    std::size_t bytes = 0;
    std::int64_t scratch = 0;
    for (const auto &adapter : stack) {
        if (adapter->experts().empty()) continue;
        checkExperts(model, *adapter);
        for (int i = 0; i < dims.layers; ++i) {
            if (devices[static_cast<std::size_t>(i)] != &device) continue;
            const auto weightBytes = [&](const Shape &shape) {
                return device.weightBytes(placement.factorFormat(i), static_cast<std::int32_t>(shape[0]),
                                          static_cast<std::int32_t>(shape[1]));
            };
            const ExpertLayer &layer = adapter->experts().at(i);
            const int experts = static_cast<int>(layer.parts.size());
            std::int64_t rank = 1;
            if (experts > 1) bytes += weightBytes(layer.router->shape);
            for (int e = 0; e < experts; ++e) {
                const auto matrices = matricesOf(layer, i, e, dims);
                for (const Wanted &wanted : matrices)
                    bytes += weightBytes(wanted.shape);
                rank = std::max({rank, matrices[0].shape[0], matrices[2].shape[0]});
            }
            scratch = std::max(scratch, kernels::Mole::scratchFloats(experts, dims.width, dims.hidden, rank));
        }
    }
    return bytes + static_cast<std::size_t>(scratch * StepLimits::kMaxRows) * sizeof(float);
}

} // namespace engine::adapters
