// The input is the header of a safetensors file, or any other file, which somebody opens as a state: his own
// or one of another program.

#include "engine/state_file.h"
#include "engine/state_import.h"
#include "support/hostile_input.h"
#include "support/safetensors_writer.h"

#include <cmath>
#include <cstdlib>

namespace
{

engine::StateOwner owner()
{
    engine::StateOwner model{"fuzzed", "0123", {}, 8};
    model.spec.layout = "rwkv7 1 x 4";
    model.spec.parts = {{"blocks.0.att.shift_state", {4}, 0},
                        {"blocks.0.ffn.shift_state", {4}, 4},
                        {"blocks.0.att.time_state", {2, 2, 2}, 8}};
    model.spec.floatsPerSlot = 16;
    model.spec.layerOffset = {0, 16};
    return model;
}

void open(std::span<const std::byte> bytes)
{
    static const engine::StateOwner model = owner();
    const engine::Error error = support::errorOf([&] {
        const auto file = engine::TensorFile::openBytes(bytes, "state");
        if (engine::isSavedState(*file)) {
            engine::readState(*file, model);
            return;
        }
        const engine::ImportedState state(*file);
        state.misfit(model.spec, model.model);
        for (const auto order : {engine::StateOrientation::Auto, engine::StateOrientation::KeyValue})
            for (const float x : state.slot(model.spec, model.model, order))
                if (!std::isfinite(x)) std::abort();
    });
    switch (error.code()) {
    case engine::ErrorCode::None:
    case engine::ErrorCode::BadState:
    case engine::ErrorCode::BadFile:
    case engine::ErrorCode::UnknownFormat:
    case engine::ErrorCode::UnsupportedModel:
        return;
    default:
        std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    open(std::as_bytes(std::span(data, size)));
    const std::string header(reinterpret_cast<const char *>(data), size);
    const std::string file = support::safetensorsOf(header, std::string(256, '\x3c'));
    open(std::as_bytes(std::span(file)));
    return 0;
}
