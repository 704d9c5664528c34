#pragma once

#include "support/fake_engine.h"

namespace support
{

inline engine::ExtraInfo extra(engine::ExtraInfo::Kind kind, const std::string &path, const std::string &name,
                               const std::string &about = {})
{
    engine::ExtraInfo info;
    info.kind = kind;
    info.path = path;
    info.name = name;
    info.about = about;
    info.fileBytes = kind == engine::ExtraInfo::Kind::State ? 150089 : 349075;
    info.isDemo = !about.empty();
    return info;
}

/// Two states of the pack, one of which fits, one of a folder that does not; three adapters.
inline void fillExtras(FakeEngine &engine)
{
    using Kind = engine::ExtraInfo::Kind;
    engine.extras = {extra(Kind::State, "/pack/pirate.pth", "pirate", "Talks like a pirate"),
                     extra(Kind::State, "/pack/poet.pth", "poet", "Sets every answer into a verse"),
                     extra(Kind::State, "/models/states/eva-1.5b.pth", "eva-1.5b"),
                     extra(Kind::Adapter, "/pack/owl.pth", "owl", "Is Olla, an old owl"),
                     extra(Kind::Adapter, "/pack/loud.pth", "loud", "Shouts in capitals"),
                     extra(Kind::Adapter, "/models/peft/other", "other")};
    engine.extras[3].alpha = 16;
    engine::StateInfo tuned;
    tuned.kind = engine::StateKind::Tuned;
    tuned.layout = "BlinkDL";
    tuned.container = "pth";
    tuned.dtype = "bf16";
    tuned.family = "rwkv5 to rwkv7";
    tuned.layers = 6;
    tuned.heads = 6;
    tuned.headSize = 64;
    tuned.orientation = engine::StateOrientation::ValueKey;
    tuned.fits = true;
    engine.states["/pack/pirate.pth"] = engine.states["/pack/poet.pth"] = tuned;
    tuned.fits = false;
    tuned.layers = 24;
    tuned.problem =
        "it holds 24 layers of [32, 64, 64], the model 'Rookery demo' has 6 layers of [6, 64, 64]";
    tuned.problemCode = engine::ErrorCode::BadState;
    engine.states["/models/states/eva-1.5b.pth"] = tuned;
    engine::AdapterInfo lora;
    lora.layout = "RWKV-PEFT";
    lora.container = "pth";
    lora.parts = {{"LoRA", 12, 8, 8}};
    for (int layer = 0; layer < 6; ++layer)
        for (const char *matrix : {".att.key", ".att.value"})
            lora.matrices.push_back("blocks." + std::to_string(layer) + matrix);
    lora.fits = true;
    engine.adapters["/pack/owl.pth"] = lora;
    lora.parts[0].kind = "DoRA";
    engine.adapters["/pack/loud.pth"] = lora;
    lora.parts[0].mostRank = 32;
    lora.fits = false;
    lora.problem = "blocks.0.att.key: expected [2048, 2048], the model has [384, 384]";
    lora.problemCode = engine::ErrorCode::BadModel;
    engine.adapters["/models/peft/other"] = lora;
}

/// Norms by layer and head; the greatest, 4.86, is that of layer 4, head 2.
inline void fillFigures(FakeEngine &engine, int layers = 6, int heads = 6)
{
    engine.figures.layers = layers;
    engine.figures.heads = heads;
    engine::StateFigures state;
    state.norm = 9.75;
    for (int layer = 0; layer < layers; ++layer)
        for (int head = 0; head < heads; ++head)
            state.norms.push_back(layer == 4 && head == 2
                                      ? 4.86
                                      : 1.85 * layer / layers + 0.66 * ((head * 5 + layer) % heads) / heads);
    engine.figures.states = {state};
}

} // namespace support
