#include "engine/adapters/adapter_file.h"

#include "engine/adapters/mole.h"
#include "engine/error.h"
#include "engine/files/printable.h"
#include "engine/fingerprint.h"
#include "engine/hash64.h"
#include "engine/read_floats.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace engine::adapters
{
namespace
{

namespace fs = std::filesystem;
using namespace std::string_view_literals;
using Json = nlohmann::json;

constexpr std::array kPrefixes = {"base_model.model."sv, "model."sv};
/// What adapters append to the name of a matrix.
constexpr std::array kParts = {"lora_A"sv,      "lora_B"sv,      "lora_M"sv, "lora_magnitude_vector"sv,
                               "init_lora_A"sv, "init_lora_B"sv, "bone"sv,   "disha"sv,
                               "miss_block"sv,  "bone_block"sv,  "lora_E"sv, "alpha"sv};
constexpr std::array kFolderFiles = {"adapter_model.safetensors", "adapter_model.bin", "adapter_model.pth"};
constexpr const char *kConfigFile = "adapter_config.json";
constexpr std::uintmax_t kLargestConfig = 1U << 20;
constexpr float kLargestScale = 1000;
constexpr double kMostAlpha = 1e6;

void cut(std::string_view &name, std::string_view ending)
{
    if (name.ends_with(ending)) name.remove_suffix(ending.size());
}

/// Names of transformers in BlinkDL's: "layers.3.self_attn.q_proj" becomes "blocks.3.att.q_proj".
std::string inBlinkDlNames(std::string_view matrix)
{
    std::string name(matrix);
    if (!name.starts_with("layers.")) return name == "lm_head" ? "head" : name;
    constexpr std::pair<std::string_view, std::string_view> kWords[] = {
        {"layers.", "blocks."},      {".self_attn.", ".att."},        {".mlp.gate_proj", ".ffn.gate"},
        {".mlp.up_proj", ".ffn.up"}, {".mlp.down_proj", ".ffn.down"}, {".mlp.", ".ffn."}};
    for (const auto &[from, to] : kWords)
        if (const std::size_t at = name.find(from); at != std::string::npos)
            name.replace(at, from.size(), to);
    return name;
}

std::string_view withoutPrefix(std::string_view name)
{
    for (const std::string_view prefix : kPrefixes)
        if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
    return name;
}

/// A tensor's name in an adapter as matrix and part; the part is empty if it is none of an adapter.
std::pair<std::string, std::string> split(std::string_view name)
{
    name = withoutPrefix(name);
    const std::string_view whole = name;
    cut(name, ".weight");
    cut(name, ".default");
    const std::size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || std::ranges::find(kParts, name.substr(dot + 1)) == kParts.end())
        return {std::string(whole), {}};
    return {inBlinkDlNames(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

std::optional<double> numberIn(const Json &json, const char *key)
{
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number()) return std::nullopt;
    const double value = found->get<double>();
    return std::isfinite(value) && value > 0 ? std::optional(value) : std::nullopt;
}

bool flagIn(const Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::string textIn(const Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

[[noreturn]] void refuse(const std::string &path, const std::string &what,
                         ErrorCode code = ErrorCode::UnsupportedModel)
{
    throw Error(code, printable(path) + ": " + what + ".");
}

Json readJson(const std::string &path)
{
    std::error_code problem;
    const std::uintmax_t bytes = fs::file_size(path, problem);
    if (problem || bytes > kLargestConfig)
        refuse(path, problem ? problem.message() : "expected at most 1 MiB", ErrorCode::BadFile);
    std::ifstream stream(path, std::ios::binary);
    Json json = Json::parse(stream, nullptr, false);
    if (!json.is_object()) refuse(path, "expected a JSON object", ErrorCode::BadFile);
    return json;
}

void checkUse(const AdapterUse &use)
{
    const auto check = [](const char *name, float value, float least) {
        if (!(value >= least && value <= kLargestScale))
            throw Error(ErrorCode::BadRequest, std::string(name) +
                                                   " of an adapter: expected a number up to " +
                                                   std::to_string(int(kLargestScale)));
    };
    check("scale", use.scale, -kLargestScale);
    check("alpha", use.alpha, 0);
}

} // namespace

const TensorEntry *Group::part(const std::string &name) const
{
    const auto found = parts.find(name);
    return found == parts.end() ? nullptr : found->second;
}

AdapterFile::AdapterFile(const AdapterUse &use)
    : m_use(use)
    , m_layout("RWKV-PEFT")
{
    checkUse(use);
    std::string path = use.path;
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        const auto exists = [&](const char *name) {
            return fs::is_regular_file(fs::path(path) / name, ignored);
        };
        const auto *found = std::ranges::find_if(kFolderFiles, exists);
        if (found == kFolderFiles.end())
            throw Error(ErrorCode::FileNotFound,
                        printable(path) + ": expected adapter_model.safetensors in this folder, found none.");
        path = (fs::path(path) / *found).string();
    }
    m_file = TensorFile::open(path);
    if (fs::path(path).stem() == "adapter_model") readConfig(fs::path(path).parent_path().string());
    const auto alpha = m_file->metadata().find("lora_alpha");
    if (!m_config.alpha && alpha != m_file->metadata().end()) {
        double value = 0;
        const char *end = alpha->second.data() + alpha->second.size();
        if (std::from_chars(alpha->second.data(), end, value).ptr == end && std::isfinite(value) && value > 0)
            m_config.alpha = value;
    }
    addTensors(*m_file, false);
    if (!use.pissaInit.empty()) {
        m_init = TensorFile::open(use.pissaInit);
        addTensors(*m_init, true);
    }
    if (m_groups.empty() && m_experts.empty())
        refuse(path, "expected an adapter with tensors like blocks.0.att.key.lora_A, found " +
                         (m_file->tensors().empty() ? std::string("none")
                                                    : printable(m_file->tensors().front().name)));
    const auto hasInit = [](const Group &g) { return g.part("init_lora_A") != nullptr; };
    if (m_config.isPissa && std::ranges::none_of(m_groups, hasInit))
        refuse(path, "a PiSSA adapter changes weights whose main part was taken out; give the file with its "
                     "initial factors (init_pissa.pth) too");
}

void AdapterFile::readConfig(const std::string &folder)
{
    const std::string path = (fs::path(folder) / kConfigFile).string();
    std::error_code ignored;
    if (!fs::exists(path, ignored)) return;
    const Json json = readJson(path);
    m_layout = "Hugging Face PEFT";
    m_config.kind = textIn(json, "peft_type");
    if (m_config.kind != "LORA" && m_config.kind != "MISS" && m_config.kind != "BONE")
        refuse(path, "expected the peft_type LORA, MISS or BONE, found " + printable(m_config.kind));
    if (flagIn(json, "fan_in_fan_out"))
        refuse(path, "fan_in_fan_out is not for RWKV, whose matrices are [out, in]");
    m_config.alpha = numberIn(json, "lora_alpha");
    if (m_config.alpha && !(std::abs(*m_config.alpha) <= kMostAlpha))
        refuse(path, "lora_alpha: expected a number up to 1000000, found " + json["lora_alpha"].dump(),
               ErrorCode::BadFile);
    m_config.rootOfRank = flagIn(json, "use_rslora");
    m_config.isPissa = textIn(json, "init_lora_weights").starts_with("pissa");
    const auto pattern = json.find("alpha_pattern");
    if (pattern == json.end() || !pattern->is_object()) return;
    for (const auto &[name, value] : pattern->items()) {
        if (name.find_first_of("*+?[](){}|\\^$") != std::string::npos)
            refuse(path, "alpha_pattern: expected the end of a matrix's name, found the regular expression " +
                             printable(name));
        if (!value.is_number() || !(value.get<double>() > 0) || !std::isfinite(value.get<double>()))
            refuse(path, "alpha_pattern: expected a number above 0 for " + printable(name),
                   ErrorCode::BadFile);
        m_config.alphaOf[name] = value.get<double>();
    }
}

Group &AdapterFile::group(const std::string &matrix)
{
    const auto [place, isNew] = m_places.emplace(matrix, m_groups.size());
    if (isNew) m_groups.push_back({matrix, {}});
    return m_groups[place->second];
}

void AdapterFile::addTensors(const TensorFile &file, bool isInit)
{
    for (const TensorEntry &entry : file.tensors()) {
        if (!isInit && takeExpert(m_experts, withoutPrefix(entry.name), entry)) continue;
        auto [matrix, part] = split(entry.name);
        if (part == "lora_E")
            refuse(file.path(), "this is an AdaLoRA adapter (it holds " + printable(entry.name) +
                                    "); expected LoRA, DoRA, PiSSA, Bone, DiSHA or MiSS");
        if (part.empty() && isInit) continue;
        if (part.empty()) {
            m_replacements[matrix] = &entry;
            continue;
        }
        if (isInit && !m_places.contains(matrix)) continue; // of a matrix that the adapter leaves alone
        if (isInit && !part.starts_with("init_")) part.insert(0, "init_"); // "lora_A" as a file of its own
        if (!group(matrix).parts.emplace(part, &entry).second)
            refuse(file.path(), printable(entry.name) + " is given twice", ErrorCode::BadFile);
    }
}

double AdapterFile::factor(const Group &group, std::int64_t rank) const
{
    const auto of = [&](double alpha) {
        return alpha / (m_config.rootOfRank ? std::sqrt(double(rank)) : double(rank));
    };
    if (m_use.alpha > 0) return of(double(m_use.alpha));
    for (const auto &[name, alpha] : m_config.alphaOf)
        if (group.matrix == name || group.matrix.ends_with("." + name)) return of(alpha);
    if (const TensorEntry *alpha = group.part("alpha"); alpha && alpha->elements() == 1)
        return of(double(readFloats(*m_file, *alpha).front()));
    return m_config.alpha ? of(*m_config.alpha) : 1;
}

std::string AdapterFile::fingerprint() const
{
    Hash64 hash;
    hash.add(fingerprintOf(*m_file));
    if (m_init) hash.add(fingerprintOf(*m_init));
    const double alpha = m_config.alpha.value_or(0);
    for (const auto &[name, value] : m_config.alphaOf) {
        hash.add(name);
        hash.add(&value, sizeof value);
    }
    hash.add(&alpha, sizeof alpha);
    hash.add(&m_use.scale, sizeof m_use.scale);
    hash.add(&m_use.alpha, sizeof m_use.alpha);
    const std::array<char, 2> flags = {char(m_use.blocks), char(m_config.rootOfRank)};
    hash.add(flags.data(), flags.size());
    return hash.text();
}

} // namespace engine::adapters
