#pragma once

#include "kernels/weight.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine
{

/// One part of a strategy string: "cuda:0 fp16 *10+".
struct StrategySegment {
    std::string device = "cpu";            ///< canonical: "cuda" is "cuda:0"
    std::optional<kernels::Format> format; ///< absent: the file's main type
    int layers = -1;                       ///< "*N"; -1: a share of what the counted segments leave
    bool streams = false;                  ///< "*N+": N items stay, those that nobody counted are streamed
    std::size_t position = 0;              ///< of the device in the string, in bytes from 0
};

/// A parsed strategy string: ChatRWKV's grammar with more formats, and with what is kept otherwise.
struct Strategy {
    std::vector<StrategySegment> segments;
    // Absent: the head and the low-rank factors are kept in 16 bits or more, the embedding as the file has
    // it, and the channel mix as its layer.
    std::optional<kernels::Format> head, embedding, factors, channelMix;
};

/// Reads a strategy string:
///   segment { "->" segment } with segment = device [format] [*N | *N+] { role=format }
///   device: cpu, cpu:K, cuda, cuda:K, hip, hip:K, mps, dml
///   format: a name of KERNELS_ALL_FORMATS; fp32, fp16 or bf16 followed by i8, which is that package's format
///           i8 with vectors in fp32, or by i4 or i3, which mean nothing, as there
///   role:   head, emb (fp32, fp16, bf16), lora (low-rank factors), ffn (channel mix); each at most once, for
///           the whole model
/// Whether a device is there is for the load to find out. Throws Error(BadStrategy) naming the token, with
/// its position in bytes from 0 as `detail`.
Strategy parseStrategy(const std::string &text);

/// The format that a strategy string calls so, if there is one.
std::optional<kernels::Format> formatNamed(std::string_view name);
/// The names that strategy strings have for formats, joined for messages: "fp32, fp16, ...".
std::string formatNames();

} // namespace engine
