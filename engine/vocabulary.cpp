#include "engine/vocabulary.h"

#include "engine/error.h"
#include "engine/files/stored_vocabulary.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace engine
{
namespace
{

namespace fs = std::filesystem;

constexpr const char *kWorldFile = "rwkv_vocab_v20230424.txt";
constexpr int kWorldIds = 65530; ///< with the end of text
constexpr const char *k20BFile = "20B_tokenizer.json";
constexpr int k20BIds = 50277;
constexpr int kByteRows = 256, kAbcRows = 128;
constexpr int kMostIds = 1 << 20;
constexpr int kMostUnusedRows =
    512; ///< rows that pad a model's table; more, and the vocabulary is another model's

/// Token id = byte: for models with 256 rows (rwkv.cpp's test models), and for music in ABC notation, whose
/// ids 0 to 3 are marks (2 begins a tune, 3 ends it).
class ByteTokenizer final : public Tokenizer
{
public:
    ByteTokenizer(int size, int firstText, int endOfText)
        : m_size(size)
        , m_firstText(firstText)
        , m_endOfText(endOfText)
    {
        for (std::size_t i = 0; i < m_bytes.size(); ++i)
            m_bytes[i] = static_cast<char>(i);
    }

    std::vector<int> encode(std::string_view text) const override
    {
        std::vector<int> tokens;
        for (const char c : text) {
            const int id = static_cast<unsigned char>(c);
            tokens.push_back(id < m_size ? id : '?');
        }
        return tokens;
    }
    std::string_view bytes(int token) const override
    {
        if (token < m_firstText || token >= m_size) return {};
        return {&m_bytes[static_cast<std::size_t>(token)], 1};
    }
    int size() const override { return m_size; }
    bool isUsed(int token) const override { return token >= 0 && token < m_size; }
    int endOfText() const override { return m_endOfText; }

private:
    int m_size, m_firstText, m_endOfText;
    std::array<char, kByteRows> m_bytes;
};

/// Largest id + 1, from the last line of a vocabulary file; 0 if that cannot be read.
int sizeOfVocabulary(const fs::path &path)
{
    constexpr std::streamoff kTail = 1024; // lines are much shorter
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) return 0;
    const std::streamoff end = in.tellg();
    in.seekg(std::max<std::streamoff>(0, end - kTail));
    std::string tail(static_cast<std::size_t>(std::min(end, kTail)), '\0');
    in.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    while (!tail.empty() && (tail.back() == '\n' || tail.back() == '\r'))
        tail.pop_back();
    const std::size_t start = tail.rfind('\n') == std::string::npos ? 0 : tail.rfind('\n') + 1;
    int id = -1;
    std::from_chars(tail.data() + start, tail.data() + tail.size(), id);
    return id < 0 || id > kMostIds ? 0 : id + 1;
}

bool isFile(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

bool fits(int size, int rows) { return size > 0 && size <= rows && rows - size < kMostUnusedRows; }

/// The `rwkv_vocab*.txt` in `folder` that fits `rows` best: that with the most ids.
fs::path bestBeside(const fs::path &folder, int rows)
{
    fs::path best;
    int bestSize = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const std::string name = it->path().filename().string();
        if (!name.starts_with("rwkv_vocab") || it->path().extension() != ".txt" || !isFile(it->path()))
            continue;
        const int size = sizeOfVocabulary(it->path());
        if (!fits(size, rows) || size < bestSize) continue;
        if (size == bestSize && it->path() > best) continue; // equal sizes: the first by name
        bestSize = size;
        best = it->path();
    }
    return best;
}

/// True for a vocabulary in which token = byte, also 0, which in World vocabularies is the end of text.
bool isBytes(const StoredVocabulary &stored, int rows)
{
    return rows == kByteRows && stored.model == "rwkv" && stored.tokens.size() == kByteRows &&
           stored.tokens[0] == "\\x00" && stored.tokens['a'] == "a" && stored.tokens[0xFF] == "\\xff";
}

} // namespace

VocabularyChoice findVocabulary(const std::string &chosen, const std::string &modelPath, int rows,
                                const EngineOptions &options, const StoredVocabulary *stored)
{
    if (!chosen.empty()) return {chosen, {}};
    const fs::path model(modelPath);
    std::error_code ignored;
    const fs::path folder = fs::is_directory(model, ignored) ? model
                            : model.has_parent_path()        ? model.parent_path()
                                                             : fs::path(".");
    const fs::path own = folder / (model.stem().string() + ".vocab.txt");
    if (isFile(own)) return {own.string(), {}};
    if (stored && isBytes(*stored, rows)) return {VocabularyChoice::kBytes, {}};
    if (stored && static_cast<int>(stored->tokens.size()) <= rows) return {VocabularyChoice::kStored, {}};
    const fs::path beside = bestBeside(folder, rows);
    if (!beside.empty()) return {beside.string(), {}};
    if (const fs::path json = folder / "tokenizer.json"; isFile(json)) return {json.string(), {}};

    const std::string data = dataFolder(options);
    const fs::path shipped = fs::path(data) / "vocab";
    for (const fs::path &place : {folder, shipped})
        if (fits(k20BIds, rows) && isFile(place / k20BFile)) return {(place / k20BFile).string(), {}};
    const int shippedSize = data.empty() ? 0 : sizeOfVocabulary(shipped / kWorldFile);
    if (fits(shippedSize, rows)) return {(shipped / kWorldFile).string(), {}};
    if (rows == kByteRows) return {VocabularyChoice::kBytes, {}};
    if (rows > 0 && rows <= kAbcRows) return {VocabularyChoice::kAbcMusic, {}};

    VocabularyChoice none;
    if (rows >= kWorldIds || fits(k20BIds, rows))
        none.problem = std::string("The vocabulary '") + (rows >= kWorldIds ? kWorldFile : k20BFile) +
                       "' was not found: put it beside the model" +
                       (data.empty() ? "" : " or into '" + (fs::path(data) / "vocab").string() + "'") +
                       ", or choose a file (--vocab FILE).";
    else
        none.problem = "No vocabulary for a model of " + std::to_string(rows) +
                       " tokens was found: put it beside the model as '" + own.filename().string() +
                       "', or choose a file (--vocab FILE).";
    return none;
}

VocabularyChoice worldVocabulary(const EngineOptions &options)
{
    const std::string data = dataFolder(options);
    const fs::path shipped = fs::path(data) / "vocab" / kWorldFile;
    if (!data.empty() && isFile(shipped)) return {shipped.string(), {}};
    return {{},
            std::string("The vocabulary '") + kWorldFile + "' was not found" +
                (data.empty() ? "" : " in '" + (fs::path(data) / "vocab").string() + "'") +
                ": put it there (./setup --vocabulary brings it), or choose a file (--vocab FILE)."};
}

std::unique_ptr<Tokenizer> openVocabulary(const VocabularyChoice &choice, int rows,
                                          const StoredVocabulary *stored)
{
    if (choice.path.empty()) throw Error(ErrorCode::TokenizerMissing, choice.problem);
    std::unique_ptr<Tokenizer> tokenizer;
    if (choice.path == VocabularyChoice::kNone) return nullptr;
    if (choice.path == VocabularyChoice::kBytes)
        tokenizer = std::make_unique<ByteTokenizer>(kByteRows, 1, 0);
    else if (choice.path == VocabularyChoice::kAbcMusic)
        tokenizer = std::make_unique<ByteTokenizer>(rows, 4, 3);
    else if (choice.path == VocabularyChoice::kStored && stored)
        tokenizer = makeTokenizer(*stored);
    else
        tokenizer = openTokenizer(choice.path);
    if (tokenizer->size() > rows)
        throw Error(ErrorCode::BadTokenizer,
                    "Vocabulary '" + choice.path + "': expected at most " + std::to_string(rows) +
                        " ids, as the model has rows, found " + std::to_string(tokenizer->size()) + ".");
    return tokenizer;
}

} // namespace engine
