// PyTorch's old form (torch.save before 1.6): five pickles one behind the other - magic number, protocol,
// system, the object, the keys of the storages - and then each storage with its length before it.
// Source: torch/serialization.py (_legacy_save, _legacy_load).

#include "engine/files/little_endian.h"
#include "engine/files/printable.h"
#include "engine/files/torch_file.h"

#include <algorithm>
#include <map>

namespace engine
{
namespace
{

using Kind = PickleValue::Kind;
using namespace std::string_view_literals;

constexpr std::string_view kProtocol = "\x80\x02M\xe9\x03."sv; ///< the number 1001

/// Reads the parts of the stream in order.
class LegacyStream
{
public:
    explicit LegacyStream(const MappedFile &file)
        : m_file(file)
        , m_content(std::min<std::uint64_t>(file.size(), kLargestPickle), '\0')
    {
        file.copyOut(0, std::as_writable_bytes(std::span(m_content)));
        const std::string start = std::string(kLegacyPthMagic) + "." + std::string(kProtocol);
        if (!m_content.starts_with(start))
            file.refuse("expected protocol 1001 of PyTorch's old form", ErrorCode::UnsupportedModel);
        m_position = start.size();
    }

    Pickle takePickle(const char *what)
    {
        Pickle pickle = Pickle::first(m_file, std::string_view(m_content).substr(m_position), what);
        m_position += pickle.bytesUsed();
        return pickle;
    }

    /// Where every storage lies, in the order of `keys`; `widths` tells their elements' bytes.
    std::map<std::string, StorageSpan, std::less<>>
    storages(const Pickle &keys, const std::map<std::string_view, std::size_t> &widths)
    {
        std::map<std::string, StorageSpan, std::less<>> result;
        std::uint64_t at = m_position;
        if (keys.root().kind != Kind::List) m_file.refuse("expected a list of storages");
        for (const PickleValue::Index i : keys.root().children) {
            const PickleValue &key = keys[i];
            const auto width = key.kind == Kind::Text ? widths.find(key.text) : widths.end();
            if (width == widths.end()) m_file.refuse("the list of storages names one that no tensor has");
            std::string length(8, '\0');
            m_file.copyOut(at, std::as_writable_bytes(std::span(length)));
            at += length.size();
            const auto elements = littleEndian<std::uint64_t>(length, 0);
            if (elements > (m_file.size() - at) / width->second)
                m_file.refuse("storage " + printable(key.text) + ": expected " + std::to_string(elements) +
                              " elements, the file has " + std::to_string(m_file.size() - at) +
                              " bytes left");
            const std::uint64_t bytes = elements * width->second;
            if (!result.emplace(key.text, StorageSpan{at, bytes}).second)
                m_file.refuse("storage " + printable(key.text) + " is given twice");
            at += bytes;
        }
        return result;
    }

private:
    const MappedFile &m_file;
    std::string m_content;
    std::size_t m_position = 0;
};

bool isBigEndian(const Pickle &system)
{
    const std::vector<PickleValue::Index> &items = system.root().children;
    if (system.root().kind != Kind::Dict) return false;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        const PickleValue &key = system[items[i]];
        if (key.kind == Kind::Text && key.text == "little_endian")
            return system[items[i + 1]].kind == Kind::Bool && system[items[i + 1]].integer == 0;
    }
    return false;
}

} // namespace

std::unique_ptr<TensorFile> openLegacyPth(std::unique_ptr<const MappedFile> file)
{
    LegacyStream stream(*file);
    if (isBigEndian(stream.takePickle("the description of the system")))
        file->refuse("expected little-endian tensors", ErrorCode::UnsupportedModel);
    const Pickle object = stream.takePickle("the pickle of the tensors");
    const Pickle keys = stream.takePickle("the list of storages");
    std::map<std::string_view, std::size_t> widths;
    for (std::size_t i = 0; i < object.size(); ++i) {
        const PickleValue &value = object[static_cast<PickleValue::Index>(i)];
        if (value.kind != Kind::Storage) continue;
        const auto [known, isNew] = widths.emplace(value.text, bytesOf(value.type));
        if (!isNew && known->second != bytesOf(value.type))
            file->refuse("storage " + printable(value.text) + " has two types");
    }
    const auto storages = stream.storages(keys, widths);
    return openTorchTensors(std::move(file), object, [&](std::string_view key) -> std::optional<StorageSpan> {
        const auto found = storages.find(key);
        return found == storages.end() ? std::nullopt : std::optional(found->second);
    });
}

} // namespace engine
