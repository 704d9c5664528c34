#include "engine/weight_store.h"

#include "engine/error.h"
#include "engine/files/float_values.h"
#include "engine/model_loader.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

namespace engine
{
namespace
{

constexpr std::size_t kSliceBytes = std::size_t{8} << 20; ///< between two looks at the stop token: a few ms

std::string text(const std::vector<std::int64_t> &shape)
{
    TensorEntry entry;
    entry.shape = shape;
    return entry.shapeText();
}

std::vector<std::int64_t> squeezed(std::vector<std::int64_t> shape)
{
    std::erase(shape, 1);
    return shape;
}

/// The type in which kernels can read the stored numbers as they are, if there is one.
std::optional<kernels::DType> directType(StoredType type)
{
    switch (type) {
    case StoredType::F32:
        return kernels::DType::F32;
    case StoredType::F16:
        return kernels::DType::F16;
    case StoredType::BF16:
        return kernels::DType::BF16;
    default:
        return std::nullopt;
    }
}

/// The type in which forSlices hands out a tensor's numbers: the file's own, or fp32 for what must be
/// decoded.
kernels::DType dtypeOf(const TensorEntry &entry)
{
    if (!holdsFloats(entry.type))
        throw Error(ErrorCode::BadModel,
                    entry.name + ": expected floating-point numbers, found " + nameOf(entry.type) + ".");
    return directType(entry.type).value_or(kernels::DType::F32);
}

/// True if the magnitude bits of every number are below `limit`. Written so that the compiler vectorises it:
/// a magnitude of at least `limit` carries into the top bit.
template <typename Bits>
bool allBelow(const std::byte *data, std::size_t count, std::uint32_t limit)
{
    constexpr std::size_t kBlock = 1024;
    constexpr int kTop = 8 * sizeof(Bits) - 1;
    constexpr Bits kMagnitude = static_cast<Bits>((Bits{1} << kTop) - 1);
    const Bits bias = static_cast<Bits>((Bits{1} << kTop) - limit);
    Bits seen = 0;
    std::size_t i = 0;
    for (; i + kBlock <= count; i += kBlock) {
        Bits block[kBlock];
        std::memcpy(block, data + i * sizeof(Bits), sizeof block);
        for (std::size_t j = 0; j < kBlock; ++j)
            seen = static_cast<Bits>(seen | static_cast<Bits>((block[j] & kMagnitude) + bias));
    }
    for (; i < count; ++i) {
        Bits x;
        std::memcpy(&x, data + i * sizeof(Bits), sizeof x);
        seen = static_cast<Bits>(seen | static_cast<Bits>((x & kMagnitude) + bias));
    }
    return (seen >> kTop) == 0;
}

/// Smallest magnitude bits of `type` that are not finite, or would not be in fp16.
std::uint32_t limitOf(kernels::DType type, bool toHalf)
{
    switch (type) {
    case kernels::DType::F16:
        return 0x7c00U;
    case kernels::DType::BF16:
        return toHalf ? 0x4780U : 0x7f80U; // 65536, infinity
    default:
        return toHalf ? 0x477ff000U : 0x7f800000U; // 65520, infinity
    }
}

float floatAt(kernels::DType type, const std::byte *data, std::size_t index)
{
    if (type == kernels::DType::F32) {
        float value;
        std::memcpy(&value, data + index * 4, 4);
        return value;
    }
    std::uint16_t bits;
    std::memcpy(&bits, data + index * 2, 2);
    return type == kernels::DType::F16 ? kernels::F16Format::decode(bits) : kernels::Bf16Format::decode(bits);
}

/// Numbers of type `from` as type `to`, in place: fp32 that was changed, for a table of 16 bits.
std::span<std::byte> rounded(kernels::DType from, kernels::DType to, std::span<std::byte> data)
{
    if (from == to) return data;
    const std::size_t count = data.size() / kernels::bytesOf(from);
    for (std::size_t i = 0; i < count; ++i) {
        const float value = floatAt(from, data.data(), i);
        const std::uint16_t half = to == kernels::DType::F16 ? kernels::F16Format::encode(value)
                                                             : kernels::Bf16Format::encode(value);
        std::memcpy(data.data() + 2 * i, &half, 2);
    }
    return data.first(2 * count);
}

} // namespace

WeightStore::WeightStore(const TensorFile &file, Placement placement, const kernels::Device *device)
    : m_file(file)
    , m_placement(std::move(placement))
    , m_measure(device)
{
}

WeightStore::WeightStore(std::unique_ptr<TensorFile> file, Placement placement, kernels::Device &device,
                         Progress progress, std::stop_token stop)
    : m_owned(std::move(file))
    , m_file(*m_owned)
    , m_placement(std::move(placement))
    , m_measure(&device)
    , m_device(&device)
    , m_progress(std::move(progress))
    , m_stop(std::move(stop))
{
}

kernels::View WeightStore::derived(const std::string &name, const std::vector<std::int64_t> &shape,
                                   float (*f)(float), int repeats)
{
    const TensorEntry &entry = find(name, shape);
    dtypeOf(entry);
    const auto count = static_cast<std::size_t>(entry.elements()), times = static_cast<std::size_t>(repeats);
    void *memory = own(count * times * sizeof(float), name);
    const auto visit = [=, this](std::int32_t, std::int32_t, kernels::DType type, const void *data) {
        std::vector<float> values(count * times);
        for (std::size_t i = 0; i < count; ++i) {
            const float stored = floatAt(type, static_cast<const std::byte *>(data), i);
            std::fill_n(values.data() + i * times, times, f ? f(stored) : stored);
        }
        m_device->upload(memory, values.data(), values.size() * sizeof(float));
    };
    fill(entry, [=, this, &entry] { forSlices(entry, {0, entry.bytes, 1, count}, 1, false, visit); });
    return kernels::view(memory, kernels::DType::F32, entry.elements() * repeats);
}

kernels::Weight WeightStore::matrix(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                                    Orientation orientation)
{
    const bool transposed = orientation == Orientation::Transposed;
    const TensorEntry &entry = transposed ? find(name, {cols, rows}) : find(name, {rows, cols});
    return pack(layer, entry, rows, cols, transposed, 0);
}

kernels::Weight WeightStore::factorPart(int layer, const std::string &name, int part, int parts,
                                        std::int32_t rows, std::int32_t cols)
{
    const TensorEntry &entry = find(name, {parts, cols, rows});
    const std::size_t bytes = entry.bytes / static_cast<std::size_t>(parts);
    return pack(layer, entry, rows, cols, true, bytes * static_cast<std::size_t>(part));
}

/// The [rows, cols] numbers that lie `offset` bytes into the tensor, as a weight in the format of `layer`.
kernels::Weight WeightStore::pack(int layer, const TensorEntry &entry, std::int32_t rows, std::int32_t cols,
                                  bool transposed, std::size_t offset)
{
    kernels::PackWeight pack;
    pack.format = m_placement.layer(layer).format;
    pack.rows = rows;
    pack.cols = cols;
    pack.transposed = transposed;
    pack.target = own(m_measure ? m_measure->weightBytes(pack.format, rows, cols) : 0, entry.name);
    dtypeOf(entry);
    const std::int32_t sourceRows = transposed ? cols : rows;
    const std::int32_t sourceCols = transposed ? rows : cols;
    const bool toHalf = pack.format == kernels::Format::F16;
    const auto width = static_cast<std::size_t>(sourceCols);
    const std::size_t rowBytes = entry.bytes / (static_cast<std::size_t>(entry.elements()) / width);
    const Slab slab{offset, rowBytes, sourceRows, width};
    const auto visit = [=, this](std::int32_t first, std::int32_t count, kernels::DType type, void *data) {
        kernels::PackWeight slice = pack;
        slice.source = kernels::view(data, type, count, sourceCols);
        slice.firstRow = first;
        m_device->packWeight(slice);
    };
    fill(entry, [=, this, &entry] { forSlices(entry, slab, transposed ? sourceRows : 16, toHalf, visit); });
    return {pack.target, pack.format, rows, cols};
}

kernels::View WeightStore::table(const std::string &name, std::int32_t rows, std::int32_t cols)
{
    const TensorEntry &entry = find(name, {rows, cols});
    const kernels::DType type = dtypeOf(entry);
    const std::size_t rowBytes = static_cast<std::size_t>(cols) * kernels::bytesOf(type);
    auto *target = static_cast<std::byte *>(own(static_cast<std::size_t>(rows) * rowBytes, name));
    const Slab slab{0, entry.bytes / static_cast<std::size_t>(rows), rows, static_cast<std::size_t>(cols)};
    const auto visit = [=, this](std::int32_t first, std::int32_t count, kernels::DType found, void *data) {
        const std::size_t bytes =
            static_cast<std::size_t>(count) * static_cast<std::size_t>(cols) * kernels::bytesOf(found);
        const std::span<std::byte> values =
            rounded(found, type, std::span(static_cast<std::byte *>(data), bytes));
        m_device->upload(target + static_cast<std::size_t>(first) * rowBytes, values.data(), values.size());
    };
    fill(entry, [=, this, &entry] { forSlices(entry, slab, 1, false, visit); });
    return kernels::view(target, type, rows, cols);
}

/// Reads the rows of a slab in slices, multiples of `multiple`: looks at the stop token, checks the numbers,
/// and waits for what `visit(first row, rows, data)` asks of the device. Nothing when planning.
void WeightStore::forSlices(const TensorEntry &entry, Slab slab, std::int32_t multiple, bool toHalf,
                            const SliceVisitor &visit)
{
    if (!m_device) return;
    const auto [offset, rowBytes, rows, cols] = slab;
    const std::size_t largest = directType(entry.type) ? rowBytes : std::max(rowBytes, cols * sizeof(float));
    const auto fitting = static_cast<std::int32_t>(std::min<std::size_t>(kSliceBytes / largest, 1U << 30));
    const std::int32_t step = std::min(std::max(fitting / multiple, 1) * multiple, rows);
    m_slice.resize(std::max(m_slice.size(), static_cast<std::size_t>(step) * rowBytes));
    for (std::int32_t first = 0; first < rows; first += std::min(step, rows - first)) {
        checkStop();
        const std::int32_t count = std::min(step, rows - first);
        const std::span<std::byte> data(m_slice.data(), static_cast<std::size_t>(count) * rowBytes);
        m_file.read(entry, offset + static_cast<std::size_t>(first) * rowBytes, data);
        kernels::DType type = dtypeOf(entry);
        const std::size_t firstElement = (offset / rowBytes + static_cast<std::size_t>(first)) * cols;
        const std::span<std::byte> values = edited(
            entry, firstElement, cols, decoded(entry, data, static_cast<std::size_t>(count) * cols), type);
        checkFinite(entry, values, type, toHalf);
        visit(first, count, type, values.data());
        m_device->sync();
        m_done += data.size();
        if (m_progress) m_progress(m_done);
    }
}

/// `data` itself where kernels can read it, else its `count` numbers as fp32, valid until the next call.
std::span<std::byte> WeightStore::decoded(const TensorEntry &entry, std::span<std::byte> data,
                                          std::size_t count)
{
    if (directType(entry.type)) return data;
    m_decoded.resize(std::max(m_decoded.size(), count));
    const std::span<float> values = std::span(m_decoded).first(count);
    decodeFloats(entry.type, data, values);
    return std::as_writable_bytes(values);
}

/// Does the work that loads a tensor, and remembers it for rewrite().
void WeightStore::fill(const TensorEntry &entry, std::function<void()> work)
{
    if (!m_device) return;
    work();
    m_fills.emplace(entry.name, std::move(work));
}

void WeightStore::rewrite(const std::string &name, const Edit &edit)
{
    struct Cleaner {
        WeightStore &store;
        Progress progress; ///< is that of loading
        ~Cleaner()
        {
            store.m_progress = std::move(progress);
            store.m_edit = {};
            store.m_slice = {};
            store.m_decoded = {};
            store.m_edited = {};
        }
    } const cleaner{*this, std::exchange(m_progress, {})};
    m_edit = edit;
    const auto [begin, end] = m_fills.equal_range(name);
    for (auto work = begin; work != end; ++work)
        work->second();
}

/// `data` itself, or if it is to be changed its numbers as fp32, changed, valid until the next call.
std::span<std::byte> WeightStore::edited(const TensorEntry &entry, std::size_t first, std::size_t cols,
                                         std::span<std::byte> data, kernels::DType &type)
{
    if (!m_edit) return data;
    const std::size_t count = data.size() / kernels::bytesOf(type);
    m_edited.resize(std::max(m_edited.size(), count));
    const std::span<float> values = std::span(m_edited).first(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = floatAt(type, data.data(), i);
    checkFinite(entry, data, type, false);
    m_edit(first, static_cast<std::int32_t>(cols), values);
    type = kernels::DType::F32;
    return std::as_writable_bytes(values);
}

void WeightStore::finish()
{
    m_progress = {};
    m_stop = {};
    m_slice = {};
    m_decoded = {};
}

std::vector<std::string> WeightStore::unused() const
{
    std::vector<std::string> names;
    for (const TensorEntry &entry : m_file.tensors())
        if (!m_used.contains(entry.name)) names.push_back(entry.name);
    return names;
}

const TensorEntry &WeightStore::find(const std::string &name, const std::vector<std::int64_t> &shape)
{
    checkStop();
    const TensorEntry *entry = m_file.find(name);
    if (!entry)
        throw Error(ErrorCode::BadModel,
                    name + ": expected " + text(shape) + ", but the file has no such tensor.");
    if (entry->squeezed() != squeezed(shape))
        throw Error(ErrorCode::BadModel,
                    name + ": expected " + text(shape) + ", found " + entry->shapeText() + ".");
    if (m_used.insert(name).second) m_wantedBytes += entry->bytes; // some are asked for in parts
    return *entry;
}

/// Device memory that lives as long as the store; nullptr when planning.
void *WeightStore::own(std::size_t bytes, const std::string &name)
{
    if (m_device) m_memory.emplace_back(*m_device, bytes, name);
    m_ownBytes += bytes;
    return m_device ? m_memory.back().data() : nullptr;
}

void WeightStore::checkFinite(const TensorEntry &entry, std::span<const std::byte> data, kernels::DType type,
                              bool toHalf)
{
    const auto below = [&](std::uint32_t limit) {
        const std::size_t count = data.size() / kernels::bytesOf(type);
        return type == kernels::DType::F32 ? allBelow<std::uint32_t>(data.data(), count, limit)
                                           : allBelow<std::uint16_t>(data.data(), count, limit);
    };
    if (below(limitOf(type, toHalf))) return;
    throw Error(ErrorCode::BadModel,
                entry.name + (below(limitOf(type, false))
                                  ? ": holds numbers beyond 65504, which fp16 cannot; use fp32 or bf16."
                                  : ": expected finite numbers, found NaN or infinity."));
}

void WeightStore::checkStop() const
{
    if (m_stop.stop_requested()) throw LoadCancelled{};
}

} // namespace engine
