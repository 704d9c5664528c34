#include "engine/state_file.h"

#include "engine/atomic_file.h"
#include "engine/error.h"
#include "engine/hash64.h"
#include "engine/state_import.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <span>

namespace engine
{
namespace
{

using Json = nlohmann::ordered_json;

constexpr const char *kFormat = "rookery state";
constexpr const char *kVersion = "1";
constexpr const char *kChecksum = "checksum";
constexpr const char *kTokens = "rookery.tokens";
constexpr const char *kLogits = "rookery.logits";
constexpr const char *kTranscript = "rookery.transcript";

/// One tensor on its way into the file.
struct Piece {
    std::string name;
    const char *type; ///< as safetensors calls it
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

template <typename T>
std::span<const std::byte> bytesOf(const T *data, std::size_t count)
{
    return std::as_bytes(std::span(data, count));
}

/// JSON holds UTF-8 only: other bytes become U+FFFD.
std::string cleaned(const std::string &text)
{
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)).get<std::string>();
}

/// Offsets are left out where they are zero, as nearly always.
bool isOptional(const StateSpec::Part &part) { return part.name.ends_with(kOffsetPart); }

std::vector<Piece> piecesOf(const SavedState &state, const StateSpec &spec)
{
    const auto tokens = static_cast<std::size_t>(spec.tokensIn(state.state.size()));
    std::vector<Piece> pieces;
    for (const StateSpec::Part &part : spec.parts) {
        if (part.isPerToken && tokens == 0) continue;
        std::vector<std::int64_t> shape = part.shape;
        if (part.isPerToken) shape.front() = static_cast<std::int64_t>(tokens);
        std::size_t floats = 1;
        for (const std::int64_t d : shape)
            floats *= static_cast<std::size_t>(d);
        const float *numbers = state.state.data() + spec.beginOf(part, tokens);
        if (isOptional(part) && std::all_of(numbers, numbers + floats, [](float x) { return x == 0; }))
            continue;
        pieces.push_back({part.name, "F32", std::move(shape), bytesOf(numbers, floats)});
    }
    const auto add = [&](const char *name, const char *type, const auto &values) {
        if (!values.empty())
            pieces.push_back({name,
                              type,
                              {static_cast<std::int64_t>(values.size())},
                              bytesOf(values.data(), values.size())});
    };
    add(kTokens, "I32", state.tokens);
    add(kLogits, "F32", state.logits);
    add(kTranscript, "U8", state.transcript);
    return pieces;
}

void addMetadata(Hash64 &hash, const std::map<std::string, std::string> &metadata)
{
    for (const auto &[key, value] : metadata) {
        if (key == kChecksum) continue;
        hash.add(key);
        hash.add(value);
    }
}

const char *matrixOrder(const StateSpec &spec) { return spec.keysFirst ? "key, value" : "value, key"; }

[[noreturn]] void refuse(const std::string &path, const std::string &why)
{
    throw Error(ErrorCode::BadState, "'" + path + "' cannot be opened as a state: " + why + ".");
}

/// Reading side: one open state file.
class Reader
{
public:
    Reader(const std::string &path, const TensorFile &file)
        : m_path(path)
        , m_file(file)
    {
    }

    void checkOwner(const StateOwner &owner) const
    {
        if (text("format") != kFormat) refuse(m_path, "it was not written by this program");
        if (text("version") != kVersion)
            refuse(m_path, "expected version " + std::string(kVersion) + ", found '" + text("version") + "'");
        if (text("layout") != owner.spec.layout)
            refuse(m_path, "expected the layout '" + owner.spec.layout + "', found '" + text("layout") + "'");
        if (text("fingerprint") != owner.fingerprint)
            refuse(m_path, "it belongs to the model '" + text("model") + "' (" + text("fingerprint") +
                               "), loaded is '" + owner.model + "' (" + owner.fingerprint + ")");
    }

    void checkSum() const
    {
        Hash64 hash;
        addMetadata(hash, m_file.metadata());
        for (const TensorEntry &entry : m_file.tensors()) {
            hash.add(entry.name);
            const std::vector<std::byte> data = bytes(entry);
            hash.add(data.data(), data.size());
        }
        if (text(kChecksum) != hash.text()) refuse(m_path, "it is damaged (its checksum does not fit)");
    }

    std::string text(const std::string &key) const
    {
        const auto found = m_file.metadata().find(key);
        return found == m_file.metadata().end() ? std::string() : found->second;
    }

    /// The numbers of a tensor of this type; empty if there is none.
    template <typename T>
    std::vector<T> values(const std::string &name, StoredType type) const
    {
        const TensorEntry *entry = m_file.find(name);
        if (!entry) return {};
        if (entry->type != type)
            refuse(m_path, name + ": expected " + nameOf(type) + ", found " + nameOf(entry->type));
        const std::vector<std::byte> data = bytes(*entry);
        std::vector<T> values(data.size() / sizeof(T));
        if (!values.empty()) std::memcpy(values.data(), data.data(), values.size() * sizeof(T));
        return values;
    }

    /// The first `tokens` rows of what is kept for each token; there may be more.
    std::vector<float> rows(const StateSpec::Part &part, std::size_t tokens) const
    {
        const TensorEntry *entry = m_file.find(part.name);
        if (!entry && tokens == 0) return {};
        if (!entry) refuse(m_path, part.name + " is missing");
        const std::vector<std::int64_t> &shape = entry->shape;
        const auto width = static_cast<std::int64_t>(part.width());
        if (shape.size() != 2 || shape[0] < static_cast<std::int64_t>(tokens) || shape[1] != width)
            refuse(m_path, part.name + ": expected [" + std::to_string(tokens) + ", " +
                               std::to_string(width) + "], found " + entry->shapeText());
        std::vector<float> numbers = finite(part.name);
        numbers.resize(tokens * part.width());
        return numbers;
    }
    std::int64_t rowsOf(const std::string &name) const
    {
        const TensorEntry *entry = m_file.find(name);
        return entry && !entry->shape.empty() ? entry->shape.front() : 0;
    }

    std::vector<float> part(const StateSpec::Part &part) const
    {
        const TensorEntry *entry = m_file.find(part.name);
        TensorEntry expected;
        expected.shape = part.shape;
        if (!entry && isOptional(part))
            return std::vector<float>(static_cast<std::size_t>(expected.elements()), 0.0F);
        if (!entry) refuse(m_path, part.name + " is missing");
        if (entry->shape != part.shape)
            refuse(m_path,
                   part.name + ": expected " + expected.shapeText() + ", found " + entry->shapeText());
        return finite(part.name);
    }

    std::vector<float> finite(const std::string &name) const
    {
        std::vector<float> numbers = values<float>(name, StoredType::F32);
        if (!std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); }))
            refuse(m_path, name + ": expected finite numbers, found NaN or infinity");
        return numbers;
    }

private:
    std::vector<std::byte> bytes(const TensorEntry &entry) const
    {
        std::vector<std::byte> data(entry.bytes);
        m_file.read(entry, 0, data);
        return data;
    }

    std::string m_path;
    const TensorFile &m_file;
};

SavedState readAll(const Reader &reader, const std::string &path, const StateOwner &owner)
{
    reader.checkOwner(owner);
    SavedState state;
    const StateSpec &spec = owner.spec;
    const auto append = [&](const std::vector<float> &numbers) {
        state.state.insert(state.state.end(), numbers.begin(), numbers.end());
    };
    for (const StateSpec::Part &part : spec.parts)
        if (!part.isPerToken) append(reader.part(part));
    const float read = spec.positions.empty() ? 0 : state.state[spec.positions.front()];
    const auto context = static_cast<float>(spec.contextTokens);
    if (!(read >= 0)) refuse(path, "expected a number of tokens read, found one below 0");
    for (const StateSpec::Part &part : spec.parts) {
        if (!part.isPerToken) continue;
        // A full ring has forgotten its first tokens, and fits only where it is as long.
        if (read > context && reader.rowsOf(part.name) != spec.contextTokens)
            refuse(path, "it has read more tokens than the " + std::to_string(spec.contextTokens) +
                             " that the model was loaded with key/value memory for");
        append(reader.rows(part, static_cast<std::size_t>(std::min(read, context))));
    }
    reader.checkSum();
    state.logits = reader.finite(kLogits);
    if (!state.logits.empty() && state.logits.size() != static_cast<std::size_t>(owner.vocabulary))
        refuse(path, std::string(kLogits) + ": expected " + std::to_string(owner.vocabulary) +
                         " numbers, found " + std::to_string(state.logits.size()));
    state.tokens = reader.values<int>(kTokens, StoredType::I32);
    for (const int token : state.tokens)
        if (token < 0 || token >= owner.vocabulary)
            refuse(path, std::string(kTokens) + ": expected ids below " + std::to_string(owner.vocabulary) +
                             ", found " + std::to_string(token));
    const auto text = reader.values<char>(kTranscript, StoredType::U8);
    state.transcript.assign(text.begin(), text.end());
    state.note = reader.text("note");
    state.hasStart = !reader.text("start").empty();
    return state;
}

/// Runs `action`; what is wrong with a file as such is wrong with it as a state.
template <typename Action>
auto asState(const Action &action)
{
    try {
        return action();
    } catch (const Error &error) {
        const bool isFault = error.code() == ErrorCode::BadFile || error.code() == ErrorCode::UnknownFormat ||
                             error.code() == ErrorCode::UnsupportedModel;
        if (!isFault) throw;
        throw Error(ErrorCode::BadState, error.message(), error.detail());
    }
}

} // namespace

std::uint64_t writeStateFile(const std::string &path, const SavedState &state, const StateOwner &owner)
{
    if (owner.spec.tokensIn(state.state.size()) < 0)
        throw Error(ErrorCode::Internal, "A state of the wrong size was to be saved.");
    if (state.note.size() > SavedState::kLongestNote)
        throw Error(ErrorCode::BadRequest, "Note: expected at most " +
                                               std::to_string(SavedState::kLongestNote) + " bytes, found " +
                                               std::to_string(state.note.size()) + ".");
    std::map<std::string, std::string> metadata = {{"format", kFormat},
                                                   {"version", kVersion},
                                                   {"layout", owner.spec.layout},
                                                   {"model", cleaned(owner.model)},
                                                   {"fingerprint", owner.fingerprint},
                                                   {"matrix", matrixOrder(owner.spec)},
                                                   {"note", cleaned(state.note)}};
    if (state.hasStart) metadata["start"] = "state";
    const std::vector<Piece> pieces = piecesOf(state, owner.spec);
    Hash64 hash;
    addMetadata(hash, metadata);
    Json header;
    std::size_t offset = 0;
    std::vector<std::span<const std::byte>> contents(2); // header length, header
    for (const Piece &piece : pieces) {
        hash.add(piece.name);
        hash.add(piece.bytes.data(), piece.bytes.size());
        header[piece.name] = {{"dtype", piece.type},
                              {"shape", piece.shape},
                              {"data_offsets", {offset, offset + piece.bytes.size()}}};
        offset += piece.bytes.size();
        contents.push_back(piece.bytes);
    }
    metadata[kChecksum] = hash.text();
    header["__metadata__"] = metadata;
    std::string text = header.dump();
    text.append((8 - text.size() % 8) % 8, ' ');
    const std::uint64_t length = text.size();
    contents[0] = bytesOf(&length, 1);
    contents[1] = bytesOf(text.data(), text.size());
    replaceFile(path, contents);
    return sizeof length + length + offset;
}

bool isSavedState(const TensorFile &file)
{
    const auto format = file.metadata().find("format");
    return format != file.metadata().end() && format->second == kFormat;
}

std::unique_ptr<TensorFile> openStateFile(const std::string &path)
{
    return asState([&] { return TensorFile::open(path); });
}

SavedState readState(const TensorFile &file, const StateOwner &owner)
{
    return asState([&] { return readAll(Reader(file.path(), file), file.path(), owner); });
}

SavedState readStateFile(const std::string &path, const StateOwner &owner)
{
    return readState(*openStateFile(path), owner);
}

SavedState readStateBytes(std::span<const std::byte> bytes, const std::string &name, const StateOwner &owner)
{
    return readState(*asState([&] { return TensorFile::openBytes(bytes, name); }), owner);
}

} // namespace engine
