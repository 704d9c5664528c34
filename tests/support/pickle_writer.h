#pragma once

// Pieces of pickles (protocol 2, opcodes from CPython's Lib/pickletools.py), to be joined by +.

#include "support/zip_writer.h"

#include <string>
#include <vector>

namespace support::pickle
{

inline const std::string kProto = "\x80\x02";
inline const std::string kStop = ".";
inline const std::string kNone = "N";
inline const std::string kFalse = "\x89";
inline const std::string kTrue = "\x88";

inline std::string text(const std::string &value) { return "X" + little(value.size(), 4) + value; }

/// LONG1 with eight bytes: any 64-bit number.
inline std::string integer(std::int64_t value)
{
    return "\x8A\x08" + little(static_cast<std::uint64_t>(value), 8);
}

inline std::string global(const std::string &module, const std::string &name)
{
    return "c" + module + "\n" + name + "\n";
}

inline std::string joined(const std::vector<std::string> &items)
{
    std::string out;
    for (const std::string &item : items)
        out += item;
    return out;
}

inline std::string tuple(const std::vector<std::string> &items) { return "(" + joined(items) + "t"; }

inline std::string list(const std::vector<std::string> &items) { return "](" + joined(items) + "e"; }

/// Keys and values in turn.
inline std::string dict(const std::vector<std::string> &items) { return "}(" + joined(items) + "u"; }

inline std::string integers(const std::vector<std::int64_t> &values)
{
    std::string out = "(";
    for (const std::int64_t value : values)
        out += integer(value);
    return out + "t";
}

inline std::string call(const std::string &callee, const std::vector<std::string> &arguments)
{
    return callee + tuple(arguments) + "R";
}

inline std::string storage(const std::string &type, const std::string &key, std::int64_t elements,
                           const std::string &location = "cpu")
{
    return tuple({text("storage"), global("torch", type + "Storage"), text(key), text(location),
                  integer(elements)}) +
           "Q";
}

inline std::string tensor(const std::string &storage, std::int64_t offset,
                          const std::vector<std::int64_t> &sizes, const std::vector<std::int64_t> &strides)
{
    return call(global("torch._utils", "_rebuild_tensor_v2"),
                {storage, integer(offset), integers(sizes), integers(strides), kFalse,
                 call(global("collections", "OrderedDict"), {})});
}

/// A file as torch.save writes it: `value` is the piece that describes the root, `storages` the bytes of
/// data/0, 1 ...
inline std::string pth(const std::string &value, const std::vector<std::string> &storages)
{
    std::vector<ZipEntry> entries = {{.name = "model/data.pkl", .content = kProto + value + kStop},
                                     {.name = "model/byteorder", .content = "little"}};
    for (std::size_t i = 0; i < storages.size(); ++i)
        entries.push_back({.name = "model/data/" + std::to_string(i), .content = storages[i], .padding = 7});
    entries.push_back({.name = "model/version", .content = "3\n"});
    return zipFile(entries);
}

} // namespace support::pickle
