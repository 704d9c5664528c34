#pragma once

#include "engine/files/translated_file.h"

#include <memory>
#include <optional>
#include <string_view>

namespace engine
{

/// A way of naming and arranging the tensors of a model that is not BlinkDL's. A layout is one file and one
/// line in layouts.cpp.
struct Layout {
    bool (*matches)(const TensorFile &file);
    /// Fills `to` from its source. Tensors that it does not know keep their names. Throws Error: BadFile,
    /// UnsupportedModel.
    void (*translate)(TranslatedFile &to);
};

extern const Layout kFusedLayout;
extern const Layout kGgufLayout;
extern const Layout kGgmfLayout;
extern const Layout kHfLayout;
extern const Layout kWebRwkvLayout;

/// The file as it is, or seen through the first layout that matches.
std::unique_ptr<TensorFile> inBlinkDlLayout(std::unique_ptr<TensorFile> file);

/// A name of the form `<prefix><number>.<leaf>`.
struct LayerName {
    int layer = 0;
    std::string_view leaf;
};
std::optional<LayerName> layerName(std::string_view name, std::string_view prefix);

/// "blocks.<layer>.<leaf>"
std::string blockName(int layer, std::string_view leaf);

/// What to do with a tensor of a certain name.
struct Rule {
    std::string_view from; ///< a whole name, or its beginning if it ends with a dot
    std::string_view to;
    bool isTransposed = false;
};

/// The two matrices of a gated channel mix, from one that holds both.
void addGateUp(TranslatedFile &to, const TensorEntry &from, const std::string &place);

/// The first rule for `name`, or nullptr.
const Rule *findRule(std::span<const Rule> rules, std::string_view name);
/// Adds a tensor as `rule` says; `place` ("blocks.0." or nothing) precedes its new name.
void applyRule(TranslatedFile &to, const TensorEntry &from, const Rule &rule, std::string_view name,
               const std::string &place);

} // namespace engine
