#include "engine/files/block_types.h"
#include "engine/files/printable.h"
#include "engine/files/translated_file.h"
#include "engine/files/writers.h"

#include <algorithm>
#include <cmath>

namespace engine
{
namespace
{

constexpr std::size_t kSliceBytes = std::size_t{4} << 20;

bool isFraction(StoredType type)
{
    return type == StoredType::F64 || type == StoredType::F32 || type == StoredType::F16 ||
           type == StoredType::BF16 || isBlockType(type);
}

/// Numbers that are finite must stay so.
void checkRange(const TensorEntry &entry, StoredType type, std::span<const float> from,
                std::span<const std::byte> to)
{
    if (type != StoredType::F16 && !isBlockType(type)) return;
    std::vector<float> back(from.size());
    decodeToFloat(type, to, back);
    for (std::size_t i = 0; i < from.size(); ++i)
        if (std::isfinite(from[i]) && !std::isfinite(back[i]))
            throw Error(ErrorCode::BadModel, printable(entry.name) + ": holds numbers that " + nameOf(type) +
                                                 " cannot; choose fp32 or bf16.");
}

/// Whole rows in the source's type become the target's.
std::vector<std::byte> converted(const TensorEntry &entry, StoredType from, StoredType to,
                                 std::vector<std::byte> bytes)
{
    if (from == to) return bytes;
    const BlockShape source = blockOf(from), target = blockOf(to);
    std::vector<float> numbers(bytes.size() / source.bytes * source.elements);
    decodeToFloat(from, bytes, numbers);
    std::vector<std::byte> result(numbers.size() / target.elements * target.bytes);
    encodeFromFloat(to, numbers, result);
    checkRange(entry, to, numbers, result);
    return result;
}

void writeTransposed(const OutModel &model, const TensorEntry &entry, StoredType type, const ByteSink &sink)
{
    std::vector<std::byte> bytes(entry.bytes);
    model.source.read(entry, 0, bytes);
    StoredType from = entry.type;
    if (isBlockType(from)) {
        bytes = converted(entry, from, StoredType::F32, std::move(bytes));
        from = StoredType::F32;
    }
    const auto rows = static_cast<std::size_t>(entry.shape[entry.shape.size() - 2]);
    const auto cols = static_cast<std::size_t>(entry.shape.back());
    sink(converted(entry, from, type, transposedBytes(bytes, rows, cols, bytesOf(from))));
}

void writePart(const OutModel &model, const TensorEntry &entry, StoredType type, const ByteSink &sink)
{
    const std::size_t cols = entry.shape.empty() ? 1 : static_cast<std::size_t>(entry.shape.back());
    if (entry.bytes == 0) return;
    const std::size_t rowBytes = cols / blockOf(entry.type).elements * blockOf(entry.type).bytes;
    const std::size_t step = std::max<std::size_t>(1, kSliceBytes / rowBytes) * rowBytes;
    for (std::size_t at = 0; at < entry.bytes; at += step) {
        if (model.onRead) model.onRead();
        std::vector<std::byte> bytes(std::min(step, entry.bytes - at));
        model.source.read(entry, at, bytes);
        sink(converted(entry, entry.type, type, std::move(bytes)));
    }
}

} // namespace

OutTensor outTensor(const TensorEntry &entry, std::string name, StoredType type)
{
    if (type != entry.type && (!isFraction(entry.type) || !isFraction(type)))
        throw Error(ErrorCode::BadRequest, printable(entry.name) + ": " + nameOf(entry.type) +
                                               " cannot become " + nameOf(type) + ".");
    const auto bytes = storedBytes(type, entry.shape);
    if (!bytes)
        throw Error(ErrorCode::BadRequest, printable(entry.name) + ": " + entry.shapeText() +
                                               " is no whole number of blocks of " + nameOf(type) + ".");
    return {std::move(name), type, entry.shape, {&entry}, false, *bytes};
}

void writeTensor(const OutModel &model, const OutTensor &tensor, const ByteSink &sink)
{
    for (const TensorEntry *part : tensor.parts) {
        if (model.onRead) model.onRead();
        if (tensor.isTransposed)
            writeTransposed(model, *part, tensor.type, sink);
        else
            writePart(model, *part, tensor.type, sink);
    }
}

} // namespace engine
