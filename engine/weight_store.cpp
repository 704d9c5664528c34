#include "engine/weight_store.h"

#include "engine/error.h"
#include "engine/files/float_values.h"
#include "engine/finite_numbers.h"
#include "engine/model_loader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

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

/// [rows, cols] as the file holds it.
std::vector<std::int64_t> storedShape(std::int32_t rows, std::int32_t cols, WeightStore::Orientation o)
{
    if (o == WeightStore::Orientation::Transposed) return {cols, rows};
    return {rows, cols};
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

kernels::View WeightStore::derived(const std::string &name, const std::vector<std::int64_t> &shape,
                                   float (*f)(float), int repeats)
{
    const TensorEntry &entry = find(name, shape);
    dtypeOf(entry);
    const auto count = static_cast<std::size_t>(entry.elements()), times = static_cast<std::size_t>(repeats);
    const int item = itemOf(name);
    void *memory = own(item, count * times * sizeof(float), name);
    const auto visit = [=, this](std::int32_t, std::int32_t, kernels::DType type, std::span<std::byte> data) {
        std::vector<float> stored(count), values(count * times);
        decodeFloats(storedType(type), data, stored);
        for (std::size_t i = 0; i < count; ++i)
            std::fill_n(values.data() + i * times, times, f ? f(stored[i]) : stored[i]);
        deviceOf(item)->upload(memory, values.data(), values.size() * sizeof(float));
    };
    fill(entry, [=, this, &entry] {
        forSlices(entry, {0, entry.bytes, 1, count}, 1, false, *deviceOf(item), visit);
    });
    return kernels::view(memory, kernels::DType::F32, entry.elements() * repeats);
}

kernels::Weight WeightStore::matrix(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                                    Orientation orientation)
{
    const bool isHead = layer == m_placement.layers();
    const bool isChannelMix = name.find(".ffn.") != std::string::npos;
    Packing packing;
    packing.format = isHead ? m_placement.headFormat() : m_placement.matrixFormat(layer, isChannelMix);
    packing.transposed = orientation == Orientation::Transposed;
    packing.isMatrix = !isHead;
    return pack(layer, find(name, storedShape(rows, cols, orientation)), rows, cols, packing);
}

kernels::Weight WeightStore::factor(int layer, const std::string &name, std::int32_t rows, std::int32_t cols,
                                    Orientation orientation)
{
    Packing packing;
    packing.format = m_placement.factorFormat(layer);
    packing.transposed = orientation == Orientation::Transposed;
    return pack(layer, find(name, storedShape(rows, cols, orientation)), rows, cols, packing);
}

kernels::Weight WeightStore::factorPart(int layer, const std::string &name, int part, int parts,
                                        std::int32_t rows, std::int32_t cols)
{
    const TensorEntry &entry = find(name, {parts, cols, rows});
    Packing packing;
    packing.format = m_placement.factorFormat(layer);
    packing.transposed = true;
    packing.offset = entry.bytes / static_cast<std::size_t>(parts) * static_cast<std::size_t>(part);
    return pack(layer, entry, rows, cols, packing);
}

/// [rows, cols] numbers of a tensor as a weight on the device of `layer`.
kernels::Weight WeightStore::pack(int layer, const TensorEntry &entry, std::int32_t rows, std::int32_t cols,
                                  const Packing &how)
{
    dtypeOf(entry);
    kernels::Device *device = deviceOf(layer);
    kernels::PackWeight pack;
    pack.format = how.format;
    pack.rows = rows;
    pack.cols = cols;
    pack.transposed = how.transposed;
    const std::size_t bytes = device ? device->weightBytes(how.format, rows, cols) : 0;
    const bool isStreamed = how.isMatrix && this->isStreamed(layer);
    void *const home = isStreamed ? streamTarget(layer, bytes) : own(layer, bytes, entry.name);
    pack.target = home;
    const std::size_t hostOffset = isStreamed ? m_streams[layer].bytes - aligned(bytes) : 0;
    fill(entry, [=, this, &entry] {
        kernels::PackWeight target = pack;
        Tensor passing; // where a streamed matrix is packed, on its way to the host
        if (isStreamed) {
            passing = Tensor(*device, bytes, entry.name);
            target.target = passing.data();
        }
        packSlices(entry, how.offset, *device, target);
        if (isStreamed) {
            device->download(m_streams[layer].host.data() + hostOffset, passing.data(), bytes);
            device->sync();
        }
    });
    return {home, how.format, rows, cols};
}

void WeightStore::packSlices(const TensorEntry &entry, std::size_t offset, kernels::Device &device,
                             const kernels::PackWeight &pack)
{
    const std::int32_t sourceRows = pack.transposed ? pack.cols : pack.rows;
    const std::int32_t sourceCols = pack.transposed ? pack.rows : pack.cols;
    const auto width = static_cast<std::size_t>(sourceCols);
    const std::size_t rowBytes = entry.bytes / (static_cast<std::size_t>(entry.elements()) / width);
    // What has an fp16 scale or is fp16 itself holds nothing beyond 65504.
    const bool toHalf = pack.format == kernels::Format::F16 || !kernels::isHigh(pack.format);
    const bool isWhole = pack.transposed || pack.format == kernels::Format::I8; // see PackWeight
    forSlices(entry, {offset, rowBytes, sourceRows, width}, isWhole ? sourceRows : 16, toHalf, device,
              [&](std::int32_t first, std::int32_t count, kernels::DType type, std::span<std::byte> data) {
                  kernels::PackWeight slice = pack;
                  slice.source = kernels::view(data.data(), type, count, sourceCols);
                  slice.firstRow = first;
                  device.packWeight(slice);
              });
}

kernels::View WeightStore::table(const std::string &name, std::int32_t rows, std::int32_t cols)
{
    const TensorEntry &entry = find(name, {rows, cols});
    dtypeOf(entry);
    const kernels::DType own = entry.type == StoredType::F64 ? kernels::DType::F32 : kernels::DType::F16;
    const std::optional<kernels::Format> wanted = m_placement.embeddingFormat();
    const kernels::DType type = wanted ? dtypeOf(*wanted) : directType(entry.type).value_or(own);
    const auto width = static_cast<std::size_t>(cols);
    const std::size_t rowBytes = width * kernels::bytesOf(type);
    auto *target = static_cast<std::byte *>(this->own(0, static_cast<std::size_t>(rows) * rowBytes, name));
    const auto visit = [=, this](std::int32_t first, std::int32_t count, kernels::DType source,
                                 std::span<std::byte> data) {
        const std::size_t numbers = static_cast<std::size_t>(count) * width;
        std::vector<std::byte> converted;
        if (type != source) {
            std::vector<float> values(numbers);
            decodeFloats(storedType(source), data, values);
            converted.resize(numbers * kernels::bytesOf(type));
            encodeFloats(type, values, converted.data());
        }
        kernels::Device &device = *deviceOf(0);
        device.upload(target + static_cast<std::size_t>(first) * rowBytes,
                      type == source ? data.data() : converted.data(), numbers * kernels::bytesOf(type));
        device.sync();
    };
    fill(entry, [=, this, &entry] {
        const std::size_t storedBytes = entry.bytes / static_cast<std::size_t>(rows);
        forSlices(entry, {0, storedBytes, rows, width}, 1, type == kernels::DType::F16, *deviceOf(0), visit);
    });
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

/// Reads the rows of a slab in slices, multiples of `multiple`: looks at the stop token, checks the numbers,
/// and waits for what `visit` asks of the device.
void WeightStore::forSlices(const TensorEntry &entry, Slab slab, std::int32_t multiple, bool toHalf,
                            kernels::Device &device, const SliceVisitor &visit)
{
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
        visit(first, count, type, values);
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

/// Does the work that loads a tensor, and remembers it for rewrite(). Nothing when planning.
void WeightStore::fill(const TensorEntry &entry, std::function<void()> work)
{
    if (!m_isLoading) return;
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
    checkFinite(entry, data, type, false);
    const std::size_t count = data.size() / kernels::bytesOf(type);
    m_edited.resize(std::max(m_edited.size(), count));
    const std::span<float> values = std::span(m_edited).first(count);
    decodeFloats(storedType(type), data, values);
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

/// Memory on an item's device that lives as long as the store; nullptr when planning.
void *WeightStore::own(int item, std::size_t bytes, const std::string &name)
{
    kernels::Device *device = deviceOf(item);
    m_ownBytes[device] += bytes;
    if (!m_isLoading) return nullptr;
    m_memory.emplace_back(*device, bytes, name);
    return m_memory.back().data();
}

void WeightStore::checkFinite(const TensorEntry &entry, std::span<const std::byte> data, kernels::DType type,
                              bool toHalf)
{
    if (areFinite(type, data, toHalf)) return;
    throw Error(ErrorCode::BadModel,
                entry.name +
                    (areFinite(type, data, false)
                         ? ": holds numbers beyond 65504, which this format cannot; use fp32 or bf16."
                         : ": expected finite numbers, found NaN or infinity."));
}

void WeightStore::checkStop() const
{
    if (m_stop.stop_requested()) throw LoadCancelled{};
}

} // namespace engine
