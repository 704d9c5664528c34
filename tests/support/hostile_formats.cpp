#include "support/hostile_formats.h"

namespace support
{
namespace
{

using engine::ErrorCode;
namespace pkl = support::pickle;

constexpr std::uint64_t kHuge = ~0ULL;

const std::string kArch = ggufString("general.architecture", "rwkv7");
const std::string kHeads = ggufNumber("rwkv7.wkv.head_size", 2);

/// The list of one format, filled row by row.
class Rows
{
public:
    explicit Rows(std::string prefix)
        : m_prefix(std::move(prefix))
    {
    }

    void add(const std::string &name, ErrorCode verdict, std::function<std::string()> bytes)
    {
        m_rows.push_back({m_prefix + name, verdict, std::move(bytes)});
    }
    void bad(const std::string &name, const std::string &bytes)
    {
        add(name, ErrorCode::BadFile, [bytes] { return bytes; });
    }
    void unsupported(const std::string &name, const std::string &bytes)
    {
        add(name, ErrorCode::UnsupportedModel, [bytes] { return bytes; });
    }
    void fine(const std::string &name, const std::string &bytes)
    {
        add(name, ErrorCode::None, [bytes] { return bytes; });
    }
    /// Every way to end too early, at `steps` places.
    void cuts(const std::string &whole, std::size_t steps)
    {
        for (std::size_t i = 1; i < steps; ++i) {
            const std::size_t length = 4 + (whole.size() - 4) * i / steps;
            bad("cut to " + std::to_string(length) + " bytes", whole.substr(0, length));
        }
    }

    std::vector<HostileFile> take() { return std::move(m_rows); }

private:
    std::string m_prefix;
    std::vector<HostileFile> m_rows;
};

GgufTensor embedding(std::uint32_t type = 0, const std::vector<std::uint64_t> &dims = {2, 2},
                     std::optional<std::uint64_t> offset = {})
{
    return {"token_embd.weight", dims, type, std::string(16, 'e'), offset};
}

/// A good file but for what `pair` holds.
std::string withPair(const std::string &pair) { return gguf({kArch, kHeads, pair}, {embedding()}); }
std::string withTensor(const GgufTensor &tensor) { return gguf({kArch, kHeads}, {tensor, embedding()}); }

void addGgufHeaders(Rows &rows)
{
    const std::string good = gguf({kArch, kHeads}, {embedding()});
    rows.fine("good", good);
    rows.cuts(good.substr(0, good.size() - 16), 16); // what follows is padding
    rows.bad("only the magic", "GGUF");
    for (const std::uint32_t version : {0U, 1U, 4U, 0x03000000U, ~0U})
        rows.unsupported("version " + std::to_string(version),
                         gguf({kArch, kHeads}, {embedding()}, {.version = version}));
    for (const std::uint64_t count :
         {std::uint64_t{3}, std::uint64_t{1} << 32, std::uint64_t{1} << 63, kHuge}) {
        rows.bad(std::to_string(count) + " tensors",
                 gguf({kArch, kHeads}, {embedding()}, {.tensors = count}));
        rows.bad(std::to_string(count) + " keys", gguf({kArch, kHeads}, {embedding()}, {.pairs = count}));
    }
    rows.unsupported("no tensors", gguf({kArch}, {}));
    rows.unsupported("no architecture", gguf({}, {embedding()}));
    rows.unsupported("another architecture",
                     gguf({ggufString("general.architecture", "llama")}, {embedding()}));
    rows.unsupported("architecture is a number",
                     gguf({ggufNumber("general.architecture", 7)}, {embedding()}));
    rows.unsupported("architecture with a zero byte",
                     gguf({ggufString("general.architecture", std::string("rwkv7\0", 6))}, {embedding()}));
}

void addGgufPairs(Rows &rows)
{
    rows.bad("key of 2^64 - 1 bytes", withPair(little(kHuge, 8) + "k"));
    rows.bad("key of 2^63 bytes", withPair(little(1ULL << 63, 8) + "k"));
    rows.bad("key of 513 bytes", withPair(ggufNumber(std::string(513, 'k'), 1)));
    rows.bad("key twice", withPair(kArch));
    rows.bad("type 13", withPair(ggufPair("k", 13, little(0, 8))));
    rows.bad("type 2^32 - 1", withPair(ggufPair("k", ~0U, little(0, 8))));
    rows.bad("text of 2^64 - 1 bytes", withPair(ggufPair("k", 8, little(kHuge, 8) + "x")));
    rows.bad("text of 2 MiB", withPair(ggufString("k", std::string(2 * kMiB, 'x'))));
    rows.fine("text that is not UTF-8", withPair(ggufString("k", "\xFF\xFE")));
    rows.fine("numbers of every kind", withPair(ggufPair("k", 12, little(0x7FF0000000000000, 8))));
    const auto list = [&](const char *name, std::uint32_t kind, std::uint64_t count,
                          const std::string &items) {
        rows.bad(name, withPair(ggufPair("k", 9, little(kind, 4) + little(count, 8) + items)));
    };
    list("list of 2^64 - 1 numbers", 4, kHuge, "");
    list("list of 2^62 doubles", 12, 1ULL << 62, "");
    list("list of 2^61 doubles", 12, 1ULL << 61, "");
    list("list of 2^64 - 1 texts", 8, kHuge, "");
    list("list of a text of 2^64 - 1 bytes", 8, 1, little(kHuge, 8));
    list("list in a list", 9, 1, little(4, 4) + little(1, 8) + little(0, 4));
    list("list of type 13", 13, 1, little(0, 8));
    rows.bad("vocabulary of long tokens",
             withPair(ggufTexts("tokenizer.ggml.tokens", {std::string(2 * kMiB, 't')})));
    rows.bad("vocabulary twice",
             withPair(ggufTexts("tokenizer.ggml.tokens", {"a"}) + ggufTexts("tokenizer.ggml.tokens", {"b"})));
    rows.fine("vocabulary of numbers",
              withPair(ggufPair("tokenizer.ggml.tokens", 9, little(4, 4) + little(1, 8) + little(7, 4))));
    for (const std::uint32_t alignment : {0U, 3U, 48U, 1U << 17, ~0U})
        rows.bad("alignment " + std::to_string(alignment),
                 withPair(ggufNumber("general.alignment", alignment)));
    rows.add("bomb: a million tokens of nothing", ErrorCode::BadFile, [] {
        return withPair(ggufPair("tokenizer.ggml.tokens", 9,
                                 little(8, 4) + little(1'000'000, 8) + std::string(8'000'000, '\0')));
    });
    rows.add("bomb: a million merges of nothing", ErrorCode::BadFile, [] {
        return withPair(ggufPair("tokenizer.ggml.merges", 9,
                                 little(8, 4) + little(1'000'000, 8) + std::string(8'000'000, '\0')));
    });
    rows.add("bomb: a list that nobody wants", ErrorCode::None, [] {
        return withPair(ggufPair("k", 9, little(8, 4) + little(1'000'000, 8) + std::string(8'000'000, '\0')));
    });
    rows.add("bomb: 70,000 keys", ErrorCode::BadFile, [] {
        std::vector<std::string> pairs = {kArch, kHeads};
        for (int i = 0; i < 70'000; ++i)
            pairs.push_back(ggufPair(std::to_string(i), 7, "\1"));
        return gguf(pairs, {embedding()});
    });
    rows.add("bomb: 60 texts of 1 MiB", ErrorCode::BadFile, [] {
        std::vector<std::string> pairs = {kArch, kHeads};
        for (int i = 0; i < 60; ++i)
            pairs.push_back(ggufString(std::to_string(i), std::string(kMiB, 'x')));
        return gguf(pairs, {embedding()});
    });
}

void addGgufTensors(Rows &rows)
{
    const auto lie = [&](const std::string &name, const std::vector<std::uint64_t> &dims,
                         std::optional<std::uint64_t> offset = {}, std::uint32_t type = 0) {
        rows.bad(name, withTensor({"x", dims, type, std::string(16, 'x'), offset}));
    };
    lie("too long", {1000});
    lie("2^62 numbers", {1ULL << 62});
    lie("2^63 numbers", {1ULL << 63});
    lie("2^64 - 1 numbers", {kHuge});
    lie("sizes wrap to 4", {1ULL << 62, 4, 1});
    lie("bytes wrap to 16", {(1ULL << 62) + 4});
    lie("sizes 2^32 twice", {1ULL << 32, 1ULL << 32});
    lie("nine dimensions", std::vector<std::uint64_t>(9, 1));
    lie("offset behind the end", {4}, 4096);
    lie("offset 2^64 - 32", {4}, kHuge - 31);
    lie("offset wraps", {8}, kHuge - 15);
    lie("offset between multiples", {4}, 4);
    lie("overlap", {4}, 32);
    lie("half a block", {16}, {}, 8);
    lie("blocks too long", {3200}, {}, 8);
    lie("half a large block", {128}, {}, 12);
    lie("bytes of blocks wrap", {1ULL << 61, 2}, {}, 0);
    for (const std::uint32_t type : {4U, 5U, 9U, 16U, 20U, 23U, 29U, 31U, 99U, ~0U})
        rows.unsupported("tensor type " + std::to_string(type),
                         withTensor({"x", {4}, type, std::string(16, 'x'), {}}));
    rows.bad("name twice", withTensor(embedding()));
    rows.bad("name not UTF-8", withTensor({"\xFF", {4}, 0, std::string(16, 'x'), {}}));
    rows.bad("name of 513 bytes", withTensor({std::string(513, 'n'), {4}, 0, std::string(16, 'x'), {}}));
    rows.fine("empty tensor", withTensor({"x", {0, 5}, 0, {}, {}}));
    rows.fine("scalar", withTensor({"x", {}, 0, std::string(4, 'x'), {}}));
    rows.fine("unknown name", withTensor({"blk.0.what.weight", {4}, 0, std::string(16, 'x'), {}}));
    rows.fine("layer 2^31",
              withTensor({"blk.2147483648.attn_norm.weight", {4}, 0, std::string(16, 'x'), {}}));
    rows.fine("layer -1", withTensor({"blk.-1.attn_norm.weight", {4}, 0, std::string(16, 'x'), {}}));
    const auto layer = [&](const char *name, const char *leaf, const std::vector<std::uint64_t> &dims,
                           std::uint32_t type = 0) {
        rows.bad(name, withTensor({"blk.0." + std::string(leaf), dims, type, std::string(64, 'x'), {}}));
    };
    layer("four mixes", "time_mix_lerp_fused.weight", {1, 1, 1, 4});
    layer("mixes without a shape", "time_mix_lerp_fused.weight", {});
    layer("mixes in blocks", "time_mix_lerp_fused.weight", {32, 6}, 8);
    layer("a factor that is a vector", "time_mix_w1.weight", {4});
    layer("heads of one and a half", "time_mix_r_k.weight", {3});
    rows.bad("heads of no channels",
             gguf({kArch}, {{"blk.0.time_mix_r_k.weight", {4}, 0, std::string(16, 'x')}}));
    rows.add("bomb: 100,001 tensors", ErrorCode::BadFile, [] {
        std::vector<GgufTensor> many;
        for (int i = 0; i < 100'001; ++i)
            many.push_back({std::to_string(i), {0}, 0, {}, 0});
        return gguf({kArch}, many);
    });
    rows.add("bomb: 90,000 empty tensors", ErrorCode::None, [] {
        std::vector<GgufTensor> many;
        for (int i = 0; i < 90'000; ++i)
            many.push_back({"blk." + std::to_string(i) + ".time_mix_w1.weight", {0, 2}, 0, {}, 0});
        return gguf({kArch}, many);
    });
}

} // namespace

std::vector<HostileFile> hostileGguf()
{
    Rows rows("gguf: ");
    addGgufHeaders(rows);
    addGgufPairs(rows);
    addGgufTensors(rows);
    return rows.take();
}

std::vector<HostileFile> hostileGgmf()
{
    Rows rows("ggmf: ");
    const std::string one = ggmfTensor("emb.weight", {2, 2}, 0, std::string(16, 'e'));
    rows.fine("good", ggmf(one));
    rows.cuts(ggmf(one), 15);
    rows.bad("only the magic", "fmgg");
    rows.unsupported("no tensors", ggmf({}));
    for (const std::uint32_t version : {0U, 99U, 102U, 0x80000064U, ~0U})
        rows.unsupported("version " + std::to_string(version), ggmf(one, version));
    rows.bad("name twice", ggmf(one + one));
    const auto lie = [&](const char *name, const std::vector<std::int32_t> &dims, std::int32_t type = 0) {
        rows.bad(name, ggmf(one + ggmfTensor("x", dims, type, std::string(16, 'x'))));
    };
    lie("too long", {5});
    lie("too short", {3}); // what is left is no tensor
    lie("size negative", {-4});
    lie("sizes negative twice", {-2, -2});
    lie("2^31 - 1 squared", {INT32_MAX, INT32_MAX});
    lie("2^31 - 1 to the third", {INT32_MAX, INT32_MAX, INT32_MAX});
    lie("nine dimensions", std::vector<std::int32_t>(9, 1));
    lie("half a block", {16}, 9);
    lie("half a large block", {128}, 13);
    lie("blocks too long", {320}, 7);
    const auto number = [](std::int32_t value) { return little(std::uint32_t(value), 4); };
    const auto header = [&](const char *name, std::int32_t dims, std::int32_t nameBytes) {
        rows.bad(name, ggmf(number(dims) + number(nameBytes) + number(0) + std::string(64, '\1')));
    };
    header("-1 dimensions", -1, 1);
    header("2^31 - 1 dimensions", INT32_MAX, 1);
    header("name of -1 bytes", 1, -1);
    header("name of 2^31 - 1 bytes", 1, INT32_MAX);
    header("name of 513 bytes", 1, 513);
    rows.bad("name not UTF-8", ggmf(ggmfTensor("\xFF", {4}, 0, std::string(16, 'x'))));
    rows.bad("width negative", "fmgg" + little(101, 4) + little(256, 4) + std::string(4, '\xFF') +
                                   little(1, 4) + little(0, 4) + one);
    for (const std::int32_t type : {-1, 4, 5, 6, 10, 16, 99, INT32_MAX})
        rows.unsupported("type " + std::to_string(type),
                         ggmf(ggmfTensor("x", {4}, type, std::string(16, 'x'))));
    rows.unsupported("old blocks", ggmf(ggmfTensor("x", {32}, 7, std::string(22, 'x')), 100));
    rows.bad("five mixes", ggmf(ggmfTensor("blocks.0.att.x_rwkvag", {1, 1, 5}, 0, std::string(20, 'x'))));
    rows.bad("heads of 65 channels", ggmf(ggmfTensor("blocks.0.att.r_k", {65}, 0, std::string(260, 'x'))));
    rows.bad("a factor that is a vector", ggmf(ggmfTensor("blocks.0.att.w1", {4}, 0, std::string(16, 'x'))));
    rows.fine("a scalar", ggmf(ggmfTensor("x", {}, 0, std::string(4, 'x'))));
    rows.fine("decay of nothing", ggmf(ggmfTensor("blocks.0.att.time_decay", {0}, 0, {})));
    rows.fine("decay that is no number", ggmf(ggmfTensor("blocks.0.att.time_decay", {1}, 0,
                                                         floats({std::bit_cast<float>(0x7FC00000)}))));
    rows.add("bomb: 100,001 tensors", ErrorCode::BadFile, [] {
        std::string many;
        for (int i = 0; i < 100'001; ++i)
            many += ggmfTensor(std::to_string(i), {0}, 0, {});
        return ggmf(many);
    });
    return rows.take();
}

std::vector<HostileFile> hostileLegacy()
{
    Rows rows("old pth: ");
    const std::string storage = pkl::legacyStorage("Byte", "k", 4);
    const auto dict = [&](const std::string &value) {
        return pkl::dict({pkl::text("good"), pkl::tensor(storage, 0, {4}, {1}), pkl::text("bad"), value});
    };
    const auto file = [](const std::string &value) { return pkl::legacyPth(value, {"k"}, {"abcd"}); };
    const std::string good = file(dict(pkl::kNone));
    rows.fine("good", good);
    for (std::size_t i = 1; i < 16; ++i)
        rows.bad("cut by " + std::to_string(i), good.substr(0, good.size() - i));
    for (const std::size_t length : {22U, 40U, 60U, 100U, 150U})
        rows.bad("cut to " + std::to_string(length), good.substr(0, length));
    rows.unsupported("only the magic number", good.substr(0, 14));
    rows.bad("os.system", file(dict(pkl::call(pkl::global("os", "system"), {pkl::text("touch CANARY")}))));
    rows.bad("code in the list of storages",
             good.substr(0, good.size() - 12 - 12) + pkl::kProto +
                 pkl::call(pkl::global("os", "system"), {pkl::text("touch CANARY")}) + pkl::kStop);
    rows.bad("a tensor too long", file(dict(pkl::tensor(storage, 0, {5}, {1}))));
    rows.bad("a tensor of 2^62", file(dict(pkl::tensor(storage, 0, {std::int64_t(1) << 62}, {1}))));
    rows.bad("an offset behind the end", file(dict(pkl::tensor(storage, 5, {1}, {1}))));
    rows.bad("an alias of 2^30", file(dict(pkl::tensor(storage, 0, {1 << 30}, {0}))));
    rows.bad("no such storage", file(dict(pkl::tensor(pkl::legacyStorage("Byte", "x", 4), 0, {4}, {1}))));
    rows.bad("storage of seven fields",
             file(dict(pkl::tuple({pkl::text("storage"), pkl::global("torch", "ByteStorage"), pkl::text("k"),
                                   pkl::text("cpu"), pkl::integer(4), pkl::kNone, pkl::kNone}) +
                       "Q")));
    rows.unsupported("another machine's byte order",
                     std::string(good).replace(good.find(pkl::kTrue, 21), 1, pkl::kFalse));
    rows.unsupported("no dictionary", file(pkl::tensor(storage, 0, {4}, {1})));
    rows.bad("keys that are numbers",
             good.substr(0, good.find("](X")) + "](K\1e." + good.substr(good.size() - 12));
    rows.bad("no list of keys", good.substr(0, good.find("](X")) + "}." + good.substr(good.size() - 12));
    rows.bad("a key twice", pkl::legacyPth(dict(pkl::kNone), {"k", "k"}, {"abcd", "abcd"}));
    rows.bad("2^61 elements", good.substr(0, good.size() - 12) + little(1ULL << 61, 8) + "abcd");
    rows.bad("2^64 - 1 elements", good.substr(0, good.size() - 12) + little(kHuge, 8) + "abcd");
    rows.add("bomb: 9 MiB of lists", ErrorCode::BadFile,
             [good] { return good.substr(0, 21) + "\x80\x02" + repeated("]", 9 * kMiB); });
    rows.add("bomb: 9 MiB of keys", ErrorCode::BadFile,
             [good] { return good.substr(0, good.find("](X") + 2) + repeated("U\1k", 3 * kMiB); });
    return rows.take();
}

} // namespace support
