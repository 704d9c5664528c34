// Writes PyTorch's zip form, as torch.save does: a pickle that describes the tensors, and their bytes beside
// it, stored and aligned to 64 bytes.
// Sources: torch/serialization.py (_save); PKWARE APPNOTE 6.3.10, §4.3 and §4.5.3.

#include "engine/error.h"
#include "engine/files/byte_writer.h"
#include "engine/files/printable.h"
#include "engine/files/writers.h"

#include <array>

namespace engine
{
namespace
{

using namespace std::string_view_literals;

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kFull = 0xFFFFFFFF;   ///< in a 32-bit field: see the ZIP64 field
constexpr int kVersion = 45, kFlags = 0x0808; ///< ZIP64; sizes follow the data, names are UTF-8

/// CRC-32 as zip has it: polynomial 0xEDB88320.
constexpr std::array<std::uint32_t, 256> makeCrcTable()
{
    std::array<std::uint32_t, 256> table = {};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1 ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
        table[i] = value;
    }
    return table;
}
constexpr std::array<std::uint32_t, 256> kCrcTable = makeCrcTable();

class Crc32
{
public:
    void add(std::span<const std::byte> bytes)
    {
        for (const std::byte byte : bytes)
            m_value = kCrcTable[(m_value ^ static_cast<std::uint8_t>(byte)) & 0xFF] ^ m_value >> 8;
    }
    std::uint32_t value() const { return ~m_value; }

private:
    std::uint32_t m_value = ~0U;
};

const char *storageOf(const OutTensor &tensor)
{
    switch (tensor.type) {
    case StoredType::F64:
        return "DoubleStorage";
    case StoredType::F32:
        return "FloatStorage";
    case StoredType::F16:
        return "HalfStorage";
    case StoredType::BF16:
        return "BFloat16Storage";
    case StoredType::I64:
        return "LongStorage";
    case StoredType::I32:
        return "IntStorage";
    case StoredType::I16:
        return "ShortStorage";
    case StoredType::I8:
        return "CharStorage";
    case StoredType::U8:
        return "ByteStorage";
    case StoredType::Bool:
        return "BoolStorage";
    default:
        throw Error(ErrorCode::BadRequest,
                    printable(tensor.name) + ": a .pth file cannot hold " + nameOf(tensor.type) + ".");
    }
}

// Pickle instructions, protocol 2.
std::string pickledText(std::string_view text)
{
    return "X" + littleBytes(text.size(), 4) + std::string(text);
}
std::string pickledNumber(std::int64_t value)
{
    if (value >= 0 && value < INT32_MAX) return "J" + littleBytes(static_cast<std::uint64_t>(value), 4);
    return "\x8a\x08" + littleBytes(static_cast<std::uint64_t>(value), 8);
}
std::string pickledTuple(const std::vector<std::int64_t> &numbers)
{
    std::string items;
    for (const std::int64_t number : numbers)
        items += pickledNumber(number);
    return "(" + items + "t";
}

constexpr std::string_view kEmptyDict = "ccollections\nOrderedDict\n)R"sv;

std::string pickledTensor(const OutTensor &tensor, std::size_t key)
{
    std::vector<std::int64_t> strides(tensor.shape.size());
    std::int64_t elements = 1;
    for (std::size_t i = strides.size(); i-- > 0;) {
        strides[i] = elements;
        elements *= tensor.shape[i];
    }
    const std::string storage = "(" + pickledText("storage") + "ctorch\n" + storageOf(tensor) + "\n" +
                                pickledText(std::to_string(key)) + pickledText("cpu") +
                                pickledNumber(elements) + "tQ";
    return "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + pickledNumber(0) + pickledTuple(tensor.shape) +
           pickledTuple(strides) + "\x89" + std::string(kEmptyDict) + "tR";
}

std::string pickledModel(const OutModel &model)
{
    std::string pickle = "\x80\x02" + std::string(kEmptyDict) + "(";
    for (std::size_t i = 0; i < model.tensors.size(); ++i)
        pickle += pickledText(model.tensors[i].name) + pickledTensor(model.tensors[i], i);
    return pickle + "u.";
}

class ZipWriter
{
public:
    explicit ZipWriter(const ByteSink &sink)
        : m_out(sink)
    {
    }

    /// One stored entry of `bytes` bytes, which `fill` gives.
    void entry(const std::string &name, std::uint64_t bytes,
               const std::function<void(const ByteSink &)> &fill);
    void finish();

private:
    ByteWriter m_out;
    std::string m_directory;
    std::uint64_t m_entries = 0;
};

void ZipWriter::entry(const std::string &name, std::uint64_t bytes,
                      const std::function<void(const ByteSink &)> &fill)
{
    const std::uint64_t begin = m_out.position();
    const bool is64 = bytes >= kFull;
    const std::string sizes64 = littleBytes(bytes, 8) + littleBytes(bytes, 8);
    std::string extra = is64 ? littleBytes(1, 2) + littleBytes(16, 2) + sizes64 : std::string();
    const std::uint64_t headerBytes = 30 + name.size() + extra.size() + 4; // with the padding's own header
    const std::uint64_t padding = (kAlignment - (begin + headerBytes) % kAlignment) % kAlignment;
    extra += "FB" + littleBytes(padding, 2) + std::string(padding, 'Z');
    const std::string common =
        littleBytes(kFlags, 2) + littleBytes(0, 2) + littleBytes(0, 4); // stored, no date
    m_out.text("PK\3\4" + littleBytes(kVersion, 2) + common + littleBytes(0, 4) +
               littleBytes(is64 ? kFull : 0, 4) + littleBytes(is64 ? kFull : 0, 4) +
               littleBytes(name.size(), 2) + littleBytes(extra.size(), 2) + name + extra);
    Crc32 crc;
    fill([&](std::span<const std::byte> part) {
        crc.add(part);
        m_out.put(part);
    });
    const int width = is64 ? 8 : 4;
    m_out.text("PK\7\10" + littleBytes(crc.value(), 4) + littleBytes(bytes, width) +
               littleBytes(bytes, width));

    const bool isFar = is64 || begin >= kFull;
    const std::string place =
        isFar ? littleBytes(1, 2) + littleBytes(24, 2) + sizes64 + littleBytes(begin, 8) : std::string();
    const std::uint64_t size32 = isFar ? kFull : bytes;
    m_directory += "PK\1\2" + littleBytes(kVersion, 2) + littleBytes(kVersion, 2) + common +
                   littleBytes(crc.value(), 4) + littleBytes(size32, 4) + littleBytes(size32, 4) +
                   littleBytes(name.size(), 2) + littleBytes(place.size(), 2) + littleBytes(0, 8) +
                   littleBytes(0, 2) + littleBytes(isFar ? kFull : begin, 4) + name + place;
    ++m_entries;
}

void ZipWriter::finish()
{
    const std::uint64_t begin = m_out.position(), bytes = m_directory.size();
    m_out.text(m_directory);
    const bool is64 = begin >= kFull || m_entries >= 0xFFFF;
    if (is64) {
        const std::uint64_t place = m_out.position();
        m_out.text("PK\6\6" + littleBytes(44, 8) + littleBytes(kVersion, 2) + littleBytes(kVersion, 2) +
                   littleBytes(0, 8) + littleBytes(m_entries, 8) + littleBytes(m_entries, 8) +
                   littleBytes(bytes, 8) + littleBytes(begin, 8));
        m_out.text("PK\6\7" + littleBytes(0, 4) + littleBytes(place, 8) + littleBytes(1, 4));
    }
    const std::uint64_t count = is64 ? 0xFFFF : m_entries;
    m_out.text("PK\5\6" + littleBytes(0, 4) + littleBytes(count, 2) + littleBytes(count, 2) +
               littleBytes(bytes, 4) + littleBytes(is64 ? kFull : begin, 4) + littleBytes(0, 2));
}

} // namespace

void writePth(const OutModel &model, const ByteSink &sink)
{
    ZipWriter zip(sink);
    const auto text = [&zip](const std::string &name, const std::string &content) {
        zip.entry(name, content.size(), [&](const ByteSink &to) { to(std::as_bytes(std::span(content))); });
    };
    text("archive/data.pkl", pickledModel(model));
    text("archive/byteorder", "little");
    for (std::size_t i = 0; i < model.tensors.size(); ++i)
        zip.entry("archive/data/" + std::to_string(i), model.tensors[i].bytes,
                  [&](const ByteSink &to) { writeTensor(model, model.tensors[i], to); });
    text("archive/version", "3\n");
    zip.finish();
}

} // namespace engine
