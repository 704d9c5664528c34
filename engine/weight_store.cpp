#include "engine/weight_store.h"

#include "engine/error.h"
#include "engine/files/float_values.h"
#include "engine/model_loader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace engine
{
namespace
{

constexpr std::size_t kSliceBytes = std::size_t{8} << 20; ///< between two looks at the stop token: a few ms

/// Matrices of a streamed layer begin at such borders.
std::size_t aligned(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

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

StoredType storedType(kernels::DType type)
{
    return type == kernels::DType::F16    ? StoredType::F16
           : type == kernels::DType::BF16 ? StoredType::BF16
                                          : StoredType::F32;
}

kernels::DType dtypeOf(kernels::Format high)
{
    return high == kernels::Format::F16    ? kernels::DType::F16
           : high == kernels::Format::BF16 ? kernels::DType::BF16
                                           : kernels::DType::F32;
}

void encodeFloats(kernels::DType type, std::span<const float> values, std::byte *to)
{
    if (type == kernels::DType::F32) {
        std::memcpy(to, values.data(), values.size_bytes());
        return;
    }
    const auto encode =
        type == kernels::DType::F16 ? kernels::F16Format::encode : kernels::Bf16Format::encode;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::uint16_t bits = encode(values[i]);
        std::memcpy(to + i * sizeof bits, &bits, sizeof bits);
    }
}

} // namespace

WeightStore::WeightStore(const TensorFile &file, Placement placement, ItemDevices devices)
    : m_file(file)
    , m_placement(std::move(placement))
    , m_devices(std::move(devices))
{
}

WeightStore::WeightStore(std::unique_ptr<TensorFile> file, Placement placement, ItemDevices devices,
                         Progress progress, std::stop_token stop)
    : m_owned(std::move(file))
    , m_file(*m_owned)
    , m_placement(std::move(placement))
    , m_devices(std::move(devices))
    , m_isLoading(true)
    , m_progress(std::move(progress))
    , m_stop(std::move(stop))
{
}

kernels::View WeightStore::vector(const std::string &name, const std::vector<std::int64_t> &shape)
{
    const TensorEntry &entry = find(name, shape);
    const kernels::DType type = dtypeOf(entry);
    const auto count = static_cast<std::size_t>(entry.elements());
    const int item = itemOf(name);
    void *memory = own(item, count * sizeof(float), name);
    if (m_isLoading) {
        kernels::Device &device = *deviceOf(item);
        std::vector<float> values(count);
        forSlices(entry, 1, 1, false, device, [&](std::int32_t, std::int32_t, std::span<std::byte> data) {
            decodeFloats(storedType(type), data, values);
            device.upload(memory, values.data(), count * sizeof(float));
        });
    }
    return kernels::view(memory, kernels::DType::F32, entry.elements());
}

kernels::Weight WeightStore::matrix(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                                    Orientation orientation)
{
    const bool isHead = layer == m_placement.layers();
    const bool isChannelMix = name.find(".ffn.") != std::string::npos;
    return pack(layer, isHead ? m_placement.headFormat() : m_placement.matrixFormat(layer, isChannelMix),
                name, rows, cols, orientation, !isHead);
}

kernels::Weight WeightStore::factor(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                                    Orientation orientation)
{
    return pack(layer, m_placement.factorFormat(layer), name, rows, cols, orientation, false);
}

/// `isMatrix`: one of those that streamed layers do not keep on the device.
kernels::Weight WeightStore::pack(int layer, kernels::Format format, const std::string &name,
                                  std::int32_t rows, std::int32_t cols, Orientation orientation,
                                  bool isMatrix)
{
    const bool transposed = orientation == Orientation::Transposed;
    const TensorEntry &entry = transposed ? find(name, {cols, rows}) : find(name, {rows, cols});
    const kernels::DType type = dtypeOf(entry);
    kernels::Device *device = deviceOf(layer);
    kernels::PackWeight pack;
    pack.format = format;
    pack.rows = rows;
    pack.cols = cols;
    pack.transposed = transposed;
    const std::size_t bytes = device ? device->weightBytes(format, rows, cols) : 0;
    const bool isStreamed = isMatrix && this->isStreamed(layer);
    void *const home = isStreamed ? streamTarget(layer, bytes) : own(layer, bytes, name);
    pack.target = home;
    Tensor passing; // where a streamed matrix is packed, on its way to the host
    if (isStreamed && m_isLoading) {
        passing = Tensor(*device, bytes, name);
        pack.target = passing.data();
    }
    if (m_isLoading) {
        const std::int32_t sourceRows = transposed ? cols : rows;
        const std::int32_t sourceCols = transposed ? rows : cols;
        // What has an fp16 scale or is fp16 itself holds nothing beyond 65504.
        const bool toHalf = format == kernels::Format::F16 || !kernels::isHigh(format);
        forSlices(entry, sourceRows, transposed ? sourceRows : 16, toHalf, *device,
                  [&](std::int32_t first, std::int32_t count, std::span<std::byte> data) {
                      pack.source = kernels::view(data.data(), type, count, sourceCols);
                      pack.firstRow = first;
                      device->packWeight(pack);
                  });
    }
    if (passing) {
        device->download(m_streams[layer].host.data() + m_streams[layer].bytes - aligned(bytes),
                         passing.data(), bytes);
        device->sync();
    }
    return {home, format, rows, cols};
}

kernels::View WeightStore::table(const std::string &name, std::int32_t rows, std::int32_t cols)
{
    const TensorEntry &entry = find(name, {rows, cols});
    const kernels::DType source = dtypeOf(entry);
    const kernels::DType own = entry.type == StoredType::F64 ? kernels::DType::F32 : kernels::DType::F16;
    const std::optional<kernels::Format> wanted = m_placement.embeddingFormat();
    const kernels::DType type = wanted ? dtypeOf(*wanted) : directType(entry.type).value_or(own);
    const std::size_t rowBytes = static_cast<std::size_t>(cols) * kernels::bytesOf(type);
    auto *target = static_cast<std::byte *>(this->own(0, static_cast<std::size_t>(rows) * rowBytes, name));
    if (m_isLoading) {
        kernels::Device &device = *deviceOf(0);
        std::vector<float> values;
        std::vector<std::byte> converted;
        const bool toHalf = type == kernels::DType::F16;
        forSlices(entry, rows, 1, toHalf, device,
                  [&](std::int32_t first, std::int32_t count, std::span<std::byte> data) {
                      const std::size_t bytes = static_cast<std::size_t>(count) * rowBytes;
                      if (type != source) {
                          values.resize(static_cast<std::size_t>(count) * static_cast<std::size_t>(cols));
                          converted.resize(bytes);
                          decodeFloats(storedType(source), data, values);
                          encodeFloats(type, values, converted.data());
                      }
                      device.upload(target + static_cast<std::size_t>(first) * rowBytes,
                                    type == source ? data.data() : converted.data(), bytes);
                      device.sync();
                  });
    }
    return kernels::view(target, type, rows, cols);
}

/// The device that holds what belongs to an item; nullptr where bytes are not wanted.
kernels::Device *WeightStore::deviceOf(int item) const
{
    return m_devices.empty() ? nullptr : m_devices[static_cast<std::size_t>(item)];
}

/// The layer that a name tells ("blocks.7.att.x_r"), item 0 for the embedding's, else the head's.
int WeightStore::itemOf(const std::string &name) const
{
    constexpr std::string_view kBlocks = "blocks.";
    if (name.starts_with("emb.")) return 0;
    if (!name.starts_with(kBlocks)) return m_placement.layers();
    int layer = 0;
    std::from_chars(name.data() + kBlocks.size(), name.data() + name.size(), layer);
    return std::clamp(layer, 0, m_placement.layers());
}

bool WeightStore::isStreamed(int item) const
{
    const kernels::Device *device = deviceOf(item);
    return device && m_placement.layer(item).streamed && !device->usesHostMemory();
}

/// The place of the next matrix of a streamed layer in its device's buffer; nullptr when planning.
std::byte *WeightStore::streamTarget(int item, std::size_t bytes)
{
    Stream &stream = m_streams[item];
    const std::size_t offset = stream.bytes;
    stream.bytes += aligned(bytes);
    if (!m_isLoading) return nullptr;
    stream.host.resize(stream.bytes);
    return stream.buffer + offset;
}

std::size_t WeightStore::largestStream(const kernels::Device &device) const
{
    std::size_t largest = 0;
    for (const auto &[item, stream] : m_streams)
        if (deviceOf(item) == &device) largest = std::max(largest, stream.bytes);
    return largest;
}

void WeightStore::reserveStreams(const WeightStore &planned)
{
    std::map<const kernels::Device *, std::array<std::byte *, 2>> buffers;
    for (const auto &[item, stream] : planned.m_streams) {
        kernels::Device &device = *deviceOf(item);
        const auto [found, isNew] = buffers.try_emplace(&device);
        const std::size_t bytes = planned.largestStream(device);
        for (std::byte *&buffer : found->second)
            if (isNew) buffer = static_cast<std::byte *>(own(item, bytes, "Streamed layers"));
        m_streams[item].buffer = found->second[static_cast<std::size_t>(item % 2)];
    }
}

std::vector<bool> WeightStore::streamedItems() const
{
    std::vector<bool> items;
    for (const auto &[item, stream] : m_streams) {
        items.resize(static_cast<std::size_t>(item) + 1);
        items.back() = true;
    }
    return items;
}

void WeightStore::bring(int item)
{
    const Stream &stream = m_streams.at(item);
    deviceOf(item)->upload(stream.buffer, stream.host.data(), stream.host.size());
}

std::size_t WeightStore::ownBytes() const
{
    std::size_t bytes = 0;
    for (const auto &[device, taken] : m_ownBytes)
        bytes += device ? ownBytes(*device) : taken;
    return bytes;
}

std::size_t WeightStore::ownBytes(const kernels::Device &device) const
{
    const auto found = m_ownBytes.find(&device);
    const std::size_t taken = found == m_ownBytes.end() ? 0 : found->second;
    return m_isLoading ? taken : taken + 2 * largestStream(device); // reserved when loading
}

/// Reads a tensor in slices of rows, multiples of `multiple`: looks at the stop token, checks the numbers,
/// and waits for what `visit(first row, rows, data)` asks of the device.
void WeightStore::forSlices(const TensorEntry &entry, std::int32_t rows, std::int32_t multiple, bool toHalf,
                            kernels::Device &device, const SliceVisitor &visit)
{
    const std::size_t rowBytes = entry.bytes / static_cast<std::size_t>(rows);
    const std::size_t cols = static_cast<std::size_t>(entry.elements() / rows);
    const std::size_t largest = directType(entry.type) ? rowBytes : std::max(rowBytes, cols * sizeof(float));
    const auto fitting = static_cast<std::int32_t>(std::min<std::size_t>(kSliceBytes / largest, 1U << 30));
    const std::int32_t step = std::min(std::max(fitting / multiple, 1) * multiple, rows);
    m_slice.resize(std::max(m_slice.size(), static_cast<std::size_t>(step) * rowBytes));
    for (std::int32_t first = 0; first < rows; first += std::min(step, rows - first)) {
        checkStop();
        const std::int32_t count = std::min(step, rows - first);
        const std::span<std::byte> data(m_slice.data(), static_cast<std::size_t>(count) * rowBytes);
        m_file.read(entry, static_cast<std::size_t>(first) * rowBytes, data);
        const std::span<std::byte> values = decoded(entry, data, static_cast<std::size_t>(count) * cols);
        checkFinite(entry, values, toHalf);
        visit(first, count, values);
        device.sync();
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
    m_used.insert(name);
    m_wantedBytes += entry->bytes;
    return *entry;
}

/// Memory on an item's device that lives as long as the store; nullptr when planning.
void *WeightStore::own(int item, std::size_t bytes, const std::string &name)
{
    kernels::Device *device = deviceOf(item);
    m_ownBytes[device] += bytes;
    if (!m_isLoading) return nullptr;
    m_memory.emplace_back(*device, bytes, name);
    return m_memory.back().data();
}

void WeightStore::checkFinite(const TensorEntry &entry, std::span<const std::byte> data, bool toHalf) const
{
    const kernels::DType type = dtypeOf(entry);
    const auto below = [&](std::uint32_t limit) {
        const std::size_t count = data.size() / kernels::bytesOf(type);
        return type == kernels::DType::F32 ? allBelow<std::uint32_t>(data.data(), count, limit)
                                           : allBelow<std::uint16_t>(data.data(), count, limit);
    };
    if (below(limitOf(type, toHalf))) return;
    throw Error(ErrorCode::BadModel,
                entry.name +
                    (below(limitOf(type, false))
                         ? ": holds numbers beyond 65504, which this format cannot; use fp32 or bf16."
                         : ": expected finite numbers, found NaN or infinity."));
}

void WeightStore::checkStop() const
{
    if (m_stop.stop_requested()) throw LoadCancelled{};
}

} // namespace engine
