#include "engine/files/layouts.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>

namespace engine
{
namespace
{

const Layout *const kLayouts[] = {&kGgufLayout, &kGgmfLayout, &kHfLayout, &kWebRwkvLayout, &kFusedLayout};

} // namespace

std::unique_ptr<TensorFile> inBlinkDlLayout(std::unique_ptr<TensorFile> file)
{
    for (const Layout *layout : kLayouts) {
        if (!layout->matches(*file)) continue;
        auto translated = std::make_unique<TranslatedFile>(std::move(file));
        layout->translate(*translated);
        translated->finish();
        return translated;
    }
    return file;
}

std::optional<LayerName> layerName(std::string_view name, std::string_view prefix)
{
    if (!name.starts_with(prefix)) return std::nullopt;
    LayerName result;
    const char *end = name.data() + name.size();
    const auto [behind, error] = std::from_chars(name.data() + prefix.size(), end, result.layer);
    if (error != std::errc() || result.layer < 0 || behind == end || *behind != '.') return std::nullopt;
    result.leaf = std::string_view(behind + 1, static_cast<std::size_t>(end - behind - 1));
    return result;
}

std::string blockName(int layer, std::string_view leaf)
{
    return "blocks." + std::to_string(layer) + "." + std::string(leaf);
}

const Rule *findRule(std::span<const Rule> rules, std::string_view name)
{
    const auto found = std::ranges::find_if(rules, [&](const Rule &rule) {
        return rule.from.ends_with('.') ? name.starts_with(rule.from) : name == rule.from;
    });
    return found == rules.end() ? nullptr : &*found;
}

void applyRule(TranslatedFile &to, const TensorEntry &from, const Rule &rule, std::string_view name,
               const std::string &place)
{
    std::string result = place + std::string(rule.to);
    if (rule.from.ends_with('.')) result += name.substr(rule.from.size());
    if (rule.isTransposed)
        to.addTransposed(from, std::move(result));
    else
        to.add(from, std::move(result));
}

} // namespace engine
